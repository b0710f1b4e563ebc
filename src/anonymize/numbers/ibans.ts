/** IBANs (ISO 13616), recognised by country, length and check digits. */
import { byteKinds, digit, letter } from './byte-kinds.ts';

/** Lengths by country (SWIFT's IBAN registry). */
const lengths = new Map(
  `AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DK18 DO28 EE20 EG29 ES24 FI18 FO18 FR27
  GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27
  MD24 ME22 MK19 MR27 MT31 MU30 NL18 NO15 PK24 PL28 PS29 PT25 QA29 RO24 RS22 SA24 SC31 SE24 SI19 SK24 SM27 ST25 SV28 TL23
  TN24 TR26 UA29 VA22 VG24 XK20`
    .split(/\s+/)
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))]),
);

/** Characters that may come before the first long run of digits: country, check digits, letters of the bank. */
const longestPrefix = 16;

const space = 0x20;

/** Whether the digits that start at `start` belong to an IBAN. It may begin before them. */
export function isInIban(bytes: Uint8Array, start: number, to: number): boolean {
  const floor = Math.max(0, start - longestPrefix);
  for (let at = start - 2; at >= floor; at -= 1) {
    if (!isCapital(bytes[at]) || !isCapital(bytes[at + 1]) || byteKinds[bytes[at + 2] as number] !== digit) continue;
    if (at > 0 && byteKinds[bytes[at - 1] as number] === letter) continue;
    if (isIban(bytes, at, to)) return true;
  }
  return false;
}

function isIban(bytes: Uint8Array, start: number, to: number): boolean {
  const length = lengths.get(String.fromCharCode(bytes[start] as number, bytes[start + 1] as number));
  if (length === undefined) return false;
  let text = '';
  let at = start;
  for (; at < to && text.length < length; at += 1) {
    const byte = bytes[at] as number;
    if (byte === space) continue;
    if (byteKinds[byte] !== digit && !isCapital(byte)) return false;
    text += String.fromCharCode(byte);
  }
  const after = at < to ? byteKinds[bytes[at] as number] : undefined;
  return text.length === length && after !== digit && after !== letter && isChecked(text);
}

/** ISO 7064, MOD 97-10: with the first four characters last, and letters as 10 to 35, the remainder must be 1. */
function isChecked(iban: string): boolean {
  let remainder = 0;
  for (const character of iban.slice(4) + iban.slice(0, 4))
    remainder = Number(`${remainder}${Number.parseInt(character, 36)}`) % 97;
  return remainder === 1;
}

function isCapital(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x41 && byte <= 0x5a;
}
