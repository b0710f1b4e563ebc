/** Where a dump comes from, and where it goes: files, or objects in S3. */
import { fstatSync, readdirSync, statSync } from 'node:fs';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { DumpError } from '../../anonymize/format/dump-error.ts';
import type { ObjectPlace } from '../../domain/s3.ts';
import type { Objects } from '../../ports/objects.ts';
import { fileChunks } from '../../runtime/compression/file-chunks.ts';
import { ConfigurationError } from '../../runtime/errors.ts';

/** @returns undefined for a file */
function s3Place(place: string): ObjectPlace | undefined {
  const [, bucket = '', key = '', versionId] = /^s3:\/\/([^/]+)\/([^?]+)(?:\?versionId=(.+))?$/.exec(place) ?? [];
  return bucket === '' ? undefined : { bucket, key, versionId };
}

/**
 * Whether writing to a place would overwrite another: the same object, or the same file, also by another path or through a link.
 * @param standing `-` for the standard input
 */
export function overwrites(to: string, standing: string): boolean {
  const [written, read] = [s3Place(to), s3Place(standing)];
  if (written || read) return written?.bucket === read?.bucket && written?.key === read?.key;
  const target = statSync(to, { throwIfNoEntry: false });
  const source = standing === '-' ? fstatSync(0) : statSync(standing, { throwIfNoEntry: false });
  if (target === undefined || source === undefined) return resolve(to) === resolve(standing);
  return target.isFile() && target.ino === source.ino && target.dev === source.dev;
}

/** The bytes of a place, as stored. */
export function readPlace(place: string, objects: () => Objects): AsyncIterable<Buffer> {
  const object = s3Place(place);
  return object ? objects().read(object) : readFile(place);
}

/** Whether the path is a named pipe, or one that the shell makes (`<(…)`). */
export function isPipe(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFIFO() ?? false;
}

/**
 * The bytes of a file. The memory of a chunk is freed when the next one is asked for.
 * @throws DumpError when it is a folder, which some dump programs write, or a pipe
 */
export function readFile(path: string): AsyncGenerator<Buffer> {
  refuseOtherThanFile(path, `; or give it to the command as a pipe: npm run -s anonymize -- - TO < ${path}`);
  return fileChunks(path);
}

/**
 * @param otherwise what else can be done with a pipe
 * @throws DumpError when the path is a folder, which some dump programs write, or a pipe
 */
export function refuseOtherThanFile(path: string, otherwise = ''): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw folderError(path);
  if (isPipe(path))
    throw new DumpError({
      what: `${path} is a pipe, which can be read only once`,
      fix: `write it into a file first${otherwise}`,
    });
}

/** By the names of the files that each program writes into its folder. */
function folderError(path: string): DumpError {
  const names = readdirSync(path);
  const has = (pattern: RegExp): boolean => names.some((name) => pattern.test(name));
  const what = (of: string): string => `${path} is a folder, such as ${of} writes, not plain SQL`;
  const dumped = 'dump into one file: mysqldump --result-file=dump.sql';
  if (has(/^@\.json$/)) return new DumpError({ what: what('MySQL Shell'), fix: dumped });
  if (has(/^metadata(\.partial)?$/) || has(/-schema(-create)?\.sql(\.\w+)?$/))
    return new DumpError({
      what: what('mydumper'),
      fix: `${dumped}; or anonymise each of its files, with footer: optional`,
    });
  if (has(/\.sql$/) && has(/\.txt$/)) return new DumpError({ what: what('mysqldump --tab'), fix: dumped });
  return new DumpError({
    what: what('pg_dump -Fd'),
    fix: `convert it to SQL: pg_restore --no-owner --no-acl --file=dump.sql ${path}`,
  });
}

/** A place to write to; nothing is visible there before `keep`. */
export interface Target {
  write(bytes: Buffer): Promise<void>;
  /** Makes what was written visible. */
  keep(): Promise<void>;
  /** Discards it. */
  discard(): Promise<void>;
}

export async function openTarget(place: string, objects: () => Objects): Promise<Target> {
  const object = s3Place(place);
  return object ? objectTarget(object, objects()) : fileTarget(place);
}

/** @throws ConfigurationError when no file can be written there */
async function fileTarget(path: string): Promise<Target> {
  const folder = dirname(path);
  const known = statSync(path, { throwIfNoEntry: false });
  const problem = known?.isDirectory()
    ? `${path} is a folder; allowed: a file, such as ${join(path, 'dump.anon.sql.gz')}`
    : statSync(folder, { throwIfNoEntry: false })?.isDirectory()
      ? undefined
      : `the folder ${folder} does not exist; allowed: a file in a folder that does`;
  if (problem !== undefined)
    throw new ConfigurationError({
      what: 'the result cannot be written; nothing was done',
      problems: [`to: ${problem}`],
    });
  // A device such as /dev/null, or a named pipe, would be replaced by a file.
  if (known !== undefined && !known.isFile()) return deviceTarget(await open(path, 'w'));
  // On the same filesystem as the file, so that a rename puts it in place at once.
  const unfinished = `${path}.unfinished-${process.pid}`;
  const file = await open(unfinished, 'wx', 0o600);
  return {
    write: (bytes) => writeAll(file, bytes),
    async keep() {
      await file.sync();
      await file.close();
      await rename(unfinished, path);
    },
    async discard() {
      await file.close().catch(() => {});
      await rm(unfinished, { force: true });
    },
  };
}

/** It cannot take back what was written: who reads it must check the exit status. */
function deviceTarget(file: FileHandle): Target {
  return { write: (bytes) => writeAll(file, bytes), keep: () => file.close(), discard: () => file.close() };
}

async function writeAll(file: FileHandle, bytes: Buffer): Promise<void> {
  for (let at = 0; at < bytes.length; ) at += (await file.write(bytes, at)).bytesWritten;
}

async function objectTarget({ bucket, key }: ObjectPlace, objects: Objects): Promise<Target> {
  const upload = await objects.upload({
    bucket,
    key,
    contentType: 'application/octet-stream',
    tags: {},
    metadata: {},
  });
  return {
    write: (bytes) => upload.write(bytes),
    async keep() {
      await upload.finish();
      await upload.complete();
    },
    discard: () => upload.abort(),
  };
}
