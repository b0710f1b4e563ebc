/** A tar file of what `mongodump --out` wrote: `…/DB/COLL.bson` and `…/DB/COLL.metadata.json`, each also with `.gz`. */
import { Readable } from 'node:stream';
import { extract, type Header } from 'tar-stream';
import { BackupError, fileDamaged } from '../../../runtime/errors.ts';
import { type Namespace, namespaceOf } from './archive.ts';

export type FileKind = 'documents' | 'metadata' | 'text' | 'other';

export interface DumpFile {
  readonly kind: FileKind;
  readonly isGzip: boolean;
  /** The path without what the kind adds: the same for the documents of a collection and its metadata. */
  readonly stem: string;
}

/** @param path inside the tar file */
export function fileOf(path: string): DumpFile {
  const isGzip = path.endsWith('.gz');
  const bare = isGzip ? path.slice(0, -3) : path;
  for (const [ending, kind] of [
    ['.bson', 'documents'],
    ['.metadata.json', 'metadata'],
    ['.json', 'text'],
  ] as const)
    if (bare.endsWith(ending)) return { kind, isGzip, stem: bare.slice(0, -ending.length) };
  return { kind: 'other', isGzip, stem: bare };
}

/**
 * The collection of a file.
 * @param collection as its metadata says it: the names of files may be shortened (mongo-tools mongodump/prepare.go)
 */
export function namespaceOfFile(stem: string, collection: string | undefined): Namespace {
  const parts = stem.split('/');
  const file = parts.at(-1) as string;
  return namespaceOf(parts.at(-2) ?? '', collection ?? unescaped(file));
}

/** Go's url.QueryEscape, the other way round. */
function unescaped(name: string): string {
  try {
    return decodeURIComponent(name.replaceAll('+', ' '));
  } catch {
    return name;
  }
}

export interface TarEntry {
  readonly header: Header;
  readonly content: AsyncIterable<Buffer>;
}

/** The entries of a tar file, in order. What is not read of an entry is skipped. @throws BackupError when it is damaged */
export async function* tarEntries(source: AsyncIterable<Buffer>): AsyncGenerator<TarEntry> {
  const entries = extract();
  const input = Readable.from(source, { objectMode: true });
  input.on('error', (error) => entries.destroy(error));
  input.pipe(entries as unknown as NodeJS.WritableStream);
  let last = 'its beginning';
  try {
    for await (const entry of entries) {
      const { header } = entry;
      last = header.name;
      yield { header, content: entry as unknown as AsyncIterable<Buffer> };
      entry.resume();
    }
  } catch (error) {
    if (!(error instanceof Error) || !/unexpected end of data|invalid tar header/i.test(error.message)) throw error;
    throw new BackupError({
      what: `the tar file cannot be read beyond ${last}: ${error.message}`,
      likelyCause: 'it was cut off or damaged in transit',
      fix: 'download it or create it again, and compare its SHA-256 with the one in the receipt',
      code: fileDamaged,
    });
  } finally {
    input.destroy();
  }
}
