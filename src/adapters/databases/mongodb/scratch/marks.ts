/** Whose copies a scratch server holds, by a mark beside each: a database with one document. */
import type { MongoClient } from 'mongodb';
import { scratchIdOf, scratchName } from '../../../../dump/engines/mongodb/restore/names.ts';

export interface CopyMark {
  readonly id: string;
  /** Key of the run, and name of the source. */
  readonly owner: string;
  /** Databases of the copy, under their names in this server. */
  readonly databases: readonly string[];
}

const collection = 'owner';

/**
 * Comes before the copy, so that none is without one. A database that keeps its own name gets a mark inside, too: what somebody
 * else makes under that name later must not be taken for a copy.
 */
export async function leaveMark(client: MongoClient, { id, owner, databases }: CopyMark): Promise<void> {
  await client
    .db(scratchName(id))
    .collection(collection)
    .insertOne({ owner, databases: [...databases], madeAt: new Date() });
}

/** Marks the databases that keep their own names, once it is clear that the server has none of them. */
export async function markOwn(client: MongoClient, { id, databases }: CopyMark): Promise<void> {
  for (const name of databases) if (scratchIdOf(name) !== id) await client.db(name).createCollection(scratchName(id));
}

/** The mark that `leaveMark` made. */
export interface FoundMark extends Partial<Omit<CopyMark, 'id'>> {
  readonly id: string;
  /** Whether this copy needs the server not to delete expired documents. */
  readonly keepsExpired?: boolean;
}

export async function marksIn(client: MongoClient): Promise<readonly FoundMark[]> {
  const { databases } = await client.db('admin').admin().listDatabases({ nameOnly: true });
  const found: FoundMark[] = [];
  for (const { name } of databases) {
    const id = scratchIdOf(name);
    if (id === undefined || name !== scratchName(id)) continue;
    const told = await client.db(name).collection<Omit<FoundMark, 'id'>>(collection).find({}).toArray();
    const keepsExpired = told.some((one) => one.keepsExpired) && !told.some((one) => one.keepsExpired === false);
    found.push({ ...told.find(({ owner }) => owner !== undefined), keepsExpired, id });
  }
  return found;
}

/**
 * Adds to the mark; `false` takes back what was `true`. The role restore may insert, and not update (mongo, builtin_roles.cpp,
 * addRestorePrivileges).
 */
export async function noteKeepsExpired(client: MongoClient, id: string, keepsExpired: boolean): Promise<void> {
  await client.db(scratchName(id)).collection(collection).insertOne({ keepsExpired });
}
