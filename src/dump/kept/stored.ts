/** Whether a file of a dump is still the object that its receipt names. Pure: from what the bucket lists, without a download. */
import type { DumpFile, DumpReceipt } from '../../domain/dump.ts';
import { type StoredObject, s3Url } from '../../domain/s3.ts';
import { hasOwnVersion, metadataOf } from '../retention/versions.ts';

/**
 * - `there`: as far as a list can tell.
 * - `gone`: there is no such version, or no such object.
 * - `differs`: size or ETag are not those of the receipt. Only reading it tells what that means: whoever encrypts an object anew
 *   by copying it onto itself changes its ETag and not its content.
 */
export type FileState =
  | { readonly kind: 'there'; readonly etag: string | undefined }
  | { readonly kind: 'gone'; readonly what: string }
  | { readonly kind: 'differs'; readonly what: string; readonly etag: string | undefined };

/** @param listed versions and delete markers of its key */
export function stateOfFile(file: DumpFile, listed: readonly StoredObject[]): FileState {
  const ofKey = listed.filter(({ key, deleteMarker }) => key === file.key && !deleteMarker);
  const object = hasOwnVersion(file)
    ? ofKey.find(({ versionId }) => versionId === file.versionId)
    : ofKey.find(({ latest }) => latest);
  if (object === undefined) return { kind: 'gone', what: `${s3Url(file)} is gone` };
  const { size, etag } = object;
  const differs = (what: string): FileState => ({ kind: 'differs', what: `${s3Url(file)} ${what}`, etag });
  if (size !== file.size) return differs(`has ${size} bytes, and the receipt says ${file.size}`);
  if (file.etag !== undefined && etag !== undefined && etag !== file.etag)
    return differs(`has the ETag ${etag}, and the receipt says ${file.etag}`);
  return { kind: 'there', etag };
}

/**
 * Whether another run wrote the object, as happens in a bucket without versions.
 * @param metadata of the object; without the names of Holdfast's it says nothing
 */
export function isReplaced(
  { run, takenAt }: Pick<DumpReceipt, 'run' | 'takenAt'>,
  metadata: Readonly<Record<string, string>>,
): boolean {
  const own = metadataOf(run, takenAt);
  return Object.entries(own).some(([name, value]) => metadata[name] !== undefined && metadata[name] !== value);
}
