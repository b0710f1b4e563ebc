/** A database put in the place of another, with all that PostgreSQL keeps of a database outside of it. */
import { identifier, literal } from '../../src/adapters/databases/psql.ts';
import { type Connection, elsewhere } from '../../src/dump/engines/postgres/connection.ts';
import type { Tools } from '../../src/dump/engines/postgres/tools.ts';
import { ConfigurationError } from '../../src/runtime/errors.ts';
import { sql } from './backups.ts';

/** What a dump does not hold of the database that it is of; not all servers know all of it. */
interface Properties {
  readonly encoding: string;
  readonly datcollate: string;
  readonly datctype: string;
  /** From PostgreSQL 15 on: c of the operating system, i of ICU, b of PostgreSQL itself. */
  readonly datlocprovider?: 'c' | 'i' | 'b';
  /** The locale of ICU: 15 and 16, and from 17 on. */
  readonly daticulocale?: string | null;
  readonly datlocale?: string | null;
  readonly datconnlimit: number;
  /** Statements that give the heir the same owner, rights and settings. */
  readonly statements: readonly string[];
}

/** Settings that are lists of names, and stand in the catalogue as they are to be written (pg_dump, variable_is_guc_list_quote). */
const lists =
  'local_preload_libraries|search_path|session_preload_libraries|shared_preload_libraries|temp_tablespaces|unix_socket_directories';

/**
 * @param heir the database that is to have them
 * @returns undefined when there is no such database
 */
async function propertiesOf(
  tools: Tools,
  maintenance: Connection,
  database: string,
  heir: string,
): Promise<Properties | undefined> {
  const text = await sql(
    tools,
    maintenance,
    `SELECT to_jsonb(d) || jsonb_build_object('encoding', pg_encoding_to_char(d.encoding), 'statements', (
  SELECT coalesce(jsonb_agg(one ORDER BY place, nth), '[]') FROM (
    SELECT 1 AS place, 0 AS nth, format('ALTER DATABASE %I OWNER TO %I', heir, pg_get_userbyid(d.datdba)) AS one
    UNION ALL
    SELECT 2, 0, format('REVOKE ALL ON DATABASE %I FROM PUBLIC', heir) WHERE d.datacl IS NOT NULL
    UNION ALL
    SELECT 3, nth, format('GRANT %s ON DATABASE %I TO %s%s', privilege_type, heir,
      CASE grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END,
      CASE WHEN is_grantable THEN ' WITH GRANT OPTION' END)
    FROM aclexplode(d.datacl) WITH ORDINALITY AS acl(grantor, grantee, privilege_type, is_grantable, nth)
    UNION ALL
    SELECT 4, nth, format('ALTER %s SET %I TO %s',
      CASE setrole WHEN 0 THEN format('DATABASE %I', heir)
        ELSE format('ROLE %I IN DATABASE %I', pg_get_userbyid(setrole), heir) END,
      split_part(setting, '=', 1),
      CASE WHEN split_part(setting, '=', 1) ~ '^(${lists})$' THEN substr(setting, strpos(setting, '=') + 1)
        ELSE quote_literal(substr(setting, strpos(setting, '=') + 1)) END)
    FROM pg_db_role_setting, unnest(setconfig) WITH ORDINALITY AS one(setting, nth) WHERE setdatabase = d.oid
  ) AS statements)) FROM pg_database AS d, (VALUES (${literal(heir)})) AS another(heir) WHERE datname = ${literal(database)}`,
  );
  return text === '' ? undefined : (JSON.parse(text) as Properties);
}

/** The same locale, without which the same rows would be sorted otherwise. */
function options(old: Properties | undefined): string {
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
 * Loads a fresh database beside the old one, and puts it in its place only when all went well. It gets the owner, the rights,
 * the settings and the locale of the old one.
 * @throws Error with psql's words; then the old one is there as it was
 */
export async function replaceDatabase(
  tools: Tools,
  connection: Connection,
  comment: string,
  load: (fresh: Connection) => Promise<void>,
): Promise<void> {
  if (connection.database === 'postgres')
    throw new ConfigurationError({
      what: 'one option is wrong; nothing was changed',
      problems: ['--to: the database postgres is the one from which others are replaced; allowed: any other'],
    });
  // A database that is always there.
  const maintenance = elsewhere(connection, 'postgres');
  const [fresh, aside] = ['loading', 'replaced'].map(
    (word) => `${connection.database.slice(0, 40)}_holdfast_${word}`,
  ) as [string, string];
  const drop = (database: string): Promise<string> =>
    sql(tools, maintenance, `DROP DATABASE IF EXISTS ${identifier(database)} WITH (FORCE)`);
  const old = await propertiesOf(tools, maintenance, connection.database, fresh);
  await drop(fresh);
  await sql(tools, maintenance, `CREATE DATABASE ${identifier(fresh)} TEMPLATE template0 ${options(old)}`);
  try {
    await load(elsewhere(connection, fresh));
    await drop(aside);
    // Both names change together: whatever happens, there is a database of this name.
    await sql(
      tools,
      maintenance,
      [
        'BEGIN',
        `COMMENT ON DATABASE ${identifier(fresh)} IS ${literal(comment)}`,
        ...(old?.statements ?? []),
        ...(old === undefined
          ? []
          : [
              `ALTER DATABASE ${identifier(connection.database)} ALLOW_CONNECTIONS false`,
              `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = ${literal(connection.database)}`,
              `ALTER DATABASE ${identifier(connection.database)} RENAME TO ${identifier(aside)}`,
            ]),
        `ALTER DATABASE ${identifier(fresh)} RENAME TO ${identifier(connection.database)}`,
        'COMMIT',
      ].join(';\n'),
    );
  } catch (error) {
    await drop(fresh).catch(() => {});
    throw error;
  }
  await drop(aside);
}
