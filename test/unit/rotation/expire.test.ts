import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Snapshot } from '../../../src/domain/ec2.ts';
import {
  clockProblem,
  type ExpiryFacts,
  isMassExpiry,
  planExpiry,
  volumesToAsk,
} from '../../../src/rotation/plan/expire.ts';
import { due, now, region, snapshot, today } from './samples.ts';

const facts = (snapshots: readonly Snapshot[], more: Partial<ExpiryFacts> = {}): ExpiryFacts => ({
  region,
  snapshots,
  today,
  volumeExists: () => true,
  images: new Map(),
  locks: new Map(),
  ...more,
});
const deleted = (given: ExpiryFacts): string[] =>
  planExpiry(given)
    .decisions.flatMap((one) => (one.kind === 'delete' ? [one.snapshot.id] : []))
    .sort();
const reasonOf = (given: ExpiryFacts, id: string): string => {
  const decision = planExpiry(given).decisions.find((one) => one.snapshot.id === id);
  return decision?.kind === 'keep' ? decision.reason : 'deleted';
};

/** Newer than every snapshot that is due, so that none of those is the newest of its volume. */
const newest = snapshot('snap-new', {
  startedAt: new Date('2026-11-20T00:00:00Z'),
  tags: { Type: 'Automated', DeleteOn: '2027-01-01' },
});

describe('each rule alone keeps what would otherwise be deleted', () => {
  const rules: readonly [string, Partial<Snapshot>, Partial<ExpiryFacts>][] = [
    ['not automated', { tags: { Type: 'Manual' } }, {}],
    ['kept forever', { tags: { KeepForever: '' } }, {}],
    ['kept forever', { tags: { KeepForever: 'no' } }, {}],
    ['meant to be kept forever', { tags: { Keepforever: '' } }, {}],
    ['meant to be kept forever', { tags: { 'KeepForever ': 'yes' } }, {}],
    ['unreadable date', { tags: { DeleteOn: '2026-02-30' } }, {}],
    ['unreadable date', { tags: { DeleteOn: 'soon' } }, {}],
    ['unreadable date', { tags: { DeleteOn: '' } }, {}],
    ['unreadable date', { tags: { DeleteOn: '2026-11-21T00:00:00Z' } }, {}],
    ['not due', { tags: { DeleteOn: '2026-11-22' } }, {}],
    ['pending', { state: 'pending' }, {}],
    ['in the recycle bin', { state: 'recoverable' }, {}],
    ['in the recycle bin', { state: 'recovering' }, {}],
    ['archived', { tier: 'archive' }, {}],
    ['in use by an AMI', {}, { images: new Map([['snap-1', 'ami-1']]) }],
    ['locked', {}, { locks: new Map([['snap-1', { state: 'governance', until: undefined }]]) }],
    ['newest good one', { tags: { Integrity: 'good' } }, {}],
    ['newest good one', { tags: { DBBackupValid: 'True' } }, {}],
    ['volume unknown', { tags: { Source_SnapshotId: 'snap-0' } }, {}],
    ['newest of its volume', { startedAt: new Date('2026-11-20T12:00:00Z') }, {}],
  ];
  test.each(rules)('%s', (reason, change, more) => {
    expect(deleted(facts([newest, due('snap-1')]))).toEqual(['snap-1']);
    expect(reasonOf(facts([newest, due('snap-1', change)], more), 'snap-1')).toBe(reason);
  });

  test('no date', () => {
    expect(reasonOf(facts([newest, snapshot('snap-1', { tags: { Type: 'Automated' } })]), 'snap-1')).toBe('no date');
  });

  test('a malformed date is reported once per snapshot', () => {
    const { problems } = planExpiry(facts([due('snap-1', { tags: { DeleteOn: 'soon' } })]));
    expect(problems).toEqual([{ resource: 'snap-1', what: expect.stringContaining('DeleteOn=soon is not a date') }]);
  });
});

describe('the newest of a volume', () => {
  test('is deleted when the volume is gone, and kept when nobody knows', () => {
    expect(deleted(facts([due('snap-1')], { volumeExists: () => false }))).toEqual(['snap-1']);
    expect(reasonOf(facts([due('snap-1')], { volumeExists: () => 'unknown' }), 'snap-1')).toBe('newest of its volume');
  });

  test('is kept without its volume when it is good; the verdict in Integrity outweighs DBBackupValid', () => {
    const good = due('snap-1', { tags: { Integrity: 'good' } });
    expect(deleted(facts([good, due('snap-2')], { volumeExists: () => false }))).toEqual(['snap-2']);
    const both = due('snap-3', { tags: { Integrity: 'bad', DBBackupValid: 'True' } });
    expect(deleted(facts([both], { volumeExists: () => false }))).toEqual(['snap-3']);
  });

  test('is not one that failed or is pending, so the one before it is kept', () => {
    const failed = due('snap-2', { state: 'error', startedAt: new Date('2026-11-20T00:00:00Z') });
    expect(deleted(facts([due('snap-1'), failed]))).toEqual(['snap-2']);
    expect(planExpiry(facts([due('snap-1'), failed])).decisions[1]).toMatchObject({
      reason: expect.stringContaining('it had failed'),
    });
  });

  test('is, among copies, found by the volume and the start time of the primary', () => {
    const copy = (id: string, volume: string, takenAt: string, startedAt: string): Snapshot =>
      due(id, {
        volumeId: 'vol-ffffffff',
        startedAt: new Date(startedAt),
        tags: {
          Source_SnapshotId: `of-${id}`,
          'holdfast:volume': volume,
          'holdfast:source-region': 'eu-west-1',
          'holdfast:taken-at': takenAt,
        },
      });
    // The older primary was copied last.
    const list = [
      copy('snap-1', 'vol-1', '2026-11-10T00:00:00Z', '2026-11-12T00:00:00Z'),
      copy('snap-2', 'vol-1', '2026-11-11T00:00:00Z', '2026-11-11T00:00:00Z'),
      copy('snap-3', 'vol-2', 'nonsense', '2026-11-01T00:00:00Z'),
    ];
    expect(deleted(facts(list))).toEqual(['snap-1']);
    expect(volumesToAsk(facts(list))).toEqual(new Map([['eu-west-1', ['vol-1', 'vol-2']]]));
  });

  test('is, among copies of the replaced system, found by the description, as tag or as field', () => {
    const text = 'web (i-0123456789abcdef0) - vol-0123456789abcdef0 (/dev/sdf) - eu-west-1';
    const older = due('snap-1', { tags: { Source_SnapshotId: 'x', Description: text } });
    const newer = due('snap-2', {
      startedAt: new Date('2026-11-05'),
      description: text,
      tags: { Source_SnapshotId: 'y' },
    });
    expect(deleted(facts([older, newer]))).toEqual(['snap-1']);
  });

  test('is always the same one of two that began together', () => {
    const list = [due('snap-1'), due('snap-2')];
    expect(deleted(facts(list))).toEqual(['snap-1']);
    expect(deleted(facts([...list].reverse()))).toEqual(['snap-1']);
  });
});

test('it matters whether a volume in another region exists only when its newest copy is due', () => {
  const copy = (id: string, tags: Record<string, string>, day = '2026-11-01'): Snapshot =>
    snapshot(id, {
      startedAt: new Date(`${day}T00:00:00Z`),
      tags: { Type: 'Automated', Source_SnapshotId: 'x', 'holdfast:source-region': 'eu-west-1', ...tags },
    });
  const list = [
    copy('snap-1', { 'holdfast:volume': 'vol-1', DeleteOn: today }),
    copy('snap-2', { 'holdfast:volume': 'vol-1', DeleteOn: '2027-01-01' }, '2026-11-02'),
    copy('snap-3', { 'holdfast:volume': 'vol-2', DeleteOn: '2026-01-01' }),
    copy('snap-4', { 'holdfast:volume': 'vol-3', DeleteOn: today, KeepForever: 'Yes' }),
    copy('snap-5', { 'holdfast:volume': 'vol-4', DeleteOn: 'soon' }),
    copy('snap-6', { 'holdfast:volume': 'vol-5' }),
    copy('snap-7', { 'holdfast:volume': 'vol-6', DeleteOn: today }),
    copy('snap-8', { 'holdfast:volume': 'vol-6', DeleteOn: today, Type: 'Manual' }),
    snapshot('snap-9', { state: 'error', tags: { Type: 'Automated', Source_SnapshotId: 'x' } }),
    snapshot('snap-10', { tags: { Type: 'Automated', Source_SnapshotId: 'x' } }),
    due('snap-11'),
    // Older copies that are kept longer, as by weeks or for ever, do not speak for the newest.
    copy('snap-12', { 'holdfast:volume': 'vol-7', DeleteOn: '2027-01-01' }),
    copy('snap-13', { 'holdfast:volume': 'vol-7', DeleteOn: today }, '2026-11-02'),
    copy('snap-14', { 'holdfast:volume': 'vol-8', DeleteOn: '2026-01-24', KeepForever: 'Yes' }),
    copy('snap-15', { 'holdfast:volume': 'vol-8', DeleteOn: today }, '2026-11-02'),
  ];
  expect(volumesToAsk(facts(list))).toEqual(new Map([['eu-west-1', ['vol-2', 'vol-6', 'vol-7', 'vol-8']]]));
});

test('a snapshot from the future stops all deletions, unless it is within ten minutes', () => {
  const at = (milliseconds: number): Snapshot =>
    snapshot('snap-1', { startedAt: new Date(now.getTime() + milliseconds) });
  expect(clockProblem([], now, 0)).toBeUndefined();
  expect(clockProblem([], now, 600_000)).toBeUndefined();
  expect(clockProblem([], now, 660_000)).toBe("the runner's clock is 11 minutes behind AWS's");
  expect(clockProblem([], now, -86_400_000)).toBe("the runner's clock is 1440 minutes ahead of AWS's");
  expect(clockProblem([at(-1), at(600_000)], now, 0)).toBeUndefined();
  expect(clockProblem([at(600_001)], now, 0)).toContain('a snapshot began in the future: snap-1');
  expect(clockProblem([at(600_001), at(9_000_000)], now, 0)).toContain('2 snapshots began in the future');
});

test('the share counts only automated snapshots, and is too large only above the limit', () => {
  const list = [newest, due('snap-1'), snapshot('snap-2')];
  expect(planExpiry(facts(list)).share).toBe(50);
  expect(isMassExpiry({ share: 50 }, 50)).toBe(false);
  expect(isMassExpiry({ share: 50.1 }, 50)).toBe(true);
  expect(planExpiry(facts([snapshot('snap-2')])).share).toBe(0);
});

function isGood(one: Snapshot): boolean {
  return 'Integrity' in one.tags ? one.tags.Integrity === 'good' : one.tags.DBBackupValid === 'True';
}

/** The rules again, one by one and without an index: everything is searched for each snapshot. */
function naive({ snapshots, today: day, volumeExists, images, locks, region: here }: ExpiryFacts): string[] {
  const volume = (one: Snapshot): string | undefined => {
    if (one.tags.Source_SnapshotId === undefined) return `${here}/${one.volumeId}`;
    if (one.tags['holdfast:volume'] !== undefined && one.tags['holdfast:source-region'] !== undefined)
      return `${one.tags['holdfast:source-region']}/${one.tags['holdfast:volume']}`;
    const words = /- (vol-\w+) \(.*\) - (\S+)$/.exec(one.tags.Description ?? one.description);
    return words ? `${words[2]}/${words[1]}` : undefined;
  };
  const moment = (one: Snapshot): number => {
    const time = Date.parse(String(one.tags['holdfast:taken-at']));
    return Number.isNaN(time) ? one.startedAt.getTime() : time;
  };
  const backups = snapshots.filter((one) => one.tags.Type === 'Automated' && one.state === 'completed');
  const later = (a: Snapshot, b: Snapshot): boolean =>
    moment(a) > moment(b) || (moment(a) === moment(b) && a.id > b.id);
  const isLast = (one: Snapshot, among: readonly Snapshot[]): boolean =>
    among.includes(one) && !among.some((other) => volume(other) === volume(one) && other !== one && later(other, one));
  return snapshots
    .filter((one) => {
      const text = one.tags.DeleteOn ?? '';
      const date = new Date(`${text}T00:00:00Z`);
      const real = !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text) && text.length === 10;
      if (one.tags.Type !== 'Automated' || 'KeepForever' in one.tags || !real || text > day) return false;
      if (!['completed', 'error'].includes(one.state) || images.has(one.id) || locks.has(one.id)) return false;
      if (one.tier === 'archive') return false;
      if (one.state === 'error') return true;
      const of = volume(one);
      if (of === undefined) return false;
      const [where = '', id = ''] = of.split('/');
      if (volumeExists({ region: where, id }) !== false && isLast(one, backups)) return false;
      return !isLast(one, backups.filter(isGood));
    })
    .map((one) => one.id)
    .sort();
}

const dates = ['2026-11-19', '2026-11-20', today, '2026-11-22', '2027-01-01', '2026-02-30', '2026-13-01', 'soon', ''];
const maybe = <T>(values: readonly T[]) => fc.constantFrom(undefined, ...values);

const arbitrarySnapshot = fc
  .record({
    state: fc.constantFrom(
      'completed' as const,
      'completed' as const,
      'completed' as const,
      'pending' as const,
      'error' as const,
      'recoverable' as const,
      'recovering' as const,
    ),
    tier: fc.constantFrom('standard' as const, 'standard' as const, 'standard' as const, 'archive' as const),
    minute: fc.integer({ min: 0, max: 5 }),
    volume: fc.constantFrom('vol-00000001', 'vol-00000002'),
    type: fc.constantFrom('Automated', 'Automated', 'Automated', 'Manual', undefined),
    deleteOn: fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(today, '2026-11-20', '2026-01-01') },
      { weight: 1, arbitrary: fc.constantFrom(undefined, ...dates) },
    ),
    keep: maybe(['Yes', 'no', '']).map((value) => (value === undefined ? undefined : value)),
    kept: fc.boolean(),
    integrity: fc.constantFrom(undefined, undefined, undefined, 'good', 'bad'),
    valid: fc.constantFrom(undefined, undefined, undefined, 'True', 'False'),
    copy: fc.constantFrom('no' as const, 'no' as const, 'tagged' as const, 'described' as const, 'unknown' as const),
    takenAt: maybe(['2026-11-10T00:00:00Z', '2026-11-11T00:00:00Z', 'nonsense']),
    from: fc.constantFrom('eu-west-1', 'ap-southeast-2'),
    image: fc.integer({ min: 0, max: 9 }),
    lock: fc.integer({ min: 0, max: 9 }),
  })
  .map((one) => {
    const tags = {
      Type: one.type,
      DeleteOn: one.deleteOn,
      // Most are not kept forever: otherwise hardly anything would be due.
      KeepForever: one.kept && one.minute === 0 ? one.keep : undefined,
      Integrity: one.integrity,
      DBBackupValid: one.valid,
      ...(one.copy === 'no' ? {} : { Source_SnapshotId: 'snap-source', 'holdfast:taken-at': one.takenAt }),
      ...(one.copy === 'tagged' ? { 'holdfast:volume': one.volume, 'holdfast:source-region': one.from } : {}),
      ...(one.copy === 'described' ? { Description: `web (i-00000001) - ${one.volume} (/dev/sdf) - ${one.from}` } : {}),
    };
    return {
      one: snapshot('', {
        state: one.state,
        tier: one.tier,
        startedAt: new Date(Date.parse('2026-11-10T00:00:00Z') + one.minute * 60_000),
        volumeId: one.copy === 'no' ? one.volume : 'vol-ffffffff',
        tags: Object.fromEntries(
          Object.entries(tags).filter((pair): pair is [string, string] => pair[1] !== undefined),
        ),
      }),
      image: one.image === 0,
      lock: one.lock === 0,
    };
  });

const arbitraryFacts = fc
  .record({
    list: fc.array(arbitrarySnapshot, { maxLength: 14 }),
    gone: fc.constantFrom<boolean | 'unknown'>(true, true, false, 'unknown'),
    elsewhere: fc.constantFrom<boolean | 'unknown'>(true, false, 'unknown'),
  })
  .map(({ list, gone, elsewhere }): ExpiryFacts => {
    const snapshots = list.map(({ one }, index) => ({ ...one, id: `snap-${String(index).padStart(2, '0')}` }));
    const chosen = <T>(pick: 'image' | 'lock', what: T): Map<string, T> =>
      new Map(list.flatMap((one, index) => (one[pick] ? [[snapshots[index]?.id ?? '', what] as const] : [])));
    return facts(snapshots, {
      images: chosen('image', 'x'),
      locks: chosen('lock', { state: 'governance', until: undefined }),
      volumeExists: (volume) => (volume.region === region ? (volume.id === 'vol-00000001' ? true : gone) : elsewhere),
    });
  });

describe('for any snapshots of a region', () => {
  const runs = { numRuns: 3000 };

  test('the plan agrees with the naive model', () => {
    let deletions = 0;
    fc.assert(
      fc.property(arbitraryFacts, (given) => {
        const plan = deleted(given);
        deletions += plan.length;
        expect(plan).toEqual(naive(given));
      }),
      runs,
    );
    // Two models that never delete would agree, too.
    expect(deletions).toBeGreaterThan(500);
  });

  test('the last one of an existing volume, the last good one, and those that are foreign or kept forever stay', () => {
    fc.assert(
      fc.property(arbitraryFacts, (given) => {
        const gone = new Set(deleted(given));
        const left = given.snapshots.filter((one) => !gone.has(one.id));
        const backups = (list: readonly Snapshot[], good: boolean): Set<string> =>
          new Set(
            list
              .filter(
                (one) => one.tags.Type === 'Automated' && one.state === 'completed' && !one.tags.Source_SnapshotId,
              )
              .filter((one) => !good || isGood(one))
              .map((one) => one.volumeId),
          );
        for (const volume of backups(given.snapshots, false))
          if (given.volumeExists({ region, id: volume }) !== false) expect(backups(left, false)).toContain(volume);
        for (const volume of backups(given.snapshots, true)) expect(backups(left, true)).toContain(volume);
        const untouchable = given.snapshots.filter((one) => one.tags.Type !== 'Automated' || 'KeepForever' in one.tags);
        expect(untouchable.filter((one) => gone.has(one.id))).toEqual([]);
      }),
      runs,
    );
  });

  test('a second run of the same day deletes nothing, and the order of the list does not matter', () => {
    fc.assert(
      fc.property(arbitraryFacts, (given) => {
        const gone = deleted(given);
        const left = given.snapshots.filter((one) => !gone.includes(one.id));
        expect(deleted({ ...given, snapshots: left })).toEqual([]);
        expect(deleted({ ...given, snapshots: [...given.snapshots].reverse() })).toEqual(gone);
      }),
      runs,
    );
  });

  test('a later date, a tag KeepForever or an earlier day never deletes more', () => {
    fc.assert(
      fc.property(arbitraryFacts, fc.nat(), (given, pick) => {
        const gone = new Set(deleted(given));
        const stays = (id: string): boolean => !gone.has(id);
        const chosen = given.snapshots.length === 0 ? -1 : pick % given.snapshots.length;
        const change = (tags: Record<string, string>): ExpiryFacts => ({
          ...given,
          snapshots: given.snapshots.map((one, index) =>
            index === chosen ? { ...one, tags: { ...one.tags, ...tags } } : one,
          ),
        });
        expect(deleted(change({ DeleteOn: '2099-01-01' })).filter(stays)).toEqual([]);
        expect(deleted(change({ KeepForever: 'Yes' })).filter(stays)).toEqual([]);
        expect(deleted({ ...given, today: '2026-11-20' }).filter(stays)).toEqual([]);
      }),
      runs,
    );
  });
});
