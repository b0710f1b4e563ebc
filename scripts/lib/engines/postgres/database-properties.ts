/** What PostgreSQL keeps about a database outside of it, which no dump holds: owner, rights, settings, locale. */
import { identifier, literal } from '../../../../src/adapters/databases/postgres/psql.ts';
import type { Connection } from '../../../../src/dump/engines/postgres/connection.ts';

/** Runs statements on a server, the last one without its semicolon. @returns what psql prints, trimmed */
export type Ask = (connection: Connection, statements: string) => Promise<string>;

/** Properties of a database that its dump does not hold. Not all servers know all of them. */
export interface Properties {
  readonly encoding: string;
  readonly datcollate: string;
  readonly datctype: string;
  /** From PostgreSQL 15 on: c for the operating system, i for ICU, b for PostgreSQL itself. */
  readonly datlocprovider?: 'c' | 'i' | 'b';
  /** The ICU locale in PostgreSQL 15 and 16. */
  readonly daticulocale?: string | null;
  /** The same from 17 on. */
  readonly datlocale?: string | null;
  /** ICU's own rules, from 16 on. */
  readonly daticurules?: string | null;
  readonly tablespace: string;
  readonly datistemplate: boolean;
  /** Its comment. */
  readonly note: string | null;
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
export async function propertiesOf(
  ask: Ask,
  maintenance: Connection,
  database: string,
  successor: string,
): Promise<Properties | undefined> {
  const text = await ask(
    maintenance,
    `SELECT to_jsonb(d) || jsonb_build_object('encoding', pg_encoding_to_char(d.encoding), 'tablespace', spcname, 'note', shobj_description(d.oid, 'pg_database'), 'statements', (
  SELECT coalesce(jsonb_agg(one ORDER BY place, nth), '[]') FROM (
    SELECT 1 AS place, 0 AS nth, format('ALTER DATABASE %I OWNER TO %I', successor, pg_get_userbyid(d.datdba)) AS one
    UNION ALL
    -- Only now: a restore may need several connections.
    SELECT 2, 0, format('ALTER DATABASE %I CONNECTION LIMIT %s', successor, d.datconnlimit)
    UNION ALL
    SELECT 3, 0, format('REVOKE ALL ON DATABASE %I FROM PUBLIC', successor) WHERE d.datacl IS NOT NULL
    UNION ALL
    SELECT 4, nth, format('GRANT %s ON DATABASE %I TO %s%s', privilege_type, successor,
      CASE grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END,
      CASE WHEN is_grantable THEN ' WITH GRANT OPTION' END)
    FROM aclexplode(d.datacl) WITH ORDINALITY AS acl(grantor, grantee, privilege_type, is_grantable, nth)
    UNION ALL
    SELECT 5, nth, format('ALTER %s SET %I TO %s',
      CASE setrole WHEN 0 THEN format('DATABASE %I', successor)
        ELSE format('ROLE %I IN DATABASE %I', pg_get_userbyid(setrole), successor) END,
      split_part(setting, '=', 1),
      CASE WHEN split_part(setting, '=', 1) ~ '^(${lists})$' THEN substr(setting, strpos(setting, '=') + 1)
        ELSE quote_literal(substr(setting, strpos(setting, '=') + 1)) END)
    FROM pg_db_role_setting, unnest(setconfig) WITH ORDINALITY AS one(setting, nth) WHERE setdatabase = d.oid
  ) AS statements)) FROM pg_database AS d JOIN pg_tablespace AS t ON t.oid = d.dattablespace, (VALUES (${literal(successor)})) AS another(successor) WHERE datname = ${literal(database)}`,
  );
  return text === '' ? undefined : (JSON.parse(text) as Properties);
}

/** Options of CREATE DATABASE: above all the locale, on which the order of rows depends. */
export function createOptions(old: Properties | undefined): string {
  if (old === undefined) return "ENCODING 'UTF8'";
  const provider = { c: '', i: 'icu', b: 'builtin' }[old.datlocprovider ?? 'c'];
  const locale = old.datlocale ?? old.daticulocale;
  return [
    `ENCODING ${literal(old.encoding)} LC_COLLATE ${literal(old.datcollate)} LC_CTYPE ${literal(old.datctype)}`,
    provider === '' || !locale
      ? ''
      : `LOCALE_PROVIDER ${provider} ${provider === 'icu' ? 'ICU_LOCALE' : 'BUILTIN_LOCALE'} ${literal(locale)}`,
    old.daticurules ? `ICU_RULES ${literal(old.daticurules)}` : '',
    // Naming even the usual tablespace needs a right that ordinary roles lack.
    old.tablespace === 'pg_default' ? '' : `TABLESPACE ${identifier(old.tablespace)}`,
  ].join(' ');
}
