/**
 * Makes the statements of a dump fit for the server that they are restored into: what belongs to the server that was dumped
 * (owners, rights, tablespaces, the database itself) is left out, as pg_restore --no-owner --no-acl --no-tablespaces does.
 */
import { identifierPattern } from '../../../../anonymize/format/names.ts';
import { BackupError } from '../../../../runtime/errors.ts';
import { packageOf } from '../extensions.ts';
import { showVersion, type Version } from '../tools.ts';
import { namedRoles } from './named-roles.ts';
import type { RestoreTarget } from './restore-target.ts';
import { withoutTablespaces } from './tablespaces.ts';

/** `proof`: only what the server cannot know is left out; whatever else it refuses must show. */
export type FilterPurpose = 'people' | 'proof';

type LeftOut = 'owner' | 'rights' | 'label' | 'tablespace' | 'database' | 'drop' | 'setting' | 'comment';

const words: Readonly<Record<LeftOut, string>> = {
  owner: 'about owners',
  rights: 'about rights',
  label: 'with security labels',
  tablespace: 'about tablespaces',
  database: 'about the database itself, whose name and properties are those of the target',
  drop: 'dropping what a new database does not have',
  setting: 'with settings that this server does not have',
  comment: 'with comments that only a superuser may change',
};

const nothing = '';
/** Characters of the first words of a statement. */
const beginLength = 64;
/** Words with which the statements begin that are looked at. */
const begins = /^(set|reset|alter|grant|revoke|security|comment|create|drop|select)\b/i;
const owner = new RegExp(String.raw`^alter\s.*\sowner\s+to\s+${identifierPattern}\s*;$`, 'is');
const ofDatabase =
  /^(create|drop|alter|comment\s+on)\s+database\b|^alter\s+(role|user)\s.*\sin\s+database\s|^alter\s+system\b/is;
const ofTablespace =
  /^(create|drop|alter)\s+tablespace\b|^alter\s.*\sset\s+tablespace\s|^comment\s+on\s+tablespace\b/is;
/** A number that servers keep for themselves (seen from 15.20 and 17.12 on); pg_dump of an older release takes it for a setting. */
const ofServer = /^alter\s+table\s.*\sset\s+\((pg_attver)=\d+\)\s*;$/is;
const ofSession = /^(re)?set\s+(session\s+authorization|role)\b/i;
const extension = new RegExp(String.raw`^create\s+extension\s+(?:if\s+not\s+exists\s+)?(${identifierPattern})`, 'is');

export class StatementFilter {
  readonly #target: RestoreTarget;
  readonly #purpose: FilterPurpose;
  readonly #counts = new Map<LeftOut, number>();
  readonly #settings = new Set<string>();
  readonly #made = new Set<string>();
  readonly #missingRoles = new Set<string>();
  readonly #missingExtensions = new Set<string>();
  readonly #refusedExtensions = new Set<string>();
  /** Whether nothing has been created yet: pg_dump --clean drops first. */
  #dropping = true;
  #tablesSeen = false;
  #dumpedBy: Version | undefined;
  #warnings: readonly string[] = [];

  constructor(target: RestoreTarget, purpose: FilterPurpose) {
    this.#target = target;
    this.#purpose = purpose;
  }

  /** Whether the role that restores is a superuser. */
  get superuser(): boolean {
    return this.#target.superuser;
  }

  /** @param version of the pg_dump that wrote the dump, where it says so */
  noteDumpedBy(version: Version | undefined): void {
    this.#dumpedBy ??= version;
  }

  /** What the reader left out around the dump. */
  noteReader(warnings: readonly string[]): void {
    this.#warnings = warnings;
  }

  /** A `\connect` was left out. */
  noteConnect(): void {
    if (this.#purpose === 'people') this.#leaveOut('database');
  }

  /** Why the server may refuse a statement: the dump is of a newer series than it. */
  get newer(): string | undefined {
    const { version } = this.#target;
    if (this.#dumpedBy === undefined || this.#dumpedBy.major <= version.major) return undefined;
    return `pg_dump ${showVersion(this.#dumpedBy)} wrote the dump, and the server is PostgreSQL ${showVersion(version)}, which may lack what newer ones have`;
  }

  /** Whether tools of this version set something that the server does not have. */
  lacksSettingsOf({ major }: Version): boolean {
    return major > this.#target.version.major && this.#target.unknownSettings.size > 0;
  }

  /** Whether the server lacks something, so that nothing more should be restored. The rest is still read: it may lack more. */
  get failed(): boolean {
    return this.#missingRoles.size + this.#missingExtensions.size + this.#refusedExtensions.size > 0;
  }

  /**
   * @param begin the first characters of a statement, up to 64
   * @returns whether `apply` must see it whole
   */
  concerns(begin: string): boolean {
    const word = begins.exec(begin.slice(0, beginLength))?.[1]?.toLowerCase();
    if (word === undefined) return false;
    if (word === 'select') return this.#purpose === 'people' && this.#dropping && /\blo_unlink\b/.test(begin);
    return this.#purpose === 'people' || word === 'set';
  }

  /** @throws BackupError for rows before the first table: the database is new, or empty */
  rows(): void {
    if (this.#tablesSeen || this.#purpose === 'proof') return;
    throw new BackupError({
      what: 'the dump holds rows, but not the tables that they belong to',
      likelyCause: 'it is a dump of data alone (pg_dump --data-only)',
      fix: 'dump without --data-only; or load it with psql into a database that has the tables',
    });
  }

  /** @returns what to restore instead: undefined for the statement as it is, an empty text for nothing */
  apply(sql: string): string | undefined {
    const setting = ofServer.exec(sql)?.[1] ?? this.#unknownSetting(sql);
    if (setting !== undefined) {
      this.#settings.add(setting);
      return this.#leaveOut('setting');
    }
    if (this.#purpose === 'proof') return undefined;
    const kind = this.#kindToLeaveOut(sql);
    if (kind !== undefined) return this.#leaveOut(kind);
    return /^create\b/i.test(sql) ? this.#create(sql) : this.#withoutTablespaces(sql);
  }

  #leaveOut(kind: LeftOut): string {
    this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + 1);
    return nothing;
  }

  /** The parameter that a SET sets, if the server does not have it. */
  #unknownSetting(sql: string): string | undefined {
    const [, name = '', value = ''] =
      /^set\s+(?:session\s+|local\s+)?([\w.]+)\s*(?:=|\sto\s)\s*([^;]*)/i.exec(sql) ?? [];
    // From 12 on it can only be off (guc_tables.c).
    const isOids =
      name === 'default_with_oids' && /^'?(true|on|1|yes)/i.test(value) && this.#target.version.major >= 12;
    return isOids || this.#target.unknownSettings.has(name.toLowerCase()) ? name : undefined;
  }

  #kindToLeaveOut(sql: string): LeftOut | undefined {
    if (/^(grant|revoke|alter\s+default\s+privileges)\b/i.test(sql)) return 'rights';
    if (/^security\s+label\b/i.test(sql)) return 'label';
    if (ofSession.test(sql) || owner.test(sql)) return 'owner';
    if (ofDatabase.test(sql)) return 'database';
    if (ofTablespace.test(sql) || /^set\s+default_tablespace\s*(=|to)(?!\s*'')/i.test(sql)) return 'tablespace';
    if (this.#isDrop(sql)) return 'drop';
    return !this.#target.superuser && isForeignComment(sql) ? 'comment' : undefined;
  }

  /** What pg_dump --clean writes before it creates anything. Views that refer to each other become empty ones first. */
  #isDrop(sql: string): boolean {
    if (!this.#dropping) return false;
    if (/^drop\b|^alter\s.*\sdrop\s|^select\s.*\blo_unlink\b/is.test(sql)) return true;
    const view = this.#counts.has('drop') && /^create\s+or\s+replace\s+view\s.*\bnull::/is.test(sql);
    if (/^create\b/i.test(sql) && !view) this.#dropping = false;
    return view;
  }

  #create(sql: string): string | undefined {
    this.#tablesSeen ||= /^create\s+(unlogged\s+|foreign\s+)?table\b/i.test(sql);
    // A new database has them.
    if (/^create\s+schema\s+"?public"?\s*;/i.test(sql)) return 'CREATE SCHEMA IF NOT EXISTS public;';
    if (/^create\s+(or\s+replace\s+)?(trusted\s+)?(procedural\s+)?language\s+"?plpgsql"?\s*;/i.test(sql))
      return nothing;
    if (/^create\s+extension\b/i.test(sql)) return this.#extension(sql);
    if (/^create\s+(policy|user\s+mapping)\b/i.test(sql)) return this.#roles(sql);
    return this.#withoutTablespaces(sql);
  }

  #withoutTablespaces(sql: string): string | undefined {
    if (
      !/^(create|alter)\s+(unlogged\s+|unique\s+|global\s+|local\s+|temp\s+|temporary\s+|materialized\s+)*(table|index|view)\b/i.test(
        sql,
      )
    )
      return undefined;
    const changed = withoutTablespaces(sql);
    if (changed === sql) return undefined;
    this.#leaveOut('tablespace');
    return changed;
  }

  #extension(sql: string): string | undefined {
    const name = (extension.exec(sql)?.[1] ?? '').replace(/^"(.*)"$/s, '$1').replaceAll('""', '"');
    const offered = this.#target.extensions.get(name);
    if (offered === undefined) this.#missingExtensions.add(name);
    else if (offered.needsSuperuser && !offered.installed && !this.#target.superuser) this.#refusedExtensions.add(name);
    return undefined;
  }

  /** Roles that the server lacks are made before the statement that names them. */
  #roles(sql: string): string | undefined {
    const missing = namedRoles(sql).filter((role) => !this.#target.roles.has(role) && !this.#made.has(role));
    if (missing.length === 0) return undefined;
    // Names that begin so are PostgreSQL's own: a newer one has more of them.
    const [own, others] = [
      missing.filter((role) => role.startsWith('pg_')),
      missing.filter((role) => !role.startsWith('pg_')),
    ];
    for (const role of this.#target.mayCreateRoles ? own : missing) this.#missingRoles.add(role);
    if (!this.#target.mayCreateRoles) return undefined;
    for (const role of others) this.#made.add(role);
    return [...others.map(createRole), sql].join('\n');
  }

  /** Notes for people, once all statements have passed. */
  get notes(): readonly string[] {
    const counts = [...this.#counts].map(([kind, count]) => {
      const names = kind === 'setting' ? ` (${[...this.#settings].join(', ')})` : '';
      return `${count} ${count === 1 ? 'statement' : 'statements'} ${words[kind]}${names}`;
    });
    return [
      ...this.#warnings,
      ...(counts.length === 0 ? [] : [`left out: ${counts.join('; ')}`]),
      ...(this.#made.size === 0
        ? []
        : [`made, without login, since policies or user mappings name them: the roles ${[...this.#made].join(', ')}`]),
    ];
  }

  /** @throws BackupError that names everything that the server lacks */
  throwIfFailed(): void {
    if (!this.failed) return;
    const { version } = this.#target;
    const [missing, refused, roles] = [
      [...this.#missingExtensions],
      [...this.#refusedExtensions],
      [...this.#missingRoles],
    ];
    const lacks = [...named('the extension', missing), ...named('the role', roles)];
    throw new BackupError({
      what: [
        ...(lacks.length === 0 ? [] : [`the server lacks ${lacks.join(' and ')}, which the dump needs`]),
        ...named('only a superuser may create the extension', refused),
      ].join('; '),
      fix: [
        ...missing.map((name) => `install ${packageOf(name, version.major) ?? name} on the server`),
        ...(roles.length === 0 ? [] : [`as a role that may create roles: ${roles.map(createRole).join(' ')}`]),
        ...(refused.length === 0 ? [] : ['load the dump as a superuser, or let one create the extension before']),
      ].join('; '),
      code: missing.length + refused.length > 0 ? 'extension-missing' : 'role-missing',
    });
  }
}

export function createRole(role: string): string {
  return `CREATE ROLE "${role.replaceAll('"', '""')}" NOLOGIN;`;
}

function named(what: string, names: readonly string[]): readonly string[] {
  return names.length === 0 ? [] : [`${what}${names.length === 1 ? '' : 's'} ${names.join(', ')}`];
}

/** Comments on what the role does not own although it restores the dump. */
function isForeignComment(sql: string): boolean {
  return /^comment\s+on\s+(extension\s|schema\s+"?public"?\s|(procedural\s+)?language\s+"?plpgsql"?\s)/i.test(sql);
}
