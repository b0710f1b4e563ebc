/** The server whose dump is restored and changed: every type of BSON that a driver writes, and every option that a dump holds. */
import {
  Binary,
  BSONRegExp,
  Code,
  DBRef,
  Decimal128,
  type Document,
  Double,
  Int32,
  Long,
  MinKey,
  type MongoClient,
  ObjectId,
  Timestamp,
} from 'mongodb';
import { array, document, type Element, int, long, pointer, text } from './bytes.ts';

/** The collection of a value whose type not every server of the lab has. */
export const types = (name: string): string => `types.${name}`;

/** @returns a value below so many documents */
export const nested = (depth: number, value: unknown): unknown =>
  depth === 0 ? value : { in: nested(depth - 1, value) };
const bytes = (...of: readonly number[]): Buffer => Buffer.from(of);

/** Each in a document of its own collection: `{ _id: NAME, v: VALUE }`. */
export const values = {
  string: 'Straße 5',
  letters: 'Ada',
  end: 'ends here',
  composed: 'caf\u00e9',
  astral: 'a \u{1F600} b',
  empty: '',
  digits: '12',
  int32: new Int32(7),
  zero: new Double(0),
  negativeZero: new Double(-0),
  double: new Double(0.1),
  nan: new Double(Number.NaN),
  infinity: new Double(Number.POSITIVE_INFINITY),
  long: Long.fromString('9007199254740993'),
  decimal: Decimal128.fromString('1.0'),
  yes: true,
  nothing: null,
  lowestLong: Long.MIN_VALUE,
  decimalZero: Decimal128.fromString('0'),
  decimalTen: Decimal128.fromString('1E+1'),
  date: new Date(1_700_000_000_123),
  before1970: new Date(-1),
  oldDate: new Date(-62_135_596_800_000),
  timestamp: new Timestamp({ t: 1_700_000_000, i: 5 }),
  binary: new Binary(bytes(1, 2, 3), 0),
  uuid: new Binary(Buffer.alloc(16, 7), 4),
  objectId: new ObjectId('0123456789abcdef01234567'),
  reference: new DBRef('people', new ObjectId('0123456789abcdef01234567')),
  pattern: new BSONRegExp('^a.b$', 'i'),
  code: new Code('function () { return 1; }'),
  scoped: new Code('function () { return x; }', { x: 1 }),
  lowest: new MinKey(),
  array: [1, 'two', { three: 3 }],
  emptyArray: [],
  emptyDocument: {},
  nestedArrays: [[1, 2], [[3]]],
  document: { a: 1, b: 2, c: { d: 3 } },
  deep: nested(90, 'ground'),
  names: { '': 1, 'dotted.name': 2, $dollar: 3 },
  large: 'x'.repeat(1_000_000),
} as const satisfies Readonly<Record<string, unknown>>;

/** Documents of elements that no driver writes, each in a collection of its own. */
export const oddities = {
  undefined: [['v', 'undefined', Buffer.alloc(0)]],
  pointer: [['v', 'pointer', pointer('shop.people', 1)]],
  twice: [
    ['v', 'int', int(1)],
    ['v', 'int', int(2)],
  ],
  notUtf8: [['v', 'string', text(Buffer.from('caf\u00e9', 'latin1'))]],
  numbered: [['v', 'array', array(['1', 'int', int(1)], ['0', 'int', int(2)])]],
  farDate: [['v', 'date', long(2n ** 63n - 1n)]],
  otherNan: [['v', 'double', long(0x7ff8_0000_0000_0001n)]],
} as const satisfies Readonly<Record<string, readonly Element[]>>;

const indexes: readonly Document[] = [
  { key: { n: 1 }, name: 'plain' },
  { key: { name: 1, n: -1 }, name: 'compound' },
  {
    key: new Map([
      ['b', 1],
      ['10', 1],
    ]),
    name: 'digits',
  },
  { key: { mail: 1 }, name: 'unique', unique: true },
  { key: { phone: 1 }, name: 'sparse', sparse: true },
  { key: { age: 1 }, name: 'partial', partialFilterExpression: { age: { $gt: 17 }, kind: new BSONRegExp('^a', 'x') } },
  { key: { at: 1 }, name: 'expiring', expireAfterSeconds: 3600 },
  { key: { city: 1 }, name: 'collated', collation: { locale: 'de', strength: 2, version: '57.1' } },
  { key: { n: 'hashed' }, name: 'hashed' },
  { key: { hidden: 1 }, name: 'hidden', hidden: true },
  { key: { place: '2dsphere' }, name: 'sphere', '2dsphereIndexVersion': 3 },
  { key: { flat: '2d' }, name: 'flat', bits: 20, min: -90, max: 90 },
  { key: { '$**': 1 }, name: 'wildcard', wildcardProjection: { secret: 0 } },
  {
    key: { _fts: 'text', _ftsx: 1 },
    name: 'words',
    weights: { about: 10, title: 1 },
    default_language: 'german',
    textIndexVersion: 3,
  },
];

/** The specification of an index, as the server lists it. */
export function indexOf(name: string): Document {
  const found = indexes.find((one) => one.name === name);
  if (found === undefined) throw new Error(`the source has no index ${name}`);
  return found;
}

const validator = {
  n: { $lt: Long.fromString('9007199254740993'), $exists: true },
  name: new BSONRegExp('^[a-z]+$', 'x'),
  at: { $type: ['date', 'null'] },
};

/** Options of the collections of `shop` that have some. */
export const options: Readonly<Record<string, Document>> = {
  empty: {},
  capped: { capped: true, size: 4096, max: 10 },
  checked: { validator, validationLevel: 'moderate', validationAction: 'warn' },
  collated: { collation: { locale: 'de', strength: 1 } },
  clustered: {
    clusteredIndex: { key: { _id: 1 }, unique: true, name: 'own' },
    expireAfterSeconds: Long.fromNumber(60),
  },
  watched: { changeStreamPreAndPostImages: { enabled: true } },
  stored: { storageEngine: { wiredTiger: { configString: 'block_compressor=zstd' } } },
  digits: {
    validator: new Map([
      ['b', { $exists: true }],
      ['10', { $exists: true }],
    ]),
  },
  schema: {
    validator: {
      $jsonSchema: {
        bsonType: 'object',
        required: ['name', 'sum'],
        properties: { name: { bsonType: 'string', maxLength: 40 }, sum: { bsonType: ['int', 'long'], minimum: 0 } },
        additionalProperties: true,
      },
    },
  },
  adults: { viewOn: 'people', pipeline: [{ $match: { age: { $gt: 17 } } }, { $project: { name: 1 } }] },
};

/** So many people. */
const people = 60;

export async function fill(client: MongoClient): Promise<void> {
  const shop = client.db('shop');
  for (const [name, of] of Object.entries(options)) await shop.command({ create: name, ...of });
  for (const [name, v] of Object.entries(values))
    await shop.collection<Document>(types(name)).insertOne({ _id: name as never, v });
  for (const [name, elements] of Object.entries(oddities))
    await shop.collection<Document>(types(name)).insertOne(document(name, elements));
  for (const name of ['people', 'persons'])
    await shop.collection<Document>(name).insertMany(
      Array.from({ length: people }, (_, n) => ({
        _id: n as never,
        n,
        name: `person ${n}`,
        age: n % 40,
        mail: `p${n}@example.com`,
        tags: [`t${n}`, n],
        home: { street: 'Main', number: n },
      })),
    );
  await shop.command({ createIndexes: 'people', indexes });
  for (const name of ['capped', 'checked', 'collated', 'clustered', 'watched'])
    await shop.collection(name).insertMany([{ n: 1 }, { n: 2 }]);
  await shop.collection<Document>('bare').insertOne({ _id: 'only' as never });
  await client.db('notes').collection('notes').insertOne({ text: 'a database of one document' });
}
