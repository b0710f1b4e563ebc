/** Looks at a server before anything is dumped: what it is, what it holds, and what would keep a dump from being whole. */
import type { Catalogue } from '../../../dump/engines/mysql/catalogue.ts';
import type { Connection } from '../../../dump/engines/mysql/connection.ts';
import { foreignNotes, moments } from '../../../dump/engines/mysql/inspection.ts';
import { notesOn, withoutLeftOut } from '../../../dump/engines/mysql/left-out.ts';
import { areMostlyWithout } from '../../../dump/engines/mysql/moment.ts';
import { chooseDatabases, type DatabaseChoice, quotedPair } from '../../../dump/engines/mysql/names.ts';
import {
  accountOf,
  deniedGrant,
  everythingGrant,
  lockGrants,
  locksAll,
  missingGrants,
  Privileges,
  parseGrants,
  positionGrant,
  seesAllDatabases,
} from '../../../dump/engines/mysql/privileges.ts';
import type { ServerIdentity } from '../../../dump/engines/mysql/server.ts';
import { chooseDumpTool, dumpPrograms, dumpsHistory } from '../../../dump/engines/mysql/tools.ts';
import type { DatabaseFacts } from '../../../ports/dump-engine.ts';
import { BackupError } from '../../../runtime/errors.ts';
import { openSession, readCatalogue, readDatabases } from './catalogue.ts';
import { readDefinitions } from './definitions.ts';
import type { Source } from './dump/source.ts';
import { findPrograms, findProgramsThere } from './programs.ts';
import { identityOf } from './scratch/identity.ts';
import type { Session } from './session.ts';
import { unreadable } from './unreadable.ts';

export interface Inspection {
  readonly source: Source;
  readonly facts: DatabaseFacts;
  /** What tells the server from others. */
  readonly identity: string;
}

/** @throws BackupError that names what is missing: a database, a privilege with its GRANT, a tool */
export async function inspectServer(
  connection: Connection,
  choice: DatabaseChoice,
  signal: AbortSignal,
  there?: Source['there'],
): Promise<Inspection> {
  const { session, server } = await openSession({ connection, signal, what: 'the inspection' }).catch(refuse);
  try {
    const present = (await readDatabases(session)).map(({ name }) => name);
    const chosen = chooseDatabases(present, choice);
    const access = await accessOf(session);
    if (chosen.missing.length > 0 || chosen.databases.length === 0)
      throw nothingToDump(chosen.missing, connection, access);
    const { databases, uncovered } = chosen;
    const all = await readCatalogue(session, server, databases);
    await checkPrivileges(session, server, all, databases, access);
    const leftOut = await unreadable(session, server, all);
    const catalogue = withoutLeftOut(all, leftOut);
    const inPlace = there ? await findProgramsThere(there.place, dumpPrograms, signal) : [];
    const installed = inPlace.length > 0 ? inPlace : await findPrograms(dumpPrograms, signal);
    const { tool, notes } = chooseDumpTool(installed, server, needsOf(catalogue));
    const source: Source = {
      connection,
      ...(there && inPlace.length > 0 ? { there } : {}),
      server,
      tool,
      databases,
      withNames: connection.database === undefined,
      keepsLock: areMostlyWithout(catalogue.tables) && locksAll(access.privileges, server),
      history: dumpsHistory(tool, server, catalogue.tables),
      leftOut,
    };
    const facts: DatabaseFacts = {
      product: server.product,
      serverVersion: server.version.join('.'),
      tool: tool.name,
      toolsVersion: tool.version.join('.'),
      shown: connection.shown,
      database: connection.database ?? databases.join(' '),
      bytes: catalogue.tables.reduce((sum, { bytes }) => sum + bytes, 0),
      place: there?.place.shown ?? 'runner',
      ...(uncovered.length > 0 ? { uncovered } : {}),
      notes: [
        ...notes,
        ...moments(server, catalogue, source),
        ...accessNotes(access, server, source),
        ...(await stateNotes(session, server, access.account)),
        ...foreignNotes(chosen.foreign),
        ...notesOn(leftOut),
      ],
    };
    return { source, facts, identity: await identityOf(session) };
  } finally {
    await session.end();
  }
}

interface Access {
  /** As grants name it. */
  readonly account: string;
  readonly privileges: Privileges;
}

async function accessOf(session: Session): Promise<Access> {
  const account = accountOf((await session.value('SELECT CURRENT_USER()')) ?? '');
  return { account, privileges: new Privileges(parseGrants(await grantsOf(session))) };
}

/** @throws the error, with the GRANT when the account may not use the database in the URL at all */
function refuse(error: unknown): never {
  const grant = error instanceof BackupError ? deniedGrant(error.what) : undefined;
  if (!(error instanceof BackupError) || grant === undefined) throw error;
  throw new BackupError({
    what: error.what,
    likelyCause: 'the account has no privilege in the database, or has it through a role that is not its default',
    fix: `run as an administrator of the server: ${grant} (or SET DEFAULT ROLE); docs/mysql.md lists what a dump needs`,
    code: 'access-denied',
  });
}

/** What the account's privileges keep from a dump, with the GRANT of each. */
function accessNotes(
  { account, privileges }: Access,
  server: ServerIdentity,
  { databases, withNames }: Source,
): readonly string[] {
  const lock = lockGrants(privileges, server, databases, account);
  return [
    ...(withNames && !seesAllDatabases(privileges)
      ? [
          `the account may not see every database of the server: those that it does not see are neither dumped nor named (GRANT SHOW DATABASES ON *.* TO ${account}; and for their contents ${everythingGrant(account)})`,
        ]
      : []),
    ...(lock === undefined
      ? []
      : [
          `nothing lets writers wait until dump and fingerprint have begun, so what moves between the two is not compared: the account lacks RELOAD or LOCK TABLES (${lock})`,
        ]),
  ];
}

function nothingToDump(
  missing: readonly string[],
  { shown }: Connection,
  { account, privileges }: Access,
): BackupError {
  const hint = seesAllDatabases(privileges) ? '' : `; what is hidden from the account: ${everythingGrant(account)}`;
  if (missing.length === 0)
    return new BackupError({
      what: `there is no database to dump: ${shown}`,
      likelyCause: 'all databases are excluded, or the account sees none',
      fix: `check exclude-databases, and the privileges of the account${hint}`,
      code: 'not-found',
    });
  return new BackupError({
    what: `the server has no database ${missing.join(', ')} that the account sees (${shown})`,
    likelyCause: 'the name is wrong, or the account has no privilege in it',
    fix: `check the name; on Linux, its capital letters matter${hint}`,
    code: 'not-found',
  });
}

/** @throws BackupError with the GRANT of each privilege that is missing */
async function checkPrivileges(
  session: Session,
  server: ServerIdentity,
  catalogue: Catalogue,
  databases: readonly string[],
  { account, privileges }: Access,
): Promise<void> {
  const routines = catalogue.objects.filter(({ kind }) => kind !== 'TRIGGER' && kind !== 'EVENT');
  const { hidden } = await readDefinitions(
    { ...catalogue, databases: [], tables: [], objects: routines },
    { session, server },
  );
  const wanted = {
    databases,
    tables: catalogue.tables.map(({ database, name, kind }) => ({ database, name, isView: kind === 'view' })),
    hiddenRoutines: hidden,
    readsProc: await answers(session, `SELECT 1 FROM ${quotedPair('mysql', 'proc')} LIMIT 0`),
  };
  const missing = missingGrants(privileges, server, wanted, account);
  if (missing.length === 0) return;
  const hiddenNote = hidden.length > 0 ? ` (the text of ${hidden.slice(0, 5).join(', ')} is hidden from it)` : '';
  throw new BackupError({
    what: `the account ${account} may not read everything${hiddenNote}; missing: ${missing.join(' ')}`,
    likelyCause:
      'without these privileges, the dump would fail, or leave out triggers, events or routines without a word',
    fix: `run as an administrator of the server: ${missing.join(' ')}`,
    code: 'access-denied',
  });
}

async function answers(session: Session, question: string): Promise<boolean> {
  return session.ask(question).then(
    () => true,
    () => false,
  );
}

/** With those of the roles that are active: MySQL shows them when it is told to use them. */
async function grantsOf(session: Session): Promise<readonly string[]> {
  const lines = async (statement: string): Promise<readonly string[]> =>
    (await session.mustAsk(statement)).map(([line]) => line ?? '');
  const role = await session.value('SELECT CURRENT_ROLE()');
  if (role?.includes('`')) return lines(`SHOW GRANTS FOR CURRENT_USER() USING ${role}`);
  return lines('SHOW GRANTS');
}

function needsOf({ tables, objects }: Catalogue) {
  return {
    generatedColumns: tables.some(({ columns }) => columns.some(({ generated }) => generated)),
    mariadbObjects:
      tables.some(({ kind }) => kind === 'sequence' || kind === 'versioned') ||
      objects.some(({ kind }) => kind.startsWith('PACKAGE')),
  };
}

async function stateNotes(session: Session, server: ServerIdentity, account: string): Promise<readonly string[]> {
  const notes: string[] = [];
  const seconds = Number(await session.value('SELECT UNIX_TIMESTAMP()'));
  const apart = Math.round(Math.abs(seconds - Date.now() / 1000));
  if (apart > 60) notes.push(`the clocks of server and runner are ${apart} s apart`);
  if ((await session.value('SELECT @@global.read_only')) === '1')
    notes.push('the server is read-only: if it is a replica, the dump is as old as its delay');
  const logs = (await session.value('SELECT @@global.log_bin')) === '1';
  if (logs && !(await answers(session, 'SHOW BINARY LOG STATUS')) && !(await answers(session, 'SHOW MASTER STATUS')))
    notes.push(
      `the position in the binary log is not in the receipt: the account may not see it (${positionGrant(server, account)})`,
    );
  return notes;
}
