/** Instances that only a target's tag names: they are asked for, and told when nothing backs them up. */
import { expect, test } from '@jest/globals';
import type { KeptBackup } from '../../../../src/domain/backup.ts';
import type { Instance, Tags } from '../../../../src/domain/ec2.ts';
import type { PromisedSource } from '../../../../src/watch/promises/promise.ts';
import { instanceTags, promisesOf } from '../../../../src/watch/promises/promises.ts';
import { readPromises } from '../../../../src/watch/promises/read.ts';
import { stillTagged } from '../../../../src/watch/stack/still-tagged.ts';
import { watch } from '../../../../src/watch/watchdog/watchdog.ts';
import { backup, promised } from '../watchdog/given.ts';

const now = new Date('2026-11-20T12:00:00Z');

function instance(tags: Tags): Instance {
  return {
    id: 'i-1',
    name: 'web',
    state: 'running',
    zone: 'us-east-1a',
    tags,
    devices: { '/dev/sda1': 'vol-1' },
    rootDevice: '/dev/sda1',
    launchedAt: now,
    type: 'm5.large',
    windows: false,
  };
}

/** EC2 as far as it is asked: only instances with one of the tags are found. */
const regionsWith = (tags: Tags) => ({
  in: () => ({
    instancesWithTag: (...names: readonly string[]) =>
      Promise.resolve(names.some((name) => name in tags) ? [instance(tags)] : []),
  }),
});

const read = (tags: Tags, elsewhere: readonly PromisedSource[] = []) =>
  promisesOf({
    repository: { files: new Map(), variables: {}, name: 'acme/shop', defaultBranch: 'main' },
    unreadFiles: [],
    instances: new Map([['us-east-1', [instance(tags)]]]),
    unreadRegions: [],
    targets: '',
    before: [],
    elsewhere,
    now,
  }).sources;

test.each(['holdfast:host', 'holdfast:rpo', 'holdfast:rto', 'holdfast:allowance', 'Backup'])(
  'an instance with the tag %s alone is found, and its targets are read',
  async (name) => {
    const asked: string[][] = [];
    const regions = {
      in: () => ({
        instancesWithTag: (...names: string[]) => {
          asked.push(names);
          return Promise.resolve([]);
        },
      }),
    };
    const objects = { text: () => Promise.resolve(undefined) };
    const settings = { repository: 'acme/shop', receiptBucket: 'b', variables: {}, targets: '' };
    await readPromises(
      settings,
      { github: undefined, regions, objects } as never,
      { regions: ['us-east-1'], backups: [] },
      { clock: { now: () => now }, signal: new AbortController().signal } as never,
    );
    expect(asked[0]).toContain(name);
    expect(instanceTags).toContain(name);
  },
);

test('one with an objective that was never backed up is told once that has passed since the first look', () => {
  const sources = read({ Name: 'web', 'holdfast:rpo': '26h' });
  const look = (at: string, backups: readonly KeptBackup[] = []) =>
    watch({ promises: sources, inventory: { backups, unread: [] }, now: new Date(at) })[0]?.failures.map(
      ({ kind, what }) => `${kind}: ${what}`,
    );
  expect(look('2026-11-21T13:59:59Z')).toEqual([]);
  expect(look('2026-11-21T14:00:00Z')).toEqual([
    'missing: web is tagged, has never been backed up, and no schedule backs it up',
  ]);
  const snapshot = { kind: 'rotation-snapshot', source: 'web', instanceId: 'i-1' } as const;
  expect(look('2026-11-21T14:00:00Z', [backup('2026-11-21T01:00:00Z', snapshot)])).toEqual([]);
});

test.each([
  ['other targets', { 'holdfast:rto': '2h' }],
  ['Backup=No', { Backup: 'No', 'holdfast:rpo': '26h' }],
])('one with %s promises nothing', (_, tags) => {
  expect(read(tags)).toEqual([]);
});

test('one that a workflow of another repository names is that one’s', () => {
  const named = promised({ instance: 'web' });
  expect(read({ 'holdfast:rpo': '26h' }, [named])).toEqual([]);
});

test('the function in the stack keeps it while it is tagged', async () => {
  const sources = read({ 'holdfast:rpo': '26h' });
  const context = { logger: { warning: () => undefined }, signal: new AbortController().signal } as never;
  const after = async (tags: Tags) => (await stillTagged({ a: sources }, regionsWith(tags) as never, context)).a;
  expect(await after({ 'holdfast:rpo': '26h' })).toEqual(sources);
  expect(await after({})).toEqual([]);
  expect(await after({ Backup: 'No', 'holdfast:rpo': '26h' })).toEqual([]);
  // What a rotation backed up needs its tag.
  const rotated = sources.map((one) => ({
    ...one,
    schedules: promised().schedules,
    volumes: { 'vol-1': 'x', 'vol-2': 'x' },
  }));
  const rotation = async (tags: Tags) => (await stillTagged({ a: rotated }, regionsWith(tags) as never, context)).a;
  expect(await rotation({ 'holdfast:rpo': '26h' })).toEqual([]);
  // And a volume that was detached is not missed.
  expect((await rotation({ Backup: 'Yes' }))?.[0]?.volumes).toEqual({ 'vol-1': 'x' });
});
