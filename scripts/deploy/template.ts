/** The template of this release, and the bucket through which CloudFormation reads it. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { parseTemplate } from '../../lab/services/aws/cloudformation/template-text.ts';
import { root } from '../lib/actions.ts';
import type { Account } from './account.ts';
import { awsProblem, Problem } from './problem.ts';

export interface ReleaseTemplate {
  readonly text: string;
  readonly parameters: Readonly<Record<string, { readonly Default?: unknown }>>;
}

export function readTemplate(): ReleaseTemplate {
  const text = readFileSync(join(root, 'infra', 'holdfast.yml'), 'utf8');
  return { text, parameters: (parseTemplate(text).Parameters ?? {}) as ReleaseTemplate['parameters'] };
}

/** Bytes that a request may carry itself (CloudFormation user guide, quotas). */
const bodyLimit = 51_200;

export interface PlacedTemplate {
  readonly location: { readonly TemplateBody: string } | { readonly TemplateURL: string };
  /** Takes away what was made for it. */
  readonly remove: () => Promise<void>;
}

/** @param bucket undefined for one of our own @throws Problem */
export async function placeTemplate(
  account: Account,
  text: string,
  bucket: string | undefined,
): Promise<PlacedTemplate> {
  if (Buffer.byteLength(text) <= bodyLimit) return { location: { TemplateBody: text }, remove: async () => {} };
  const { s3 } = account;
  const Bucket = bucket ?? `holdfast-templates-${account.id}-${account.region}`;
  // The name can be guessed: a bucket of somebody else must not get to decide what is deployed.
  const ExpectedBucketOwner = bucket === undefined ? account.id : undefined;
  const madeBucket = await ensureBucket(account, Bucket, ExpectedBucketOwner);
  const Key = `holdfast-${createHash('sha256').update(text).digest('hex')}.yml`;
  try {
    const known = await s3.send(new HeadObjectCommand({ Bucket, Key, ExpectedBucketOwner })).catch(() => undefined);
    if (!known)
      await s3.send(
        new PutObjectCommand({ Bucket, Key, ExpectedBucketOwner, Body: text, ContentType: 'application/yaml' }),
      );
    return {
      location: { TemplateURL: `https://${Bucket}.s3.${account.region}.${suffixOf(account.partition)}/${Key}` },
      remove: async () => {
        if (!known) await s3.send(new DeleteObjectCommand({ Bucket, Key }));
        if (madeBucket) await s3.send(new DeleteBucketCommand({ Bucket }));
      },
    };
  } catch (error) {
    throw awsProblem(error, `uploading the template to the bucket ${Bucket}`);
  }
}

/** DNS suffixes of the partitions (AWS SDK, partitions.json). */
function suffixOf(partition: string): string {
  const suffixes: Readonly<Record<string, string>> = { 'aws-cn': 'amazonaws.com.cn', 'aws-eusc': 'amazonaws.eu' };
  return suffixes[partition] ?? 'amazonaws.com';
}

/** @param ExpectedBucketOwner for a bucket of our own, which is made when it is missing */
async function ensureBucket(
  { s3, region }: Account,
  Bucket: string,
  ExpectedBucketOwner: string | undefined,
): Promise<boolean> {
  try {
    await s3.send(new HeadBucketCommand({ Bucket, ExpectedBucketOwner }));
    return false;
  } catch (error) {
    const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
    if (status === 301 || status === 400)
      throw new Problem(
        `the bucket ${Bucket} is in another region than ${region}.\n  Give another one: --template-bucket`,
      );
    if (status === 403)
      throw new Problem(
        `the bucket ${Bucket} belongs to somebody else, or you may not list it (s3:ListBucket).\n  Give another one: --template-bucket`,
      );
    if (status !== 404) throw awsProblem(error, `looking for the bucket ${Bucket}`);
    if (ExpectedBucketOwner === undefined)
      throw new Problem(
        `there is no bucket ${Bucket}.\n  Make it (aws s3 mb s3://${Bucket}), or leave out --template-bucket: deploy then makes one`,
      );
  }
  try {
    const place = region === 'us-east-1' ? {} : { CreateBucketConfiguration: { LocationConstraint: region as never } };
    await s3.send(new CreateBucketCommand({ Bucket, ...place }));
    return true;
  } catch (error) {
    throw awsProblem(error, `making the bucket ${Bucket} for the template`);
  }
}
