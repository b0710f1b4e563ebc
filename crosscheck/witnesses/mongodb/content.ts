/** What a server holds, as text that two servers can be compared by. */
import { deserialize, EJSON } from 'bson';
import type { MongoClient } from 'mongodb';
import { databases } from './sample.ts';

export interface Collection {
  /** Each document with its types, one a line, in the order of the lines. */
  readonly documents: string;
  readonly count: number;
  /** Names, keys and whether they are unique. */
  readonly indexes: string;
}

/** By `database.collection`. */
export async function contentOf(client: MongoClient): Promise<Readonly<Record<string, Collection>>> {
  const content: Record<string, Collection> = {};
  for (const database of databases) {
    const names = (await client.db(database).listCollections({}, { nameOnly: true }).toArray()).map(({ name }) => name);
    for (const name of names.filter((one) => !one.startsWith('system.')).sort()) {
      const collection = client.db(database).collection(name);
      // The bytes: the driver would make one number of three types.
      const found = (await collection.find({}, { raw: true }).toArray()) as unknown as Uint8Array[];
      const lines = found.map((bytes) => EJSON.stringify(exact(bytes), { relaxed: false }));
      const indexes = await collection.listIndexes().toArray();
      content[`${database}.${name}`] = {
        documents: lines.sort().join('\n'),
        count: await collection.countDocuments(),
        indexes: indexes
          .map(({ name: index, key, unique = false }) => JSON.stringify({ index, key, unique }))
          .sort()
          .join('\n'),
      };
    }
  }
  return content;
}

const exact = (bytes: Uint8Array) =>
  deserialize(bytes, { promoteValues: false, promoteLongs: false, promoteBuffers: false, bsonRegExp: true });
