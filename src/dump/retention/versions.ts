/** The versions of a dump's files: which receipt names which, and what is known of each. */
import type { DumpFile, DumpReceipt } from '../../domain/dump.ts';
import type { ObjectPlace, StoredObject } from '../../domain/s3.ts';
import type { Verdict } from '../../domain/verdict.ts';
import type { Objects } from '../../ports/objects.ts';
import { AwsError } from '../../runtime/errors.ts';
import { objectOwner } from '../owner.ts';

/** Whether a file has a version of its own. In a bucket without versions, later files of the same key take its place. */
export function hasOwnVersion({ versionId }: Pick<ObjectPlace, 'versionId'>): boolean {
  // `null`: as S3 calls the version of an object that was written without versions.
  return versionId !== undefined && versionId !== 'null';
}

/** Whether both are the same version, or share one key without versions. */
export function isSameObject(one: ObjectPlace, other: ObjectPlace): boolean {
  if (one.bucket !== other.bucket || one.key !== other.key) return false;
  return hasOwnVersion(one) || hasOwnVersion(other) ? one.versionId === other.versionId : true;
}

/** Whether a file of a receipt is this object, or a copy of it: then the object is still the dump's. */
export function isOfFile(file: DumpFile, place: ObjectPlace): boolean {
  return (
    isSameObject(file, place) ||
    (file.copyOf !== undefined && isSameObject({ ...file.copyOf, bucket: file.bucket }, place))
  );
}

/** The verdict on one file of a dump: its own, or that on the dump where it was not proven by itself. */
export function verdictOfFile({ proof, verdict }: DumpReceipt, { kind }: Pick<DumpFile, 'kind'>): Verdict {
  return proof.find((row) => row.kind === kind)?.verdict ?? verdict;
}

/** A version that a dump wrote, with the ETag that the bucket lists. */
export interface VersionOfDump extends ObjectPlace {
  readonly etag?: string | undefined;
}

type DumpRun = Pick<DumpReceipt['run'], 'key' | 'attempt'>;

/** Metadata of the objects of one dump. */
export function metadataOf(run: DumpRun, takenAt: string): Readonly<Record<string, string>> {
  return { 'holdfast-run': objectOwner(run), 'holdfast-taken-at': takenAt };
}

/**
 * Finds the versions of a key that a dump wrote, by their metadata.
 * @returns places with the version, where the bucket has versions
 */
export async function versionsOfDump(
  objects: Objects,
  { bucket, key }: ObjectPlace,
  { run, takenAt }: { readonly run: DumpRun; readonly takenAt: string },
): Promise<readonly VersionOfDump[]> {
  // S3's clock may differ from the server's.
  const since = Date.parse(takenAt) - 60_000;
  const found: VersionOfDump[] = [];
  for (const version of await objects.versions(bucket, key)) {
    if (version.key !== key || version.deleteMarker || version.modifiedAt.getTime() < since) continue;
    const place = { bucket, key, versionId: version.versionId };
    const metadata: Readonly<Record<string, string>> = await objects.metadata(place).catch((error: unknown) => {
      // Somebody else deleted it meanwhile.
      if (error instanceof AwsError && error.kind === 'not-found') return {};
      throw error;
    });
    // Jobs of one run have the same run; then the point in time tells their files apart.
    const { 'holdfast-run': owner, 'holdfast-taken-at': time = takenAt } = metadata;
    if (owner === objectOwner(run) && time === takenAt) found.push({ ...place, etag: version.etag });
  }
  return found;
}

/** The versions of each key, newest first. */
export function byKey(versions: readonly StoredObject[]): ReadonlyMap<string, readonly StoredObject[]> {
  const keys = new Map<string, StoredObject[]>();
  for (const version of versions) keys.set(version.key, [...(keys.get(version.key) ?? []), version]);
  for (const [key, some] of keys)
    keys.set(
      key,
      some.toSorted((a, b) => Number(b.latest) - Number(a.latest) || b.modifiedAt.getTime() - a.modifiedAt.getTime()),
    );
  return keys;
}
