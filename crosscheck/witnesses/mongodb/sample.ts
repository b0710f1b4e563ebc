/** What is dumped: every type of BSON that both servers store, names of every kind, indexes, and more documents than one batch has. */
import {
  Binary,
  BSONRegExp,
  Code,
  Decimal128,
  type Document,
  Double,
  Int32,
  Long,
  MaxKey,
  MinKey,
  type MongoClient,
  ObjectId,
  Timestamp,
  UUID,
} from 'mongodb';
import type { MongoKind } from '../../../lab/hosts/mongodb/server.ts';

export const databases = ['shop', 'ingest-2'] as const;

const types: Document = {
  _id: new ObjectId('65f0a1b2c3d4e5f601234567'),
  ...{ double: new Double(1), small: new Double(-0.1), int: new Int32(1), long: Long.fromString('9007199254740993') },
  ...{ text: 'Grüße, 世界 \u{1f600}', empty: '', none: null, yes: true, at: new Date('1969-12-31T23:59:59.999Z') },
  ...{ bytes: new Binary(Buffer.from([0, 255, 10])), uuid: new UUID('0e2c2b1a-6b1f-4c1d-8a3e-1f2a3b4c5d6e') },
  ...{ pattern: new BSONRegExp('^a.*b$', 'im'), stamp: new Timestamp({ t: 1_732_608_000, i: 3 }) },
  nested: { b: [{}, { c: [1, 'two', null] }], a: { 'key with blanks': 1, ключ: 2 } },
};

/** What FerretDB refuses, or closes the connection on. */
const more: Document = {
  ...{ _id: 1 as never, price: Decimal128.fromString('-1.10E+6111'), nested: [[1], [[]]], nul: 'a\0b' },
  ...{ least: new MinKey(), most: new MaxKey(), code: new Code('function () { return 1; }') },
};

export async function fill(client: MongoClient, kind: MongoKind): Promise<void> {
  const shop = client.db('shop');
  await shop.collection('people').insertMany(
    Array.from({ length: 2500 }, (_, at) => ({
      ...{ _id: at as never, mail: `p${at}@acme.test`, more: [{ mail: `q${at}@acme.test` }, `to r${at}@acme.test`] },
      ...{ born: new Date(at * 86_400_000), note: 'n'.repeat(at % 97) },
    })),
  );
  await shop.collection('people').createIndexes([
    { key: { mail: 1 }, name: 'by mail', unique: true },
    { key: { born: -1, note: 1 }, name: 'by age' },
  ]);
  await shop.collection('types').insertOne(types);
  await shop.createCollection('empty');
  const ingest = client.db('ingest-2');
  await ingest.collection('a.b-c d_é').insertMany([{ _id: 'x' as never }, { _id: { part: 1, of: 'key' } as never }]);
  await ingest.collection('large').insertOne({ _id: 1 as never, text: 'some words '.repeat(300_000) });
  if (kind === 'java') await ingest.collection('more').insertOne(more);
}

export async function dropAll(client: MongoClient): Promise<void> {
  for (const name of databases) await client.db(name).dropDatabase();
}
