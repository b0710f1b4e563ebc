/**
 * How a dump writes text: with backslashes in COPY, with doubled quotes in strings, with both in E'' strings, or raw (dollar
 * quotes, comments). Searches work on the decoded text.
 */
import type { Arena } from '../bytes/arena.ts';
import { hexValue } from '../bytes/hex.ts';

export type Codec = 'copy' | 'string' | 'escape-string' | 'raw';

const backslash = 0x5c;
const quote = 0x27;
const letterX = 0x78;

/** What a byte means after a backslash, in COPY and in E'' strings. All but a few letters stand for themselves. */
const meanings = Uint8Array.from({ length: 256 }, (_, byte) => byte);
const letters = Object.entries({ b: 8, f: 12, n: 10, r: 13, t: 9, v: 11 });
for (const [letter, value] of letters) meanings[letter.charCodeAt(0)] = value;

/** Whether the written form differs from the text. */
export function isEscaped(bytes: Uint8Array, from: number, to: number, codec: Codec): boolean {
  if (codec === 'raw') return false;
  for (let at = from; at < to; at += 1) {
    const byte = bytes[at];
    if ((byte === backslash && codec !== 'string') || (byte === quote && codec !== 'copy')) return true;
  }
  return false;
}

/** Length of the unit at `at`: an escape, a doubled quote, or one plain byte. */
function unitLength(bytes: Uint8Array, at: number, to: number, codec: Codec): number {
  const byte = bytes[at];
  if (codec === 'raw') return 1;
  if (byte === quote && codec !== 'copy') return bytes[at + 1] === quote && at + 1 < to ? 2 : 1;
  if (byte !== backslash || codec === 'string' || at + 1 >= to) return 1;
  const next = bytes[at + 1];
  if (isOctal(next)) {
    let length = 2;
    while (length <= 3 && at + length < to && isOctal(bytes[at + length])) length += 1;
    return length;
  }
  if (next !== letterX || at + 2 >= to || hexValue(bytes[at + 2]) < 0) return 2;
  return at + 3 < to && hexValue(bytes[at + 3]) >= 0 ? 4 : 3;
}

/** The byte that a unit of this length encodes. */
function unitValue(bytes: Uint8Array, at: number, length: number): number {
  if (length === 1) return bytes[at] as number;
  const second = bytes[at + 1] as number;
  if (isOctal(second)) {
    let value = 0;
    for (let index = at + 1; index < at + length; index += 1) value = value * 8 + (bytes[index] as number) - 0x30;
    return value & 0xff;
  }
  if (length === 2) return meanings[second] as number;
  const digit = hexValue(bytes[at + 2]);
  return length === 3 ? digit : digit * 16 + hexValue(bytes[at + 3]);
}

function isOctal(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x37;
}

/** A buffer that grows, reused for every value. */
export class Scratch {
  bytes = Buffer.allocUnsafe(64 * 1024);

  atLeast(size: number): Buffer {
    if (this.bytes.length < size) this.bytes = Buffer.allocUnsafe(size * 2);
    return this.bytes;
  }
}

/** Decodes into the scratch. @returns the length of the text */
export function decode(bytes: Uint8Array, from: number, to: number, codec: Codec, scratch: Scratch): number {
  const out = scratch.atLeast(to - from);
  let length = 0;
  let at = from;
  while (at < to) {
    const byte = bytes[at] as number;
    if (byte !== backslash && byte !== quote) {
      out[length] = byte;
      at += 1;
    } else {
      const unit = unitLength(bytes, at, to, codec);
      out[length] = unitValue(bytes, at, unit);
      at += unit;
    }
    length += 1;
  }
  return length;
}

const textScratch = new Scratch();

/** The decoded text between `from` and `to`; valid until the next call. */
export function textOf(bytes: Buffer, from: number, to: number, codec: Codec): Buffer {
  if (!isEscaped(bytes, from, to, codec)) return bytes.subarray(from, to);
  const length = decode(bytes, from, to, codec, textScratch);
  return textScratch.bytes.subarray(0, length);
}

/**
 * Turns positions in the text into positions in its written form.
 * @param positions ascending; changed in place
 */
export function toWritten(
  bytes: Uint8Array,
  from: number,
  to: number,
  codec: Codec,
  positions: number[],
  count: number,
): void {
  let at = from;
  let index = 0;
  for (let nth = 0; nth < count; nth += 1) {
    const wanted = positions[nth] as number;
    while (index < wanted && at < to) {
      const byte = bytes[at];
      at += byte !== backslash && byte !== quote ? 1 : unitLength(bytes, at, to, codec);
      index += 1;
    }
    positions[nth] = at;
  }
}

/** The letter with which COPY escapes a byte; 0 for bytes that need no escape. */
const copyLetters = new Uint8Array(256);
for (const [letter, value] of letters) copyLetters[value] = letter.charCodeAt(0);
copyLetters[backslash] = backslash;

function mustEscape(byte: number, codec: Codec): boolean {
  if (codec === 'copy') return copyLetters[byte] !== 0;
  return byte === quote || (byte === backslash && codec === 'escape-string');
}

/** The written form of the text: the same buffer when nothing needs an escape. */
export function encode(text: Buffer, codec: Codec): Buffer {
  if (codec === 'raw') return text;
  let extra = 0;
  for (let at = 0; at < text.length; at += 1) if (mustEscape(text[at] as number, codec)) extra += 1;
  if (extra === 0) return text;
  const out = Buffer.allocUnsafe(text.length + extra);
  let at = 0;
  for (const byte of text) {
    if (mustEscape(byte, codec)) {
      out[at] = codec === 'copy' || byte === backslash ? backslash : quote;
      out[at + 1] = codec === 'copy' ? (copyLetters[byte] as number) : byte;
      at += 2;
    } else {
      out[at] = byte;
      at += 1;
    }
  }
  return out;
}

/** Encodes the arena's current text in place. */
export function encodeLast(arena: Arena, codec: Codec): void {
  if (codec === 'raw') return;
  let extra = 0;
  for (let bytes = arena.bytes, at = arena.begin; at < arena.end; at += 1)
    if (mustEscape(bytes[at] as number, codec)) extra += 1;
  if (extra === 0) return;
  const out = arena.reserve(extra);
  let from = arena.end;
  arena.end += extra;
  // Backwards, so that no byte is overwritten before it has been moved.
  for (let to = arena.end; to > from; ) {
    from -= 1;
    to -= 1;
    const byte = out[from] as number;
    const escaped = mustEscape(byte, codec);
    out[to] = escaped && codec === 'copy' ? (copyLetters[byte] as number) : byte;
    if (escaped) {
      to -= 1;
      out[to] = codec === 'copy' || byte === backslash ? backslash : quote;
    }
  }
}
