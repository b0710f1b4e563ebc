/** What WebAssembly finds, sixteen bytes at a time, against the same found one byte after the other. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { atSignLength, Candidates } from '../../../src/anonymize/emails/at-signs.ts';
import { ByteScanner, rowBytes } from '../../../src/anonymize/kernels/byte-scanner.ts';
import { KeyedHash, writeBase32, writeHex } from '../../../src/anonymize/kernels/keyed-hash.ts';
import { valueHash } from '../../../src/anonymize/leak-check/value-hashes.ts';

/** More than two windows of 32 KiB, so that what is looked for stands across their borders, too. */
const length = 70_000;

/** Bytes of which forms of the at sign are made, from a few numbers: so that each failure can be repeated. */
function bytesOf(seed: number, alphabet: string): Buffer {
  const letters = Buffer.from(alphabet, 'latin1');
  const out = Buffer.alloc(length);
  let state = seed >>> 0;
  for (let index = 0; index < length; index += 1) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    out[index] = letters[(state >>> 16) % letters.length] as number;
  }
  return out;
}

function candidatesIn(bytes: Buffer, from: number, to: number): number[] {
  const candidates = new Candidates();
  candidates.begin(bytes, from, to);
  const found: number[] = [];
  for (let at = candidates.next(from); at < to; at = candidates.next(at + 1)) found.push(at);
  return found;
}

describe('places that may hold an at sign', () => {
  test('are exactly the sign and the first two bytes of its other forms, wherever they stand', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0 }),
        fc.integer({ min: 0, max: 70 }),
        fc.integer({ min: length - 70, max: length }),
        (seed, from, to) => {
          const bytes = bytesOf(seed, '@%240&#c=\\ux5x\xef\xbc\xb9\xa0\xab z');
          const expected: number[] = [];
          for (let at = from; at < to; at += 1) {
            const pair = bytes.toString('latin1', at, Math.min(to, at + 2));
            if (/^(?:@|%[24]|&[#c]|=4|\\x|\xef[\xbc\xb9])/.test(pair)) expected.push(at);
            // A letter that JSON has escaped is one only when it is the sign.
            else if (pair === '\\u' && atSignLength(bytes, at, to) > 0) expected.push(at);
          }
          expect(candidatesIn(bytes, from, to)).toEqual(expected);
        },
      ),
      { numRuns: 15 },
    );
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
      '\xef\xbc\xa0',
      '\xef\xb9\xab',
    ];
    for (const form of forms)
      for (const before of [0, 1, 14, 15, 16, 32_766, 32_767, 32_768]) {
        const bytes = Buffer.from(`${'a'.repeat(before)}${form}b`, 'latin1');
        expect({ form, before, found: candidatesIn(bytes, 0, bytes.length) }).toEqual({
          form,
          before,
          found: [before],
        });
      }
  });

  test('do not count what stands behind the end', () => {
    expect(candidatesIn(Buffer.from('aaa%40'), 0, 4)).toEqual([]);
    expect(candidatesIn(Buffer.from('aaa@'), 0, 3)).toEqual([]);
  });
});

describe('rows', () => {
  test('are taken apart as by splitting them, with the fields that hold backslashes', () => {
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

describe('what is written of a hash', () => {
  const hash = new KeyedHash(Buffer.from('key'), 'test').digest(Buffer.from('value'), 0, 5).slice();
  const whole = Buffer.alloc(32);
  hash.forEach((word, index) => {
    whole.writeUInt32BE(word, 4 * index);
  });

  test.each([1, 2, 7, 8, 9, 16, 63, 64])('%d hexadecimal digits', (digits) => {
    const out = Buffer.alloc(70, '-');
    writeHex(hash, digits, out, 3);
    expect(out.toString('latin1')).toBe(`---${whole.toString('hex').slice(0, digits)}`.padEnd(70, '-'));
  });

  test.each([1, 6, 7, 12, 13, 16, 32, 51])('%d letters of base 32', (letters) => {
    const bits = [...whole].map((byte) => byte.toString(2).padStart(8, '0')).join('');
    const expected = Array.from(
      { length: letters },
      (_, index) => 'abcdefghijklmnopqrstuvwxyz234567'[Number.parseInt(bits.slice(5 * index, 5 * index + 5), 2)],
    );
    const out = Buffer.alloc(60, '-');
    writeBase32(hash, letters, out, 2);
    expect(out.toString('latin1')).toBe(`--${expected.join('')}`.padEnd(60, '-'));
  });
});

describe('hashes of values', () => {
  test('differ between values that differ in one bit, in length, or in order', () => {
    const values = new Set<number>();
    let count = 0;
    const add = (text: string): void => {
      const bytes = Buffer.from(text, 'latin1');
      values.add(valueHash(bytes, 0, bytes.length));
      count += 1;
    };
    for (let index = 0; index < 100_000; index += 1) add(`name ${index}`);
    for (let at = 0; at < 64; at += 1)
      for (let bit = 0; bit < 8; bit += 1) {
        const bytes = Buffer.alloc(64, 'q');
        bytes[at] = (bytes[at] as number) ^ (1 << bit);
        add(bytes.toString('latin1'));
      }
    for (let size = 6; size < 64; size += 1) add('\0'.repeat(size));
    expect(values.size).toBe(count);
  });

  test('do not depend on where the value stands', () => {
    const bytes = Buffer.from('....Erika Mustermann');
    const alone = Buffer.from('Erika Mustermann');
    expect(valueHash(bytes, 4, bytes.length)).toBe(valueHash(alone, 0, alone.length));
  });
});
