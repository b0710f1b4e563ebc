import { expect, test } from '@jest/globals';
import { firstDifference } from '../../../crosscheck/lib/programs.ts';
import { contentOf } from '../../../crosscheck/witnesses/postgresql/client.ts';

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
