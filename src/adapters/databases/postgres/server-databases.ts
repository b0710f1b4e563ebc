/** The databases of a server that a dump of all of them has. */
import { type Connection, elsewhere } from '../../../dump/engines/postgres/connection.ts';
import type { LeftOut, ServerDatabases } from '../../../ports/dump-engine.ts';
import { toolsFor } from './installed-tools.ts';
import { askPsql } from './psql.ts';

/**
 * Databases of managed servers that belong to the provider, whose users cannot dump them: RDS (Amazon RDS user guide, "Understanding
 * the rds_superuser role"), Cloud SQL (its documentation, "PostgreSQL users"), Azure (its documentation, "Azure Database for PostgreSQL - server
 * concepts").
 */
const ofProviders = ['rdsadmin', 'cloudsqladmin', 'azure_maintenance', 'azure_sys'];
/** Made with every server, and empty on most. */
const maintenance = 'postgres';

const seconds = 300;

const names = `SELECT json_build_object('name', datname, 'open', datallowconn)::text FROM pg_database WHERE NOT datistemplate ORDER BY datname;`;
const hasTables = `SELECT EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast'));`;

/** @throws BackupError when the server cannot be asked */
export async function serverDatabases(connection: Connection, signal: AbortSignal): Promise<ServerDatabases> {
  const limits = { timeoutSeconds: seconds, signal };
  const { tools, answer } = await toolsFor(
    connection,
    `SELECT current_setting('server_version_num'); ${names}`,
    limits,
  );
  const isEmpty = async (name: string): Promise<boolean> => {
    const own = { tools, connection: elsewhere(connection, name), sql: hasTables, ...limits };
    try {
      return (await askPsql(own)).trim() === 'f';
    } catch {
      signal.throwIfAborted();
      // One that cannot be asked is dumped, and its own dump says why it cannot be.
      return false;
    }
  };
  const found: string[] = [];
  const leftOut: LeftOut[] = [];
  for (const line of answer.slice(1)) {
    const { name, open } = JSON.parse(line) as { readonly name: string; readonly open: boolean };
    const why = ofProviders.includes(name)
      ? 'it belongs to the provider of the server'
      : open
        ? undefined
        : 'the server lets nobody connect to it (datallowconn)';
    if (why !== undefined) leftOut.push({ database: name, why });
    else if (name === maintenance && (await isEmpty(name))) leftOut.push({ database: name, why: 'it holds nothing' });
    else found.push(name);
  }
  return { found, leftOut };
}
