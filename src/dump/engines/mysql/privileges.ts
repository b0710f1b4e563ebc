/**
 * What a dump needs the account to be allowed, and which of it is missing, as the statements that grant it. The tools say nothing
 * of triggers that the account may not see, and write nothing of routines whose text is hidden from it.
 */
import { quoted, quotedPair } from './names.ts';
import { atLeast, type ServerIdentity } from './server.ts';

export interface Grant {
  /** In upper case: `SELECT`, `ALL PRIVILEGES`. Privileges of some columns alone are left out. */
  readonly privileges: ReadonlySet<string>;
  /** Undefined for `*.*`. May hold the wildcards `%` and `_`. */
  readonly database?: string | undefined;
  /** Undefined for all of the database. */
  readonly table?: string | undefined;
  readonly revoked: boolean;
}

const name = '`((?:[^`]|``)*)`';
const target = new RegExp(
  `^(GRANT|REVOKE) (.*) ON (?:TABLE )?(?:\\*\\.\\*|(?:${name}|\\*)\\.(?:${name}|\\*)) (?:TO|FROM) `,
  's',
);

/** @param lines of SHOW GRANTS; those of roles and routines are left out */
export function parseGrants(lines: readonly string[]): readonly Grant[] {
  return lines.flatMap((line) => {
    const match = target.exec(line);
    if (!match) return [];
    const [, verb, list = '', database, table] = match;
    const privileges = new Set(
      list
        .replace(/\w[\w ]*\([^)]*\)/g, '')
        .split(',')
        .map((one) => one.trim().toUpperCase())
        .filter((one) => one !== ''),
    );
    const plain = (text: string | undefined): string | undefined => text?.replaceAll('``', '`');
    return [{ privileges, database: plain(database), table: plain(table), revoked: verb === 'REVOKE' }];
  });
}

/** Whether a pattern of a grant is about a database: `\_` is an underscore, `_` any character (MySQL manual, "GRANT Statement"). */
export function covers(pattern: string, database: string): boolean {
  const expression = pattern.replace(/\\([_%\\])|[%_]|[.*+?^${}()|[\]\\]/g, (one, escaped?: string) => {
    if (escaped !== undefined) return escaped === '\\' ? '\\\\' : escaped;
    return one === '%' ? '[\\s\\S]*' : one === '_' ? '[\\s\\S]' : `\\${one}`;
  });
  return new RegExp(`^${expression}$`, 'i').test(database);
}

const holds = (grant: Grant, privilege: string): boolean =>
  grant.privileges.has(privilege) || grant.privileges.has('ALL PRIVILEGES') || grant.privileges.has('ALL');

export class Privileges {
  readonly #grants: readonly Grant[];

  constructor(grants: readonly Grant[]) {
    this.#grants = grants;
  }

  global(privilege: string): boolean {
    return this.#grants.some((grant) => grant.database === undefined && !grant.revoked && holds(grant, privilege));
  }

  /** Whether some are held everywhere but in one database. */
  get revokesAny(): boolean {
    return this.#grants.some(({ revoked }) => revoked);
  }

  onDatabase(privilege: string, database: string): boolean {
    const those = this.#grants.filter((grant) => grant.database !== undefined && grant.table === undefined);
    // A partial revoke names the database as it is (MySQL manual, "Privilege Restriction Using Partial Revokes").
    if (those.some((grant) => grant.revoked && grant.database === database && holds(grant, privilege))) return false;
    if (this.global(privilege)) return true;
    return those.some((grant) => !grant.revoked && covers(grant.database ?? '', database) && holds(grant, privilege));
  }

  onTable(privilege: string, database: string, table: string): boolean {
    return (
      this.onDatabase(privilege, database) ||
      this.#grants.some(
        (grant) => !grant.revoked && grant.database === database && grant.table === table && holds(grant, privilege),
      )
    );
  }
}

export interface Wanted {
  readonly databases: readonly string[];
  readonly tables: readonly { readonly database: string; readonly name: string; readonly isView: boolean }[];
  /** `db.name` of routines whose text the server does not show. */
  readonly hiddenRoutines: readonly string[];
  /** Whether the account may read the table mysql.proc, of servers that have it. */
  readonly readsProc: boolean;
}

/** An account as grants name it: `'joe'@'10.%'`. */
export function accountOf(currentUser: string): string {
  const at = currentUser.lastIndexOf('@');
  const part = (text: string): string => `'${text.replaceAll("'", "''")}'`;
  return at < 0 ? part(currentUser) : `${part(currentUser.slice(0, at))}@${part(currentUser.slice(at + 1))}`;
}

/**
 * The statements whose privileges are missing.
 * @param account as `accountOf` gives it
 */
export function missingGrants(
  privileges: Privileges,
  server: ServerIdentity,
  wanted: Wanted,
  account: string,
): readonly string[] {
  const { databases, tables } = wanted;
  const missing: string[] = [];
  for (const database of databases) {
    const own = tables.filter((table) => table.database === database);
    const listed = listsTables(privileges, database);
    const lacks = (privilege: string, some = own): boolean =>
      !privileges.onDatabase(privilege, database) &&
      !(listed && some.length > 0 && some.every((table) => privileges.onTable(privilege, database, table.name)));
    const views = own.filter(({ isView }) => isView);
    const names = [
      ...(lacks('SELECT') ? ['SELECT'] : []),
      ...((views.length > 0 || !listed) && lacks('SHOW VIEW', views) ? ['SHOW VIEW'] : []),
      // Without it, a server shows no trigger, and the tools say nothing.
      ...(lacks('TRIGGER') ? ['TRIGGER'] : []),
      ...(server.product !== 'Infobright' && !privileges.onDatabase('EVENT', database) ? ['EVENT'] : []),
    ];
    if (names.length > 0) missing.push(`GRANT ${names.join(', ')} ON ${quoted(pattern(database))}.* TO ${account};`);
  }
  return [...missing, ...routineGrants(privileges, server, wanted, account)];
}

/** Privileges of which any, held for a whole database, shows all its tables (TABLE_ACLS in sql/auth/auth_acls.h of MySQL). */
const ofTables = 'SELECT,INSERT,UPDATE,DELETE,CREATE,DROP,REFERENCES,INDEX,ALTER,CREATE VIEW,SHOW VIEW,TRIGGER'.split(
  ',',
);

/** Whether the account is shown every table of a database: those on which it has no privilege are hidden from it. */
const listsTables = (privileges: Privileges, database: string): boolean =>
  ofTables.some((privilege) => privileges.onDatabase(privilege, database));

/**
 * Whether the account is shown every database of the server: with SHOW DATABASES, or with a privilege in all of them (MySQL manual,
 * "SHOW DATABASES Statement").
 */
export function seesAllDatabases(privileges: Privileges): boolean {
  return (
    privileges.global('SHOW DATABASES') ||
    ([...ofTables, 'LOCK TABLES', 'EVENT', 'EXECUTE'].some((one) => privileges.global(one)) && !privileges.revokesAny)
  );
}

/** What shows the account every database, and lets it read them. */
export const everythingGrant = (account: string): string =>
  `GRANT SELECT, SHOW VIEW, TRIGGER, EVENT, LOCK TABLES, SHOW DATABASES ON *.* TO ${account};`;

/** The statement for who may not use a database at all, by the server's message; undefined for other messages. */
export function deniedGrant(message: string): string | undefined {
  const [, account, database] = /Access denied for user ('.*'@'.*') to database '(.*)'/s.exec(message) ?? [];
  if (account === undefined || database === undefined) return undefined;
  return `GRANT SELECT, SHOW VIEW, TRIGGER, EVENT, LOCK TABLES ON ${quoted(pattern(database))}.* TO ${account};`;
}

/** Databases that statements are named for one by one. */
const maxStatements = 5;

/** Whether FLUSH TABLES WITH READ LOCK is granted: with RELOAD, or FLUSH_TABLES of MySQL 8.0.23. Services without SUPER refuse it. */
export const locksAll = (privileges: Privileges, { managed }: ServerIdentity): boolean =>
  managed === undefined && ['RELOAD', 'FLUSH_TABLES'].some((one) => privileges.global(one));

/** What lets writers wait, if nothing does: the lock of all tables, or LOCK TABLES for those that are dumped. */
export function lockGrants(
  privileges: Privileges,
  server: ServerIdentity,
  databases: readonly string[],
  account: string,
): string | undefined {
  if (locksAll(privileges, server)) return undefined;
  const lacking = databases.filter((database) => !privileges.onDatabase('LOCK TABLES', database));
  if (lacking.length === 0) return undefined;
  const places = lacking.length > maxStatements ? ['*.*'] : lacking.map((one) => `${quoted(pattern(one))}.*`);
  const statements = places.map((place) => `GRANT LOCK TABLES ON ${place} TO ${account};`).join(' ');
  return server.managed === undefined ? `GRANT RELOAD ON *.* TO ${account}; or ${statements}` : statements;
}

/** A database in a grant, where `_` and `%` are wildcards. */
const pattern = (database: string): string => database.replace(/[_%\\]/g, '\\$&');

/**
 * The text of a routine is shown to its definer, and to who may read all (MySQL manual, "SHOW CREATE PROCEDURE Statement";
 * MariaDB manual, "SHOW CREATE ROUTINE" privilege, since 11.3).
 */
function routineGrants(
  privileges: Privileges,
  server: ServerIdentity,
  { databases, hiddenRoutines, readsProc }: Wanted,
  account: string,
): readonly string[] {
  const { version, product } = server;
  if (product !== 'MariaDB' && atLeast(version, 8)) {
    if (privileges.global('SELECT') || privileges.global('SHOW_ROUTINE')) return [];
    if (mayList(privileges, databases) && hiddenRoutines.length === 0) return [];
    return [`GRANT ${atLeast(version, 8, 0, 20) ? 'SHOW_ROUTINE' : 'SELECT'} ON *.* TO ${account};`];
  }
  if (readsProc) return [];
  if (product === 'MariaDB' && atLeast(version, 11, 3)) {
    const lacking = databases.filter((database) => !privileges.onDatabase('SHOW CREATE ROUTINE', database));
    return lacking.map((database) => `GRANT SHOW CREATE ROUTINE ON ${quoted(pattern(database))}.* TO ${account};`);
  }
  if (mayList(privileges, databases) && hiddenRoutines.length === 0) return [];
  return [`GRANT SELECT ON ${quotedPair('mysql', 'proc')} TO ${account};`];
}

/** Whether every routine is listed to the account, if only by its name. */
function mayList(privileges: Privileges, databases: readonly string[]): boolean {
  return databases.every((database) => privileges.onDatabase('EXECUTE', database));
}

/** What the position in the log needs (MariaDB 10.5.2 divided REPLICATION CLIENT). */
export function positionGrant({ product, version }: ServerIdentity, account: string): string {
  const privilege = product === 'MariaDB' && atLeast(version, 10, 5, 2) ? 'BINLOG MONITOR' : 'REPLICATION CLIENT';
  return `GRANT ${privilege} ON *.* TO ${account};`;
}
