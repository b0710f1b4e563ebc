/** Quoted local parts: `"odd local"@host.example`, with the quotes in any form in which they are escaped. */
import { letter } from './characters.ts';
import { endsWith, readUnitBefore, unitClass } from './units.ts';

const backslash = 0x5c;
const doubleQuote = 0x22;
const atSign = 0x40;
const space = 0x20;
/** Bytes of a quoted part, quotes included: 64 by RFC 5321, each of which takes up to six. */
const longest = 400;

/** @returns where the opening quote of the part that ends before `at` begins; `at` when there is no quoted part */
export function quotedStart(bytes: Uint8Array, at: number, floor: number): number {
  const quote = closingQuote(bytes, at, floor);
  if (quote === '') return at;
  const opening = openingQuote(bytes, at - quote.length, Math.max(floor, at - longest), quote);
  if (opening < 0) return at;
  // A quote directly after a word closes something else.
  return unitClass(readUnitBefore(bytes, opening, floor, 0)) === letter ? at : opening;
}

/** The quote that ends before `at`, with the backslashes and doubled quotes that escape it; empty when there is none. */
function closingQuote(bytes: Uint8Array, at: number, floor: number): string {
  if (at > floor && bytes[at - 1] === doubleQuote) {
    let begin = at - 1;
    while (begin > floor && (bytes[begin - 1] === backslash || bytes[begin - 1] === doubleQuote)) begin -= 1;
    return Buffer.from(bytes.subarray(begin, at)).toString('latin1');
  }
  if (endsWith(bytes, at, floor, '&quot;')) return '&quot;';
  return endsWith(bytes, at, floor, '%22') ? '%22' : '';
}

/**
 * The nearest such quote before `end`; -1 when what it encloses has no letter, or something that a quoted part cannot have.
 */
function openingQuote(bytes: Uint8Array, end: number, floor: number, quote: string): number {
  let letters = 0;
  for (let index = end; index > floor; index -= 1) {
    if (endsWith(bytes, index, floor, quote)) {
      const begin = index - quote.length;
      // With one more backslash it is another quote.
      if (begin > floor && bytes[begin - 1] === backslash) return -1;
      return letters > 0 ? begin : -1;
    }
    const byte = bytes[index - 1] as number;
    if (byte < space || byte === atSign || byte === doubleQuote) return -1;
    if (unitClass(readUnitBefore(bytes, index, floor, 0)) === letter) letters += 1;
  }
  return -1;
}
