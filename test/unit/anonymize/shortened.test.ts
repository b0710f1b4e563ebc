/** Addresses that must fit a length, and bytes of which only a part is decided. */
import { describe, expect, test } from '@jest/globals';
import { Patches } from '../../../src/anonymize/bytes/patches.ts';
import { patchBytes, patchText } from '../../../src/anonymize/emails/patch-text.ts';
import { shortened, toNobody } from '../../../src/anonymize/emails/replacement.ts';

describe('an address that is shortened', () => {
  test.each([
    ['nobody@example.com', 18, 'nobody@example.com'],
    ['nobody@example.com', 17, 'obody@example.com'],
    ['nobody@example.com', 13, 'y@example.com'],
    ['nobody@example.com', 12, 'xxxxxxxxxxxx'],
    ['nobody@example.com', 0, ''],
    ['nobody%40example.com', 15, 'y%40example.com'],
    ['nobody\\u0040example.com', 18, 'y\\u0040example.com'],
    ['nobody&#64;example.com', 17, 'y&#64;example.com'],
    ['nobody=40example.com', 15, 'y=40example.com'],
    ['nobody&#64;example.com', 16, 'xxxxxxxxxxxxxxxx'],
    ['nobody', 10, 'xxxxxx'],
    ['nobody', 3, 'xxx'],
  ])('%s has room for %d', (email, room, expected) => {
    expect(shortened(email, room)).toBe(expected);
  });
});

test.each(['\\x6d617279206669726d', 'base64,AAAAAAAAAAAA', '=?utf-8?b?AAAAAAAAAAAA?=', '\\000x@\\000 y', 's:1:"x";'])(
  'of %s nothing is replaced, and nothing counted',
  (text) => {
    const bytes = Buffer.from(text);
    const patches = new Patches();
    expect([patchText(bytes, 0, bytes.length, 0, toNobody, patches), patches.count]).toEqual([0, 0]);
  },
);

test.each([
  ['a@b.de c@d.de \\x6d61727940662e6465', 3],
  ['base64,YUBiLmRlLGNAZC5kZQ== =?utf-8?b?YUBiLmRl?=', 3],
  ['\\000a@\\000b', 0],
])('in %s so many are counted', (text, count) => {
  const bytes = Buffer.from(text);
  expect(patchText(bytes, 0, bytes.length, 0, toNobody, new Patches())).toBe(count);
});

describe('an address whose sign is not decided yet stays', () => {
  const patches = new Patches();
  const count = (bytes: Buffer, decided: number, isText: boolean): number => {
    patches.clear();
    return patchBytes(bytes, isText, decided, toNobody, patches);
  };
  const picture = Buffer.from('\x00\xffab mary@firm.example \x00jane@firm.example', 'latin1');
  const wide = Buffer.from('mary@firm.example jane@firm.example', 'utf16le');
  const text = Buffer.from('mary@firm.example jane@firm.example');

  test.each([
    ['a picture', picture, false, 0x40],
    ['UTF-16', wide, false, 0x40],
    ['a text', text, true, 0x40],
  ])('in %s', (_what, bytes, isText) => {
    const [first, second] = [bytes.indexOf('@'), bytes.lastIndexOf('@')];
    expect([first, first + 1, second, second + 1].map((decided) => count(bytes, decided, isText))).toEqual([
      0, 1, 1, 2,
    ]);
  });

  test('in a piece of a text, of which base64 may go on', () => {
    const encoded = Buffer.from('a@b.de data:,base64,YUBiLmRl ');
    patches.clear();
    expect(patchText(encoded, 0, encoded.length, 0, toNobody, patches)).toBe(2);
    patches.clear();
    expect(patchText(encoded, 0, encoded.length, 0, toNobody, patches, encoded.length - 1)).toBe(1);
  });
});
