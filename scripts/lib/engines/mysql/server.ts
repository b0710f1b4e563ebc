/** What the commands for dumps need of a server of MySQL or MariaDB. */
import { tmpdir } from 'node:os';
import { mysqlCauses } from '../../../../src/adapters/databases/mysql/causes.ts';
import { findPrograms, programEnvironment, writeOptions } from '../../../../src/adapters/databases/mysql/programs.ts';
import { Session } from '../../../../src/adapters/databases/mysql/session.ts';
import { PipedProgram } from '../../../../src/adapters/databases/piped-program.ts';
import { type Connection, elsewhere } from '../../../../src/dump/engines/mysql/connection.ts';
import { literal, quoted } from '../../../../src/dump/engines/mysql/names.ts';
import { bestCharset, identify, type ServerIdentity } from '../../../../src/dump/engines/mysql/server.ts';
import { chooseClient, clientPrograms, type Tool } from '../../../../src/dump/engines/mysql/tools.ts';

/** A server, and the client that loads dumps into it. */
export interface OpenServer {
  readonly session: Session;
  readonly connection: Connection;
  readonly identity: ServerIdentity;
  readonly client: Tool;
}

/** @throws BackupError when the server cannot be reached, or no client is installed */
export async function openServer(connection: Connection): Promise<OpenServer> {
  const session = await Session.open({ connection: elsewhere(connection, undefined), what: 'the load' });
  try {
    const [row = []] = await session.mustAsk('SELECT VERSION(), @@version_comment, @@basedir');
    const [version, comment, basedir] = row.map((value) => value ?? '');
    const identity = identify(version ?? '', comment ?? '', basedir ?? '');
    // Names in questions and statements are of this client, whatever the server's default.
    await session.mustAsk(`SET NAMES ${bestCharset(identity)}`);
    await session.value('SET SESSION lock_wait_timeout = 60');
    return {
      session,
      connection,
      identity,
      client: chooseClient(await findPrograms(clientPrograms, undefined), identity),
    };
  } catch (error) {
    await session.end();
    throw error;
  }
}

/** Feeds statements to the client, up to the first that the server refuses. @param database the one it starts in */
export async function feedClient(
  { client, connection, identity }: OpenServer,
  database: string | undefined,
  source: AsyncIterable<Buffer>,
): Promise<void> {
  const charset = bestCharset(identity);
  const options = await writeOptions(connection, client.family, charset, tmpdir());
  try {
    const program = new PipedProgram({
      program: client.path,
      parameters: [
        options.parameter,
        // Nothing in a dump is a command of the client, such as \! for the shell (MySQL manual, "mysql Client Options").
        '--binary-mode',
        '--batch',
        '--max-allowed-packet=1G',
        ...(database === undefined ? [] : [`--database=${database}`]),
      ],
      environment: programEnvironment(),
      what: `the load into ${connection.shown} (${client.name})`,
      causes: mysqlCauses,
    });
    await program.feed(source);
  } finally {
    await options.remove();
  }
}

/** Name of the table by which these commands know what they made. No database of MySQL has a comment. */
export const noteTable = 'holdfast_note';

export interface DatabaseState {
  readonly exists: boolean;
  /** Whether it has no tables, views, routines or events. */
  readonly empty: boolean;
  /** What these commands noted. */
  readonly note: string | undefined;
  readonly charset: string;
  readonly collation: string;
}

export async function stateOf(session: Session, database: string): Promise<DatabaseState> {
  const name = literal(database);
  const [schema] = await session.mustAsk(
    `SELECT DEFAULT_CHARACTER_SET_NAME, DEFAULT_COLLATION_NAME FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = ${name}`,
  );
  const counts = await session.mustAsk(
    `SELECT (SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA = ${name} AND TABLE_NAME <> '${noteTable}')
     + (SELECT COUNT(*) FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = ${name})`,
  );
  // Servers before 5.1.6 and Infobright have no events.
  const events = await session.value(`SELECT COUNT(*) FROM information_schema.EVENTS WHERE EVENT_SCHEMA = ${name}`);
  const note = await session.value(
    `SELECT TABLE_COMMENT FROM information_schema.TABLES WHERE TABLE_SCHEMA = ${name} AND TABLE_NAME = '${noteTable}'`,
  );
  return {
    exists: schema !== undefined,
    empty: counts[0]?.[0] === '0' && (events ?? '0') === '0',
    note,
    charset: schema?.[0] ?? '',
    collation: schema?.[1] ?? '',
  };
}

/** Makes a database that holds nothing but the note. */
export async function createNoted(session: Session, database: string, options: string, note: string): Promise<void> {
  await session.mustAsk(`CREATE DATABASE ${quoted(database)}${options}`);
  await writeNote(session, database, note);
}

export async function writeNote(session: Session, database: string, note: string): Promise<void> {
  const table = `${quoted(database)}.${noteTable}`;
  await session.mustAsk(`DROP TABLE IF EXISTS ${table}`);
  await session.mustAsk(`CREATE TABLE ${table} (made TIMESTAMP) COMMENT = ${literal(note)}`);
}

export async function removeNote(session: Session, database: string): Promise<void> {
  await session.mustAsk(`DROP TABLE IF EXISTS ${quoted(database)}.${noteTable}`);
}
