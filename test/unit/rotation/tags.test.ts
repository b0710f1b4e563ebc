import { expect, test } from '@jest/globals';
import { takenAt, volumeOf } from '../../../src/rotation/plan/origin.ts';
import {
  describeSnapshot,
  isAutomated,
  isCopy,
  isKeptForever,
  readDescription,
  wordsOf,
} from '../../../src/rotation/plan/tags.ts';
import { region, snapshot } from './samples.ts';

const facts = {
  name: 'web (old) - 1',
  instanceId: 'i-0123456789abcdef0',
  volumeId: 'vol-0123456789abcdef0',
  device: '/dev/sdf',
  region: 'us-gov-west-1',
};

test('a description has the documented form and can be read back', () => {
  const text = describeSnapshot(facts);
  expect(text).toBe('web (old) - 1 (i-0123456789abcdef0) - vol-0123456789abcdef0 (/dev/sdf) - us-gov-west-1');
  const { name: _name, ...rest } = facts;
  expect(readDescription(text)).toEqual(rest);
  expect(describeSnapshot({ ...facts, name: undefined })).toMatch(/^i-0123456789abcdef0 \(/);
  const long = describeSnapshot({ ...facts, name: 'x'.repeat(300) });
  expect(long).toHaveLength(255);
  expect(readDescription(long)).toEqual(rest);
  for (const other of ['', 'web', 'Created for policy: policy-1', 'web - vol-1 (/dev/sdf)'])
    expect(readDescription(other)).toBeUndefined();
});

test('the tags identify what a snapshot is', () => {
  expect([isAutomated({ Type: 'Automated' }), isAutomated({ Type: 'automated' }), isAutomated({})]).toEqual([
    true,
    false,
    false,
  ]);
  expect([isKeptForever({ KeepForever: '' }), isKeptForever({})]).toEqual([true, false]);
  expect([isCopy({ Source_SnapshotId: 'snap-1' }), isCopy({})]).toEqual([true, false]);
  expect(wordsOf(' eu-west-1, us-east-1;x  y ')).toEqual(['eu-west-1', 'us-east-1', 'x', 'y']);
});

test('volume and time of a copy are those of its primary', () => {
  const tags = { Source_SnapshotId: 'snap-1', 'holdfast:volume': 'vol-2', 'holdfast:source-region': 'eu-west-1' };
  const startedAt = new Date('2026-11-01T00:00:00Z');
  expect(volumeOf(snapshot('snap-2', { volumeId: 'vol-1' }), region)).toEqual({ region, id: 'vol-1' });
  expect(volumeOf(snapshot('snap-2', { tags }), region)).toEqual({ region: 'eu-west-1', id: 'vol-2' });
  expect(volumeOf(snapshot('snap-2', { tags: { ...tags, 'holdfast:source-region': '' } }), region)).toEqual({
    region: '',
    id: 'vol-2',
  });
  const half = { Source_SnapshotId: 'snap-1', 'holdfast:volume': 'vol-2' };
  expect(volumeOf(snapshot('snap-2', { tags: half }), region)).toBeUndefined();
  expect(volumeOf(snapshot('snap-2', { tags: { ...half, Description: describeSnapshot(facts) } }), region)).toEqual({
    region: facts.region,
    id: facts.volumeId,
  });
  expect(takenAt(snapshot('snap-2', { startedAt }))).toBe(startedAt.getTime());
  expect(takenAt(snapshot('snap-2', { startedAt, tags: { 'holdfast:taken-at': '2026-10-01T00:00:00Z' } }))).toBe(
    Date.UTC(2026, 9, 1),
  );
});
