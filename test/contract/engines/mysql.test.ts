/** MySQL and MariaDB in the conformance suite: servers of the lab, or the ones that the environment names. */
import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import { startMysql } from '../../../lab/hosts/mysql/server.ts';
import { conformanceSuite } from './conformance.ts';
import type { Content, EngineFixtures, Filled, Inputs, ServersUnderTest } from './fixtures.ts';
import { restartBy } from './given.ts';
import { namesContent, typesContent, viewsContent } from './mysql-contents.ts';

interface Server {
  url(database?: string): string;
  readonly restart?: (() => Promise<void>) | undefined;
  stop(): Promise<void>;
}

/** @param url of an account that may do everything, without a database */
function given(url: string, restart?: string): Server {
  return {
    url: (database = '') => Object.assign(new URL(url), { pathname: `/${encodeURIComponent(database)}` }).href,
    restart: restartBy(restart, () => ask(url, 'DO 0')),
    stop: async () => {},
  };
}

/** @returns the last answer, as one text */
async function ask(url: string, sql: string): Promise<string> {
  const connection = await createConnection({ uri: url, multipleStatements: true, charset: 'utf8mb4' });
  try {
    const [answer] = await connection.query({ sql, rowsAsArray: true });
    return Array.isArray(answer) ? answer.flat(3).join('\n') : '';
  } finally {
    await connection.end();
  }
}

const quoted = (name: string): string => `\`${name.replaceAll('`', '``')}\``;

/** Rows of 100 kB that no compression makes smaller. */
const bulk = (rows: number): string => `CREATE TABLE numbers (n int PRIMARY KEY);
INSERT INTO numbers WITH RECURSIVE a AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM a WHERE n < 1000) SELECT n FROM a;
SET SESSION group_concat_max_len = 10000000;
CREATE TABLE bulk (id int PRIMARY KEY, bytes mediumblob);
INSERT INTO bulk SELECT o.n, (SELECT UNHEX(GROUP_CONCAT(SHA2(CONCAT(o.n, ' ', i.n, ' ', x.n), 512) SEPARATOR '')) FROM numbers i, numbers x WHERE x.n < 3 AND i.n < 782)
FROM numbers o WHERE o.n <= ${rows}; DROP TABLE numbers;`;

const contents = (
  isMariaDb: boolean,
): Readonly<Record<Content, (size: number) => { sql: string } & Omit<Filled, 'inputs'>>> => ({
  empty: () => ({ sql: 'DO 0', tables: 0, rows: 0 }),
  types: () => typesContent(isMariaDb),
  large: () => ({
    sql: `CREATE TABLE large (id int, words longtext, bytes longblob);
INSERT INTO large VALUES (1, REPEAT('many words; ', 1000000), REPEAT(UNHEX('00ff5c27220a0d1a'), 400000));`,
    tables: 1,
    rows: 1,
  }),
  names: () => namesContent,
  many: (size) => ({
    sql: `SET SESSION ${isMariaDb ? 'max_recursive_iterations' : 'cte_max_recursion_depth'} = 10000000;
CREATE TABLE many (id int PRIMARY KEY, word char(32));
INSERT INTO many WITH RECURSIVE a AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM a WHERE n < ${size}) SELECT n, MD5(n) FROM a;`,
    tables: 1,
    rows: size,
  }),
  views: () => viewsContent,
  bulk: (rows) => ({ sql: bulk(rows), tables: 1, rows }),
});

/** The servers that the environment names; none for those of the lab. */
interface Urls {
  readonly url?: string | undefined;
  readonly scratchUrl?: string | undefined;
  /** Restarts the server of `url`. */
  readonly restart?: string | undefined;
}

async function start(folder: string, { url, scratchUrl, restart }: Urls): Promise<ServersUnderTest> {
  const [source, scratch]: readonly Server[] = await Promise.all([
    url ? given(url, restart) : startMysql({ directory: join(folder, 'source') }),
    scratchUrl ? given(scratchUrl) : startMysql({ directory: join(folder, 'scratch') }),
  ]);
  if (source === undefined || scratch === undefined) throw new Error('no servers');
  const isMariaDb = /mariadb/i.test(await ask(source.url(), 'SELECT VERSION()'));
  const made: string[] = [];
  const fill = async (content: Content, size: number): Promise<Filled> => {
    const database = content === 'names' ? "Zoë's `db` = x%20y" : `conformance_${content}`;
    await ask(source.url(), `DROP DATABASE IF EXISTS ${quoted(database)}; CREATE DATABASE ${quoted(database)}`);
    made.push(database);
    const { sql, ...filled } = contents(isMariaDb)[content](size);
    await ask(source.url(database), sql);
    return { ...filled, inputs: { 'database-url': source.url(database) } };
  };
  return {
    inputs: { 'scratch-url': scratch.url(), 'lock-timeout': '5s', compression: 'zstd', 'compression-level': '1' },
    fill,
    withWrongPassword: (inputs: Inputs) => ({
      ...inputs,
      'database-url': Object.assign(new URL(inputs['database-url'] ?? ''), { password: 'wrong' }).href,
    }),
    restart: source.restart?.bind(source),
    leftovers: async () => {
      const names = await ask(
        scratch.url(),
        "SELECT schema_name FROM information_schema.schemata WHERE schema_name NOT IN ('information_schema', 'mysql', 'performance_schema', 'sys')",
      );
      return names.split('\n').filter(Boolean);
    },
    stop: async () => {
      if (url) for (const name of new Set(made)) await ask(source.url(), `DROP DATABASE ${quoted(name)}`);
      await source.stop();
      await scratch.stop();
    },
  };
}

const fixtures = (of: string, urls: Urls): EngineFixtures => ({
  engine: 'mysql',
  of,
  tool: /^(mariadb-dump|mysqldump)$/,
  start: (folder) => start(folder, urls),
  words: {
    'tool-died': /(mariadb-dump|mysqldump) .*(SIGKILL|signal)/i,
    'disk-full': /no space is left/,
    restarted: /Lost connection|gone away|the server was restarted/i,
    'wrong-password': /Access denied[\s\S]*user name or password is wrong/,
  },
});

const named = (name: string): Urls => ({
  url: process.env[`HOLDFAST_TEST_${name}_URL`],
  scratchUrl: process.env[`HOLDFAST_TEST_${name}_SCRATCH_URL`],
  restart: process.env[`HOLDFAST_TEST_${name}_RESTART`],
});
const real = ['MySQL', 'MariaDB'].map((of) => [of, named(of.toUpperCase())] as const).filter(([, { url }]) => url);
for (const [of, urls] of real.length > 0 ? real : [['the MariaDB of the lab', {}] as const])
  conformanceSuite(fixtures(of, urls));
