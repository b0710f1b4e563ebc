/** Reads the stream of `mongodump --archive`, and calls a visitor for each part. */
import { SlidingBuffer } from '../../bytes/sliding-buffer.ts';
import {
  type ArchiveCollection,
  archiveDamaged,
  magic,
  type Namespace,
  type Prelude,
  readBlockHead,
  readCollection,
  terminator,
} from './archive.ts';
import { Crc64 } from './crc64.ts';
import { damagedDocument, longestDocument, MalformedBson, shortestDocument } from './elements.ts';

/** What bytes it gets is valid until its method returns. */
export interface ArchiveVisitor {
  /** Comes first, once. */
  prelude(prelude: Prelude): void;
  /** Whole documents of one collection, one after the other; their inside has not been checked. */
  documents(namespace: Namespace, bytes: Buffer, from: number, to: number): void;
  /** The collection is complete, and its checksum is right. */
  end(namespace: Namespace): void;
}

/** What has arrived of a collection. */
interface Open {
  readonly namespace: Namespace;
  readonly crc: Crc64;
  documents: number;
}

type State = 'magic' | 'header' | 'collections' | 'block head' | 'documents';

export class ArchiveReader {
  readonly #visitor: ArchiveVisitor;
  readonly #buffer = new SlidingBuffer(64 * 1024, 2 * 1024 * 1024);
  #state: State = 'magic';
  #header: Buffer = Buffer.alloc(0);
  #collections: ArchiveCollection[] = [];
  readonly #open = new Map<string, Open>();
  readonly #ended = new Set<string>();
  /** The collection whose block it is; undefined in its last block, which holds no document. */
  #current: Open | undefined;

  constructor(visitor: ArchiveVisitor) {
    this.#visitor = visitor;
  }

  /** @throws BackupError with the place, where this is not an archive or is damaged */
  push(chunk: Uint8Array): void {
    this.#buffer.append(chunk);
    while (this.#next());
  }

  /** @throws BackupError when the archive is cut off */
  end(): void {
    const place = this.#buffer.offsetOf(this.#buffer.to).toLocaleString('en-US');
    if (this.#state !== 'block head' || this.#buffer.length > 0)
      throw archiveDamaged(`it ends at byte ${place}, in the middle of a part`, 'it was cut off');
    // A cut between two blocks shows only here.
    const missing = [
      ...[...this.#open.values()].map(({ namespace }) => namespace.name),
      ...this.#collections.filter((one) => !this.#hasEnded(one)).map(({ namespace }) => namespace.name),
    ];
    if (missing.length > 0)
      throw archiveDamaged(`it ends at byte ${place}, before the end of ${missing.join(', ')}`, 'it was cut off');
  }

  /** Whether nothing is missing of a collection. A view has no documents; those of a time series may have a name of their own. */
  #hasEnded({ namespace: { name, database, collection }, type }: ArchiveCollection): boolean {
    if (type === 'view' || this.#open.has(name) || this.#ended.has(name)) return true;
    return type === 'timeseries' && this.#ended.has(`${database}.system.buckets.${collection}`);
  }

  /** Reads one part. @returns false when more bytes are needed */
  #next(): boolean {
    const buffer = this.#buffer;
    if (buffer.length < 4) return false;
    const first = buffer.bytes.readUInt32LE(buffer.from);
    if (this.#state === 'magic') {
      if (first !== magic) throw archiveDamaged('it does not begin as one', 'the file is something else');
      buffer.from += 4;
      this.#state = 'header';
      return true;
    }
    if (first === terminator) {
      buffer.from += 4;
      this.#terminate();
      return true;
    }
    if (first < shortestDocument || first > longestDocument)
      throw archiveDamaged(
        `at byte ${this.#place()} ${this.#within()}there is neither a document nor the end of a block`,
      );
    if (buffer.length < first) return false;
    if (this.#state === 'documents') this.#documents();
    else {
      const end = buffer.from + first;
      this.#inDocument(() => this.#control(buffer.bytes.subarray(buffer.from, end)));
      buffer.from = end;
    }
    return true;
  }

  #place(): string {
    return this.#buffer.offsetOf(this.#buffer.from).toLocaleString('en-US');
  }

  #within(): string {
    return this.#current === undefined ? '' : `(in ${this.#current.namespace.name}) `;
  }

  #terminate(): void {
    if (this.#state === 'collections') {
      this.#visitor.prelude({ header: this.#header, collections: this.#collections });
      this.#state = 'block head';
    } else if (this.#state === 'documents') {
      this.#state = 'block head';
      this.#current = undefined;
    } else throw archiveDamaged(`at byte ${this.#place()} a block ends that has not begun`);
  }

  /** A document that is not a collection's. */
  #control(document: Buffer): void {
    if (this.#state === 'header') {
      this.#header = Buffer.from(document);
      this.#state = 'collections';
    } else if (this.#state === 'collections') this.#collections.push(readCollection(document));
    else this.#block(document);
  }

  #block(document: Buffer): void {
    const { namespace, crc } = readBlockHead(document, 0, document.length);
    if (this.#ended.has(namespace.name))
      throw archiveDamaged(`at byte ${this.#place()} ${namespace.name} goes on after its end`);
    const known = this.#open.get(namespace.name);
    const open = known ?? { namespace, crc: new Crc64(), documents: 0 };
    this.#open.set(namespace.name, open);
    this.#state = 'documents';
    this.#current = crc === undefined ? open : undefined;
    if (crc === undefined) return;
    if (open.crc.value() !== crc)
      throw archiveDamaged(
        `the checksum of ${namespace.name} is not that of its ${open.documents.toLocaleString('en-US')} documents`,
      );
    this.#open.delete(namespace.name);
    this.#ended.add(namespace.name);
    this.#visitor.end(open.namespace);
  }

  /** All whole documents of the block that have arrived. */
  #documents(): void {
    const [buffer, current] = [this.#buffer, this.#current];
    if (current === undefined)
      throw archiveDamaged(`at byte ${this.#place()} there is a document in the last block of its collection`);
    const { bytes, from } = buffer;
    let end = from;
    while (end + 4 <= buffer.to) {
      const length = bytes.readUInt32LE(end);
      if (length < shortestDocument || length > longestDocument || end + length > buffer.to) break;
      end += length;
      current.documents += 1;
      if (bytes[end - 1] !== 0)
        throw archiveDamaged(
          `document ${current.documents.toLocaleString('en-US')} of ${current.namespace.name} does not end with a zero byte`,
        );
    }
    current.crc.update(bytes, from, end);
    this.#visitor.documents(current.namespace, bytes, from, end);
    buffer.from = end;
  }

  #inDocument(read: () => void): void {
    try {
      read();
    } catch (error) {
      if (!(error instanceof MalformedBson)) throw error;
      throw damagedDocument(error, `the archive of mongodump, at byte ${this.#place()},`, 0);
    }
  }
}

/**
 * Reads an archive to its end.
 * @param drain awaited after each chunk, and at the end: what the visitor gave up to then may be written
 * @throws BackupError
 */
export async function readArchive(
  source: AsyncIterable<Buffer>,
  visitor: ArchiveVisitor,
  {
    signal,
    drain = async () => {},
  }: { signal?: AbortSignal | undefined; drain?: (() => Promise<void>) | undefined } = {},
): Promise<void> {
  const reader = new ArchiveReader(visitor);
  for await (const chunk of source) {
    signal?.throwIfAborted();
    reader.push(chunk);
    await drain();
  }
  reader.end();
  await drain();
}
