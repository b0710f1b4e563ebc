import { describe, expect, test } from '@jest/globals';
import type { KeptBackup } from '../../../../src/domain/backup.ts';
import { inputOf } from '../../../../src/watch/page/from-watch.ts';
import { parseHistory } from '../../../../src/watch/page/model/history.ts';
import { historyOf, pageModel } from '../../../../src/watch/page/model/model.ts';
import { pagePromise } from '../../../../src/watch/page/promised.ts';
import { renderPage } from '../../../../src/watch/page/render/page.ts';
import type { PromisedSchedule, PromisedSource } from '../../../../src/watch/promises/promise.ts';
import { watch } from '../../../../src/watch/watchdog/watchdog.ts';
import { backup, input, now } from './samples.ts';

const schedule: PromisedSchedule = {
  expression: '0 2 * * *',
  timeZone: 'UTC',
  workflow: '.github/workflows/postgres-backup.yml',
  since: '2026-11-01T00:00:00.000Z',
};

function promised(more: Partial<PromisedSource> = {}): PromisedSource {
  return {
    source: 'shop.prod',
    kind: 'database-dump',
    schedules: [schedule],
    targets: { allowanceSeconds: 43_200 },
    since: schedule.since,
    ...more,
  };
}

function modelOf(
  promises: readonly PromisedSource[],
  backups: readonly KeptBackup[],
  at = now,
  more: Partial<Parameters<typeof inputOf>[0]> = {},
) {
  const inventory = { backups, unread: [] };
  const watched = watch({ promises, inventory, now: at });
  const { settings } = input();
  return pageModel(
    inputOf({
      repositories: [{ sources: watched }],
      inventory,
      problems: [],
      history: undefined,
      now: at,
      settings,
      ...more,
    }),
  );
}

test('a schedule that nobody can read leaves all sources on the page, and says so at its own', () => {
  const unreadable = promised({ source: 'wiki', schedules: [{ ...schedule, timeZone: 'Mars/Base' }] });
  const { sources } = modelOf([unreadable, promised()], []);
  expect(sources.map(({ source, troubles }) => [source, troubles[0]?.text]).toSorted()).toEqual([
    ['shop.prod', expect.stringContaining('has never been backed up')],
    ['wiki', expect.stringContaining('cannot be judged')],
  ]);
});

describe('the runs of a promise', () => {
  test('are those since its schedule was read, and the next ones', () => {
    const { runs, since, workflow, schedules } = pagePromise(promised(), now, new Map());
    expect([runs[0], runs.at(-1), runs.length]).toEqual(['2026-11-01T02:00:00.000Z', '2026-11-29T02:00:00.000Z', 29]);
    expect([since, workflow, schedules]).toEqual([schedule.since, 'postgres-backup.yml', ['0 2 * * * (UTC)']]);
  });

  test('keep local time over a change of the clock', () => {
    const berlin = { ...schedule, expression: '30 2 * * *', timeZone: 'Europe/Berlin', since: '2026-10-20T00:00:00Z' };
    const { runs } = pagePromise(promised({ since: berlin.since, schedules: [berlin] }), now, new Map());
    expect(runs.filter((run) => run >= '2026-10-24' && run < '2026-10-27')).toEqual([
      '2026-10-24T00:30:00.000Z',
      '2026-10-25T00:30:00.000Z',
      '2026-10-26T01:30:00.000Z',
    ]);
  });

  test('end with their schedule, which is then not told any more', () => {
    const ended = { ...schedule, until: '2026-11-10T00:00:00Z' };
    const { runs, schedules, workflow } = pagePromise(promised({ schedules: [ended] }), now, new Map());
    expect([runs.at(-1), schedules, workflow]).toEqual(['2026-11-09T02:00:00.000Z', [], undefined]);
  });

  test('that share a slot are one', () => {
    const rotation = { ...schedule, expression: '7 */6 * * *', slot: { everyHours: 24, timeZone: 'UTC' } };
    const { runs } = pagePromise(promised({ schedules: [rotation] }), now, new Map());
    expect(runs.slice(0, 2)).toEqual(['2026-11-01T00:07:00.000Z', '2026-11-02T00:07:00.000Z']);
  });

  test('of what runs every hour are known for weeks, and the page knows since when', () => {
    const hourly = { ...schedule, expression: '5 * * * *' };
    const { runs, since } = pagePromise(promised({ schedules: [hourly] }), now, new Map());
    expect(runs.length).toBeGreaterThan(400);
    expect(since).toBe(runs[0]);
  });
});

describe('the page and the watchdog', () => {
  test('agree on a missing backup, and on one that came', () => {
    const before = modelOf([promised()], [backup('2026-11-25T02:05:00Z')]);
    expect(before.troubled.map(({ state }) => state)).toEqual(['missing']);
    expect(before.sources[0]?.year.at(-2)?.code).toBe('m');
    expect(modelOf([promised()], [backup('2026-11-25T02:05:00Z'), backup('2026-11-26T13:05:00Z')]).troubled).toEqual(
      [],
    );
  });

  test('agree every twelve hours of six weeks, with a backup missed, late, or in time', () => {
    const start = Date.UTC(2026, 8, 1);
    const since = new Date(start - 86_400_000).toISOString();
    const one = promised({ since, schedules: [{ ...schedule, since }] });
    const made: KeptBackup[] = [];
    let history = parseHistory(undefined);
    let missed = 0;
    for (let hour = 0; hour < 42 * 24; hour += 12) {
      const at = new Date(start + hour * 3_600_000 + 30 * 60_000);
      const day = Math.floor(hour / 24);
      // Each seventh day none, each fifth nine hours late.
      const dueHour = day % 5 === 2 ? 11 : 2;
      const time = start + day * 86_400_000 + dueHour * 3_600_000;
      if (day % 7 !== 4 && time > at.getTime() - 12 * 3_600_000 && time <= at.getTime())
        made.unshift(backup(new Date(time).toISOString()));
      const model = modelOf([one], made.slice(0, 5), at, { history });
      history = historyOf(model);
      const told = model.troubled.some(({ state }) => state === 'missing');
      // What is promised and due now, and has no backup since, is the newest due day on the calendar.
      const due = model.sources[0]?.year.findLast(({ code }) => code !== 'w' && code !== 'n');
      if (hour > 24) expect([at.toISOString(), due?.code === 'm']).toEqual([at.toISOString(), told]);
      if (told) missed += 1;
    }
    expect(missed).toBeGreaterThan(4);
  });

  test('a failure is told with its cause and its mend; what could not be read stands in the answer', () => {
    const inventory = {
      backups: [],
      unread: [{ what: 'receipts of acme', reason: 'AccessDenied', hides: ['database-dump' as const] }],
    };
    const watched = watch({ promises: [promised()], inventory, now });
    const { settings } = input();
    const page = renderPage(
      pageModel(
        inputOf({
          repositories: [{ sources: watched }],
          inventory,
          problems: ['targets: no'],
          history: undefined,
          now,
          settings,
        }),
      ),
    );
    expect(page).toContain('<li>receipts of acme: AccessDenied</li><li>targets: no</li>');
    expect(page).toContain('receipts of acme could not be read: AccessDenied.');
    const missing = modelOf([promised({ disabled: 'disabled_inactivity' })], []);
    expect(missing.troubled[0]?.troubles[0]?.text).toMatch(
      /never been backed up.* Likely cause: .*\. To mend it: .*\.$/,
    );
  });
});
