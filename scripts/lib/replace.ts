/** Replaces a database with a new one, which inherits what PostgreSQL keeps about a database outside of it. */
import { identifier, literal } from '../../src/adapters/databases/postgres/psql.ts';
import { type Connection, elsewhere } from '../../src/dump/engines/postgres/connection.ts';
import type { ClientTools } from '../../src/dump/engines/postgres/tools.ts';
import { ConfigurationError } from '../../src/runtime/errors.ts';
import { sql } from './backups.ts';

/** Properties of a database that its dump does not hold. Not all servers know all of them. */
interface Properties {
  readonly encoding: string;
  readonly datcollate: string;
  readonly datctype: string;
  /** From PostgreSQL 15 on: c for the operating system, i for ICU, b for PostgreSQL itself. */
  readonly datlocprovider?: 'c' | 'i' | 'b';
  /** The ICU locale in PostgreSQL 15 and 16. */
  readonly daticulocale?: string | null;
  /** The same from 17 on. */
  readonly datlocale?: string | null;
  readonly datconnlimit: number;
  /** Statements that give the new database the same owner, rights and settings. */
  readonly statements: readonly string[];
}

/** Settings that are lists of names; the catalogue holds them already quoted (pg_dump, variable_is_guc_list_quote). */
const lists =
  'local_preload_libraries|search_path|session_preload_libraries|shared_preload_libraries|temp_tablespaces|unix_socket_directories';

/**
 * @param successor the database for which the statements are made
 * @returns undefined when the database does not exist
 */
async function propertiesOf(
  tools: ClientTools,
  maintenance: Connection,
  database: string,
  successor: string,
): Promise<Properties | undefined> {
  const text = await sql(
    tools,
    maintenance,
    `SELECT to_jsonb(d) || jsonb_build_object('encoding', pg_encoding_to_char(d.encoding), 'statements', (
  SELECT coalesce(jsonb_agg(one ORDER BY place, nth), '[]') FROM (
    SELECT 1 AS place, 0 AS nth, format('ALTER DATABASE %I OWNER TO %I', successor, pg_get_userbyid(d.datdba)) AS one
    UNION ALL
    SELECT 2, 0, format('REVOKE ALL ON DATABASE %I FROM PUBLIC', successor) WHERE d.datacl IS NOT NULL
    UNION ALL
    SELECT 3, nth, format('GRANT %s ON DATABASE %I TO %s%s', privilege_type, successor,
      CASE grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END,
      CASE WHEN is_grantable THEN ' WITH GRANT OPTION' END)
    FROM aclexplode(d.datacl) WITH ORDINALITY AS acl(grantor, grantee, privilege_type, is_grantable, nth)
    UNION ALL
    SELECT 4, nth, format('ALTER %s SET %I TO %s',
      CASE setrole WHEN 0 THEN format('DATABASE %I', successor)
        ELSE format('ROLE %I IN DATABASE %I', pg_get_userbyid(setrole), successor) END,
      split_part(setting, '=', 1),
      CASE WHEN split_part(setting, '=', 1) ~ '^(${lists})$' THEN substr(setting, strpos(setting, '=') + 1)
        ELSE quote_literal(substr(setting, strpos(setting, '=') + 1)) END)
    FROM pg_db_role_setting, unnest(setconfig) WITH ORDINALITY AS one(setting, nth) WHERE setdatabase = d.oid
  ) AS statements)) FROM pg_database AS d, (VALUES (${literal(successor)})) AS another(successor) WHERE datname = ${literal(database)}`,
  );
  return text === '' ? undefined : (JSON.parse(text) as Properties);
}

/** Options of CREATE DATABASE: above all the locale, on which the order of rows depends. */
function createOptions(old: Properties | undefined): string {
  if (old === undefined) return "ENCODING 'UTF8'";
  const provider = { c: '', i: 'icu', b: 'builtin' }[old.datlocprovider ?? 'c'];
  const locale = old.datlocale ?? old.daticulocale;
  return [
    `ENCODING ${literal(old.encoding)} LC_COLLATE ${literal(old.datcollate)} LC_CTYPE ${literal(old.datctype)}`,
    provider === '' || !locale
      ? ''
      : `LOCALE_PROVIDER ${provider} ${provider === 'icu' ? 'ICU_LOCALE' : 'BUILTIN_LOCALE'} ${literal(locale)}`,
    `CONNECTION LIMIT ${old.datconnlimit}`,
  ].join(' ');
}

/**
 * Loads a new database beside the old one, and replaces the old one only when all went well. The new one gets the owner,
 * the rights, the settings and the locale of the old one.
 * @param load fills the new database
 * @throws when it cannot be loaded; then the old one is unchanged
 */
export async function replaceDatabase(
  tools: ClientTools,
  connection: Connection,
  comment: string,
  load: (fresh: Connection) => Promise<void>,
): Promise<void> {
  if (connection.database === 'postgres')
    throw new ConfigurationError({
      what: 'one option is wrong; nothing was changed',
      problems: ['--to: the database postgres is needed to replace others; allowed: any other database'],
    });
  // A database that always exists.
  const maintenance = elsewhere(connection, 'postgres');
  const short = connection.database.slice(0, 40);
  const [fresh, aside] = [`${short}_holdfast_loading`, `${short}_holdfast_replaced`];
  const drop = (database: string): Promise<string> =>
    sql(tools, maintenance, `DROP DATABASE IF EXISTS ${identifier(database)} WITH (FORCE)`);
  const old = await propertiesOf(tools, maintenance, connection.database, fresh);
  await drop(fresh);
  await sql(tools, maintenance, `CREATE DATABASE ${identifier(fresh)} TEMPLATE template0 ${createOptions(old)}`);
  try {
    await load(elsewhere(connection, fresh));
    await drop(aside);
    await sql(tools, maintenance, swapStatements(connection.database, { fresh, aside, comment, old }));
  } catch (error) {
    await drop(fresh).catch(() => {});
    throw error;
  }
  await drop(aside);
}

interface Swap {
  readonly fresh: string;
  /** The new name of the old database. */
  readonly aside: string;
  readonly comment: string;
  readonly old: Properties | undefined;
}

/** Both names change in one transaction: whatever happens, a database of this name exists. */
function swapStatements(database: string, { fresh, aside, comment, old }: Swap): string {
  const setAside = [
    `ALTER DATABASE ${identifier(database)} ALLOW_CONNECTIONS false`,
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = ${literal(database)}`,
    `ALTER DATABASE ${identifier(database)} RENAME TO ${identifier(aside)}`,
  ];
  return [
    'BEGIN',
    `COMMENT ON DATABASE ${identifier(fresh)} IS ${literal(comment)}`,
    ...(old === undefined ? [] : [...old.statements, ...setAside]),
    `ALTER DATABASE ${identifier(fresh)} RENAME TO ${identifier(database)}`,
    'COMMIT',
  ].join(';\n');
}
