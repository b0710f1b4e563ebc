/**
 * Bytes in the escape format of bytea (PostgreSQL manual, 8.4.2): `\000` for a byte that is not printable, `\\` for a backslash. Text in
 * UTF-8 needs no more than the search for escapes; here is UTF-16 and UTF-32.
 */
import { Patches } from '../bytes/patches.ts';
import type { Replace } from './replacement.ts';
import { patchWide } from './wide.ts';

const zeroBesideSign = /@\\+000|\\+000@/;
const unit = /(\\+)([0-3][0-7]{2})|\\+|[^\\]/gs;
const inBytes = new Patches();

const openBrace = 0x7b;
const backslash = 0x5c;
/** What stands around the elements of an array: `{ " , }`. */
const separators = new Set([openBrace, 0x22, 0x2c, 0x7d]);

/** Adds patches for the addresses in wide characters between `from` and `to`. @returns how many */
export function patchEscapedBytes(bytes: Buffer, from: number, to: number, replace: Replace, patches: Patches): number {
  if (bytes[from] !== openBrace) return patchValue(bytes, from, to, replace, patches);
  // Which byte of a character comes first is told from where the value begins.
  let [replaced, begin] = [0, from];
  for (let at = from; at < to; at += 1) {
    if (!separators.has(bytes[at] as number) || bytes[at - 1] === backslash) continue;
    replaced += patchValue(bytes, begin, at, replace, patches);
    begin = at + 1;
  }
  return replaced + patchValue(bytes, begin, to, replace, patches);
}

function patchValue(bytes: Buffer, from: number, to: number, replace: Replace, patches: Patches): number {
  const written = bytes.toString('latin1', from, to);
  if (!zeroBesideSign.test(written)) return 0;
  const value = Buffer.alloc(written.length);
  const places: number[] = [];
  let slashes = '\\';
  for (const match of written.matchAll(unit)) {
    const [all, before, digits] = match;
    if (before !== undefined) slashes = before;
    value[places.length] = digits === undefined ? all.charCodeAt(0) : Number.parseInt(digits, 8);
    places.push(from + match.index);
  }
  const length = places.length;
  places.push(to);
  inBytes.clear();
  patchWide(value.subarray(0, length), length, replace, inBytes);
  for (let index = 0; index < inBytes.count; index += 1) {
    const text = inBytes.text(index).toString('latin1').replaceAll('\0', `${slashes}000`);
    const [start, end] = [inBytes.starts[index] as number, inBytes.ends[index] as number];
    patches.insert(places[start] as number, places[end] as number, Buffer.from(text, 'latin1'));
  }
  return inBytes.count;
}
