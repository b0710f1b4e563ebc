/** How dump and fingerprint come to be of one moment, and what of it a server allows. */
import type { Table } from './catalogue.ts';
import { quotedPair } from './names.ts';
import { isTransactional, keepsRows, type ServerIdentity } from './server.ts';

/** Tables whose rows no transaction keeps as they were: they are read before and after the dump. */
export function tablesToLock(tables: readonly Table[]): readonly Table[] {
  return tables.filter(({ kind, engine }) => kind === 'table' && !isTransactional(engine) && keepsRows(engine));
}

/**
 * Whether most of what is dumped is in such tables: then all writers of the server wait until it has been read. The global lock is
 * the only one that readers pass while writers wait for it: these stand at the metadata lock (MySQL manual, "FLUSH TABLES"), and not
 * in the queue of the table, where a waiting writer comes before new readers (MySQL manual, "Table Locking Issues").
 */
export function areMostlyWithout(tables: readonly Table[]): boolean {
  // Of MEMORY, a server tells the memory that it set aside.
  const bytesOf = (some: readonly Table[]): number =>
    some.reduce((sum, { bytes, engine }) => sum + (engine.toUpperCase() === 'MEMORY' ? 0 : bytes), 0);
  const without = bytesOf(tablesToLock(tables));
  return without > 0 && 2 * without >= bytesOf(tables);
}

/**
 * Those without rows of their own are not locked: one of which another table or another server is gone would keep all from it.
 * @returns undefined for no tables
 */
export function lockStatement(tables: readonly Table[]): string | undefined {
  const base = tables.filter(({ kind, engine }) => (kind === 'table' || kind === 'versioned') && keepsRows(engine));
  if (base.length === 0) return undefined;
  return `LOCK TABLES ${base.map(({ database, name }) => `${quotedPair(database, name)} READ`).join(', ')}`;
}

/** Errors of statements that the account may not run: access denied, to a database, a command, and SUPER or RELOAD. */
const denied = new Set([1044, 1045, 1142, 1227]);

export const isDenied = ({ errno }: { readonly errno?: number }): boolean => denied.has(errno ?? 0);
/** ER_LOCK_WAIT_TIMEOUT; ER_QUERY_INTERRUPTED and ER_STATEMENT_TIMEOUT, after a KILL. */
export const isLate = ({ errno }: { readonly errno?: number }): boolean => [1205, 1317, 1969].includes(errno ?? 0);

/**
 * A statement that waits for a lock keeps all who come after it waiting, too, so it is given up after a few seconds, and tried
 * again after twice that time.
 */
export function attempts(lockTimeoutSeconds: number): readonly number[] {
  const seconds: number[] = [];
  for (let left = lockTimeoutSeconds; left > 0; ) {
    const next = Math.max(1, Math.min(5, left));
    seconds.push(next);
    left -= next * 3;
  }
  return seconds.length === 0 ? [1] : seconds;
}

/** What the header of a dump ends with (write_header in mysqldump.c); the tool begins its transaction after it has written that. */
const afterHeader = /SET @OLD_SQL_NOTES=[^\n]*\n\s*\S/;

/** Whether the tool's transaction has begun, by what it has written so far. */
export const hasBegun = (output: string): boolean => afterHeader.test(output);

/** Where the log stands, in the order in which servers know the statements: 8.2 renamed it, 8.4 dropped the old name. */
export function positionStatements({ product }: ServerIdentity): readonly string[] {
  return product === 'MariaDB' ? ['SHOW MASTER STATUS'] : ['SHOW BINARY LOG STATUS', 'SHOW MASTER STATUS'];
}
