/** Faithful dumps of MongoDB's databases that are used meanwhile: none of them may be called bad. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Db, MongoClient } from 'mongodb';
import { pause } from '../../hosts/command.ts';
import { startMongo } from '../../hosts/mongodb/server.ts';
import { Pair } from './pair.ts';

export interface CleanRun {
  readonly run: number;
  readonly verdict: 'good' | 'unproven' | 'bad';
  /** The differences, and what could not be compared. */
  readonly wrong: readonly string[];
  /** What was told: the share that was compared. */
  readonly notes: readonly string[];
}

/** Documents of the collection that is written to. */
const documents = 3000;
/** Milliseconds between two rounds of a writer. */
const [rounds, definitionRounds] = [150, 700];

/** Both kinds of server by turns. @param onRun gets each dump's verdict */
export async function cleanRuns(count: number, onRun: (run: CleanRun) => void): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-clean-'));
  // PostgreSQL's user must be able to enter it: FerretDB stores there.
  chmodSync(folder, 0o755);
  const { PATH: path } = process.env;
  const [ferret, java, scratch] = await Promise.all(
    (['ferret', 'java', 'java'] as const).map((kind, at) => startMongo({ directory: join(folder, String(at)), kind })),
  );
  if (!ferret || !java || !scratch) throw new Error('a server is missing');
  process.env.PATH = `${java.binaries}:${path}`;
  let working = true;
  const pairs = [java, ferret].map((one) => new Pair(folder, one.url(), scratch.url(), scratch.client));
  for (const { client } of [java, ferret]) await fill(client);
  const writers = [java, ferret].flatMap(({ client }) =>
    [write, define].map(async (work) => {
      for (let round = 0; working; round += 1) {
        await work(client.db('shop'), round);
        await pause(work === write ? rounds : definitionRounds);
      }
    }),
  );
  try {
    for (let run = 1; run <= count; run += 1) onRun(await cleanRun(run, pairs[run % 2] as Pair));
  } finally {
    working = false;
    await Promise.allSettled(writers);
    for (const one of [ferret, java, scratch]) await one.stop();
    process.env.PATH = path;
    rmSync(folder, { recursive: true, force: true });
  }
}

async function fill(client: MongoClient): Promise<void> {
  const shop = client.db('shop');
  for (const name of ['orders', 'archive'])
    await shop.collection(name).insertMany(Array.from({ length: documents }, (_, n) => ({ n, text: `order ${n}` })));
  await shop.collection('orders').createIndex({ n: 1 });
  await client.db('quiet').collection('things').insertOne({ a: 1 });
}

/** Inserts, updates and deletes. */
async function write(shop: Db, round: number): Promise<void> {
  const orders = shop.collection('orders');
  await orders.insertMany(Array.from({ length: 4 }, (_, n) => ({ n: documents + round * 10 + n, text: 'new' })));
  await orders.updateOne({ n: round % documents }, { $set: { text: `changed ${round}` } });
  await orders.deleteMany({ n: { $gte: documents + round * 10 - 10, $lt: documents + round * 10 - 7 } });
  if (round % 10 === 0) await orders.deleteOne({ n: (round * 7) % documents });
}

/** Collections and indexes that come and go. */
async function define(shop: Db, round: number): Promise<void> {
  const passing = shop.collection('passing');
  if (round % 2 === 0) {
    await passing.insertOne({ a: 1 });
    await passing.createIndex({ a: 1 });
  } else await passing.drop();
}

async function cleanRun(run: number, pair: Pair): Promise<CleanRun> {
  const dumped = await pair.dump();
  const { differences, unread = [], notes = [] } = await pair.compare(dumped);
  rmSync(dumped.path, { force: true });
  const wrong = [
    ...differences.map(({ what, expected, found }) => `${what}: expected ${expected}, found ${found}`),
    ...unread.map(({ what, why }) => `${what}: ${why}`),
  ];
  // What may have been so in the source for a moment is doubtful, not bad.
  const isBad = differences.some(({ doubt }) => doubt === undefined);
  return { run, verdict: isBad ? 'bad' : wrong.length > 0 ? 'unproven' : 'good', wrong, notes };
}
