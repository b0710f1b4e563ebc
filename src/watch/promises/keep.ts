/** Writes what a repository promises. Several repositories write the same document, perhaps at the same moment: none loses its promises. */
import { promisesKey } from '../../domain/tags.ts';
import type { Documents, NewObject } from '../../ports/objects.ts';
import { isOverwriteConflict } from '../../runtime/errors.ts';
import { type PromisedSource, withPromises } from './promise.ts';

/** Others that may write first, one after the other, before it is an error. */
const mostConflicts = 10;

/** @throws AwsError when the document cannot be read or written */
export async function keepPromises(
  objects: Pick<Documents, 'document' | 'put'>,
  bucket: string,
  repository: string,
  sources: readonly PromisedSource[],
  now: Date,
): Promise<void> {
  const object: NewObject = { bucket, key: promisesKey, contentType: 'application/json', tags: {}, metadata: {} };
  for (let conflicts = 0; ; conflicts += 1) {
    const stored = await objects.document(object);
    const text = withPromises(stored?.text, repository, sources, now);
    if (text === stored?.text) return;
    try {
      await objects.put(object, text, stored?.etag ?? null);
      return;
    } catch (error) {
      if (!isOverwriteConflict(error) || conflicts >= mostConflicts) throw error;
    }
  }
}
