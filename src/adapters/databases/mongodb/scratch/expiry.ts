/**
 * A server deletes expired documents of collections with a TTL index by itself, from copies, too: within a minute, a copy has fewer
 * than its dump. It is kept from that while a copy is proven, where it may be (MongoDB manual, Server Parameters, ttlMonitorEnabled).
 */
import type { MongoClient } from 'mongodb';
import { marksIn, noteKeepsExpired } from './marks.ts';

/** Undefined where the server does not say. */
export async function deletesExpired(client: MongoClient): Promise<boolean | undefined> {
  try {
    const found = await client.db('admin').command({ getParameter: 1, ttlMonitorEnabled: 1 });
    return typeof found.ttlMonitorEnabled === 'boolean' ? found.ttlMonitorEnabled : undefined;
  } catch {
    return undefined;
  }
}

async function setDeletesExpired(client: MongoClient, ttlMonitorEnabled: boolean): Promise<void> {
  await client.db('admin').command({ setParameter: 1, ttlMonitorEnabled });
}

/** Whether another copy needs what this one changed. */
async function othersNeedIt(client: MongoClient, own: string): Promise<boolean> {
  return (await marksIn(client)).some(({ id, keepsExpired }) => id !== own && keepsExpired);
}

/**
 * The mark says it first, so that a later run gives back what a dead one changed. A server that was started so stays as it is.
 * @param id of the copy
 */
export async function keepExpired(client: MongoClient, id: string): Promise<void> {
  const deletes = await deletesExpired(client);
  if (deletes === undefined || (!deletes && !(await othersNeedIt(client, id)))) return;
  // A server that refuses is asked again before the copy is compared.
  try {
    await noteKeepsExpired(client, id, true);
    await setDeletesExpired(client, false);
  } catch {
    await noteKeepsExpired(client, id, false).catch(() => {});
  }
}

/** Once no copy needs it any more. @param id of the copy that is removed */
export async function deleteExpiredAgain(client: MongoClient, id: string): Promise<void> {
  const own = (await marksIn(client)).find((one) => one.id === id);
  if (own?.keepsExpired && !(await othersNeedIt(client, id))) await setDeletesExpired(client, true);
}
