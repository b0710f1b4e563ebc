/**
 * Bytes that PostgreSQL writes in hexadecimal (bytea, large objects). Where they are text they are treated as text;
 * elsewhere (a picture's metadata) only what can hardly be chance counts as an address.
 */
import { hexNumber } from '../bytes/hex.ts';
import type { Patches } from '../bytes/patches.ts';
import { Addresses, findAddresses } from './find.ts';
import type { Replace } from './replacement.ts';
import { sequenceLength } from './units.ts';

/** Hexadecimal digits from which on `\x…` is taken for bytes. */
export const shortestHex = 10;

/** End of the hexadecimal digits after `\x` at `at`; `at` when there are too few, or an odd number of them. */
export function hexEnd(bytes: Uint8Array, at: number, to: number): number {
  if (bytes[at] !== 0x5c || bytes[at + 1] !== 0x78) return at;
  let end = at + 2;
  while (end < to && isHexDigit(bytes[end] as number)) end += 1;
  const digits = end - at - 2;
  return digits >= shortestHex && digits % 2 === 0 ? end : at;
}

function isHexDigit(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || (byte >= 0x61 && byte <= 0x66) || (byte >= 0x41 && byte <= 0x46);
}

export function fromHex(bytes: Uint8Array, from: number, to: number): Buffer {
  const out = Buffer.allocUnsafe((to - from) >> 1);
  for (let index = 0; index < out.length; index += 1) out[index] = hexNumber(bytes, from + 2 * index, 2);
  return out;
}

/** Whether these bytes are UTF-8 without control characters but line ends, tabs and form feeds. */
export function isText(bytes: Uint8Array): boolean {
  let at = 0;
  while (at < bytes.length) {
    const byte = bytes[at] as number;
    if (byte < 0x20 && !(byte >= 0x09 && byte <= 0x0d)) return false;
    const length = sequenceLength(bytes, at, bytes.length);
    // A piece of a longer value may begin or end inside a character.
    if (length === 0 && at > 3 && at < bytes.length - 3) return false;
    at += Math.max(1, length);
  }
  return true;
}

const likely = /[A-Za-z0-9._%+-]{3,64}@[A-Za-z0-9-]{2,63}(?:\.[A-Za-z0-9-]{1,63})*\.[A-Za-z]{2,24}/g;

/** Adds what is to be written instead of addresses in bytes that are no text. */
export function patchBinary(bytes: Buffer, decided: number, replace: Replace, patches: Patches): void {
  if (!bytes.includes(0x40)) return;
  for (const match of bytes.toString('latin1').matchAll(likely)) {
    const at = bytes.indexOf(0x40, match.index);
    if (at >= decided) break;
    const text = replace(bytes, match.index, match.index + match[0].length, at, 1);
    if (text) patches.add(match.index, match.index + match[0].length, text);
  }
}

const addresses = new Addresses();

/** Adds what is to be written instead of the addresses whose at sign stands before `decided`. */
export function patchBytes(bytes: Buffer, text: boolean, decided: number, replace: Replace, patches: Patches): void {
  if (!text) {
    patchBinary(bytes, decided, replace, patches);
    return;
  }
  addresses.clear();
  findAddresses(bytes, 0, bytes.length, 0, addresses, decided);
  for (let index = 0; index < addresses.count; index += 1) {
    const start = addresses.starts[index] as number;
    const end = addresses.ends[index] as number;
    const written = replace(bytes, start, end, addresses.ats[index] as number, addresses.atLengths[index] as number);
    if (written) patches.add(start, end, written);
  }
}
