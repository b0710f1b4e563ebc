/** Where a dump comes from, and where it goes: files, or objects in S3. */
import { createReadStream, type ReadStream, statSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { DumpError } from '../../anonymize/format/dump-error.ts';
import type { ObjectPlace } from '../../domain/s3.ts';
import type { Objects } from '../../ports/objects.ts';

const chunkSize = 1024 * 1024;

/** @returns undefined for a file */
function s3Place(place: string): ObjectPlace | undefined {
  const [, bucket = '', key = '', versionId] = /^s3:\/\/([^/]+)\/([^?]+)(?:\?versionId=(.+))?$/.exec(place) ?? [];
  return bucket === '' ? undefined : { bucket, key, versionId };
}

/** The bytes of a place, as stored. */
export function readPlace(place: string, objects: () => Objects): AsyncIterable<Buffer> {
  const object = s3Place(place);
  return object ? objects().read(object) : readFile(place);
}

/** @throws DumpError when it is a folder, which pg_dump's directory format is */
export function readFile(path: string): ReadStream {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory())
    throw new DumpError({
      what: `${path} is a folder, such as pg_dump -Fd writes, not plain SQL`,
      fix: `convert it to SQL: pg_restore --no-owner --no-acl --file=dump.sql ${path}`,
    });
  return createReadStream(path, { highWaterMark: chunkSize });
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

async function fileTarget(path: string): Promise<Target> {
  // On the same filesystem as the file, so that a rename puts it in place at once.
  const unfinished = `${path}.unfinished-${process.pid}`;
  const file = await open(unfinished, 'wx', 0o600);
  return {
    async write(bytes) {
      for (let at = 0; at < bytes.length; ) at += (await file.write(bytes, at)).bytesWritten;
    },
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
