import { describe, expect, test } from '@jest/globals';
import type { Instance, Snapshot, Tags } from '../../../src/domain/ec2.ts';
import { type Configuration, readConfiguration } from '../../../src/rotation/plan/configuration.ts';
import { type CreateDecision, type CreateFacts, planCreate } from '../../../src/rotation/plan/create.ts';
import { retentionChange } from '../../../src/rotation/plan/retention-change.ts';
import { instance, region, snapshot, today } from './samples.ts';

const [rootVolume, dataVolume] = ['vol-0000000000000000a', 'vol-0000000000000000b'];
const configured = (one: Instance): Configuration => {
  const defaults = { retention: { days: 7, weeks: 0, months: 0 }, regions: undefined, region };
  return readConfiguration(one, defaults).configuration as Configuration;
};
const facts = (one: Instance, more: Partial<CreateFacts> = {}): CreateFacts => ({
  region,
  configurations: [configured(one)],
  snapshots: [],
  volumeTags: new Map<string, Tags>(),
  slot: today,
  run: { key: 'acme/backups/actions/runs/1', url: '', id: '1', attempt: 1 },
  ...more,
});
const only = (given: CreateFacts) => planCreate(given).decisions[0];
const made = (volumeId: string, more: Partial<Snapshot> = {}): Snapshot =>
  snapshot(`snap-${volumeId.slice(-1)}`, {
    volumeId,
    ...more,
    tags: {
      Type: 'Automated',
      'holdfast:made-by': 'ebs-rotate',
      'holdfast:instance': 'i-0000000000000000a',
      'holdfast:slot': today,
      'holdfast:keep': 'daily',
      Description: 'x',
      ...more.tags,
    },
  });

test('volumes, tags and what is frozen are decided before the call', () => {
  const decision = only(facts(instance({ Consistency: 'freeze', Copy_Dest: 'eu-west-1', Retention: '7d 4w 12m' })));
  expect(decision).toMatchObject({
    kind: 'create',
    volumes: [
      { id: rootVolume, device: '/dev/xvda' },
      { id: dataVolume, device: '/dev/sdf' },
    ],
    excludeRoot: false,
    excludeVolumes: [],
    // Never the root filesystem.
    freeze: [dataVolume],
    deleteOn: '2027-11-21',
    tags: {
      Type: 'Automated',
      DeleteOn: '2027-11-21',
      Copy_Dest: 'eu-west-1',
      'holdfast:made-by': 'ebs-rotate',
      'holdfast:instance': 'i-0000000000000000a',
      'holdfast:slot': today,
      'holdfast:keep': 'daily weekly monthly',
      'holdfast:run': 'acme/backups/actions/runs/1',
    },
    descriptions: 'volume',
    describe: [
      { volumeId: rootVolume, text: `web (i-0000000000000000a) - ${rootVolume} (/dev/xvda) - us-east-1` },
      { volumeId: dataVolume },
    ],
  });
});

describe('each instance is snapshotted once per slot', () => {
  test('nothing is taken when the slot has a whole set', () => {
    expect(only(facts(instance(), { snapshots: [made(rootVolume), made(dataVolume)] }))).toMatchObject({
      kind: 'skip',
    });
  });
  test.each([
    ['a volume is missing', [made(rootVolume)]],
    ['one of them failed', [made(rootVolume), made(dataVolume, { state: 'error' })]],
    ['it is of another slot', [made(rootVolume), made(dataVolume, { tags: { 'holdfast:slot': '2026-11-20' } })]],
    ['somebody else made it', [made(rootVolume), made(dataVolume, { tags: { 'holdfast:made-by': 'x' } })]],
    ['it is a copy', [made(rootVolume), made(dataVolume, { tags: { Source_SnapshotId: 'snap-1' } })]],
  ])('a set is taken when %s', (_name, snapshots) => {
    expect(only(facts(instance(), { snapshots }))).toMatchObject({ kind: 'create', reason: expect.any(String) });
  });
});

test('a set that failed counts for no week', () => {
  const earlier = (state: Snapshot['state']) =>
    [rootVolume, dataVolume].map((id) =>
      made(id, { state, tags: { 'holdfast:slot': '2026-11-19', 'holdfast:keep': 'daily weekly' } }),
    );
  const one = instance({ Retention: '7d 4w' });
  expect(only(facts(one, { snapshots: earlier('completed') }))).toMatchObject({ tags: { 'holdfast:keep': 'daily' } });
  expect(only(facts(one, { snapshots: earlier('error') }))).toMatchObject({
    tags: { 'holdfast:keep': 'daily weekly' },
  });
});

describe('excluded volumes', () => {
  test('the root volume is excluded by a field of its own', () => {
    expect(only(facts(instance({ Exclude_Volumes: 'root' })))).toMatchObject({
      excludeRoot: true,
      excludeVolumes: [],
      volumes: [{ id: dataVolume }],
    });
    expect(only(facts(instance({ Exclude_Volumes: 'sdf' })))).toMatchObject({
      excludeRoot: false,
      excludeVolumes: [dataVolume],
    });
  });
  test('nothing is taken when all volumes are excluded, or more than EC2 allows', () => {
    expect(only(facts(instance({ Exclude_Volumes: 'root sdf' })))).toMatchObject({ kind: 'skip' });
    expect(only(facts(instance({}, { devices: {} })))).toMatchObject({ kind: 'skip', reason: 'it has no EBS volume' });
    const devices = Object.fromEntries(
      Array.from({ length: 43 }, (_, index) => [
        `/dev/xvd${String.fromCharCode(97 + (index % 26))}${index < 26 ? '' : 'a'}`,
        `vol-${String(index).padStart(17, '0')}`,
      ]),
    );
    const one = instance({ Exclude_Volumes: Object.values(devices).slice(1, 42).join(' ') }, { devices });
    expect(planCreate(facts(one)).problems).toEqual([
      { resource: one.id, what: expect.stringContaining('at most 40') },
    ]);
  });
});

describe('the tags of a volume', () => {
  const tagged = (tags: Tags) =>
    only(facts(instance(), { volumeTags: new Map([[dataVolume, tags]]) })) as CreateDecision;
  test('are copied by EC2, and a description that exists is not written again', () => {
    const text = `web (i-0000000000000000a) - ${dataVolume} (/dev/sdf) - us-east-1`;
    expect(tagged({ Name: 'data', Description: text })).toMatchObject({
      descriptions: 'volume',
      describe: [{ volumeId: rootVolume }],
    });
  });
  test.each<[string, Tags]>([
    ['would keep the snapshot forever', { KeepForever: 'Yes' }],
    ['would set its date', { DeleteOn: '2026-01-01' }],
    ['are somebody else’s description', { Description: 'our data' }],
    ['are too many', Object.fromEntries(Array.from({ length: 45 }, (_, index) => [`tag${index}`, 'x']))],
  ])('are not copied when they %s', (_name, tags) => {
    expect(tagged(tags)).toMatchObject({ descriptions: 'afterwards' });
  });
  test('that AWS itself sets do not count', () => {
    expect(tagged({ 'aws:cloudformation:stack-name': 'x' })).toMatchObject({ descriptions: 'volume' });
  });
});

test('on Windows freeze is VSS, which makes the snapshots itself', () => {
  expect(only(facts(instance({ Consistency: 'freeze' }, { windows: true })))).toMatchObject({
    vss: true,
    freeze: [],
    descriptions: 'afterwards',
  });
});

test('a description that a dead run did not set is set by the next', () => {
  const { Description: _missing, ...tags } = made(dataVolume).tags;
  const undescribed = { ...made(dataVolume), tags };
  expect(planCreate(facts(instance(), { snapshots: [made(rootVolume), undescribed] })).repairs).toEqual([
    { snapshotId: undescribed.id, text: `web (i-0000000000000000a) - ${dataVolume} (/dev/sdf) - us-east-1` },
  ]);
  const elsewhere = { ...undescribed, volumeId: 'vol-0000000000000000f' };
  expect(planCreate(facts(instance(), { snapshots: [elsewhere] })).repairs).toEqual([]);
});

test('another default retention changes only the instances without a retention of their own', () => {
  const given = facts(instance());
  const own = instance({ Retention: '30' }, { id: 'i-0000000000000000b', name: undefined });
  const rows = retentionChange(
    { ...given, configurations: [...given.configurations, configured(own)] },
    { days: 7, weeks: 0, months: 0 },
    { days: 14, weeks: 0, months: 0 },
  );
  expect(rows).toEqual([
    {
      instance: 'i-0000000000000000a (web)',
      before: '7',
      after: '14',
      deleteOnBefore: '2026-11-29',
      deleteOnAfter: '2026-12-06',
      heldBefore: 14,
      heldAfter: 28,
    },
  ]);
});
