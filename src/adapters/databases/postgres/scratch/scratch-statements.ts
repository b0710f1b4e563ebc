/** The SQL that makes and drops scratch databases, with the roles and extensions that a restore needs. */
import type { DatabaseLocale, DumpFingerprint } from '../../../../domain/dump.ts';
import type { Refusal } from '../../../../ports/dump-engine.ts';
import { identifier, literal } from '../psql.ts';

/** Prefix of scratch databases and of their roles. */
export const prefix = 'holdfast_scratch_';
/** Comment on a scratch database and on its role, followed by the owner. */
export const note = 'made by Holdfast to prove a backup, may be dropped once this run is over:';

/** For psql. Series 12 knows no WITH (FORCE); there, DROP DATABASE waits five seconds for the sessions to end. */
export const dropDatabase = (
  name: string,
): string => `SELECT current_setting('server_version_num')::int >= 130000 AS knows_force \\gset
\\if :knows_force
DROP DATABASE IF EXISTS ${name} WITH (FORCE);
\\else
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}' AND backend_type = 'client backend' \\g /dev/null
DROP DATABASE IF EXISTS ${name};
\\endif`;

/** Drops a scratch database, and then its role. */
export const dropStatements = (name: string): string => `${dropDatabase(name)}
DROP ROLE IF EXISTS ${name};`;

/** A database and its role, which share one name. */
export interface ScratchNames {
  readonly name: string;
  readonly password: string;
  readonly owner: string;
}

const commentOf = (owner: string): string => `'${note} ${owner.replaceAll("'", '')}'`;

/** @param superuser on a server that holds nothing else, the role may do everything */
export function roleStatements({ name, password, owner }: ScratchNames, superuser: boolean): string {
  const rights = superuser ? 'SUPERUSER' : 'NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION';
  return [
    // The role appears together with its owner, and goes last: whenever a run dies, the next one can tell what it left.
    'BEGIN;',
    `CREATE ROLE ${name} LOGIN ${rights} PASSWORD '${password}';`,
    `COMMENT ON ROLE ${name} IS ${commentOf(owner)};`,
    `GRANT ${name} TO CURRENT_USER;`,
    'COMMIT;',
    ...(superuser
      ? []
      : [ifAllowed(`ALTER ROLE ${name} SET lc_messages = 'C'`), ifAllowed(`ALTER ROLE ${name} BYPASSRLS`)]),
  ].join('\n');
}

/** A statement that not every administrator may run. Its refusal changes nothing. */
function ifAllowed(statement: string): string {
  return `DO $$ BEGIN ${statement}; EXCEPTION WHEN insufficient_privilege THEN NULL; END $$;`;
}

/** @param role owns the database */
export function databaseStatements(
  { name, owner }: Pick<ScratchNames, 'name' | 'owner'>,
  options: string,
  role = name,
): string {
  return [
    `CREATE DATABASE ${name} OWNER ${role} TEMPLATE template0 ${options};`,
    `COMMENT ON DATABASE ${name} IS ${commentOf(owner)};`,
    `REVOKE CONNECT ON DATABASE ${name} FROM PUBLIC;`,
  ].join('\n');
}

/** Options of CREATE DATABASE, the best first; and the locale that they give, where it is not the source's. */
export function localeOptions(
  locale: DatabaseLocale | undefined,
): readonly { readonly sql: string; readonly instead?: string }[] {
  if (locale === undefined) return [{ sql: "ENCODING 'UTF8'" }];
  const options = (collate: string, ctype: string, more = ''): string =>
    `ENCODING ${literal(locale.encoding)} LC_COLLATE ${literal(collate)} LC_CTYPE ${literal(ctype)}${more}`;
  const own = { sql: options(locale.collate, locale.ctype, provider(locale)) };
  // C.UTF-8 knows the letters of all languages; C only those of English.
  const near = locale.encoding === 'UTF8' ? [{ sql: options('C.UTF-8', 'C.UTF-8'), instead: 'C.UTF-8' }] : [];
  return [own, ...near, { sql: options('C', 'C'), instead: 'C' }];
}

function provider({ provider: name, locale = '' }: DatabaseLocale): string {
  if (name === 'icu') return ` LOCALE_PROVIDER icu ICU_LOCALE ${literal(locale)}`;
  return name === 'builtin' ? ` LOCALE_PROVIDER builtin BUILTIN_LOCALE ${literal(locale)}` : '';
}

/** Whether a refused CREATE DATABASE says that the server does not know the locale, or that it does not go with the encoding. */
export function isLocaleError(message: string): boolean {
  return /locale|lc_collate|lc_ctype|collation|ICU|does not match encoding|encoding ".*" does not match/i.test(message);
}

/** Roles that a definition may name: of no rights, so that the restore finds them. */
export function missingRoles(wanted: readonly string[], existing: ReadonlySet<string>): string {
  return wanted
    .filter((role) => !existing.has(role) && !role.startsWith('pg_') && role !== 'public')
    .map((role) => `CREATE ROLE ${identifier(role)} NOLOGIN;`)
    .join('\n');
}

export interface ServerContents {
  /** server_version_num. */
  readonly version: number;
  /** What CREATE EXTENSION offers. */
  readonly extensions: readonly { readonly name: string; readonly version: string; readonly restricted: boolean }[];
  readonly roles: readonly string[];
}

/** What a server has, as one JSON object. `restricted`: only a superuser may create it. */
export const contentsQuery = `SELECT pg_catalog.json_build_object('version', current_setting('server_version_num')::int,
  'extensions', (SELECT coalesce(json_agg(json_build_object('name', e.name, 'version', e.default_version, 'restricted', coalesce(v.superuser AND NOT coalesce((to_jsonb(v) ->> 'trusted')::boolean, false), false))), '[]') FROM pg_available_extensions e LEFT JOIN pg_available_extension_versions v ON v.name = e.name AND v.version = e.default_version),
  'roles', (SELECT coalesce(json_agg(rolname), '[]') FROM pg_roles));`;

/** An extension that the administrator makes, since the restoring role may not. */
export interface MadeExtension {
  readonly name: string;
  /** Undefined for what receipts of earlier versions do not tell. */
  readonly schema: string | undefined;
}

export function extensionsToMake(source: DumpFingerprint, { extensions }: ServerContents): readonly MadeExtension[] {
  const restricted = new Set(extensions.filter((one) => one.restricted).map((one) => one.name));
  return Object.keys(source.extensions)
    .filter((name) => restricted.has(name))
    .map((name) => ({ name, schema: source.extensionSchemas?.[name] }));
}

/** Schemas that are made for them, and belong to the restoring role: it makes its own objects there. */
const schemasOf = (extensions: readonly MadeExtension[]): string[] =>
  [...new Set(extensions.flatMap(({ schema }) => schema ?? []))].filter(
    (schema) => schema !== 'public' && schema !== 'pg_catalog',
  );

export function extensionStatements(extensions: readonly MadeExtension[], role: string): string {
  const create = ({ name, schema }: MadeExtension): string =>
    `CREATE EXTENSION IF NOT EXISTS ${identifier(name)}${schema === undefined ? '' : ` SCHEMA ${identifier(schema)}`}`;
  // Extensions that others require get their own schema, too: CASCADE would put them into the other's.
  const patiently = extensions.map(
    (one) => `DO $holdfast$ BEGIN ${create(one)}; EXCEPTION WHEN undefined_object THEN NULL; END $holdfast$;`,
  );
  return [
    ...schemasOf(extensions).map(
      (schema) => `CREATE SCHEMA IF NOT EXISTS ${identifier(schema)} AUTHORIZATION ${role};`,
    ),
    ...patiently,
    ...patiently,
    ...extensions.map((one) => `${create(one)} CASCADE;`),
  ].join('\n');
}

/** Whether a refusal is due to what the administrator made beforehand, and means nothing. */
export function isOurs(refusal: Refusal, extensions: readonly MadeExtension[]): boolean {
  const schema = /^schema "(.*)" already exists$/.exec(refusal.message)?.[1];
  if (schema !== undefined) return schemasOf(extensions).includes(schema);
  const extension = /^must be owner of extension (.*)$/.exec(refusal.message)?.[1];
  return extension !== undefined && extensions.some(({ name }) => name === extension || `"${name}"` === extension);
}
