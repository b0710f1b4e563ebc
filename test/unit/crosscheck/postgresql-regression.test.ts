import { expect, test } from '@jest/globals';
import { Points } from '../../../crosscheck/points.ts';
import { compareSize } from '../../../crosscheck/witnesses/postgresql-regression/compare.ts';
import { least, type Size, scheduled } from '../../../crosscheck/witnesses/postgresql-regression/database.ts';

test('the tests of a schedule, in order', () => {
  const schedule = ['# comment', 'test: test_setup', '', 'test: point lseg  line ', 'ignore: random', '# test: none'];
  expect(scheduled(schedule.join('\n'))).toEqual(['test_setup', 'point', 'lseg', 'line']);
});

test('a database that is nearly empty differs', () => {
  const said = (size: Size): readonly string[] => {
    const points = new Points([]);
    compareSize(points, size);
    return points.tally(true).unexplained.map(({ point }) => point);
  };
  expect(said({ ...least, types: least.types * 2 })).toEqual([]);
  expect(said({ ...least, indexes: 12 })).toEqual([`at least ${least.indexes} indexes`]);
});
