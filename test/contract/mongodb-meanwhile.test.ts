/** Dumps of MongoDB during which something is changed and changed back: both readings of the source are the same then. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Collection } from 'mongodb';
import { ensureMongo } from '../../lab/hosts/mongodb/programs.ts';
import { ensurePrerequisites } from '../../lab/hosts/prerequisites.ts';
import { MongoDatabases } from './support-mongo.ts';

ensurePrerequisites();
await ensureMongo();

const it = new MongoDatabases();
beforeAll(() => it.start('java', 'java'), 180_000);
afterAll(() => it.stop());

interface Numbered {
  readonly _id: number;
  readonly held?: boolean;
}

const of = (name: string): Collection<Numbered> => it.source.client.db('shop').collection<Numbered>(name);
const inCopy = (name: string, copies: ReadonlyMap<string, string>): Collection<Numbered> =>
  it.scratch.client.db(copies.get('shop') ?? '').collection<Numbered>(name);

beforeEach(async () => {
  await it.clear();
  await of('locks').insertOne({ _id: 1, held: false });
  await of('people').insertMany(Array.from({ length: 300 }, (_, _id) => ({ _id })));
});

const swap = async (out: number, into: number): Promise<void> => {
  await of('people').deleteOne({ _id: out });
  await of('people').insertOne({ _id: into });
};

describe('a faithful dump', () => {
  const changes = [
    {
      what: 'a lock is taken and given back',
      change: () => of('locks').updateOne({ _id: 1 }, { $set: { held: true } }),
      undo: () => of('locks').updateOne({ _id: 1 }, { $set: { held: false } }),
      verdict: 'unproven',
    },
    {
      what: 'a document is deleted and inserted again',
      change: () => of('locks').deleteOne({ _id: 1 }),
      undo: () => of('locks').insertOne({ _id: 1, held: false }),
      verdict: 'unproven',
    },
    { what: 'documents are swapped', change: () => swap(1, 301), undo: () => swap(301, 1), verdict: 'unproven' },
    {
      what: 'a collection exists',
      change: () => of('tmp.agg_out.1').insertOne({ _id: 1 }),
      undo: () => of('tmp.agg_out.1').drop(),
      verdict: 'good',
    },
    {
      what: 'an index exists',
      change: () => of('people').createIndex({ n: 1 }),
      undo: () => of('people').dropIndex('n_1'),
      verdict: 'good',
    },
    {
      what: 'a collection has another name',
      change: () => of('people').rename('old'),
      undo: () => of('old').rename('people'),
      verdict: 'unproven',
    },
  ];
  test.each(changes)('is $verdict when meanwhile $what', async ({ change, undo, verdict }) => {
    const dumped = await it.dump(it.engine(), { dumping: change, dumped: undo });
    expect(await it.prove(dumped)).toMatchObject({ verdict });
  });
  test.each(changes)('that was restored with a loss is bad when meanwhile $what', async ({ change, undo }) => {
    await of('quiet').insertMany(Array.from({ length: 20 }, (_, _id) => ({ _id })));
    const dumped = await it.dump(it.engine(), { dumping: change, dumped: undo });
    const restored = async (copies: ReadonlyMap<string, string>): Promise<void> => {
      await inCopy('quiet', copies).deleteOne({ _id: 7 });
    };
    const { verdict, findings } = await it.prove(dumped, { restored });
    expect([verdict, findings[0]]).toEqual(['bad', 'rows of shop.quiet: expected 20, found 19']);
  });
});

test('a loss in the very collection that moved is bad', async () => {
  const dumped = await it.dump(it.engine(), { dumping: () => swap(1, 301), dumped: () => swap(301, 1) });
  for (const lost of [301, 2]) {
    const restored = async (copies: ReadonlyMap<string, string>): Promise<void> => {
      await inCopy('people', copies).deleteOne({ _id: lost });
    };
    expect(await it.prove(dumped, { restored })).toMatchObject({ verdict: 'bad' });
  }
});

test('an index of which another has the longer name is missed in a copy', async () => {
  await of('people').createIndex({ 'a.b': 1 }, { name: 'a.b_1' });
  await of('people.a').insertOne({ _id: 1 });
  await of('people.a').createIndex({ b: 1 }, { name: 'b_1' });
  const dumped = await it.dump();
  expect(await it.prove(dumped)).toMatchObject({ verdict: 'good' });
  const restored = async (copies: ReadonlyMap<string, string>): Promise<void> => {
    await inCopy('people', copies).dropIndex('a.b_1');
  };
  expect(await it.prove(dumped, { restored })).toMatchObject({
    verdict: 'bad',
    findings: [expect.stringContaining('INDEX shop.people "a.b_1"')],
  });
});
