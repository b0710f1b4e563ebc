/** What a server needs for a dump, compared with what it has, before anything is changed there. */
import type { DatabaseLocale, DumpFingerprint } from '../../../../src/domain/dump.ts';
import { isOlder, packageOf } from '../../../../src/dump/engines/postgres/extensions.ts';
import type { RestoreTarget } from '../../../../src/dump/engines/postgres/restore/restore-target.ts';
import { createRole } from '../../../../src/dump/engines/postgres/restore/statement-filter.ts';
import { showVersion } from '../../../../src/dump/engines/postgres/tools.ts';
import { BackupError } from '../../../../src/runtime/errors.ts';

export interface Needs {
  /** Statements that make the roles that definitions name, and the server lacks. */
  readonly roles: readonly string[];
  /** What the reader should know. */
  readonly notes: readonly string[];
}

/** The roles that definitions of a dump name; those that begin so are PostgreSQL's own. */
export function rolesOf({ roles = [] }: Pick<DumpFingerprint, 'roles'>): readonly string[] {
  return roles.filter((role) => role !== 'public' && !role.startsWith('pg_'));
}

/**
 * @param source fingerprint in the receipt
 * @param fresh whether the dump goes into a new database, which has no extensions yet
 * @throws BackupError that names everything that the server lacks
 */
export function needsOf(
  source: Pick<DumpFingerprint, 'extensions' | 'roles' | 'serverVersion'>,
  target: RestoreTarget,
  fresh: boolean,
): Needs {
  const extensions = Object.keys(source.extensions).filter((name) => name !== 'plpgsql');
  const missing = extensions.filter((name) => !target.extensions.has(name));
  const refused = extensions.filter((name) => {
    const offered = target.extensions.get(name);
    return offered?.needsSuperuser === true && !target.superuser && (fresh || !offered.installed);
  });
  const roles = rolesOf(source).filter((role) => !target.roles.has(role));
  const unmade = target.mayCreateRoles ? [] : roles;
  const problems = [
    ...named('the server lacks the extension', missing),
    ...named('only a superuser may create the extension', refused),
    ...named('this role may not create, and the server lacks, the role', unmade),
  ];
  if (problems.length > 0)
    throw new BackupError({
      what: `${problems.join('; ')}; nothing was changed`,
      likelyCause: `the dump of PostgreSQL ${source.serverVersion} needs them`,
      fix: [
        ...missing.map((name) => `install ${packageOf(name, target.version.major) ?? name} on the server`),
        ...(refused.length === 0 ? [] : ['restore as a superuser']),
        ...(unmade.length === 0 ? [] : [`as a role that may create roles: ${unmade.map(createRole).join(' ')}`]),
      ].join('; '),
      code: missing.length + refused.length > 0 ? 'extension-missing' : 'role-missing',
    });
  return { roles: roles.map(createRole), notes: notesOf(source, target, extensions, roles) };
}

function notesOf(
  source: Pick<DumpFingerprint, 'extensions' | 'serverVersion'>,
  target: RestoreTarget,
  extensions: readonly string[],
  roles: readonly string[],
): readonly string[] {
  const older = extensions.filter((name) =>
    isOlder(target.extensions.get(name)?.version ?? '', source.extensions[name] ?? ''),
  );
  const series = Number.parseInt(source.serverVersion, 10);
  return [
    ...older.map(
      (name) =>
        `the server has the extension ${name} ${target.extensions.get(name)?.version}, and the source ${source.extensions[name]}: what only the newer one has will be refused`,
    ),
    ...(series > target.version.major
      ? [
          `the server is PostgreSQL ${showVersion(target.version)}, and the source ${source.serverVersion}: what only the newer one has will be refused`,
        ]
      : []),
    ...named('made, without login, since definitions name them: the role', roles),
  ];
}

function named(what: string, names: readonly string[]): readonly string[] {
  return names.length === 0 ? [] : [`${what}${names.length === 1 ? '' : 's'} ${names.join(', ')}`];
}

/** How a database that exists stores text otherwise than the source; undefined when it does not, or the receipt is silent. */
export function localeNote(
  source: DatabaseLocale | undefined,
  target: Pick<DatabaseLocale, 'encoding' | 'collate'>,
): string | undefined {
  if (source === undefined) return undefined;
  if (source.encoding !== target.encoding)
    return `the database is in ${target.encoding}, and the source in ${source.encoding}: some characters may be refused, or sort and compare otherwise`;
  return source.collate === target.collate
    ? undefined
    : `the database sorts by ${target.collate}, and the source by ${source.collate}: indexes are made anew, but the order of rows may differ`;
}
