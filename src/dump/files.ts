/** Names of a dump's files, and where the dumps of a source are kept. */
import type { DumpFileKind } from '../domain/dump.ts';

export const fileKinds = ['archive', 'plain', 'anonymised'] as const satisfies readonly DumpFileKind[];

/** `versions`: always the same keys, whose older versions the bucket keeps; `dated`: a folder for each dump. */
export type KeepAs = 'versions' | 'dated';

/**
 * Format of the archive. `custom`: one file; `directory`: a file for each table, which parallel jobs write and read, packed
 * into one tar file.
 */
export type ArchiveFormat = 'custom' | 'directory';

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
}

export const archiveEndings: Readonly<Record<ArchiveFormat, string>> = { custom: '.dump', directory: '.dump.tar' };

function ending(kind: DumpFileKind, format: ArchiveFormat): string {
  return kind === 'archive' ? archiveEndings[format] : kind === 'plain' ? '.gz' : '.anon.gz';
}

export const contentTypes: Readonly<Record<DumpFileKind, string>> = {
  archive: 'application/octet-stream',
  plain: 'application/gzip',
  anonymised: 'application/gzip',
};

/** `20261121T040512Z`: sorts by time, and is valid in keys and file names. @param takenAt ISO 8601 in UTC */
export function stamp(takenAt: string): string {
  return `${takenAt.replace(/[-:]/g, '').replace(/\.\d+/, '').replace('Z', '')}Z`;
}

/** @param takenAt point in time of the dump; only dated keys contain it */
export function objectKey(location: KeyParts, kind: DumpFileKind, takenAt: string): string {
  return keyWith(location, kind, stamp(takenAt));
}

/** The key before its dump is taken: dated ones say TIME. */
export function keyPattern(location: KeyParts, kind: DumpFileKind): string {
  return keyWith(location, kind, 'TIME');
}

type KeyParts = Pick<DumpLocation, 'prefix' | 'name' | 'keepAs' | 'format'>;

function keyWith({ prefix, name, keepAs, format }: KeyParts, kind: DumpFileKind, time: string): string {
  const folder = keepAs === 'versions' ? prefix : `${prefix}${name}/${time}/`;
  return `${folder}${name}${ending(kind, format)}`;
}

/** Prefix of the receipts of a source's dumps. Characters that S3 asks to avoid become `-`. */
export function receiptPrefix(source: string): string {
  return `receipts/${source.replace(/[^A-Za-z0-9._/=@-]/g, '-')}/dump-`;
}

export function dumpReceiptKey(
  source: string,
  takenAt: string,
  run: { readonly id: string; readonly attempt: number },
): string {
  return `${receiptPrefix(source)}${stamp(takenAt)}-${run.id}-${run.attempt}.json`;
}
