/** Where the first statement of a stretch of SQL starts. */
import { expect, test } from '@jest/globals';
import { codeBegin } from '../../../src/anonymize/format/lexical.ts';

test.each([
  ['-- a\n  SELECT', 7],
  ['/* a */ SELECT', 8],
  ['  ', 2],
])('in %j', (sql, begin) => {
  expect(codeBegin(Buffer.from(sql), 0, sql.length)).toBe(begin);
});

test.each(['/* old */', '-- old\n'])('what lies behind the end is not read: %j', (rest) => {
  const sql = '-- a\n';
  expect(codeBegin(Buffer.from(`${sql}${rest}`), 0, sql.length)).toBe(sql.length);
});
