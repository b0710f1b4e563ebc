/** Disk images: a pool of them that can copy at once, as EBS does, and one image mounted outside any host. */
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { command, unmount } from './command.ts';
import type { Storage, StoredImage } from './host.ts';

/** Size of the pool's file. It is sparse: it takes the space that its images use. */
const poolGiB = 16;

/** An XFS with reflinks in a sparse file: the copy of an image takes no time, whatever its size. */
export interface Pool extends Storage {
  readonly folder: string;
  /** Copies an image from outside into the pool. */
  add(path: string, name: string, sizeGiB: number): Promise<StoredImage>;
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
    async add(path, name, sizeGiB) {
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

/** Mounts an image that no host has mounted while `work` runs. */
export async function withMountedImage<T>(path: string, work: (folder: string) => Promise<T>): Promise<T> {
  mkdirSync('/run/holdfast-lab', { recursive: true });
  const folder = mkdtempSync('/run/holdfast-lab/image-');
  await command('chmod', '755', folder);
  await command('mount', '-o', 'loop,nouuid', path, folder);
  try {
    return await work(folder);
  } finally {
    await unmount(folder);
    rmSync(folder, { recursive: true, force: true });
  }
}
