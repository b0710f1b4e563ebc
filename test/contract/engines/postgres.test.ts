/** PostgreSQL in the conformance suite: a server of the lab, or the ones that the environment names. */
import { join } from 'node:path';
import { newestBinaries } from '../../../lab/hosts/postgres/binaries.ts';
import { quoteName, runSql } from '../../../lab/hosts/postgres/psql.ts';
import { startPostgres } from '../../../lab/hosts/postgres/server.ts';
import { conformanceSuite } from './conformance.ts';
import type { Content, EngineFixtures, Filled, Inputs, ServersUnderTest } from './fixtures.ts';
import { restartBy } from './given.ts';
import { namesContent, typesContent, viewsContent } from './postgres-contents.ts';

interface Server {
  url(database: string): string;
  sql(text: string, database?: string): Promise<string>;
  readonly restart?: (() => Promise<void>) | undefined;
  stop(): Promise<void>;
}

/** @param url of a superuser, with any database */
function given(url: string, restart: string | undefined): Server {
  const { hostname: host, port, username: user, password } = new URL(url);
  const binaries = newestBinaries();
  if (!binaries) throw new Error('PostgreSQL is not installed (/usr/lib/postgresql is missing or incomplete)');
  const sql: Server['sql'] = (text, database = 'postgres') =>
    runSql(
      { binaries, host, port: Number(port || 5432), user, password: decodeURIComponent(password), database },
      text,
    );
  return {
    url: (database) => Object.assign(new URL(url), { pathname: `/${encodeURIComponent(database)}` }).href,
    sql,
    restart: restartBy(restart, () => sql('SELECT 1')),
    stop: async () => {},
  };
}

/** Rows of 100 kB that no compression makes smaller. */
const bulk = (rows: number): string => `SET client_min_messages = error;
CREATE TABLE bulk (id int PRIMARY KEY, bytes bytea);
ALTER TABLE bulk ALTER bytes SET STORAGE EXTERNAL;
INSERT INTO bulk SELECT n, decode(string_agg(md5(n || ' ' || m), ''), 'hex')
FROM generate_series(1, ${rows}) AS n, generate_series(1, 6250) AS m GROUP BY n;`;

const contents: Readonly<Record<Content, (size: number) => { sql: string } & Omit<Filled, 'inputs'>>> = {
  empty: () => ({ sql: '', tables: 0, rows: 0 }),
  types: () => typesContent,
  large: () => ({
    sql: `CREATE TABLE large (id int, words text, bytes bytea); ALTER TABLE large ALTER bytes SET STORAGE EXTERNAL;
INSERT INTO large SELECT 1, repeat('many words; ', 1000000), decode(string_agg(md5(n::text), ''), 'hex') FROM generate_series(1, 100000) AS n;`,
    tables: 1,
    rows: 1,
  }),
  names: () => namesContent,
  many: (size) => ({
    sql: `CREATE TABLE many AS SELECT n AS id, md5(n::text) AS word FROM generate_series(1, ${size}) AS n;
ALTER TABLE many ADD PRIMARY KEY (id);`,
    tables: 1,
    rows: size,
  }),
  views: () => viewsContent,
  bulk: (rows) => ({ sql: bulk(rows), tables: 1, rows }),
};

async function start(folder: string): Promise<ServersUnderTest> {
  const {
    HOLDFAST_TEST_POSTGRES_URL: url,
    HOLDFAST_TEST_POSTGRES_SCRATCH_URL: scratchUrl,
    HOLDFAST_TEST_POSTGRES_RESTART: restartCommand,
  } = process.env;
  const source: Server = url
    ? given(url, restartCommand)
    : await startPostgres({ directory: join(folder, 'postgres') });
  const scratch: Server = scratchUrl ? given(scratchUrl, undefined) : source;
  const made: string[] = [];
  const fill = async (content: Content, size: number): Promise<Filled> => {
    // A name that libpq would take for a connection string.
    const database = content === 'names' ? `Zoë's "db" = x%20y` : `conformance_${content}`;
    await source.sql(`DROP DATABASE IF EXISTS ${quoteName(database)} WITH (FORCE)`);
    await source.sql(
      `CREATE DATABASE ${quoteName(database)} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'`,
    );
    made.push(database);
    const { sql, ...filled } = contents[content](size);
    await source.sql(sql, database);
    return { ...filled, inputs: { 'database-url': source.url(database) } };
  };
  const restart = source.restart?.bind(source);
  return {
    inputs: { 'scratch-url': scratch.url('postgres'), 'lock-timeout': '5s', 'archive-level': '1' },
    fill,
    withWrongPassword: (inputs: Inputs) => ({
      ...inputs,
      'database-url': Object.assign(new URL(inputs['database-url'] ?? ''), { password: 'wrong' }).href,
    }),
    restart,
    leftovers: async () =>
      (await scratch.sql("SELECT datname FROM pg_database WHERE datname LIKE 'holdfast%'")).split('\n').filter(Boolean),
    stop: async () => {
      if (url) for (const name of new Set(made)) await source.sql(`DROP DATABASE ${quoteName(name)} WITH (FORCE)`);
      await source.stop();
      if (scratch !== source) await scratch.stop();
    },
  };
}

const fixtures: EngineFixtures = {
  engine: 'postgres',
  tool: /^pg_dump$/,
  start,
  words: {
    'tool-died': /pg_dump .*(SIGKILL|signal)/i,
    'disk-full': /no space is left/,
    restarted: /server went away|terminating connection|server closed the connection/i,
    'wrong-password': /password authentication failed[\s\S]*the user or the password is wrong/,
  },
};

conformanceSuite(fixtures);
