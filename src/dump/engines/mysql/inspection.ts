/** What people should know of a source before it is dumped. */
import type { Catalogue, Table } from './catalogue.ts';
import { tablesToLock } from './moment.ts';
import { isServerDatabase } from './names.ts';
import { atLeast, keepsRows, type ServerIdentity } from './server.ts';
import { dumpsHistory, type Tool } from './tools.ts';

/** How the notes of a receipt begin whose dump lacks the rows of former times of tables with system versioning. */
export const withoutHistory = 'rows of former times are not in the dump';

/** Names that a note gives as examples. */
const maxNames = 5;

function named(tables: readonly Table[]): string {
  const names = tables.slice(0, maxNames).map(({ shown }) => shown);
  return tables.length > names.length
    ? `${names.join(', ')} and ${tables.length - names.length} more`
    : names.join(', ');
}

/** Facts of tables and server that a dump cannot change. */
export function moments(
  server: ServerIdentity,
  { tables }: Catalogue,
  { tool, keepsLock }: { readonly tool: Tool; readonly keepsLock: boolean },
): readonly string[] {
  const notes: string[] = [];
  const own = tables.filter(({ database }) => !isServerDatabase(database));
  const locked = tablesToLock(own);
  if (server.managed) notes.push(`the server is ${server.managed}`);
  if (!atLeast(server.version, 5, 5, 3))
    notes.push('the server has no utf8mb4: texts are dumped in utf8, of three bytes a character at most');
  if (locked.length > 0)
    notes.push(
      keepsLock
        ? `all writers of the server wait until dump and fingerprint have been read, since at least half of the bytes are in tables without transactions: ${named(locked)}`
        : `rows of tables without transactions may move while they are dumped; what stood still is compared: ${named(locked)}`,
    );
  const rowless = own.filter(({ kind, engine }) => kind === 'table' && engine !== '' && !keepsRows(engine));
  if (rowless.length > 0)
    notes.push(`tables that show rows of elsewhere, of which the proof compares definitions alone: ${named(rowless)}`);
  const floats = own.filter(({ kind, columns }) => kind !== 'view' && columns.some(({ type }) => type === 'float'));
  if (floats.length > 0)
    notes.push(
      `columns of the type FLOAT are dumped with the six digits that the server writes, as every dump tool does: ${named(floats)}`,
    );
  const versioned = own.filter(({ kind }) => kind === 'versioned');
  const precise = versioned.filter(({ period }) => period?.ofTransactions);
  if (precise.length > 0)
    notes.push(
      `${withoutHistory}, since no tool dumps transaction-precise history, as these tables have it: ${named(precise)}${precise.length < versioned.length ? ', and then none of any other' : ''}`,
    );
  else if (versioned.length > 0 && !dumpsHistory(tool, server, versioned))
    notes.push(`${withoutHistory}, which needs server and tools of MariaDB 10.11: ${named(versioned)}`);
  return notes;
}

/** @param foreign directories as a server names them */
export function foreignNotes(foreign: readonly string[]): readonly string[] {
  if (foreign.length === 0) return [];
  return [
    `directories of the data directory that are no databases are not dumped: ${foreign.slice(0, maxNames).join(', ')}${foreign.length > maxNames ? ` and ${foreign.length - maxNames} more` : ''} (a database from before MySQL 5.1 is made one by ALTER DATABASE \`#mysql50#NAME\` UPGRADE DATA DIRECTORY NAME)`,
  ];
}
