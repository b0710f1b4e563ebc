/** Where the user of a mongodb+srv URL logs in, as its TXT record says. */
import dns from 'node:dns';
import { loginBy, type MongoConnection } from '../../../dump/engines/mongodb/connection.ts';
import { mongoFailed } from './causes.ts';

/** The connection with a URL that says it itself. @throws BackupError when the record cannot be asked for */
export async function withLogin(connection: MongoConnection): Promise<MongoConnection> {
  if (connection.pathOfLogin === undefined) return connection;
  return loginBy(connection, await recordOf(connection.hosts));
}

/** The text of a host's TXT record; empty without one. Parts of a long one belong together (RFC 7208, section 3.3). */
async function recordOf(host: string): Promise<string> {
  try {
    const records = await dns.promises.resolveTxt(host);
    return records.map((parts) => parts.join('')).join('&');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENODATA' || code === 'ENOTFOUND') return '';
    throw mongoFailed(`the TXT record of ${host} cannot be read`, error);
  }
}
