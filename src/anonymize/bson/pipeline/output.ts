/** Collects bytes into blocks, and compresses them. */
import { type Compression, compressor } from '../../../runtime/compression/format.ts';
import type { Compressor, Sink } from '../../../runtime/compression/gzip.ts';
import { BlockWriter } from '../../bytes/block-writer.ts';

/** Each block is compressed as one piece of work. */
const blockSize = 1024 * 1024;

export class Output {
  readonly #blocks: Buffer[] = [];
  readonly #out: BlockWriter;
  readonly #compress: Compressor;

  constructor(sink: Sink, compression: Compression, level: number | undefined) {
    this.#out = new BlockWriter(blockSize, (block) => this.#blocks.push(block));
    this.#compress = compressor(compression, sink, { level, once: true, release: (block) => this.#out.release(block) });
  }

  /** Bytes before compression. */
  get written(): number {
    return this.#out.written;
  }

  copy(bytes: Buffer, from: number, to: number): void {
    this.#out.copy(bytes, from, to);
  }

  /** Compresses the blocks that are full. */
  async drain(): Promise<void> {
    for (const block of this.#blocks.splice(0)) await this.#compress.write(block);
  }

  async end(): Promise<void> {
    this.#out.flush();
    await this.drain();
    await this.#compress.end();
  }
}
