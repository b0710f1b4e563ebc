import { expect, test } from '@jest/globals';
import type { HostDisk } from '../../../src/domain/devices.ts';
import { diskOfCopy, disksBefore, partitionOf } from '../../../src/volume/copy/device.ts';
import { FakeClock, FakeLogger } from '../../fakes/clock.ts';
import { FakeCompute } from '../../fakes/compute.ts';
import { FakeHosts } from '../../fakes/hosts.ts';

const gib = 1024 ** 3;
const disk = (name: string, more: Partial<HostDisk> = {}): HostDisk => ({ name, bytes: gib, volumeId: null, ...more });

/** A verification host with the copy attached as /dev/sdf, whose disks are those of the lists, one after the other. */
async function setUp(type: string, ...lists: HostDisk[][]) {
  const clock = new FakeClock();
  const compute = new FakeCompute(clock);
  compute.addInstance({ id: 'i-2', type });
  compute.addVolume({ id: 'vol-copy', attachment: { instanceId: 'i-2', device: '/dev/sdf', state: 'attached' } });
  const hosts = new FakeHosts(clock, 'i-1');
  hosts.script = ({ script }) =>
    script === 'list-disks' ? { disks: lists.length > 1 ? lists.shift() : lists[0] } : undefined;
  const instance = await compute.instance('i-2');
  const volume = await compute.volume('vol-copy');
  if (volume === undefined) throw new Error('the fake has lost its volume');
  const ports = { compute, hosts };
  const context = { clock, logger: new FakeLogger() };
  return {
    before: () => disksBefore(instance, ports, context),
    find: (before: readonly HostDisk[] | undefined) => diskOfCopy(volume, 'i-2', before, ports, context),
    hosts,
  };
}

test('where serial numbers tell, the host is not asked', async () => {
  const { before, find, hosts } = await setUp('m5.large', []);
  expect(await before()).toBe(undefined);
  expect(await find(undefined)).toBe('');
  expect(hosts.ran).toEqual([]);
});

test('on a Xen instance the copy is the disk with its name and size that appears after the attachment', async () => {
  const { before, find } = await setUp('t2.medium', [disk('xvda')], [disk('xvda')], [disk('xvda'), disk('xvdf')]);
  expect(await find(await before())).toBe('xvdf');
});

test('a kernel that moves the letters has it under another name', async () => {
  const { before, find } = await setUp('m4.large', [disk('xvde')], [disk('xvde'), disk('xvdj')]);
  expect(await find(await before())).toBe('xvdj');
});

test('a Nitro instance among the Xen families tells by serial numbers', async () => {
  const root = disk('nvme0n1', { volumeId: 'vol-root' });
  const { before, find } = await setUp('i3.metal', [root], [root, disk('nvme1n1', { volumeId: 'vol-copy' })]);
  expect(await find(await before())).toBe('');
});

test.each([
  [
    'a disk that was there before',
    [disk('xvda'), disk('xvdf')],
    [disk('xvda'), disk('xvdf')],
    /xvdf was on the host before vol-copy/,
  ],
  ['a disk of another size', [disk('xvda')], [disk('xvda'), disk('xvdf', { bytes: 2 * gib })], /not its size of 1 GiB/],
  ['no disk at all', [disk('xvda')], [disk('xvda')], /no disk has the name of vol-copy/],
])('%s is refused with what was seen', async (_what, first, then, words) => {
  const { before, find } = await setUp('t2.medium', first, then);
  await expect(find(await before())).rejects.toMatchObject({
    code: 'device-not-found',
    what: expect.stringMatching(words),
    fix: expect.stringContaining('Nitro'),
  });
});

test.each([
  ['/dev/nvme1n1', '0'],
  ['/dev/nvme1n1p2', '2'],
  ['/dev/xvdf', '0'],
  ['/dev/xvdf2', '2'],
  ['/dev/sdb12', '12'],
  ['/dev/mapper/vg-data', ''],
  ['', ''],
])('the partition of %s in a receipt of an earlier version: "%s"', (device, expected) => {
  expect(partitionOf({ device })).toBe(expected);
  // A paravirtual kernel calls a whole disk xvdf1.
  expect(partitionOf({ device, partition: 0 })).toBe('0');
});
