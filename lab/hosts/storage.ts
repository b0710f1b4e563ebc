/** Disk images: a pool of them that can copy at once, as EBS does, and one image mounted outside any host. */
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { command, unmount } from './command.ts';
import type { Storage, StoredImage } from './host.ts';
import { writeTable } from './partitions.ts';

/** Size of the pool's file. It is sparse: it takes the space that its images use. */
const poolGiB = 16;

/** An XFS with reflinks in a sparse file: the copy of an image takes no time, whatever its size. */
export interface Pool extends Storage {
  readonly folder: string;
  /**
   * Copies an image from outside into the pool, onto a disk of this size: onto the whole disk, or onto this partition of it
   * (the partitions before it are empty).
   */
  add(path: string, name: string, sizeGiB: number, partition?: number): Promise<StoredImage>;
  /** An empty disk. */
  blank(name: string, sizeGiB: number): StoredImage;
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
  const blank = (name: string, sizeGiB: number): StoredImage => {
    const image = { path: join(folder, `${name}.img`), sizeGiB };
    writeFileSync(image.path, '');
    truncateSync(image.path, sizeGiB * 1024 ** 3);
    return image;
  };
  return {
    folder,
    async add(path, name, sizeGiB, partition = 0) {
      const image = blank(name, sizeGiB);
      const first = partition * partitionMiB;
      await command(
        'dd',
        `if=${path}`,
        `of=${image.path}`,
        'bs=1M',
        `seek=${first}`,
        'conv=notrunc,sparse',
        'status=none',
      );
      if (partition > 0) writeTable(image.path, entriesUpTo(partition, sizeGiB));
      return image;
    },
    blank,
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

/** Mebibytes of each partition but the last, and of the gap before the first. */
const partitionMiB = 64;
const sectorsPerMiB = 2048;

function entriesUpTo(last: number, sizeGiB: number) {
  return Array.from({ length: last }, (_, before) => {
    const index = before + 1;
    const first = index * partitionMiB;
    const mebibytes = index === last ? sizeGiB * 1024 - first : partitionMiB;
    return { index, firstSector: first * sectorsPerMiB, sectors: mebibytes * sectorsPerMiB };
  });
}

/** Mounts an image that no host has mounted while `work` runs. */
export async function withMountedImage<T>(path: string, work: (folder: string) => Promise<T>): Promise<T> {
  mkdirSync('/run/holdfast-lab', { recursive: true });
  const folder = mkdtempSync('/run/holdfast-lab/image-');
  await command('chmod', '755', folder);
  // Of XFS the copies have the same UUID, which it refuses to mount twice.
  const isXfs = (await command('blkid', '-p', '-o', 'value', '-s', 'TYPE', path)) === 'xfs';
  await command('mount', '-o', isXfs ? 'loop,nouuid' : 'loop', path, folder);
  try {
    return await work(folder);
  } finally {
    await unmount(folder);
    rmSync(folder, { recursive: true, force: true });
  }
}
