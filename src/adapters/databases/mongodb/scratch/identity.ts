/** Whether a scratch server is another than the source. */
import type { MongoClient } from 'mongodb';
import type { MongoConnection } from '../../../../dump/engines/mongodb/connection.ts';
import { listingOf } from '../../../../dump/engines/mongodb/fingerprint/listing.ts';
import { BackupError } from '../../../../runtime/errors.ts';
import { hello } from '../client.ts';
import { granting } from '../refusals.ts';

/**
 * The copy must not be restored into the source: what marks the copy must not be seen there.
 * @param mark name of the database that marks the copy
 * @throws BackupError when it is, or when the source does not say
 */
export async function requireOther(
  { identity, scratch }: { readonly identity: () => Promise<ServerIdentity>; readonly scratch: MongoConnection },
  client: MongoClient,
  mark: string,
): Promise<void> {
  const [source, here] = [await identity(), await identityOf(client)];
  const same = isSame(source, here, mark);
  if (same === undefined)
    throw new BackupError({
      what: `it cannot be seen whether scratch-url (${scratch.hosts}) is another server than the one that was dumped`,
      likelyCause:
        'the user of the source may not list all of its databases, and a server before 4.4 has no other sign',
      fix: granting('', ['{ role: "clusterMonitor", db: "admin" }']),
      code: 'rights',
    });
  if (!same) return;
  throw new BackupError({
    what: `scratch-url (${scratch.hosts}) is the server that was dumped`,
    fix: 'give the URL of another server, such as a service container of the job',
    code: 'scratch-is-source',
  });
}

/** What tells one server from another. */
export interface ServerIdentity {
  readonly databases: readonly string[];
  /** Whether these are all, and not those that the user sees. */
  readonly complete: boolean;
  /** Id of the server's process, which servers since 4.4 say (MongoDB manual, hello, topologyVersion). */
  readonly process: string | undefined;
}

/** @param mark name of a database that is in `here`. Undefined when it cannot be seen */
export function isSame(source: ServerIdentity, here: ServerIdentity, mark: string): boolean | undefined {
  if (source.databases.includes(mark)) return true;
  if (source.process !== undefined && here.process !== undefined) return source.process === here.process;
  return source.complete ? false : undefined;
}

/** @throws the driver's error */
export async function identityOf(client: MongoClient): Promise<ServerIdentity> {
  const { databases, extent } = await listingOf((command) => client.db('admin').command(command));
  const { topologyVersion } = await hello(client);
  return {
    databases: databases.map(({ name }) => name),
    complete: extent === 'all',
    process: topologyVersion?.processId?.toString(),
  };
}
