/** The rule `mask`: letters become x, digits 0. Everything else, and so the shape of the value, stays. */
import type { Arena } from '../../bytes/arena.ts';
import type { Transform } from './transform.ts';

/** What each byte of ASCII becomes. */
const maskOf = Uint8Array.from({ length: 128 }, (_, byte) => {
  const character = String.fromCharCode(byte);
  return /[A-Za-z]/.test(character) ? 0x78 : /[0-9]/.test(character) ? 0x30 : byte;
});

/** @param keepFirst characters that stay at the start, `keepLast` at the end; a value too short to hide a part is hidden whole */
export function masked(keepFirst: number, keepLast: number): Transform {
  return (bytes, from, to, out) => {
    if (!maskAscii(bytes, from, to, keepFirst, keepLast, out))
      out.string(maskText(bytes.toString('utf8', from, to), keepFirst, keepLast));
    return 'text';
  };
}

/** Masks ASCII text. @returns false for other text; then nothing is written */
function maskAscii(bytes: Buffer, from: number, to: number, keepFirst: number, keepLast: number, out: Arena): boolean {
  const target = out.reserve(to - from);
  const by = out.end - from;
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

function maskText(text: string, keepFirst: number, keepLast: number): string {
  const characters = [...text];
  const all = keepFirst + keepLast >= characters.length;
  const shown = characters.map((character, index) => {
    if (!all && (index < keepFirst || index >= characters.length - keepLast)) return character;
    if (/\p{N}/u.test(character)) return '0';
    return /[\p{L}\p{M}]/u.test(character) ? 'x' : character;
  });
  return shown.join('');
}
