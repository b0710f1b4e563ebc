/**
 * Bytes that PostgreSQL writes in hexadecimal (bytea, large objects). Those of a text are treated as text; in others, such as
 * the metadata of a picture, only what is hardly chance counts as an address.
 */
import type { Patches } from '../bytes/patches.ts';
import type { Replace } from './replacement.ts';
import { sequenceLength } from './utf8.ts';
import { isWideSign } from './wide.ts';

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

const unmistakable = /[A-Za-z0-9._%+-]{3,64}@[A-Za-z0-9-]{2,63}(?:\.[A-Za-z0-9-]{1,63})*\.[A-Za-z]{2,24}/g;

/** Adds patches for the clear addresses, in bytes that are no text, whose at sign is before `decided`. */
export function patchClear(bytes: Buffer, decided: number, replace: Replace, patches: Patches): void {
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
