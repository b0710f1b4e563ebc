/** Tags written nearly like those of the rotation. */
import { expect, test } from '@jest/globals';
import { readConfiguration } from '../../../src/rotation/plan/configuration.ts';
import { planExpiry } from '../../../src/rotation/plan/expire.ts';
import { isLikeKeepForever, likeBackup, likeConfiguration } from '../../../src/rotation/plan/near-miss.ts';
import { decisiveTags } from '../../../src/rotation/plan/tags.ts';
import { expiryLines } from '../../../src/rotation/report/plan-lines.ts';
import { expiredRows } from '../../../src/rotation/report/rows.ts';
import { due, instance, region, today } from './samples.ts';

test.each([
  ['Keepforever', true],
  ['keepForever', true],
  ['KEEPFOREVER', true],
  ['KeepForever ', true],
  [' KeepForever', true],
  ['Keep Forever', true],
  ['Keep-Forever', true],
  ['keep_forever', true],
  ['KeepForevr', true],
  ['KeepForeverr', true],
  ['KepeForever', true],
  ['KeepForeber', true],
  ['KeepForever', false],
  ['KeepForeverUntil', false],
  ['Keep', false],
  ['Forever', false],
  ['KeepFor7Days', false],
  ['Description', false],
  ['BillingGroup', false],
])('"%s" is like KeepForever: %s', (key, like) => {
  expect(isLikeKeepForever(key)).toBe(like);
});

test('no tag of the rotation itself is like KeepForever', () => {
  for (const key of decisiveTags) expect(isLikeKeepForever(key)).toBe(false);
});

test('a snapshot that is meant to be kept stays, and is named with what is wrong', () => {
  const facts = { region, today, volumeExists: () => false, images: new Map(), locks: new Map() };
  const plan = planExpiry({ ...facts, snapshots: [due('snap-1', { tags: { 'Keep-Forever': 'yes' } }), due('snap-2')] });
  expect(plan.decisions.map(({ kind }) => kind)).toEqual(['keep', 'delete']);
  expect(plan.warnings).toEqual([
    { resource: 'snap-1', what: expect.stringContaining('the tag "Keep-Forever"=yes is not KeepForever') },
  ]);
  // Also long before it is due.
  const early = due('snap-3', { tags: { DeleteOn: '2099-01-01', keepforever: '' } });
  expect(planExpiry({ ...facts, snapshots: [early] }).warnings).toHaveLength(1);
});

test('tags of an instance that have no effect are warnings, unless the right one is there, too', () => {
  const warningsOf = (tags: Record<string, string>): string[] =>
    readConfiguration(instance(tags), {
      retention: { days: 7, weeks: 0, months: 0 },
      regions: undefined,
      region,
    }).warnings.map(({ what }) => what);
  expect(warningsOf({ retention: '90d', 'Copy-Dest': 'eu-west-1', Owner: 'me', 'exclude volumes': 'root' })).toEqual([
    'the tag "retention"=90d is not Retention, so it has no effect; correct its key if it should',
    'the tag "Copy-Dest"=eu-west-1 is not Copy_Dest, so it has no effect; correct its key if it should',
    'the tag "exclude volumes"=root is not Exclude_Volumes, so it has no effect; correct its key if it should',
  ]);
  expect(warningsOf({ Retention: '7d', retention: '90d', name: 'x', backup: 'yes' })).toEqual([]);
});

test.each(likeBackup)('an instance with "%s" is not backed up, and no mistake fails the run', (key) => {
  const { Backup: _backup, ...others } = instance().tags;
  const one = { ...instance(), tags: { ...others, [key]: 'Yes' } };
  const read = readConfiguration(one, { retention: { days: 7, weeks: 0, months: 0 }, regions: undefined, region });
  expect(read).toMatchObject({ configuration: undefined, problems: [] });
  expect(read.warnings[0]?.what).toContain('is not Backup, so no snapshot is taken');
  expect(likeConfiguration(one.tags)).toHaveLength(1);
});

test('a copy is named with the volume or the instance that it is of', () => {
  const copy = (tags: Record<string, string>) =>
    due('snap-1', { volumeId: 'vol-ffffffff', tags: { Source_SnapshotId: 'snap-0', ...tags } });
  const line = (tags: Record<string, string>) => {
    const decision = { kind: 'delete', snapshot: copy(tags), reason: 'r' } as const;
    const [row] = expiredRows([decision]);
    const [planned] = expiryLines({ decisions: [decision], problems: [], warnings: [], share: 0 });
    expect(planned?.decision).toBe(`delete snap-1 of ${row?.volumeId}`);
    return row?.volumeId;
  };
  expect(line({ 'holdfast:volume': 'vol-1', 'holdfast:source-region': 'us-east-1' })).toBe('vol-1');
  expect(line({ 'holdfast:instance': 'i-1' })).toBe('i-1');
  expect(line({})).toBe('an unknown volume');
});
