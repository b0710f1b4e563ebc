/** check-filesystems on real disks: what is on them, and what their checkers say once they were mounted, read and unmounted. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ensurePrerequisites } from '../../lab/hosts/prerequisites.ts';
import { judgeParts, mountable, type Part, unsupportedIn } from '../../src/volume/copy/filesystems.ts';
import { Disks, ext4, sh, volumeId, xfs } from './support-disks.ts';

const MountPoint = '/run/copy';

let disks: Disks;
beforeAll(() => {
  ensurePrerequisites();
  disks = new Disks();
});
afterAll(() => disks?.stop());

const values = { VolumeId: volumeId, WaitSeconds: '1', Device: '' };
const list = { script: 'check-filesystems' as const, values: { ...values, TotalSeconds: '0' } };
const check = { script: 'check-filesystems' as const, values: { ...values, TotalSeconds: '60' } };
const mount = (Partition: string, Filesystem = '') => ({
  script: 'mount-copy' as const,
  values: { ...values, MountPoint, Partition, Filesystem },
});
const read = { script: 'read-data' as const, values: { VolumeId: volumeId, MountPoint } };
const release = { script: 'release-copy' as const, values: { VolumeId: volumeId, MountPoint, Service: 'none' } };
const systemctl = (answer: string): string =>
  `mkdir -p /run/bin /run/copy; printf '#!/bin/sh\\n${answer}\\n' >/run/bin/systemctl; chmod +x /run/bin/systemctl; export PATH="/run/bin:$PATH"`;
/** A host that has no database: its systemd knows no such unit, and stopping it fails. */
const before = systemctl('[ "$1" = show ] && echo LoadState=not-found || exit 5');
const volume = { [volumeId]: 'nvme1n1' };

/** Gives a file more links than it has names, which no journal mends. */
function spoil(image: string): void {
  sh(`dd if=/dev/zero of=${disks.folder}/data bs=1M count=1 2>/dev/null
    debugfs -w -R 'write ${disks.folder}/data data' ${image} 2>/dev/null
    debugfs -w -R 'set_inode_field data links_count 7' ${image} 2>/dev/null`);
}

const partsOf = (answer: { readonly [field: string]: unknown } | undefined): Part[] => (answer?.parts ?? []) as Part[];
const outcomes = (parts: readonly Part[]) => judgeParts(parts).map(({ name, outcome }) => [name, outcome]);

test.each([
  ['xfs', xfs],
  ['ext4', ext4],
  ['ext3', 'mkfs.ext3 -q -F'],
])('%s that was in use when the snapshot was taken is sound once its journal is replayed', (type, makeFilesystem) => {
  const source = disks.image(400, makeFilesystem);
  const copy = disks.image(400);
  const folder = `${disks.folder}/source`;
  sh(`mkdir -p ${folder}; mount -o loop ${source} ${folder}
    trap 'umount ${folder}' EXIT
    for i in $(seq 100); do echo $i >${folder}/f$i; done; sync -f ${folder}
    for i in $(seq 100); do mv ${folder}/f$i ${folder}/g$i; done
    exec 5>${folder}/orphan; echo x >&5; rm ${folder}/orphan; sync -f ${folder}
    fsfreeze --freeze ${folder}; cp --sparse=always ${source} ${copy}; fsfreeze --unfreeze ${folder}; exec 5>&-`);
  const names = { nvme1n1: disks.attach(copy) };
  const { answers } = disks.run(names, [list, mount('0', type), read, release, check], { volume, before });
  const [found, , files, released, checked] = answers;
  expect(found).toMatchObject({ disk: '/dev/nvme1n1', parts: [{ partition: 0, filesystem: type, status: null }] });
  expect([files, released]).toMatchObject([
    { files: 100, errors: [] },
    { unmounted: true, serviceStopped: false },
  ]);
  expect(partsOf(checked)).toMatchObject([{ partition: 0, filesystem: type, journal: true, status: 0 }]);
  expect(outcomes(partsOf(checked))).toEqual([['filesystem of the disk', 'passed']]);
});

test('a disk as hosts have it: a partition without a filesystem, one that can be read, one of another kind', () => {
  const loop = disks.attach(disks.image(900), '--partscan');
  const partitions = [
    disks.partition(loop, 1, 1, 1),
    disks.partition(loop, 2, 2, 400),
    disks.partition(loop, 3, 402, 100),
    disks.partition(loop, 4, 502, 100),
  ] as const;
  sh(`${xfs} ${partitions[1]}; mkswap ${partitions[2]} >/dev/null 2>&1`);
  sh(`printf 'LABELONE' | dd of=${partitions[3]} bs=1 seek=512 conv=notrunc 2>/dev/null`);
  const names = Object.fromEntries(partitions.map((device, index) => [`nvme1n1p${index + 1}`, device]));
  const { answers } = disks.run({ nvme1n1: loop, ...names }, [list, check], { volume, before });
  const parts = partsOf(answers[1]);
  expect(parts.map(({ partition, filesystem }) => [partition, filesystem])).toEqual([
    [1, ''],
    [2, 'xfs'],
    [3, 'swap'],
    [4, ''],
  ]);
  expect(mountable(partsOf(answers[0])).map(({ partition }) => partition)).toEqual([2]);
  // A large partition in which nothing is found may be damaged, or never have had a filesystem.
  expect(outcomes(parts)).toEqual([
    ['filesystem of partition 2', 'passed'],
    ['filesystem of partition 4', 'unproven'],
  ]);
  expect(unsupportedIn(parts)).toEqual([]);
});

describe('damage', () => {
  test('of an inode is found by e2fsck, though the filesystem mounts', () => {
    const image = disks.image(200, `${ext4} -O ^metadata_csum -i 4096`);
    spoil(image);
    const { answers } = disks.run({ nvme1n1: disks.attach(image) }, [mount('0'), read, release, check], {
      volume,
      before,
    });
    expect(answers[0]).toMatchObject({ filesystem: 'ext4' });
    expect(outcomes(partsOf(answers[3]))).toEqual([['filesystem of the disk', 'failed']]);
  });

  test('of a superblock of xfs is no filesystem to blkid, which proves nothing', () => {
    const image = disks.image(400, xfs);
    sh(`dd if=/dev/zero of=${image} bs=512 count=1 conv=notrunc 2>/dev/null`);
    const { answers } = disks.run({ nvme1n1: disks.attach(image) }, [check], { volume, before });
    expect(outcomes(partsOf(answers[0]))).toEqual([['filesystem of the disk', 'unproven']]);
  });

  test('of free space of xfs is found by xfs_repair', () => {
    const image = disks.image(400, xfs);
    // The free space tree of the first group, by block number: its records no longer are what the superblock says.
    sh(`xfs_db -x -c 'agf 0' -c 'write -d freeblks 1' ${image} >/dev/null`);
    const { answers } = disks.run({ nvme1n1: disks.attach(image) }, [check], { volume, before });
    expect(outcomes(partsOf(answers[0]))).toEqual([['filesystem of the disk', 'failed']]);
  });
});

test('without its checker nothing is certain, and an unclean ext2 is not called damaged', () => {
  const image = disks.image(100, 'mkfs.ext2 -q -F');
  spoil(image);
  const names = { nvme1n1: disks.attach(image) };
  const { answers } = disks.run(names, [check], { volume, before });
  expect(partsOf(answers[0])).toMatchObject([{ filesystem: 'ext2', journal: false }]);
  expect(outcomes(partsOf(answers[0]))).toEqual([['filesystem of the disk', 'unproven']]);
  const edit = (text: string): string => text.replace("ext[234]) echo 'e2fsck -f -n'", "ext[234]) echo 'no-such -f'");
  const bare = disks.run(names, [check], { volume, before, edit });
  expect(partsOf(bare.answers[0])).toMatchObject([{ status: null }]);
  expect(judgeParts(partsOf(bare.answers[0]))[0]?.detail).toContain('no-such did not run');
});
