/**
 * A keyed hash of short values: BLAKE2s with a key (RFC 7693, 2.9), whose first block, the key's own, is worked out once. One
 * more block is all that an e-mail address then takes: a call into node:crypto would cost ten times as much, HMAC-SHA-256
 * written out four times.
 */
import { hkdfSync } from 'node:crypto';
import { block, compress, initial, state } from './blake2s.ts';

const size = block.length;
/** Bytes of the block that may not be zero. */
let filled = 0;

/** Puts up to 64 bytes into the block, zeros behind them. */
function load(bytes: Uint8Array, from: number, to: number): void {
  const length = to - from;
  for (let index = 0; index < length; index += 1) block[index] = bytes[from + index] as number;
  for (let index = length; index < filled; index += 1) block[index] = 0;
  filled = length;
}

/** For eight words a loop is faster than a call. */
function begin(words: Uint32Array): void {
  for (let index = 0; index < 8; index += 1) state[index] = words[index] as number;
}

/** A keyed hash for one purpose: the same key gives unrelated hashes for another purpose. */
export class KeyedHash {
  /** The state behind the key's block; of an empty value the hash itself. */
  readonly #keyed: Uint32Array;
  readonly #empty: Uint32Array;

  /** @param purpose what the hashes are for, such as `pseudonym`; undefined for the key as it is, 32 bytes */
  constructor(key: Uint8Array, purpose: string | undefined) {
    const own = purpose === undefined ? key : new Uint8Array(hkdfSync('sha256', key, '', `holdfast/${purpose}`, 32));
    const behindKey = (last: -1 | 0): Uint32Array => {
      state.set(initial);
      // Lengths of the key and of the hash, 32 bytes both; one leaf at the depth of one (RFC 7693, 2.5).
      state[0] = (state[0] as number) ^ 0x01012020;
      load(own, 0, 32);
      compress(size, last);
      return state.slice();
    };
    this.#keyed = behindKey(0);
    this.#empty = behindKey(-1);
  }

  /** @returns the hash of these bytes, eight words, valid until anything else is hashed */
  digest(bytes: Uint8Array, from: number, to: number): Uint32Array {
    if (from === to) {
      begin(this.#empty);
      return state;
    }
    begin(this.#keyed);
    let at = from;
    for (; to - at > size; at += size) {
      load(bytes, at, at + size);
      compress(size + at + size - from, 0);
    }
    load(bytes, at, to);
    compress(size + to - from, -1);
    return state;
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
