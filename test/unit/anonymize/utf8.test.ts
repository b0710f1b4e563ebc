/** Characters of UTF-8: what Node's own decoder says. */
import { expect, test } from '@jest/globals';
import { pointAt, putPoint, sequenceLength } from '../../../src/anonymize/emails/utf8.ts';

const points = [0, 0x7f, 0x80, 0x7ff, 0x800, 0xd7ff, 0xe000, 0xffff, 0x10000, 0x10ffff];

test.each(points)('the character %d is written and read', (point) => {
  const text = Buffer.from(String.fromCodePoint(point));
  const out = Buffer.alloc(8);
  expect(putPoint(point, out, 2)).toBe(2 + text.length);
  expect(out.subarray(2, 2 + text.length)).toEqual(text);
  expect(sequenceLength(out, 2, 2 + text.length)).toBe(text.length);
  expect(sequenceLength(out, 2, 8)).toBe(text.length);
  expect(pointAt(out, 2, text.length)).toBe(point);
  for (let end = 3; end < 2 + text.length; end += 1) expect(sequenceLength(out, 2, end)).toBe(0);
});

test('nothing is written of a negative one', () => {
  expect(putPoint(-1, Buffer.alloc(4), 3)).toBe(3);
});

test('a byte that begins no character, or is followed by one that continues none', () => {
  for (let lead = 0x80; lead < 0x100; lead += 1) {
    const length = lead < 0xc2 || lead > 0xf4 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    expect([lead, sequenceLength(Buffer.from([lead, 0x80, 0xbf, 0x90, 0x90]), 0, 5)]).toEqual([lead, length]);
    for (const other of [0x7f, 0xc0])
      for (let place = 1; place < length; place += 1) {
        const bytes = Buffer.from([lead, 0x80, 0x80, 0x80, 0x80]);
        bytes[place] = other;
        expect(sequenceLength(bytes, 0, 5)).toBe(0);
      }
  }
});
