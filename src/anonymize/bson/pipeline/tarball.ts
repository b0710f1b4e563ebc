/** Anonymises a tar file of what `mongodump --out` wrote. It is read twice: what must stay unique may stand behind the documents. */
import { decompress } from '../../../runtime/compression/format.ts';
import { preferMainThread } from '../../../runtime/threads.ts';
import { DumpError } from '../../format/dump-error.ts';
import type { AnonymizeReport } from '../../pipeline/anonymize.ts';
import { Collections } from '../fields/collections.ts';
import { readMetadata } from '../fields/metadata.ts';
import { type Namespace, namespaceOf } from '../format/archive.ts';
import { DocumentReader } from '../format/document-reader.ts';
import { TarWriter } from '../format/tar-writer.ts';
import { fileOf, namespaceOfFile, type TarEntry, tarEntries } from '../format/tarball.ts';
import { checkRules } from '../rules/check-rules.ts';
import type { AnonymizeDumpOptions, DumpSource } from './options.ts';
import { Output } from './output.ts';
import { Session } from './session.ts';
import { Spool } from './spool.ts';

/** What a tar file says of its collections; the collection of each file by its path without ending. */
export interface TarballContent {
  readonly collections: Collections;
  readonly namespaces: ReadonlyMap<string, Namespace>;
}

export async function tarballCollections({ open, signal }: DumpSource): Promise<TarballContent> {
  const collections = new Collections();
  const namespaces = new Map<string, Namespace>();
  const stems: string[] = [];
  for await (const { header, content } of filesOf(decompress(open()))) {
    signal?.throwIfAborted();
    const { kind, isGzip, stem } = fileOf(header.name);
    if (header.type !== 'file') continue;
    if (kind === 'other') throw foreignFile(header.name);
    if (kind === 'documents') stems.push(stem);
    if (kind !== 'metadata') continue;
    const text = await textOf(content, isGzip);
    const { collection } = readMetadata(text, header.name);
    const namespace = namespaceOfFile(stem, collection);
    namespaces.set(stem, namespace);
    collections.add(namespace.name, text, header.name);
  }
  if (stems.length === 0 && namespaces.size === 0) throw noDump();
  // The oplog has no metadata, and is in no database.
  for (const stem of stems)
    if (!namespaces.has(stem))
      namespaces.set(stem, isOplog(stem) ? namespaceOf('', 'oplog') : namespaceOfFile(stem, undefined));
  return { collections, namespaces };
}

export async function anonymizeTarball(options: AnonymizeDumpOptions): Promise<AnonymizeReport> {
  const { open, sink, compression = 'gzip', level, signal, onProgress } = options;
  const { collections, namespaces } = await tarballCollections(options);
  checkRules({ ...options, collections });
  const session = new Session(options, collections);
  const out = new Output(sink, compression, level);
  const tar = new TarWriter(async (bytes) => {
    out.copy(bytes, 0, bytes.length);
    await out.drain();
  });
  let bytes = 0;
  const counted = async function* (): AsyncGenerator<Buffer> {
    for await (const chunk of decompress(open())) {
      bytes += chunk.length;
      yield chunk;
      onProgress?.(bytes);
    }
  };
  preferMainThread();
  try {
    for await (const entry of filesOf(counted())) {
      signal?.throwIfAborted();
      await rewriteEntry(entry, { session, namespaces, tar, options });
    }
    await tar.end();
  } finally {
    tar.destroy();
  }
  await out.end();
  return session.report(bytes, out.written);
}

interface Work {
  readonly session: Session;
  readonly namespaces: ReadonlyMap<string, Namespace>;
  readonly tar: TarWriter;
  readonly options: AnonymizeDumpOptions;
}

async function rewriteEntry({ header, content }: TarEntry, { session, namespaces, tar, options }: Work): Promise<void> {
  if (header.type !== 'file') {
    await tar.entry({ ...header, size: 0 }, undefined);
    return;
  }
  const { kind, isGzip, stem } = fileOf(header.name);
  const spool = new Spool(options.folder);
  try {
    const compressed = new Output((bytes) => spool.write(bytes), isGzip ? 'gzip' : 'none', options.level);
    if (kind === 'documents') {
      const namespace = namespaces.get(stem) ?? namespaceOfFile(stem, undefined);
      await rewriteDocuments(namespace, header.name, inflated(content, isGzip), session, compressed, options.signal);
    } else {
      const text = Buffer.from(session.metadata(await textOf(content, isGzip), header.name));
      compressed.copy(text, 0, text.length);
    }
    await compressed.end();
    await tar.entry({ ...header, size: spool.size }, spool.content());
  } finally {
    await spool.remove();
  }
}

async function rewriteDocuments(
  namespace: Namespace,
  file: string,
  content: AsyncIterable<Buffer>,
  session: Session,
  out: Output,
  signal: AbortSignal | undefined,
): Promise<void> {
  session.begin(namespace);
  const reader = new DocumentReader(file, (bytes, from, to) =>
    session.documents(namespace, bytes, from, to, (changed, start, end) => out.copy(changed, start, end)),
  );
  for await (const chunk of content) {
    signal?.throwIfAborted();
    reader.push(chunk);
    await out.drain();
  }
  reader.end();
}

function inflated(content: AsyncIterable<Buffer>, isGzip: boolean): AsyncIterable<Buffer> {
  return isGzip ? decompress(content) : content;
}

async function textOf(content: AsyncIterable<Buffer>, isGzip: boolean): Promise<string> {
  const parts: Buffer[] = [];
  for await (const chunk of inflated(content, isGzip)) parts.push(chunk);
  return Buffer.concat(parts).toString('utf8');
}

/** How the files begin that macOS puts beside others (RFC 1740, AppleSingle/AppleDouble). No document or JSON begins so. */
const appleDouble = Buffer.from([0x00, 0x05, 0x16, 0x07]);

/** All entries, less what macOS puts beside each file. A collection may have a name of the same look: `._x`. */
async function* filesOf(source: AsyncIterable<Buffer>): AsyncGenerator<TarEntry> {
  for await (const { header, content } of tarEntries(source)) {
    const name = header.name.split('/').at(-1) as string;
    if (name === '.DS_Store') continue;
    if (header.type !== 'file' || !name.startsWith('._')) yield { header, content };
    else if (fileOf(header.name).kind !== 'other') {
      const chunks = content[Symbol.asyncIterator]();
      const head = await headOf(chunks);
      const file = joined(head, chunks);
      if (head.subarray(0, appleDouble.length).equals(appleDouble)) for await (const _ of file);
      else yield { header, content: file };
    }
  }
}

async function headOf(chunks: AsyncIterator<Buffer>): Promise<Buffer> {
  let head: Buffer = Buffer.alloc(0);
  while (head.length < appleDouble.length) {
    const { value, done } = await chunks.next();
    if (done === true) break;
    head = Buffer.concat([head, value]);
  }
  return head;
}

async function* joined(head: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  if (head.length > 0) yield head;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
}

function isOplog(stem: string): boolean {
  return /(^|\/)oplog$/.test(stem);
}

/** A tar file may also hold what belongs to another product. */
function foreignFile(path: string): DumpError {
  if (/(^|\/)(toc|\d+)\.dat(\.\w+)?$/.test(path))
    return new DumpError({
      what: `this is a tar file of a folder of pg_dump -Fd (it holds ${path}), not plain SQL`,
      fix: 'unpack it, and convert the folder to SQL: tar -xf FILE && pg_restore --no-owner --no-acl --file=dump.sql FOLDER',
    });
  const packed = /\.sql(\.(gz|zst))?$/.exec(path);
  if (packed !== null)
    return new DumpError({
      what: `this is a tar file that holds ${path}, not plain SQL`,
      fix: `unpack it, and give what is in it: tar -xOf FILE ${path} > dump.sql${packed[1] ?? ''}`,
    });
  return new DumpError({
    what: `the tar file holds ${path}, which is no file of mongodump`,
    fix: 'put nothing into it but what mongodump --out wrote: DB/COLL.bson and DB/COLL.metadata.json, each also with .gz; unpack a tar file that holds a dump of SQL: tar -xOf FILE MEMBER > dump.sql',
  });
}

function noDump(): DumpError {
  return new DumpError({
    what: 'the tar file holds no file of mongodump (DB/COLL.bson)',
    fix: 'give a tar file of what mongodump --out wrote, the stream of mongodump --archive, or plain SQL',
  });
}
