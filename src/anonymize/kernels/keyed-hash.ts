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
  let bits = 0;
  let count = 0;
  let word = 0;
  for (let end = at + letters, to = at; to < end; to += 1) {
    if (count < 5) {
      // What is left of one word, and the begin of the next.
      const next = hash[word] as number;
      const wanted = 5 - count;
      out[to] = alphabet[((bits << wanted) | (next >>> (32 - wanted))) & 31] as number;
      word += 1;
      bits = next;
      count = 32 - wanted;
      continue;
    }
    count -= 5;
    out[to] = alphabet[(bits >>> count) & 31] as number;
  }
}

const hexDigits = Buffer.from('0123456789abcdef');

/** The code of a hexadecimal digit, one of 64. */
export function hexDigit(hash: Uint32Array, digit: number): number {
  return hexDigits[((hash[digit >> 3] as number) >>> (28 - (digit & 7) * 4)) & 15] as number;
}

/** Writes so many hexadecimal digits, up to 64. */
export function writeHex(hash: Uint32Array, digits: number, out: Uint8Array, at: number): void {
  let to = at;
  let word = 0;
  for (; to + 8 <= at + digits; to += 8, word += 1) {
    const bits = hash[word] as number;
    out[to] = hexDigits[bits >>> 28] as number;
    out[to + 1] = hexDigits[(bits >>> 24) & 15] as number;
    out[to + 2] = hexDigits[(bits >>> 20) & 15] as number;
    out[to + 3] = hexDigits[(bits >>> 16) & 15] as number;
    out[to + 4] = hexDigits[(bits >>> 12) & 15] as number;
    out[to + 5] = hexDigits[(bits >>> 8) & 15] as number;
    out[to + 6] = hexDigits[(bits >>> 4) & 15] as number;
    out[to + 7] = hexDigits[bits & 15] as number;
  }
  for (; to < at + digits; to += 1) out[to] = hexDigit(hash, to - at);
}
