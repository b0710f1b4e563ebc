import { describe, expect, test } from '@jest/globals';
import type { Instance, Volume } from '../../../src/domain/ec2.ts';
import {
  decideHold,
  type Hold,
  holdId,
  type Inspection,
  sourceProblems,
  withVolume,
} from '../../../src/volume/source.ts';

const gib = 1024 ** 3;
const instance: Instance = {
  id: 'i-1',
  name: 'ib01',
  state: 'running',
  zone: 'us-east-1a',
  tags: {},
  devices: { '/dev/sda1': 'vol-root', '/dev/sdf': 'vol-data' },
  rootDevice: '/dev/sda1',
  launchedAt: new Date('2026-01-01T00:00:00Z'),
  type: 'm4.large',
  windows: false,
};
const volume: Volume = {
  id: 'vol-data',
  state: 'in-use',
  sizeGiB: 100,
  zone: 'us-east-1a',
  snapshotId: undefined,
  tags: {},
  attachment: { instanceId: 'i-1', device: '/dev/sdf', state: 'attached' },
  encrypted: false,
};
const disks = [
  { name: 'xvda', bytes: 8 * gib, volumeId: null },
  { name: 'xvdf', bytes: 100 * gib, volumeId: null },
];

function inspection(more: Partial<Inspection> = {}): Inspection {
  return {
    host: 'ib01',
    mountPoint: '/ibdata',
    mounted: true,
    isRoot: false,
    device: '/dev/xvdf',
    volumeIds: [],
    filesystem: 'xfs',
    sizeBytes: 100 * gib,
    usedBytes: 1,
    serviceState: 'active',
    answers: true,
    serverVersion: '5.1.40',
    icm: null,
    hold: null,
    disk: 'xvdf',
    partition: 0,
    disks,
    layers: [],
    rootOfMount: '/',
    mountedElsewhere: [],
    ...more,
  };
}

function problems(more: Partial<Inspection>, mode: 'stop' | 'freeze' = 'stop', of: Volume | undefined = volume) {
  return sourceProblems(withVolume(inspection(more), instance), instance, of, mode);
}

describe('a source on a Xen instance', () => {
  test('is backed up when the name of its disk tells the volume', () => {
    expect(withVolume(inspection(), instance).volumeIds).toEqual(['vol-data']);
    expect(problems({})).toEqual([]);
    expect(problems({ device: '/dev/xvdf2', partition: 2 })).toEqual([]);
  });

  test.each([
    [
      'the disk is of no volume',
      { disk: 'xvdg', device: '/dev/xvdg', disks: [...disks, { ...disks[1], name: 'xvdg' }] },
    ],
    ['the root has not the name that it should have', { disks: disks.slice(1) }],
  ] as [string, Partial<Inspection>][])('is refused, with what was seen, when %s', (_what, more) => {
    expect(problems(more, 'stop', undefined)).toEqual([
      expect.stringMatching(
        /cannot be determined: no volume has the name of xvd[fg]: the host has .*xvdf of \d+ bytes.*vol-data as \/dev\/sdf/,
      ),
    ]);
  });

  test('is refused when the disk has not the size of the volume', () => {
    expect(problems({}, 'stop', { ...volume, sizeGiB: 50 })).toEqual([
      `mount-point: by its name xvdf on i-1 is vol-data, but it has ${100 * gib} bytes and the volume 50 GiB`,
    ]);
  });

  test('is refused when it is the root volume', () => {
    expect(
      problems({ disk: 'xvda', device: '/dev/xvda1', partition: 1 }, 'stop', { ...volume, id: 'vol-root', sizeGiB: 8 }),
    ).toEqual([expect.stringContaining('vol-root is the root volume')]);
  });
});

describe('what a copy could not be put together from', () => {
  test.each([
    ['LVM (vg-data, dm-0)', 'LVM activates no copy'],
    ['LUKS (data, dm-1)', 'passphrase; move the data to a volume of their own with EBS encryption'],
    ['dm-crypt (data, dm-1)', 'without its key'],
    ['mdraid raid0 (md0)', 'one part of the array'],
    ['multipath (mpatha, dm-2)', 'no such paths'],
    ['bcache (bcache0)', 'lacks the cache'],
    ['the device mapper (vdo, dm-3)', 'cannot put it together'],
  ])('%s is named with the reason, before anything is touched', (layer, reason) => {
    // One disk below, whose volume is known: it would be taken, and could never be proven.
    const [problem, ...others] = problems({ layers: [layer], volumeIds: ['vol-data'], disk: 'nvme1n1', disks: [] });
    expect(problem).toMatch(/^mount-point: \/ibdata on i-1 is on /);
    expect(problem).toContain(layer);
    expect(problem).toContain(reason);
    expect(others).toEqual([]);
  });
});

test('a folder of a filesystem is refused: a copy is mounted as a whole', () => {
  for (const mode of ['stop', 'freeze'] as const)
    expect(problems({ rootOfMount: '/@data' }, mode)).toEqual([
      expect.stringContaining('only the folder /@data of its filesystem'),
    ]);
});

test('a filesystem with a journal on another device is refused: no snapshot holds it', () => {
  for (const mode of ['stop', 'freeze'] as const)
    expect(problems({ outside: 'logdev=/dev/nvme2n1' }, mode)).toEqual([
      expect.stringContaining('on another device (logdev=/dev/nvme2n1)'),
    ]);
  expect(problems({ outside: '' })).toEqual([]);
});

test('a filesystem that is mounted elsewhere, too, cannot be brought to rest by unmounting it; it can be frozen', () => {
  expect(problems({ mountedElsewhere: ['/srv/data'] })).toEqual([expect.stringContaining('also mounted at /srv/data')]);
  expect(problems({ mountedElsewhere: ['/srv/data'] }, 'freeze')).toEqual([]);
});

test('what an older script answers is judged as before', () => {
  const { disk: _, partition: _1, disks: _2, layers: _3, rootOfMount: _4, mountedElsewhere: _5, ...old } = inspection();
  const judged = (one: Inspection) => sourceProblems(withVolume(one, instance), instance, volume, 'stop');
  expect(judged({ ...old, volumeIds: ['vol-data'] })).toEqual([]);
  expect(judged(old)).toEqual([expect.stringContaining('device /dev/xvdf has no EBS serial number')]);
  expect(judged({ ...old, volumeIds: ['vol-a', 'vol-b'] })).toEqual([expect.stringContaining('spans 2 volumes')]);
});

describe('a hold that is on the host', () => {
  const now = new Date('2026-11-20T12:00:00Z');
  const own = { key: 'o/r/actions/runs/7', attempt: 2 };
  const decide = (more: Partial<Hold>, holder: 'over' | 'alive' | 'unknown' = 'alive') => {
    const times = { sinceMs: now.getTime() - 1000, leaseUntilMs: now.getTime() + 1000 };
    const decision = decideHold(
      { id: holdId('7', 2, 'a'), run: own.key, mode: 'stop', atRest: true, ...times, ...more },
      own,
      holder,
      now,
    );
    return 'reason' in decision ? `${decision.kind}: ${decision.reason}` : decision.kind;
  };
  const other = 'o/r/actions/runs/8';
  const ended = { leaseUntilMs: now.getTime() - 1 };

  test.each([
    ['an earlier attempt', { id: holdId('7', 1, 'a') }, 'alive', 'resume: an earlier attempt of this run left it'],
    ['an earlier attempt of an earlier version', { id: '7-1' }, 'alive', 'resume: an earlier attempt of this run left'],
    ['a job beside this one', {}, 'alive', 'refuse: another job of this run holds the source'],
    ['the same, whatever GitHub says', {}, 'over', 'refuse: another job of this run holds the source'],
    ['a job beside this one, of an earlier version', { id: '7-2' }, 'alive', 'refuse: another job of this run'],
    ['a job beside this one whose lease has ended', ended, 'alive', 'resume: its lease ended at 2026-11-20T11:59:59'],
    ['nobody knows which attempt', { id: 'by-hand' }, 'alive', 'refuse: another job of this run holds the source'],
    ['a run that is over', { run: other, id: '8-9' }, 'over', `resume: the run ${other} is over and left it`],
    ['a living run', { run: other, id: '8-1', ...ended }, 'alive', `refuse: another run holds the source: ${other}`],
  ] as [string, Partial<Hold>, 'over' | 'alive', string][])('of %s', (_whose, more, holder, decision) => {
    expect(decide(more, holder)).toContain(decision);
  });

  test('is named for run, attempt and source, as the documents allow', () => {
    const ids = [holdId('7', 1, 'a'), holdId('7', 1, 'b'), holdId('7', 2, 'a'), holdId('8', 1, 'a')];
    expect(new Set(ids).size).toBe(4);
    expect(holdId('123456789012345', 999, 'ib01.prod/ibdata')).toMatch(/^[A-Za-z0-9-]{1,60}$/);
  });
});
