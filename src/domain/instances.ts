/** Which instance an input names, and whether Holdfast may touch it. */
import type { Instance } from './ec2.ts';
import { tagNames } from './tags.ts';

/**
 * Problems with the instance itself, found before its host is asked anything.
 * @param found what EC2 lists for `wanted`, the text of the input
 */
export function instanceProblems(
  found: readonly Instance[],
  wanted: string,
  role: 'source' | 'verification',
): string[] {
  if (found.length === 0) return [`instance: no instance has the id or Name tag "${wanted}" in this region`];
  if (found.length > 1) {
    return [
      `instance: ${found.length} instances are named "${wanted}" (${found.map((one) => one.id).join(', ')}); give an id`,
    ];
  }
  const [instance] = found;
  if (instance && instance.tags[tagNames.host] !== role) {
    const has = instance.tags[tagNames.host];
    return [
      `instance: ${instance.id} (${instance.name ?? 'unnamed'}) ${has === undefined ? 'has no tag' : `is tagged "${has}" in`} ${tagNames.host}; Holdfast touches it only when that tag is "${role}"`,
    ];
  }
  return [];
}
