/** Hashes by which the leak check compares values. */
import { describe, expect, test } from '@jest/globals';
import { valueHash } from '../../../src/anonymize/leak-check/hash-sample.ts';

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

  test('do not depend on where the value is', () => {
    const bytes = Buffer.from('....Erika Mustermann');
    const alone = Buffer.from('Erika Mustermann');
    expect(valueHash(bytes, 4, bytes.length)).toBe(valueHash(alone, 0, alone.length));
  });
});
