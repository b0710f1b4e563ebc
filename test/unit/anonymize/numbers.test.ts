/** Numbers in texts: what is a card number, an IBAN or a phone number, and what only looks like one. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { findNumbers, type NumberKind } from '../../../src/anonymize/numbers/find-numbers.ts';

function kindsIn(text: string): NumberKind[] {
  const found: NumberKind[] = [];
  const bytes = Buffer.from(text);
  findNumbers(bytes, 0, bytes.length, (kind, _from, _to, passes) => {
    if (passes) found.push(kind);
  });
  return found;
}

function luhnDigit(digits: string): string {
  const sum = [...digits].toReversed().reduce((total, digit, index) => {
    const value = Number(digit) * (index % 2 === 0 ? 2 : 1);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return String((10 - (sum % 10)) % 10);
}

function eanDigit(digits: string): string {
  const sum = [...digits].reduce((total, digit, index) => total + Number(digit) * (index % 2 === 0 ? 1 : 3), 0);
  return String((10 - (sum % 10)) % 10);
}

const digits = (length: number): fc.Arbitrary<string> =>
  fc.array(fc.integer({ min: 0, max: 9 }), { minLength: length, maxLength: length }).map((list) => list.join(''));

describe('card numbers', () => {
  // The numbers that the networks and payment services publish for tests.
  test.each([
    ['Visa', '4111111111111111 4012888888881881 4242424242424242 4000056655665556 4222222222222 4988080000000000'],
    ['Mastercard', '5555555555554444 5105105105105100 2223003122003222 2720994326581252 5454545454545454'],
    ['American Express', '378282246310005 371449635398431 378734493671000'],
    ['Discover', '6011111111111117 6011000990139424 6445644564456445'],
    ['Diners Club', '30569309025904 38520000023237 36227206271667 36700102000000'],
    ['JCB', '3530111333300000 3566002020360505 3569990010095841'],
    ['UnionPay', '6200000000000005 6205500000000000004 6250941006528599'],
    ['Maestro', '6759649826438453 6304000000000000 5020620000000000 6703444444444449 6771798021000008'],
    ['Mir', '2200000000000004 2204290100000006'],
    ['Elo', '5066991111111118 6362970000457013 5041750000000000'],
    ['Hiper and Hipercard', '6062826786276634 6370950000000005'],
    ['UzCard and Humo', '8600000000000007 9860000000000000'],
    ['Troy', '9792030394440796'],
  ])('of %s', (_network, numbers) => {
    for (const number of numbers.split(' ')) {
      expect({ number, found: kindsIn(number) }).toEqual({ number, found: ['cards'] });
      expect(kindsIn(`card=${number}, paid`)).toEqual(['cards']);
      const grouped = number.replaceAll(/(\d{4})(?=\d)/g, '$1 ');
      expect({ grouped, found: kindsIn(grouped) }).toEqual({ grouped, found: ['cards'] });
      expect(kindsIn(grouped.replaceAll(' ', '-'))).toEqual(['cards']);
    }
  });

  test.each([
    '3782 822463 10005',
    '3056 930902 5904',
    '41111111 11111111',
    '620550 0000000000004',
    '4111  1111  1111  1111',
    '4111.1111.1111.1111',
    '4111\u00a01111\u00a01111\u00a01111',
    '4111\u202f1111\u202f1111\u202f1111',
    '4111\u20111111\u20111111\u20111111',
  ])('as printed: %s', (number) => {
    expect(kindsIn(number)).toEqual(['cards']);
  });

  test.each([
    ['an end of a sentence', 'paid with 4111 1111 1111 1111.', 1],
    ['its expiry and its code', '4111 1111 1111 1111 12/27 123', 1],
    ['its code', '4111111111111111 123', 1],
    ['a date', '2026-11-21 4111111111111111 2027-01', 1],
    ['a postcode', '378282246310005 10115 Berlin', 1],
    ['another card', '4111111111111111 5500005555555559', 2],
    ['another card in groups', '4111 1111 1111 1111 5500 0055 5555 5559', 2],
    ['another card behind a slash', '4111111111111111/5500005555555559', 2],
    ['a card of American Express', '12 3782 822463 10005 99', 1],
  ])('stand beside %s: %s', (_what, text, count) => {
    expect(kindsIn(text)).toEqual(Array.from({ length: count }, () => 'cards'));
  });

  test.each([
    ['groups of a fingerprint', '1372 4111 1111 1111 1111 9230 6487 2726 4429 4010'],
    ['groups of tracking numbers', '9400 4111 1111 1111 1111 98'],
    ['a longer number', '4111-1111-1111-1111-55'],
    ['decimals', '0.4111111111111111 4.4111111111111111'],
  ])('are not parts of %s: %s', (_what, text) => {
    expect(kindsIn(text)).toEqual([]);
  });

  test('are not EAN-13 or ISBN-13', () => {
    fc.assert(
      fc.property(fc.constantFrom('4', '40', '49', '978', '979', '2', '5'), digits(12), (prefix, rest) => {
        const code = (prefix + rest).slice(0, 12);
        expect(kindsIn(code + eanDigit(code))).not.toContain('cards');
      }),
      { numRuns: 2000 },
    );
  });

  test.each([
    ['IMEI', '490154203237518 356938035643809 868932036356090 352099001761481'],
    ['milliseconds since 1970', '1700000000004 1763999999992 1893456000007'],
    ['microseconds and nanoseconds since 1970', '1763999999000003 1763999999000000001'],
    ['SIRET', '36252187900034 30372179300011 38229544200121'],
    ['ICCID', '8931440300000000001 89490200001234567896'],
    ['ids of Discord', '412345678901234566 80351110224678912'],
    ['orders', '7000000000000003 8000000000000002 0000000000000000 4444444444444444 6666666666666666'],
    ['dates', '2026-11-21 2026-11-22 20261121-20261122'],
    ['ranges', '4111-4111-1111/1111 (4111) 111111111111'],
    ['parts of words', 'a4111111111111111 4111111111111111b 1.4111111111111111'],
  ])('are not %s', (_what, numbers) => {
    for (const number of numbers.split(' ')) expect({ number, found: kindsIn(number) }).toEqual({ number, found: [] });
    expect(kindsIn(numbers)).toEqual([]);
  });

  test('are not phone numbers with a plus, whatever their last digit', () => {
    fc.assert(
      fc.property(digits(11), (rest) => {
        const number = `49${rest}`;
        expect(kindsIn(`+${number.slice(0, -1)}${luhnDigit(number.slice(0, -1))}`)).not.toContain('cards');
      }),
    );
  });

  test('are not versions of migrations, which are times', () => {
    const part = (from: number, to: number) =>
      fc.integer({ min: from, max: to }).map((n) => String(n).padStart(2, '0'));
    const time = fc.tuple(part(1980, 2099), part(1, 12), part(1, 31), part(0, 23), part(0, 59), part(0, 59));
    fc.assert(
      fc.property(time, (parts) => {
        expect(kindsIn(parts.join(''))).toEqual([]);
        expect(kindsIn(`${parts.slice(0, 3).join('')}_${parts.slice(3).join('')}`)).toEqual([]);
        expect(kindsIn(`${parts.slice(0, 3).join('-')} ${parts.slice(3).join(':')}.123456+00`)).toEqual([]);
      }),
      { numRuns: 2000 },
    );
  });

  test('are not personal numbers of Sweden and Norway', () => {
    fc.assert(
      fc.property(digits(8), digits(3), (day, serial) => {
        const number = `${day}-${serial}`;
        const swedish = `${number}${luhnDigit((day + serial).slice(2))}`;
        for (const text of [swedish, swedish.slice(2), `${swedish} ${swedish}`, `${day}${serial}`])
          expect(kindsIn(text)).not.toContain('cards');
      }),
    );
  });

  test('of every network are found with their check digit alone', () => {
    const prefix = fc.constantFrom(
      '4',
      '51',
      '55',
      '2221',
      '2720',
      '6011',
      '649',
      '3528',
      '3589',
      '62',
      '2200',
      '6761',
    );
    fc.assert(
      fc.property(prefix, digits(15), (begin, rest) => {
        const number = (begin + rest).slice(0, 15);
        const check = Number(luhnDigit(number));
        expect(kindsIn(`${number}${check}`)).toEqual(['cards']);
        expect(kindsIn(`${number}${(check + 1) % 10}`)).not.toContain('cards');
      }),
    );
  });
});

describe('IBANs', () => {
  // Examples of SWIFT's IBAN registry.
  test.each([
    'AD1200012030200359100100',
    'AE070331234567890123456',
    'BE68539007547034',
    'BR1800360305000010009795493C1',
    'CH9300762011623852957',
    'DE89370400440532013000',
    'FR1420041010050500013M02606',
    'GB29NWBK60161331926819',
    'IT60X0542811101000000123456',
    'LC55HEMM000100010012001200023015',
    'MT84MALT011000012345MTLCAST001S',
    'NL91ABNA0417164300',
    'NO9386011117947',
    'SE4550000000058398257466',
    'TR330006100519786457841326',
  ])('%s', (iban) => {
    expect(kindsIn(iban)).toEqual(['ibans']);
    for (const gap of [' ', '-', '.', '\u00a0', '\u202f']) {
      const grouped = iban.replaceAll(/(.{4})(?=.)/g, `$1${gap}`);
      for (const text of [`x ${grouped}, y`, grouped.toLowerCase(), `${grouped.slice(0, 2)} ${grouped.slice(2)}`])
        expect({ text, found: kindsIn(text) }).toEqual({ text, found: ['ibans'] });
    }
  });

  test('are not part of hexadecimal digits, such as those of PostGIS', () => {
    const inside = 'BE68539007547034';
    for (const text of [`0101000020E6100000${inside}`, `A${inside}`, `${inside}A`, `${inside}5`, `x_${inside}`])
      expect({ text, found: kindsIn(text) }).toEqual({ text, found: [] });
    for (const text of [`"${inside}"`, `:${inside}`, `a\\n${inside}`, `(${inside})`])
      expect({ text, found: kindsIn(text) }).toEqual({ text, found: ['ibans'] });
  });

  test('are not codes that begin like one and have right check digits, but letters where a country has none', () => {
    const checked = (country: string, account: string): string => {
      const value = [...`${account}${country}00`].map((character) => Number.parseInt(character, 36)).join('');
      return `${country}${String(98n - (BigInt(value) % 97n)).padStart(2, '0')}${account}`;
    };
    expect(kindsIn(checked('DE', '370400440532013000'))).toEqual(['ibans']);
    for (const account of ['37040044053201300X', 'ABCDEFGH0123456789', '3704A0440532013000'])
      expect(kindsIn(checked('DE', account))).not.toContain('ibans');
    expect(kindsIn(checked('GB', '012345678901234567'))).not.toContain('ibans');
  });
});

describe('codes in hexadecimal digits hold no number', () => {
  test('UUIDs', () => {
    const hex = (length: number) =>
      fc
        .array(fc.constantFrom(...'0123456789abcdef'), { minLength: length, maxLength: length })
        .map((list) => list.join(''));
    // Digits where they look most like a phone number or a card.
    const uuid = fc
      .tuple(
        fc.oneof(hex(8), digits(8)),
        fc.oneof(digits(4), fc.constant('0171')),
        digits(4),
        fc.oneof(hex(4), digits(4)),
        hex(12),
      )
      .map((parts) => parts.join('-'));
    fc.assert(
      fc.property(uuid, (id) => {
        for (const text of [
          id,
          id.toUpperCase(),
          `{"id":"${id}","of":"${id}"}`,
          `user_${id}`,
          `/a/${id}?x`,
          `{${id},${id}}`,
        ])
          expect({ text, found: kindsIn(text) }).toEqual({ text, found: [] });
      }),
      { numRuns: 1000 },
    );
  });

  test.each([
    '19EF 0331 1113 5509 BCED',
    '1E 62 0B 05 31 78 73 12 E0 96',
    '0b:05:31:78:73:12:e0',
    '03-60-26-18-17-60',
    'FACE 0331 1113 5509 DEAD',
  ])('bytes in groups: %s', (text) => expect(kindsIn(text)).toEqual([]));

  test.each(['house 12b 0171 2345678', 'ask Ada 0171 2345678', '(0171) 2345678', 'Face 0171 2345678'])(
    'but words beside a phone number are none: %s',
    (text) => expect(kindsIn(text)).toEqual(['phones']),
  );

  test.each(['902+300985846', '1e+300985846', '1.5E+300985846'])('a plus may belong to a number: %s', (text) =>
    expect(kindsIn(text)).toEqual([]),
  );
});

describe('phone numbers', () => {
  test.each([
    '+49 30 1234567',
    '+49 (0)30 1234567',
    '+49.30.1234567',
    '+49/30/1234567',
    '+49301234567',
    '+1.2025556143',
    '+1 (555) 123-4567',
    '+420 601 123 456',
    '+44 20 7946 1958',
    '+33 1 23 45 67 89',
    '(+49) 30 1234567',
    '+49\u00a030\u00a01234567',
    '+49\u201130\u20111234567',
    '%2B493012345678',
    '\\u002b493012345678',
    '&#43;493012345678',
    '+49 30 123456 2026-11-21',
    '0049 30 1234567',
    '0171 2345678',
    '030/1234567',
    '030 / 123 45 67',
    '030 - 1234567',
    '(030) 1234567',
    '01 23 45 67 89',
    '01.23.45.67.89',
    '030.123.45.67',
    '2026-11-21 0171 2345678',
    '2026-11-21 202-555-4143 10',
    '(11) 91234-5678',
    '8 (495) 123-45-67',
    '1-800-555-1234',
    '1 (555) 123-4567',
    '(555) 123-4567',
    '555-123-4567',
    '555.123.4567',
  ])('%s', (text) => {
    expect(kindsIn(text)).toEqual(['phones']);
    expect(kindsIn(`call ${text}, please`)).toEqual(['phones']);
  });

  test.each(['0171 2345678 / 0172 3456789', '0171 2345678/0172 3456789'])('two of them: %s', (text) => {
    expect(kindsIn(text)).toEqual(['phones', 'phones']);
  });

  test.each([
    ['countries that do not exist', '+210123456789 +999123456789'],
    ['differences of amounts', '+123456789 +751818902 +12.345678901'],
    ['coordinates', '+84.1674-006.3982/ 48.85771,-002.29531 +48.8577+002.2950/'],
    ['dates and times', '01-02-2024 03-04-2025 01 02 2024 10:00 01.02.2024 01/02/2024 10'],
    ['IP addresses with zeros', '010.012.003.004 010.123.045.067'],
    ['numbers of a lottery', '04 11 23 35 42 49'],
    ['VAT numbers', 'BE 0975.581.551 DE123456789'],
    ['article numbers with zeros', '00614141000036 0049301234567 0012345678905'],
    ['codes joined to letters', 'INV-0813-707339 0813-707339-A X-202-555-4143'],
    ['accounts', '06-1055-2439379-00 0119 50 21523 1234'],
  ])('are not %s', (_what, texts) => {
    for (const text of texts.split(/ (?=[+B])/)) expect({ text, found: kindsIn(text) }).toEqual({ text, found: [] });
  });
});

test('a number is found wherever it stands in a text', () => {
  const numbers = [
    '(01 23 45 67 89)',
    '+420 601 123 456',
    '4111 1111 1111 1111',
    '+49\u201130\u20111234567',
    '202-555-4143',
  ];
  fc.assert(
    fc.property(
      fc.constantFrom(...numbers),
      fc.stringMatching(/^[a-zäж文 ,.(]{0,40}$/u),
      fc.constantFrom(' ', ',', '(', '\n', '"'),
      (number, before, border) => expect(kindsIn(`${before}${border}${number} x`)).toHaveLength(1),
    ),
    { numRuns: 2000 },
  );
});
