/** What a server is, which databases it has, and what a dump of them can promise. */
import { statfsSync } from 'node:fs';
import type { Document, MongoClient } from 'mongodb';
import type { MongoConnection } from '../../../dump/engines/mongodb/connection.ts';
import { listingOf } from '../../../dump/engines/mongodb/fingerprint/listing.ts';
import {
  chosenOfServer,
  collectionsOfUsers,
  type Selection,
  selectDatabases,
  serversDatabases,
  type Wanted,
} from '../../../dump/engines/mongodb/selection.ts';
import { BackupError, explain } from '../../../runtime/errors.ts';
import { formatBytes } from '../../../runtime/format.ts';
import { isLeftOut, listCollections } from './catalogue.ts';
import { isUnauthorized, mongoFailed } from './causes.ts';
import { hello } from './client.ts';
import {
  deniedDatabases,
  granting,
  missingDatabases,
  ownDatabases,
  partlyListed,
  partlyListedNote,
} from './refusals.ts';

export type OplogChoice = 'auto' | 'true' | 'false';

export interface InspectOptions extends Wanted {
  readonly oplog: OplogChoice;
  readonly users: boolean;
  readonly format: 'tarball' | 'archive';
  readonly workDirectory: string;
}

export interface Inspected {
  readonly product: string;
  readonly version: string;
  readonly selection: Selection;
  /** Bytes of the databases that are dumped, by the server. */
  readonly bytes: number;
  readonly oplog: boolean;
  readonly notes: readonly string[];
}

/** @throws BackupError that names the cause */
export async function inspectServer(
  client: MongoClient,
  connection: MongoConnection,
  options: InspectOptions,
): Promise<Inspected> {
  const own = chosenOfServer(options);
  if (own.length > 0) throw ownDatabases(own);
  const about = await ask('the server does not say who it is', () => hello(client));
  const { product, version } = await productOf(client, connection);
  const { sizes, note } = await databasesOf(client, options, connection);
  const selection = selectDatabases(options, [...sizes.keys()]);
  if (selection.missing.length > 0 && (selection.databases.length === 0 || options.databases.length > 0))
    throw missingDatabases(selection.missing, connection);
  const topology = topologyOf(about);
  const oplog = await decideOplog(client, topology, selection, options);
  await checkUsers(client, connection, options);
  const leftOut = await checkReadable(client, selection.databases, connection);
  const misplaced = options.database === undefined ? await collectionsInServersOwn(client) : [];
  const bytes = selection.databases.reduce((sum, name) => sum + (sizes.get(name) ?? 0), 0);
  return {
    product,
    version,
    selection,
    bytes,
    oplog: oplog.use,
    notes: [
      ...topologyNotes(topology),
      oplog.note,
      ...selectionNotes(selection),
      note,
      ...leftOut,
      ...misplacedNotes(misplaced),
      ...spaceNotes(bytes, options),
    ].filter((note) => note !== ''),
  };
}

async function ask<T>(what: string, question: () => Promise<T>): Promise<T> {
  try {
    return await question();
  } catch (error) {
    throw mongoFailed(what, error);
  }
}

type Topology = 'standalone' | 'replica set' | 'sharded cluster' | 'load balancer';

function topologyOf(about: Document): Topology {
  if (about.msg === 'isdbgrid') return 'sharded cluster';
  if (about.serviceId !== undefined) return 'load balancer';
  return about.setName === undefined ? 'standalone' : 'replica set';
}

async function productOf(
  client: MongoClient,
  { hosts }: MongoConnection,
): Promise<{ readonly product: string; readonly version: string }> {
  const info = await ask('the server does not say its version', () => client.db('admin').command({ buildInfo: 1 }));
  const version = String(info.version ?? 'unknown');
  if (info.ferretdbVersion !== undefined || info.ferretdb !== undefined) return { product: 'FerretDB', version };
  if (/\.docdb(-elastic)?\.amazonaws\.com/.test(hosts)) return { product: 'Amazon DocumentDB', version };
  if (/\.mongodb\.net/.test(hosts)) return { product: 'MongoDB Atlas', version };
  if (/\.cosmos\.azure\.com/.test(hosts)) return { product: 'Azure Cosmos DB', version };
  return { product: 'MongoDB', version };
}

/** Sizes by name. A user who may not list the databases can dump one whose name is given. */
async function databasesOf(
  client: MongoClient,
  { database, databases }: Wanted,
  { user }: MongoConnection,
): Promise<{ readonly sizes: ReadonlyMap<string, number>; readonly note: string }> {
  const chosen = database === undefined ? databases : [database];
  const listing = await ask('the databases of the server cannot be listed', () =>
    listingOf((command) => client.db('admin').command(command)),
  );
  const { extent } = listing;
  if (extent !== 'all' && chosen.length === 0) throw partlyListed(user);
  const listed = extent === 'none' ? chosen.map((name) => ({ name, bytes: 0 })) : listing.databases;
  return {
    sizes: new Map(listed.map(({ name, bytes }) => [name, bytes])),
    note: extent === 'all' || database !== undefined ? '' : partlyListedNote(user),
  };
}

/** Whether the dump can hold the oplog, found out by reading it: no product is known to us that has one and hides it. */
async function decideOplog(
  client: MongoClient,
  topology: Topology,
  { whole, databases }: Selection,
  { oplog: choice, database }: InspectOptions,
): Promise<{ readonly use: boolean; readonly note: string }> {
  const without = (why: string): { readonly use: false; readonly note: string } => {
    if (choice === 'true')
      throw new BackupError({
        what: `oplog: true, but ${why}`,
        fix: 'dump all databases of a replica set with a user who has the role backup, or set oplog: auto',
        code: 'oplog-missing',
      });
    return {
      use: false,
      note: `the dump is not of one moment: ${why}; documents that change meanwhile are told and not compared`,
    };
  };
  if (databases.length === 0) return { use: false, note: '' };
  if (choice === 'false') return without('oplog is false');
  if (topology === 'sharded cluster') return without('mongodump takes no oplog through a mongos');
  if (topology !== 'replica set') return without('the server is no replica set, so it has no oplog');
  if (!whole || database !== undefined)
    return without('mongodump takes the oplog only with all databases of the server');
  try {
    const last = await client
      .db('local')
      .collection('oplog.rs')
      .findOne({}, { sort: { $natural: -1 }, projection: { ts: 1 } });
    if (last?.ts === undefined) return without('the server shows no oplog');
    await client
      .db('admin')
      .collection('system.users')
      .findOne({}, { projection: { _id: 1 } });
    return { use: true, note: '' };
  } catch (error) {
    const why = isUnauthorized(error)
      ? 'the user may not read the oplog and admin.system.users, which mongodump reads with it (grant the role backup on admin)'
      : `the oplog cannot be read (${explain(error).what})`;
    return without(why);
  }
}

/** mongodump reads them where they are (MongoDB manual, Built-In Roles: backup may). @throws BackupError that names the role */
async function checkUsers(client: MongoClient, { user }: MongoConnection, { users }: InspectOptions): Promise<void> {
  if (!users) return;
  try {
    for (const name of ['system.users', 'system.roles'])
      await client
        .db('admin')
        .collection(name)
        .findOne({}, { projection: { _id: 1 } });
  } catch (error) {
    if (!isUnauthorized(error)) throw mongoFailed('users and roles cannot be read', error);
    throw new BackupError({
      what: `users: true, but the user ${user === '' ? '(none)' : user} may not read admin.system.users and admin.system.roles`,
      likelyCause: 'the role backup on admin is missing',
      fix: `${granting(user, ['{ role: "backup", db: "admin" }'])}; or set users: false`,
      code: 'rights',
    });
  }
}

/** Asks for the collections of each database, so that a role that is missing is named before anything is dumped. */
async function checkReadable(
  client: MongoClient,
  databases: readonly string[],
  { user }: MongoConnection,
): Promise<readonly string[]> {
  const denied: string[] = [];
  const leftOut: string[] = [];
  for (const name of databases)
    try {
      const listed = await listCollections(client, name);
      leftOut.push(...listed.filter(isLeftOut).map((one) => `${name}.${one.name}`));
      const [first] = listed.filter(({ type }) => type === 'collection');
      if (first)
        await client
          .db(name)
          .collection(first.name)
          .findOne({}, { projection: { _id: 1 } });
    } catch (error) {
      if (!isUnauthorized(error)) throw mongoFailed(`the collections of ${name} cannot be listed`, error);
      denied.push(name);
    }
  if (denied.length > 0) throw deniedDatabases(denied, user);
  if (leftOut.length === 0) return [];
  return [`mongodump leaves out collections with a dollar in their name, so the dump lacks ${leftOut.join(', ')}`];
}

/** What users put into databases of the server itself. Where these cannot be listed, nothing is told. */
async function collectionsInServersOwn(client: MongoClient): Promise<readonly string[]> {
  const found = serversDatabases.map(async (database) => {
    const listed = await listCollections(client, database).catch(() => []);
    return collectionsOfUsers(
      database,
      listed.map(({ name }) => name),
    );
  });
  return (await Promise.all(found)).flat();
}

export function misplacedNotes(names: readonly string[]): readonly string[] {
  if (names.length === 0) return [];
  return [
    `${names.join(', ')} ${names.length === 1 ? 'lies' : 'lie'} in a database of the server itself, and ${names.length === 1 ? 'is' : 'are'} not dumped: move collections of your own to another database`,
  ];
}

export function topologyNotes(topology: Topology): readonly string[] {
  if (topology !== 'sharded cluster' && topology !== 'load balancer') return [];
  return [
    `the server is a ${topology}: shards are dumped through it at different moments, and a balancer that moves chunks meanwhile may double or lose documents (stop it for the dump: sh.stopBalancer())`,
  ];
}

export function selectionNotes({ excluded, forgotten }: Selection): readonly string[] {
  return [
    ...(excluded.length > 0 ? [`excluded databases: ${excluded.join(', ')}`] : []),
    ...(forgotten.length > 0 ? [`databases of the server that nobody chose or excluded: ${forgotten.join(', ')}`] : []),
  ];
}

/** Collections lie on the disk uncompressed until they are packed. */
function spaceNotes(bytes: number, { format, workDirectory }: InspectOptions): readonly string[] {
  const { bavail, bsize } = statfsSync(workDirectory);
  const free = bavail * bsize;
  if (format === 'archive' || free > bytes) return [];
  return [
    `the work directory has ${formatBytes(free)} free; the databases have ${formatBytes(bytes)} in the server, and collections lie there uncompressed until they are packed (archive-format: archive needs less)`,
  ];
}
