/** The lines are those of real kernels: 6.18 where nothing else is said, tried on images damaged for it. */
import { describe, expect, test } from '@jest/globals';
import { judgeMount } from '../../../src/volume/copy/mount-evidence.ts';

/** What mount-copy answers with. */
function detail(kernel: readonly string[], more: { log?: string; identified?: string; mount?: string } = {}): string {
  const {
    log = 'read',
    identified = 'serial',
    mount = 'wrong fs type, bad option, bad superblock on /dev/nvme1n1',
  } = more;
  return [
    `identified: by ${identified}`,
    `mount: mount: /ibdata-backup: ${mount}`,
    'blkid: /dev/nvme1n1: TYPE="xfs" USAGE="filesystem"',
    // A checker does not replay the journal, and an old one knows no new features.
    'xfs_repair: bad primary superblock - bad CRC in superblock !!!',
    `kernel log: ${log}`,
    ...kernel.map((line) => `kernel: ${line}`),
  ].join('\n');
}

describe('damage', () => {
  test.each([
    [
      'the checksum of the superblock',
      [
        'XFS (nvme1n1): Metadata CRC error detected at xfs_sb_read_verify+0x129/0x150, xfs_sb block 0x0 ',
        'XFS (nvme1n1): SB validate failed with error -74.',
      ],
    ],
    [
      // "I/O error … error 74" is XFS's word for a checksum, not the device's.
      'the header of an allocation group',
      [
        'XFS (nvme1n1): Mounting V5 Filesystem 110de572-ccec-4cd3-a53d-35f3dd2af43b',
        'XFS (nvme1n1): Metadata CRC error detected at xfs_agf_read_verify+0x7a/0x110, xfs_agf block 0x1 ',
        'XFS (nvme1n1): metadata I/O error in "xfs_read_agf+0x8b/0x170" at daddr 0x1 len 1 error 74',
        'XFS (nvme1n1): Error -117 reserving per-AG metadata reserve pool.',
        'XFS (nvme1n1): Ending clean mount',
        'XFS (nvme1n1): Error -5 reserving per-AG metadata reserve pool.',
      ],
    ],
    ['no superblock at all, where the source had one', ['XFS (nvme1n1): Invalid superblock magic number']],
    [
      'an end that is missing',
      ['loop6: rw=4096, sector=1048575, nr_sectors = 1 limit=614400', 'XFS (nvme1n1): last sector read failed'],
    ],
    [
      '3.10',
      [
        'XFS (xvdf): Internal error xfs_agf_read_verify at line 2227 of file fs/xfs/xfs_alloc.c',
        'XFS (xvdf): Corruption detected. Unmount and run xfs_repair',
      ],
    ],
    ['3.10: an error of the check that is corruption', ['XFS (xvdf): SB validate failed with error 117.']],
    ['ext4: blocks of its journal', ['JBD2: Invalid checksum recovering data block 1 in log', 'JBD2: recovery failed']],
    [
      'ext4: its checksum',
      ['EXT4-fs (nvme1n1): VFS: Found ext4 filesystem with invalid superblock checksum.  Run e2fsck?'],
    ],
    ['ext4: no superblock', ["EXT4-fs (nvme1n1): VFS: Can't find ext4 filesystem"]],
    [
      'ext4: group descriptors',
      [
        'EXT4-fs (nvme1n1): ext4_check_descriptors: Block bitmap for group 0 not in group (block 12513332425671346130)!',
        'EXT4-fs (nvme1n1): group descriptors corrupted!',
      ],
    ],
    ['ext4: cut off', ['EXT4-fs (nvme1n1): bad geometry: block count 131072 exceeds size of device (76800 blocks)']],
    [
      'ext4: metadata',
      ['EXT4-fs error (device nvme1n1): ext4_lookup:1785: inode #2: comm mount: iget: checksum invalid'],
    ],
    [
      'btrfs',
      [
        'BTRFS error (device nvme1n1): bad tree block start, mirror 1 want 30408704 have 0',
        'BTRFS error (device nvme1n1): open_ctree failed',
      ],
    ],
  ])('%s', (_what, kernel) => {
    expect(judgeMount(detail(kernel))).toMatchObject({ kind: 'damage', words: expect.any(String) });
  });
});

describe('no damage, whatever mount says of a bad superblock', () => {
  test.each([
    [
      'XFS with features that the kernel does not know',
      [
        'XFS (nvme1n1): Superblock has unknown incompatible features (0x40000000) enabled.',
        'XFS (nvme1n1): Filesystem cannot be safely mounted by this kernel.',
        'XFS (nvme1n1): SB validate failed with error -22.',
      ],
    ],
    [
      // fs/xfs/xfs_sb.c of 3.10 reports every error of the check as corruption.
      'the same on CentOS 7',
      [
        'XFS (xvdf): Superblock has unknown incompatible features (0x8) enabled.',
        'XFS (xvdf): Filesystem can not be safely mounted by this kernel.',
        'XFS (xvdf): Internal error xfs_sb_read_verify at line 730 of file fs/xfs/xfs_sb.c.  Caller 0xffffffffa01e1c5d',
        'XFS (xvdf): Corruption detected. Unmount and run xfs_repair',
      ],
    ],
    [
      'XFS that can only be read',
      [
        'XFS (nvme1n1): Superblock has unknown read-only compatible features (0x40000000) enabled.',
        'XFS (nvme1n1): Attempted to mount read-only compatible filesystem read-write.',
      ],
    ],
    [
      'XFS without checksums, on a kernel without it',
      ['XFS (nvme1n1): Deprecated V4 format (crc=0) not supported by kernel.'],
    ],
    [
      'XFS beside its original',
      ["XFS (nvme1n1): Filesystem has duplicate UUID fd8d4f92-bb0d-4e51-919f-de1a74e9a9c2 - can't mount"],
    ],
    [
      'a journal of another kernel',
      [
        'XFS (nvme1n1): xlog_recover_commit_trans: unrecognized log item type 0x1245',
        'XFS (nvme1n1): log mount/recovery failed: error -117',
      ],
    ],
    [
      'a journal of another architecture',
      [
        "XFS (nvme1n1): dirty log written in incompatible format - can't recover",
        'XFS (nvme1n1): log mount/recovery failed: error -117',
      ],
    ],
    [
      'a device that fails',
      [
        'I/O error, dev nvme1n1, sector 8 op 0x0:(READ) flags 0x1000',
        'XFS (nvme1n1): Metadata corruption detected at xfs_agi_verify',
      ],
    ],
    [
      'XFS that meets a failing device',
      [
        'XFS (nvme1n1): metadata I/O error in "xfs_buf_ioend" at daddr 0x2 len 1 error 5',
        'XFS (nvme1n1): Corruption of in-memory data detected.',
      ],
    ],
    [
      'ext4 with features that the kernel does not know',
      ["EXT4-fs (nvme1n1): couldn't mount because of unsupported optional features (10000)"],
    ],
    [
      'ext4 that can only be read',
      ["EXT4-fs (nvme1n1): couldn't mount RDWR because of unsupported optional features (40000000)"],
    ],
    [
      'ext4 with a checksum that the kernel does not know',
      ['EXT4-fs (nvme1n1): VFS: Found ext4 filesystem with unknown checksum algorithm.'],
    ],
    [
      'ext4 whose block size is too large here',
      ['EXT4-fs (nvme1n1): Unsupported filesystem blocksize 65536 (6 log_block_size)'],
    ],
    [
      'ext4 with names in Unicode',
      ['EXT4-fs (nvme1n1): Filesystem with casefold feature cannot be mounted without CONFIG_UNICODE'],
    ],
    ['ext4 whose journal may have been out of memory', ['EXT4-fs (nvme1n1): Could not load journal inode']],
    [
      'btrfs with features that the kernel does not know',
      [
        'BTRFS error (device nvme1n1): cannot mount because of unknown incompat features (0x4000)',
        'BTRFS error (device nvme1n1): open_ctree failed: -22',
      ],
    ],
    [
      'btrfs beside its original',
      [
        'BTRFS error: device /dev/nvme1n1 belongs to fsid 4a0c3f5e, and the fs is already mounted',
        'BTRFS error (device nvme1n1): superblock checksum mismatch',
      ],
    ],
    [
      'btrfs that can only be read',
      ['BTRFS error (device nvme1n1): cannot mount read-write because of unknown compat_ro features (0x4000000000)'],
    ],
    [
      'XFS with an external log',
      [
        'XFS (nvme1n1): filesystem is marked as having an external log; specify logdev on the mount command line.',
        'XFS (nvme1n1): SB validate failed with error -22.',
      ],
    ],
    ['XFS of another version', ['XFS (nvme1n1): bad version', 'XFS (nvme1n1): SB validate failed with error -22.']],
    [
      'XFS with large inodes',
      ['XFS (nvme1n1): inode size of 4096 bytes not supported', 'XFS (nvme1n1): SB validate failed with error -38.'],
    ],
    [
      'XFS that its kernel may not mount',
      [
        'XFS (nvme1n1): Filesystem can not be safely mounted by this kernel.',
        'XFS (nvme1n1): SB validate failed with error -22.',
      ],
    ],
    [
      'XFS with sparse inodes on other pages',
      [
        'XFS (nvme1n1): Inode block alignment (8) must match chunk size (32) for sparse inodes.',
        'XFS (nvme1n1): SB validate failed with error -22.',
      ],
    ],
    ['XFS whose superblock is refused without a reason', ['XFS (xvdf): SB validate failed with error 22.']],
    [
      'ext4 with an external journal',
      [
        'EXT4-fs (nvme1n1): failed to open journal device unknown-block(8,1): -6',
        'EXT4-fs (nvme1n1): error loading journal',
      ],
    ],
    [
      'ext4 whose journal is not replayed, for no reason given',
      ['JBD2: recovery failed', 'EXT4-fs (nvme1n1): error loading journal'],
    ],
    [
      'ext4 on a kernel without the checksum of its journal',
      [
        'JBD2: journal checksum feature can not be enabled: crc32c driver is not loaded',
        'JBD2: no valid journal superblock found',
      ],
    ],
    ['silence', []],
  ])('%s', (_what, kernel) => {
    expect(judgeMount(detail(kernel))).toMatchObject({ kind: 'doubt' });
  });

  const corrupt = ['XFS (nvme1n1): Metadata CRC error detected at xfs_agi_read_verify+0x7a/0x110, xfs_agi block 0x2 '];

  test.each(['it cannot be read', 'it was overwritten meanwhile'])('the log of the kernel: %s', (log) => {
    const mount = 'mount(2) system call failed: Structure needs cleaning.';
    expect(judgeMount(detail([], { log, mount }))).toMatchObject({
      kind: 'doubt',
      reason: expect.stringContaining('log'),
    });
  });

  test('the words of a checker, or of other devices, which have no "kernel:" in front', () => {
    expect(judgeMount(`kernel log: read\nxfs_repair: ${corrupt[0]}`)).toMatchObject({ kind: 'doubt' });
  });

  test('a blank disk that was told by its name; a checksum that does not fit proves damage all the same', () => {
    const blank = detail(['XFS (xvdf): Invalid superblock magic number'], { identified: 'name' });
    expect(judgeMount(blank)).toMatchObject({ kind: 'doubt', reason: expect.stringContaining('no serial number') });
    expect(judgeMount(detail(corrupt, { identified: 'name' }))).toMatchObject({ kind: 'damage' });
  });
});
