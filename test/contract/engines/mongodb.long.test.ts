/** MongoDB in the conformance suite: the lab's servers that speak its protocol, or the ones that the environment names. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import { ensureMongo, mongoPrograms } from '../../../lab/hosts/mongodb/programs.ts';
import { type MongoKind, startMongo } from '../../../lab/hosts/mongodb/server.ts';
import { ensurePrerequisites } from '../../../lab/hosts/prerequisites.ts';
import { conformanceSuite } from './conformance.ts';
import type { Content, EngineFixtures, Inputs, ServersUnderTest } from './fixtures.ts';
import { restartBy } from './given.ts';
import { contents } from './mongodb-contents.ts';

ensurePrerequisites();
await ensureMongo();

interface Server {
  readonly client: MongoClient;
  url(database?: string): string;
  readonly restart?: (() => Promise<void>) | undefined;
  stop(): Promise<void>;
}

/** @param url of a user who may do everything, without a database */
async function given(url: string, restart?: string): Promise<Server> {
  const client = await new MongoClient(url).connect();
  return {
    client,
    url: (database = '') => Object.assign(new URL(url), { pathname: `/${encodeURIComponent(database)}` }).href,
    restart: restartBy(restart, () => client.db('admin').command({ ping: 1 })),
    stop: () => client.close(),
  };
}

const {
  HOLDFAST_TEST_MONGODB_URL: url,
  HOLDFAST_TEST_MONGODB_SCRATCH_URL: scratchUrl,
  HOLDFAST_TEST_MONGODB_RESTART: restartCommand,
} = process.env;

/** Where dumps come from, and where they are restored. */
interface Pair {
  readonly source: Server;
  readonly scratch: Server;
}

async function ofTheLab(folder: string, kind: MongoKind): Promise<Pair> {
  const [source, scratch] = await Promise.all([
    startMongo({ directory: join(folder, `${kind}-source`), kind }),
    startMongo({ directory: join(folder, `${kind}-scratch`), kind }),
  ]);
  return { source, scratch };
}

async function start(folder: string): Promise<ServersUnderTest> {
  process.env.PATH = `${await mongoPrograms()}:${process.env.PATH}`;
  const [pair, memory] = await pairs(folder);
  const { source, scratch } = pair;
  const pairOf = (content: Content): Pair => (inMemory.has(content) ? memory : pair);
  const all = [...new Set([pair, memory])];
  const made = new Set<string>();
  const restart = source.restart?.bind(source);
  return {
    inputs: { 'scratch-url': scratch.url(), 'compression-level': '1' },
    fill: async (content, size) => {
      const server = pairOf(content);
      const name = content === 'names' ? (url ? 'Zoë-x%20y' : 'odd-NAME_1') : `conformance_${content}`;
      const database = server.source.client.db(name);
      await database.dropDatabase();
      made.add(name);
      const filled = await contents(url !== undefined)[content](database, size);
      // mongodump holds 16 MB of a collection before it writes, and a tarball waits for whole collections.
      const format = content === 'bulk' ? { 'archive-format': 'archive' } : {};
      const urls = { 'database-url': server.source.url(name), 'scratch-url': server.scratch.url() };
      return { ...filled, inputs: { ...urls, ...format } };
    },
    withWrongPassword: (inputs: Inputs) => ({
      ...inputs,
      'database-url': Object.assign(new URL(inputs['database-url'] ?? ''), {
        username: 'somebody',
        password: randomBytes(6).toString('hex'),
      }).href,
    }),
    restart,
    leftovers: async () => {
      const names = await Promise.all(all.map((one) => databases(one.scratch)));
      return names.flat().filter((name) => name.startsWith('holdfast'));
    },
    stop: async () => {
      if (url) for (const name of made) await source.client.db(name).dropDatabase();
      for (const one of all) await Promise.all([one.source.stop(), one.scratch.stop()]);
    },
  };
}

/** In the lab on mongo-java-server: FerretDB does not have all types, and is slow. */
const inMemory: ReadonlySet<Content> = new Set(['types', 'large', 'many']);

/** @returns the servers of most contents, and those of `inMemory` */
async function pairs(folder: string): Promise<readonly [Pair, Pair]> {
  if (!url || !scratchUrl) return Promise.all([ofTheLab(folder, 'ferret'), ofTheLab(folder, 'java')]);
  const real = { source: await given(url, restartCommand), scratch: await given(scratchUrl) };
  return [real, real];
}

async function databases({ client }: Server): Promise<readonly string[]> {
  return (await client.db('admin').admin().listDatabases({ nameOnly: true })).databases.map(({ name }) => name);
}

const fixtures: EngineFixtures = {
  engine: 'mongodb',
  tool: /^mongodump$/,
  start,
  words: {
    'tool-died': /mongodump .*(SIGKILL|signal)/i,
    'disk-full': /no space is left/,
    // Depending on what mongodump asks for next: a connection, or more of a cursor, which the server no longer knows.
    restarted: /the server (stopped, restarted|closed the cursor: it restarted|does not run)/,
    'wrong-password': /user name or password is wrong/,
  },
  unable: url ? {} : { views: 'neither FerretDB 1.24 nor mongo-java-server has views, time series or validators' },
};

conformanceSuite(fixtures);
