/**
 * Restores a dump into a scratch server, and reads the copy. Databases get names of this restore; only with an oplog to replay,
 * which mongorestore does not rename (mongo-tools, mongorestore.go: "cannot use --oplogReplay with namespace renames
 * specified"), they keep their own, on a server that has none of them.
 */

import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { MongoClient } from 'mongodb';
import type { DumpFingerprint } from '../../../../domain/dump.ts';
import type { MongoConnection } from '../../../../dump/engines/mongodb/connection.ts';
import {
  isDamage,
  parseRestoreMessages,
  type RestoreMessages,
  refusalsOf,
} from '../../../../dump/engines/mongodb/restore/messages.ts';
import {
  oplogEntries,
  renamed,
  renameParameters,
  scratchName,
} from '../../../../dump/engines/mongodb/restore/names.ts';
import type { Definitions, DescribedFingerprint, Refusal, Scratch } from '../../../../ports/dump-engine.ts';
import { decompress } from '../../../../runtime/compression/format.ts';
import type { WorkContext } from '../../../../runtime/context.ts';
import { BackupError, fileDamaged } from '../../../../runtime/errors.ts';
import { unpack } from '../../archive.ts';
import { mongoFailed } from '../causes.ts';
import { connect } from '../client.ts';
import { hashesOf, readDatabases } from '../fingerprint.ts';
import { restoreFailed } from '../restoring.ts';
import type { LocalTools } from '../tools.ts';
import { takeUsers, withoutUsers } from '../users.ts';
import { deletesExpired, keepExpired } from './expiry.ts';
import { requireOther, type ServerIdentity } from './identity.ts';
import { type CopyMark, leaveMark, markOwn } from './marks.ts';
import { removeCopy } from './removal.ts';

export interface ScratchOptions {
  readonly tools: LocalTools;
  readonly scratch: MongoConnection;
  /**
   * What the source says of itself, to make sure that the scratch server is another. Undefined when nobody asks it: the copy has
   * names of its own, or those of databases that the server does not have.
   */
  readonly identity: (() => Promise<ServerIdentity>) | undefined;
  readonly owner: string;
  readonly fingerprint: DumpFingerprint;
  readonly format: 'tarball' | 'archive';
  /** Whether the dump has users and roles. They are read from the file: the scratch server keeps its own. */
  readonly users: boolean;
  readonly workDirectory: string;
}

/** @throws BackupError when the server cannot take the copy */
export async function createScratch(options: ScratchOptions, context: WorkContext): Promise<Scratch> {
  const { scratch, fingerprint, owner } = options;
  const databases = fingerprint.databases ?? [];
  const client = await connect(scratch);
  const id = randomBytes(6).toString('hex');
  const own = replays(fingerprint);
  const names = own ? new Map(databases.map((one) => [one, one])) : renamed(id, databases);
  const mark: CopyMark = { id, owner, databases: [...names.values()] };
  try {
    if (own) await requireNone(client, databases, scratch);
    await leaveMark(client, mark);
    const { identity } = options;
    if (identity) await requireOther({ identity, scratch }, client, scratchName(id));
    if (own) await markOwn(client, mark);
    if (fingerprint.expiring?.length) await keepExpired(client, id);
    return new Copy(options, client, mark, names, context);
  } catch (error) {
    await removeCopy(client, mark).catch(() => {});
    await client.close().catch(() => {});
    throw restoreFailed(`${scratch.hosts} cannot take the copy`, error, own);
  }
}

/** Whether a restore replays an oplog. */
function replays({ objects }: DumpFingerprint): boolean {
  return (objects[oplogEntries] ?? 0) > 0;
}

/** @throws BackupError when a database of that name is there */
async function requireNone(
  client: MongoClient,
  databases: readonly string[],
  { hosts }: MongoConnection,
): Promise<void> {
  const { databases: present } = await client.db('admin').admin().listDatabases({ nameOnly: true });
  const there = present.map(({ name }) => name).filter((name) => databases.includes(name));
  if (there.length === 0) return;
  throw new BackupError({
    what: `the dump has an oplog, which mongorestore replays only under the databases' own names, and ${hosts} has ${there.join(', ')} already`,
    fix: 'use a scratch server that holds nothing else, such as a service container of the job, or set oplog: false',
    code: 'scratch-taken',
  });
}

class Copy implements Scratch {
  readonly #options: ScratchOptions;
  readonly #client: MongoClient;
  readonly #mark: CopyMark;
  /** Names in the scratch server by names in the source. */
  readonly #names: ReadonlyMap<string, string>;
  readonly #context: WorkContext;
  #users: Definitions = new Map();

  constructor(
    options: ScratchOptions,
    client: MongoClient,
    mark: CopyMark,
    names: ReadonlyMap<string, string>,
    context: WorkContext,
  ) {
    this.#options = options;
    this.#client = client;
    this.#mark = mark;
    this.#names = names;
    this.#context = context;
  }

  readonly restore: Scratch['restore'] = async (_kind, open) => {
    const { format, workDirectory } = this.#options;
    if (format === 'archive') return this.#run(['--archive'], this.#archive(decompress(open())));
    const folder = mkdtempSync(join(workDirectory, 'holdfast-restore-'));
    try {
      await unpack(decompress(open()), join(folder, 'dump'), this.#context.signal);
      const dump = dumpIn(join(folder, 'dump'));
      if (this.#options.users) this.#users = await takeUsers(dump);
      return await this.#run([`--dir=${dump}`], undefined);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  };

  #archive(content: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
    if (!this.#options.users) return content;
    return withoutUsers(content, (users) => {
      this.#users = users;
    });
  }

  async #run(input: readonly string[], stream: AsyncIterable<Buffer> | undefined): Promise<readonly Refusal[]> {
    const { tools, scratch } = this.#options;
    const { signal } = this.#context;
    const log = new RestoreLog();
    const { program, end } = await tools.start({
      tool: 'mongorestore',
      parameters: [...input, ...this.#parameters()],
      connection: scratch,
      what: `mongorestore into ${scratch.hosts}`,
      signal,
      onErrors: (text) => log.add(text),
      failure: (status) => log.failure(status, scratch, replays(this.#options.fingerprint)),
    });
    try {
      if (stream === undefined) await program.finished();
      else await program.feed(stream);
      return refusalsOf(log.messages, (name) => this.#shown(name));
    } finally {
      await program.discard();
      end();
    }
  }

  #parameters(): readonly string[] {
    // Documents older than a validator are in the source, too.
    const common = ['--bypassDocumentValidation', '--nsExclude=admin.*', '--nsExclude=config.*'];
    if (replays(this.#options.fingerprint)) return ['--bypassDocumentValidation', '--oplogReplay'];
    return [...common, ...renameParameters(this.#names)];
  }

  #shown(name: string): string {
    const [database = ''] = name.split('.', 1);
    const found = [...this.#names].find(([, to]) => to === database)?.[0] ?? database;
    return `${found}${name.slice(database.length)}`;
  }

  readonly fingerprint: Scratch['fingerprint'] = async (source, columns = false): Promise<DescribedFingerprint> => {
    const { clock } = this.#context;
    const startedAt = clock.now();
    const reading = await readDatabases(
      {
        client: this.#client,
        databases: [...this.#names].map(([shown, name]) => ({ name, shown })),
        recentSince: Math.floor(Date.parse(source.takenAt) / 1000),
        like: source.tables,
        fields: columns,
        mark: scratchName(this.#mark.id),
        what: 'documents of the copy',
      },
      this.#context,
    );
    const sql = new Map([...reading.words, ...this.#users]);
    return {
      takenAt: startedAt.toISOString(),
      seconds: (clock.now().getTime() - startedAt.getTime()) / 1000,
      serverVersion: '',
      sequences: {},
      extensions: {},
      tables: reading.tables,
      objects: reading.objects,
      definitions: hashesOf(sql),
      sql,
      unread: reading.unread,
      // A monitor that is off now was so all the time, unless somebody else turned it.
      expiring: (await deletesExpired(this.#client)) === false ? [] : reading.expiring,
    };
  };

  /** It works after a cancelled run, too. */
  readonly drop: Scratch['drop'] = async () => {
    try {
      await removeCopy(this.#client, this.#mark);
    } catch (error) {
      throw mongoFailed('the copy could not be removed', error);
    } finally {
      await this.#client.close().catch(() => {});
    }
  };
}

/** What mongorestore prints: all of its end, and of the rest what was refused. */
class RestoreLog {
  #rest = '';
  #kept = '';

  add(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines)
      if (/, [1-9]\d* failures?\)$|error|Failed:|failed to restore/.test(line))
        this.#kept = `${this.#kept}${line}\n`.slice(-64_000);
  }

  get messages(): RestoreMessages {
    return parseRestoreMessages(`${this.#kept}${this.#rest}`);
  }

  failure(status: number | string, { hosts }: MongoConnection, replayed: boolean): BackupError {
    const { failure = `it ended with ${typeof status === 'number' ? `status ${status}` : status}` } = this.messages;
    if (isDamage(failure))
      return new BackupError({ what: `mongorestore cannot read the dump: ${failure}`, code: fileDamaged });
    return restoreFailed(`mongorestore into ${hosts} ended early`, new Error(failure), replayed);
  }
}

/** The folder with the dump: the last one that a tarball has by itself. */
function dumpIn(folder: string): string {
  const root = join(folder, 'data', 'db', 'dump');
  const [only] = existsSync(root) ? readdirSync(root).filter((name) => statSync(join(root, name)).isDirectory()) : [];
  if (only === undefined)
    throw new BackupError({ what: 'the tarball has no folder data/db/dump/TIME', code: fileDamaged });
  return join(root, only);
}
