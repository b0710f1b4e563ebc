/** What the messages of PostgreSQL's client programs mean. */
import type { Cause } from '../tool-output.ts';

export const postgresCauses: readonly Cause[] = [
  {
    pattern: /server version mismatch/i,
    likelyCause: 'pg_dump is older than the server',
    fix: "install the client of the server's series",
    code: 'version-mismatch',
  },
  {
    pattern: /out of shared memory/i,
    likelyCause: 'the database has more tables than the server has room for locks',
    fix: "raise the server's max_locks_per_transaction, and restart it",
  },
  {
    pattern: /due to lock timeout|could not obtain lock|statement timeout[\s\S]*LOCK TABLE/i,
    likelyCause: 'something, such as a migration, held a lock on a table for longer than lock-timeout',
    fix: 'dump at another time, or raise lock-timeout',
    code: 'locked',
  },
  {
    pattern: /row-level security/i,
    likelyCause: 'the role sees only some rows of a table, so the dump would be incomplete',
    fix: 'dump with the owner of the tables, or a role with BYPASSRLS',
  },
  {
    pattern: /permission denied for large object/i,
    likelyCause: 'the role may not read large objects, for which pg_read_all_data is not enough',
    fix: 'dump with their owner or a superuser, or grant SELECT ON LARGE OBJECT',
  },
  {
    pattern: /permission denied/i,
    likelyCause: 'the role may not read everything',
    fix: 'grant it pg_read_all_data, or dump with the owner',
  },
  {
    pattern: /password authentication failed|no password supplied/i,
    likelyCause: 'the user or the password is wrong',
    fix: 'correct the secret that database-url comes from',
  },
  {
    pattern: /no pg_hba\.conf entry/i,
    likelyCause: 'the server does not let this user in from here',
    fix: 'allow it in pg_hba.conf',
  },
  {
    pattern: /FATAL: +database "[^\n]*" does not exist/i,
    likelyCause: 'the name of the database is wrong, or it was dropped',
    fix: 'correct the secret that database-url comes from',
  },
  {
    // Words of the system, to which libpq adds its own (fe-connect.c).
    pattern:
      /connection refused|timeout expired|connection timed out|no route to host|network is unreachable|host is down|could not translate host name|is the server running/i,
    likelyCause: 'the server cannot be reached from here',
    fix: 'check host, port and firewall of database-url',
    code: 'unreachable',
  },
  {
    pattern:
      /server closed the connection|terminating connection|connection reset by peer|the database system is (starting|shutting|in recovery|not)/i,
    likelyCause: 'the server went away, or is starting or stopping',
    fix: "run again; look at the server's log when it happens again",
    code: 'unreachable',
  },
  {
    pattern: /FATAL: {2}/,
    likelyCause: 'the server was reached, and refuses the session',
    fix: "read its message; the server's log may say more",
  },
  {
    pattern: /could not connect|connection to server/i,
    likelyCause: 'the connection to the server could not be made',
    fix: 'read the message; check host, port and TLS settings of database-url',
    code: 'unreachable',
  },
];
