/** One change of a restored copy. */
import type { Collection, Db, Document } from 'mongodb';
import type { Kind } from '../../changes.ts';

export interface MongoChange {
  readonly kind: Kind;
  /** What it is, for people. */
  readonly what: string;
  /** @param of the copy's database, by the name that the source has for it */
  readonly make: (of: (database: string) => Db) => Promise<unknown>;
}

type Make = (shop: Db) => Promise<unknown>;

/** Changes of the database `shop`. */
export const inShop = (kind: Kind, what: string, make: Make): MongoChange => ({
  kind,
  what,
  make: (of) => make(of('shop')),
});

/** Replaces a document. It is deleted and inserted: a server may leave one that it takes for equal as it is. */
export async function replace(collection: Collection<Document>, document: Document): Promise<void> {
  await collection.deleteOne({ _id: document._id });
  await collection.insertOne(document);
}

/** @returns a copy of one of the people, with the types that the driver gives numbers again */
export async function person(shop: Db, n: number): Promise<Document> {
  const found = await shop.collection<Document>('people').findOne({ _id: n as never });
  if (found === null) throw new Error(`the copy has no person ${n}`);
  return found;
}
