/** The literals, quoted names and comments of a statement of MySQL or MariaDB, and the codec in which each is written. */
import type { Codec } from '../codec.ts';
import type { VisitLiteral } from '../literals.ts';
import { beginsLineComment, blockCommentEnd, conditionalEnd, lineEnd, mysqlQuotedEnd } from './lexical.ts';

/** How strings are written from here on. */
export interface StringForms {
  /** Whether backslashes escape in strings. */
  readonly backslashes: boolean;
  /** Whether double quotes enclose names. */
  readonly ansiQuotes: boolean;
}

const doubleQuote = 0x22;
const quote = 0x27;
const hyphen = 0x2d;
const slash = 0x2f;
const star = 0x2a;
const backquote = 0x60;

/** @param double whether it stands in double quotes */
export function stringCodec(double: boolean, backslashes: boolean): Codec {
  if (backslashes) return double ? 'mysql-double' : 'mysql';
  return double ? 'double-string' : 'string';
}

/** Visits every literal in the code between `from` and `to`, also inside conditional comments. */
export function eachMysqlLiteral(
  bytes: Buffer,
  from: number,
  to: number,
  { backslashes, ansiQuotes }: StringForms,
  visit: VisitLiteral,
): void {
  let at = from;
  while (at < to) {
    const byte = bytes[at] as number;
    if (byte === quote || (byte === doubleQuote && !ansiQuotes)) {
      const end = mysqlQuotedEnd(bytes, at, to, backslashes);
      visit('string', stringCodec(byte === doubleQuote, backslashes), at + 1, end - 1);
      at = end;
    } else if (byte === backquote || byte === doubleQuote) {
      const end = mysqlQuotedEnd(bytes, at, to, false);
      visit('name', 'raw', at + 1, end - 1);
      at = end;
    } else if (beginsLineComment(bytes, at, to) || beginsStatementComment(bytes, at, from)) {
      const end = lineEnd(bytes, at, to);
      visit('comment', 'raw', at + (byte === hyphen ? 2 : 1), end);
      at = end;
    } else if (byte === slash && bytes[at + 1] === star) at = comment(bytes, at, to, visit);
    else at += 1;
  }
}

/** The client takes two hyphens for a comment at the beginning of a line between statements. */
function beginsStatementComment(bytes: Uint8Array, at: number, from: number): boolean {
  return bytes[at] === hyphen && bytes[at + 1] === hyphen && (at === from || bytes[at - 1] === 0x0a);
}

function comment(bytes: Buffer, at: number, to: number, visit: VisitLiteral): number {
  const code = conditionalEnd(bytes, at, to);
  if (code > 0) return code;
  const end = blockCommentEnd(bytes, at, to);
  visit('comment', 'raw', at + 2, Math.max(at + 2, end - 2));
  return end;
}
