/** The database `regression`, made as PostgreSQL's pg_regress makes it (src/test/regress/pg_regress.c). */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { command } from '../../../lab/hosts/command.ts';
import { clientEnvironment } from '../../../lab/hosts/postgres/psql.ts';
import { type PostgresServer, startPostgres } from '../../../lab/hosts/postgres/server.ts';
import { ran } from '../../lib/programs.ts';

export const database = 'regression';

/** As pg_regress sets them for its database. */
const settings = [
  "lc_messages TO 'C'",
  "lc_monetary TO 'C'",
  "lc_numeric TO 'C'",
  "lc_time TO 'C'",
  "bytea_output TO 'hex'",
  "timezone_abbreviations TO 'Default'",
];

export async function startRegression(directory: string): Promise<PostgresServer> {
  const server = await startPostgres({
    directory: join(directory, 'postgres'),
    // Publications and prepared transactions need them.
    settings: { wal_level: 'logical', max_wal_senders: '4', max_prepared_transactions: '2' },
  });
  await makeDatabase(server, database);
  return server;
}

export async function makeDatabase(server: PostgresServer, name: string): Promise<void> {
  await server.sql(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  await server.sql(`CREATE DATABASE ${name} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'`);
  for (const setting of settings) await server.sql(`ALTER DATABASE ${name} SET ${setting}`);
}

/**
 * Runs every test, one after the other. Many of their statements fail, as they should.
 * @param source folder of the tests
 */
export async function runTests(server: PostgresServer, source: string, directory: string): Promise<void> {
  // The server itself reads and writes here.
  const folder = join(directory, 'regress');
  await command('cp', '--recursive', source, folder);
  mkdirSync(join(folder, 'results'));
  await command('chown', '--recursive', 'postgres', folder);
  const { binaries, host, port, user, password } = server;
  const environment = {
    ...clientEnvironment({ binaries, host, port, user, password, database }),
    PGTZ: 'America/Los_Angeles',
    PGDATESTYLE: 'Postgres, MDY',
    PGOPTIONS: '-c intervalstyle=postgres_verbose',
    PG_ABS_SRCDIR: folder,
    PG_ABS_BUILDDIR: folder,
    // Its library regress.so is not built: a compiler would be needed.
    PG_LIBDIR: folder,
    PG_DLSUFFIX: '.so',
  };
  const variables = ['-v', 'HIDE_TABLEAM=on', '-v', 'HIDE_TOAST_COMPRESSION=on'];
  for (const test of scheduled(readFileSync(join(folder, 'parallel_schedule'), 'utf8'))) {
    const script = join(folder, 'sql', `${test}.sql`);
    await ran(join(binaries, 'psql'), ['-X', '-q', ...variables, '-f', script], environment, folder);
  }
}

/** Names of the tests in a schedule, such as `test: point lseg line`, in order. */
export function scheduled(text: string): readonly string[] {
  const lines = text.split('\n').flatMap((line) => /^test:\s*(.*)/.exec(line)?.[1] ?? []);
  return lines.flatMap((line) => line.trim().split(/\s+/));
}

/** How much the tests leave at least; with a server or tests that fail, it is much less. */
export const least = { tables: 500, indexes: 400, functions: 250, types: 1000 } as const;
export type Size = Readonly<Record<keyof typeof least, number>>;

export async function sizeOf(server: PostgresServer): Promise<Size> {
  // The first number that a server gives to what is not its own.
  const own = 'oid >= 16384';
  const text = await server.sql(
    `SELECT json_build_object('tables', (SELECT count(*) FROM pg_class WHERE ${own} AND relkind IN ('r', 'p')),
                              'indexes', (SELECT count(*) FROM pg_class WHERE ${own} AND relkind IN ('i', 'I')),
                              'functions', (SELECT count(*) FROM pg_proc WHERE ${own}),
                              'types', (SELECT count(*) FROM pg_type WHERE ${own}))`,
    database,
  );
  return JSON.parse(text) as Size;
}
