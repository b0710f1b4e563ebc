/**
 * A leap year of fourteen sources and three instances, with both watchdogs as they really run, on AWS and GitHub in memory: GitHub drops 3 %
 * of the runs, starts others up to twelve hours late, its own watchdog among them, and none at all from 12 September on. A source is
 * renamed, one deleted, one paused and resumed, one moved; targets change; dumps fail, cannot be proven, take long to restore, or are
 * deleted; an instance is terminated, another has a target and no backup; the function dies between a mail and its note of it.
 * `HOLDFAST_YEAR=whole` lives all 14,700 looks; without it, those where something may be told, and all of sixteen days.
 */
import { expect, test } from '@jest/globals';
import { silent } from './year/customer.ts';
import { Reader, toldLate } from './year/reader.ts';
import { live, yearOf } from './year/year.ts';

test('every miss is told within its target and an hour, none falsely, each once, and closed when it comes; both watchdogs agree', async () => {
  const year = yearOf(2028, process.env.HOLDFAST_YEAR === 'whole');
  const reader = new Reader();
  await live(year, reader.see);
  // What is open by mails and by issues after every look is what the schedules, targets and backups say by themselves.
  expect(reader.faults).toEqual([]);
  const { misses, late } = toldLate(year.made, reader);
  expect(late).toEqual([]);

  // Something happened in this year.
  expect(misses).toBeGreaterThan(1000);
  expect(reader.together).toBeGreaterThan(500);
  const count = (title: string) => reader.told.get(title) ?? 0;
  for (const title of [
    'Backup of the volumes of bare is missing',
    'Backup of the volumes of web is missing',
    'Newest proven backup of the volumes of web is too old',
    'Backup of leap is missing',
    'Backup of monthly is missing',
    'Backup of never is missing',
    'Restore of daily takes too long',
    'Restore of moved takes too long',
    'Restore of zurich takes too long',
    'Newest proven backup of weekly is too old',
    'Newest proven backup of moved is too old',
  ])
    expect([title, count(title) > 0]).toEqual([title, true]);
  // What was deleted or renamed is not missed for the rest of the year, and what GitHub no longer starts is.
  const open = [...(reader.states.at(-1)?.open ?? [])].filter((title) => title.endsWith(' is missing'));
  const sources = ['both', 'daily', 'monthly', 'moved', 'new-name', 'often', 'paused', 'two-lines', 'weekly', 'zurich'];
  expect(open.toSorted()).toEqual(
    [...sources, 'never', 'the volumes of web'].toSorted().map((source) => `Backup of ${source} is missing`),
  );
  // That nobody on GitHub looks is told once: two days after the day of its last look.
  expect(count('No watchdog looks at acme/backups')).toBe(1);
  const since = reader.states.find((state) => state.open.has('No watchdog looks at acme/backups'))?.time ?? 0;
  expect(new Date(since).toISOString()).toBe('2028-09-14T00:41:00.000Z');
  expect(since).toBeLessThan(silent + 3 * 86_400_000);
  // A mail comes twice only where the function had died before it could write down that it sent one.
  const deaths = year.looks.filter(({ dies }) => dies).length;
  expect(deaths).toBeGreaterThan(20);
  expect(reader.again.length).toBeGreaterThan(0);
});
