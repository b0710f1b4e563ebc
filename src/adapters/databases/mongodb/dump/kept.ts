/** What of a run of mongodump belongs into the dump: a run of the whole server has more than was asked for. */
import { deserialize } from 'bson';
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

/** An entry of the oplog (mongo-tools, common/db/db.go, Oplog). */
interface OplogEntry {
  readonly op?: string;
  readonly ns?: string;
  readonly o?: { readonly applyOps?: readonly OplogEntry[] };
}

/**
 * Entries of the oplog that belong to what is dumped: a restore would else make, or fail to find, databases that were left out.
 * A transaction is kept when a part of it belongs.
 */
export function keptOplog(documents: Buffer, keeps: Keeps): Buffer {
  const kept: Buffer[] = [];
  for (let at = 0; at < documents.length; ) {
    const to = at + documents.readInt32LE(at);
    const one = documents.subarray(at, to);
    if (belongs(deserialize(one) as OplogEntry, keeps)) kept.push(one);
    at = to;
  }
  return Buffer.concat(kept);
}

function belongs({ op, ns = '', o }: OplogEntry, keeps: Keeps): boolean {
  if (op === 'n') return false;
  const dot = ns.indexOf('.');
  const [database, collection] = [ns.slice(0, Math.max(0, dot)), ns.slice(dot + 1)];
  if (database === 'admin' && o?.applyOps) return o.applyOps.some((inner) => belongs(inner, keeps));
  return database !== '' && keeps({ database, collection });
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
