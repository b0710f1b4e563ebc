/** Archives on the runner's disk: one file, or a folder that travels as one tar file. */
import { mkdir, open } from 'node:fs/promises';
import { tarDamage } from '../../dump/engines/postgres/refusals/restore-causes.ts';
import type { Upload } from '../../ports/objects.ts';
import { BackupError } from '../../runtime/errors.ts';
import { checkedOutput, PipedProgram } from './piped-program.ts';

export interface ArchiveTargets {
  /** The file to write; undefined for none. */
  readonly path?: string | undefined;
  /** Undefined when the bytes come from the bucket. */
  readonly upload?: Upload | undefined;
  /** Gets the bytes so far. */
  readonly onProgress?: ((bytes: number) => void) | undefined;
  readonly signal: AbortSignal;
}

/** Writes an archive to the disk and to the bucket at once. @returns bytes @throws BackupError when the disk is full */
export async function writeArchive(source: AsyncIterable<Buffer>, targets: ArchiveTargets): Promise<number> {
  const { path, upload, onProgress, signal } = targets;
  const file = path === undefined ? undefined : await open(path, 'wx', 0o600);
  let bytes = 0;
  try {
    for await (const chunk of source) {
      signal.throwIfAborted();
      for (let at = 0; file && at < chunk.length; ) at += (await file.write(chunk, at)).bytesWritten;
      await upload?.write(chunk);
      bytes += chunk.length;
      onProgress?.(bytes);
    }
  } catch (error) {
    throw explainDiskFull(error, path);
  } finally {
    await file?.close();
  }
  return bytes;
}

function explainDiskFull(error: unknown, path: string | undefined): unknown {
  if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') return error;
  return new BackupError({
    what: `the archive could not be written: no space is left for ${path}`,
    likelyCause: 'the archive is larger than the free space on the runner',
    fix: 'set work-directory to a folder on a larger disk, or use a larger runner',
    code: 'disk-full',
  });
}

const environment = (): Record<string, string> => ({ PATH: process.env.PATH ?? '/usr/bin:/bin', LC_ALL: 'C.UTF-8' });

function tar(parameters: readonly string[], signal: AbortSignal | undefined): PipedProgram {
  return new PipedProgram({
    program: 'tar',
    parameters,
    environment: environment(),
    what: 'tar of the archive',
    signal,
    causes: tarDamage,
  });
}

/** Packs a folder into one tar file. */
export function pack(folder: string, signal: AbortSignal): AsyncIterable<Buffer> {
  return checkedOutput(tar(['-C', folder, '--format=posix', '--owner=0', '--group=0', '-cf', '-', '.'], signal));
}

/** Unpacks a tar file into a new folder. @throws BackupError when it is damaged or cut off */
export async function unpack(
  source: AsyncIterable<Buffer>,
  folder: string,
  signal?: AbortSignal | undefined,
): Promise<void> {
  await mkdir(folder, { mode: 0o700 });
  await tar(['-C', folder, '--no-same-owner', '--no-same-permissions', '-xf', '-'], signal).feed(source);
}
