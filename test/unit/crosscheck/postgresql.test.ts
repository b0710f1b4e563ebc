import { expect, test } from '@jest/globals';
import { contentOf } from '../../../crosscheck/lib/postgres-client.ts';
import { firstDifference } from '../../../crosscheck/lib/programs.ts';
import { absentSeries, majorOf, withOwn } from '../../../crosscheck/witnesses/postgresql/series.ts';

test('two dumps of the same content are the same text, whatever made them and when', () => {
  const dump = (version: string, word: string, row: string) =>
    `-- Dumped from database version ${version}\n\\restrict ${word}\nCOPY t FROM stdin;\n${row}\n\\.\n`;
  expect(contentOf(dump('13.1', 'abc', '1'))).toBe(contentOf(dump('18.6', 'def', '1')));
  expect(contentOf(dump('13.1', 'abc', '1'))).not.toBe(contentOf(dump('13.1', 'abc', '2')));
});

test('the first line that differs is named with its number, also where one text ends', () => {
  expect(firstDifference('a\nb', 'a\nc')).toEqual(['line 2: b', 'line 2: c']);
  expect(firstDifference('a', 'a\nc')).toEqual(['line 2: (none)', 'line 2: c']);
});

test('this computer brings its own series, and what is then missing is known', () => {
  const others = [13, 14, 16, 17, 18].map((major) => ({ major, programs: { folder: `/of/${major}`, bin: 'bin' } }));
  const majors = (own: number | undefined) => withOwn(others, own).map(({ major }) => major);
  expect(majors(15)).toEqual([13, 14, 15, 16, 17, 18]);
  expect(absentSeries(withOwn(others, 15))).toEqual([]);
  // Ubuntu 24.04.
  expect(majors(16)).toEqual([13, 14, 16, 17, 18]);
  expect(withOwn(others, 16).find(({ major }) => major === 16)?.programs).toBeUndefined();
  expect(absentSeries(withOwn(others, 16))).toEqual([15]);
  expect(majors(undefined)).toEqual([13, 14, 16, 17, 18]);
  expect([majorOf('/usr/lib/postgresql/16/bin'), majorOf(undefined)]).toEqual([16, undefined]);
});
