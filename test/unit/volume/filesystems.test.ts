/** What the filesystems of a volume show, and which snapshots are proven by them: test/contract/copy-filesystems.test.ts has real disks. */
import { describe, expect, test } from '@jest/globals';
import { chooseSnapshot } from '../../../src/actions/verify-volume/choose.ts';
import { inputs } from '../../../src/actions/verify-volume/inputs.ts';
import type { Findings } from '../../../src/actions/verify-volume/ports.ts';
import {
  judgePartRead,
  judgeParts,
  mountable,
  type Part,
  unsupportedIn,
} from '../../../src/volume/copy/filesystems.ts';
import { FakeClock } from '../../fakes/clock.ts';
import { FakeCompute } from '../../fakes/compute.ts';
import { fakeContext, fakeRun, settingsFrom } from '../../fakes/context.ts';
import { FakeReceipts } from '../../fakes/receipts.ts';

const part = (more: Partial<Part> = {}): Part => ({
  ...{ partition: 1, bytes: 1024 ** 3, filesystem: 'xfs', table: '', journal: true, checker: 'xfs_repair -n' },
  ...{ status: 0, output: '' },
  ...more,
});
const ext4 = { filesystem: 'ext4', checker: 'e2fsck -f -n' };
const btrfs = { filesystem: 'btrfs', checker: 'btrfs check --readonly' };
const outcome = (more: Partial<Part>): string | undefined => judgeParts([part(more)])[0]?.outcome;

describe('a checker', () => {
  test.each<[string, Partial<Part>, string]>([
    ['that finds nothing', {}, 'passed'],
    ['xfs_repair that finds corruption', { status: 1, output: 'would have junked entry' }, 'failed'],
    [
      'xfs_repair too old for it',
      { status: 1, output: 'Found unsupported filesystem features.  Exiting now.' },
      'unproven',
    ],
    ['xfs_repair without memory', { status: 1, output: "fatal error -- couldn't allocate" }, 'unproven'],
    ['xfs_repair with a dirty log', { status: 2 }, 'unproven'],
    ['that ran out of time', { status: 124 }, 'unproven'],
    ['that was killed', { status: 137 }, 'unproven'],
    ['that did not run', { status: null }, 'unproven'],
    ['e2fsck that leaves errors', { ...ext4, status: 4 }, 'failed'],
    ['e2fsck with an operational error beside', { ...ext4, status: 12 }, 'unproven'],
    ['e2fsck too old for it', { ...ext4, status: 8, output: 'unsupported feature(s): FEATURE_C12' }, 'unproven'],
    ['e2fsck of one without a journal', { ...ext4, status: 4, journal: false }, 'unproven'],
    ['btrfs that names errors', { ...btrfs, status: 1, output: 'ERROR: errors found in fs roots' }, 'failed'],
    ['btrfs that only fails', { ...btrfs, status: 1, output: 'ERROR: cannot open device' }, 'unproven'],
    ['for FAT, of which there is none', { filesystem: 'vfat', checker: '', status: null }, 'not-compared'],
  ])('%s', (_, more, wanted) => {
    expect(outcome(more)).toBe(wanted);
  });
});

test('what holds no data is left out, and what nothing can look into is named', () => {
  const parts = [
    part({ partition: 14, filesystem: '', bytes: 4 * 1024 ** 2, checker: '', status: null }),
    part({ partition: 2, filesystem: 'swap', checker: '', status: null }),
    part({ partition: 3, filesystem: 'LVM2_member', checker: '', status: null }),
    part({ partition: 4, filesystem: 'ntfs', checker: '', status: null }),
    part({ partition: 5 }),
  ];
  expect(judgeParts(parts).map(({ name, outcome: is }) => [name, is])).toEqual([
    ['filesystem of partition 3', 'unproven'],
    ['filesystem of partition 4', 'unproven'],
    ['filesystem of partition 5', 'passed'],
  ]);
  expect(unsupportedIn(parts)).toEqual(['LVM2_member', 'ntfs']);
  expect(mountable(parts).map(({ partition }) => partition)).toEqual([5]);
});

test('a whole disk without a filesystem, and a table that the host cannot read, prove nothing', () => {
  const bare = { partition: 0, bytes: 1024, filesystem: '', checker: '', status: null };
  expect(judgeParts([part(bare)])[0]?.detail).toContain('blkid finds no filesystem');
  expect(judgeParts([part({ ...bare, table: 'gpt' })])[0]?.detail).toContain('partition table (gpt)');
});

test('a filesystem without a file is as it was made; one with files that cannot be read is judged', () => {
  const empty = { files: 0, bytes: 0, seconds: 1, errors: [] };
  expect(judgePartRead(part(), empty)).toMatchObject({ name: 'every file of partition 1 read', outcome: 'passed' });
  const errors = [{ path: '/x', message: 'Structure needs cleaning' }];
  expect(judgePartRead(part(), { ...empty, files: 2, errors }).outcome).toBe('failed');
});

describe('the snapshot that is named', () => {
  const copied = { 'holdfast:made-by': 'ib-snapshot', Source_SnapshotId: 'snap-11111111' };
  const choose = (tags: Readonly<Record<string, string>>, given: Readonly<Record<string, string>> = {}) => {
    const clock = new FakeClock();
    const compute = new FakeCompute(clock);
    compute.addVolume({ id: 'vol-1' });
    const ports = { compute, receipts: new FakeReceipts() } as never;
    const settings = settingsFrom(inputs, {
      ...{ source: 'web', 'aws-region': 'us-east-1', 'receipt-bucket': 'receipts', instance: 'verify' },
      ...{ 'snapshot-id': 'snap-12345678', ...given },
    });
    const id = 'snap-12345678';
    return compute.createSnapshot('vol-1', '', tags).then((made) => {
      compute.snapshots.set(id, { ...made, id, state: 'completed' });
      return chooseSnapshot(
        settings,
        ports,
        fakeContext<Findings>(clock, fakeRun(1), () => {}),
        () => {},
      );
    });
  };

  test('of the rotation is proven by its filesystems', async () => {
    expect((await choose({ 'holdfast:made-by': 'ebs-rotate' }))?.receipt).toBeUndefined();
  });

  test.each([
    ['a copy without the receipt of its primary', copied, {}, 'receipt: snap-12345678 is a copy of snap-11111111'],
    ['of another tool', {}, {}, 'was made by neither ib-snapshot nor ebs-rotate'],
    ['a copy with a receipt that is not there', copied, { receipt: 'receipts/web/1.json' }, 'has no receipt'],
  ])('%s is refused', async (_, tags, given, words) => {
    await expect(choose(tags, given)).rejects.toThrow(words);
  });
});
