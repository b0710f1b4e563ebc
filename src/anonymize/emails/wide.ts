/**
 * Addresses in UTF-16 and UTF-32, in either order of bytes, wherever they are in bytes: programs of Windows and Java store texts so.
 * What is written instead has the same encoding.
 */
import type { Patches } from '../bytes/patches.ts';
import { Addresses } from './addresses.ts';
import { findAddresses } from './find.ts';
import { type Replace, replacementOf } from './replacement.ts';
import { putPoint } from './utf8.ts';

const atSign = 0x40;

interface Encoding {
  /** Bytes of a unit. */
  readonly size: 2 | 4;
  readonly isLittle: boolean;
}

const encodings: readonly Encoding[] = [
  { size: 4, isLittle: true },
  { size: 4, isLittle: false },
  { size: 2, isLittle: true },
  { size: 2, isLittle: false },
];

/** Units read on either side of an at sign. */
const reach = 400;

/**
 * Other at signs read on either side of one. An address holds one more at most, in quotes before its own; numbers in a row that are
 * 64, as sound and pictures have, look like hundreds.
 */
const mostSigns = 4;

/** Whether the at sign at this position is probably one of UTF-16 or UTF-32: zero bytes are beside it. */
export function isWideSign(bytes: Uint8Array, at: number): boolean {
  return bytes[at + 1] === 0 && (bytes[at - 1] === 0 || bytes[at + 3] === 0);
}

/** Adds patches for the addresses whose at sign is before `decided`. */
export function patchWide(bytes: Buffer, decided: number, replace: Replace, patches: Patches): void {
  let floor = 0;
  for (let at = bytes.indexOf(atSign); at >= 0 && at < decided; at = bytes.indexOf(atSign, Math.max(at + 1, floor))) {
    if (bytes[at + 1] !== 0 && bytes[at - 1] !== 0) continue;
    let best: WideAddress | undefined;
    for (const encoding of encodings) {
      const one = wideText.read(bytes, at, floor, encoding, replace);
      if (one !== undefined && (best === undefined || one.doubt < best.doubt)) best = one;
    }
    if (best === undefined) continue;
    floor = best.end;
    if (best.text !== undefined) patches.insert(best.start, best.end, best.text);
  }
}

interface WideAddress {
  readonly start: number;
  readonly end: number;
  /** What is written instead; undefined where it stays. */
  readonly text: Buffer | undefined;
  /** How unlikely this encoding is: a byte further on, UTF-16 of one order looks like the other, but for the letters at the ends. */
  readonly doubt: number;
}

/** The text around an at sign. */
class WideText {
  readonly #addresses = new Addresses();
  readonly #text = Buffer.alloc((2 * reach + 1) * 4);
  /** Where each byte of the text comes from. */
  readonly #places = new Int32Array((2 * reach + 1) * 4 + 1);

  /** @param floor nothing before this position is read */
  read(bytes: Buffer, at: number, floor: number, encoding: Encoding, replace: Replace): WideAddress | undefined {
    const { size, isLittle } = encoding;
    const sign = isLittle ? at : at - size + 1;
    if (sign < floor || unitAt(bytes, sign, encoding) !== atSign) return undefined;
    const from = textEnd(bytes, sign, -1, floor, encoding);
    const to = textEnd(bytes, sign, 1, floor, encoding) + size;
    if (from === sign || to === sign + size) return undefined;
    const length = this.#decode(bytes, from, to, encoding);
    const addresses = this.#addresses;
    addresses.clear();
    findAddresses(this.#text, 0, length, 0, addresses);
    for (let index = 0; index < addresses.count; index += 1) {
      if (this.#places[addresses.ats[index] as number] !== sign) continue;
      const start = this.#places[addresses.starts[index] as number] as number;
      const end = this.#places[addresses.ends[index] as number] as number;
      const text = replacementOf(addresses, index, this.#text, replace);
      const doubt = (isAligned(at, encoding) ? 0 : 1) - 2 * plainUnits(bytes, sign, from, to, encoding);
      return { start, end, text: text && encoded(text, encoding), doubt };
    }
    return undefined;
  }

  /** @returns the length of the text */
  #decode(bytes: Buffer, from: number, to: number, encoding: Encoding): number {
    let length = 0;
    for (let at = from; at < to; ) {
      const unit = unitAt(bytes, at, encoding);
      const low = encoding.size === 2 && unit >= 0xd800 && unit < 0xdc00 ? unitAt(bytes, at + 2, encoding) : 0;
      const isPair = low >= 0xdc00 && low < 0xe000 && at + 2 < to;
      const point = isPair ? 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00) : unit;
      const end = putPoint(point >= 0xd800 && point < 0xe000 ? 0xfffd : point, this.#text, length);
      this.#places.fill(at, length, end);
      length = end;
      at += isPair ? 4 : encoding.size;
    }
    this.#places[length] = to;
    return length;
  }
}

const wideText = new WideText();

/** The unit that begins at `at`; -1 beyond the bytes. */
function unitAt(bytes: Buffer, at: number, { size, isLittle }: Encoding): number {
  if (at < 0 || at + size > bytes.length) return -1;
  if (size === 2) return isLittle ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at);
  return isLittle ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at);
}

/**
 * Where the text around a sign ends, as far as it is read.
 * @param direction -1 before the sign, 1 behind it
 * @param floor nothing before this position is read
 * @returns the position of the outermost unit; that of the sign where there is none
 */
function textEnd(bytes: Buffer, sign: number, direction: -1 | 1, floor: number, encoding: Encoding): number {
  const step = direction * encoding.size;
  let signs = 0;
  let at = sign;
  for (let count = 0; count < reach; count += 1) {
    const next = at + step;
    const unit = next < floor ? -1 : unitAt(bytes, next, encoding);
    if (!isTextUnit(unit)) break;
    if (unit === atSign) signs += 1;
    if (signs > mostSigns) break;
    at = next;
  }
  return at;
}

/** Neither a control character nor beyond Unicode. */
function isTextUnit(unit: number): boolean {
  return unit >= 0x20 && unit <= 0x10ffff && unit !== 0xfffe && unit !== 0xffff;
}

/**
 * Units of ASCII in a row around the sign. Read a byte further on, the first or the last letter of a row is joined to half of a letter
 * of another script: `00 65 8c 22` is `e谢` in one order, and a letter of Chinese in the other.
 */
function plainUnits(bytes: Buffer, sign: number, from: number, to: number, encoding: Encoding): number {
  const { size } = encoding;
  let start = sign;
  while (start - size >= from && isPlain(unitAt(bytes, start - size, encoding))) start -= size;
  let end = sign + size;
  while (end < to && isPlain(unitAt(bytes, end, encoding))) end += size;
  return (end - start) / size;
}

function isPlain(unit: number): boolean {
  return unit >= 0x20 && unit < 0x7f;
}

/** Whether units begin at multiples of their size, when the at sign is at `at`. */
function isAligned(at: number, { size, isLittle }: Encoding): boolean {
  return (isLittle ? at : at + 1) % size === 0;
}

/** ASCII in this encoding. */
function encoded(text: Buffer, { size, isLittle }: Encoding): Buffer {
  const out = Buffer.alloc(text.length * size);
  for (let index = 0; index < text.length; index += 1)
    out[index * size + (isLittle ? 0 : size - 1)] = text[index] as number;
  return out;
}
