/** Tags of objects in the header of the request that writes them. */
import type { Tags } from '../../domain/ec2.ts';

/** For the header x-amz-tagging; undefined without tags. */
export function taggingHeader(tags: Tags): string | undefined {
  return Object.keys(tags).length > 0 ? new URLSearchParams(tags).toString() : undefined;
}
