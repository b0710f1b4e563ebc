/** What a database consists of, as its server lists it. */
import type { MongoClient } from 'mongodb';
import {
  type CollectionInfo,
  collectionWords,
  indexWords,
  isImplied,
  isOfServer,
  isSkipped,
} from '../../../dump/engines/mongodb/fingerprint/definitions.ts';
import { indexId } from '../../../dump/engines/mongodb/fingerprint/names.ts';
import { type Fields, orderedDocument } from '../../../dump/engines/mongodb/fingerprint/ordered.ts';

/** A collection or a view of one database. */
export interface Listed extends CollectionInfo {
  readonly database: string;
}

/**
 * @param mark a collection that is none of the database's own: it marks a copy
 * @throws the driver's error
 */
export async function listCollections(
  client: MongoClient,
  database: string,
  mark?: string,
): Promise<readonly Listed[]> {
  const found: Listed[] = [];
  for await (const one of client.db(database).listCollections({}, { raw: true, nameOnly: false })) {
    const { name, type = 'collection', options } = orderedDocument(one as unknown as Buffer).record;
    const listed = {
      database,
      name: String(name),
      type: String(type),
      options: (options as Fields | undefined)?.record ?? {},
    };
    if (!isOfServer(listed.name) && name !== mark) found.push(listed);
  }
  return found.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

export const isView = ({ type }: CollectionInfo): boolean => type === 'view';
/** Whether a dump leaves it out, unless it is asked for it by name. */
export const isLeftOut = ({ name }: CollectionInfo): boolean => isSkipped(name);

export interface CollectionDefinitions {
  /** Of the collection and its indexes, by object: `INDEX shop.people "name_1"`. */
  readonly words: ReadonlyMap<string, string>;
  /** Whether the server deletes old documents of it (MongoDB manual, TTL Indexes). */
  readonly expires: boolean;
}

/** @throws the driver's error */
export async function definitionsOf(client: MongoClient, one: Listed): Promise<CollectionDefinitions> {
  const name = `${one.database}.${one.name}`;
  const words = new Map([[`${isView(one) ? 'VIEW' : 'COLLECTION'} ${name}`, collectionWords(one)]]);
  let expires = one.options.expireAfterSeconds !== undefined;
  if (isView(one)) return { words, expires };
  for await (const index of client.db(one.database).collection(one.name).listIndexes({ raw: true })) {
    const options = orderedDocument(index as unknown as Buffer).record;
    expires ||= options.expireAfterSeconds !== undefined;
    if (!isImplied(options)) words.set(indexId(name, String(options.name)), indexWords(options));
  }
  return { words, expires };
}
