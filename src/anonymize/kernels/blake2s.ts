/** BLAKE2s (RFC 7693) with hashes of 32 bytes, over the compression in blake2s.wat. */
import { type Constant, kernel, type Memory } from './kernel.ts';

interface Exports {
  readonly memory: Memory;
  readonly state: Constant;
  readonly block: Constant;
  begin(parameters: number): void;
  compress(length: number, last: -1 | 0): void;
}

const instantiate = kernel<Exports>('blake2s');

/** Bytes of a block. */
export const blockSize = 64;

/** One leaf at depth one, and a hash of 32 bytes (RFC 7693, 2.5). */
const parameters = 0x01010020;

/** One hash at a time, in a memory of its own. Values below 4 GiB. */
export class Blake2s {
  /** The state; after the last block, the hash: eight words, each with its lowest byte first. */
  readonly state: Uint32Array;
  readonly #begin: Exports['begin'];
  readonly #compress: Exports['compress'];
  readonly #block: Uint8Array;
  /** Bytes at the beginning of the block that may not be zero. */
  #filled = 0;

  constructor() {
    const { memory, state, block, begin, compress } = instantiate();
    // WebAssembly has the lowest byte first, as have the processors that Node.js runs on.
    this.state = new Uint32Array(memory.buffer, state.value, 8);
    this.#block = new Uint8Array(memory.buffer, block.value, blockSize);
    this.#begin = begin;
    this.#compress = compress;
  }

  /** @param keyLength bytes of the key, which is the first block; 0 for a hash without a key */
  begin(keyLength: number): void {
    this.#begin(parameters | (keyLength << 8));
  }

  /**
   * Hashes up to 64 bytes, padded with zeros.
   * @param length bytes hashed so far, those of this block included
   */
  block(bytes: Uint8Array, from: number, to: number, length: number, last: boolean): void {
    const [block, size] = [this.#block, to - from];
    // For so few bytes a loop is faster than a call.
    for (let index = 0; index < size; index += 1) block[index] = bytes[from + index] as number;
    for (let index = size; index < this.#filled; index += 1) block[index] = 0;
    this.#filled = size;
    this.#compress(length, last ? -1 : 0);
  }

  /**
   * Hashes all of the bytes, and ends the hash.
   * @param before bytes hashed before them
   */
  end(bytes: Uint8Array, from: number, to: number, before: number): void {
    let at = from;
    for (; to - at > blockSize; at += blockSize)
      this.block(bytes, at, at + blockSize, before + at + blockSize - from, false);
    this.block(bytes, at, to, before + to - from, true);
  }
}
