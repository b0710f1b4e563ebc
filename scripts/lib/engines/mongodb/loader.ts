/** MongoDB for the commands restore and populatedb. */
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import type { MongoClient } from 'mongodb';
import { withClient } from '../../../../src/adapters/databases/mongodb/client.ts';
import { restoreFailed } from '../../../../src/adapters/databases/mongodb/restoring.ts';
import { LocalTools } from '../../../../src/adapters/databases/mongodb/tools.ts';
import type { DumpFile, DumpReceipt } from '../../../../src/domain/dump.ts';
import { type MongoConnection, parseMongoConnection } from '../../../../src/dump/engines/mongodb/connection.ts';
import { isDamage, parseRestoreMessages, refusalsOf } from '../../../../src/dump/engines/mongodb/restore/messages.ts';
import { minuteStamp } from '../../../../src/dump/files.ts';
import { BackupError, fileDamaged } from '../../../../src/runtime/errors.ts';
import {
  fetchByHand,
  fileName,
  type Loader,
  type LoadRequest,
  type LoadTarget,
  loadedBy,
  type RestoreOptions,
  word,
} from '../loader.ts';
import { beginBeside, discardBeside, isEmpty, loadedNote, noteLoaded, swapCollections } from './database.ts';
import { fetchDump, type LocalDump } from './dump-file.ts';
import {
  anewParameters,
  besideParameters,
  directParameters,
  replayParameters,
  type Targets,
  usersParameters,
} from './parameters.ts';

export const mongoLoader: Loader = {
  engine: 'mongodb',
  product: 'MongoDB',
  scheme: /^mongodb(\+srv)?:/,
  urlForm: 'mongodb://USER:PASSWORD@HOST:PORT/DATABASE?authSource=admin',
  localUrl: 'mongodb://localhost:27017/app',
  choices: ['only', 'users'],
  endings: ['.anon.tar.gz', '.anon.archive.gz'],
  target(url, setting): LoadTarget {
    const connection = parseMongoConnection(url, setting);
    return {
      shown: connection.shown,
      host: hostOf(connection),
      byHand: (file, receipt, options) => byHand(file, receipt, connection, options),
      ...loadedBy((request) => load(connection, request)),
    };
  },
};

/** The server is on this computer only when all members of the set are. */
function hostOf({ hosts }: MongoConnection): string {
  const names = hosts.split(',').map((one) => one.replace(/:\d+$/, '').replace(/^\[|\]$/g, ''));
  return names.find((name) => !['localhost', '127.0.0.1', '::1'].includes(name)) ?? names[0] ?? '';
}

async function load(connection: MongoConnection, request: LoadRequest): Promise<void> {
  const tools = new LocalTools(tmpdir());
  await tools.version('mongorestore');
  await withClient(connection, async (client) => {
    const dump = await fetchDump(request.through);
    try {
      const run = (parameters: readonly string[]): Promise<void> =>
        restore(tools, connection, [...dump.input, ...parameters]);
      const targets = targetsOf(dump, connection, request.only);
      await refuse(client, connection, targets, request);
      if (request.beside) await replaceAll({ client, dump, targets, run, note: request.note });
      else await loadDirectly(dump, targets, run, request);
      if (request.users) await run(usersParameters);
    } finally {
      await dump.remove();
    }
  });
}

const serversOwn = ['admin', 'config', 'local'];

/** @throws BackupError when it is not clear which database is meant */
function targetsOf({ contents }: LocalDump, { database }: MongoConnection, only: string | undefined): Targets {
  const databases = [...new Set(contents.map((one) => one.database))].filter((name) => !serversOwn.includes(name));
  const chosen = only === undefined ? databases : databases.filter((name) => name === only);
  if (chosen.length === 0)
    throw new BackupError({
      what:
        only === undefined
          ? 'the dump holds no collection; nothing was changed'
          : `the dump has no database ${only}; nothing was changed`,
      fix: databases.length === 0 ? 'choose another dump' : `choose one of ${databases.join(', ')}`,
    });
  if (database === undefined) return new Map(chosen.map((name) => [name, name]));
  if (chosen.length > 1)
    throw new BackupError({
      what: `the dump holds several databases: ${chosen.join(', ')}; nothing was changed`,
      fix: 'choose one with --only DATABASE; or give a URL without a database, for all of them',
    });
  return new Map([[chosen[0] as string, database]]);
}

/** @throws BackupError when a database may not be replaced; then nothing was changed */
async function refuse(
  client: MongoClient,
  connection: MongoConnection,
  targets: Targets,
  { refuse: refusal, note }: LoadRequest,
): Promise<void> {
  if (refusal === undefined) return;
  for (const name of targets.values())
    if (!(await isEmpty(client, name)) && (note === undefined || (await loadedNote(client, name)) !== note))
      throw refusal(`${name} on ${connection.hosts}`);
}

type Run = (parameters: readonly string[]) => Promise<void>;

async function loadDirectly(dump: LocalDump, targets: Targets, run: Run, { only }: LoadRequest): Promise<void> {
  const whole = only === undefined && [...targets].every(([from, to]) => from === to);
  const holdsOthers = dump.contents.some(({ database }) => !targets.has(database));
  if (dump.oplog && whole && !holdsOthers) return run(replayParameters);
  if (dump.oplog) noteOplog();
  await run(directParameters(targets));
}

/** mongorestore replays an oplog neither under other names nor for a part of a dump (mongorestore.go, ParseAndValidateOptions). */
function noteOplog(): void {
  console.error(
    'note: the oplog of the dump is not replayed, since mongorestore cannot under other names or for a part: each collection is as it was when it was read, not all as of one moment',
  );
}

interface Replacing {
  readonly client: MongoClient;
  readonly dump: LocalDump;
  readonly targets: Targets;
  readonly run: Run;
  readonly note: string | undefined;
}

/** Loads collections under other names in their database; then each takes the place of the old one. */
async function replaceAll({ client, dump, targets, run, note }: Replacing): Promise<void> {
  if (dump.oplog) noteOplog();
  const prefix = `holdfast_new_${randomBytes(6).toString('hex')}_`;
  const databases = [...targets.values()];
  try {
    for (const name of databases) await beginBeside(client, name, prefix);
    await run(besideParameters(targets, dump.contents, prefix));
    let gaps = false;
    for (const [from, to] of targets) {
      const contents = dump.contents.filter(({ database }) => database === from);
      gaps = (await swapCollections(client, to, prefix, contents)).gaps || gaps;
    }
    if (gaps) console.error('note: this server replaces no collection at once: each was missing for a moment');
    const anew = anewParameters(targets, dump.contents);
    // They take the names of the collections that they read.
    if (anew) await run(anew);
  } finally {
    for (const name of databases) await discardBeside(client, name, prefix).catch(() => {});
  }
  for (const name of databases) await noteLoaded(client, name, note);
}

/** Runs mongorestore. @throws BackupError when a document or a definition is refused */
async function restore(tools: LocalTools, connection: MongoConnection, parameters: readonly string[]): Promise<void> {
  let log = '';
  const messages = () => parseRestoreMessages(log);
  const { program, end } = await tools.start({
    tool: 'mongorestore',
    parameters,
    connection,
    what: `mongorestore into ${connection.hosts}`,
    onErrors: (text) => {
      log = (log + text).slice(-64_000);
    },
    failure: (status) => {
      const { failure = `it ended with ${status}` } = messages();
      return isDamage(failure)
        ? new BackupError({ what: `mongorestore cannot read the dump: ${failure}`, code: fileDamaged })
        : restoreFailed(
            `mongorestore into ${connection.hosts} ended early`,
            new Error(failure),
            parameters === replayParameters,
          );
    },
  });
  try {
    program.end();
    await program.finished();
  } finally {
    await program.discard();
    end();
  }
  // Of documents that it could not insert, its status may say nothing.
  const [refused] = refusalsOf(messages(), (name) => name);
  if (refused)
    throw new BackupError({ what: `mongorestore into ${connection.hosts}: ${refused.message}`, fix: refused.fix });
}

function byHand(
  file: DumpFile,
  { takenAt, database }: DumpReceipt,
  to: MongoConnection,
  { only }: RestoreOptions,
): string {
  const name = word(fileName(file));
  const uri = `${to.url.startsWith('mongodb+srv:') ? 'mongodb+srv' : 'mongodb'}://${to.hosts}/`;
  const chosen = only ?? (to.database === undefined ? undefined : database);
  const part = chosen === undefined ? '' : ` --nsInclude=${word(`${chosen}.*`)}`;
  const renamed =
    to.database === undefined || chosen === undefined || chosen === to.database
      ? ''
      : ` --nsFrom=${word(`${chosen}.*`)} --nsTo=${word(`${to.database}.*`)}`;
  const commands = fileName(file).endsWith('.archive.gz')
    ? `mongorestore --uri=${word(uri)} --gzip --archive=${name}${part}${renamed}`
    : `tar -xzf ${name}
  mongorestore --uri=${word(uri)}${part}${renamed} data/db/dump/${minuteStamp(takenAt)}`;
  return `${fetchByHand(file)}
  ${commands}
  (user and password: --username USER, and mongorestore asks for the password)
`;
}
