import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Commit, compareVersions, isVersion, versions } from '../../../scripts/release/version.ts';

const at = (time: string): number => Date.parse(time) / 1000;
const tags = (...times: string[]): string[] =>
  versions(times.map((time, index) => ({ hash: String(index), at: at(time) }))).map(({ tag }) => tag);

test('a version is the date in UTC and the number of the commit on that day, without leading zeros', () => {
  expect(
    tags('2026-11-26T00:00:00Z', '2026-11-26T23:59:59Z', '2026-11-27T01:00:00+02:00', '2027-01-05T12:00:00Z'),
  ).toEqual(['v2026.1126.1', 'v2026.1126.2', 'v2026.1126.3', 'v2027.105.1']);
});

test('a commit that claims to be older than the one before it does not get an older version', () => {
  expect(tags('2026-11-26T12:00:00Z', '2026-11-20T12:00:00Z', '2026-11-26T13:00:00Z')).toEqual([
    'v2026.1126.1',
    'v2026.1126.2',
    'v2026.1126.3',
  ]);
});

const histories = fc
  .array(fc.integer({ min: at('2025-12-28T00:00:00Z'), max: at('2027-01-15T00:00:00Z') }), { minLength: 1 })
  .map((times): Commit[] => times.map((time, index) => ({ hash: String(index), at: time })));

test('each commit of any history has a semantic version of its own, greater than that of the one before it', () => {
  fc.assert(
    fc.property(histories, (history) => {
      const all = versions(history).map(({ tag }) => tag);
      for (const [index, tag] of all.entries()) {
        expect(isVersion(tag)).toBe(true);
        // The pattern of semver.org for three numbers.
        expect(tag).toMatch(/^v(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$/);
        if (index > 0) expect(compareVersions(tag, all[index - 1] ?? '')).toBeGreaterThan(0);
      }
    }),
  );
});

test('later commits change no version of earlier ones', () => {
  fc.assert(
    fc.property(histories, fc.nat(), (history, cut) => {
      const until = 1 + (cut % history.length);
      expect(versions(history.slice(0, until))).toEqual(versions(history).slice(0, until));
    }),
  );
});

test.each(['2026.1126.1', 'v2026.1126', 'v2026.1126.0', 'v2026.0105.1', 'v2026.11.26-1', 'v1.2.3', 'v2026.1126.1-rc'])(
  '%s is no version',
  (tag) => {
    expect(isVersion(tag)).toBe(false);
    expect(() => compareVersions(tag, 'v2026.1126.1')).toThrow('not a version');
  },
);
