/** Days that were written down are of a time zone: of a run they tell only where they are sure to be its own. */
import { describe, expect, test } from '@jest/globals';
import { evidenceOf } from '../../../../src/watch/evidence/evidence.ts';
import type { EvidenceBackup } from '../../../../src/watch/evidence/input.ts';
import { inputOf } from '../../../../src/watch/page/from-watch.ts';
import type { History, RememberedDays } from '../../../../src/watch/page/model/history.ts';
import { parseHistory } from '../../../../src/watch/page/model/history.ts';
import { historyOf, pageModel } from '../../../../src/watch/page/model/model.ts';
import { watch } from '../../../../src/watch/watchdog/watchdog.ts';
import { promised, schedule } from '../watchdog/given.ts';
import { evidenceBackup, input } from './given.ts';

const dayMs = 86_400_000;
const since = '2025-12-01T00:00:00.000Z';
const instance = { source: 'web', kind: 'rotation-snapshot', instanceId: 'i-1' } as const;

const webAt = (hour: number) =>
  promised({
    ...instance,
    schedules: [schedule(`23 ${hour} * * *`, { since, slot: { everyHours: 24, timeZone: 'UTC' } })],
    targets: { allowanceSeconds: 6 * 3600 },
    since,
  });

/**
 * Forty days from 1 January on, of which the tenth has no backup; five are kept.
 * @param zones of the pages, which take turns
 */
function fortyDays(hour: number, zones: readonly string[], before?: History) {
  const web = webAt(hour);
  const taken = Array.from({ length: 40 }, (_, day) => Date.UTC(2026, 0, 1 + day, hour, 25)).filter(
    (_, day) => day !== 9,
  );
  let history = before;
  let backups: EvidenceBackup[] = [];
  const last = new Date(Date.UTC(2026, 1, 9, 23, 41));
  for (let day = 0; day < 40; day += 1) {
    const now = new Date(Date.UTC(2026, 0, 1 + day, 23, 41));
    backups = taken
      .filter((time) => time <= now.getTime() && time > now.getTime() - 5 * dayMs)
      .map((time) => evidenceBackup(time, { ...instance, volumeId: 'vol-1', receiptKey: undefined }))
      .toReversed();
    const inventory = { backups, unread: [] };
    for (const timeZone of zones) {
      const settings = { title: 't', timeZone, writtenBy: 'Holdfast' };
      const sources = watch({ promises: [web], inventory, now });
      const watched = { repositories: [{ sources }], inventory, problems: [], history, now, settings };
      history = parseHistory(JSON.stringify(historyOf(pageModel(inputOf(watched)))));
    }
  }
  const found = evidenceOf(
    input({ promises: { 'acme/backups': [web] }, backups, history, now: last, deletedSince: undefined }),
  );
  return { history, runs: found.sources[0]?.runs, gaps: found.sources[0]?.gaps.map(({ from }) => from.slice(0, 10)) };
}

describe('days of a zone that is written down', () => {
  test.each([
    [23, ['UTC']],
    [23, ['Europe/Zurich']],
    [2, ['America/Los_Angeles']],
    [23, ['Europe/Zurich', 'UTC']],
    [2, ['Asia/Tokyo', 'America/Los_Angeles']],
  ])('tell what was missed at %d:23 UTC, on pages in %j', (hour, zones) => {
    const { runs, gaps } = fortyDays(hour, zones);
    expect(gaps).toEqual(['2026-01-10']);
    expect(runs).toMatchObject({ promised: 31, made: 0, recorded: 30, missed: 1, unknown: 0 });
  });

  test('are each kept by pages of other zones, which go on from them as days of an unknown one', () => {
    const utc = fortyDays(2, ['UTC']).history;
    const both = fortyDays(2, ['America/Los_Angeles'], utc).history;
    expect(both).toMatchObject({ timeZone: 'America/Los_Angeles', others: { UTC: { sources: utc?.sources } } });
    // The page was written on 1 January first.
    expect(both?.zonedFrom).toBe('2026-01-03');
    const again = fortyDays(2, ['UTC'], both).history;
    expect(again).toMatchObject({ timeZone: 'UTC', others: { 'America/Los_Angeles': { zonedFrom: '2026-01-03' } } });
    expect(again?.zonedFrom).toBeUndefined();
  });
});

describe('days of an earlier version, which tell no zone', () => {
  const judged = (codes: string, cron = '23 2 * * *') => {
    const none = Array.from(codes, () => null);
    const days: RememberedDays = { from: '2025-12-31', codes, bytes: none, recovery: none, pause: none };
    const history: History = {
      format: 'holdfast-history/1',
      recordedAt: '2026-02-01T00:00:00.000Z',
      sources: { 'database-dump orders': days },
    };
    const promises = { 'acme/backups': [promised({ schedules: [schedule(cron, { since })], since })] };
    const backups = [evidenceBackup('2026-02-01T02:25:00Z')];
    const { runs } =
      evidenceOf(input({ promises, backups, history: parseHistory(JSON.stringify(history)) })).sources[0] ?? {};
    return { recorded: runs?.recorded, missed: runs?.missed, unknown: runs?.unknown };
  };

  test('tell where the days around agree, and nothing where they do not', () => {
    expect(judged('p'.repeat(33))).toEqual({ recorded: 31, missed: 0, unknown: 0 });
    // 10 January in one zone, 9 or 11 January in another.
    expect(judged(`${'p'.repeat(10)}m${'p'.repeat(22)}`)).toEqual({ recorded: 29, missed: 0, unknown: 2 });
    expect(judged(`${'p'.repeat(10)}mm${'p'.repeat(21)}`)).toEqual({ recorded: 28, missed: 1, unknown: 2 });
  });

  test('tell of a weekly run in each zone, since it is not on a day that promised nothing', () => {
    const weeks = Array.from({ length: 33 }, (_, at) => (at % 7 === 5 ? (at === 12 ? 'm' : 'p') : 'n')).join('');
    expect(judged(weeks, '23 12 * * 1')).toEqual({ recorded: 3, missed: 1, unknown: 0 });
  });
});

test('a bad day does not tell whether its backup failed', () => {
  const none = [null];
  const days = { from: '2026-01-05', codes: 'b', bytes: none, recovery: none, pause: none };
  const history: History = {
    format: 'holdfast-history/1',
    recordedAt: '2026-02-01T00:00:00.000Z',
    timeZone: 'UTC',
    sources: { 'database-dump orders': days },
  };
  const backups = [evidenceBackup('2026-01-31T03:20:00Z')];
  const evidence = evidenceOf(input({ promises: { 'acme/backups': [promised()] }, backups, history }));
  expect(evidence.sources[0]?.runs).toMatchObject({ made: 1, recorded: 0, missed: 0, unknown: 30 });
});

test('where nothing is kept, days that were written down come before the conclusion that there never was a backup', () => {
  const codes = `${'p'.repeat(20)}m${'t'.repeat(5)}`;
  const none = Array.from(codes, () => null);
  const history: History = {
    format: 'holdfast-history/1',
    recordedAt: '2026-02-01T00:00:00.000Z',
    timeZone: 'UTC',
    sources: { 'database-dump orders': { from: '2026-01-01', codes, bytes: none, recovery: none, pause: none } },
  };
  const evidence = evidenceOf(input({ promises: { 'acme/backups': [promised()] }, history }));
  expect(evidence.sources[0]?.runs).toMatchObject({ recorded: 25, missed: 6, unknown: 0 });
});
