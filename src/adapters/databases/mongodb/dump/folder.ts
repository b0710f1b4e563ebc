/**
 * Sorts the streams of mongodump into the files that `mongodump --out` writes. Each collection is a file on the disk until it is
 * complete, since the tarball wants its size first; then it is given away, and removed.
 */
import { createReadStream, mkdirSync, rmSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { deserialize } from 'bson';
import type { ArchiveCollection, Namespace, Prelude } from '../../../../anonymize/bson/format/archive.ts';
import { type ArchiveVisitor, readArchive } from '../../../../anonymize/bson/format/archive-reader.ts';
import { documentsPath, metadataPath, preludeJson } from '../../../../dump/engines/mongodb/dump-paths.ts';
import { BackupError } from '../../../../runtime/errors.ts';
import type { Keeps } from './kept.ts';
import { Sent } from './sent.ts';

/** A file of the dump. */
export interface DumpedFile {
  /** Below the dump's folder. */
  readonly path: string;
  readonly bytes: number;
  readonly content: () => AsyncIterable<Buffer>;
  /** Removes it from the disk. */
  readonly drop: () => void;
}

export interface SortOptions {
  readonly keeps: Keeps;
  /** Where collections are while they are written; made when it is missing. */
  readonly folder: string;
  /** Gets each file once it is complete. */
  readonly onFile: (file: DumpedFile) => void;
  /** Gets the documents of the oplog, and gives those that are kept. */
  readonly oplog: (documents: Buffer) => Buffer;
  /** Gets the collections that a run announces. */
  readonly onCollections: (collections: readonly ArchiveCollection[]) => void;
  /** Gets whole documents as they come. */
  readonly onDocuments: (namespace: Namespace, documents: Buffer) => void;
  /** Where `prelude.json` belongs: in the dump's folder, or in that of a database dumped by itself; undefined for none. */
  readonly prelude: string | undefined;
  readonly signal: AbortSignal;
}

/** @throws BackupError when the stream is damaged or cut off, or the disk is full; the error of the stream */
export async function sortIntoFiles(source: AsyncIterable<Buffer>, options: SortOptions): Promise<void> {
  mkdirSync(options.folder, { recursive: true, mode: 0o700 });
  const sorter = new Sorter(options);
  const sent = new Sent(source);
  try {
    await readArchive(sent, sorter, { signal: options.signal, drain: () => sorter.drain() });
  } catch (error) {
    throw await sent.explained(error);
  } finally {
    await sorter.close();
    await sent.end();
  }
}

interface OpenCollection {
  readonly namespace: Namespace;
  readonly path: string;
  readonly file: Promise<FileHandle>;
  bytes: number;
}

/** Documents that are not on the disk yet. */
interface Waiting {
  readonly of: OpenCollection;
  readonly parts: Buffer[];
}

/** So many bytes are written at once: each write waits in the queue in which blocks are compressed. */
const atOnce = 1024 * 1024;

class Sorter implements ArchiveVisitor {
  readonly #options: SortOptions;
  readonly #open = new Map<string, OpenCollection>();
  /** Namespaces that are not written, since a view has no documents. */
  readonly #views = new Set<string>();
  #waiting: Waiting[] = [];
  #waitingBytes = 0;
  #ended: OpenCollection[] = [];
  #count = 0;

  constructor(options: SortOptions) {
    this.#options = options;
  }

  prelude({ header, collections }: Prelude): void {
    this.#options.onCollections(collections);
    const kept = collections.filter(({ namespace }) => this.#options.keeps(namespace));
    this.#prelude(header);
    for (const one of kept) {
      if (isView(one)) this.#views.add(one.namespace.name);
      const { database, collection } = one.namespace;
      if (one.metadata !== '') this.#small(metadataPath(database, collection), one.metadata);
    }
  }

  documents(namespace: Namespace, bytes: Buffer, from: number, to: number): void {
    if (!this.#options.keeps(namespace) || to === from) return;
    const all = Buffer.from(bytes.subarray(from, to));
    const own = namespace.database === '' ? this.#options.oplog(all) : all;
    this.#options.onDocuments(namespace, own);
    const of = this.#collection(namespace);
    of.bytes += own.length;
    this.#wait(of, own);
  }

  end(namespace: Namespace): void {
    if (!this.#options.keeps(namespace) || this.#views.has(namespace.name)) return;
    this.#ended.push(this.#collection(namespace));
    this.#open.delete(namespace.name);
  }

  #wait(of: OpenCollection, bytes: Buffer): void {
    this.#waitingBytes += bytes.length;
    const last = this.#waiting.at(-1);
    if (last?.of === of) last.parts.push(bytes);
    else this.#waiting.push({ of, parts: [bytes] });
  }

  async drain(): Promise<void> {
    if (this.#waitingBytes < atOnce && this.#ended.length === 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#waitingBytes = 0;
    for (const { of, parts } of waiting) await write(await of.file, Buffer.concat(parts));
    const ended = this.#ended;
    this.#ended = [];
    for (const one of ended) {
      await (await one.file).close();
      this.#give(one);
    }
  }

  /** Closes what a stream that broke off left open. */
  async close(): Promise<void> {
    for (const { file } of [...this.#open.values(), ...this.#ended])
      await file.then((one) => one.close()).catch(() => {});
  }

  #collection(namespace: Namespace): OpenCollection {
    const known = this.#open.get(namespace.name);
    if (known) return known;
    const path = join(this.#options.folder, String(++this.#count));
    const file = open(path, 'wx', 0o600);
    // The rejection is handled where it is awaited.
    file.catch(() => {});
    const made = { namespace, path, file, bytes: 0 };
    this.#open.set(namespace.name, made);
    return made;
  }

  #give({ namespace, path, bytes }: OpenCollection): void {
    const name = documentsPath(namespace.database, namespace.collection);
    const content = (): AsyncIterable<Buffer> => createReadStream(path, { highWaterMark: 1024 * 1024 });
    this.#options.onFile({ path: name, bytes, content, drop: () => rmSync(path, { force: true }) });
  }

  #small(path: string, text: string): void {
    const bytes = Buffer.from(text);
    const content = async function* (): AsyncGenerator<Buffer> {
      yield bytes;
    };
    this.#options.onFile({ path, bytes: bytes.length, content, drop: () => {} });
  }

  /** Tools write it since 100.12 (mongo-tools, CHANGELOG). */
  #prelude(header: Buffer): void {
    const { server_version: server, tool_version: tool } = deserialize(header) as Record<string, string | undefined>;
    const [major = 0, minor = 0] = (tool ?? '').split('.').map(Number);
    if (server === undefined || tool === undefined || major < 100 || (major === 100 && minor < 12)) return;
    if (this.#options.prelude !== undefined) this.#small(this.#options.prelude, preludeJson(server, tool));
  }
}

/** Tools before 100 do not say the type of a collection. */
function isView({ type, metadata }: ArchiveCollection): boolean {
  if (type !== '') return type === 'view';
  return (
    metadata.includes('"viewOn"') &&
    (JSON.parse(metadata) as { options?: { viewOn?: unknown } }).options?.viewOn !== undefined
  );
}

async function write(file: FileHandle, bytes: Buffer): Promise<void> {
  try {
    for (let at = 0; at < bytes.length; ) at += (await file.write(bytes, at)).bytesWritten;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    throw new BackupError({
      what: 'the dump could not be written: no space is left in the work directory',
      likelyCause: 'the collections that are dumped at the same time are larger than the free space on the runner',
      fix: 'set work-directory to a folder on a larger disk, or archive-format: archive, which needs the space of the compressed dump alone',
      code: 'disk-full',
    });
  }
}
