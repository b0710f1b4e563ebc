/** The stream of `mongodump --archive`, checked, and less what was not asked for. */
import type { ArchiveCollection, Namespace, Prelude } from '../../../../anonymize/bson/format/archive.ts';
import { ArchiveReader, type ArchiveVisitor } from '../../../../anonymize/bson/format/archive-reader.ts';
import { ArchiveWriter } from '../../../../anonymize/bson/format/archive-writer.ts';
import type { Keeps } from './kept.ts';
import { Sent } from './sent.ts';

export interface FilterOptions {
  /** Undefined where a run has nothing but what was asked for. */
  readonly keeps?: Keeps | undefined;
  /** Gets the documents of the oplog, and gives those that are kept. */
  readonly oplog?: ((documents: Buffer) => Buffer) | undefined;
  /** Gets the collections that the stream announces. */
  readonly onCollections?: ((collections: readonly ArchiveCollection[]) => void) | undefined;
  /** Gets whole documents as they come, also of what is not kept; they are valid until it returns. */
  readonly onDocuments?: ((namespace: Namespace, documents: Buffer) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** @throws BackupError when the stream is damaged or cut off; the error of the stream */
export async function* checkedArchive(
  source: AsyncIterable<Buffer>,
  { keeps, oplog = (all) => all, onCollections = () => {}, onDocuments = () => {}, signal }: FilterOptions = {},
): AsyncGenerator<Buffer> {
  const out: Buffer[] = [];
  const reader = new ArchiveReader(told(keeps ? new Kept(keeps, oplog, out) : nothing, onCollections, onDocuments));
  const sent = new Sent(source);
  try {
    for await (const chunk of sent) {
      signal?.throwIfAborted();
      reader.push(chunk);
      if (keeps) yield* out.splice(0);
      else yield chunk;
    }
    reader.end();
  } catch (error) {
    throw await sent.explained(error);
  } finally {
    await sent.end();
  }
}

function told(
  visitor: ArchiveVisitor,
  onCollections: (collections: readonly ArchiveCollection[]) => void,
  onDocuments: (namespace: Namespace, documents: Buffer) => void,
): ArchiveVisitor {
  return {
    prelude: (prelude) => {
      onCollections(prelude.collections);
      visitor.prelude(prelude);
    },
    documents: (namespace, bytes, from, to) => {
      onDocuments(namespace, bytes.subarray(from, to));
      visitor.documents(namespace, bytes, from, to);
    },
    end: (namespace) => visitor.end(namespace),
  };
}

const nothing: ArchiveVisitor = { prelude: () => {}, documents: () => {}, end: () => {} };

class Kept implements ArchiveVisitor {
  readonly #keeps: Keeps;
  readonly #writer: ArchiveWriter;
  readonly #oplog: (documents: Buffer) => Buffer;

  constructor(keeps: Keeps, oplog: (documents: Buffer) => Buffer, out: Buffer[]) {
    this.#keeps = keeps;
    this.#oplog = oplog;
    // The bytes belong to the reader.
    this.#writer = new ArchiveWriter({
      copy: (bytes, from, to) => void out.push(Buffer.from(bytes.subarray(from, to))),
    });
  }

  prelude({ header, collections }: Prelude): void {
    const kept = collections.filter(({ namespace }) => this.#keeps(namespace));
    this.#writer.prelude({ header, collections: kept.map(({ document }) => document) });
  }

  documents(namespace: Namespace, bytes: Buffer, from: number, to: number): void {
    if (!this.#keeps(namespace)) return;
    const part = bytes.subarray(from, to);
    const kept = namespace.database === '' ? this.#oplog(part) : part;
    if (kept.length > 0) this.#writer.documents(namespace, kept, 0, kept.length);
  }

  end(namespace: Namespace): void {
    if (this.#keeps(namespace)) this.#writer.end(namespace);
  }
}
