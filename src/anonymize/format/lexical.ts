/** Lexical rules of SQL over bytes: words, comments, quoted text. */
import type { Codec } from './codec.ts';

const newline = 0x0a;
const star = 0x2a;
const hyphen = 0x2d;
const slash = 0x2f;
const backslash = 0x5c;

/** Letters, digits, underscores and every byte beyond ASCII. */
export function isWordByte(byte: number | undefined): boolean {
  if (byte === undefined) return false;
  const lower = byte | 0x20;
  return (lower >= 0x61 && lower <= 0x7a) || isDigitByte(byte) || byte === 0x5f || byte >= 0x80;
}

export function isDigitByte(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}

/** Position after the block comment whose slash is at `from`. Block comments nest. */
export function commentEnd(bytes: Uint8Array, from: number, to: number): number {
  let depth = 1;
  let at = from + 2;
  while (at < to && depth > 0) {
    if (bytes[at] === star && bytes[at + 1] === slash) {
      depth -= 1;
      at += 2;
    } else if (bytes[at] === slash && bytes[at + 1] === star) {
      depth += 1;
      at += 2;
    } else at += 1;
  }
  return Math.min(at, to);
}

/**
 * Position after the quoted text that starts at `at`, past its closing quote.
 * @param delimiter the quote
 * @param codec decides whether backslashes escape
 */
export function quotedEnd(bytes: Uint8Array, at: number, to: number, delimiter: number, codec: Codec): number {
  let index = at + 1;
  while (index < to) {
    const byte = bytes[index];
    if (byte === backslash && codec === 'escape-string') index += 2;
    else if (byte !== delimiter) index += 1;
    else if (bytes[index + 1] === delimiter && index + 1 < to) index += 2;
    else return index + 1;
  }
  return to;
}

/** Where the first statement starts, after blanks and comments; `to` when there is none. */
export function codeBegin(bytes: Buffer, from: number, to: number): number {
  let at = from;
  for (;;) {
    while (at < to && (bytes[at] as number) <= 0x20) at += 1;
    // What the buffer holds behind the end may look like a comment.
    if (at >= to) return to;
    if (bytes[at] === hyphen && bytes[at + 1] === hyphen) {
      const end = bytes.indexOf(newline, at);
      if (end < 0 || end >= to) return to;
      at = end + 1;
    } else if (bytes[at] === slash && bytes[at + 1] === star) at = commentEnd(bytes, at, to);
    else return at;
  }
}
