import { describe, expect, test } from '@jest/globals';
import type { Snapshot } from '../../../src/domain/ec2.ts';
import { type CopyFacts, destinationsOf, planCopy } from '../../../src/rotation/plan/copy.ts';
import { estimateCost } from '../../../src/rotation/plan/cost.ts';
import { now, region, snapshot, today } from './samples.ts';

const primary = (id: string, more: Partial<Snapshot> = {}): Snapshot =>
  snapshot(id, {
    ...more,
    tags: {
      Type: 'Automated',
      Copy_Dest: 'eu-west-1',
      DeleteOn: '2027-01-01',
      Description: 'web',
      'holdfast:instance': 'i-1',
      ...more.tags,
    },
  });
const copy = (source: string, more: Partial<Snapshot> = {}): Snapshot =>
  snapshot(`copy-of-${source}`, {
    volumeId: 'vol-ffffffff',
    ...more,
    tags: { Type: 'Automated', Source_SnapshotId: source, DeleteOn: '2027-01-01', Description: 'web', ...more.tags },
  });
const facts = (snapshots: Snapshot[], copies: Snapshot[] = [], more: Partial<CopyFacts> = {}): CopyFacts => ({
  region,
  snapshots,
  copies: new Map([['eu-west-1', copies]]),
  regions: new Set([region, 'eu-west-1', 'ap-southeast-2']),
  kmsKeys: {},
  maxCopies: 20,
  today,
  now,
  ...more,
});
const ids = (given: CopyFacts): string[] => planCopy(given).copies.map((one) => one.source.id);

test('a copy gets all its tags in the call that makes it', () => {
  const source = primary('snap-1', { tags: { KeepForever: 'Yes', Integrity: 'good', Custom: 'x' } });
  const plan = planCopy(facts([source], [], { kmsKeys: { 'eu-west-1': 'alias/backup' } }));
  expect(plan.copies).toEqual([
    {
      source,
      destination: 'eu-west-1',
      description: 'web',
      kmsKeyId: 'alias/backup',
      tags: {
        Type: 'Automated',
        DeleteOn: '2027-01-01',
        Description: 'web',
        Integrity: 'good',
        KeepForever: 'Yes',
        Source_SnapshotId: 'snap-1',
        'holdfast:kept-by-primary': 'Yes',
        'holdfast:instance': 'i-1',
        'holdfast:made-by': 'ebs-rotate',
        'holdfast:source-region': region,
        'holdfast:volume': source.volumeId,
        'holdfast:taken-at': source.startedAt.toISOString(),
      },
    },
  ]);
});

describe('what is copied', () => {
  test('never twice, never a copy of a copy, never what the rotation does not own', () => {
    expect(ids(facts([primary('snap-1')], [copy('snap-1', { state: 'pending' })]))).toEqual([]);
    expect(ids(facts([primary('snap-1', { tags: { Source_SnapshotId: 'snap-0' } })]))).toEqual([]);
    expect(ids(facts([primary('snap-1', { tags: { Type: 'Manual' } })]))).toEqual([]);
  });

  test('the oldest first, within the limit of copies in progress; the rest waits', () => {
    const list = [2, 3, 1].map((day) => primary(`snap-${day}`, { startedAt: new Date(Date.UTC(2026, 10, day)) }));
    const pending = [copy('snap-8', { state: 'pending' }), copy('snap-9', { state: 'pending' })];
    const plan = planCopy(facts(list, pending, { maxCopies: 4 }));
    expect(plan.copies.map((one) => one.source.id)).toEqual(['snap-1', 'snap-2']);
    expect(plan.waiting).toMatchObject([{ source: { id: 'snap-3' }, soon: true }]);
    expect(planCopy(facts(list, pending, { maxCopies: 1 })).copies).toEqual([]);
  });

  test.each<[string, Partial<Snapshot>, object[]]>([
    ['pending', { state: 'pending' }, [{ soon: true }]],
    ['archived', { tier: 'archive' }, [{ soon: false }]],
    ['failed', { state: 'error' }, []],
    ['due', { tags: { DeleteOn: today } }, []],
  ])('%s snapshots are not copied now', (_name, change, waiting) => {
    const plan = planCopy(facts([primary('snap-1', change)]));
    expect(plan.copies).toEqual([]);
    expect(plan.waiting).toMatchObject(waiting);
    expect(plan.waiting).toHaveLength(waiting.length);
  });

  test('snapshots that are due but kept forever, or whose date is unreadable, are copied', () => {
    expect(ids(facts([primary('snap-1', { tags: { DeleteOn: today, KeepForever: 'Yes' } })]))).toEqual(['snap-1']);
    expect(ids(facts([primary('snap-1', { tags: { DeleteOn: 'soon' } })]))).toEqual(['snap-1']);
  });

  test('a failed copy is reported, and tried again after six hours', () => {
    const failed = (hours: number): Snapshot =>
      copy('snap-1', {
        state: 'error',
        stateMessage: 'no key',
        startedAt: new Date(now.getTime() - hours * 3_600_000),
      });
    const fresh = planCopy(facts([primary('snap-1')], [failed(5.9), failed(20)]));
    expect(fresh.copies).toEqual([]);
    expect(fresh.failed).toMatchObject([{ reason: expect.stringContaining('no key') }]);
    expect(ids(facts([primary('snap-1')], [failed(6), failed(20)]))).toEqual(['snap-1']);
    const silent = { ...failed(1), stateMessage: undefined };
    expect(planCopy(facts([primary('snap-1')], [silent])).failed).toMatchObject([
      { reason: expect.stringContaining('AWS gives no reason') },
    ]);
  });

  test('a name that is not a region is reported once, and does not stop the others', () => {
    const list = [1, 2].map((number) =>
      primary(`snap-${number}`, { tags: { Copy_Dest: `mars-1 ${region} eu-west-1` } }),
    );
    const plan = planCopy(facts(list));
    expect(plan.copies).toHaveLength(2);
    expect(plan.problems).toHaveLength(2);
    expect(destinationsOf(list, facts(list))).toEqual(['eu-west-1']);
  });

  test('nothing is copied to a destination that did not answer', () => {
    expect(planCopy(facts([primary('snap-1')], [], { copies: new Map() }))).toMatchObject({ copies: [], waiting: [] });
  });
});

describe('copies follow their primaries', () => {
  const change = (source: Snapshot, there: Snapshot) => planCopy(facts([source], [there])).retags[0];
  test('a copy that was proven itself keeps what was found of it', () => {
    const tags = { DeleteOn: '2028-01-01', Integrity: 'good', DBBackupValid: 'True' };
    const source = primary('snap-1', { tags });
    const bad = { Integrity: 'bad', DBBackupValid: 'False' };
    const copied = (more: Readonly<Record<string, string>>) => copy('snap-1', { tags: { ...bad, ...more } });
    expect(change(source, copied({}))?.set).toMatchObject(tags);
    const proven = copied({ 'holdfast:proven': '2026-11-20T05:00:00Z' });
    expect(change(source, proven)?.set).toMatchObject({ DeleteOn: '2028-01-01' });
    expect(Object.keys(change(source, proven)?.set ?? {})).not.toEqual(expect.arrayContaining(['Integrity']));
    expect(change(source, proven)?.set).not.toHaveProperty('DBBackupValid');
  });

  test('with dates, descriptions and verdicts', () => {
    expect(change(primary('snap-1'), copy('snap-1'))).toBeUndefined();
    const source = primary('snap-1', { tags: { DeleteOn: '2028-01-01', Integrity: 'good' } });
    expect(change(source, copy('snap-1'))).toMatchObject({
      set: { DeleteOn: '2028-01-01', Integrity: 'good' },
      remove: [],
    });
  });
  test('but not with an unreadable date', () => {
    expect(change(primary('snap-1', { tags: { DeleteOn: 'soon' } }), copy('snap-1'))).toBeUndefined();
  });
  test('KeepForever is added, and removed only if it came from the primary', () => {
    const kept = primary('snap-1', { tags: { KeepForever: 'Yes' } });
    expect(change(kept, copy('snap-1'))?.set).toEqual({ KeepForever: 'Yes', 'holdfast:kept-by-primary': 'Yes' });
    expect(change(kept, copy('snap-1', { tags: { KeepForever: 'by hand' } }))).toBeUndefined();
    const followed = copy('snap-1', { tags: { KeepForever: 'Yes', 'holdfast:kept-by-primary': 'Yes' } });
    expect(change(primary('snap-1'), followed)?.remove).toEqual(['KeepForever', 'holdfast:kept-by-primary']);
    expect(change(primary('snap-1'), copy('snap-1', { tags: { KeepForever: 'by hand' } }))).toBeUndefined();
  });
});

test('the cost lies between one whole snapshot of each volume and all of them whole', () => {
  const list = [
    snapshot('snap-1', { volumeId: 'vol-1', sizeGiB: 100 }),
    snapshot('snap-2', { volumeId: 'vol-1', sizeGiB: 100, fullBytes: 50 * 1024 ** 3 }),
    snapshot('snap-3', { volumeId: 'vol-2', sizeGiB: 10 }),
    snapshot('snap-4', { state: 'error', sizeGiB: 1000 }),
    snapshot('snap-5', { sizeGiB: 1, tags: { Source_SnapshotId: 'x' } }),
  ];
  expect(estimateCost(list, region, 0.05)).toEqual({
    snapshots: 5,
    volumes: 3,
    lowGiB: 111,
    highGiB: 161,
    price: 0.05,
  });
});
