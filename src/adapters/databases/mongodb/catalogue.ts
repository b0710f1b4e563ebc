/** What a database consists of, as its server lists it. */
import type { MongoClient } from 'mongodb';
import {
  type CollectionDefinitions,
  type CollectionInfo,
  isOfServer,
  isSkipped,
  isView,
  type Options,
  wordsOf,
} from '../../../dump/engines/mongodb/fingerprint/definitions.ts';
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

/** Whether a dump leaves it out, unless it is asked for it by name. */
export const isLeftOut = ({ name }: CollectionInfo): boolean => isSkipped(name);

/** @throws the driver's error */
export async function definitionsOf(client: MongoClient, one: Listed): Promise<CollectionDefinitions> {
  const indexes: Options[] = [];
  if (!isView(one))
    for await (const index of client.db(one.database).collection(one.name).listIndexes({ raw: true }))
      indexes.push(orderedDocument(index as unknown as Buffer).record);
  return wordsOf(`${one.database}.${one.name}`, one, indexes);
}
