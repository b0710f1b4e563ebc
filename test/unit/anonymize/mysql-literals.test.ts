/** Literals of MySQL against a model that reads them one character after the other, as the manual describes them. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Codec, decode, encode, Scratch, toWritten } from '../../../src/anonymize/format/codec.ts';
import { RowSplitter } from '../../../src/anonymize/format/mysql/rows.ts';
import { textAt } from '../../../src/anonymize/format/mysql/values.ts';

/** MySQL manual, "String Literals": table of special character escape sequences. */
const special: Readonly<Record<string, string>> = {
  '0': '\0',
  "'": "'",
  '"': '"',
  b: '\b',
  n: '\n',
  r: '\r',
  t: '\t',
  Z: '\x1a',
  '\\': '\\',
  '%': '\\%',
  _: '\\_',
};

/** The text of what stands between the quotes; undefined when a quote would end the literal before. */
function modelOf(written: string, quote: string, backslashes: boolean): string | undefined {
  let text = '';
  for (let at = 0; at < written.length; at += 1) {
    const one = written.charAt(at);
    if (one === '\\' && backslashes) {
      at += 1;
      if (at === written.length) return undefined;
      text += special[written.charAt(at)] ?? written.charAt(at);
    } else if (one === quote) {
      at += 1;
      if (written.charAt(at) !== quote) return undefined;
      text += quote;
    } else text += one;
  }
  return text;
}

const forms = fc.constantFrom<readonly [Codec, string, boolean]>(
  ['mysql', "'", true],
  ['mysql-double', '"', true],
  ['string', "'", false],
  ['double-string', '"', false],
);
/** Mostly characters that mean something. */
const characters = fc.oneof(
  fc.constantFrom(...'\\\'"%_0bnrtZ`,();@x-#/* '),
  fc.integer({ min: 0, max: 255 }).map((byte) => String.fromCharCode(byte)),
);
const texts = fc.array(characters, { maxLength: 40 }).map((parts) => parts.join(''));
const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');
const scratch = new Scratch();
const decoded = (written: Buffer, codec: Codec): string =>
  scratch.bytes.toString('latin1', 0, decode(written, 0, written.length, codec, scratch));

test('literals mean what the model says', () => {
  let read = 0;
  fc.assert(
    fc.property(forms, texts, ([codec, quote, backslashes], written) => {
      const text = modelOf(written, quote, backslashes);
      if (text === undefined) return;
      read += 1;
      expect(decoded(latin1(written), codec)).toBe(text);
    }),
    { numRuns: 2000 },
  );
  expect(read).toBeGreaterThan(500);
});

test('what is written means the text, for the model too; every byte, and none', () => {
  const written = (text: string, codec: Codec): string => encode(latin1(text), codec).toString('latin1');
  const all = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte));
  fc.assert(
    fc.property(forms, texts, ([codec, quote, backslashes], text) => {
      for (const one of [text, '', ...all]) expect(modelOf(written(one, codec), quote, backslashes)).toBe(one);
    }),
    { numRuns: 50 },
  );
});

test('a position in the text is one in the literal, where the same text follows', () => {
  fc.assert(
    fc.property(forms, texts, fc.nat(), ([codec, quote, backslashes], written, seed) => {
      const text = modelOf(written, quote, backslashes);
      if (text === undefined || text === '') return;
      const positions = [seed % text.length];
      const bytes = latin1(written);
      toWritten(bytes, 0, bytes.length, codec, positions, 1);
      expect(decoded(bytes.subarray(positions[0]), codec)).toBe(text.slice(seed % text.length));
    }),
    { numRuns: 1000 },
  );
});

describe('rows', () => {
  interface Value {
    readonly written: string;
    readonly text: string;
  }
  const blanks = fc.constantFrom('', ' ', '\n\t');
  const writtenValue = (backslashes: boolean): fc.Arbitrary<Value> =>
    fc.oneof(
      fc.constantFrom('NULL', '0', '-1.5e3', 'DEFAULT', "b'101'", 'TRUE').map((one) => ({ written: one, text: one })),
      fc.uint8Array({ maxLength: 20 }).map((bytes) => {
        const digits = Buffer.from(bytes).toString('hex');
        return { written: digits === '' ? "X''" : `0x${digits}`, text: Buffer.from(bytes).toString('latin1') };
      }),
      fc.tuple(texts, fc.boolean(), fc.constantFrom('', '_utf8mb4', '_binary ', 'N')).map(([text, double, prefix]) => {
        const codec: Codec = backslashes ? (double ? 'mysql-double' : 'mysql') : double ? 'double-string' : 'string';
        const quote = double ? '"' : "'";
        return { written: `${prefix}${quote}${encode(latin1(text), codec).toString('latin1')}${quote}`, text };
      }),
    );
  const rowsOf = fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 4 })).chain(([backslashes, width]) =>
    fc.record({
      backslashes: fc.constant(backslashes),
      blank: blanks,
      rows: fc.array(fc.array(writtenValue(backslashes), { minLength: width, maxLength: width }), {
        minLength: 1,
        maxLength: 6,
      }),
    }),
  );

  test('are split into the values that were written, wherever the bytes end', () => {
    fc.assert(
      fc.property(rowsOf, fc.nat(), ({ backslashes, blank, rows }, seed) => {
        const sql = `${blank}${rows.map((row) => `(${row.map(({ written }) => blank + written).join(`${blank},`)}${blank})`).join(`${blank},${blank}`)}${blank};`;
        const bytes = latin1(sql);
        const splitter = new RowSplitter();
        const texts: string[] = [];
        const take = (from: number, to: number, first: boolean): number => {
          splitter.split(bytes, from, to, first, { backslashes, ansiQuotes: false });
          for (let index = 0; index < splitter.batch.count; index += 1)
            texts.push(textAt(splitter.batch, index).toString('latin1'));
          return splitter.batch.rows === 0 ? from : splitter.batch.to;
        };
        // First up to any byte, then the rest.
        const cut = seed % bytes.length;
        const read = take(0, cut, true);
        expect(splitter.outcome).toBe('more');
        take(read, bytes.length, read === 0);
        expect(splitter.outcome).toBe('end');
        expect(texts).toEqual(rows.flat().map(({ text }) => text));
      }),
      { numRuns: 500 },
    );
  });
});
