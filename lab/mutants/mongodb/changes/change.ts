/** One change of a restored copy. */
import type { Collection, Db, Document } from 'mongodb';
import type { Kind, SharingChange } from '../../changes.ts';

export interface MongoChange extends SharingChange {
  /** @param of the copy's database, by the name that the source has for it; another of the scratch server by its own */
  readonly make: (of: (database: string) => Db) => Promise<unknown>;
}

/** The collection whose documents are changed. */
export const persons = 'persons';

type Make = (shop: Db) => Promise<unknown>;

/** Changes of the database `shop`. @param at what is changed, as findings name it; undefined: it is more than one thing */
export const inShop = (kind: Kind, what: string, make: Make, at?: string): MongoChange => ({
  kind,
  what,
  at,
  make: (of) => make(of('shop')),
});

/** Replaces a document. It is deleted and inserted: a server may leave one that it takes for equal as it is. */
export async function replace(collection: Collection<Document>, document: Document): Promise<void> {
  await collection.deleteOne({ _id: document._id });
  await collection.insertOne(document);
}

/** @returns a copy of one of the people, with the types that the driver gives numbers again */
export async function person(shop: Db, n: number): Promise<Document> {
  const found = await shop.collection<Document>(persons).findOne({ _id: n as never });
  if (found === null) throw new Error(`the copy has no person ${n}`);
  return found;
}
