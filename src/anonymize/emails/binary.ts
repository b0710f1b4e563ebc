/**
 * Bytes that PostgreSQL writes in hexadecimal (bytea, large objects). Those of a text are treated as text; in others, such as
 * the metadata of a picture, only what is hardly chance counts as an address.
 */
import type { Patches } from '../bytes/patches.ts';
import { Addresses } from './addresses.ts';
import { findAddresses } from './find.ts';
import { type Replace, replacementOf } from './replacement.ts';
import { sequenceLength } from './utf8.ts';
import { isWideSign, patchWide } from './wide.ts';

/**
 * Whether the bytes are UTF-8 without control characters other than tabs, line ends and form feeds. Zero bytes are allowed behind the first: MySQL fills
 * BINARY(n) with them (MySQL manual, "The BINARY and VARBINARY Types"), and programs end strings with them. Beside an at sign they
 * are those of UTF-16.
 */
export function isText(bytes: Uint8Array): boolean {
  let at = 0;
  while (at < bytes.length) {
    const byte = bytes[at] as number;
    if (byte === 0x40 && isWideSign(bytes, at)) return false;
    if (byte < 0x20 && (byte !== 0 || at === 0) && !(byte >= 0x09 && byte <= 0x0d)) return false;
    const length = sequenceLength(bytes, at, bytes.length);
    // A piece of a longer value may begin or end inside a character.
    if (length === 0 && at > 3 && at < bytes.length - 3) return false;
    at += Math.max(1, length);
  }
  return true;
}

/**
 * Adds patches for the addresses whose at sign is before `decided`.
 * @param text what `isText` says of the whole value
 */
export function patchBytes(bytes: Buffer, text: boolean, decided: number, replace: Replace, patches: Patches): void {
  if (text) patchTextBytes(bytes, decided, replace, patches);
  else patchOtherBytes(bytes, decided, replace, patches);
  if (bytes.includes(0)) patchWide(bytes, decided, replace, patches);
}

const addresses = new Addresses();

function patchTextBytes(bytes: Buffer, decided: number, replace: Replace, patches: Patches): void {
  addresses.clear();
  findAddresses(bytes, 0, bytes.length, 0, addresses, decided);
  for (let index = 0; index < addresses.count; index += 1) {
    const written = replacementOf(addresses, index, bytes, replace);
    if (written) patches.add(addresses.starts[index] as number, addresses.ends[index] as number, written);
  }
}

const unmistakable = /[A-Za-z0-9._%+-]{3,64}@[A-Za-z0-9-]{2,63}(?:\.[A-Za-z0-9-]{1,63})*\.[A-Za-z]{2,24}/g;

function patchOtherBytes(bytes: Buffer, decided: number, replace: Replace, patches: Patches): void {
  if (!bytes.includes(0x40)) return;
  for (const match of bytes.toString('latin1').matchAll(unmistakable)) {
    const start = match.index;
    const end = start + match[0].length;
    const at = bytes.indexOf(0x40, start);
    if (at >= decided) break;
    const written = replace(bytes, start, end);
    if (written) patches.add(start, end, written);
  }
}
