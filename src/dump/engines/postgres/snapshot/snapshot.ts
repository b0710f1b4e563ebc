/**
 * SQL of the session that holds a dump's snapshot: it locks all tables, and exports the snapshot then, so that no table can
 * be emptied or rewritten between the two. LOCK TABLE takes no snapshot (PlannedStmtRequiresSnapshot in PostgreSQL's
 * src/backend/tcop/pquery.c), so the first query of the transaction does. Its answers are lines `holdfast:KEY VALUE`.
 */

/** Timeouts, set for roles or databases, that would end the session while it waits for the dump. */
const timeouts = [
  'statement_timeout',
  'lock_timeout',
  'idle_in_transaction_session_timeout',
  'idle_session_timeout',
  'transaction_timeout',
];

/**
 * Settings under which the server notices within a minute or so that the runner is gone. While a query runs it looks at the
 * connection only if it is told to (client_connection_check_interval, from 14 on).
 */
const watchful: ReadonlyMap<string, string> = new Map([
  ['tcp_keepalives_idle', '30'],
  ['tcp_keepalives_interval', '10'],
  ['tcp_keepalives_count', '3'],
  ['client_connection_check_interval', '10s'],
]);

/**
 * Settings of databases and roles that would change what pg_dump writes, or keep it from reading. It sets itself all others
 * that matter (setup_connection in src/bin/pg_dump/pg_dump.c).
 */
const wantedOfDump: ReadonlyMap<string, string> = new Map([
  ['bytea_output', 'hex'],
  ['quote_all_identifiers', 'off'],
  ['standard_conforming_strings', 'on'],
  ['default_transaction_isolation', 'read committed'],
  ['client_min_messages', 'notice'],
]);

/**
 * Encodings that have a character of Unicode for each of their bytes; of the others, some bytes have none. Databases in these
 * are dumped in UTF8, all others in their own encoding.
 */
const wholeInUnicode = [
  ...['UTF8', 'LATIN1', 'LATIN2', 'LATIN4', 'LATIN5', 'LATIN6', 'LATIN7', 'LATIN8', 'LATIN9', 'LATIN10'],
  ...['ISO_8859_5', 'KOI8R', 'KOI8U', 'WIN866'],
];

/** The encoding in which a database is dumped. @param encoding of the database, as the server names it */
export function encodingOfDump(encoding: string): string {
  return wholeInUnicode.includes(encoding) ? 'UTF8' : encoding;
}

const rowsOf = (settings: ReadonlyMap<string, string>): string =>
  [...settings].map(([name, value]) => `('${name}', '${value}')`).join(', ');

/**
 * Prepares the session, whatever is set for database and role. The search path comes first: nobody's functions stand in for
 * those of the server. Names in SQL_ASCII may be bytes of any encoding, and come as they are.
 */
export const prepareScript = `\\set VERBOSITY verbose
SET search_path = pg_catalog;
SET client_min_messages = error;
SET standard_conforming_strings = on;
SET default_transaction_isolation = 'read committed';
SELECT set_config(name, '0', false) FROM pg_settings WHERE name IN (${timeouts.map((name) => `'${name}'`).join(', ')}) \\g /dev/null
SELECT set_config(name, w.value, false) FROM pg_settings JOIN (VALUES ${rowsOf(watchful)}) AS w (name, value) USING (name) \\g /dev/null
SELECT set_config('client_encoding', 'SQL_ASCII', false) WHERE getdatabaseencoding() = 'SQL_ASCII' \\g /dev/null
SELECT 'holdfast:encoding ' || CASE WHEN getdatabaseencoding() IN (${wholeInUnicode.map((name) => `'${name}'`).join(', ')}) THEN 'UTF8' ELSE getdatabaseencoding() END;
SELECT 'holdfast:option ' || name || '=' || w.value FROM pg_settings JOIN (VALUES ${rowsOf(wantedOfDump)}) AS w (name, value) USING (name) WHERE reset_val <> w.value;`;

/** Names in one LOCK TABLE statement. */
const namesPerStatement = 500;

/**
 * The tables that pg_dump locks: ordinary and partitioned ones, of extensions those with their configuration. What the role
 * may not read is left out: pg_dump says so in its own words.
 */
const tables = `SELECT c.oid, format('%I.%I', n.nspname, c.relname) AS name
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND c.relpersistence <> 't' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
AND NOT EXISTS (SELECT FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e' AND d.refclassid = 'pg_extension'::regclass AND NOT coalesce(c.oid = ANY (e.extconfig), false))
AND has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT')`;

/**
 * Begins the transaction with the locks, taken in pg_dump's order, and exports the snapshot. The list comes from a query
 * before the transaction; what the snapshot shows besides is printed as `holdfast:unlocked`. Ends at the first error.
 */
export const lockScript = `\\set ON_ERROR_STOP 1
SELECT statement FROM (SELECT -1 AS place, 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY' AS statement
UNION ALL SELECT place, 'LOCK TABLE ' || string_agg('ONLY ' || name, ', ' ORDER BY oid) || ' IN ACCESS SHARE MODE'
FROM (SELECT oid, name, (row_number() OVER (ORDER BY oid) - 1) / ${namesPerStatement} AS place FROM (${tables}) AS t) AS placed GROUP BY place) AS statements
ORDER BY place \\gexec
SELECT 'holdfast:snapshot ' || pg_export_snapshot() || ' ' || to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"');
SELECT 'holdfast:unlocked ' || name FROM (${tables}) AS t WHERE NOT EXISTS (SELECT FROM pg_locks l
WHERE l.pid = pg_backend_pid() AND l.locktype = 'relation' AND l.relation = t.oid AND l.granted AND l.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())) LIMIT 3;
\\set ON_ERROR_STOP 0
\\set ON_ERROR_ROLLBACK on`;

/**
 * Wraps a script that reads relations pg_dump does not lock, such as sequences. A request to drop one would wait for the
 * session, and pg_dump behind that request, to no end; so the locks of the reading are released.
 */
export function withoutItsLocks(script: string): string {
  return `SAVEPOINT holdfast_reading;
${script}
ROLLBACK TO SAVEPOINT holdfast_reading;`;
}

/**
 * Prints what keeps a session waiting that itself waits for this one, such as a TRUNCATE between the locks of the two. The
 * server takes it for no deadlock: this session waits outside.
 * @param name application name of the session that waits, as SQL
 */
export function blockedScript(name: string): string {
  return `SELECT pg_stat_clear_snapshot() \\g /dev/null
SELECT DISTINCT 'holdfast:blocked ' || format('%s on %s (process %s)', w.mode, w.relation::regclass, w.pid)
FROM pg_stat_activity p CROSS JOIN LATERAL unnest(pg_blocking_pids(p.pid)) AS b (pid) JOIN pg_locks w ON w.pid = b.pid AND NOT w.granted
WHERE p.application_name = ${name} AND p.pid <> pg_backend_pid() AND pg_backend_pid() = ANY (pg_blocking_pids(b.pid));`;
}

/** Values of the lines that a script above printed under a key. */
export function valuesOf(
  lines: readonly string[],
  key: 'encoding' | 'option' | 'snapshot' | 'unlocked' | 'blocked',
): string[] {
  const start = `holdfast:${key} `;
  return lines.filter((line) => line.startsWith(start)).map((line) => line.slice(start.length));
}

/** libpq's `options` for settings, each NAME=VALUE (PostgreSQL manual, 34.1.2: spaces and backslashes are escaped). */
export function asOptions(settings: readonly string[]): string {
  return settings.map((setting) => `-c ${setting.replace(/[\\ ]/g, '\\$&')}`).join(' ');
}
