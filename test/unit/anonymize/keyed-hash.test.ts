/** BLAKE2s against other implementations and the published vectors, and hashes written as text. */
import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { blake2s } from '@noble/hashes/blake2.js';
import fc from 'fast-check';
import { Blake2s } from '../../../src/anonymize/kernels/blake2s.ts';
import { writeBase32, writeHex } from '../../../src/anonymize/kernels/hash-text.ts';
import { KeyedHash } from '../../../src/anonymize/kernels/keyed-hash.ts';

/** The hash as bytes: each word's lowest byte first. */
const bytesOf = (hash: Uint32Array): string => Buffer.from(Uint32Array.from(hash).buffer).toString('hex');

/** A value somewhere in a buffer: up to five blocks, at their edges more often than elsewhere. */
const place = fc
  .oneof(fc.nat({ max: 320 }), fc.constantFrom(0, 1, 63, 64, 65, 127, 128, 129, 191, 192, 193))
  .chain((length) => fc.tuple(fc.uint8Array({ minLength: length + 90, maxLength: length + 90 }), fc.nat({ max: 90 })))
  .map(([bytes, from]) => ({ bytes, from, to: from + bytes.length - 90 }));

describe('BLAKE2s', () => {
  test('without a key is that of OpenSSL, for values of any length one after the other', () => {
    const hash = new Blake2s();
    fc.assert(
      fc.property(place, ({ bytes, from, to }) => {
        hash.begin(0);
        hash.end(bytes, from, to, 0);
        expect(bytesOf(hash.state)).toBe(createHash('blake2s256').update(bytes.subarray(from, to)).digest('hex'));
      }),
      { numRuns: 2000 },
    );
  });

  test('of a million bytes is that of OpenSSL', () => {
    const bytes = Buffer.from('0123456789abcdef!'.repeat(60_000));
    const hash = new Blake2s();
    hash.begin(0);
    hash.end(bytes, 0, bytes.length, 0);
    expect(bytesOf(hash.state)).toBe(createHash('blake2s256').update(bytes).digest('hex'));
  });
});

describe('the keyed hash', () => {
  test('is that of @noble/hashes, for any key and values of any length one after the other', () => {
    const keys = fc.uint8Array({ minLength: 1, maxLength: 32 });
    fc.assert(
      fc.property(keys, fc.array(place, { minLength: 1, maxLength: 5 }), (key, places) => {
        const hash = new KeyedHash(key, undefined);
        for (const { bytes, from, to } of places) {
          const expected = Buffer.from(blake2s(bytes.subarray(from, to), { key }));
          expect(bytesOf(hash.digest(bytes, from, to))).toBe(expected.toString('hex'));
          expect(hash.number(bytes, from, to)).toBe(expected.readUInt32LE());
        }
      }),
      { numRuns: 1000 },
    );
  });

  test('stays the same while other keys are in use', () => {
    const value = Buffer.from('erika@example.org');
    const [one, other] = [1, 2].map((byte) => new KeyedHash(Buffer.alloc(32, byte), undefined)) as [
      KeyedHash,
      KeyedHash,
    ];
    const before = bytesOf(one.digest(value, 0, value.length));
    expect(bytesOf(other.digest(value, 0, value.length))).not.toBe(before);
    expect(bytesOf(one.digest(value, 0, value.length))).toBe(before);
  });

  const key = Uint8Array.from({ length: 32 }, (_, index) => index);
  const input = Uint8Array.from({ length: 255 }, (_, index) => index);

  // The vectors of the BLAKE2 authors (blake2s-kat.txt): the key is 00 01 … 1f, the input 00 01 … of this length.
  test.each([
    [0, '48a8997da407876b3d79c0d92325ad3b89cbb754d86ab71aee047ad345fd2c49'],
    [1, '40d15fee7c328830166ac3f918650f807e7e01e177258cdc0a39b11f598066f1'],
    [64, '8975b0577fd35566d750b362b0897a26c399136df07bababbde6203ff2954ed4'],
    [65, '21fe0ceb0052be7fb0f004187cacd7de67fa6eb0938d927677f2398c132317a8'],
    [255, '3fb735061abc519dfe979e54c1ee5bfad0a9d858b3315bad34bde999efd724dd'],
  ])('of %i bytes is the published one, wherever the value is in its buffer', (length, expected) => {
    const hash = new KeyedHash(key, undefined);
    expect(bytesOf(hash.digest(input, 0, length))).toBe(expected);
    const moved = Buffer.concat([Buffer.from('xyz'), input.subarray(0, length), Buffer.from('z')]);
    expect(bytesOf(hash.digest(moved, 3, 3 + length))).toBe(expected);
  });

  test('differs between purposes', () => {
    expect(bytesOf(new KeyedHash(key, 'a').digest(input, 0, 9))).not.toBe(
      bytesOf(new KeyedHash(key, 'b').digest(input, 0, 9)),
    );
  });
});

describe('a hash as text', () => {
  const hash = new KeyedHash(Buffer.from('key'), 'test').digest(Buffer.from('value'), 0, 5).slice();
  const whole = Buffer.alloc(32);
  hash.forEach((word, index) => {
    whole.writeUInt32BE(word, 4 * index);
  });

  test.each([1, 2, 7, 8, 9, 16, 63, 64])('has %d hexadecimal digits', (digits) => {
    const out = Buffer.alloc(70, '-');
    writeHex(hash, digits, out, 3);
    expect(out.toString('latin1')).toBe(`---${whole.toString('hex').slice(0, digits)}`.padEnd(70, '-'));
  });

  test.each([1, 6, 7, 12, 13, 16, 32, 51])('has %d letters of base 32', (letters) => {
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
