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
    pattern:
      /could not connect|connection to server|server closed the connection|terminating connection|the database system is (starting|shutting)/i,
    likelyCause: 'the server cannot be reached from here, or went away',
    fix: 'check host, port and firewall of database-url',
    code: 'unreachable',
  },
];
