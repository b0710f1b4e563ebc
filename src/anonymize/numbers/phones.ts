/** Phone numbers: with a plus and the country, in groups of three, three and four, or with a leading zero. */
import { byteKinds, digit } from './byte-kinds.ts';

const closeParenthesis = 0x29;
const plusSign = 0x2b;
const hyphen = 0x2d;
const zero = 0x30;

/** Digits of the longest phone number (ITU-T E.164). */
const maxDigits = 15;

/** @param before the byte before the first digit */
export function isPhone(bytes: Uint8Array, start: number, end: number, before: number, digits: number): boolean {
  if (digits > maxDigits) return false;
  const plus = before === plusSign;
  // Most numbers are excluded by their first byte: turning every date of a dump into text would cost more than the dates.
  if (!plus && bytes[start] !== zero && !hasAreaGroups(bytes, start, end)) return false;
  const text = Buffer.from(bytes.subarray(start, end)).toString('latin1');
  // Numbers reserved for fiction belong to nobody; neither does what a mask leaves of a number.
  if (/555[ -]?01\d\d$/.test(text) || !/[1-9]/.test(text)) return false;
  // A MAC address may have no letters.
  if (/^\d\d(-\d\d){5}$/.test(text)) return false;
  if (plus || bytes[start] !== zero) return true;
  return /^0[1-9]\d{0,4}[ /)-]{1,3}\d[\d -]{4,}$/.test(text) && !/^0\d-\d\d-\d{4}/.test(text);
}

/** `202-555-0143`, `202) 555-0143`. */
function hasAreaGroups(bytes: Uint8Array, start: number, end: number): boolean {
  const length = end - start;
  if (length < 12 || length > 14 || bytes[end - 5] !== hyphen) return false;
  const afterArea = bytes[start + 3];
  if (afterArea !== hyphen && afterArea !== closeParenthesis) return false;
  return isDigits(bytes, start, 3) && isDigits(bytes, end - 8, 3) && isDigits(bytes, end - 4, 4);
}

function isDigits(bytes: Uint8Array, from: number, count: number): boolean {
  for (let at = from; at < from + count; at += 1) if (byteKinds[bytes[at] as number] !== digit) return false;
  return true;
}
