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
  for (const name of databases)
    if (scratchIdOf(name) === undefined) await client.db(name).createCollection(scratchName(id));
}

/** The mark goes last, so that the next run can finish what a dead one began. */
export async function removeCopy(
  client: MongoClient,
  { id, databases }: Pick<CopyMark, 'id' | 'databases'>,
): Promise<void> {
  for (const name of databases) if (await isCopy(client, name, id)) await client.db(name).dropDatabase();
  await client.db(scratchName(id)).dropDatabase();
}

async function isCopy(client: MongoClient, database: string, id: string): Promise<boolean> {
  if (scratchIdOf(database) === id) return true;
  const marks = await client
    .db(database)
    .listCollections({ name: scratchName(id) }, { nameOnly: true })
    .toArray();
  return marks.length > 0;
}

/** Removes the copies whose owner is over. @returns the names of their marks */
export async function sweepCopies(
  client: MongoClient,
  isOver: (owner: string) => Promise<boolean>,
): Promise<readonly string[]> {
  const { databases } = await client.db('admin').admin().listDatabases({ nameOnly: true });
  const removed: string[] = [];
  for (const { name } of databases) {
    const id = scratchIdOf(name);
    if (id === undefined || name !== scratchName(id)) continue;
    const mark = await client.db(name).collection(collection).findOne({});
    const { owner, databases: copies = [] } = (mark ?? {}) as Partial<CopyMark>;
    if (owner === undefined || !(await isOver(owner))) continue;
    await removeCopy(client, { id, databases: copies });
    removed.push(name);
  }
  return removed;
}
