/** What the commands for dumps need of a PostgreSQL server. */
import { availableParallelism, tmpdir } from 'node:os';
import { toolsFor } from '../../../../src/adapters/databases/postgres/installed-tools.ts';
import { askPsql } from '../../../../src/adapters/databases/postgres/psql.ts';
import { restoreInto, targetOf } from '../../../../src/adapters/databases/postgres/restore.ts';
import type { DumpFileKind } from '../../../../src/domain/dump.ts';
import { type Connection, elsewhere } from '../../../../src/dump/engines/postgres/connection.ts';
import { StatementFilter } from '../../../../src/dump/engines/postgres/restore/statement-filter.ts';
import { type ClientTools, requireSafeTools } from '../../../../src/dump/engines/postgres/tools.ts';
import { archiveEnding } from '../../../../src/dump/files.ts';
import { BackupError } from '../../../../src/runtime/errors.ts';

/** Finds the tools for a server. @throws BackupError when there are none, or when a crafted dump could exploit them */
export async function safeToolsFor(connection: Connection): Promise<ClientTools> {
  const { tools } = await toolsFor(connection, "SELECT current_setting('server_version_num');");
  requireSafeTools(tools.version);
  return tools;
}

export interface OpenServer {
  readonly tools: ClientTools;
  /** A database that servers have from the start, other than the target. */
  readonly maintenance: Connection;
}

/** Finds the tools for the server of a database, which need not exist. @throws BackupError as safeToolsFor does */
export async function openServer(target: Connection): Promise<OpenServer> {
  // Some servers have no database postgres.
  const [first, ...others] = ['postgres', 'template1'].map((name) => elsewhere(target, name));
  const open = async (maintenance: Connection): Promise<OpenServer> => ({
    tools: await safeToolsFor(maintenance),
    maintenance,
  });
  try {
    return await open(first as Connection);
  } catch (error) {
    for (const other of others) {
      const opened = await open(other).catch(() => undefined);
      if (opened) return opened;
    }
    throw error;
  }
}

/** Runs statements. @param statements the last one without its semicolon */
export async function sql(tools: ClientTools, connection: Connection, statements: string): Promise<string> {
  return (await askPsql({ tools, connection, sql: `${statements};` })).trim();
}

/**
 * Whether a database holds no relations, functions or types but those of the server and of extensions. Indexes, array types and
 * the types of rows come with another object, and only that one belongs to its extension.
 */
export async function isEmpty(tools: ClientTools, connection: Connection): Promise<boolean> {
  const count = await sql(
    tools,
    connection,
    `SELECT count(*) FROM (
  SELECT oid, relnamespace AS namespace FROM pg_class WHERE relkind IN ('r', 'v', 'm', 'S', 'f', 'p')
  UNION ALL SELECT oid, pronamespace FROM pg_proc
  UNION ALL SELECT oid, typnamespace FROM pg_type AS t WHERE typtype <> 'm'
    AND NOT EXISTS (SELECT FROM pg_type AS e WHERE e.typarray = t.oid)
    AND NOT EXISTS (SELECT FROM pg_class AS c WHERE c.oid = t.typrelid AND c.relkind <> 'c')
) AS one JOIN pg_namespace n ON n.oid = namespace
WHERE n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = one.oid AND d.deptype = 'e')`,
  );
  return count === '0';
}

/**
 * Restores a file into a database, up to the first error. Of SQL, what belongs to the server that was dumped is left out, and
 * roles that it names are made; standard error says so.
 * @param file its kind, and its key or path, whose ending tells the format
 */
export async function restoreFile(
  tools: ClientTools,
  connection: Connection,
  { kind, name }: { readonly kind: DumpFileKind; readonly name: string },
  source: AsyncIterable<Buffer>,
): Promise<void> {
  const options = {
    tools,
    connection,
    what: `the restore into ${connection.shown}`,
    kind,
    format: name.endsWith(archiveEnding('directory')) ? 'directory' : 'custom',
    jobs: availableParallelism(),
    workDirectory: tmpdir(),
  } as const;
  const filter = new StatementFilter(await targetOf({ tools, connection }), 'people');
  try {
    await restoreInto(options, source, filter);
  } catch (error) {
    throw kind === 'archive' ? error : explained(error, filter.newer);
  }
  for (const note of filter.notes) console.error(`note: ${note}`);
}

/** The server's words say what it refused, and not why the dump does not fit. @param newer how the dump is newer than the server */
function explained(error: unknown, newer: string | undefined): unknown {
  if (!(error instanceof BackupError)) return error;
  const { what, detail, code } = error;
  if (newer !== undefined) {
    const fix = 'load it into a server of the newer series, or dump with pg_dump of the older one';
    return new BackupError({ what, detail, code, likelyCause: newer, fix, cause: error });
  }
  if (!/ERROR: .*(relation|schema|type|function|operator class) .*does not exist/.test(what)) return error;
  const likelyCause = 'the dump holds a part of the database (pg_dump -t, -n, -T, -N or --section), and needs another';
  return new BackupError({ what, detail, code, likelyCause, fix: 'dump the whole database', cause: error });
}
