/** What the sources of MongoDB hold in the conformance suite. */
import { randomBytes } from 'node:crypto';
import {
  Binary,
  BSONRegExp,
  BSONSymbol,
  Code,
  DBRef,
  type Db,
  Decimal128,
  type Document,
  Double,
  Int32,
  Long,
  MaxKey,
  MinKey,
  ObjectId,
  Timestamp,
} from 'mongodb';
import { indexId } from '../../../src/dump/engines/mongodb/fingerprint/names.ts';
import type { Content, Filled } from './fixtures.ts';

type Fill = (database: Db, size: number) => Promise<Omit<Filled, 'inputs'>>;

/** Types that the lab's mongo-java-server stores as they are, too. */
const types: Document = {
  double: new Double(0.1),
  whole: new Double(3),
  negativeZero: new Double(-0),
  nan: new Double(Number.NaN),
  infinity: new Double(Number.NEGATIVE_INFINITY),
  string: 'ünï € 😀',
  empty: '',
  nul: 'a\0b',
  document: { z: 1, a: { b: [] } },
  array: [1, 'two', { three: [3] }, null],
  nested: [[1], [[]]],
  binary: new Binary(Buffer.from([0, 1, 255]), 0),
  uuid: new Binary(randomBytes(16), 4),
  id: new ObjectId(),
  no: false,
  date: new Date('1969-12-31T23:59:59.999Z'),
  nothing: null,
  regex: new BSONRegExp('^a.*b$', 'i'),
  code: new Code('function () { return 1; }'),
  int32: new Int32(-2_147_483_648),
  timestamp: new Timestamp({ t: 1_732_608_000, i: 3 }),
  int64: Long.fromString('9223372036854775807'),
  decimal: Decimal128.fromString('-1.10E+6111'),
  reference: new DBRef('c', new ObjectId()),
  least: new MinKey(),
  most: new MaxKey(),
};
/** Those that MongoDB stores besides; mongo-java-server closes the connection on them, or stores others. */
const moreTypes: Document = {
  scoped: new Code('x', { x: 1 }),
  symbol: new BSONSymbol('s'),
  md5: new Binary(randomBytes(16), 5),
  own: new Binary(Buffer.from([1]), 128),
};

/** FerretDB takes a name with a percent sign for a format of its own, and loses a part of it. */
const names = ['sp ace', 'ünï', 'a/b', 'dot.ted.x', 'Case', 'case', 'q?x*', "it's(me)!", 'ü'.repeat(50)];

/** Documents in portions: a message has 48 MB at most. */
async function insert(
  database: Db,
  collection: string,
  count: number,
  make: (n: number) => Document,
  portion = 1000,
): Promise<void> {
  for (let from = 0; from < count; from += portion)
    await database
      .collection(collection)
      .insertMany(Array.from({ length: Math.min(portion, count - from) }, (_, at) => make(from + at)));
}

/** @param real whether the server is MongoDB itself, which has more than the lab's */
export function contents(real: boolean): Readonly<Record<Content, Fill>> {
  return {
    empty: async (database) => {
      // A database without a collection is not there at all.
      await database.createCollection('nothing');
      return { tables: 1, rows: 0 };
    },
    types: async (database) => {
      await database.collection('types').insertOne(real ? { ...types, ...moreTypes } : types);
      return { tables: 1, rows: 1 };
    },
    large: async (database) => {
      const text = 'many words; '.repeat(1_000_000);
      await database.collection('large').insertOne({ text });
      return { tables: 1, rows: 1 };
    },
    names: async (database) => {
      const own = real ? [...names, 'per%cent'] : names;
      for (const name of own) await database.collection(name).insertOne({ name, 'a field': 1, ü: 2 });
      await database.collection('sp ace').createIndex({ 'a field': -1, ü: 1 }, { name: 'an index, ü' });
      return {
        tables: own.length,
        rows: own.length,
        definitions: [indexId(`${database.databaseName}.sp ace`, 'an index, ü')],
      };
    },
    many: async (database, size) => {
      await insert(database, 'many', size, (n) => ({ _id: n as unknown as ObjectId, word: `word ${n}` }));
      await database.collection('many').createIndex({ word: 1 }, { unique: true });
      return { tables: 1, rows: size };
    },
    views: async (database) => {
      await insert(database, 'base', 10, (n) => ({ n, at: new Date(n) }));
      await database.collection('base').createIndex({ n: -1 });
      await database.createCollection('first', { viewOn: 'base', pipeline: [{ $match: { n: { $gt: 2 } } }] });
      await database.createCollection('second', { viewOn: 'first', pipeline: [{ $project: { n: 1 } }] });
      await database.createCollection('capped', { capped: true, size: 4096, max: 10 });
      await database.createCollection('checked', {
        validator: { $jsonSchema: { required: ['n'] } },
        validationLevel: 'moderate',
      });
      await database.createCollection('sorted', { collation: { locale: 'de', strength: 2 } });
      await database.createCollection('series', {
        timeseries: { timeField: 'at', metaField: 'of', granularity: 'minutes' },
      });
      await insert(database, 'series', 20, (n) => ({ at: new Date(1e12 + n * 1e6), of: n % 3, n }));
      await database.collection('base').createIndexes([
        { key: { at: 1 }, expireAfterSeconds: 4_000_000_000 / 2, name: 'ttl' },
        { key: { n: 'hashed' }, name: 'hashed' },
        { key: { text: 'text' }, name: 'text', weights: { text: 3 } },
        { key: { place: '2dsphere' }, name: 'sphere' },
        { key: { a: 1 }, name: 'partial', partialFilterExpression: { a: { $gt: 5 } } },
        { key: { '$**': 1 }, name: 'wild' },
        { key: { b: 1 }, name: 'sparse', sparse: true, hidden: true },
      ]);
      const name = database.databaseName;
      return {
        tables: 5,
        rows: 30,
        definitions: [`VIEW ${name}.second`, `COLLECTION ${name}.checked`, indexId(`${name}.base`, 'hashed')],
      };
    },
    bulk: async (database, size) => {
      // More documents than a first and a second batch of FerretDB, which counts documents and not bytes: mongodump must ask again.
      const rows = size * 10;
      await insert(database, 'bulk', rows, (n) => ({ n, bytes: randomBytes(80_000) }), 100);
      return { tables: 1, rows };
    },
  };
}
