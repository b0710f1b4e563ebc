/** Dumps of MongoDB for tests, as mongodump writes them, and what the anonymiser makes of them. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type Document, deserialize, serialize } from 'bson';
import { extract, pack } from 'tar-stream';
import { Collections } from '../../../../src/anonymize/bson/fields/collections.ts';
import { type Namespace, namespaceOf } from '../../../../src/anonymize/bson/format/archive.ts';
import { readArchive } from '../../../../src/anonymize/bson/format/archive-reader.ts';
import { ArchiveWriter } from '../../../../src/anonymize/bson/format/archive-writer.ts';
import { anonymizeDump } from '../../../../src/anonymize/bson/pipeline/anonymize-dump.ts';
import type { AnonymizeDumpOptions } from '../../../../src/anonymize/bson/pipeline/options.ts';
import { Session } from '../../../../src/anonymize/bson/pipeline/session.ts';
import type { AnonymizeReport } from '../../../../src/anonymize/pipeline/anonymize.ts';
import { parseRules } from '../../../../src/anonymize/rules/file/parse-rules.ts';
import { noRules } from '../../../../src/anonymize/rules/file/rules-file.ts';

/** A collection: its documents, as objects or bytes, and the rest of its metadata. */
export interface Given {
  readonly documents: readonly (object | Buffer)[];
  readonly indexes?: readonly object[];
  readonly options?: object;
  readonly type?: string;
}

/** By `database.collection`. */
export type Dump = Readonly<Record<string, Given>>;

export const users = (documents: readonly object[], rest: Partial<Given> = {}): Dump => ({
  'app.users': { documents, ...rest },
});

export const bytesOf = (document: object | Buffer): Buffer =>
  Buffer.isBuffer(document) ? document : Buffer.from(serialize(document, { ignoreUndefined: false }));

function parts(name: string): Namespace {
  const dot = name.indexOf('.');
  return dot < 0 ? namespaceOf('', name) : namespaceOf(name.slice(0, dot), name.slice(dot + 1));
}

function metadataOf(name: string, { indexes = [], options, type = 'collection' }: Given): string {
  const primary = { v: { $numberInt: '2' }, key: { _id: { $numberInt: '1' } }, name: '_id_' };
  const all = type === 'view' ? [] : [primary, ...indexes];
  return JSON.stringify({ options, indexes: all, uuid: '0', collectionName: parts(name).collection, type });
}

export function archiveOf(dump: Dump): Buffer {
  const out: Buffer[] = [];
  const writer = new ArchiveWriter({ copy: (bytes, from, to) => out.push(Buffer.from(bytes.subarray(from, to))) });
  const all = Object.entries(dump);
  writer.prelude({
    header: bytesOf({ concurrent_collections: 4, version: '0.1', server_version: '8.0.1', tool_version: '100.12.0' }),
    collections: all.map(([name, given]) => {
      const { database: db, collection } = parts(name);
      const metadata = db === '' ? '' : metadataOf(name, given);
      return bytesOf({ db, collection, metadata, size: 0, type: given.type ?? 'collection' });
    }),
  });
  for (const [name, { documents, type }] of all) {
    if (type === 'view') continue;
    const content = Buffer.concat(documents.map(bytesOf));
    if (content.length > 0) writer.documents(parts(name), content, 0, content.length);
    writer.end(parts(name));
  }
  return gzipSync(Buffer.concat(out));
}

/** @param gzip as `mongodump --gzip` writes the files inside */
export async function tarballOf(
  dump: Dump,
  { gzip = false, extra = {} }: { gzip?: boolean; extra?: Readonly<Record<string, string>> } = {},
): Promise<Buffer> {
  const tar = pack();
  const root = 'data/db/dump/2018-04-04T11_37';
  const add = (name: string, content: Buffer): void => {
    tar.entry({ name: `${root}/${name}${gzip ? '.gz' : ''}`, mode: 0o640 }, gzip ? gzipSync(content) : content);
  };
  tar.entry({ name: `${root}/`, type: 'directory' });
  for (const [name, given] of Object.entries(dump)) {
    const { database, collection } = parts(name);
    const path = database === '' ? collection : `${database}/${encodeURIComponent(collection)}`;
    // The documents first: what must stay unique is known only behind them.
    if (given.type !== 'view') add(`${path}.bson`, Buffer.concat(given.documents.map(bytesOf)));
    if (database !== '') add(`${path}.metadata.json`, Buffer.from(metadataOf(name, given)));
  }
  add('prelude.json', Buffer.from('{"ServerVersion":"8.0.1","ToolVersion":"100.12.0"}'));
  for (const [name, content] of Object.entries(extra)) tar.entry({ name }, content);
  tar.finalize();
  const out: Buffer[] = [];
  for await (const chunk of tar) out.push(chunk as Buffer);
  return gzipSync(Buffer.concat(out));
}

export interface Result {
  readonly report: AnonymizeReport;
  /** The bytes of each collection's documents. */
  readonly content: ReadonlyMap<string, Buffer>;
  /** The metadata of each collection, parsed. */
  readonly metadata: ReadonlyMap<string, Record<string, unknown>>;
  readonly written: Buffer;
  /** The documents of a collection, with numbers and other types as they are. */
  documents(name: string): readonly Document[];
}

export const key = Buffer.from('a key of the tests');

export interface RunOptions extends Partial<Pick<AnonymizeDumpOptions, 'compression' | 'signal' | 'format'>> {
  readonly rules?: string;
  readonly chunk?: number;
}

export async function run(dump: Buffer, { rules, chunk = 65_536, ...options }: RunOptions = {}): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-bson-'));
  const out: Buffer[] = [];
  try {
    const report = await anonymizeDump({
      open: async function* () {
        for (let at = 0; at < dump.length; at += chunk) yield dump.subarray(at, at + chunk);
      },
      sink: (bytes) => {
        out.push(Buffer.from(bytes));
      },
      rules: rules === undefined ? noRules : parseRules(`version: 1\n${rules}`, 'rules.yml'),
      strict: rules !== undefined,
      key,
      folder,
      ...options,
    });
    if (readdirSync(folder).length > 0) throw new Error('a temporary file is left');
    return await read(Buffer.concat(out), report);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function read(written: Buffer, report: AnonymizeReport): Promise<Result> {
  const { gunzipSync } = await import('node:zlib');
  const plain = gunzipSync(written);
  const content = new Map<string, Buffer>();
  const metadata = new Map<string, Record<string, unknown>>();
  const add = (name: string, bytes: Buffer): void => {
    content.set(name, Buffer.concat([content.get(name) ?? Buffer.alloc(0), bytes]));
  };
  if (plain.readUInt32LE(0) === 0x8199e26d)
    await readArchive(once(plain), {
      prelude: ({ collections }) => {
        for (const one of collections)
          if (one.metadata !== '')
            metadata.set(one.namespace.name, JSON.parse(one.metadata) as Record<string, unknown>);
      },
      documents: ({ name }, bytes, from, to) => add(name, Buffer.from(bytes.subarray(from, to))),
      end: ({ name }) => add(name, Buffer.alloc(0)),
    });
  else await readTar(plain, add, metadata);
  const documents = (name: string): Document[] => {
    const bytes = content.get(name) ?? Buffer.alloc(0);
    const all: Document[] = [];
    for (let at = 0; at < bytes.length; at += bytes.readInt32LE(at))
      all.push(deserialize(bytes.subarray(at, at + bytes.readInt32LE(at)), { promoteValues: false }));
    return all;
  };
  return { report, content, metadata, written, documents };
}

async function* once(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}

async function readTar(
  plain: Buffer,
  add: (name: string, bytes: Buffer) => void,
  metadata: Map<string, Record<string, unknown>>,
): Promise<void> {
  const { gunzipSync } = await import('node:zlib');
  const entries = extract();
  entries.end(plain);
  for await (const entry of entries) {
    const chunks: Buffer[] = [];
    for await (const chunk of entry) chunks.push(chunk as Buffer);
    const { name } = entry.header;
    const [, stem = '', kind, gz] = /([^/]+\/[^/]+)\.(bson|metadata\.json)(\.gz)?$/.exec(name) ?? [];
    const bytes = gz === undefined ? Buffer.concat(chunks) : gunzipSync(Buffer.concat(chunks));
    const [database = '', file = ''] = stem.split('/');
    const full = database.startsWith('2018') ? file : `${database}.${decodeURIComponent(file)}`;
    if (kind === 'bson') add(full, bytes);
    else if (kind !== undefined) metadata.set(full, JSON.parse(bytes.toString()) as Record<string, unknown>);
  }
}

/** The message of what a run throws, with every problem that it lists. */
export async function failure(dump: Buffer, options: RunOptions = {}): Promise<string> {
  return run(dump, options).then(
    () => 'nothing',
    (error: unknown) => (error as Error).message,
  );
}

/** Rewrites documents alone, which is quicker: without a file around them. */
export function rewriter(given: Partial<Given> = {}): (bytes: Buffer) => Buffer {
  const collections = new Collections();
  collections.add('app.c', metadataOf('app.c', { documents: [], ...given }), 'metadata');
  const session = new Session({ rules: noRules, strict: false, key }, collections);
  return (bytes) => {
    const out: Buffer[] = [];
    session.documents(namespaceOf('app', 'c'), bytes, 0, bytes.length, (changed, from, to) =>
      out.push(Buffer.from(changed.subarray(from, to))),
    );
    return Buffer.concat(out);
  };
}
