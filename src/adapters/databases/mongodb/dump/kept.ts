/** What of a run of mongodump belongs into the dump: a run of the whole server has more than was asked for. */
import type { Namespace } from '../../../../anonymize/bson/format/archive.ts';

export type Keeps = (namespace: Pick<Namespace, 'database' | 'collection'>) => boolean;

/**
 * @param databases that are dumped
 * @param users whether users and roles are, too: they are in the database admin
 */
export function keeperOf(databases: readonly string[], users: boolean): Keeps {
  const chosen = new Set(databases);
  return ({ database, collection }) => {
    // The oplog has no database.
    if (database === '') return true;
    if (database === 'admin') return users && /^system\.(users|roles|version)$/.test(collection);
    return chosen.has(database);
  };
}

export function countDocuments(documents: Buffer): number {
  let count = 0;
  for (let at = 0; at < documents.length; at += documents.readInt32LE(at)) count += 1;
  return count;
}

/** @returns undefined where there is none */
export function lastDocument(documents: Buffer): Buffer | undefined {
  let last: number | undefined;
  for (let at = 0; at < documents.length; at += documents.readInt32LE(at)) last = at;
  return last === undefined ? undefined : documents.subarray(last);
}
