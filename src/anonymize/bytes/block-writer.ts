/** Collects what is written into blocks of one size; blocks that come back are used again. */
import type { Patches } from './patches.ts';

export class BlockWriter {
  readonly #size: number;
  readonly #emit: (block: Buffer) => void;
  #block: Buffer;
  #at = 0;
  /** Bytes written so far. */
  written = 0;

  /** @param emit owns the block it is given */
  constructor(size: number, emit: (block: Buffer) => void) {
    this.#size = size;
    this.#emit = emit;
    this.#block = Buffer.allocUnsafeSlow(size);
  }

  /** Takes back a block, once nobody reads it any more. */
  release(block: Buffer): void {
    if (block.buffer.byteLength === this.#size && this.#free.length < 8) this.#free.push(Buffer.from(block.buffer));
  }

  readonly #free: Buffer[] = [];

  #fresh(): Buffer {
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(this.#size);
  }

  copy(bytes: Buffer, from: number, to: number): void {
    this.written += to - from;
    let at = from;
    while (at < to) {
      const room = this.#size - this.#at;
      const length = Math.min(room, to - at);
      // For a few bytes the call costs more than the copy.
      if (length < 24)
        for (let index = 0; index < length; index += 1) this.#block[this.#at + index] = bytes[at + index] as number;
      else bytes.copy(this.#block, this.#at, at, at + length);
      this.#at += length;
      at += length;
      if (this.#at === this.#size) this.#next();
    }
  }

  patched(bytes: Buffer, from: number, to: number, patches: Patches): void {
    let at = from;
    for (let index = 0; index < patches.count; index += 1) {
      this.copy(bytes, at, patches.starts[index] as number);
      this.copy(patches.texts[index] as Buffer, patches.textStarts[index] as number, patches.textEnds[index] as number);
      at = patches.ends[index] as number;
    }
    this.copy(bytes, at, to);
  }

  /** Gives away what has been collected. */
  flush(): void {
    if (this.#at === 0) return;
    this.#emit(this.#block.subarray(0, this.#at));
    this.#block = this.#fresh();
    this.#at = 0;
  }

  #next(): void {
    this.#emit(this.#block);
    this.#block = this.#fresh();
    this.#at = 0;
  }
}
