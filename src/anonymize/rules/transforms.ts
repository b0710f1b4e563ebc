/** What rules make of one value. Each works on the text of the value and gives the text to write. */
import { base32, hex, KeyedHash } from '../keyed.ts';
import { fakeValue } from './fakes.ts';
import type { Fake } from './file.ts';

/** NULL, in the place of a value. */
export const sqlNull = Symbol('NULL');
export type Outcome = Buffer | typeof sqlNull;

/**
 * @param bytes holds the value's text between `from` and `to`
 * @param by the text of the column that the rule goes `by`, where it names one
 */
export type Transform = (bytes: Buffer, from: number, to: number, by?: Buffer) => Outcome;

export const toNull: Transform = () => sqlNull;

export function toFixed(value: string): Transform {
  const text = Buffer.from(value);
  return () => text;
}

/** Letters become x, digits 0; everything else, and so the shape of the value, stays. */
export function masked(keepFirst: number, keepLast: number): Transform {
  return (bytes, from, to) =>
    maskedAscii(bytes, from + keepFirst, to - keepLast, from, to) ?? maskedText(bytes, from, to);

  function maskedText(bytes: Buffer, from: number, to: number): Buffer {
    const characters = [...bytes.toString('utf8', from, to)];
    const shown = characters.map((one, index) => {
      if (index < keepFirst || index >= characters.length - keepLast) return one;
      if (/\p{N}/u.test(one)) return '0';
      return /[\p{L}\p{M}]/u.test(one) ? 'x' : one;
    });
    return Buffer.from(shown.join(''));
  }
}

/** The same for text in which each byte is a character; undefined for other text. */
function maskedAscii(bytes: Buffer, begin: number, end: number, from: number, to: number): Buffer | undefined {
  const out = Buffer.allocUnsafe(to - from);
  for (let at = from; at < to; at += 1) {
    const byte = bytes[at] as number;
    if (byte >= 0x80) return undefined;
    const lower = byte | 0x20;
    const hidden = at >= begin && at < end;
    out[at - from] = !hidden
      ? byte
      : lower >= 0x61 && lower <= 0x7a
        ? 0x78
        : byte >= 0x30 && byte <= 0x39
          ? 0x30
          : byte;
  }
  return out;
}

/** Positions of the hyphens, as digits before them. */
const hyphens = new Set([8, 12, 16, 20]);

/** A hash in the form of a UUID, version 8 (RFC 9562: whatever an application likes). */
function asUuid(words: Uint32Array): Buffer {
  const text = Buffer.allocUnsafe(36);
  let at = 0;
  for (let digit = 0; digit < 32; digit += 1) {
    if (hyphens.has(digit)) {
      text[at] = 0x2d;
      at += 1;
    }
    let value = ((words[digit >> 3] as number) >>> (28 - (digit & 7) * 4)) & 15;
    if (digit === 12) value = 8;
    else if (digit === 16) value = 8 | (value & 3);
    text[at] = value < 10 ? 0x30 + value : 0x57 + value;
    at += 1;
  }
  return text;
}

export type Shape = 'text' | 'uuid' | 'bytes' | 'integer';

/** Hexadecimal digits of a keyed hash. @param length digits, 8 to 64 */
export function hashed(key: Uint8Array, shape: Shape, length: number): Transform {
  const keyed = new KeyedHash(key, 'hash');
  return (bytes, from, to) => {
    const words = keyed.digest(bytes, from, to);
    if (shape === 'uuid') return asUuid(words);
    return Buffer.from(shape === 'bytes' ? `\\x${hex(words, length)}` : hex(words, length), 'latin1');
  };
}

/** The letters after "nobody-" in an address that must be unlike all others: 80 bits. */
const letters = 16;

/** A name made of a keyed hash; of an address, an address. */
export function pseudonym(key: Uint8Array, shape: Shape, maxCharacters: number, bits: number): Transform {
  const keyed = new KeyedHash(key, 'pseudonym');
  const address = uniqueAddress(key, maxCharacters);
  if (shape === 'integer') return permuted(key, bits);
  return (bytes, from, to) => {
    if (shape === 'text') {
      const at = bytes.indexOf(0x40, from);
      if (at > from && at < to - 3) return Buffer.from(address(bytes, from, to), 'latin1');
    }
    const words = keyed.digest(bytes, from, to);
    if (shape === 'uuid') return asUuid(words);
    return Buffer.from(`p${base32(words, letters)}`.slice(0, Math.max(maxCharacters, 1)), 'latin1');
  };
}

/** Gives addresses under example.com, alike for equal input. */
export function uniqueAddress(
  key: Uint8Array,
  maxCharacters: number,
): (bytes: Uint8Array, from: number, to: number) => string {
  const keyed = new KeyedHash(key, 'address');
  const domain = '@example.com';
  return (bytes, from, to) => {
    const local = `nobody-${base32(keyed.digest(bytes, from, to), letters)}`;
    const room = maxCharacters - domain.length;
    // What is short of room drops the word and then letters of the hash.
    return `${local.length <= room ? local : local.slice(7, 7 + Math.max(room, 1))}${domain}`;
  };
}

/** Bytes that a unique address has at most, behind the `nobody-`. */
export const uniqueAddressLength = 7 + letters + 12;

/**
 * A permutation of the whole numbers of `bits` bits (a Feistel network of six rounds; a number that leaves the range is
 * sent round again), so that unique numbers stay unique. The sign stays.
 */
function permuted(key: Uint8Array, bits: number): Transform {
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
  return (bytes, from, to) => {
    const text = bytes.toString('latin1', from, to).trim();
    const negative = text.startsWith('-');
    let value = BigInt(negative ? text.slice(1) : text);
    do value = once(value);
    while (value >= limit);
    return Buffer.from(`${negative ? '-' : ''}${value}`, 'latin1');
  };
}

export function faked(key: Uint8Array, kind: Fake): Transform {
  const keyed = new KeyedHash(key, `fake-${kind}`);
  return (bytes, from, to) => Buffer.from(fakeValue(kind, keyed.digest(bytes, from, to)));
}

const datePattern = /^(\d{4,6})-(\d\d)-(\d\d)(.*?)( BC)?$/s;
const dayMilliseconds = 86_400_000;

/** Moves a date by up to so many days either way; the time of day and infinity stay. */
export function shifted(key: Uint8Array, days: number): Transform {
  const keyed = new KeyedHash(key, 'shift');
  return (bytes, from, to, by) => {
    const text = bytes.toString('latin1', from, to);
    const match = datePattern.exec(text);
    if (match === null) return bytes.subarray(from, to);
    const hash = by ? keyed.number(by, 0, by.length) : keyed.number(bytes, from, to);
    // Never by nothing at all.
    const by0 = hash % (2 * days);
    const shift = by0 < days ? by0 - days : by0 - days + 1;
    const [, year = '', month = '', day = '', rest = '', bc] = match;
    const date = new Date(0);
    date.setUTCFullYear(bc ? 1 - Number(year) : Number(year), Number(month) - 1, Number(day));
    const moved = new Date(date.getTime() + shift * dayMilliseconds);
    const full = moved.getUTCFullYear();
    const shown = `${String(full > 0 ? full : 1 - full).padStart(4, '0')}-${pad(moved.getUTCMonth() + 1)}-${pad(moved.getUTCDate())}`;
    return Buffer.from(`${shown}${rest}${full > 0 ? '' : ' BC'}`, 'latin1');
  };
}

function pad(value: number): string {
  return String(value).padStart(2, '0');
}

/**
 * Changes a number by up to a share of it either way, in whole units of its last digit.
 * @param share 0.1 for 10 %
 * @param limit largest absolute value of the type, in units of the last digit times 10^scale; undefined for none
 */
export function noisy(key: Uint8Array, share: number, limit: bigint | undefined): Transform {
  const keyed = new KeyedHash(key, 'noise');
  return (bytes, from, to) => {
    const text = bytes.toString('latin1', from, to);
    const match = /^([^\d-]*)(-?)(\d+)(?:\.(\d+))?$/.exec(text.replaceAll(',', ''));
    if (match === null) return bytes.subarray(from, to);
    const [, currency = '', sign = '', whole = '', fraction = ''] = match;
    const value = BigInt(whole + fraction);
    const hash = keyed.number(bytes, from, to);
    const parts = BigInt(Math.round((hash / 0xffffffff - 0.5) * 2 * share * 1_000_000));
    let changed = value + (value * parts) / 1_000_000n;
    if (limit !== undefined) {
      const most = limit * 10n ** BigInt(fraction.length);
      if (changed > most) changed = most;
    }
    const digits = changed.toString().padStart(fraction.length + 1, '0');
    const point = digits.length - fraction.length;
    const shown = fraction === '' ? digits : `${digits.slice(0, point)}.${digits.slice(point)}`;
    return Buffer.from(`${currency}${sign}${shown}`, 'latin1');
  };
}
