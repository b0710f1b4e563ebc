/** Collects output into blocks of one size, and reuses blocks that are given back. */
import type { Patches } from './patches.ts';

/** Blocks kept for reuse. */
const maxFree = 8;

export class BlockWriter {
  readonly #size: number;
  readonly #emit: (block: Buffer) => void;
  readonly #free: Buffer[] = [];
  #block: Buffer;
  #at = 0;
  /** Bytes written so far. */
  written = 0;

  /** @param emit receives each full block, and owns it */
  constructor(size: number, emit: (block: Buffer) => void) {
    this.#size = size;
    this.#emit = emit;
    this.#block = Buffer.allocUnsafeSlow(size);
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
      const room = this.#size - this.#at;
      const length = Math.min(room, to - at);
      // For a few bytes the call costs more than the copy.
      if (length < 24)
        for (let index = 0; index < length; index += 1) this.#block[this.#at + index] = bytes[at + index] as number;
      else bytes.copy(this.#block, this.#at, at, at + length);
      this.#at += length;
      at += length;
      if (this.#at === this.#size) this.#next(this.#block);
    }
  }

  /** Writes the bytes between `from` and `to` with the patches applied. */
  patched(bytes: Buffer, from: number, to: number, patches: Patches): void {
    let at = from;
    for (let index = 0; index < patches.count; index += 1) {
      this.copy(bytes, at, patches.starts[index] as number);
      this.copy(patches.texts[index] as Buffer, patches.textStarts[index] as number, patches.textEnds[index] as number);
      at = patches.ends[index] as number;
    }
    this.copy(bytes, at, to);
  }

  /** Emits what has been collected. */
  flush(): void {
    if (this.#at > 0) this.#next(this.#block.subarray(0, this.#at));
  }

  #next(block: Buffer): void {
    this.#emit(block);
    this.#block = this.#free.pop() ?? Buffer.allocUnsafeSlow(this.#size);
    this.#at = 0;
  }
}
