/** What a database consists of, as its server lists it. */
import { deserialize } from 'bson';
import type { Document, MongoClient } from 'mongodb';
import {
  type CollectionInfo,
  collectionWords,
  indexWords,
  isImplied,
  isOfServer,
  isSkipped,
} from '../../../dump/engines/mongodb/fingerprint/definitions.ts';
import { fieldNames } from '../../../dump/engines/mongodb/fingerprint/document-sums.ts';
import { indexId } from '../../../dump/engines/mongodb/fingerprint/names.ts';
import { scratchIdOf } from '../../../dump/engines/mongodb/restore/names.ts';

/** A collection or a view of one database. */
export interface Listed extends CollectionInfo {
  readonly database: string;
}

/** Options are read as the types that the server stores, since JavaScript's numbers and regular expressions do not hold all of them. */
const exact = { promoteValues: false, promoteLongs: false, promoteBuffers: false, bsonRegExp: true } as const;

/** @throws the driver's error */
export async function listCollections(client: MongoClient, database: string): Promise<readonly Listed[]> {
  const found: Listed[] = [];
  for await (const one of client.db(database).listCollections({}, { ...exact, nameOnly: false })) {
    const { name, type = 'collection', options = {} } = one as Document & CollectionInfo;
    if (!isOfServer(name) && scratchIdOf(name) === undefined) found.push({ database, name, type, options });
  }
  return found.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

export const isView = ({ type }: CollectionInfo): boolean => type === 'view';
/** Whether a dump leaves it out, unless it is asked for it by name. */
export const isLeftOut = ({ name }: CollectionInfo): boolean => isSkipped(name);

/** The definitions of a collection and its indexes, by object: `INDEX shop.people "name_1"`. @throws the driver's error */
export async function definitionsOf(client: MongoClient, one: Listed): Promise<ReadonlyMap<string, string>> {
  const name = `${one.database}.${one.name}`;
  const words = new Map([[`${isView(one) ? 'VIEW' : 'COLLECTION'} ${name}`, collectionWords(one)]]);
  if (isView(one)) return words;
  for await (const index of client.db(one.database).collection(one.name).listIndexes({ raw: true })) {
    const bytes = index as unknown as Buffer;
    const { key: _, ...options } = deserialize(bytes, exact);
    if (!isImplied(plain(options)))
      words.set(indexId(name, String(options.name)), indexWords({ ...options, key: keyOf(bytes) }));
  }
  return words;
}

/** The key of an index in its order, which JavaScript's objects do not keep for fields whose names are digits. */
function keyOf(index: Buffer): ReadonlyMap<string, unknown> {
  const { key } = deserialize(index, { raw: true }) as { readonly key: Buffer };
  const values = deserialize(key, exact);
  return new Map(fieldNames(key).map((name) => [name, values[name]]));
}

/** Flags of an index as JavaScript has them. */
function plain(index: Document): Document {
  return { name: index.name, collation: index.collation, clustered: index.clustered };
}
