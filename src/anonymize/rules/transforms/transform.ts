/** What rules make of one value. Each works on the text of the value and gives the text to write. */

import type { Arena } from '../../bytes/arena.ts';
import { KeyedHash } from '../../kernels/keyed-hash.ts';
import type { Fake } from '../file/rules-file.ts';
import { writeFake } from './fakes.ts';

/**
 * Appends the new text to the arena.
 * @param bytes holds the value's text between `from` and `to`
 * @param by the text of the column that the rule goes `by`, where it names one
 */
export type Transform = (bytes: Buffer, from: number, to: number, out: Arena, by?: Buffer) => Outcome;

/** NULL; any text; or text that certainly has no character that a dump or JSON has to escape. */
export type Outcome = 'null' | 'text' | 'plain';

export const toNull: Transform = () => 'null';

export function toFixed(value: string): Transform {
  const text = Buffer.from(value);
  return (_bytes, _from, _to, out) => {
    out.append(text, 0, text.length);
    return 'text';
  };
}

/** What each byte of ASCII becomes: letters x, digits 0. */
const maskOf = new Uint8Array(128);
for (let byte = 0; byte < 128; byte += 1) {
  const character = String.fromCharCode(byte);
  maskOf[byte] = /[A-Za-z]/.test(character) ? 0x78 : /[0-9]/.test(character) ? 0x30 : byte;
}

/** Letters become x, digits 0; everything else, and so the shape of the value, stays. */
export function masked(keepFirst: number, keepLast: number): Transform {
  return (bytes, from, to, out) => {
    if (!maskAscii(bytes, from, to, keepFirst, keepLast, out)) maskText(bytes, from, to, out);
    return 'text';
  };

  function maskText(bytes: Buffer, from: number, to: number, out: Arena): void {
    const characters = [...bytes.toString('utf8', from, to)];
    const all = keepFirst + keepLast >= characters.length;
    const shown = characters.map((one, index) => {
      if (!all && (index < keepFirst || index >= characters.length - keepLast)) return one;
      if (/\p{N}/u.test(one)) return '0';
      return /[\p{L}\p{M}]/u.test(one) ? 'x' : one;
    });
    out.string(shown.join(''));
  }
}

/** The same for text in which each byte is a character; false, and nothing is written, for other text. */
function maskAscii(bytes: Buffer, from: number, to: number, keepFirst: number, keepLast: number, out: Arena): boolean {
  const target = out.reserve(to - from);
  const by = out.end - from;
  // What is too short to hide a part of is hidden whole.
  const all = keepFirst + keepLast >= to - from;
  const begin = all ? from : from + keepFirst;
  const end = all ? to : to - keepLast;
  for (let at = from; at < to; at += 1) {
    const byte = bytes[at] as number;
    if (byte >= 0x80) return false;
    target[at + by] = at >= begin && at < end ? (maskOf[byte] as number) : byte;
  }
  out.end += to - from;
  return true;
}

export function faked(key: Uint8Array, kind: Fake): Transform {
  const keyed = new KeyedHash(key, `fake-${kind}`);
  return (bytes, from, to, out) => {
    writeFake(kind, keyed.digest(bytes, from, to), out);
    return 'plain';
  };
}
