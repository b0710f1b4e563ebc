/**
 * What the roles must be refused, each with what it would be in words. For every condition of every policy, and for every
 * statement that names resources, there is one that only this condition or these resources hold back (test/unit/infra).
 */
import type { Question } from '../services/aws/auth/iam.ts';
import { federatedKey, keysQuestion } from '../services/aws/auth/trust.ts';
import type { Asked } from '../services/aws/endpoint/asked.ts';
import { accountId, buckets, issuer, keys as kmsKeys, subjects } from './installation.ts';

export interface Refused extends Asked {
  readonly allowed: false;
  readonly why: string;
}

const here = 'us-east-1';
const snapshot = `arn:aws:ec2:${here}::snapshot/snap-1`;
const volume = `arn:aws:ec2:${here}:${accountId}:volume/vol-1`;
const instance = `arn:aws:ec2:${here}:${accountId}:instance/i-1`;
const image = `arn:aws:ec2:${here}::image/ami-1`;
const snapshotElsewhere = snapshot.replace('aws', 'aws-cn');
const volumeOfOthers = volume.replace(accountId, '210987654321');
const instanceOfOthers = instance.replace(accountId, '210987654321');
const document = (name: string, owner: string = accountId): string => `arn:aws:ssm:${here}:${owner}:document/${name}`;
const object = (bucket: string, key: string): string => `arn:aws:s3:::${bucket}/${key}`;
const tag = (of: 'Resource' | 'Request', tags: Readonly<Record<string, string>>): Question['keys'] => ({
  ...Object.fromEntries(Object.entries(tags).map(([key, value]) => [`aws:${of}Tag/${key}`, value])),
  ...(of === 'Request' ? { 'aws:TagKeys': Object.keys(tags) } : {}),
});
const onInstance = (tags: Readonly<Record<string, string>>): Question['keys'] =>
  Object.fromEntries(Object.entries(tags).map(([key, value]) => [`ssm:resourceTag/${key}`, value]));

type Row = readonly [why: string, action: string, resource: string, keys?: Question['keys']];

const shell = document('AWS-RunShellScript', '');
const ofAnotherStack = document('Other-Quiesce');
const foreign = tag('Resource', { 'holdfast:made-by': 'somebody' });
const byIbSnapshot = { 'holdfast:made-by': 'ib-snapshot' };
const byVerifyVolume = { 'holdfast:made-by': 'verify-volume' };
const verification = { 'holdfast:host': 'verification' };
const source = { 'holdfast:host': 'source' };
const automated = { Type: 'Automated' };
const own = { 'ec2:Owner': accountId };
const ours = 'web (i-1) - vol-1 (/dev/xvdf) - us-east-1';
const receipt = 'receipts/web/1.json';
const dump = 'db/shop/1.gz';

const rows: Readonly<Record<string, readonly Row[]>> = {
  'holdfast-backup': [
    ['a snapshot of a volume of another account', 'ec2:CreateSnapshot', volumeOfOthers],
    ['a snapshot that another tool would not know as ours', 'ec2:CreateSnapshot', snapshot, tag('Request', automated)],
    ['a snapshot that the rotation may never delete', 'ec2:CreateSnapshot', snapshot, tag('Request', byIbSnapshot)],
    [
      'a snapshot in another partition',
      'ec2:CreateSnapshot',
      snapshotElsewhere,
      tag('Request', { ...byIbSnapshot, ...automated }),
    ],
    ['tags on a snapshot that exists already', 'ec2:CreateTags', snapshot, tag('Request', automated)],
    [
      'tags on something else that is created',
      'ec2:CreateTags',
      instance,
      { ...tag('Request', { Backup: 'Yes' }), 'ec2:CreateAction': 'CreateSnapshot' },
    ],
    ['somebody else’s snapshot locked', 'ec2:LockSnapshot', snapshot, { ...foreign, 'ec2:SnapshotLockDuration': '7' }],
    [
      'a snapshot locked for a century',
      'ec2:LockSnapshot',
      snapshot,
      { ...tag('Resource', { ...byIbSnapshot, ...automated }), 'ec2:SnapshotLockDuration': '36500' },
    ],
    [
      'a snapshot locked in another partition',
      'ec2:LockSnapshot',
      snapshotElsewhere,
      { ...tag('Resource', { ...byIbSnapshot, ...automated }), 'ec2:SnapshotLockDuration': '7' },
    ],
    [
      'a lock made shorter',
      'ec2:LockSnapshot',
      snapshot,
      {
        ...tag('Resource', { ...byIbSnapshot, ...automated, 'holdfast:locked': 'Yes' }),
        'ec2:SnapshotLockDuration': '1',
      },
    ],
    [
      'a foreign snapshot marked as locked',
      'ec2:CreateTags',
      snapshot,
      { ...foreign, ...tag('Request', { 'holdfast:locked': 'x' }) },
    ],
    [
      'a snapshot marked as locked in another partition',
      'ec2:CreateTags',
      snapshotElsewhere,
      { ...tag('Resource', { ...byIbSnapshot, ...automated }), ...tag('Request', { 'holdfast:locked': 'x' }) },
    ],
    [
      'another tag on a snapshot that may be locked',
      'ec2:CreateTags',
      snapshot,
      { ...tag('Resource', { ...byIbSnapshot, ...automated }), ...tag('Request', { Owner: 'x' }) },
    ],
    ['a lock taken off', 'ec2:UnlockSnapshot', snapshot, tag('Resource', { ...byIbSnapshot, ...automated })],
    ['any script as root', 'ssm:SendCommand', shell],
    ['a document of another stack', 'ssm:SendCommand', ofAnotherStack],
    ['a document of the rotation', 'ssm:SendCommand', document('Holdfast-Freeze')],
    ['a command on an instance without the tag', 'ssm:SendCommand', instance],
    ['a command on a verification host', 'ssm:SendCommand', instance, onInstance(verification)],
    ['a command on a host of another account', 'ssm:SendCommand', instanceOfOthers, onInstance(source)],
    ['a receipt outside the prefix', 's3:PutObject', object(buckets.receipts, 'other/1.json')],
    ['a receipt in a foreign bucket', 's3:GetObject', object('somebody-elses', receipt)],
    ['a list of a foreign bucket', 's3:ListBucket', 'arn:aws:s3:::somebody-elses'],
    ['the deletion of a receipt', 's3:DeleteObject', object(buckets.receipts, receipt)],
    ['the deletion of a snapshot', 'ec2:DeleteSnapshot', snapshot, tag('Resource', { ...byIbSnapshot, ...automated })],
  ],
  'holdfast-verify': [
    ['a volume from a foreign snapshot', 'ec2:CreateVolume', snapshot, foreign],
    [
      'a volume from a snapshot in another partition',
      'ec2:CreateVolume',
      snapshotElsewhere,
      tag('Resource', byIbSnapshot),
    ],
    ['a volume without Holdfast’s tag', 'ec2:CreateVolume', volume, tag('Request', { Name: 'mine' })],
    ['a volume in another account', 'ec2:CreateVolume', volumeOfOthers, tag('Request', byVerifyVolume)],
    ['Holdfast’s tag on a volume that exists already', 'ec2:CreateTags', volume, tag('Request', byVerifyVolume)],
    [
      'tags on something else that is created',
      'ec2:CreateTags',
      image,
      { ...tag('Request', { Name: 'x' }), 'ec2:CreateAction': 'CreateVolume' },
    ],
    ['the deletion of a foreign volume', 'ec2:DeleteVolume', volume, foreign],
    [
      'the deletion of a volume of another account',
      'ec2:DeleteVolume',
      volumeOfOthers,
      tag('Resource', byVerifyVolume),
    ],
    ['an untagged instance stopped', 'ec2:StopInstances', instance],
    ['a source stopped', 'ec2:StopInstances', instance, tag('Resource', source)],
    [
      'a verification host of another account stopped',
      'ec2:StopInstances',
      instanceOfOthers,
      tag('Resource', verification),
    ],
    [
      'an instance declared a verification host',
      'ec2:CreateTags',
      instance,
      tag('Request', { 'holdfast:started-by': '1' }),
    ],
    [
      'another tag on a verification host',
      'ec2:CreateTags',
      instance,
      { ...tag('Resource', verification), ...tag('Request', { Backup: 'Yes' }) },
    ],
    ['every tag of a verification host deleted', 'ec2:DeleteTags', instance, tag('Resource', verification)],
    [
      'a tag on a host of another account',
      'ec2:CreateTags',
      instanceOfOthers,
      { ...tag('Resource', verification), ...tag('Request', { 'holdfast:started-by': '1' }) },
    ],
    [
      'a verdict on a foreign snapshot',
      'ec2:CreateTags',
      snapshot,
      { ...foreign, ...tag('Request', { Integrity: 'good' }) },
    ],
    [
      'another tag than the verdict',
      'ec2:CreateTags',
      snapshot,
      { ...tag('Resource', byIbSnapshot), ...tag('Request', { KeepForever: 'Yes' }) },
    ],
    [
      'a verdict in another partition',
      'ec2:CreateTags',
      snapshotElsewhere,
      { ...tag('Resource', byIbSnapshot), ...tag('Request', { Integrity: 'good' }) },
    ],
    ['any script as root', 'ssm:SendCommand', shell],
    ['a document of another stack', 'ssm:SendCommand', document('Other-MountCopy')],
    ['a command on a source', 'ssm:SendCommand', instance, onInstance(source)],
    ['a command on a host of another account', 'ssm:SendCommand', instanceOfOthers, onInstance(verification)],
    ['a receipt outside the prefix', 's3:PutObject', object(buckets.receipts, 'other/1.json')],
    ['a list of a foreign bucket', 's3:ListBucket', 'arn:aws:s3:::somebody-elses'],
    ['the deletion of a snapshot', 'ec2:DeleteSnapshot', snapshot, tag('Resource', { ...byIbSnapshot, ...automated })],
  ],
  'holdfast-rotate': [
    ['snapshots of an untagged instance', 'ec2:CreateSnapshots', instance],
    [
      'snapshots of an instance of another account',
      'ec2:CreateSnapshots',
      instanceOfOthers,
      tag('Resource', { Backup: 'Yes' }),
    ],
    ['snapshots of a volume of another account', 'ec2:CreateSnapshots', volumeOfOthers],
    ['snapshots that would never be deleted', 'ec2:CreateSnapshots', snapshot, tag('Request', { Name: 'x' })],
    ['snapshots in another partition', 'ec2:CreateSnapshots', snapshotElsewhere, tag('Request', automated)],
    [
      'the copy of a snapshot of another kind',
      'ec2:CopySnapshot',
      snapshot,
      { ...tag('Resource', { Type: 'Manual' }), ...own },
    ],
    [
      'the copy of a snapshot that another account shares',
      'ec2:CopySnapshot',
      snapshot,
      { ...tag('Resource', automated), 'ec2:Owner': '210987654321' },
    ],
    [
      'the copy of a snapshot in another partition',
      'ec2:CopySnapshot',
      snapshotElsewhere,
      { ...tag('Resource', automated), ...own },
    ],
    ['a foreign snapshot declared automated', 'ec2:CreateTags', snapshot, tag('Request', automated)],
    [
      'tags on something else that is created',
      'ec2:CreateTags',
      image,
      { ...tag('Request', { Name: 'x' }), 'ec2:CreateAction': 'CreateSnapshots' },
    ],
    ['another tag on a volume', 'ec2:CreateTags', volume, tag('Request', { Description: ours, Name: 'x' })],
    ['a description of another form on a volume', 'ec2:CreateTags', volume, tag('Request', { Description: 'x' })],
    [
      'somebody else’s description of a volume replaced',
      'ec2:CreateTags',
      volume,
      { ...tag('Resource', { Description: 'data of the shop' }), ...tag('Request', { Description: ours }) },
    ],
    ['a description on an instance', 'ec2:CreateTags', instance, tag('Request', { Description: ours })],
    [
      'a tag on a foreign snapshot',
      'ec2:CreateTags',
      snapshot,
      { ...foreign, ...tag('Request', { DeleteOn: '2026-01-01' }) },
    ],
    [
      'another tag on an automated snapshot',
      'ec2:CreateTags',
      snapshot,
      { ...tag('Resource', automated), ...tag('Request', { 'holdfast:made-by': 'ib-snapshot' }) },
    ],
    [
      'a tag in another partition',
      'ec2:CreateTags',
      snapshotElsewhere,
      { ...tag('Resource', automated), ...tag('Request', { DeleteOn: '2026-01-01' }) },
    ],
    [
      'what a person keeps for ever made to look as if the rotation had kept it',
      'ec2:CreateTags',
      snapshot,
      {
        ...tag('Resource', { ...automated, KeepForever: 'Yes' }),
        ...tag('Request', { 'holdfast:kept-by-primary': 'Yes' }),
      },
    ],
    [
      'a foreign snapshot kept for ever',
      'ec2:CreateTags',
      snapshot,
      { ...foreign, ...tag('Request', { KeepForever: 'Yes' }) },
    ],
    [
      'a snapshot kept for ever in another partition',
      'ec2:CreateTags',
      snapshotElsewhere,
      { ...tag('Resource', automated), ...tag('Request', { KeepForever: 'Yes' }) },
    ],
    [
      'KeepForever removed that a person has set',
      'ec2:DeleteTags',
      snapshot,
      { ...tag('Resource', { ...automated, KeepForever: 'Yes' }), ...tag('Request', { KeepForever: '' }) },
    ],
    [
      'another tag removed',
      'ec2:DeleteTags',
      snapshot,
      { ...tag('Resource', { 'holdfast:kept-by-primary': 'Yes' }), ...tag('Request', { Type: '' }) },
    ],
    ['every tag of a copy removed', 'ec2:DeleteTags', snapshot, tag('Resource', { 'holdfast:kept-by-primary': 'Yes' })],
    [
      'KeepForever removed in another partition',
      'ec2:DeleteTags',
      snapshotElsewhere,
      { ...tag('Resource', { 'holdfast:kept-by-primary': 'Yes' }), ...tag('Request', { KeepForever: '' }) },
    ],
    ['the deletion of a foreign snapshot', 'ec2:DeleteSnapshot', snapshot, foreign],
    [
      'the deletion of what is kept for ever',
      'ec2:DeleteSnapshot',
      snapshot,
      tag('Resource', { ...automated, KeepForever: 'Yes' }),
    ],
    ['a deletion in another partition', 'ec2:DeleteSnapshot', snapshotElsewhere, tag('Resource', automated)],
    ['somebody else’s snapshot locked', 'ec2:LockSnapshot', snapshot, { ...foreign, 'ec2:SnapshotLockDuration': '7' }],
    [
      'a snapshot locked for a century',
      'ec2:LockSnapshot',
      snapshot,
      { ...tag('Resource', { ...byIbSnapshot, ...automated }), 'ec2:SnapshotLockDuration': '36500' },
    ],
    [
      'a snapshot locked in another partition',
      'ec2:LockSnapshot',
      snapshotElsewhere,
      { ...tag('Resource', { ...byIbSnapshot, ...automated }), 'ec2:SnapshotLockDuration': '7' },
    ],
    [
      'a lock made shorter',
      'ec2:LockSnapshot',
      snapshot,
      {
        ...tag('Resource', { ...byIbSnapshot, ...automated, 'holdfast:locked': 'Yes' }),
        'ec2:SnapshotLockDuration': '1',
      },
    ],
    [
      'a foreign snapshot marked as locked',
      'ec2:CreateTags',
      snapshot,
      { ...foreign, ...tag('Request', { 'holdfast:locked': 'x' }) },
    ],
    [
      'a snapshot marked as locked in another partition',
      'ec2:CreateTags',
      snapshotElsewhere,
      { ...tag('Resource', { ...byIbSnapshot, ...automated }), ...tag('Request', { 'holdfast:locked': 'x' }) },
    ],
    [
      'another tag on a snapshot that may be locked',
      'ec2:CreateTags',
      snapshot,
      { ...tag('Resource', { ...byIbSnapshot, ...automated }), ...tag('Request', { Owner: 'x' }) },
    ],
    ['a lock taken off', 'ec2:UnlockSnapshot', snapshot, tag('Resource', { ...byIbSnapshot, ...automated })],
    ['any script as root', 'ssm:SendCommand', shell],
    ['a document that stops a database', 'ssm:SendCommand', document('Holdfast-Quiesce')],
    ['a document of another stack', 'ssm:SendCommand', document('Other-Freeze')],
    ['another of AWS’s documents', 'ssm:SendCommand', document('AWSEC2-ManageVssIO', '')],
    ['a command on an untagged instance', 'ssm:SendCommand', instance],
    ['a command on an instance of another account', 'ssm:SendCommand', instanceOfOthers, onInstance({ Backup: 'Yes' })],
    ['a parameter of somebody else', 'ssm:GetParametersByPath', `arn:aws:ssm:${here}:${accountId}:parameter/prod`],
    [
      'a parameter of somebody else written',
      'ssm:PutParameter',
      `arn:aws:ssm:${here}:${accountId}:parameter/prod/password`,
    ],
    [
      'a parameter of somebody else deleted',
      'ssm:DeleteParameters',
      `arn:aws:ssm:${here}:${accountId}:parameter/prod/password`,
    ],
    ['an association with any script', 'ssm:CreateAssociation', shell],
    [
      'the end of an association of another account',
      'ssm:DeleteAssociation',
      `arn:aws:ssm:${here}:210987654321:association/1`,
    ],
    ['the deletion of a volume', 'ec2:DeleteVolume', volume, tag('Resource', byVerifyVolume)],
    ['an instance stopped', 'ec2:StopInstances', instance, tag('Resource', { Backup: 'Yes' })],
  ],
  'holdfast-plan': [
    ['a snapshot deleted in the review of a pull request', 'ec2:DeleteSnapshot', snapshot, tag('Resource', automated)],
    [
      'a snapshot taken in the review of a pull request',
      'ec2:CreateSnapshots',
      instance,
      tag('Resource', { Backup: 'Yes' }),
    ],
    ['a command in the review of a pull request', 'ssm:SendCommand', instance, onInstance({ Backup: 'Yes' })],
  ],
  'holdfast-dump': [
    ['a dump outside the prefix', 's3:PutObject', object(buckets.dumps, 'other/1.gz')],
    ['a dump read outside the prefix', 's3:GetObjectVersion', object(buckets.dumps, 'other/1.gz')],
    ['an upload given up outside the prefix', 's3:AbortMultipartUpload', object(buckets.dumps, 'other/1.gz')],
    ['a dump deleted outside the prefix', 's3:DeleteObjectVersion', object(buckets.dumps, 'other/1.gz')],
    ['the versions of a foreign bucket', 's3:ListBucketVersions', 'arn:aws:s3:::somebody-elses'],
    ['a receipt outside the prefix', 's3:PutObject', object(buckets.receipts, 'other/1.json')],
    ['the older versions of a receipt deleted', 's3:DeleteObjectVersion', object(buckets.receipts, receipt)],
    ['a list of a foreign bucket', 's3:ListBucket', 'arn:aws:s3:::somebody-elses'],
    ['a dump hidden', 's3:DeleteObject', object(buckets.dumps, dump)],
    ['retention shortened', 's3:PutObjectRetention', object(buckets.dumps, dump)],
    ['retention bypassed', 's3:BypassGovernanceRetention', object(buckets.dumps, dump)],
    ['any script as root', 'ssm:SendCommand', shell],
    ['a document that stops a database', 'ssm:SendCommand', document('Holdfast-Quiesce')],
    ['a command on an untagged instance', 'ssm:SendCommand', instance],
    ['a command on a host of another account', 'ssm:SendCommand', instanceOfOthers, onInstance(source)],
    ['a snapshot deleted', 'ec2:DeleteSnapshot', snapshot, tag('Resource', automated)],
  ],
};

const plainly = { 'aws:SecureTransport': 'false' };

const through = (service: string): Question['keys'] => ({ 'kms:ViaService': `${service}.us-east-1.amazonaws.com` });
const otherKey = kmsKeys.buckets.replace('1111', '3333');
const forAws = { 'kms:GrantIsForAWSResource': 'true' };
const decryption: readonly Row[] = [
  ['the key of the buckets used for something else', 'kms:Decrypt', kmsKeys.buckets, through('ec2')],
  ['another key', 'kms:Decrypt', otherKey, through('s3')],
];

/** What people with the policy for fetching must be refused, and what nobody may do to the buckets. */
const rowsOfOthers: typeof rows = {
  'user/holdfast-fetch': [
    ['a dump that is not anonymised', 's3:GetObjectVersion', object(buckets.dumps, dump)],
    ['an anonymised file of another bucket', 's3:GetObject', object('somebody-elses', 'db/shop/1.anon.gz')],
    ['a receipt outside the prefix', 's3:GetObject', object(buckets.receipts, 'other/1.json')],
    ['a list of everything in the bucket', 's3:ListBucket', `arn:aws:s3:::${buckets.receipts}`],
    ['a list of a foreign bucket', 's3:ListBucket', 'arn:aws:s3:::somebody-elses', { 's3:prefix': 'receipts/' }],
    ['a dump replaced', 's3:PutObject', object(buckets.dumps, 'db/shop/1.anon.gz')],
    ...decryption,
  ],
  'user/holdfast-dumps-ro': [
    ['a dump outside the prefix', 's3:GetObject', object(buckets.dumps, 'other/1.gz')],
    ['a list of a foreign bucket', 's3:ListBucket', 'arn:aws:s3:::somebody-elses'],
    ['a dump replaced', 's3:PutObject', object(buckets.dumps, dump)],
    ...decryption,
  ],
  'user/holdfast-dumps-rw': [
    ['a dump outside the prefix', 's3:PutObject', object(buckets.dumps, 'other/1.gz')],
    ['a dump read outside the prefix', 's3:GetObjectVersion', object(buckets.dumps, 'other/1.gz')],
    ['a dump deleted outside the prefix', 's3:DeleteObjectVersion', object(buckets.dumps, 'other/1.gz')],
    ['the versions of a foreign bucket', 's3:ListBucketVersions', 'arn:aws:s3:::somebody-elses'],
    ['a receipt outside the prefix', 's3:PutObject', object(buckets.receipts, 'other/1.json')],
    ['a list of a foreign bucket', 's3:ListBucket', 'arn:aws:s3:::somebody-elses'],
    ['a command on a host', 'ssm:SendCommand', instance, onInstance(source)],
    ...decryption,
  ],
  'holdfast-rotate': [
    ['another key for a copy', 'kms:ReEncryptTo', otherKey, through('ec2')],
    ['a grant of another key', 'kms:CreateGrant', otherKey, { ...through('ec2'), ...forAws }],
    [
      'a grant of the key for somebody else',
      'kms:CreateGrant',
      kmsKeys.copies,
      { 'kms:GrantIsForAWSResource': 'false' },
    ],
  ],
  'holdfast-dump': [
    ...decryption,
    ['a dump without TLS', 's3:GetObjectVersion', object(buckets.dumps, dump), plainly],
    ['the versions of dumps without TLS', 's3:ListBucketVersions', `arn:aws:s3:::${buckets.dumps}`, plainly],
    ['a receipt without TLS', 's3:GetObject', object(buckets.receipts, receipt), plainly],
    ['the list of receipts without TLS', 's3:ListBucket', `arn:aws:s3:::${buckets.receipts}`, plainly],
  ],
};

/** Tokens that no role may accept, by what is wrong with them. */
const claims: readonly (readonly [why: string, sub: string, aud?: string | undefined, provider?: string])[] = [
  ['another repository', 'repo:acme/other:ref:refs/heads/main'],
  ['another owner', 'repo:evil/backups:ref:refs/heads/main'],
  ['another branch', 'repo:acme/backups:ref:refs/heads/feature'],
  ['a tag of the repository', 'repo:acme/backups:ref:refs/tags/main'],
  ['an environment', 'repo:acme/backups:environment:production'],
  ['other upper and lower case', 'repo:Acme/backups:ref:refs/heads/main'],
  ['a token for another service', subjects.main, 'https://github.com/acme'],
  ['a token of another issuer', subjects.main, undefined, 'gitlab.com'],
];

function ofTokens(role: string, roleArn: string): Refused[] {
  const wrong = role === 'holdfast-plan' ? subjects.main : subjects.pullRequest;
  const mine = role === 'holdfast-plan' ? subjects.pullRequest : subjects.main;
  const table = [
    ...claims.map(([why, sub, aud, by]) => [why, sub === subjects.main ? mine : sub, aud, by] as const),
    [role === 'holdfast-plan' ? 'a push to the branch' : 'a pull request', wrong] as const,
  ];
  return table.map(([why, sub, aud = 'sts.amazonaws.com', provider = issuer]) => ({
    why,
    by: role,
    action: 'sts:AssumeRoleWithWebIdentity',
    resource: roleArn,
    keys: {
      [`${issuer}:aud`]: aud,
      [`${issuer}:sub`]: sub,
      [federatedKey]: `arn:aws:iam::${accountId}:oidc-provider/${provider}`,
    },
    allowed: false,
  }));
}

/** Users that the role does not trust: none but the one, and that one with the role for dumps only. */
function ofKeys(role: string, roleArn: string): Refused[] {
  const users = ['holdfast-dumps-ro', ...(role === 'holdfast-dump' ? [] : ['holdfast-dumps-rw'])];
  return users.map((user) => ({
    why: `the access keys of ${user}`,
    by: role,
    ...keysQuestion(roleArn, `arn:aws:iam::${accountId}:user/${user}`),
    allowed: false,
  }));
}

function ofRows(table: typeof rows): Refused[] {
  return Object.entries(table).flatMap(([by, list]) =>
    list.map(([why, action, resource, keys = {}]): Refused => ({ why, by, action, resource, keys, allowed: false })),
  );
}

/** Every request that must be refused. */
export const refused: readonly Refused[] = [
  ...ofRows(rows),
  ...ofRows(rowsOfOthers),
  ...Object.keys(rows).flatMap((role) =>
    [ofTokens, ofKeys].flatMap((of) => of(role, `arn:aws:iam::${accountId}:role/${role}`)),
  ),
];
