/** Phone numbers, IBANs and card numbers in text, told from other numbers by their form and their check digits. */

export type NumberKind = 'phones' | 'ibans' | 'cards';

/** Lengths of IBANs by country (ISO 13616, SWIFT's registry). */
const ibanLengths = new Map(
  Object.entries({
    AD: 24,
    AE: 23,
    AL: 28,
    AT: 20,
    AZ: 28,
    BA: 20,
    BE: 16,
    BG: 22,
    BH: 22,
    BR: 29,
    BY: 28,
    CH: 21,
    CR: 22,
    CY: 28,
    CZ: 24,
    DE: 22,
    DK: 18,
    DO: 28,
    EE: 20,
    EG: 29,
    ES: 24,
    FI: 18,
    FO: 18,
    FR: 27,
    GB: 22,
    GE: 22,
    GI: 23,
    GL: 18,
    GR: 27,
    GT: 28,
    HR: 21,
    HU: 28,
    IE: 22,
    IL: 23,
    IQ: 23,
    IS: 26,
    IT: 27,
    JO: 30,
    KW: 30,
    KZ: 20,
    LB: 28,
    LC: 32,
    LI: 21,
    LT: 20,
    LU: 20,
    LV: 21,
    LY: 25,
    MC: 27,
    MD: 24,
    ME: 22,
    MK: 19,
    MR: 27,
    MT: 31,
    MU: 30,
    NL: 18,
    NO: 15,
    PK: 24,
    PL: 28,
    PS: 29,
    PT: 25,
    QA: 29,
    RO: 24,
    RS: 22,
    SA: 24,
    SC: 31,
    SE: 24,
    SI: 19,
    SK: 24,
    SM: 27,
    ST: 25,
    SV: 28,
    TL: 23,
    TN: 24,
    TR: 26,
    UA: 29,
    VA: 22,
    VG: 24,
    XK: 20,
  }),
);

const digit = 1;
/** What may stand between the digits of one number. */
const between = 2;
const letter = 3;
const kinds = new Uint8Array(256);
for (let byte = 0; byte < 256; byte += 1) {
  const character = String.fromCharCode(byte);
  if (/\d/.test(character)) kinds[byte] = digit;
  else if (/[ \-/()]/.test(character)) kinds[byte] = between;
  else if (/[A-Za-z_]/.test(character) || byte >= 0x80) kinds[byte] = letter;
}

/** Digits of the shortest number that is looked at. */
export const fewestDigits = 9;

/** Separators that may follow each other inside a number. */
const gap = 2;

/** Calls `visit` for every number found between `from` and `to`. */
export function findNumbers(
  bytes: Uint8Array,
  from: number,
  to: number,
  visit: (kind: NumberKind, at: number) => void,
): void {
  let at = from;
  let floor = from;
  while (at < to) {
    // Of three bytes in a row of a number one is a digit.
    if (kinds[bytes[at] as number] !== digit) {
      at += gap + 1;
      continue;
    }
    let start = at;
    for (let back = at - 1; back >= floor && start - back <= gap + 1; back -= 1) {
      const kind = kinds[bytes[back] as number];
      if (kind === digit) start = back;
      else if (kind !== between) break;
    }
    let digits = 0;
    let last = start;
    for (at = start; at < to; at += 1) {
      const kind = kinds[bytes[at] as number];
      if (kind === digit) {
        digits += 1;
        last = at + 1;
      } else if (kind !== between || at - last >= gap) break;
    }
    if (digits >= fewestDigits) look(bytes, start, last, floor, to, digits, visit);
    floor = last;
  }
}

function look(
  bytes: Uint8Array,
  start: number,
  end: number,
  from: number,
  to: number,
  digits: number,
  visit: (kind: NumberKind, at: number) => void,
): void {
  let before = start > from ? (bytes[start - 1] as number) : 0x20;
  // The letter of an escape, such as the line end in JSON.
  if (start - 2 >= from && bytes[start - 2] === 0x5c && /[nrtbf]/.test(String.fromCharCode(before))) before = 0x20;
  const after = end < to ? (bytes[end] as number) : 0x20;
  if (kinds[before] === letter || before === 0x20) {
    const begin = ibanBegin(bytes, start, Math.max(0, start - longestPrefix), to);
    if (begin >= 0) {
      visit('ibans', start);
      return;
    }
  }
  if (kinds[before] === letter || kinds[after] === letter || before === 0x2e || after === 0x2e) return;
  if (digits >= 13 && digits <= 19 && isCard(bytes, start, end, digits)) visit('cards', start);
  else if (isPhone(bytes, start, end, before, digits)) visit('phones', start);
}

/** Characters of an IBAN that may stand before its long row of digits: country, check digits, letters of the bank. */
const longestPrefix = 16;

/** Where an IBAN begins whose digits begin at `start`; -1 when none does. */
function ibanBegin(bytes: Uint8Array, start: number, floor: number, to: number): number {
  for (let at = start - 2; at >= floor; at -= 1) {
    if (!isCapital(bytes[at]) || !isCapital(bytes[at + 1]) || kinds[bytes[at + 2] as number] !== digit) continue;
    if (at > 0 && kinds[bytes[at - 1] as number] === letter) continue;
    if (isIban(bytes, at, to)) return at;
  }
  return -1;
}

function isCapital(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x41 && byte <= 0x5a;
}

/** ISO 7064, MOD 97-10: the first four characters go last, letters count from 10, and the remainder must be 1. */
function isIban(bytes: Uint8Array, start: number, to: number): boolean {
  const length = ibanLengths.get(String.fromCharCode(bytes[start] as number, bytes[start + 1] as number));
  if (length === undefined) return false;
  let text = '';
  let at = start;
  for (; at < to && text.length < length; at += 1) {
    const byte = bytes[at] as number;
    if (byte === 0x20) continue;
    const isDigit = byte >= 0x30 && byte <= 0x39;
    if (!isDigit && !isCapital(byte)) return false;
    text += String.fromCharCode(byte);
  }
  if (
    text.length < length ||
    (at < to && (kinds[bytes[at] as number] === digit || kinds[bytes[at] as number] === letter))
  )
    return false;
  let remainder = 0;
  for (const character of text.slice(4) + text.slice(0, 4))
    remainder = Number(`${remainder}${Number.parseInt(character, 36)}`) % 97;
  return remainder === 1;
}

/** Issuers begin with 2 to 6 (ISO/IEC 7812), and the digits satisfy Luhn's formula. */
function isCard(bytes: Uint8Array, start: number, end: number, digits: number): boolean {
  const first = (bytes[start] as number) - 0x30;
  if (first < 2 || first > 6) return false;
  let sum = 0;
  let index = 0;
  let same = true;
  for (let at = end - 1; at >= start; at -= 1) {
    const value = (bytes[at] as number) - 0x30;
    if (value < 0 || value > 9) continue;
    if (value !== first) same = false;
    const doubled = index % 2 === 1 ? value * 2 : value;
    sum += doubled > 9 ? doubled - 9 : doubled;
    index += 1;
  }
  return !same && digits !== 18 && sum % 10 === 0;
}

/** With a plus and the country, with the area in front in groups of three, three and four, or with a leading zero. */
function isPhone(bytes: Uint8Array, start: number, end: number, before: number, digits: number): boolean {
  if (digits > 15) return false;
  const plus = before === 0x2b;
  // What most numbers are not is told from their first byte: a call for each date of a dump would cost more than the dates.
  if (!plus && bytes[start] !== 0x30 && !hasAreaGroups(bytes, start, end)) return false;
  const text = Buffer.from(bytes.subarray(start, end)).toString('latin1');
  // Numbers for films and examples are given to nobody; nor is what a mask makes of them.
  if (/555[ -]?01\d\d$/.test(text) || !/[1-9]/.test(text)) return false;
  if (plus || bytes[start] !== 0x30) return true;
  return /^0[1-9]\d{0,4}[ /-]{1,3}\d[\d -]{4,}$/.test(text) && !/^0\d-\d\d-\d{4}/.test(text);
}

/** `202-555-0143`, `202) 555-0143`. */
function hasAreaGroups(bytes: Uint8Array, start: number, end: number): boolean {
  const length = end - start;
  if (length < 12 || length > 14 || bytes[end - 5] !== 0x2d) return false;
  const area = bytes[start + 3];
  if (area !== 0x2d && area !== 0x29) return false;
  for (const at of [start, start + 1, start + 2, end - 8, end - 7, end - 6, end - 4, end - 3, end - 2, end - 1])
    if (kinds[bytes[at] as number] !== digit) return false;
  return true;
}
