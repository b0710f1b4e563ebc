/** Numbers at the ends of their types: pseudonyms of whole numbers, and noise. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Arena } from '../../../src/anonymize/bytes/arena.ts';
import { permuted } from '../../../src/anonymize/rules/transforms/integer-permutation.ts';
import { copy, rulesFor, table } from './one-table.ts';
import { key, run } from './run.ts';

function pseudonyms(widths: readonly number[]): (value: bigint) => bigint {
  const transform = permuted(key, widths);
  const arena = new Arena();
  return (value) => {
    const text = Buffer.from(String(value));
    arena.clear();
    arena.next();
    transform(text, 0, text.length, arena);
    return BigInt(arena.text().toString('latin1'));
  };
}

describe('the pseudonym of a number', () => {
  test('of a small type is another number of it, for each of its numbers', () => {
    const of = pseudonyms([7]);
    const all = Array.from({ length: 256 }, (_, index) => BigInt(index - 128));
    const made = all.map(of);
    expect(new Set(made).size).toBe(256);
    expect(made.every((value) => value >= -128n && value <= 127n)).toBe(true);
    // Positive numbers stay positive, and the smallest has no other of its size.
    expect(made.every((value, index) => value < 0n === (all[index] as bigint) < 0n)).toBe(true);
    expect(of(-128n)).toBe(-128n);
  });

  test.each([15, 31, 63])('stays in the range of a type of %i bits and a sign, also at its ends', (bits) => {
    const of = pseudonyms([bits]);
    const limit = 1n << BigInt(bits);
    for (const value of [-limit, -limit + 1n, -1n, 0n, 1n, limit - 1n]) {
      expect(of(value)).toBeGreaterThanOrEqual(-limit);
      expect(of(value)).toBeLessThan(limit);
    }
  });

  test('stays in each of the types of linked columns that holds the number', () => {
    const of = pseudonyms([15, 31, 63]);
    fc.assert(
      fc.property(fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n }), (value) => {
        for (const bits of [15n, 31n])
          for (const one of [
            value,
            BigInt.asIntN(Number(bits) + 1, value),
            (1n << bits) - 1n,
            -(1n << bits),
            1n << bits,
          ])
            for (const limit of [1n << 15n, 1n << 31n, 1n << 63n])
              expect(of(one) >= -limit && of(one) < limit).toBe(one >= -limit && one < limit);
      }),
    );
  });

  test('differs for different numbers beyond the narrowest type', () => {
    const of = pseudonyms([3, 5]);
    const all = Array.from({ length: 64 }, (_, index) => BigInt(index - 32));
    expect(new Set(all.map(of)).size).toBe(64);
  });

  test('of an unsigned column is one of its range', async () => {
    const values = ['0', '2147483647', '2147483648', '4294967295'];
    const dump = `-- MySQL dump 10.13\nCREATE TABLE \`t\` (\n  \`a\` int unsigned NOT NULL,\n  \`b\` bigint unsigned NOT NULL\n);\nINSERT INTO \`t\` VALUES ${values
      .map((value) => `(${value},18446744073709551615)`)
      .join(',')};\n-- Dump completed\n`;
    const { text } = await run(dump, {
      rules: rulesFor('      a: pseudonym\n      b: pseudonym\n').replace('public.t', 't'),
    });
    const made = [...text.matchAll(/\((\d+),(\d+)\)/g)];
    expect(made).toHaveLength(4);
    for (const [, a = '', b = ''] of made) {
      expect(BigInt(a)).toBeLessThan(1n << 32n);
      expect(BigInt(b)).toBeLessThan(1n << 64n);
      expect(b).not.toBe('18446744073709551615');
    }
    expect(new Set(made.map(([, a]) => a)).size).toBe(4);
  });
});

describe('noise at the end of a type', () => {
  const noisy = async (type: string, value: string): Promise<string[]> => {
    const rows = Array.from({ length: 40 }, (_, index) => `${value}\t${index}`);
    const made = await Promise.all(
      [15, 30, 60, 90].map((share) =>
        run(copy(table(`    a ${type},\n    b text`), 'a, b', rows.join('\n')), {
          rules: rulesFor(`      a: { noise: ${share}% }\n`),
        }),
      ),
    );
    return made.map(({ text }) => text.split('FROM stdin;\n')[1]?.split('\t')[0] ?? '');
  };

  test.each([
    ['integer', ['2147483647', '-2147483648'], 2147483647],
    ['smallint', ['32767', '-32768'], 32767],
    ['numeric(5,2)', ['999.99', '-999.99', '900.00'], 999.99],
    ['numeric(3,3)', ['0.999', '-0.900'], 0.999],
    ['numeric(2,-3)', ['99000', '-95000'], 99_000],
    ['money', ['$92,233,720,368,547,758.07', '-$92,233,720,368,547,758.07'], 2 ** 63 / 100],
    ['real', ['3.4e+38', '-3.3e+38'], 3.4028e38],
    ['double precision', ['1.7976e+308', '-1.79e+308'], Number.MAX_VALUE],
  ])('of %s stays in its range', async (type, values, largest) => {
    for (const value of values)
      for (const made of await noisy(type, value)) {
        const number = Number(made.replace('$', ''));
        expect(Math.abs(number)).toBeGreaterThan(0);
        expect(Math.abs(number)).toBeLessThanOrEqual(largest);
      }
  });

  test('of numeric leaves room for fractions of whole numbers', async () => {
    const made = await noisy('numeric(3,3)', '0.500');
    expect(new Set(made).size).toBeGreaterThan(1);
    expect(made.some((value) => value !== '0.500')).toBe(true);
  });

  test.each(['4.9e-324', '5e-324'])('never makes %s smaller than a double can be', async (value) => {
    for (const made of await noisy('double precision', value)) expect(Number(made)).toBeGreaterThan(0);
  });
});
