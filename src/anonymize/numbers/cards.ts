/** Card numbers: by issuer, length, grouping and check digit, which together tell them from other numbers with a check digit. */

/**
 * Networks: issuer identification numbers and lengths, as the networks publish their ranges, which ISO/IEC 7812 registers. Of 13
 * digits there are only Visa's of old. Some allow 17 or 18, but such numbers are nearly always something else (resident identity
 * cards of China, ids of Discord). Libraries for input forms (credit-card-type 10.3) accept much more, such as 12 to 19 digits behind any 6:
 * they recognise a brand while a person types, and would call a twelfth of all order numbers with a check digit cards.
 */
const networks = (
  [
    ['Visa', '4', '13 16 19'],
    ['Mastercard', '51-55 2221-2720', '16'],
    ['American Express', '34 37', '15'],
    ['Discover', '6011 644-649 65', '16 19'],
    ['Diners Club', '300-305 3095 36 38 39', '14 16 19'],
    ['JCB', '3528-3589', '16 19'],
    ['UnionPay', '62 81', '16 19'],
    [
      'Maestro, with Laser, Dankort and Bancontact',
      '5018 5019 5020 5038 5893 6304 6703 6706 6709 6759 6761-6763 6771',
      '16 19',
    ],
    ['Mir', '2200-2204', '16 19'],
    ['RuPay', '60 508 353 356', '16'],
    ['Elo', '504175 506699-506778 509 627780 636297 636368', '16'],
    ['Hiper, Hipercard', '606282 637095 637568 637599 637609 637612', '16'],
    ['Verve', '506099-506198 507865-507964', '16 19'],
    ['Troy', '9792', '16'],
    ['UzCard, Humo', '8600 9860', '16'],
    ['Napas', '9704', '16 19'],
  ] as const
).map(([, prefixes, lengths]) => ({
  prefixes: prefixes.split(' ').map((range) => range.split('-')),
  lengths: new Set(lengths.split(' ').map(Number)),
}));

/** How cards are written: in one piece, in groups of four, or as printed on cards of 14, 15 and 19 digits. */
const groupings = [
  /^\d+$/,
  /^(?:\d{4})+(?:([ -]+)\d{4}(?:\1?\d{4})*(?:\1?\d{1,3})?)$/,
  /^\d{4}([ -]+)\d{6}\1\d{4,5}$/,
  /^\d{6}[ -]+\d{10,13}$/,
];

/**
 * Whether digits are a card number.
 * @param digits how many there are between `start` and `end`
 */
export function isCard(bytes: Uint8Array, start: number, end: number, digits: number): boolean {
  if (digits < 13 || digits > 19 || digits === 17 || digits === 18 || !passesLuhn(bytes, start, end)) return false;
  const written = Buffer.from(bytes.subarray(start, end)).toString('latin1');
  if (!groupings.some((pattern) => pattern.test(written))) return false;
  const number = written.replaceAll(/[ -]/g, '');
  return isIssued(number) && !isOther(number);
}

function isIssued(number: string): boolean {
  if (/^(\d)\1*$/.test(number)) return false;
  return networks.some(
    ({ prefixes, lengths }) =>
      lengths.has(number.length) &&
      prefixes.some(([first = '', last = first]) => {
        const prefix = number.slice(0, first.length);
        return prefix >= first && prefix <= last;
      }),
  );
}

/** Other numbers whose last digit passes for that of a card. */
function isOther(number: string): boolean {
  // EAN-13, and so ISBN-13: one in ten that begin with 4, the prefix of Germany and Japan among others.
  if (number.length === 13) return isArticle(number);
  // SIRET, the number of a French establishment: the company's nine digits have a check digit of their own.
  return number.length === 14 && /^\d{9}000/.test(number) && passesLuhn(Buffer.from(number), 0, 9);
}

/** Luhn's formula (ISO/IEC 7812-1, annex B). */
function passesLuhn(bytes: Uint8Array, start: number, end: number): boolean {
  let sum = 0;
  let index = 0;
  for (let at = end - 1; at >= start; at -= 1) {
    const value = (bytes[at] as number) - 0x30;
    if (value < 0 || value > 9) continue;
    const doubled = index % 2 === 1 ? value * 2 : value;
    sum += doubled > 9 ? doubled - 9 : doubled;
    index += 1;
  }
  return sum % 10 === 0;
}

/** The check digit of EAN-13 (GS1 General Specifications, 7.9): weights 1 and 3. */
function isArticle(number: string): boolean {
  const sum = [...number].reduce((total, digit, index) => total + Number(digit) * (index % 2 === 0 ? 1 : 3), 0);
  return sum % 10 === 0;
}
