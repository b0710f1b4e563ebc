/** What requests are made of: resources, tags and keys of an installation, and of others. */
import type { Question } from '../../services/aws/auth/iam.ts';
import type { Asked } from '../../services/aws/endpoint/asked.ts';
import { accountId } from '../installation.ts';

export interface Refused extends Asked {
  readonly allowed: false;
  readonly why: string;
}

export const here = 'us-east-1';
export const snapshot = `arn:aws:ec2:${here}::snapshot/snap-1`;
export const volume = `arn:aws:ec2:${here}:${accountId}:volume/vol-1`;
export const instance = `arn:aws:ec2:${here}:${accountId}:instance/i-1`;
export const image = `arn:aws:ec2:${here}::image/ami-1`;
export const snapshotElsewhere = snapshot.replace('aws', 'aws-cn');
export const volumeOfOthers = volume.replace(accountId, '210987654321');
export const instanceOfOthers = instance.replace(accountId, '210987654321');
export const document = (name: string, owner: string = accountId): string =>
  `arn:aws:ssm:${here}:${owner}:document/${name}`;
export const object = (bucket: string, key: string): string => `arn:aws:s3:::${bucket}/${key}`;
export const tag = (of: 'Resource' | 'Request', tags: Readonly<Record<string, string>>): Question['keys'] => ({
  ...Object.fromEntries(Object.entries(tags).map(([key, value]) => [`aws:${of}Tag/${key}`, value])),
  ...(of === 'Request' ? { 'aws:TagKeys': Object.keys(tags) } : {}),
});
export const onInstance = (tags: Readonly<Record<string, string>>): Question['keys'] =>
  Object.fromEntries(Object.entries(tags).map(([key, value]) => [`ssm:resourceTag/${key}`, value]));

export type Row = readonly [why: string, action: string, resource: string, keys?: Question['keys']];
/** By the role or user that asks. */
export type Rows = Readonly<Record<string, readonly Row[]>>;

export const shell = document('AWS-RunShellScript', '');
export const ofAnotherStack = document('Other-Quiesce');
export const foreign = tag('Resource', { 'holdfast:made-by': 'somebody' });
export const byIbSnapshot = { 'holdfast:made-by': 'ib-snapshot' };
export const byVerifyVolume = { 'holdfast:made-by': 'verify-volume' };
export const verification = { 'holdfast:host': 'verification' };
export const source = { 'holdfast:host': 'source' };
export const automated = { Type: 'Automated' };
export const own = { 'ec2:Owner': accountId };
export const ours = 'web (i-1) - vol-1 (/dev/xvdf) - us-east-1';
export const receipt = 'receipts/web/1.json';
export const dump = 'db/shop/1.gz';
