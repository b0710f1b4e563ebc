/** Whether the objects of dumps are still what their receipts say. Only lists are read, never the dumps. */
import type { DumpFile } from '../../domain/dump.ts';
import { type StoredObject, s3Url } from '../../domain/s3.ts';
import { stateOfFile } from '../../dump/kept/stored.ts';
import { hasOwnVersion, isSameObject } from '../../dump/retention/versions.ts';
import type { Documents } from '../../ports/objects.ts';
import { each } from '../../runtime/each.ts';
import { explainInLine } from '../../runtime/errors.ts';
import type { ReceiptBackup } from './read-receipts.ts';

/** What is wrong with the files of one dump. */
export interface FileProblem {
  readonly what: string;
  /** Whether no file of the dump is left. */
  readonly allGone: boolean;
  /** Whether nothing else is wrong than that files are gone. */
  readonly onlyGone: boolean;
  /** Whether a later dump took its place, in a bucket without versions. */
  readonly overwritten: boolean;
  /** Newer versions and delete markers of its keys that belong to no known dump: the lifecycle counts them, too. */
  readonly unnamed: number;
}

export interface StoredFiles {
  /** By key of the receipt; without an entry, all is as it should be. */
  readonly problems: ReadonlyMap<string, FileProblem>;
  /** By key of the receipt: why nobody could look. */
  readonly unread: ReadonlyMap<string, string>;
}

/** Lists at a time. */
const parallel = 8;

export async function readStoredFiles(
  dumps: readonly ReceiptBackup[],
  objects: Documents,
  signal: AbortSignal,
): Promise<StoredFiles> {
  const problems = new Map<string, FileProblem>();
  const unread = new Map<string, string>();
  // One list for the dumps of a source in a bucket: their keys begin alike.
  const groups = Map.groupBy(
    dumps.filter(({ files }) => files.length > 0),
    ({ backup, files }) => `${files[0]?.bucket} ${backup.source}`,
  );
  await each(
    [...groups.values()],
    parallel,
    async (some) => {
      const files = some.flatMap((one) => one.files);
      const bucket = files[0]?.bucket ?? '';
      try {
        const all = await objects.versions(bucket, commonPrefix(files.map(({ key }) => key)));
        const listed = byKey(all);
        const unnamed = unnamedVersions(all, files);
        for (const { backup, files: own } of some) {
          const later = some.filter((other) => other.backup.takenAt > backup.takenAt).flatMap((other) => other.files);
          const wrong = own.flatMap((file) => problemOf(file, listed.get(file.key) ?? [], later) ?? []);
          const [first] = wrong;
          if (first === undefined) continue;
          const more = wrong.length > 1 ? `, and ${wrong.length - 1} more of its files` : '';
          const onlyGone = wrong.every(({ gone }) => gone);
          problems.set(backup.id, {
            what: `${first.what}${more}`,
            allGone: wrong.length === own.length && onlyGone,
            onlyGone,
            overwritten: wrong.every(({ overwritten }) => overwritten),
            unnamed: Math.max(...own.map(({ key }) => newerThan(unnamed.get(key) ?? [], backup.takenAt))),
          });
        }
      } catch (error) {
        for (const { backup } of some) unread.set(backup.id, explainInLine(error));
      }
    },
    signal,
  );
  return { problems, unread };
}

function byKey(objects: readonly StoredObject[]): ReadonlyMap<string, readonly StoredObject[]> {
  return Map.groupBy(
    objects.filter(({ deleteMarker }) => !deleteMarker),
    ({ key }) => key,
  );
}

/** By key: what no dump of the source names, delete markers among it. */
function unnamedVersions(
  all: readonly StoredObject[],
  files: readonly DumpFile[],
): ReadonlyMap<string, readonly StoredObject[]> {
  const named = new Set(files.map(({ key, versionId }) => `${versionId} ${key}`));
  return Map.groupBy(
    all.filter(({ key, versionId }) => !named.has(`${versionId} ${key}`)),
    ({ key }) => key,
  );
}

const newerThan = (some: readonly StoredObject[], time: string): number =>
  some.filter(({ modifiedAt }) => modifiedAt.getTime() > Date.parse(time)).length;

function problemOf(
  file: DumpFile,
  versions: readonly StoredObject[],
  later: readonly DumpFile[],
): { readonly what: string; readonly gone: boolean; readonly overwritten: boolean } | undefined {
  // In a bucket without versions a later dump takes the place of an earlier one.
  if (!hasOwnVersion(file) && later.some((other) => isSameObject(other, file)))
    return { what: `${s3Url(file)} is overwritten by a later dump`, gone: true, overwritten: true };
  const state = stateOfFile(file, versions);
  return state.kind === 'there' ? undefined : { what: state.what, gone: state.kind === 'gone', overwritten: false };
}

function commonPrefix(keys: readonly string[]): string {
  const [first = '', ...others] = keys;
  let length = first.length;
  for (const key of others) while (!key.startsWith(first.slice(0, length))) length -= 1;
  return first.slice(0, length);
}
