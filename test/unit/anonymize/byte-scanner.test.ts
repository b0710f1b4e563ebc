/** What WebAssembly finds in sixteen bytes at a time, against a search byte by byte. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { atSignLength, Candidates } from '../../../src/anonymize/emails/at-signs.ts';
import { type BytePattern, ByteScanner, rowBytes } from '../../../src/anonymize/kernels/byte-scanner.ts';

/** More than two windows of 32 KiB, so that what is searched also crosses their borders. */
const length = 70_000;

/** Letters of the alphabet in an order that the seed decides, so that every failure can be repeated. */
function bytesOf(seed: number, alphabet: string, size: number = length): Buffer {
  const letters = Buffer.from(alphabet, 'latin1');
  const out = Buffer.alloc(size);
  let state = seed >>> 0;
  for (let index = 0; index < size; index += 1) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    out[index] = letters[(state >>> 16) % letters.length] as number;
  }
  return out;
}

const everyByte = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte)).join('');

function candidatesIn(bytes: Buffer, from: number, to: number): number[] {
  const candidates = new Candidates();
  candidates.begin(bytes, from, to);
  const positions: number[] = [];
  for (let at = candidates.next(from); at < to; at = candidates.next(at + 1)) positions.push(at);
  return positions;
}

/** Everything that the scanner finds. */
function positionsOf(scanner: ByteScanner, bytes: Buffer, from: number, to: number): number[] {
  scanner.begin(bytes, from, to);
  const positions: number[] = [];
  for (let at = scanner.next(); at < to; at = scanner.next()) positions.push(at);
  return positions;
}

describe('the byte scanner', () => {
  const byte = fc.nat({ max: 255 });
  /** Second bytes that differ in one half only, without the zero. */
  const second = fc
    .tuple(byte, fc.boolean(), fc.uniqueArray(fc.nat({ max: 15 }), { minLength: 1, maxLength: 16 }))
    .map(([fixed, low, halves]) => halves.map((half) => (low ? (fixed & 0xf0) | half : (half << 4) | (fixed & 15))))
    .filter((bytes) => !bytes.includes(0));
  const pattern: fc.Arbitrary<BytePattern> = fc.oneof(
    byte,
    fc.tuple(byte, second).map(([first, others]) => [first, ...others] as const),
  );
  const matches = (one: BytePattern, bytes: Buffer, at: number, to: number): boolean => {
    if (typeof one === 'number') return bytes[at] === one;
    const [first, ...others] = one;
    return bytes[at] === first && at + 1 < to && others.includes(bytes[at + 1] as number);
  };

  test('finds what a search byte by byte finds, for any set of patterns', () => {
    fc.assert(
      fc.property(
        fc.array(pattern, { minLength: 1, maxLength: 8 }),
        fc.nat(),
        fc.nat({ max: 70 }),
        fc.oneof(fc.nat({ max: 40 }), fc.integer({ min: 32_700, max: 32_800 }), fc.nat({ max: length - 70 })),
        (patterns, seed, from, size) => {
          // Half of the bytes are those of the patterns.
          const letters = patterns.flat().map((one) => String.fromCharCode(one as number));
          const bytes = bytesOf(
            seed,
            `${letters.join('')}${everyByte.slice(0, Math.max(1, letters.length))}`,
            from + size + 1,
          );
          const to = from + size;
          const expected: number[] = [];
          for (let at = from; at < to; at += 1)
            if (patterns.some((one) => matches(one, bytes, at, to))) expected.push(at);
          // As text, since arrays of this length are compared slowly.
          expect(positionsOf(new ByteScanner(patterns), bytes, from, to).join(' ')).toBe(expected.join(' '));
        },
      ),
      { numRuns: 60 },
    );
  });

  test('forgets earlier bytes when it starts over', () => {
    const scanner = new ByteScanner(rowBytes);
    expect(positionsOf(scanner, Buffer.from('a\tb\tc\n'), 0, 6)).toEqual([1, 3, 5]);
    expect(positionsOf(scanner, Buffer.from('abc'), 0, 3)).toEqual([]);
  });

  test('refuses more than eight patterns', () => {
    expect(() => new ByteScanner([1, 2, 3, 4, 5, 6, 7, 8, 9])).toThrow('8 patterns, not 9');
  });

  test('finds every combination of the halves of several bytes', () => {
    const scanner = new ByteScanner([0x40, [[0x65, 0x45], 0x36], [0x25, 0x32, 0x45]]);
    const bytes = Buffer.from('%2 %E %B %5 %3 e6 E6 e5 d6 @');
    expect(positionsOf(scanner, bytes, 0, bytes.length)).toEqual([0, 3, 6, 9, 15, 18, 27]);
  });
});

describe('places that may hold an at sign', () => {
  test('include every sign in any form, at any position', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0 }),
        fc.integer({ min: 0, max: 70 }),
        fc.integer({ min: length - 70, max: length }),
        (seed, from, to) => {
          const bytes = bytesOf(seed, '@%240&#c=\\ux5x\xef\xbc\xb9\xa0\xab z');
          const found = candidatesIn(bytes, from, to);
          let next = 0;
          for (let at = from; at < to; at += 1) {
            const size = atSignLength(bytes, at, to);
            if (size === 0) continue;
            while (next < found.length && (found[next] as number) < at) next += 1;
            expect(found[next]).toBeLessThan(at + size);
          }
        },
      ),
      { numRuns: 15 },
    );
  });

  test('leave out escapes of other characters', () => {
    const text = '%20 %25ab \\u00e9 \\n \\x41 &amp; &nbsp; &#39; e.g. 36 =3D ?a';
    expect(candidatesIn(Buffer.from(text), 0, text.length)).toEqual([]);
  });

  test('hold every form that is an at sign', () => {
    const forms = [
      '@',
      '%40',
      '%2540',
      '\\u0040',
      '\\x40',
      '&#64;',
      '&#x40;',
      '&commat;',
      '&amp;#64;',
      '&amp;amp;commat;',
      '%252540',
      '%u0040',
      '%26%2364%3B',
      '\\u0026#64;',
      '\\x{40}',
      '\\u{40}',
      '\\U00000040',
      '%EF%BC%A0',
      '\\uff20',
      '\xef\xbc\xa0',
      '\xef\xb9\xab',
    ];
    for (const form of forms)
      for (const before of [0, 1, 14, 15, 16, 32_766, 32_767, 32_768]) {
        const bytes = Buffer.from(`${'a'.repeat(before)}${form}b`, 'latin1');
        expect({ form, before, positions: candidatesIn(bytes, 0, bytes.length) }).toEqual({
          form,
          before,
          positions: [before],
        });
      }
  });

  test('do not include what follows the end', () => {
    expect(candidatesIn(Buffer.from('aaa%40'), 0, 4)).toEqual([]);
    expect(candidatesIn(Buffer.from('aaa@'), 0, 3)).toEqual([]);
  });
});

describe('rows', () => {
  test('are split at tabs and line ends, and fields with backslashes are named', () => {
    const scanner = new ByteScanner(rowBytes);
    const bytes = bytesOf(7, 'abcdefghijk\t\t\\\n');
    const to = bytes.lastIndexOf(0x0a) + 1;
    scanner.begin(bytes, 0, to);
    const [starts, escaped] = [[] as number[], [] as boolean[]];
    const read: string[][] = [];
    const backslashes: boolean[][] = [];
    for (let row = 0; row < to; ) {
      const fields = scanner.fields(row, starts, escaped);
      read.push(
        starts
          .slice(0, fields)
          .map((start, index) => bytes.toString('latin1', start, (starts[index + 1] as number) - 1)),
      );
      backslashes.push(escaped.slice(0, fields));
      row = starts[fields] as number;
    }
    const expected = bytes
      .toString('latin1', 0, to - 1)
      .split('\n')
      .map((line) => line.split('\t'));
    expect(read).toEqual(expected);
    expect(backslashes).toEqual(expected.map((row) => row.map((field) => field.includes('\\'))));
  });
});
