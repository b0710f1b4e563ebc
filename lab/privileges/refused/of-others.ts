/** What people with the stack's policies must be refused, and what nobody may do with the buckets and the keys. */
import type { Question } from '../../services/aws/auth/iam.ts';
import { buckets, keys as kmsKeys } from '../installation.ts';
import { dump, instance, object, onInstance, type Row, type Rows, receipt, source } from './things.ts';

const plainly = { 'aws:SecureTransport': 'false' };

const through = (service: string): Question['keys'] => ({ 'kms:ViaService': `${service}.us-east-1.amazonaws.com` });
const otherKey = kmsKeys.buckets.replace('1111', '3333');
const pinned = 'db/shop/20261121T040512Z/shop.dump';
const forAws = { 'kms:GrantIsForAWSResource': 'true' };
const decryption: readonly Row[] = [
  ['the key of the buckets used for something else', 'kms:Decrypt', kmsKeys.buckets, through('ec2')],
  ['another key', 'kms:Decrypt', otherKey, through('s3')],
];

/** What people with the policy for fetching must be refused, and what nobody may do to the buckets. */
export const ofOthers: Rows = {
  'user/holdfast-fetch': [
    ['a dump that is not anonymised', 's3:GetObjectVersion', object(buckets.dumps, dump)],
    ['an anonymised file of another bucket', 's3:GetObject', object('somebody-elses', 'db/shop/1.anon.gz')],
    ['a receipt outside the prefix', 's3:GetObject', object(buckets.receipts, 'other/1.json')],
    ['a list of everything in the bucket', 's3:ListBucket', `arn:aws:s3:::${buckets.receipts}`],
    ['a list of a foreign bucket', 's3:ListBucket', 'arn:aws:s3:::somebody-elses', { 's3:prefix': 'receipts/' }],
    ['a dump replaced', 's3:PutObject', object(buckets.dumps, 'db/shop/1.anon.gz')],
    ...decryption,
  ],
  'user/holdfast-pin': [
    ['a dump replaced under the key that all share', 's3:PutObject', object(buckets.dumps, 'db/shop.dump')],
    ['a folder of that name in another bucket', 's3:PutObject', object('somebody-elses', pinned)],
    ['a dump outside the prefix', 's3:GetObjectVersion', object(buckets.dumps, 'other/1.gz')],
    ['a dump deleted', 's3:DeleteObjectVersion', object(buckets.dumps, pinned)],
    ['the versions of a foreign bucket', 's3:ListBucketVersions', 'arn:aws:s3:::somebody-elses'],
    ['the receipt of a volume', 's3:PutObject', object(buckets.receipts, receipt)],
    ['a receipt deleted', 's3:DeleteObject', object(buckets.receipts, 'receipts/shop/dump-1.json')],
    ['a list of everything in the bucket', 's3:ListBucket', `arn:aws:s3:::${buckets.receipts}`],
    ['a list of a foreign bucket', 's3:ListBucket', 'arn:aws:s3:::somebody-elses', { 's3:prefix': 'receipts/' }],
    ...decryption,
  ],
  'user/holdfast-dumps-ro': [
    ['a dump tagged as pinned', 's3:PutObjectVersionTagging', object(buckets.dumps, dump)],
    ['a receipt that says so', 's3:PutObject', object(buckets.receipts, 'receipts/shop/dump-1.json')],
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
