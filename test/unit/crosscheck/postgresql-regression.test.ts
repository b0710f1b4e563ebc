import { expect, test } from '@jest/globals';
import { scheduled } from '../../../crosscheck/witnesses/postgresql-regression/database.ts';

test('the tests of a schedule, in order', () => {
  const schedule = ['# comment', 'test: test_setup', '', 'test: point lseg  line ', 'ignore: random', '# test: none'];
  expect(scheduled(schedule.join('\n'))).toEqual(['test_setup', 'point', 'lseg', 'line']);
});
