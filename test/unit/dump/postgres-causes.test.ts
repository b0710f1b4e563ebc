/** What is said of failed client programs; the messages are those of PostgreSQL 12 to 18. */
import { expect, test } from '@jest/globals';
import { postgresCauses } from '../../../src/adapters/databases/postgres/causes.ts';
import { adviceOn } from '../../../src/adapters/databases/tool-output.ts';

const at = 'psql: error: connection to server at "db" (10.0.0.1), port 5432 failed: ';

test.each([
  `${at}Connection refused\n\tIs the server running on that host and accepting TCP/IP connections?`,
  `${at}timeout expired`,
  `${at}Connection timed out`,
  `${at}No route to host`,
  'psql: error: could not translate host name "db" to address: Name or service not known',
  'psql: error: could not connect to server: Connection refused',
])('a server that cannot be reached: %s', (output) => {
  expect(adviceOn(output, 2, postgresCauses)).toMatchObject({
    likelyCause: 'the server cannot be reached from here',
    fix: expect.stringContaining('firewall'),
    code: 'unreachable',
  });
});

test.each([
  [`${at}FATAL:  could not access file "": No such file or directory`, 'the server was reached, and refuses'],
  [`${at}FATAL:  sorry, too many clients already`, 'the server was reached, and refuses'],
  [`${at}FATAL:  database "shop" does not exist`, 'the name of the database'],
  [`${at}FATAL:  no pg_hba.conf entry for host "10.0.0.9", user "u", database "shop"`, 'does not let this user in'],
  [`${at}FATAL:  password authentication failed for user "u"`, 'password is wrong'],
  [`${at}FATAL:  the database system is starting up`, 'starting or stopping'],
  ['pg_dump: error: query failed: server closed the connection unexpectedly', 'went away'],
  [`${at}server does not support SSL, but SSL was required`, 'could not be made'],
])('a server that answers is not out of reach: %s', (output, likelyCause) => {
  const advice = adviceOn(output, 2, postgresCauses);
  expect(advice.likelyCause).toContain(likelyCause);
  expect(advice.fix).not.toContain('firewall');
});
