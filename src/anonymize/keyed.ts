/**
 * HMAC-SHA-256 (FIPS 180-4, RFC 2104) of short values, in plain JavaScript with the key's two blocks worked out once:
 * a call into node:crypto costs more than the hash of an e-mail address. Held against node:crypto in the tests.
 */
import { hkdfSync } from 'node:crypto';

const rounds = new Uint32Array(64);
const start = new Uint32Array(8);
{
  // The constants are the first bits of the fractional parts of roots of the first primes (FIPS 180-4, 4.2.2 and 5.3.3).
  let prime = 2;
  for (let index = 0; index < 64; prime += 1) {
    let divides = false;
    for (let other = 2; other * other <= prime; other += 1) divides ||= prime % other === 0;
    if (divides) continue;
    if (index < 8) start[index] = fraction(prime, 2n);
    rounds[index] = fraction(prime, 3n);
    index += 1;
  }
}

/** The first 32 bits of the fractional part of a root, by bisection in whole numbers. */
function fraction(prime: number, root: 2n | 3n): number {
  const scaled = BigInt(prime) << (32n * root);
  let low = 0n;
  let high = 1n << 40n;
  while (high - low > 1n) {
    const middle = (low + high) / 2n;
    if (middle ** root <= scaled) low = middle;
    else high = middle;
  }
  return Number(low & 0xffffffffn);
}

const words = new Uint32Array(64);

function compress(state: Uint32Array): void {
  for (let index = 16; index < 64; index += 1) {
    const one = words[index - 15] as number;
    const two = words[index - 2] as number;
    const s0 = ((one >>> 7) | (one << 25)) ^ ((one >>> 18) | (one << 14)) ^ (one >>> 3);
    const s1 = ((two >>> 17) | (two << 15)) ^ ((two >>> 19) | (two << 13)) ^ (two >>> 10);
    words[index] = ((words[index - 16] as number) + s0 + (words[index - 7] as number) + s1) | 0;
  }
  let a = state[0] as number;
  let b = state[1] as number;
  let c = state[2] as number;
  let d = state[3] as number;
  let e = state[4] as number;
  let f = state[5] as number;
  let g = state[6] as number;
  let h = state[7] as number;
  for (let index = 0; index < 64; index += 1) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + (rounds[index] as number) + (words[index] as number)) | 0;
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  state[0] = (state[0] as number) + a;
  state[1] = (state[1] as number) + b;
  state[2] = (state[2] as number) + c;
  state[3] = (state[3] as number) + d;
  state[4] = (state[4] as number) + e;
  state[5] = (state[5] as number) + f;
  state[6] = (state[6] as number) + g;
  state[7] = (state[7] as number) + h;
}

/** The state after one block of the key, padded. */
function padded(key: Uint8Array, pad: number): Uint32Array {
  const state = Uint32Array.from(start);
  for (let index = 0; index < 16; index += 1) {
    let word = 0;
    for (let byte = 0; byte < 4; byte += 1) word = (word << 8) | ((key[index * 4 + byte] ?? 0) ^ pad);
    words[index] = word;
  }
  compress(state);
  return state;
}

const inner = new Uint32Array(8);

/** A keyed hash for one purpose: the same key gives unrelated hashes for another purpose. */
export class KeyedHash {
  /** The hash of the last value, as eight words. */
  readonly words = new Uint32Array(8);
  readonly #inner: Uint32Array;
  readonly #outer: Uint32Array;

  /** @param purpose what the hashes are for, such as `pseudonym` */
  constructor(key: Uint8Array, purpose: string) {
    const own = new Uint8Array(hkdfSync('sha256', key, '', `holdfast/${purpose}`, 32));
    this.#inner = padded(own, 0x36);
    this.#outer = padded(own, 0x5c);
  }

  /** Hashes these bytes into `words`. */
  digest(bytes: Uint8Array, from: number, to: number): Uint32Array {
    inner.set(this.#inner);
    const length = to - from;
    let at = from;
    for (; to - at >= 64; at += 64) {
      for (let index = 0; index < 16; index += 1) words[index] = wordAt(bytes, at + index * 4);
      compress(inner);
    }
    const rest = to - at;
    words.fill(0, 0, 16);
    for (let index = 0; index < rest; index += 1)
      words[index >> 2] = (words[index >> 2] as number) | ((bytes[at + index] as number) << (24 - (index & 3) * 8));
    words[rest >> 2] = (words[rest >> 2] as number) | (0x80 << (24 - (rest & 3) * 8));
    if (rest >= 56) {
      compress(inner);
      words.fill(0, 0, 16);
    }
    const bits = (length + 64) * 8;
    words[14] = Math.floor(bits / 2 ** 32);
    words[15] = bits >>> 0;
    compress(inner);
    words.set(inner);
    words[8] = 0x80000000;
    words.fill(0, 9, 15);
    words[15] = (64 + 32) * 8;
    this.words.set(this.#outer);
    compress(this.words);
    return this.words;
  }

  /** A whole number from 0 up to, not including, 2^32: the hash's first word. */
  number(bytes: Uint8Array, from: number, to: number): number {
    return this.digest(bytes, from, to)[0] as number;
  }
}

function wordAt(bytes: Uint8Array, at: number): number {
  return (
    ((bytes[at] as number) << 24) |
    ((bytes[at + 1] as number) << 16) |
    ((bytes[at + 2] as number) << 8) |
    (bytes[at + 3] as number)
  );
}

const alphabet = 'abcdefghijklmnopqrstuvwxyz234567';
/** Of as many letters as eight words give. */
const letterCodes = Buffer.alloc(51);

/** Letters of base 32 (RFC 4648), five bits each, from the hash's words. */
export function base32(hash: Uint32Array, letters: number): string {
  const codes = letterCodes;
  for (let index = 0; index < letters; index += 1) {
    const bit = index * 5;
    const word = bit >> 5;
    const shift = bit & 31;
    const high = ((hash[word] as number) << shift) >>> 27;
    const low = shift > 27 ? (hash[word + 1] as number) >>> (59 - shift) : 0;
    codes[index] = alphabet.charCodeAt(high | low);
  }
  return codes.toString('latin1', 0, letters);
}

export function hex(hash: Uint32Array, digits: number): string {
  let text = '';
  for (let index = 0; text.length < digits; index += 1) text += (hash[index] as number).toString(16).padStart(8, '0');
  return text.slice(0, digits);
}
