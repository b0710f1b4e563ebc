/** The rule `hash`: hexadecimal digits of a keyed hash. Equal values stay equal, and without the key nobody can reverse it. */
import type { Arena } from '../../bytes/arena.ts';
import { hexDigit, writeHex } from '../../kernels/hash-text.ts';
import { KeyedHash } from '../../kernels/keyed-hash.ts';
import type { Transform } from './transform.ts';

/** What kind of value a hash or a pseudonym must have. */
export type Shape = 'text' | 'uuid' | 'bytes' | 'integer';

const hyphen = 0x2d;
/** Digits of a UUID before each hyphen, and at the end. */
const groups = [8, 12, 16, 20, 32];

/** @param length digits, 8 to 64 */
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

/** Writes a hash in the form of a UUID, version 8 (RFC 9562: for any content that an application likes). */
export function writeUuid(words: Uint32Array, out: Arena): void {
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
