/** mount-copy on real filesystems that are damaged, or look so: what the kernel says of each, and what is made of it. */
import { truncateSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ensurePrerequisites } from '../../lab/hosts/prerequisites.ts';
import {
  changeBtrfs,
  overwrite,
  unknownBtrfsFeature,
  unknownExt4Feature,
  unknownXfsFeature,
  xfsIncompatible,
} from '../../lab/hosts/superblocks.ts';
import { judgeMount } from '../../src/volume/copy/mount-evidence.ts';
import { btrfs, Disks, ext4, hasBtrfs, mountCopy, noise, volumeId, xfs } from './support-disks.ts';

if (!hasBtrfs) process.stdout.write('not tested: btrfs, which the kernel of this computer does not have\n');

let disks: Disks;
beforeAll(() => {
  ensurePrerequisites();
  disks = new Disks();
});
afterAll(() => disks?.stop());

describe('damage is proven by what the kernel says of this device', () => {
  test.each([
    ['the superblock of XFS', xfs, (path: string) => overwrite(path, 200, noise)],
    ['no superblock of XFS', xfs, (path: string) => overwrite(path, 0, Buffer.alloc(512 * 1024))],
    ['the free space of XFS', xfs, (path: string) => overwrite(path, 512 + 20, noise)],
    ['the inodes of XFS', xfs, (path: string) => overwrite(path, 1024 + 20, noise)],
    ['XFS cut off', xfs, (path: string) => truncateSync(path, 300 * 1024 ** 2)],
    ['the superblock of ext4', ext4, (path: string) => overwrite(path, 1024 + 0x88, noise)],
    ['no superblock of ext4', ext4, (path: string) => overwrite(path, 1024, Buffer.alloc(1024))],
    ['the group descriptors of ext4', ext4, (path: string) => overwrite(path, 4096, Buffer.alloc(4096, 0xa7))],
    ['ext4 cut off', ext4, (path: string) => truncateSync(path, 300 * 1024 ** 2)],
    ...(hasBtrfs
      ? ([
          [
            'the superblock of btrfs',
            btrfs,
            (path: string) => changeBtrfs(path, (block) => block.fill(1, 0x60, 0x64), false),
          ],
          ['btrfs cut off', btrfs, (path: string) => truncateSync(path, 300 * 1024 ** 2)],
        ] as const)
      : []),
  ])('%s', (_what, makeFilesystem, damage) => {
    const image = disks.image(400, makeFilesystem);
    damage(image);
    const { answer } = mountCopy(disks, disks.attach(image), {
      Filesystem: makeFilesystem === xfs ? 'xfs' : 'ext4',
    });
    expect(answer?.error?.code).toBe('mount-refused');
    expect(judgeMount(answer?.error?.detail ?? '')).toMatchObject({ kind: 'damage' });
  });
});

describe('no damage is seen in', () => {
  test.each([
    ['XFS with an unknown incompatible feature', xfs, (path: string) => unknownXfsFeature(path, xfsIncompatible)],
    ['XFS with an unknown feature for writing', xfs, (path: string) => unknownXfsFeature(path, 0xd4)],
    ['ext4 with an unknown incompatible feature', ext4, (path: string) => unknownExt4Feature(path, 0x60)],
    ['ext4 with an unknown feature for writing', ext4, (path: string) => unknownExt4Feature(path, 0x64)],
    ...(hasBtrfs
      ? ([
          ['btrfs with an unknown incompatible feature', btrfs, unknownBtrfsFeature(0xbc)],
          ['btrfs with an unknown feature for writing', btrfs, unknownBtrfsFeature(0xb4)],
        ] as const)
      : []),
  ])('%s, though mount speaks of a bad superblock', (_what, makeFilesystem, change) => {
    const image = disks.image(400, makeFilesystem);
    change(image);
    const { answer } = mountCopy(disks, disks.attach(image));
    expect(answer?.error).toMatchObject({ code: 'mount-refused', detail: expect.stringContaining('bad superblock') });
    expect(judgeMount(answer?.error?.detail ?? '')).toMatchObject({
      kind: 'doubt',
      reason: expect.stringMatching(/does not (know|support)/),
    });
  });

  test('a blank disk that was told by its name', () => {
    const { answer } = mountCopy(disks, disks.attach(disks.image(400)), { Device: 'xvdf' });
    expect(judgeMount(answer?.error?.detail ?? '')).toMatchObject({
      kind: 'doubt',
      reason: expect.stringContaining('no serial number'),
    });
  });

  test('damage that the kernel reported before, of another copy on the same device', () => {
    const damaged = disks.image(400, xfs);
    overwrite(damaged, 200, noise);
    const loop = disks.attach(damaged);
    expect(mountCopy(disks, loop).answer?.error?.code).toBe('mount-refused');
    const strange = disks.image(400, xfs);
    unknownXfsFeature(strange, xfsIncompatible);
    disks.replace(loop, strange);
    const { answer } = mountCopy(disks, loop);
    expect(answer?.error?.detail).not.toContain('CRC error');
  });
});

describe('reading every file of a copy', () => {
  const values = { VolumeId: volumeId, MountPoint: '/run/copy' };
  const readAll = (loop: string, edit?: (text: string) => string) =>
    disks.run({ nvme1n1: loop }, [{ script: 'read-data', values }], {
      before: 'mkdir /run/copy; mount /dev/nvme1n1 /run/copy; echo one >/run/copy/one; echo two >/run/copy/two',
      ...(edit ? { edit } : {}),
    }).answers[0];

  test('a file that the server removes meanwhile is no error', () => {
    const loop = disks.attach(disks.image(400, ext4));
    expect(readAll(loop)).toMatchObject({ files: 2, errors: [] });
    const removed = readAll(loop, (text) => text.replace(/^bytes=0/m, 'rm /run/copy/one; bytes=0'));
    expect(removed).toMatchObject({ files: 1, errors: [] });
  });
});
