/**
 * A keyed hash of short values: BLAKE2s with a key (RFC 7693, 2.9). The key is the first block, and the state after it is
 * computed once: an e-mail address then takes a single block. A call of node:crypto would take ten times as long, a
 * hand-written HMAC with SHA-256 four times.
 */
import { hkdfSync } from 'node:crypto';
import { Blake2s, blockSize } from './blake2s.ts';

/** Of all keys: a hash is complete before the next one begins. */
const blake2s = new Blake2s();

/** A keyed hash for one purpose. Hashes of the same key for different purposes are unrelated. */
export class KeyedHash {
  /** The state after the key's block; for an empty value, the hash itself. */
  readonly #keyed: Uint32Array;
  readonly #empty: Uint32Array;

  /**
   * @param key secret bytes; without a purpose 1 to 32, the key of BLAKE2s itself
   * @param purpose what the hashes are for, such as `pseudonym`; undefined only to compare with other implementations
   */
  constructor(key: Uint8Array, purpose: string | undefined) {
    const own = purpose === undefined ? key : new Uint8Array(hkdfSync('sha256', key, '', `holdfast/${purpose}`, 32));
    const behindKey = (last: boolean): Uint32Array => {
      blake2s.begin(own.length);
      blake2s.block(own, 0, own.length, blockSize, last);
      return blake2s.state.slice();
    };
    this.#keyed = behindKey(false);
    this.#empty = behindKey(true);
  }

  /** @returns the hash of these bytes: eight words, valid until any hash is computed */
  digest(bytes: Uint8Array, from: number, to: number): Uint32Array {
    const { state } = blake2s;
    const begin = from === to ? this.#empty : this.#keyed;
    // For eight words a loop is faster than a call.
    for (let index = 0; index < 8; index += 1) state[index] = begin[index] as number;
    if (from !== to) blake2s.end(bytes, from, to, blockSize);
    return state;
  }

  /** The first word of the hash: an integer from 0 to 2^32 - 1. */
  number(bytes: Uint8Array, from: number, to: number): number {
    return this.digest(bytes, from, to)[0] as number;
  }
}
