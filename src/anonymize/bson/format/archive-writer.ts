/** Writes the stream of `mongodump --archive`, with checksums of its own. */
import { blockHead, magic, type Namespace, type Prelude, terminator } from './archive.ts';
import { Crc64 } from './crc64.ts';

/** Where the bytes go. They are used before `copy` returns. */
export interface ByteOutput {
  copy(bytes: Buffer, from: number, to: number): void;
}

const ending = Buffer.alloc(4);
ending.writeUInt32LE(terminator);

export class ArchiveWriter {
  readonly #out: ByteOutput;
  readonly #checksums = new Map<string, Crc64>();
  /** The name of the collection whose block is open. */
  #current: string | undefined;

  constructor(out: ByteOutput) {
    this.#out = out;
  }

  prelude({ header, collections }: Pick<Prelude, 'header'> & { readonly collections: readonly Buffer[] }): void {
    const begin = Buffer.alloc(4);
    begin.writeUInt32LE(magic);
    for (const part of [begin, header, ...collections, ending]) this.#write(part);
  }

  /** Whole documents of one collection. */
  documents(namespace: Namespace, bytes: Buffer, from: number, to: number): void {
    if (this.#current !== namespace.name) {
      this.#close();
      this.#write(blockHead(namespace, undefined));
      this.#current = namespace.name;
    }
    this.#checksumOf(namespace).update(bytes, from, to);
    this.#out.copy(bytes, from, to);
  }

  /** Ends a collection, of which there may have been no document. */
  end(namespace: Namespace): void {
    this.#close();
    this.#write(blockHead(namespace, this.#checksumOf(namespace).value()));
    this.#write(ending);
    this.#checksums.delete(namespace.name);
  }

  #close(): void {
    if (this.#current !== undefined) this.#write(ending);
    this.#current = undefined;
  }

  #checksumOf({ name }: Namespace): Crc64 {
    const known = this.#checksums.get(name) ?? new Crc64();
    this.#checksums.set(name, known);
    return known;
  }

  #write(part: Buffer): void {
    this.#out.copy(part, 0, part.length);
  }
}
