/** Users and roles: of a server, and of a dump, from which they are taken before a scratch server sees it. */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deserialize } from 'bson';
import type { MongoClient } from 'mongodb';
import { isUsersCollection, type UsersScope, userOrRole } from '../../../dump/engines/mongodb/fingerprint/users.ts';
import type { Definitions } from '../../../ports/dump-engine.ts';
import { BackupError, fileDamaged } from '../../../runtime/errors.ts';
import { checkedArchive } from './dump/filter.ts';

/** Reads them as mongodump does, in the collections of admin, which the role backup allows. @throws the driver's error */
export async function readUsers(client: MongoClient, { database }: UsersScope): Promise<Definitions> {
  const found = new Map<string, string>();
  const filter = database === undefined ? {} : { db: database };
  for (const name of ['system.users', 'system.roles'])
    for await (const document of client.db('admin').collection(name).find(filter)) {
      const one = userOrRole(document);
      if (one) found.set(...one);
    }
  return found;
}

/** Takes them from a dump's folder. @throws BackupError (`file-damaged`) */
export async function takeUsers(folder: string): Promise<Definitions> {
  const found = new Map<string, string>();
  for (const database of readdirSync(folder, { withFileTypes: true }).filter((one) => one.isDirectory()))
    for (const name of readdirSync(join(folder, database.name))) {
      const collection = name.replace(/(\.metadata\.json|\.bson)$/, '');
      if (!isUsersCollection({ database: database.name, collection })) continue;
      const path = join(folder, database.name, name);
      if (name.endsWith('.bson')) for (const one of documentsIn(await readFile(path))) add(found, one);
      rmSync(path, { force: true });
    }
  const admin = join(folder, 'admin');
  if (existsSync(admin) && readdirSync(admin).length === 0) rmSync(admin, { recursive: true });
  return found;
}

/** An archive without them. @param onUsers gets them, once it has been read to its end */
export async function* withoutUsers(
  source: AsyncIterable<Buffer>,
  onUsers: (users: Definitions) => void,
): AsyncGenerator<Buffer> {
  const found = new Map<string, string>();
  yield* checkedArchive(source, {
    keeps: (namespace) => !isUsersCollection(namespace),
    onDocuments: (namespace, documents) => {
      if (isUsersCollection(namespace)) for (const one of documentsIn(documents)) add(found, one);
    },
  });
  onUsers(found);
}

function add(found: Map<string, string>, document: Buffer): void {
  const one = userOrRole(deserialize(document));
  if (one) found.set(...one);
}

function* documentsIn(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; ) {
    const length = bytes.length - at < 4 ? 0 : bytes.readInt32LE(at);
    if (length < 5 || at + length > bytes.length)
      throw new BackupError({ what: 'the users in the dump are damaged', code: fileDamaged });
    yield bytes.subarray(at, at + length);
    at += length;
  }
}
