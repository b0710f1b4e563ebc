/** What is told of the messages of a pg_dump that succeeds; they are those of PostgreSQL 12 to 18. */
import { expect, test } from '@jest/globals';
import { warningsOfPgDump } from '../../../src/dump/engines/postgres/snapshot/pg-dump-warnings.ts';

test('warnings are told with their details and hints', () => {
  const errors = `pg_dump: warning: subscriptions not dumped because current user is not a superuser
NOTICE:  a message of the server
pg_dump: hint: which belongs to nothing
pg_dump: warning: could not resolve dependency loop among these items:
pg_dump: detail:   TABLE a  (ID 1)
pg_dump:   TABLE b  (ID 2)
`;
  expect(warningsOfPgDump(errors)).toEqual([
    'pg_dump warns: subscriptions not dumped because current user is not a superuser',
    'pg_dump warns: could not resolve dependency loop among these items: TABLE a  (ID 1); TABLE b  (ID 2)',
  ]);
});

test.each([
  `pg_dump: warning: there are circular foreign-key constraints on this table:
pg_dump: detail: category
pg_dump: hint: You might not be able to restore the dump without using --disable-triggers or temporarily dropping the constraints.
pg_dump: hint: Consider using a full dump instead of a --data-only dump to avoid this problem.
`,
  `pg_dump: warning: there are circular foreign-key constraints among these tables:
pg_dump:   a
pg_dump:   b
pg_dump: You might not be able to restore the dump without using --disable-triggers or temporarily dropping the constraints.
`,
  'WARNING:  database "shop" has a collation version mismatch\nDETAIL:  The database was created otherwise.\n',
  'pg_dump: last built-in OID is 16383\n',
  '',
])('what means nothing for a whole dump is not: %s', (errors) => {
  expect(warningsOfPgDump(errors)).toEqual([]);
});

test('of very many, the first are told, and how many there are', () => {
  const told = warningsOfPgDump(Array.from({ length: 25 }, (_, at) => `pg_dump: warning: number ${at}`).join('\n'));
  expect(told).toHaveLength(21);
  expect(told.slice(-2)).toEqual(['pg_dump warns: number 19', 'pg_dump warns 5 more times']);
  expect(warningsOfPgDump(`pg_dump: warning: ${'x'.repeat(10_000)}`)[0]).toHaveLength(400);
});
