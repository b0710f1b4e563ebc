/** Names of a dump's files, and where the dumps of a source are kept. */
import type { DumpFile, DumpFileKind } from '../domain/dump.ts';
import type { EngineName } from '../domain/engine.ts';
import { receiptFolder } from '../domain/tags.ts';

export const fileKinds = ['archive', 'plain', 'anonymised'] as const satisfies readonly DumpFileKind[];

/** The files that an engine makes. The archive of MySQL is plain SQL, and MongoDB has none. */
export const fileKindsOf: Readonly<Record<EngineName, readonly DumpFileKind[]>> = {
  postgres: fileKinds,
  mysql: ['archive', 'anonymised'],
  mongodb: ['archive', 'anonymised'],
};

/** `versions`: always the same keys, whose older versions the bucket keeps; `dated`: keys of its own for each dump. */
export type KeepAs = 'versions' | 'dated';

/** The formats of an engine's archives; the first is the default. */
export const archiveFormats = {
  /**
   * `custom`: one file; `directory`: a file for each table, which parallel jobs write and read, packed into one tar file.
   */
  postgres: ['custom', 'directory'],
  /** SQL, compressed. */
  mysql: ['sql'],
  /** `tarball`: the files that `mongodump --out` writes; `archive`: its stream (`--archive`). Both compressed with gzip. */
  mongodb: ['tarball', 'archive'],
} as const satisfies Readonly<Record<EngineName, readonly string[]>>;

/** What files of SQL are compressed with. All of MongoDB's have gzip, which is all that mongorestore reads. */
export const fileCompressions = ['gzip', 'zstd'] as const;
export type FileCompression = (typeof fileCompressions)[number];

export type ArchiveFormat = (typeof archiveFormats)[EngineName][number];
export type PostgresFormat = (typeof archiveFormats.postgres)[number];

/** Where the dumps of a source are kept. */
export interface DumpLocation {
  readonly source: string;
  readonly bucket: string;
  readonly receiptBucket: string;
  /** Ends with a slash, or is empty. */
  readonly prefix: string;
  /** Name of the files. */
  readonly name: string;
  readonly keepAs: KeepAs;
  readonly format: ArchiveFormat;
  /** gzip without. */
  readonly compression?: FileCompression | undefined;
  /** Whether dated keys that say the minute say the second, too, since another dump has that minute. */
  readonly seconds?: boolean | undefined;
  /** With `versions`: whether this dump gets a folder of its own all the same, since it is pinned. */
  readonly apart?: boolean | undefined;
}

/** How the names of an archive and of an anonymised file end, with gzip. */
const endings: Readonly<Record<ArchiveFormat, { readonly archive: string; readonly anonymised: string }>> = {
  custom: { archive: '.dump', anonymised: '.anon.gz' },
  directory: { archive: '.dump.tar', anonymised: '.anon.gz' },
  sql: { archive: '.sql.gz', anonymised: '.anon.sql.gz' },
  tarball: { archive: '.tar.gz', anonymised: '.anon.tar.gz' },
  archive: { archive: '.archive.gz', anonymised: '.anon.archive.gz' },
};

/** How the name of an archive ends. */
export function archiveEnding(format: ArchiveFormat): string {
  return endings[format].archive;
}

/**
 * The format of a kept dump's archive, by the name of its file.
 * @param formats of its engine; the first where the name says nothing
 */
export function formatOf<F extends ArchiveFormat>(
  files: readonly Pick<DumpFile, 'kind' | 'key'>[],
  formats: readonly [F, ...F[]],
): F {
  const key = files.find(({ kind }) => kind === 'archive')?.key ?? '';
  return formats.toReversed().find((format) => key.endsWith(archiveEnding(format))) ?? formats[0];
}

type Naming = Pick<DumpLocation, 'format' | 'compression'>;

function ending(kind: DumpFileKind, { format, compression }: Naming): string {
  const end = kind === 'plain' ? '.gz' : endings[format][kind];
  return compression === 'zstd' ? end.replace(/\.gz$/, '.zst') : end;
}

/** The media types of RFC 6713 and RFC 8878. */
export function contentTypeOf(kind: DumpFileKind, naming: Naming): string {
  return contentTypeOfKey(ending(kind, naming));
}

export function contentTypeOfKey(end: string): string {
  if (end.endsWith('.gz')) return 'application/gzip';
  return end.endsWith('.zst') ? 'application/zstd' : 'application/octet-stream';
}

/** `20261121T040512Z`: sorts by time, and is valid in keys and file names. @param takenAt ISO 8601 in UTC */
export function stamp(takenAt: string): string {
  return `${takenAt.replace(/[-:]/g, '').replace(/\.\d+/, '').replace('Z', '')}Z`;
}

/** `2018-04-04T11_37`: names a dump of MongoDB by its minute, in keys and in the folder that the tarball unpacks to. */
export function minuteStamp(takenAt: string, seconds = false): string {
  return takenAt.slice(0, seconds ? 19 : 16).replaceAll(':', '_');
}

/** Whether dated dumps lie side by side below the prefix, named by their time alone, and not in a folder for each. */
export function isFlat({ format, keepAs }: Pick<DumpLocation, 'format' | 'keepAs'>): boolean {
  return keepAs === 'dated' && (format === 'tarball' || format === 'archive');
}

/** @param takenAt point in time of the dump; only dated keys contain it */
export function objectKey(location: KeyParts, kind: DumpFileKind, takenAt: string): string {
  return keyWith(location, kind, isFlat(location) ? minuteStamp(takenAt, location.seconds) : stamp(takenAt));
}

/** The key before its dump is taken: dated ones say TIME. */
export function keyPattern(location: KeyParts, kind: DumpFileKind): string {
  return keyWith(location, kind, 'TIME');
}

/** What the keys of a source's dumps begin with; flat ones of other sources may, too. */
export function keyPrefix(location: KeyParts): string {
  return isFlat(location) ? location.prefix : `${location.prefix}${location.name}`;
}

type KeyParts = Pick<DumpLocation, 'prefix' | 'name' | 'keepAs' | 'format' | 'compression' | 'seconds' | 'apart'>;

function keyWith(location: KeyParts, kind: DumpFileKind, time: string): string {
  const { prefix, name, keepAs, apart = false } = location;
  const end = ending(kind, location);
  if (isFlat(location)) return `${prefix}${time}${end}`;
  return keepAs === 'versions' && !apart ? `${prefix}${name}${end}` : `${prefix}${name}/${time}/${name}${end}`;
}

const formats = Object.values(archiveFormats).flat();

/**
 * The key of its own that a file gets whose key later dumps share: where it would be if each dump had its own.
 * @param takenAt point in time of the dump
 */
export function ownKey({ key, kind }: Pick<DumpFile, 'key' | 'kind'>, takenAt: string): string {
  const folder = key.slice(0, key.lastIndexOf('/') + 1);
  const file = key.slice(folder.length);
  const ends = formats.flatMap((format) =>
    fileCompressions.map((compression) => ending(kind, { format, compression })),
  );
  const [end = ''] = ends.filter((one) => file.endsWith(one)).toSorted((a, b) => b.length - a.length);
  return `${folder}${file.slice(0, file.length - end.length)}/${stamp(takenAt)}/${file}`;
}

/** Whether a key has the time of its dump in it, so that no other dump of the source has it. */
export function isOwnKey(key: string, takenAt: string): boolean {
  const [file = '', folder] = key.split('/').toReversed();
  return folder === stamp(takenAt) || file.startsWith(minuteStamp(takenAt));
}

/** Prefix of the receipts of a source's dumps. */
export function receiptPrefix(source: string): string {
  return `${receiptFolder(source)}dump-`;
}

export function dumpReceiptKey(
  source: string,
  takenAt: string,
  run: { readonly id: string; readonly attempt: number },
): string {
  return `${receiptPrefix(source)}${stamp(takenAt)}-${run.id}-${run.attempt}.json`;
}
