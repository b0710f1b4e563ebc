/**
 * Scratch databases. Restoring a dump runs somebody's SQL, so each restore gets a database of its own, under a role made for
 * it. On a server that holds other things, the role owns this database and nothing else; on one that is ours alone, it may do
 * everything, since some dumps need that.
 */
import { randomBytes } from 'node:crypto';
import type { DumpFingerprint } from '../../../../domain/dump.ts';
import { type Connection, elsewhere } from '../../../../dump/engines/postgres/connection.ts';
import { checkExtensions } from '../../../../dump/engines/postgres/extensions.ts';
import { whereAlone } from '../../../../dump/engines/postgres/refusals/refusal-table.ts';
import {
  type ClientTools,
  chooseTools,
  requireSafeTools,
  serverVersion,
  type Version,
} from '../../../../dump/engines/postgres/tools.ts';
import type { DefinitionFacts, Scratch } from '../../../../ports/dump-engine.ts';
import type { WorkContext } from '../../../../runtime/context.ts';
import { BackupError, explain } from '../../../../runtime/errors.ts';
import { findTools } from '../installed-tools.ts';
import { askPsql } from '../psql.ts';
import { type RestoreOptions, restoreAsFarAsPossible } from '../restore.ts';
import { definitionsOf, readCopy } from './copy.ts';
import { catalogueChange, catalogueScript } from './own-catalogue.ts';
import {
  contentsQuery,
  databaseStatements,
  dropDatabase,
  dropStatements,
  extensionStatements,
  extensionsToMake,
  isLocaleError,
  isOurs,
  localeOptions,
  missingRoles,
  note,
  prefix,
  roleStatements,
  type ScratchNames,
  type ServerContents,
} from './scratch-statements.ts';

/** A server for scratch databases. */
export interface ScratchServer {
  /** A role that may create databases and roles. */
  readonly connection: Connection;
  /** Whether it holds nothing but the copy, so that the restoring role may be a superuser. */
  readonly disposable: boolean;
  /** For people: "the scratch server". */
  readonly shown: string;
}

export interface ScratchOptions extends Pick<RestoreOptions, 'format' | 'jobs' | 'workDirectory'> {
  readonly tools: ClientTools;
  readonly server: ScratchServer;
  /** Key of the run and name of the source, by which a later run can tell whether it is over. */
  readonly owner: string;
  readonly source: DumpFingerprint;
  /** Of the database and its role; from `newScratchName`. */
  readonly name: string;
}

type ScratchContext = Pick<WorkContext, 'clock' | 'signal'>;

/** Seconds for the statements that create and drop a database: a checkpoint may take its time. */
const adminSeconds = 600;

interface Admin {
  readonly tools: Pick<ClientTools, 'folder'>;
  readonly connection: Connection;
  readonly signal: AbortSignal | undefined;
}

function runAsAdmin({ tools, connection, signal }: Admin, sql: string): Promise<string> {
  const what = `psql of the scratch server (${connection.shown})`;
  return askPsql({ tools, connection, sql, what, timeoutSeconds: adminSeconds, signal });
}

export const newScratchName = (): string => `${prefix}${randomBytes(6).toString('hex')}`;

/** @throws BackupError when the server cannot hold the source: `extension-missing` names what it lacks */
export async function createScratch(options: ScratchOptions, context: ScratchContext): Promise<Scratch> {
  const { tools, server, owner, source, name } = options;
  requireSafeTools(tools.version);
  const names: ScratchNames = { name, password: randomBytes(24).toString('base64url'), owner };
  const admin: Admin = { tools, connection: server.connection, signal: context.signal };
  const contents = JSON.parse(await runAsAdmin(admin, contentsQuery)) as ServerContents;
  const offered = new Map(contents.extensions.map((one) => [one.name, one.version]));
  const version = serverVersion(contents.version);
  const { major: series } = version;
  // A server newer than the tools can be restored to, but not read by their pg_dump.
  const reading = series > tools.version.major ? await toolsThatRead(version, server.shown, context) : tools;
  const newer = checkExtensions(source.extensions, offered, { what: server.shown, series });
  // It works after a cancelled run, too, hence without its signal.
  const drop = async (): Promise<void> =>
    void (await runAsAdmin({ ...admin, signal: undefined }, dropStatements(name)));
  const there: Admin = { ...admin, connection: elsewhere(server.connection, name) };
  const made = server.disposable ? [] : extensionsToMake(source, contents);
  const notes = [...newer];
  try {
    await runAsAdmin(admin, roleStatements(names, server.disposable));
    notes.push(...(await createDatabase(admin, names, source, server)));
    if (server.disposable) await runAsAdmin(admin, missingRoles(source.roles ?? [], new Set(contents.roles)));
    if (made.length > 0) await runAsAdmin(there, extensionStatements(made, name));
  } catch (error) {
    await drop().catch(() => {});
    throw error;
  }
  const own = elsewhere(server.connection, name, { user: name, password: names.password });
  const reword = async (sql: Buffer): Promise<DefinitionFacts> => {
    const { signal } = context;
    const another = { name: `${name}_reworded`, owner };
    try {
      await createDatabase(admin, another, source, server, name);
      const there: Admin = { ...admin, connection: elsewhere(server.connection, another.name) };
      if (made.length > 0) await runAsAdmin(there, extensionStatements(made, name));
      const connection = elsewhere(own, another.name);
      const what = `the restore of the definitions into ${another.name}`;
      // What is refused here was refused before, and is told there.
      await restoreAsFarAsPossible({ ...options, connection, what, kind: 'plain', signal }, only(sql));
      return await definitionsOf({ tools: reading, connection, source }, signal);
    } finally {
      // With a subscription in it, it goes with its server, or with the next sweep.
      await runAsAdmin({ ...admin, signal: undefined }, dropDatabase(another.name)).catch(() => {});
    }
  };
  return {
    restore: async (kind, open) => {
      const { signal } = context;
      const what = `the restore into ${name}`;
      const request = { ...options, connection: own, what, kind, signal };
      if (!server.disposable)
        return (await restoreAsFarAsPossible(request, open())).filter((refusal) => !isOurs(refusal, made));
      const before = await runAsAdmin(there, catalogueScript);
      const refusals = (await restoreAsFarAsPossible(request, open())).map(whereAlone);
      const change = catalogueChange(before, await runAsAdmin(there, catalogueScript));
      return change === undefined ? refusals : [...refusals, change];
    },
    fingerprint: (source, columns) => readCopy({ tools: reading, connection: own, source, columns, reword }, context),
    notes: () => notes,
    drop,
  };
}

async function* only(sql: Buffer): AsyncGenerator<Buffer> {
  yield sql;
}

/** @throws BackupError (`version-mismatch`) that names the package to install, and the server that needs it */
async function toolsThatRead(version: Version, shown: string, { signal }: ScratchContext): Promise<ClientTools> {
  const installed = await findTools(signal);
  try {
    return chooseTools(installed, version);
  } catch (error) {
    const { what, ...more } = explain(error);
    throw new BackupError({ ...more, what: `the copy on ${shown} cannot be read: ${what}` });
  }
}

/** Creates the database like the source, as far as the server can. @returns what differs, for people */
async function createDatabase(
  admin: Admin,
  names: Pick<ScratchNames, 'name' | 'owner'>,
  { locale }: DumpFingerprint,
  server: ScratchServer,
  role = names.name,
): Promise<readonly string[]> {
  const options = localeOptions(locale);
  for (const [at, { sql, instead }] of options.entries()) {
    try {
      await runAsAdmin(admin, databaseStatements(names, sql, role));
      if (instead === undefined) return [];
      return [
        `${server.shown} does not know the locale ${locale?.locale ?? locale?.collate} of the source; the copy sorts by ${instead}`,
      ];
    } catch (error) {
      const { what, detail = '' } = explain(error);
      if (at === options.length - 1 || !isLocaleError(`${what}\n${detail}`)) throw error;
    }
  }
  throw new BackupError({ what: `the database ${names.name} could not be created` });
}

/**
 * Drops the scratch databases that dead runs left, and their roles.
 * @param isOver whether the owner in a comment is over
 * @returns their names
 */
export async function sweepScratch(
  admin: Admin,
  isOver: (owner: string) => Promise<boolean>,
): Promise<readonly string[]> {
  const pattern = `'${prefix.replaceAll('_', '\\_')}%'`;
  const ownerIn = (catalogue: string): string =>
    `coalesce(substring(shobj_description(oid, '${catalogue}') FROM '${note} (\\S+)'), '')`;
  // A database and its role share one name. A run that died early left only the role.
  const output = await runAsAdmin(
    admin,
    `SELECT name || ' ' || max(owner) FROM (SELECT datname AS name, ${ownerIn('pg_database')} AS owner FROM pg_database WHERE datname LIKE ${pattern} UNION ALL SELECT rolname, ${ownerIn('pg_authid')} FROM pg_roles WHERE rolname LIKE ${pattern}) AS scratch GROUP BY name;`,
  );
  const dropped: string[] = [];
  for (const line of output.split('\n')) {
    const [name = '', owner = ''] = line.split(' ');
    if (!/^holdfast_scratch_\w+$/.test(name) || owner === '' || !(await isOver(owner))) continue;
    await runAsAdmin(admin, dropStatements(name));
    dropped.push(name);
  }
  return dropped;
}
