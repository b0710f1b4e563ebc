/** Where a dump comes from and where it goes: files, S3, or a pipe. */
import { createReadStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import type { ObjectPlace } from '../../domain/s3.ts';
import type { Objects } from '../../ports/objects.ts';

const chunkSize = 1024 * 1024;

export function s3Place(place: string): ObjectPlace | undefined {
  const [, bucket = '', key = '', versionId] = /^s3:\/\/([^/]+)\/([^?]+)(?:\?versionId=(.+))?$/.exec(place) ?? [];
  return bucket === '' ? undefined : { bucket, key, versionId };
}

/** Bytes of a place, as they are stored. */
export function readPlace(place: string, objects: () => Objects): AsyncIterable<Buffer> {
  const object = s3Place(place);
  return object ? objects().read(object) : createReadStream(place, { highWaterMark: chunkSize });
}

/** Somewhere to write; nothing can be seen there before `keep`. */
export interface Target {
  write(bytes: Buffer): Promise<void>;
  /** Makes what was written visible. */
  keep(): Promise<void>;
  /** Throws it away. */
  discard(): Promise<void>;
}

export async function openTarget(place: string, objects: () => Objects): Promise<Target> {
  const object = s3Place(place);
  return object ? objectTarget(object, objects()) : fileTarget(place);
}

async function fileTarget(path: string): Promise<Target> {
  // Beside the file that it will be, so that it can take its place at once.
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
