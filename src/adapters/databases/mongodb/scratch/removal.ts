/** Takes copies away, those of dead runs, too. */
import type { MongoClient } from 'mongodb';
import { scratchIdOf, scratchName } from '../../../../dump/engines/mongodb/restore/names.ts';
import { deleteExpiredAgain } from './expiry.ts';
import { type CopyMark, marksIn } from './marks.ts';

/** The mark goes last, so that the next run can finish what a dead one began. */
export async function removeCopy(
  client: MongoClient,
  { id, databases }: Pick<CopyMark, 'id' | 'databases'>,
): Promise<void> {
  for (const name of databases) if (await isCopy(client, name, id)) await client.db(name).dropDatabase();
  await deleteExpiredAgain(client, id);
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
  const removed: string[] = [];
  for (const { id, owner, databases = [] } of await marksIn(client)) {
    if (owner === undefined || !(await isOver(owner))) continue;
    await removeCopy(client, { id, databases });
    removed.push(scratchName(id));
  }
  return removed;
}
