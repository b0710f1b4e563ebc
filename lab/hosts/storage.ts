/** The pool: an XFS with reflinks in a sparse file, so that a snapshot of a volume is instant, as on EBS. */
import { mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { command, unmount } from './command.ts';
import type { Storage, StoredImage } from './host.ts';

/** Size of the sparse pool; it takes what its images hold. */
const poolGiB = 16;

export interface Pool extends Storage {
  readonly folder: string;
  /** Brings an image from outside into the pool. */
  bring(path: string, name: string, sizeGiB: number): Promise<StoredImage>;
  stop(): Promise<void>;
}

export async function createPool(labDirectory: string, runtime: string): Promise<Pool> {
  const file = join(labDirectory, 'pool.img');
  const folder = join(runtime, 'pool');
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, '');
  truncateSync(file, poolGiB * 1024 ** 3);
  await command('mkfs.xfs', '-q', '-m', 'reflink=1', file);
  await command('mount', '-o', 'loop', file, folder);
  return {
    folder,
    async bring(path, name, sizeGiB) {
      const image = { path: join(folder, `${name}.img`), sizeGiB };
      await command('cp', '--sparse=always', path, image.path);
      return image;
    },
    async copy(image, name) {
      const copy = { path: join(folder, `${name}.img`), sizeGiB: image.sizeGiB };
      await command('cp', '--reflink=always', image.path, copy.path);
      return copy;
    },
    remove: (image) => rm(image.path, { force: true }),
    async stop() {
      await unmount(folder);
      await rm(file, { force: true });
    },
  };
}
