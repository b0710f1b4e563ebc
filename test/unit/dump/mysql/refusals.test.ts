import { expect, test } from '@jest/globals';
import { parseClientError, refusalOf } from '../../../../src/dump/engines/mysql/refusals/refusals.ts';

test.each([
  ['ERROR 4025 (23000) at line 9: CONSTRAINT `mail` failed for `s`.`t`', 'rows', 'anonymised file'],
  ["ERROR 3819 (HY000) at line 9: Check constraint 'mail' is violated.", 'rows', 'anonymised file'],
  [
    'ERROR 6125 (HY000) at line 9: Failed to add the foreign key constraint. Missing unique key',
    'definition',
    'restrict_fk_on_non_standard_key=OFF',
  ],
])('%s says what to do', (line, reason, fix) => {
  const error = parseClientError(line);
  if (error === undefined) throw new Error('not read');
  expect(refusalOf(error, 'TABLE s.t')).toMatchObject({ reason, fix: expect.stringContaining(fix) });
});
