/** The literals, quoted names and comments of a statement, and the codec in which each is written. */
import type { Codec } from './codec.ts';
import { commentEnd, isWordByte, quotedEnd } from './lexical.ts';

export type LiteralKind = 'string' | 'dollar' | 'comment' | 'name';

/** @param start start of the content, after the opening quote */
export type VisitLiteral = (kind: LiteralKind, codec: Codec, start: number, end: number) => void;

const quote = 0x27;
const doubleQuote = 0x22;
const dollar = 0x24;
const hyphen = 0x2d;

/** Visits every literal in the code between `from` and `to`. */
export function eachLiteral(bytes: Buffer, from: number, to: number, backslashes: boolean, visit: VisitLiteral): void {
  let at = from;
  while (at < to) {
    const byte = bytes[at] as number;
    if (byte === quote) {
      const codec = backslashes || followsE(bytes, at, from) ? 'escape-string' : 'string';
      const end = quotedEnd(bytes, at, to, quote, codec);
      visit('string', codec, at + 1, end - 1);
      at = end;
    } else if (byte === doubleQuote) {
      const end = quotedEnd(bytes, at, to, doubleQuote, 'raw');
      visit('name', 'raw', at + 1, end - 1);
      at = end;
    } else if (byte === hyphen && bytes[at + 1] === hyphen) {
      const newline = bytes.indexOf(0x0a, at);
      const end = newline < 0 || newline >= to ? to : newline;
      visit('comment', 'raw', at + 2, end);
      at = end;
    } else if (byte === 0x2f && bytes[at + 1] === 0x2a) {
      const end = commentEnd(bytes, at, to);
      visit('comment', 'raw', at + 2, Math.max(at + 2, end - 2));
      at = end;
    } else if (byte === dollar && !isWordByte(bytes[at - 1])) at = dollarQuoted(bytes, at, to, visit);
    else at += 1;
  }
}

/** Visits the dollar-quoted literal at `at`, if there is one. @returns where to go on */
function dollarQuoted(bytes: Buffer, at: number, to: number, visit: VisitLiteral): number {
  const tag = /^\$[^\s$]*\$/.exec(bytes.toString('latin1', at, Math.min(to, at + 66)))?.[0];
  if (tag === undefined || /^\$\d/.test(tag)) return at + 1;
  const close = bytes.indexOf(tag, at + tag.length, 'latin1');
  const end = close < 0 || close > to ? to : close;
  visit('dollar', 'raw', at + tag.length, end);
  return end + tag.length;
}

/** Whether the quote at `at` belongs to `E'…'`. */
function followsE(bytes: Uint8Array, at: number, from: number): boolean {
  return at > from && ((bytes[at - 1] as number) | 0x20) === 0x65 && !(at - 1 > from && isWordByte(bytes[at - 2]));
}
