/**
 * `npm run populatedb`: loads a fetched dump into the local database. The dump is loaded into a new database, which takes
 * the place of the old one when all went well: so it can be done again at any time.
 *
 *   --from FILE      default: the newest *.anon.gz in backups/
 *   --to URL         or DATABASE_URL; default: postgresql://postgres:postgres@localhost:5432/app
 *   --replace        also replace a database that this command has not made
 *   --remote         allow a server that is not on this machine
 *
 * Exit status: 0 it is loaded, 1 it is not, 2 wrong arguments.
 */
import { createReadStream, existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { literal } from '../src/adapters/databases/psql.ts';
import { elsewhere, parseConnection } from '../src/dump/engines/postgres/connection.ts';
import { BackupError } from '../src/runtime/errors.ts';
import { observed } from '../src/runtime/streams.ts';
import { failed, isEmpty, progressBar, restoreFile, sql, toolsFor } from './lib/backups.ts';
import { replaceDatabase } from './lib/replace.ts';

/** Said of a database that this command has made. */
const comment = 'loaded by npm run populatedb; may be replaced by it';

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      from: { type: 'string' },
      to: { type: 'string' },
      replace: { type: 'boolean' },
      remote: { type: 'boolean' },
    },
  });
  const from = values.from ?? newest('backups');
  if (!existsSync(from)) throw new BackupError({ what: `${from} is not there`, fix: 'npm run fetchdb' });
  const url = values.to ?? process.env.DATABASE_URL ?? 'postgresql://postgres:postgres@localhost:5432/app';
  const connection = parseConnection(url, values.to === undefined ? 'DATABASE_URL' : '--to');
  const local = ['localhost', '127.0.0.1', '::1', 'db', 'postgres', ''].includes(connection.environment.PGHOST ?? '');
  if (!local && !connection.environment.PGHOST?.startsWith('/') && values.remote !== true)
    throw new BackupError({
      what: `${connection.shown} is not on this machine: its content would be replaced`,
      fix: 'give --remote if that is what you want',
    });
  const maintenance = elsewhere(connection, 'postgres');
  const tools = await toolsFor(maintenance);
  const state = await sql(
    tools,
    maintenance,
    `SELECT coalesce(shobj_description(oid, 'pg_database'), 'no comment') FROM pg_database WHERE datname = ${literal(connection.database)}`,
  );
  const ours = state === '' || state === comment;
  if (!ours && values.replace !== true && !(await isEmpty(tools, connection)))
    throw new BackupError({
      what: `the database ${connection.shown} is not empty, and was not made by this command`,
      fix: 'give --replace to replace it, or another database in --to',
    });
  const bar = progressBar('loading', statSync(from).size);
  await replaceDatabase(tools, connection, comment, async (fresh) => {
    const source = observed(createReadStream(from, { highWaterMark: 1024 * 1024 }), { tell: bar.at });
    await restoreFile(tools, fresh, { kind: 'anonymised', name: from }, source);
    bar.end();
    await sql(tools, fresh, 'ANALYZE');
  });
  console.error(`${connection.shown} holds ${from}`);
}

/** The newest fetched dump. */
function newest(folder: string): string {
  const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.anon.gz')) : [];
  const times = files.map((name) => ({ path: join(folder, name), at: statSync(join(folder, name)).mtimeMs }));
  return times.toSorted((a, b) => b.at - a.at)[0]?.path ?? join(folder, 'SOURCE.anon.gz');
}

try {
  await main();
} catch (error) {
  process.exitCode = failed(error);
}
