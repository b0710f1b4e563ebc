/** Differences between the lab's S3 and versitygw that stay. */
import type { KnownDifference } from '../../points.ts';

const api = 'https://docs.aws.amazon.com/AmazonS3/latest/API';

export const known: readonly KnownDifference[] = [
  {
    point: /^settings: lifecycle/,
    right: 'the lab',
    why: 'versitygw has no lifecycle rules, and says so (NotImplemented); without them Holdfast goes on.',
    source: `${api}/API_GetBucketLifecycleConfiguration.html`,
  },
  {
    point: /^small: delete it again/,
    right: 'the lab',
    why: 'versitygw refuses to delete a version that is gone (InvalidArgument); S3 confirms what it does not find as deleted, which only the page of DeleteObjects says.',
    source: `${api}/API_DeleteObjects.html`,
  },
  {
    point: /: ServerSideEncryption$/,
    right: 'the lab',
    why: 'S3 encrypts every object and says so in a header; versitygw leaves that to its file system.',
    source: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingServerSideEncryption.html',
  },
  {
    point: /^PutObject: .*: Size$/,
    right: 'the lab',
    why: 'versitygw gives the size of what was written; S3 does so only for objects that are appended to, in directory buckets.',
    source: `${api}/API_PutObject.html`,
  },
  {
    point: 'ListObjectVersions: pages',
    right: 'the lab',
    why: 'versitygw lists the entry at which a page ends on the next page again; the issue shows the answer of S3, which goes on behind it. The adapter takes such an entry once.',
    source: 'https://github.com/versity/versitygw/issues/2178',
  },
  {
    point: 'DeleteObjects: a marker for what is not there',
    right: 'the lab',
    why: 'versitygw makes no delete marker for a key that it does not have; S3 does in a bucket with versions.',
    source: `${api}/API_DeleteObject.html`,
  },
  {
    point: /^CompleteMultipartUpload: again: (VersionId|ChecksumCRC32|ChecksumType)$/,
    right: 'both',
    why: 'Both complete an upload twice; versitygw leaves version and checksum out of the second answer; no page says what is in it.',
    source: `${api}/API_CompleteMultipartUpload.html`,
  },
  {
    point: 'CopyObject: If-None-Match, and something is there',
    right: 'the lab',
    why: 'versitygw takes the condition of a copy, and copies over what is there; S3 refuses with 412. The adapter looks before it copies.',
    source: `${api}/API_CopyObject.html`,
  },
  {
    point: /^copy (whole|in parts): of a key that is not there: error$/,
    right: 'the lab',
    why: 'versitygw has the code of a missing version (NoSuchVersion) for a source that is not there and was named without a version; S3 says NoSuchKey.',
    source: `${api}/ErrorResponses.html`,
  },
  {
    point: /^locked: head: ObjectLock(Mode|RetainUntilDate)$/,
    right: 'the lab',
    why: 'versitygw keeps the default lock of a bucket, and does not tell it of a version before that has a lock of its own.',
    source: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html',
  },
  {
    point: /^signed: an unknown key pair/,
    right: 'the lab',
    why: 'versitygw has a code of its own (XAdminUserNotFound, 404) for signed requests of an unknown key; S3 says InvalidAccessKeyId, 403.',
    source: `${api}/ErrorResponses.html`,
  },
];
