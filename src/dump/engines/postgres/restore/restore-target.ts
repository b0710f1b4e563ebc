/** What a server that a dump is restored into has and allows. It is asked once, before the first statement. */
import { serverVersion, type Version } from '../tools.ts';

/** An extension that the server offers. */
export interface OfferedExtension {
  readonly version: string;
  /** In the database itself. */
  readonly installed: boolean;
  /** Whether only a superuser may create it. */
  readonly needsSuperuser: boolean;
}

export interface RestoreTarget {
  readonly version: Version;
  /** Parameters that pg_dump sets, and that this server does not have. */
  readonly unknownSettings: ReadonlySet<string>;
  readonly superuser: boolean;
  readonly mayCreateRoles: boolean;
  readonly roles: ReadonlySet<string>;
  readonly extensions: ReadonlyMap<string, OfferedExtension>;
}

/**
 * What pg_dump sets at the beginning of its SQL (pg_backup_archiver.c, _doSetFixedOutputState), and not all servers have. In
 * PostgreSQL itself transaction_timeout came with 17, default_table_access_method with 12.
 */
const preamble = [
  'lock_timeout',
  'row_security',
  'idle_in_transaction_session_timeout',
  'default_table_access_method',
  'transaction_timeout',
  'xmloption',
];

/** Gives one line, which `parseTarget` reads. The server says itself what it has: there are servers of other makers, too. */
export const targetQuestion = `SELECT pg_catalog.jsonb_build_object(
  'version', pg_catalog.current_setting('server_version_num'),
  'unknown', ARRAY(SELECT name FROM pg_catalog.unnest('{${preamble.join(',')}}'::text[]) AS name
    WHERE pg_catalog.current_setting(name, true) IS NULL),
  'superuser', (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = CURRENT_USER),
  'mayCreateRoles', (SELECT rolsuper OR rolcreaterole FROM pg_catalog.pg_roles WHERE rolname = CURRENT_USER),
  'roles', ARRAY(SELECT rolname FROM pg_catalog.pg_roles),
  'extensions', ARRAY(SELECT pg_catalog.jsonb_build_array(e.name, e.default_version, e.installed_version IS NOT NULL,
      v.superuser AND NOT coalesce((pg_catalog.to_jsonb(v) ->> 'trusted')::boolean, false))
    FROM pg_catalog.pg_available_extensions AS e JOIN pg_catalog.pg_available_extension_versions AS v
      ON v.name = e.name AND v.version = e.default_version));`;

interface Answer {
  readonly version: string;
  readonly unknown: readonly string[];
  readonly superuser: boolean;
  readonly mayCreateRoles: boolean;
  readonly roles: readonly string[];
  readonly extensions: readonly (readonly [string, string, boolean, boolean])[];
}

/** @param line what the server answers to `targetQuestion` */
export function parseTarget(line: string): RestoreTarget {
  const { version, unknown, superuser, mayCreateRoles, roles, extensions } = JSON.parse(line) as Answer;
  return {
    version: serverVersion(Number(version)),
    unknownSettings: new Set(unknown),
    superuser,
    mayCreateRoles,
    roles: new Set(roles),
    extensions: new Map(
      extensions.map(([name, offered, installed, needsSuperuser]) => [
        name,
        { version: offered, installed, needsSuperuser },
      ]),
    ),
  };
}
