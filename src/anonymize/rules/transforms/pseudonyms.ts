/** Values made of a keyed hash: equal ones stay equal, and nobody without the key gets back. */
import { BackupError } from '../../../runtime/errors.ts';
import type { Arena } from '../../bytes/arena.ts';
import { hexDigit, writeBase32, writeHex } from '../../kernels/hash-text.ts';
import { KeyedHash } from '../../kernels/keyed-hash.ts';
import type { Transform } from './transform.ts';

export type Shape = 'text' | 'uuid' | 'bytes' | 'integer';

const hyphen = 0x2d;
/** How many of the 32 digits of a UUID stand before each hyphen, and at the end. */
const groups = [8, 12, 16, 20, 32];

/** A hash in the form of a UUID, version 8 (RFC 9562: whatever an application likes). */
function writeUuid(words: Uint32Array, out: Arena): void {
  const text = out.reserve(36);
  const begin = out.end;
  let at = begin;
  let digit = 0;
  for (const end of groups) {
    for (; digit < end; digit += 1, at += 1) text[at] = hexDigit(words, digit);
    if (end < 32) {
      text[at] = hyphen;
      at += 1;
    }
  }
  text[begin + 14] = 0x38;
  // The variant: 8, 9, a or b.
  const variant = ((words[2] as number) >>> 28) & 3;
  text[begin + 19] = variant < 2 ? 0x38 + variant : 0x61 + variant - 2;
  out.end += 36;
}

/** Hexadecimal digits of a keyed hash. @param length digits, 8 to 64 */
export function hashed(key: Uint8Array, shape: Shape, length: number): Transform {
  const keyed = new KeyedHash(key, 'hash');
  return (bytes, from, to, out) => {
    const words = keyed.digest(bytes, from, to);
    if (shape === 'uuid') {
      writeUuid(words, out);
      return 'plain';
    }
    if (shape === 'bytes') out.string('\\x');
    const text = out.reserve(length);
    writeHex(words, length, text, out.end);
    out.end += length;
    return shape === 'bytes' ? 'text' : 'plain';
  };
}

/** The letters after "nobody-" in an address that must be unlike all others: 80 bits. */
const letters = 16;

/** A name made of a keyed hash; of an address, an address. */
export function pseudonym(key: Uint8Array, shape: Shape, maxCharacters: number, bits: number): Transform {
  if (shape === 'integer') return permuted(key, bits);
  const keyed = new KeyedHash(key, 'pseudonym');
  const address = new UniqueAddress(key, maxCharacters);
  const length = Math.min(1 + letters, Math.max(maxCharacters, 1));
  return (bytes, from, to, out) => {
    if (shape === 'text') {
      let at = from;
      while (at < to && bytes[at] !== 0x40) at += 1;
      if (at > from && at < to - 3) {
        address.write(bytes, from, to, out.reserve(address.length), out.end);
        out.end += address.length;
        return 'plain';
      }
    }
    const words = keyed.digest(bytes, from, to);
    if (shape === 'uuid') {
      writeUuid(words, out);
      return 'plain';
    }
    const text = out.reserve(length);
    text[out.end] = 0x70;
    writeBase32(words, length - 1, text, out.end + 1);
    out.end += length;
    return 'plain';
  };
}

const word = Buffer.from('nobody-');
const domain = Buffer.from('@example.com');

/** Letters from which on addresses of different input are taken to differ: 60 bits. */
const enough = 12;
/** Values beyond which a column too short for addresses of their own is given up. */
const mostShort = 1_000_000;

/** Gives addresses under example.com, alike for equal input. */
export class UniqueAddress {
  /** Bytes of each of them. */
  readonly length: number;
  readonly #keyed: KeyedHash;
  readonly #letters: number;
  readonly #hasWord: boolean;
  /** Of addresses too short to be unlike each other for sure: the input that each was made of. */
  readonly #made = new Map<string, string>();

  constructor(key: Uint8Array, maxCharacters: number) {
    this.#keyed = new KeyedHash(key, 'address');
    const room = maxCharacters - domain.length;
    // What is short of room drops the word and then letters of the hash.
    this.#hasWord = room >= word.length + letters;
    this.#letters = Math.min(letters, Math.max(room, 1));
    this.length = (this.#hasWord ? word.length : 0) + this.#letters + domain.length;
  }

  write(bytes: Uint8Array, from: number, to: number, out: Uint8Array, at: number): void {
    const hash = this.#keyed.digest(bytes, from, to);
    if (this.#letters < enough) this.#note(hash);
    let end = at;
    if (this.#hasWord) end = put(word, out, end);
    writeBase32(hash, this.#letters, out, end);
    put(domain, out, end + this.#letters);
  }

  /** @throws BackupError when two values would become the same address */
  #note(hash: Uint32Array): void {
    const short = Buffer.alloc(this.#letters);
    writeBase32(hash, this.#letters, short, 0);
    const [made, input] = [short.toString('latin1'), hash.join('-')];
    const known = this.#made.get(made);
    if (known === input) return;
    if (known !== undefined || this.#made.size >= mostShort)
      throw new BackupError({
        what: `a column that must stay unique takes ${this.length} characters: too few for ${(this.#made.size + 1).toLocaleString('en-US')} addresses unlike each other`,
        fix: 'give the column a rule (null, keep), or make it longer',
        code: 'not-unique',
      });
    this.#made.set(made, input);
  }
}

/** For a few bytes a loop is faster than a call. */
function put(text: Uint8Array, out: Uint8Array, at: number): number {
  for (let index = 0; index < text.length; index += 1) out[at + index] = text[index] as number;
  return at + text.length;
}

/**
 * A permutation of the whole numbers of `bits` bits (a Feistel network of six rounds; a number that leaves the range is
 * sent round again), so that unique numbers stay unique. The sign stays. Numbers beyond the range, which only a column that is
 * wider than others bound to it can have, are permuted among themselves.
 */
function permuted(key: Uint8Array, bits: number): Transform {
  const within = permutation(key, bits);
  const beyond = permutation(key, 63);
  const limit = 1n << BigInt(bits);
  return (bytes, from, to, out) => {
    const text = bytes.toString('latin1', from, to).trim();
    const negative = text.startsWith('-');
    let value = BigInt(negative ? text.slice(1) : text);
    if (value < limit) value = within(value);
    else if (value < 1n << 63n)
      do value = beyond(value);
      while (value < limit);
    out.string(`${negative ? '-' : ''}${value}`);
    return 'plain';
  };
}

function permutation(key: Uint8Array, bits: number): (value: bigint) => bigint {
  const keyed = new KeyedHash(key, `integer-${bits}`);
  const half = BigInt(Math.ceil(bits / 2));
  const mask = (1n << half) - 1n;
  const limit = 1n << BigInt(bits);
  const input = Buffer.alloc(9);
  const once = (value: bigint): bigint => {
    let left = value >> half;
    let right = value & mask;
    for (let round = 0; round < 6; round += 1) {
      input.writeBigUInt64BE(right);
      input[8] = round;
      const words = keyed.digest(input, 0, 9);
      const mixed = ((BigInt(words[0] as number) << 32n) | BigInt(words[1] as number)) & mask;
      [left, right] = [right, left ^ mixed];
    }
    return (left << half) | right;
  };
  return (from) => {
    let value = from;
    do value = once(value);
    while (value >= limit);
    return value;
  };
}
