/** Any text at all, as fast-check's `unit: 'binary'` gives it; that takes a second to set itself up, in every suite. */
import fc from 'fast-check';

const codePoint = fc.oneof(
  fc.integer({ min: 0x20, max: 0x7e }),
  fc.integer({ min: 0, max: 0x10ffff - 0x800 }).map(
    // Halves of surrogate pairs are no characters.
    (number) => (number < 0xd800 ? number : number + 0x800),
    (value) => {
      if (typeof value !== 'number' || (value >= 0xd800 && value < 0xe000)) throw new Error('no code point');
      return value < 0xd800 ? value : value - 0x800;
    },
  ),
);
const character = codePoint.map(
  (number) => String.fromCodePoint(number),
  // What cannot be traced back is not drawn: fast-check's own list of strings that break programs needs it.
  (text) => {
    const number = typeof text === 'string' ? text.codePointAt(0) : undefined;
    if (number === undefined || String.fromCodePoint(number) !== text) throw new Error('not one character');
    return number;
  },
);

export function anyText(constraints: { minLength?: number; maxLength?: number } = {}): fc.Arbitrary<string> {
  return fc.string({ ...constraints, unit: character });
}
