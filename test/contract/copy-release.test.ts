/** release-copy: it unmounts its own volume and no other, with serial numbers and without. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ensurePrerequisites } from '../../lab/hosts/prerequisites.ts';
import { Disks } from './support-disks.ts';

const own = 'vol-0123456789abcdef0';
const other = 'vol-0123456789abcdef1';
const MountPoint = '/run/copy';

let disks: Disks;
beforeAll(() => {
  ensurePrerequisites();
  disks = new Disks();
});
afterAll(() => disks?.stop());

const mount = (VolumeId: string, Device = '') => ({
  script: 'mount-copy' as const,
  values: { VolumeId, MountPoint, WaitSeconds: '1', Device, Partition: '0', Filesystem: 'xfs' },
});
const release = (VolumeId: string) => ({
  script: 'release-copy' as const,
  values: { VolumeId, MountPoint, Service: 'none' },
});
const image = () => disks.attach(disks.image(400, 'mkfs.xfs -q -f'));
/** A service that can be stopped, and whether something is mounted afterwards. */
const around = {
  before: `mkdir -p /run/bin /run/copy; printf '#!/bin/sh\\n' >/run/bin/systemctl; chmod +x /run/bin/systemctl; export PATH="/run/bin:$PATH"`,
  after: `grep -c ' ${MountPoint} ' /proc/self/mountinfo || true`,
};

test('with serial numbers: another volume stays, its own is unmounted, and again nothing is to be done', () => {
  const names = { nvme1n1: image(), nvme2n1: image() };
  const volume = { [own]: 'nvme1n1', [other]: 'nvme2n1' };
  const scripts = [mount(own), release(other)];
  expect(disks.run(names, scripts, { volume, ...around })).toMatchObject({
    answers: [{ device: '/dev/nvme1n1' }, { serviceStopped: false, unmounted: true }],
    printed: '1',
  });
  expect(disks.run(names, [...scripts, release(own), release(own)], { volume, ...around })).toMatchObject({
    answers: [{}, {}, { serviceStopped: true, unmounted: true }, { serviceStopped: false, unmounted: true }],
    printed: '0',
  });
});

test('without them: the records of mounts tell, and without a record nothing is touched', () => {
  const names = { xvdf: image() };
  expect(disks.run(names, [mount(own, 'xvdf'), release(own)], around)).toMatchObject({
    answers: [{ device: '/dev/xvdf' }, { serviceStopped: true, unmounted: true }],
    printed: '0',
  });
  expect(disks.run(names, [mount(own, 'xvdf'), release(other)], around)).toMatchObject({
    answers: [{}, { serviceStopped: false, unmounted: true }],
    printed: '1',
  });
  // The record of a volume that was taken away from under its mount.
  const stale = `${around.before}; mkdir -p /run/holdfast/copies; stat -c '%Hr:%Lr' /dev/xvdf >/run/holdfast/copies/vol-00000000`;
  expect(disks.run(names, [mount(own, 'xvdf'), release(own)], { ...around, before: stale })).toMatchObject({
    answers: [{}, { serviceStopped: true, unmounted: true }],
    printed: '0',
  });
  const before = `${around.before}; mount /dev/xvdf ${MountPoint}`;
  expect(disks.run(names, [release(own)], { ...around, before })).toMatchObject({
    answers: [{ error: { code: 'still-busy', message: expect.stringContaining('nothing shows whether it is') } }],
    printed: '1',
  });
});

test('what is no volume at all is left alone', () => {
  const before = `${around.before}; mount -t tmpfs tmpfs ${MountPoint}`;
  expect(disks.run({}, [release(own)], { ...around, before })).toMatchObject({
    answers: [{ serviceStopped: false, unmounted: true }],
    printed: '1',
  });
});
