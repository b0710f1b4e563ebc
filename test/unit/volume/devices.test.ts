import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { diskOfVolume, type HostDisk, mayLackSerials, volumeOfDisk } from '../../../src/domain/devices.ts';

const gib = 1024 ** 3;
const xen = (...names: string[]): HostDisk[] => names.map((name) => ({ name, bytes: 8 * gib, volumeId: null }));
const disk = (located: ReturnType<typeof diskOfVolume>) => ('disk' in located ? located.disk.name : located.problem);

describe('the disk of a volume', () => {
  test.each([
    ['HVM', '/dev/xvda', '/dev/sdf', ['xvda', 'xvdf'], 'xvdf'],
    ['an AMI whose root is /dev/sda1', '/dev/sda1', '/dev/sdf', ['xvda', 'xvdf'], 'xvdf'],
    ['names without /dev', '/dev/sda1', 'xvdf', ['xvda', 'xvdf'], 'xvdf'],
    ['two letters', '/dev/xvda', '/dev/xvdbf', ['xvda', 'xvdbf', 'xvdf'], 'xvdbf'],
    ['paravirtual, with numbers', '/dev/sda1', '/dev/sdf1', ['xvda1', 'xvdf1', 'xvdf2'], 'xvdf1'],
    ['RHEL 6', '/dev/sda1', '/dev/sdf', ['xvde', 'xvdj'], 'xvdj'],
    ['RHEL 6 with instance store at /dev/sdb', '/dev/sda1', '/dev/sdf', ['xvde', 'xvdf', 'xvdj'], 'xvdj'],
    ['old names', '/dev/sda1', '/dev/sdf', ['sda1', 'sdf'], 'sdf'],
  ])('%s', (_what, rootDevice, device, names, expected) => {
    const instance = { rootDevice, devices: { [rootDevice]: 'vol-root', [device]: 'vol-data' } };
    expect(disk(diskOfVolume('vol-data', xen(...names), instance, 8))).toBe(expected);
    expect(volumeOfDisk(expected, xen(...names), instance)).toEqual({ volumeId: 'vol-data' });
  });

  const instance = { rootDevice: '/dev/sda1', devices: { '/dev/sda1': 'vol-root', '/dev/sdf': 'vol-data' } };

  test('is the one with its serial number, whatever the names say', () => {
    const disks = [
      { name: 'nvme0n1', bytes: 8 * gib, volumeId: 'vol-data' },
      { name: 'nvme1n1', bytes: 8 * gib, volumeId: 'vol-root' },
    ];
    expect(disk(diskOfVolume('vol-data', disks, instance, 8))).toBe('nvme0n1');
    expect(volumeOfDisk('nvme1n1', disks, instance)).toEqual({ volumeId: 'vol-root' });
  });

  test.each([
    ['it is not there yet', xen('xvda'), /no disk has the name of vol-data \(\/dev\/sdf\): the host has xvda of \d+/],
    [
      'it has another size',
      [...xen('xvda'), { name: 'xvdf', bytes: 9 * gib, volumeId: null }],
      /xvdf .* not its size of 8 GiB/,
    ],
    ['the root is nowhere', xen('xvdf', 'xvdj'), /nor the name of the root device \/dev\/sda1/],
    [
      'the disk is another volume',
      [...xen('xvda'), { name: 'xvdf', bytes: 8 * gib, volumeId: 'vol-other' }],
      /no disk has the name/,
    ],
    ['NVMe disks have no serial number of EBS', xen('nvme0n1', 'nvme1n1'), /no disk has a serial number of EBS/],
  ])('cannot be told when %s', (_what, disks, words) => {
    expect(diskOfVolume('vol-data', disks, instance, 8)).toEqual({ problem: expect.stringMatching(words) });
  });

  test('of a volume that EC2 does not list cannot be told', () => {
    expect(diskOfVolume('vol-else', xen('xvda', 'xvdf'), instance)).toEqual({
      problem: expect.stringMatching(/EC2 does not list vol-else as attached.*vol-data as \/dev\/sdf/),
    });
  });
});

test('a disk that no volume has the name of is no volume', () => {
  const instance = { rootDevice: '/dev/sda1', devices: { '/dev/sda1': 'vol-root' } };
  expect(volumeOfDisk('xvdb', xen('xvda', 'xvdb'), instance)).toEqual({
    problem: expect.stringMatching(/^no volume has the name of xvdb: /),
  });
});

test('no two volumes are the same disk, whatever is attached and whatever the kernel is', () => {
  const letters = fc.uniqueArray(fc.constantFrom(...'fghijklmnop'), { minLength: 1 });
  const spelling = fc.constantFrom('/dev/sd', 'sd', '/dev/xvd', 'xvd');
  fc.assert(
    fc.property(letters, spelling, fc.constantFrom(0, 4), fc.boolean(), (used, prefix, shift, store) => {
      const onHost = (letter: string) => `xvd${String.fromCharCode(letter.charCodeAt(0) + shift)}`;
      const entries = used.map((letter) => [`${prefix}${letter}`, `vol-${letter}`] as const);
      const devices = { '/dev/sda1': 'vol-root', ...Object.fromEntries(entries) };
      const instance = { rootDevice: '/dev/sda1', devices };
      const disks = xen(onHost('a'), ...(store ? [onHost('b')] : []), ...used.map(onHost));
      for (const letter of used) expect(disk(diskOfVolume(`vol-${letter}`, disks, instance))).toBe(onHost(letter));
    }),
  );
});

test.each([
  ['t2.micro', true],
  ['m4.16xlarge', true],
  ['i3.large', true],
  ['x1e.xlarge', true],
  ['t3.micro', false],
  ['m5.large', false],
  ['i3en.large', false],
  ['c5n.large', false],
  ['u-6tb1.metal', false],
  ['', false],
])('%s may lack serial numbers: %s', (type, expected) => {
  expect(mayLackSerials({ type })).toBe(expected);
});
