/** Bytes that PostgreSQL writes in hexadecimal: `\x6a6f`. */
import { hexNumber, hexValue } from '../bytes/hex.ts';

/** Fewest digits that make `\x…` bytes rather than an escape. */
const fewestDigits = 10;

/** End of the hexadecimal digits after `\x` at `at`; `at` itself when there are too few, or an odd number of them. */
export function hexEnd(bytes: Uint8Array, at: number, to: number): number {
  if (bytes[at] !== 0x5c || bytes[at + 1] !== 0x78) return at;
  let end = at + 2;
  while (end < to && hexValue(bytes[end]) >= 0) end += 1;
  const digits = end - at - 2;
  return digits >= fewestDigits && digits % 2 === 0 ? end : at;
}

/** Whether `\x` and the fewest digits that make bytes of them are at `at`, or behind a backslash there. */
export function isHexBegin(bytes: Uint8Array, at: number, to: number): boolean {
  if (bytes[at] !== 0x5c || bytes[at + 1] !== 0x78 || at + 2 + fewestDigits > to) return false;
  for (let index = at + 2; index < at + 2 + fewestDigits; index += 1) if (hexValue(bytes[index]) < 0) return false;
  return true;
}

export function fromHex(bytes: Uint8Array, from: number, to: number): Buffer {
  const out = Buffer.allocUnsafe((to - from) >> 1);
  for (let index = 0; index < out.length; index += 1) out[index] = hexNumber(bytes, from + 2 * index, 2);
  return out;
}
