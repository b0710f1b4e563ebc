/** Collects output into blocks of one size, and reuses blocks that are given back. */
import { type Output, writePatched } from './output.ts';
import type { Patches } from './patches.ts';

/** Blocks kept for reuse. */
const maxFree = 8;

const none = Buffer.alloc(0);

export class BlockWriter implements Output {
  readonly #size: number;
  readonly #emit: (block: Buffer) => void;
  readonly #free: Buffer[] = [];
  /** Empty until there is something to write. */
  #block: Buffer = none;
  #at = 0;
  /** Bytes written so far. */
  written = 0;

  /** @param emit receives each block, and owns it */
  constructor(size: number, emit: (block: Buffer) => void) {
    this.#size = size;
    this.#emit = emit;
  }

  /** Gives back a block that nobody reads any more. */
  release(block: Buffer): void {
    if (block.buffer.byteLength === this.#size && this.#free.length < maxFree)
      this.#free.push(Buffer.from(block.buffer));
  }

  copy(bytes: Buffer, from: number, to: number): void {
    this.written += to - from;
    let at = from;
    while (at < to) {
      if (this.#at === this.#block.length) this.#next();
      const room = this.#size - this.#at;
      const length = Math.min(room, to - at);
      // For a few bytes the call costs more than the copy.
      if (length < 24)
        for (let index = 0; index < length; index += 1) this.#block[this.#at + index] = bytes[at + index] as number;
      else bytes.copy(this.#block, this.#at, at, at + length);
      this.#at += length;
      at += length;
    }
  }

  patched(bytes: Buffer, from: number, to: number, patches: Patches): void {
    writePatched(this, bytes, from, to, patches);
  }

  /** Emits what has been collected. */
  flush(): void {
    if (this.#at > 0) this.#emit(this.#block.subarray(0, this.#at));
    this.#block = none;
    this.#at = 0;
  }

  #next(): void {
    this.flush();
    this.#block = this.#free.pop() ?? Buffer.allocUnsafeSlow(this.#size);
  }
}
