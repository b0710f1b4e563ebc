/** What lies between a filesystem and its disks. Not every kernel has LVM and RAID, so a copy of their part of /sys stands in. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { hostScriptText } from '../../scripts/host-scripts.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-sys-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A device in /sys: its folder, as the kernel names it, and its files. */
function device(path: string, number: string, files: Readonly<Record<string, string>> = {}): void {
  const place = join(folder, 'devices', path);
  for (const [name, text] of Object.entries({ dev: number, size: '2048', ...files })) {
    mkdirSync(dirname(join(place, name)), { recursive: true });
    writeFileSync(join(place, name), `${text}\n`);
  }
  mkdirSync(join(folder, 'dev/block'), { recursive: true });
  symlinkSync(place, join(folder, 'dev/block', number));
}

function below(upper: string, lower: string): void {
  const place = join(folder, 'devices', upper, 'slaves');
  mkdirSync(place, { recursive: true });
  symlinkSync(join(folder, 'devices', lower), join(place, lower.replace(/.*\//, '')));
}

/** Runs Bash with the functions of lib/volume.sh, for which `/sys` is the folder. */
function run(command: string): string[] {
  const text = hostScriptText('list-disks');
  const functions = text.slice(0, text.lastIndexOf('# Lists the disks of the host')).replaceAll('/sys/', `${folder}/`);
  const { stdout, stderr } = spawnSync('bash', ['-c', `${functions}\n${command}`], { encoding: 'utf8' });
  return [...stdout.trim().split('\n'), ...(stderr === '' ? [] : [stderr])].filter((line) => line !== '');
}

beforeEach(() => {
  device('nvme1n1', '259:0', { 'device/serial': 'vol0123456789abcdef0   ' });
  device('nvme1n1/nvme1n1p1', '259:1', { partition: '1' });
  device('nvme2n1', '259:2', { 'device/serial': 'vol0123456789abcdef1' });
  device('sdb', '8:16', { 'device/serial': 'WD-1234' });
});

test('a disk and a partition have nothing above them', () => {
  expect(
    run('layers_of 259:0; layers_of 259:1; disks_below 259:1; partition_of 259:1; echo; partition_of 259:0'),
  ).toEqual(['259:0', '1', '0']);
});

test('the volume of a disk comes from its serial number, if that is one of EBS', () => {
  expect(run('volume_of 259:0; volume_of 259:2; volume_of 8:16')).toEqual([
    'vol-0123456789abcdef0',
    'vol-0123456789abcdef1',
  ]);
});

test.each([
  ['LVM-Xk2', 'LVM'],
  ['CRYPT-LUKS2-0a1b-data', 'LUKS'],
  ['CRYPT-LUKS1-0a1b-data', 'LUKS'],
  ['CRYPT-PLAIN-data', 'dm-crypt'],
  ['mpath-3600', 'multipath'],
  ['part1-mpath-3600', 'multipath'],
  ['VDO-1', 'the device mapper'],
])('of the device mapper the UUID %s tells the kind: %s', (uuid, kind) => {
  device('dm-0', '253:0', { 'dm/uuid': uuid, 'dm/name': 'vg-data' });
  below('dm-0', 'nvme1n1/nvme1n1p1');
  expect(run('layers_of 253:0; disks_below 253:0')).toEqual([`${kind} (vg-data, dm-0)`, '259:0']);
});

test('RAID, a partition on it, and LVM over that are all named; the disks below are found', () => {
  device('md0', '9:0', { 'md/level': 'raid0' });
  device('md0/md0p1', '259:9', { partition: '1' });
  device('dm-1', '253:1', { 'dm/uuid': 'LVM-a', 'dm/name': 'vg-ib' });
  below('md0', 'nvme1n1');
  below('md0', 'nvme2n1');
  below('dm-1', 'md0/md0p1');
  expect(run('layers_of 259:9')).toEqual(['mdraid raid0 (md0)']);
  expect(run('layers_of 253:1; disks_below 253:1')).toEqual([
    'LVM (vg-ib, dm-1)',
    'mdraid raid0 (md0)',
    '259:0',
    '259:2',
  ]);
});

test('bcache and others are known by their names', () => {
  device('bcache0', '252:0');
  device('zd0', '230:0');
  below('bcache0', 'nvme1n1');
  expect(run('layers_of 252:0; layers_of 230:0')).toEqual(['bcache (bcache0)', 'zd (zd0)']);
});

test('every device of a btrfs that spans several is found', () => {
  for (const name of ['nvme1n1', 'nvme2n1']) {
    mkdirSync(join(folder, 'fs/btrfs/4a0c/devices'), { recursive: true });
    symlinkSync(join(folder, 'devices', name), join(folder, 'fs/btrfs/4a0c/devices', name));
  }
  expect(run('siblings_of 259:0; echo; siblings_of 8:16')).toEqual(['259:0', '259:2', '8:16']);
});
