/** IBANs (ISO 13616), recognised by country, length and check digits. */
import { byteKinds, digit, letter, separator } from './byte-kinds.ts';

/**
 * Structures by country, after the check digits, as in SWIFT's IBAN registry: how many digits (n), capital letters (a), or either (c).
 */
const structures = new Map(
  `AD8n12c AE19n AL8n16c AT16n AZ4a20c BA16n BE12n BG4a6n8c BH4a14c BI23n BR23n1a1c BY4c4n16c CH5n12c CR18n CY8n16c CZ20n DE18n
  DJ23n DK14n DO4c20n EE16n EG25n ES20n FI14n FK2a12n FO14n FR10n11c2n GB4a14n GE2a16n GI4a15c GL14n GR7n16c GT24c HN4a20n HR17n
  HU24n IE4a14n IL19n IQ4a15n IS22n IT1a10n12c JO4a4n18c KW4a22c KZ3n13c LB4n20c LC4a24c LI5n12c LT16n LU3n13c LV4a13c LY21n
  MC10n11c2n MD20c ME18n MK3n10c2n MN16n MR23n MT4a5n18c MU4a19n3a NI4a20n NL4a10n NO11n OM3n16c PK4a16c PL24n PS4a21c PT21n
  QA4a21c RO4a16c RS18n RU14n15c SA2n18c SC4a20n3a SD14n SE20n SI15n SK20n SM1a10n12c SO19n ST21n SV4a20n TL19n TN20n TR6n16c
  UA6n19c VA18n VG4a16n XK16n YE4a4n18c`
    .split(/\s+/)
    .map((entry) => [entry.slice(0, 2), structureOf(entry.slice(2))]),
);

interface Structure {
  /** Of the whole IBAN. */
  readonly length: number;
  readonly pattern: RegExp;
}

function structureOf(account: string): Structure {
  const parts = [...account.matchAll(/(\d+)([nac])/g)].map(([, count = '', kind = '']) => ({ count, kind }));
  const sets: Readonly<Record<string, string>> = { n: '[0-9]', a: '[A-Z]', c: '[0-9A-Z]' };
  return {
    length: parts.reduce((sum, { count }) => sum + Number(count), 4),
    pattern: new RegExp(`^[A-Z]{2}[0-9]{2}${parts.map(({ count, kind }) => `${sets[kind]}{${count}}`).join('')}$`),
  };
}

/** Characters that may come before the first long run of digits: country, check digits, letters of the bank. */
const longestPrefix = 16;
/** Characters that may come between the groups of an IBAN. */
const longestGap = 3;

const backslash = 0x5c;

/** Where an IBAN is. */
interface Found {
  start: number;
  end: number;
}

/** Whether the digits that start at `start` belong to an IBAN. It may begin before them. @param found set when they do */
export function isInIban(bytes: Uint8Array, start: number, to: number, found: Found): boolean {
  const floor = Math.max(0, start - longestPrefix);
  for (let at = start - 2; at >= floor; at -= 1) {
    if (!isLetter(bytes[at]) || !isLetter(bytes[at + 1]) || !isFollowedByDigit(bytes, at + 2)) continue;
    // In hexadecimal digits such as those of PostGIS, letters and digits go on to both sides.
    const before = at > 0 ? byteKinds[bytes[at - 1] as number] : undefined;
    if ((before === letter || before === digit) && !followsEscape(bytes, at)) continue;
    if (isIban(bytes, at, to, found)) return true;
  }
  return false;
}

/** `DE89…`, `DE 89 …`. */
function isFollowedByDigit(bytes: Uint8Array, at: number): boolean {
  const kind = byteKinds[bytes[at] as number];
  return kind === digit || (kind === separator && byteKinds[bytes[at + 1] as number] === digit);
}

/** Whether the letter before belongs to an escape, such as that of a line end in JSON. */
function followsEscape(bytes: Uint8Array, at: number): boolean {
  return at > 1 && bytes[at - 2] === backslash && /[nrtbf]/.test(String.fromCharCode(bytes[at - 1] as number));
}

function isIban(bytes: Uint8Array, start: number, to: number, found: Found): boolean {
  const structure = structures.get(
    String.fromCharCode(bytes[start] as number, bytes[start + 1] as number).toUpperCase(),
  );
  if (structure === undefined) return false;
  const { length, pattern } = structure;
  let text = '';
  let at = start;
  for (let gap = 0; at < to && text.length < length; at += 1) {
    const byte = bytes[at] as number;
    if (byteKinds[byte] === separator && gap < longestGap) {
      gap += 1;
      continue;
    }
    if (byteKinds[byte] !== digit && !isLetter(byte)) return false;
    text += String.fromCharCode(byte).toUpperCase();
    gap = 0;
  }
  found.start = start;
  found.end = at;
  const after = at < to ? byteKinds[bytes[at] as number] : undefined;
  return text.length === length && after !== digit && after !== letter && pattern.test(text) && isChecked(text);
}

/** ISO 7064, MOD 97-10: with the first four characters last, and letters as 10 to 35, the remainder must be 1. */
function isChecked(iban: string): boolean {
  let remainder = 0;
  for (const character of iban.slice(4) + iban.slice(0, 4))
    remainder = Number(`${remainder}${Number.parseInt(character, 36)}`) % 97;
  return remainder === 1;
}

function isLetter(byte: number | undefined): boolean {
  return byte !== undefined && (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a;
}
