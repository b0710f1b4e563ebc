/** A dump of MongoDB on this computer's disk: a tarball with what `mongodump --out` writes, or the stream of `mongodump --archive`. */
import { createReadStream, createWriteStream, existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { unpack } from '../../../../src/adapters/databases/archive.ts';
import { magic } from '../../../../src/anonymize/bson/format/archive.ts';
import { ArchiveReader } from '../../../../src/anonymize/bson/format/archive-reader.ts';
import { decompress } from '../../../../src/runtime/compression/format.ts';
import { BackupError, fileDamaged } from '../../../../src/runtime/errors.ts';
import type { Load } from '../loader.ts';

/** A collection, a view or a time series in a dump. */
export interface Dumped {
  readonly database: string;
  readonly collection: string;
  readonly type: 'collection' | 'view' | 'timeseries';
}

export interface LocalDump {
  /** How mongorestore gets it. */
  readonly input: readonly string[];
  readonly contents: readonly Dumped[];
  /** Whether it has the oplog of its own time, which makes it of one moment. */
  readonly oplog: boolean;
  readonly remove: () => Promise<void>;
}

/** Fetches a dump, so that what is in it is known, and its bytes are those of the receipt, before a server is asked to change. */
export async function fetchDump(through: (load: Load) => Promise<void>): Promise<LocalDump> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-mongo-'));
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    const file = join(folder, 'dump');
    await through((bytes) => pipeline(bytes, createWriteStream(file, { mode: 0o600 })));
    const read = (): AsyncIterable<Buffer> => decompress(createReadStream(file));
    const head = await headOf(read());
    if (head.length >= 4 && head.readUInt32LE(0) === magic) return { ...(await ofArchive(file, read())), remove };
    if (head.subarray(257, 262).toString() !== 'ustar')
      throw new BackupError({
        what: 'the file is neither a tarball of mongodump nor an archive of it',
        fix: 'give what npm run fetchdb fetches, or what mongodump --archive writes',
      });
    await unpack(read(), join(folder, 'unpacked'));
    await rm(file);
    return { ...ofFolder(dumpRoot(join(folder, 'unpacked'))), remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** The first 512 bytes. */
async function headOf(bytes: AsyncIterable<Buffer>): Promise<Buffer> {
  let head = Buffer.alloc(0);
  for await (const chunk of bytes) {
    head = Buffer.concat([head, chunk]);
    if (head.length >= 512) break;
  }
  return head;
}

async function ofArchive(file: string, bytes: AsyncIterable<Buffer>): Promise<Omit<LocalDump, 'remove'>> {
  const contents: Dumped[] = [];
  let [known, oplog] = [false, false];
  const reader = new ArchiveReader({
    prelude: ({ collections }) => {
      known = true;
      for (const { namespace, type } of collections) {
        if (namespace.database === '') oplog = true;
        else contents.push({ ...namespace, type: typeOf(type) });
      }
    },
    documents: () => {},
    end: () => {},
  });
  for await (const chunk of bytes) {
    reader.push(chunk);
    if (known) break;
  }
  if (!known) reader.end();
  const start = await headOf(createReadStream(file, { end: 1 }));
  const compressed = start.equals(Buffer.from([0x1f, 0x8b]));
  return { input: [`--archive=${file}`, ...(compressed ? ['--gzip'] : [])], contents, oplog };
}

const typeOf = (text: unknown): Dumped['type'] => (text === 'view' || text === 'timeseries' ? text : 'collection');

const metadataEnding = '.metadata.json';

/** The folder whose folders are databases: `data/db/dump/TIME` of a tarball, or what somebody packed otherwise. */
function dumpRoot(folder: string): string {
  const waiting = [folder];
  for (let at = 0; at < waiting.length; at += 1) {
    const here = waiting[at] as string;
    const inside = foldersIn(here);
    // The oplog lies beside the databases.
    if (inside.some((one) => filesIn(one).some((name) => name !== 'oplog.bson'))) return here;
    waiting.push(...inside);
  }
  return waiting.at(-1) ?? folder;
}

const foldersIn = (folder: string): readonly string[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(folder, name));

/** Files of collections. */
const filesIn = (folder: string): readonly string[] =>
  readdirSync(folder).filter((name) => /\.bson$|\.metadata\.json$/.test(name));

function ofFolder(root: string): Omit<LocalDump, 'remove'> {
  const contents = foldersIn(root).flatMap((folder) => {
    const database = basename(folder);
    const found = new Map<string, Dumped>();
    for (const name of filesIn(folder)) {
      const metadata = name.endsWith(metadataEnding) ? metadataIn(join(folder, name)) : {};
      const file = name.replace(/\.bson$|\.metadata\.json$/, '');
      // Go's url.QueryEscape (mongo-tools, util.EscapeCollectionName).
      const collection = metadata.collectionName ?? decodeURIComponent(file.replaceAll('+', '%20'));
      if (!found.has(collection) || metadata.type !== undefined)
        found.set(collection, { database, collection, type: typeOf(metadata.type) });
    }
    return [...found.values()];
  });
  return { input: [`--dir=${root}`], contents, oplog: existsSync(join(root, 'oplog.bson')) };
}

function metadataIn(path: string): { readonly collectionName?: string; readonly type?: string } {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as { collectionName?: string; type?: string };
  } catch (error) {
    throw new BackupError({
      what: `the dump is damaged: ${basename(path)}: ${(error as Error).message}`,
      code: fileDamaged,
    });
  }
}
