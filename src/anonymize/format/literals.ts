/** The literals and comments of a statement, and the codec in which each is written. */
import type { Codec } from './codec.ts';
import { commentEnd, isWord } from './statement-scanner.ts';

export type LiteralKind = 'string' | 'dollar' | 'comment' | 'name';

/** @param start begin of the content, without quotes */
export type VisitLiteral = (kind: LiteralKind, codec: Codec, start: number, end: number) => void;

const quote = 0x27;
const backslash = 0x5c;

/**
 * Position after the quoted text that begins at `at`, with its closing quote.
 * @param codec decides whether backslashes escape
 */
export function quotedEnd(bytes: Uint8Array, at: number, to: number, mark: number, codec: Codec): number {
  let index = at + 1;
  while (index < to) {
    const byte = bytes[index];
    if (byte === backslash && codec === 'escape-string') index += 2;
    else if (byte !== mark) index += 1;
    else if (bytes[index + 1] === mark && index + 1 < to) index += 2;
    else return index + 1;
  }
  return to;
}

/** Goes over the code between `from` and `to`. */
export function eachLiteral(bytes: Buffer, from: number, to: number, backslashes: boolean, visit: VisitLiteral): void {
  let at = from;
  while (at < to) {
    const byte = bytes[at] as number;
    if (byte === quote) {
      const escaping = backslashes || opensEscape(bytes, at, from);
      const codec = escaping ? 'escape-string' : 'string';
      const end = quotedEnd(bytes, at, to, quote, codec);
      visit('string', codec, at + 1, end - 1);
      at = end;
    } else if (byte === 0x22) {
      const end = quotedEnd(bytes, at, to, 0x22, 'raw');
      visit('name', 'raw', at + 1, end - 1);
      at = end;
    } else if (byte === 0x2d && bytes[at + 1] === 0x2d) {
      const found = bytes.indexOf(0x0a, at);
      const end = found < 0 || found >= to ? to : found;
      visit('comment', 'raw', at + 2, end);
      at = end;
    } else if (byte === 0x2f && bytes[at + 1] === 0x2a) {
      const end = commentEnd(bytes, at, to);
      visit('comment', 'raw', at + 2, Math.max(at + 2, end - 2));
      at = end;
    } else if (byte === 0x24 && !isWord(bytes[at - 1])) {
      const tag = /^\$[^\s$]*\$/.exec(bytes.toString('latin1', at, Math.min(to, at + 66)))?.[0];
      if (tag === undefined || /^\$\d/.test(tag)) {
        at += 1;
        continue;
      }
      const found = bytes.indexOf(tag, at + tag.length, 'latin1');
      const end = found < 0 || found > to ? to : found;
      visit('dollar', 'raw', at + tag.length, end);
      at = end + tag.length;
    } else at += 1;
  }
}

function opensEscape(bytes: Uint8Array, at: number, from: number): boolean {
  return at > from && ((bytes[at - 1] as number) | 0x20) === 0x65 && !(at - 1 > from && isWord(bytes[at - 2]));
}
