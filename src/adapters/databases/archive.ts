/** Archives on the runner's disk: one file, or, of pg_dump's directory format, a folder that travels as one tar file. */
import { mkdir, open } from 'node:fs/promises';
import type { Upload } from '../../ports/objects.ts';
import { BackupError } from '../../runtime/errors.ts';
import { checked, Program } from './child.ts';

export interface Saving {
  /** The file that is written; undefined for none. */
  readonly path: string | undefined;
  /** Undefined when the bytes come from the bucket. */
  readonly upload?: Upload | undefined;
  readonly tell: (bytes: number) => void;
  readonly signal: AbortSignal;
}

/** Writes to the disk and to the bucket at once. @returns bytes @throws BackupError when the disk is full */
export async function save(source: AsyncIterable<Buffer>, { path, upload, tell, signal }: Saving): Promise<number> {
  const file = path === undefined ? undefined : await open(path, 'wx', 0o600);
  let bytes = 0;
  try {
    for await (const chunk of source) {
      signal.throwIfAborted();
      for (let at = 0; file && at < chunk.length; ) at += (await file.write(chunk, at)).bytesWritten;
      await upload?.write(chunk);
      bytes += chunk.length;
      tell(bytes);
    }
  } catch (error) {
    throw diskFull(error, path);
  } finally {
    await file?.close();
  }
  return bytes;
}

function diskFull(error: unknown, path: string | undefined): unknown {
  if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') return error;
  return new BackupError({
    what: `the archive could not be written: no space is left below ${path}`,
    likelyCause: 'the archive is larger than the disk of the runner has room',
    fix: 'set work-directory to a larger disk, or use a larger runner',
    code: 'disk-full',
  });
}

const environment = (): Record<string, string> => ({ PATH: process.env.PATH ?? '/usr/bin:/bin', LC_ALL: 'C.UTF-8' });

/** The folder as one tar file. */
export function packed(folder: string, signal: AbortSignal): AsyncIterable<Buffer> {
  const parameters = ['-C', folder, '--format=posix', '--owner=0', '--group=0', '-cf', '-', '.'];
  return checked(
    new Program({ program: 'tar', parameters, environment: environment(), what: 'tar of the archive', signal }),
  );
}

/** Unpacks a tar file into a new folder. @throws BackupError when it is none, or is cut off */
export async function unpack(
  source: AsyncIterable<Buffer>,
  folder: string,
  signal?: AbortSignal | undefined,
): Promise<void> {
  await mkdir(folder, { mode: 0o700 });
  const parameters = ['-C', folder, '--no-same-owner', '--no-same-permissions', '-xf', '-'];
  const what = 'tar of the archive';
  await new Program({ program: 'tar', parameters, environment: environment(), what, signal }).feed(source);
}
