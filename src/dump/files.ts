/** Names of a dump's files, and where they are kept. */
import type { DumpFileKind } from '../domain/dump.ts';

export const fileKinds = ['archive', 'plain', 'anonymised'] as const satisfies readonly DumpFileKind[];

/** `versions`: always the same key, whose older versions the bucket keeps; `dated`: a key for each dump. */
export type Keeping = 'versions' | 'dated';

/**
 * pg_dump's format of the archive. `custom`: one file; `directory`: a file for each table, which several jobs write and read
 * side by side, in one tar file.
 */
export type ArchiveFormat = 'custom' | 'directory';

export const archiveEndings: Readonly<Record<ArchiveFormat, string>> = { custom: '.dump', directory: '.dump.tar' };

function ending(kind: DumpFileKind, format: ArchiveFormat): string {
  return kind === 'archive' ? archiveEndings[format] : kind === 'plain' ? '.gz' : '.anon.gz';
}

export const contentTypes: Readonly<Record<DumpFileKind, string>> = {
  archive: 'application/octet-stream',
  plain: 'application/gzip',
  anonymised: 'application/gzip',
};

/** `20261121T040512Z`: sorts by time, and is allowed in keys and file names. */
export function stamp(takenAt: string): string {
  return `${takenAt.replace(/[-:]/g, '').replace(/\.\d+/, '').replace('Z', '')}Z`;
}

/** @param prefix ends with a slash, or is empty */
export function objectKey(options: {
  readonly prefix: string;
  readonly name: string;
  readonly kind: DumpFileKind;
  readonly keep: Keeping;
  readonly format: ArchiveFormat;
  readonly takenAt: string;
}): string {
  const { prefix, name, kind, keep, format, takenAt } = options;
  return keep === 'versions'
    ? `${prefix}${name}${ending(kind, format)}`
    : `${prefix}${name}/${stamp(takenAt)}/${name}${ending(kind, format)}`;
}

/** Where the receipts of a source's dumps begin. Characters that S3 asks to avoid become `-`. */
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
