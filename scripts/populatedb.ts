/** `npm run populatedb`: loads a dump into the local database. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { readFile } from '../src/actions/anonymize/places.ts';
import { literal } from '../src/adapters/databases/postgres/psql.ts';
import { type Connection, parseConnection } from '../src/dump/engines/postgres/connection.ts';
import type { ClientTools } from '../src/dump/engines/postgres/tools.ts';
import { BackupError } from '../src/runtime/errors.ts';
import { observed } from '../src/runtime/streams.ts';
import { isEmpty, openServer, progressBar, restoreFile, sql } from './lib/backups.ts';
import { readCommandLine, reportFailure } from './lib/command-line.ts';
import { replaceDatabase, replacementWith } from './lib/replace.ts';

const usage = `npm run populatedb [-- options]

Loads a plain dump, such as npm run fetchdb fetches, into the local database. It loads a new database, which replaces the old
one only when all went well, so it can be repeated at any time. Owners, rights and tablespaces of the dump are left out.

  --from FILE   plain SQL, gzip or Zstandard; default: the newest *.anon.gz in backups/
  --to URL      or DATABASE_URL; default: postgresql://postgres:postgres@localhost:5432/app
  --replace     also replace a database that this command did not make
  --remote      allow a server that is not on this computer
  -h, --help    print this text

Exit status: 0 loaded, 1 failed, 2 wrong arguments.`;

/** Comment on databases that this command made. */
const comment = 'loaded by npm run populatedb; may be replaced by it';

async function main(): Promise<void> {
  const { values } = readCommandLine(usage, {
    options: {
      from: { type: 'string' },
      to: { type: 'string' },
      replace: { type: 'boolean' },
      remote: { type: 'boolean' },
    },
  });
  const from = values.from ?? newest('backups');
  if (!existsSync(from)) throw new BackupError({ what: `${from} does not exist`, fix: 'npm run fetchdb' });
  const url = values.to ?? (process.env.DATABASE_URL || 'postgresql://postgres:postgres@localhost:5432/app');
  const target = parseConnection(url, values.to === undefined ? 'DATABASE_URL' : '--to');
  if (!isLocal(target) && values.remote !== true)
    throw new BackupError({
      what: `${target.shown} is not on this computer; its content would be replaced`,
      fix: 'give --remote if that is what you want',
    });
  const { tools, maintenance } = await openServer(target);
  if (values.replace !== true && !(await isReplaceable(tools, maintenance, target)))
    throw new BackupError({
      what: `the database ${target.shown} is not empty, and this command did not make it`,
      fix: 'give --replace to replace it, or another database in --to',
    });
  const bar = progressBar('loading', statSync(from).size);
  const load = async (fresh: Connection): Promise<void> => {
    const source = observed(readFile(from), { onProgress: bar.update });
    await restoreFile(tools, fresh, { kind: 'anonymised', name: from }, source);
    bar.end();
    await sql(tools, fresh, 'ANALYZE');
  };
  await replaceDatabase({ ...replacementWith(tools), maintenance, target, comment, load });
  console.error(`${target.shown} holds ${from}`);
}

/** Whether the server is on this computer, or is the neighbouring container of a devcontainer. */
function isLocal({ environment: { PGHOST = '' } }: Connection): boolean {
  return ['localhost', '127.0.0.1', '::1', 'db', 'postgres', ''].includes(PGHOST) || PGHOST.startsWith('/');
}

/** Whether a database does not exist, was made by this command, or is empty. */
async function isReplaceable(tools: ClientTools, maintenance: Connection, target: Connection): Promise<boolean> {
  const found = await sql(
    tools,
    maintenance,
    `SELECT coalesce(shobj_description(oid, 'pg_database'), 'no comment') FROM pg_database WHERE datname = ${literal(target.database)}`,
  );
  return found === '' || found === comment || isEmpty(tools, target);
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
  process.exitCode = reportFailure(error);
}
