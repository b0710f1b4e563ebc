/** Reads from a server what it is, what its databases hold, and what defines each object. */
import {
  type Catalogue,
  catalogueStatements,
  parseObjects,
  parseTables,
  sessionStatements,
  withPeriods,
} from '../../../dump/engines/mysql/catalogue.ts';
import type { Connection } from '../../../dump/engines/mysql/connection.ts';
import { shownName } from '../../../dump/engines/mysql/names.ts';
import { atLeast, bestCharset, identify, type ServerIdentity } from '../../../dump/engines/mysql/server.ts';
import { Session } from './session.ts';

export interface OpenOptions {
  readonly connection: Connection;
  readonly signal?: AbortSignal | undefined;
  readonly what: string;
  /** Known already. */
  readonly server?: ServerIdentity | undefined;
}

export interface OpenedSession {
  readonly session: Session;
  readonly server: ServerIdentity;
}

/** Opens a session whose answers do not depend on how the server is set. @throws BackupError */
export async function openSession(options: OpenOptions): Promise<OpenedSession> {
  const session = await Session.open(options);
  try {
    const server = options.server ?? (await identifyServer(session));
    for (const statement of sessionStatements(bestCharset(server))) await session.mustAsk(statement);
    // MySQL 8 shows for a day when a table was last counted as it once was (its manual, information_schema_stats_expiry).
    if (server.product !== 'MariaDB' && atLeast(server.version, 8))
      await session.mustAsk('SET information_schema_stats_expiry = 0');
    return { session, server };
  } catch (error) {
    await session.end();
    throw error;
  }
}

async function identifyServer(session: Session): Promise<ServerIdentity> {
  const [row = []] = await session.mustAsk('SELECT VERSION(), @@version_comment, @@basedir, @@lower_case_table_names');
  const [version, comment, basedir, lowerCaseNames] = row;
  return { ...identify(version ?? '', comment ?? '', basedir ?? ''), lowerCaseNames: lowerCaseNames ?? undefined };
}

/** @throws BackupError when the server refuses a question */
export async function readDatabases(session: Session): Promise<Catalogue['databases']> {
  const rows = await session.mustAsk(catalogueStatements.databases());
  return rows
    .map(([name, charset, collation]) => ({ name: name ?? '', charset: charset ?? '', collation: collation ?? '' }))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
}

/**
 * @param shownAs the database that a fingerprint names instead of one on a scratch server
 * @throws BackupError when the server refuses a question
 */
export async function readCatalogue(
  session: Session,
  server: ServerIdentity,
  names: readonly string[],
  shownAs: (database: string) => string = (database) => database,
): Promise<Catalogue> {
  const databases = (await readDatabases(session)).filter(({ name }) => names.includes(name));
  if (databases.length === 0) return { databases, tables: [], objects: [] };
  const those = databases.map(({ name }) => name);
  const ask = (statement: (databases: readonly string[]) => string) => session.mustAsk(statement(those));
  const listed = parseTables(await ask(catalogueStatements.tables), await ask(catalogueStatements.columns));
  const versioned = listed.some(({ kind }) => kind === 'versioned');
  const tables = versioned ? withPeriods(listed, await ask(catalogueStatements.periods)) : listed;
  const objects = parseObjects(
    await ask(catalogueStatements.routines),
    await ask(catalogueStatements.triggers),
    server.product === 'Infobright' ? [] : await ask(catalogueStatements.events),
  );
  const shown = <T extends { readonly database: string; readonly name: string }>(one: T): T => ({
    ...one,
    shown: shownName(shownAs(one.database), one.name),
  });
  return { databases, tables: tables.map(shown), objects: objects.map(shown) };
}
