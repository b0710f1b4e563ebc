/** What only RFC 5322 knows before an at sign: quoted local parts (`"odd local"@host.example`) and comments (`jo(work)@host.example`). */
import { letter } from './characters.ts';
import { endsWith, readUnitBefore, unitClass } from './units.ts';

const backslash = 0x5c;
const doubleQuote = 0x22;
const space = 0x20;
const openParenthesis = 0x28;
const closeParenthesis = 0x29;
/** Bytes of a quoted part, quotes included: 64 by RFC 5321, each of which takes up to six. */
const longest = 400;

const escapedQuotes = ['&quot;', '&#34;', '&#x22;', '%22', '\\u0022', '\\x22'];
/** Before what comes next, these say that the quote opens a string: `{"a": "@b.example"}`, `alt="@b.example"`. */
const opens = /[\s=:,;([{>]$/;

/** @returns where the opening quote of the part that ends before `at` begins; `at` when there is no quoted part */
export function quotedStart(bytes: Uint8Array, at: number, floor: number): number {
  const quote = closingQuote(bytes, at, floor);
  if (quote === '') return at;
  const lowest = Math.max(floor, at - longest);
  let opening = openingQuote(bytes, at - quote.length, lowest, quote);
  // Quotes inside the part are escaped once more: `"jane \"j\""@…`.
  const last = /\\*"$/.exec(quote)?.[0] ?? quote;
  if (opening < 0 && last !== quote) opening = openingQuote(bytes, at - last.length, lowest, last);
  if (opening < 0) return at;
  // A quote directly after a word closes something else.
  return unitClass(readUnitBefore(bytes, opening, floor)) === letter ? at : opening;
}

/** The quote that ends before `at`, with the backslashes and doubled quotes that escape it; empty when there is none. */
function closingQuote(bytes: Uint8Array, at: number, floor: number): string {
  if (at > floor && bytes[at - 1] === doubleQuote) {
    let begin = at - 1;
    while (begin > floor && (bytes[begin - 1] === backslash || bytes[begin - 1] === doubleQuote)) begin -= 1;
    return Buffer.from(bytes.subarray(begin, at)).toString('latin1');
  }
  return escapedQuotes.find((quote) => endsWith(bytes, at, floor, quote)) ?? '';
}

/**
 * The nearest such quote before `end`; -1 when what it encloses has no letter, or something that a quoted part cannot have.
 */
function openingQuote(bytes: Uint8Array, end: number, floor: number, quote: string): number {
  if (end > floor && opens.test(String.fromCharCode(bytes[end - 1] as number))) return -1;
  let letters = 0;
  for (let index = end; index > floor; index -= 1) {
    if (endsWith(bytes, index, floor, quote)) {
      const begin = index - quote.length;
      // With one more backslash it is a quote inside the part.
      if (begin > floor && bytes[begin - 1] === backslash) {
        index = begin;
        continue;
      }
      return letters > 0 ? begin : -1;
    }
    const byte = bytes[index - 1] as number;
    if (byte < space || (byte === doubleQuote && quote === '"')) return -1;
    if (unitClass(readUnitBefore(bytes, index, floor)) === letter) letters += 1;
  }
  return -1;
}

/** Bytes of a comment, parentheses included. */
const longestComment = 122;

/** @returns where the comment that ends before `at` begins; `at` when there is none, or nothing in front of it */
export function commentStart(bytes: Uint8Array, at: number, floor: number): number {
  if (at <= floor || bytes[at - 1] !== closeParenthesis) return at;
  let depth = 1;
  for (let index = at - 2; index > floor && at - index <= longestComment; index -= 1) {
    const byte = bytes[index] as number;
    if (byte === closeParenthesis) depth += 1;
    if (byte === openParenthesis) depth -= 1;
    if (depth === 0) return unitClass(readUnitBefore(bytes, index, floor)) === letter ? index : at;
    if (byte < space || byte === doubleQuote) return at;
  }
  return at;
}

/** @returns where the comment that begins at `from` ends; `from` when there is none */
export function commentEnd(bytes: Uint8Array, from: number, to: number): number {
  if (from >= to || bytes[from] !== openParenthesis) return from;
  let depth = 1;
  for (let index = from + 1; index < to && index - from < longestComment; index += 1) {
    const byte = bytes[index] as number;
    if (byte === openParenthesis) depth += 1;
    if (byte === closeParenthesis) depth -= 1;
    if (depth === 0) return index + 1;
    if (byte < space || byte === doubleQuote) return from;
  }
  return from;
}
