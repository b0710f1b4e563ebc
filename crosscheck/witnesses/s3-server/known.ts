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
    why: 'versitygw refuses to delete a version that is gone (InvalidArgument); S3 reports what it does not find as deleted.',
    source: `${api}/API_DeleteObjects.html`,
  },
];
