/**
 * The driver's connection to a server. Its version 6.9 is the last that knows MongoDB 3.6 and 4.0, and what speaks as they do, such
 * as Amazon DocumentDB 4.0 (its lib/cmap/wire_protocol/constants.js; 6.10 needs 4.0, 6.22 needs 4.2).
 */
import { isIP } from 'node:net';
import { checkServerIdentity, type PeerCertificate } from 'node:tls';
import { type Document, MongoClient, type MongoClientOptions } from 'mongodb';
import { driverUrl, type MongoConnection } from '../../../dump/engines/mongodb/connection.ts';
import { isUnknownCommand, mongoFailed } from './causes.ts';
import { withLogin } from './login.ts';

/** Milliseconds to find a server that answers. */
const selection = 20_000;

/**
 * Opens a connection, and asks the server who it is.
 * @throws BackupError that names the cause; its text has no password
 */
export async function connect(connection: MongoConnection): Promise<MongoClient> {
  const what = `no connection to ${connection.hosts}`;
  let client: MongoClient | undefined;
  try {
    const own = /[?&]serverSelectionTimeoutMS=/i.test(connection.url) ? {} : { serverSelectionTimeoutMS: selection };
    client = new MongoClient(driverUrl(await withLogin(connection)), {
      ...own,
      appName: 'holdfast',
      maxPoolSize: 4,
      retryReads: true,
      ...tlsOptions(connection),
    });
    await client.connect();
    await client.db('admin').command({ ping: 1 });
    return client;
  } catch (error) {
    await client?.close().catch(() => {});
    throw withoutSecrets(mongoFailed(what, error), connection);
  }
}

/** Behind a tunnel, the server's certificate is for the name that the server has there. */
function tlsOptions({ tls, url }: MongoConnection): MongoClientOptions {
  if (tls === undefined) return {};
  const { host, authority: ca, certificateAndKey: key } = tls;
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(key === undefined ? {} : { key, cert: key }),
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...(/[?&]tlsAllowInvalidHostnames=true|[?&]tlsInsecure=true/i.test(url)
      ? {}
      : { checkServerIdentity: (_: string, certificate: PeerCertificate) => checkServerIdentity(host, certificate) }),
  };
}

/** Drivers quote parts of a URL that they cannot read. */
function withoutSecrets<T extends Error>(error: T, { secrets }: MongoConnection): T {
  for (const secret of secrets) {
    const hide = (text: string): string => text.replaceAll(secret, '***').replaceAll(encodeURIComponent(secret), '***');
    error.message = hide(error.message);
    const own = error as { what?: string; detail?: string };
    if (own.what !== undefined) own.what = hide(own.what);
    if (own.detail !== undefined) own.detail = hide(own.detail);
  }
  return error;
}

/** What a server says of itself. `isMaster` is the name that all servers know. @throws the driver's error */
export async function hello(client: MongoClient): Promise<Document> {
  const admin = client.db('admin');
  try {
    return await admin.command({ hello: 1 });
  } catch (error) {
    if (!isUnknownCommand(error)) throw error;
    return admin.command({ isMaster: 1 });
  }
}

/** Runs something with a connection of its own. @throws BackupError */
export async function withClient<T>(
  connection: MongoConnection,
  work: (client: MongoClient) => Promise<T>,
): Promise<T> {
  const client = await connect(connection);
  try {
    return await work(client);
  } finally {
    await client.close().catch(() => {});
  }
}
