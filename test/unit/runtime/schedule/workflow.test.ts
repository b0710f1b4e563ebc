/** The schedules of workflow files as people write them. */
import { expect, test } from '@jest/globals';
import { schedulesIn } from '../../../../src/runtime/schedule/workflow.ts';

const file = (schedule: string) => `name: a\non:\n  schedule:\n${schedule}\njobs: {}\n`;

test('cron in any quotes, with and without a time zone', () => {
  const text = file(
    `    - cron: '17  3 * * *'\n    - cron: 23 4 * * MON\n      timezone: europe/zurich\n    # - cron: "1 1 * * *"`,
  );
  expect(schedulesIn(text)).toEqual({
    schedules: [
      { expression: '17 3 * * *', timeZone: 'UTC' },
      { expression: '23 4 * * MON', timeZone: 'Europe/Zurich' },
    ],
    problems: [],
  });
});

test('what GitHub refuses is told, and the other schedules count all the same', () => {
  const { schedules, problems } = schedulesIn(
    file('    - cron: "@daily"\n    - cron: "5 4 * * *"\n    - cron: "5 5 * * *"\n      timezone: Mars/Base'),
  );
  expect(schedules).toEqual([{ expression: '5 4 * * *', timeZone: 'UTC' }]);
  expect(problems).toEqual([expect.stringContaining('@daily'), expect.stringContaining('Mars/Base')]);
});

test.each(['on: push', 'on: [push, schedule]', 'on:\n  schedule:\n', '', 'just text'])('no schedule in %j', (text) => {
  expect(schedulesIn(text)).toEqual({ schedules: [], problems: [] });
});

test('a file that is no YAML is a problem', () => {
  expect(schedulesIn('on: [').problems).toEqual([expect.stringContaining('not valid YAML')]);
});
