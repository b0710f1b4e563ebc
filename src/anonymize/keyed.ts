/**
 * A keyed hash of short values: BLAKE2s with a key (RFC 7693, 2.9), whose first block, the key's own, is worked out once. One
 * more block is all that an e-mail address then takes: a call into node:crypto would cost ten times as much, HMAC-SHA-256
 * written out four times.
 */
import { hkdfSync } from 'node:crypto';
import { compress, initial } from './blake2s.ts';

const block = 64;
const words = new Int32Array(16);
const state = new Int32Array(8);

/** Reads up to 64 bytes into the words of a block, zeros behind them. */
function load(bytes: Uint8Array, from: number, to: number): void {
  words.fill(0);
  for (let index = 0; index < to - from; index += 1)
    words[index >> 2] = (words[index >> 2] as number) | ((bytes[from + index] as number) << ((index & 3) * 8));
}

/** A keyed hash for one purpose: the same key gives unrelated hashes for another purpose. */
export class KeyedHash {
  /** The hash of the last value, as eight words. */
  readonly words = new Uint32Array(8);
  /** The state behind the key's block; of an empty value the hash itself. */
  readonly #keyed = new Int32Array(8);
  readonly #empty = new Int32Array(8);

  /** @param purpose what the hashes are for, such as `pseudonym`; undefined for the key as it is, 32 bytes */
  constructor(key: Uint8Array, purpose: string | undefined) {
    const own = purpose === undefined ? key : new Uint8Array(hkdfSync('sha256', key, '', `holdfast/${purpose}`, 32));
    for (const [target, last] of [
      [this.#keyed, false],
      [this.#empty, true],
    ] as const) {
      target.set(initial);
      // Lengths of the key and of the hash, 32 bytes both; one leaf at the depth of one (RFC 7693, 2.5).
      target[0] = (target[0] as number) ^ 0x01012020;
      load(own, 0, 32);
      compress(target, words, block, last);
    }
  }

  /** Hashes these bytes into `words`. */
  digest(bytes: Uint8Array, from: number, to: number): Uint32Array {
    if (from === to) {
      this.words.set(this.#empty);
      return this.words;
    }
    state.set(this.#keyed);
    let at = from;
    for (; to - at > block; at += block) {
      load(bytes, at, at + block);
      compress(state, words, block + at + block - from, false);
    }
    load(bytes, at, to);
    compress(state, words, block + to - from, true);
    this.words.set(state);
    return this.words;
  }

  /** A whole number from 0 up to, not including, 2^32: the hash's first word. */
  number(bytes: Uint8Array, from: number, to: number): number {
    return this.digest(bytes, from, to)[0] as number;
  }
}

const alphabet = Buffer.from('abcdefghijklmnopqrstuvwxyz234567');

/** Writes letters of base 32 (RFC 4648), five bits each, from the hash's words: 51 at most. */
export function writeBase32(hash: Uint32Array, letters: number, out: Uint8Array, at: number): void {
  for (let index = 0; index < letters; index += 1) {
    const bit = index * 5;
    const word = bit >> 5;
    const shift = bit & 31;
    const high = ((hash[word] as number) << shift) >>> 27;
    const low = shift > 27 ? (hash[word + 1] as number) >>> (59 - shift) : 0;
    out[at + index] = alphabet[high | low] as number;
  }
}

const hexDigits = Buffer.from('0123456789abcdef');

/** The code of a hexadecimal digit, one of 64. */
export function hexDigit(hash: Uint32Array, digit: number): number {
  return hexDigits[((hash[digit >> 3] as number) >>> (28 - (digit & 7) * 4)) & 15] as number;
}
