/** The sample of the MongoDB backup: two databases with collections, indexes, and addresses in fields of every depth. */
import { Binary, type Collection, type Db, Double, Int32, Long, type ObjectId, Timestamp } from 'mongodb';
import type { MongoServer } from '../../hosts/mongodb/server.ts';
import type { Addresses } from '../dump-files.ts';

/** Restored first, and complete while the large one is still being restored. */
export const small = { database: 'crm', collection: 'contacts', documents: 2002 } as const;

const canaries = [
  'plain@canary.example',
  'nested@canary.example',
  'array.one@canary.example',
  'array.two@canary.example',
  'in.text@canary.example',
  'müller@bücher.example',
];

export const addresses: Addresses = {
  canaries: canaries.map((address) => ({ written: [address] })),
  bulk: /[a-z]+\.\d{9}@[a-z]+-post\.example/,
  readable: ['archive', 'anonymised'],
};

const address = (n: number): string =>
  `${['anna', 'ben', 'carla', 'emil'][n % 4]}.${100_000_000 + n}@${['fjell', 'hafen', 'tal'][n % 3]}-post.example`;

/** @param megabytes about the size of the dump before compression, 1 or more */
export async function fillSample({ client }: MongoServer, megabytes: number): Promise<void> {
  await fillCrm(client.db(small.database));
  await fillShop(client.db('shop'), megabytes);
}

async function fillCrm(db: Db): Promise<void> {
  const contacts = db.collection<{ _id: Int32 | string | ObjectId }>(small.collection);
  await contacts.insertMany([
    {
      _id: 'first',
      mail: canaries[0],
      home: { mail: canaries[1], list: [canaries[2], { mail: canaries[3] }] },
      note: `write to ${canaries[4]}, or call`,
      other: canaries[5],
    },
    {
      _id: 'types',
      double: new Double(-0.5),
      long: Long.fromString('9007199254740993'),
      binary: new Binary(Buffer.from([0, 1, 2, 255])),
      at: new Date('2018-04-04T11:37:00.123Z'),
      moment: new Timestamp({ t: 1, i: 2 }),
      nothing: null,
      empty: [],
      'odd field': { '': 'no name' },
    },
  ] as never[]);
  await insert(contacts, small.documents - 2, (n) => ({
    _id: new Int32(n),
    mail: address(n),
    name: `Name ${n % 311}`,
  }));
  await contacts.createIndex({ mail: 1 }, { unique: true, sparse: true, name: 'by mail' });
  await contacts.createIndex({ name: 1, _id: -1 });
  await db.collection('archive').insertOne({ taken: new Date('2018-04-04T11:37:00Z') });
  await db.createCollection('nothing yet');
}

async function fillShop(db: Db, megabytes: number): Promise<void> {
  const orders = db.collection<{ _id: Int32 }>('orders');
  await insert(orders, megabytes * 2000, (n) => ({
    _id: new Int32(n),
    customer: { mail: address(n), number: n % 5000 },
    lines: Array.from({ length: 1 + (n % 5) }, (_, line) => ({
      article: n * 7 + line,
      text: 'row and seat '.repeat(6),
    })),
    total: n / 100,
  }));
  await orders.createIndex({ 'customer.number': 1, total: -1 });
}

async function insert<T extends { _id: unknown }>(
  collection: Collection<T>,
  count: number,
  document: (n: number) => object,
): Promise<void> {
  for (let first = 0; first < count; first += 1000)
    await collection.insertMany(
      Array.from({ length: Math.min(1000, count - first) }, (_, index) => document(first + index)) as never[],
      { ordered: false },
    );
}
