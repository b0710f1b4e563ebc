/**
 * How text is written in a dump: with backslashes in COPY, with doubled quotes in strings, with both in E'' strings,
 * or as it is (dollar quotes, comments). Addresses are looked for in the text itself.
 */

import type { Arena } from '../bytes/arena.ts';
import { hexValue } from '../bytes/hex.ts';

export type Codec = 'copy' | 'string' | 'escape-string' | 'raw';

const backslash = 0x5c;
const quote = 0x27;

/** What a letter means after a backslash, in COPY and in E'' strings; others stand for themselves. */
const meaning = new Uint8Array(256);
for (let byte = 0; byte < 256; byte += 1) meaning[byte] = byte;
for (const [character, value] of Object.entries({ b: 8, f: 12, n: 10, r: 13, t: 9, v: 11 }))
  meaning[character.charCodeAt(0)] = value;

/** Whether the text differs from how it is written. */
export function isEscaped(bytes: Uint8Array, from: number, to: number, codec: Codec): boolean {
  if (codec === 'raw') return false;
  for (let at = from; at < to; at += 1) {
    const byte = bytes[at];
    if ((byte === backslash && codec !== 'string') || (byte === quote && codec !== 'copy')) return true;
  }
  return false;
}

/** Bytes that one unit of the written form takes at `at`; the byte it stands for is in `unit`. */
let unit = 0;
function read(bytes: Uint8Array, at: number, to: number, codec: Codec): number {
  const byte = bytes[at] as number;
  unit = byte;
  if (codec === 'raw') return 1;
  if (byte === quote && codec !== 'copy') return bytes[at + 1] === quote && at + 1 < to ? 2 : 1;
  if (byte !== backslash || codec === 'string' || at + 1 >= to) return 1;
  const next = bytes[at + 1] as number;
  if (next >= 0x30 && next <= 0x37) {
    let length = 1;
    let value = 0;
    while (length <= 3 && at + length < to) {
      const digit = (bytes[at + length] as number) - 0x30;
      if (digit < 0 || digit > 7) break;
      value = value * 8 + digit;
      length += 1;
    }
    unit = value & 0xff;
    return length;
  }
  if (next === 0x78 && at + 2 < to && hexValue(bytes[at + 2]) >= 0) {
    const second = at + 3 < to ? hexValue(bytes[at + 3]) : -1;
    unit = second < 0 ? hexValue(bytes[at + 2]) : hexValue(bytes[at + 2]) * 16 + second;
    return second < 0 ? 3 : 4;
  }
  unit = meaning[next] as number;
  return 2;
}

/** Grows and is used again for every value. */
export class Scratch {
  bytes = Buffer.allocUnsafe(64 * 1024);

  atLeast(size: number): Buffer {
    if (this.bytes.length < size) this.bytes = Buffer.allocUnsafe(size * 2);
    return this.bytes;
  }
}

/** Writes the text into the scratch. @returns its length */
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
      at += read(bytes, at, to, codec);
      out[length] = unit;
    }
    length += 1;
  }
  return length;
}

const textScratch = new Scratch();

/** The text between `from` and `to`, decoded. Valid until the next call. */
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
  for (let which = 0; which < count; which += 1) {
    const wanted = positions[which] as number;
    while (index < wanted && at < to) {
      const byte = bytes[at];
      at += byte !== backslash && byte !== quote ? 1 : read(bytes, at, to, codec);
      index += 1;
    }
    positions[which] = at;
  }
}

const copyLetters = new Uint8Array(256);
for (const [character, value] of Object.entries({ b: 8, f: 12, n: 10, r: 13, t: 9, v: 11, '\\': backslash }))
  copyLetters[value] = character.charCodeAt(0);

/** How the text is written. The same buffer comes back when nothing had to be escaped. */
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

/** Escapes the text that the arena holds last, where it stands. */
export function encodeLast(arena: Arena, codec: Codec): void {
  if (codec === 'raw') return;
  let extra = 0;
  for (let bytes = arena.bytes, at = arena.begin; at < arena.end; at += 1)
    if (mustEscape(bytes[at] as number, codec)) extra += 1;
  if (extra === 0) return;
  const out = arena.reserve(extra);
  let from = arena.end;
  arena.end += extra;
  // From its end, so that nothing is overwritten before it has been moved.
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

function mustEscape(byte: number, codec: Codec): boolean {
  if (codec === 'copy') return copyLetters[byte] !== 0;
  return byte === quote || (byte === backslash && codec === 'escape-string');
}
