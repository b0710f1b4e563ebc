/** Changes after which the program does the same, each with the reason: nothing can notice them. */
import type { Mutant } from './mutate.ts';

export interface Equivalent {
  /** The end of its path. */
  readonly file: string;
  /** The line, without the blanks around it. */
  readonly line: string;
  /** What stands there, and what instead. */
  readonly changes: readonly (readonly [before: string, after: string])[];
  readonly why: string;
}

export const equivalents: readonly Equivalent[] = [
  {
    file: 'emails/address-around.ts',
    line: 'if (end < 0) return floor;',
    changes: [['end < 0', 'end <= 0']],
    why: 'no domain ends at the first byte: a sign is before it',
  },
  {
    file: 'emails/at-signs.ts',
    line: '#bytes: Buffer = Buffer.alloc(0);',
    changes: [['0', '1']],
    why: 'begin() sets the bytes before any are read',
  },
  {
    file: 'emails/at-signs.ts',
    line: '#to = 0;',
    changes: [['0', '1']],
    why: 'begin() sets it before it is read',
  },
  {
    file: 'emails/at-signs.ts',
    line: '#nearest = 0;',
    changes: [['0', '1']],
    why: 'begin() sets it before it is read',
  },
  {
    file: 'emails/base64.ts',
    line: "const content = changed(Buffer.from(written.replaceAll(anyLineEnd, '').replaceAll('\\\\', ''), 'base64'));",
    changes: [["'\\\\'", "''"]],
    why: 'Node leaves backslashes out of base64, too, but does not promise it',
  },
  {
    file: 'emails/replacement.ts',
    line: 'return sign < 0 || left < 1',
    changes: [
      ['0', '1'],
      ['sign < 0', 'sign <= 0'],
    ],
    why: 'an address that is written has a local part: no sign is its first character',
  },
  {
    file: 'emails/wide.ts',
    line: 'for (let at = bytes.indexOf(atSign); at >= 0 && at < decided; at = bytes.indexOf(atSign, Math.max(at + 1, floor))) {',
    changes: [['at >= 0', 'at > 0']],
    why: 'before a sign at the first byte is no local part',
  },
  {
    file: 'emails/wide.ts',
    line: 'readonly #places = new Int32Array((2 * reach + 1) * 4 + 1);',
    changes: [
      ['1', '2'],
      ['4', '5'],
      ['2', '3'],
    ],
    why: 'there is more room than needed',
  },
  {
    file: 'emails/wide.ts',
    line: 'readonly #text = Buffer.alloc((2 * reach + 1) * 4);',
    changes: [
      ['1', '2'],
      ['4', '5'],
      ['2', '3'],
    ],
    why: 'there is more room than needed',
  },
  {
    file: 'emails/patch-text.ts',
    line: 'if ((signs & hasBase64) !== 0 && decided === to && !isDeepest)',
    changes: [['signs & hasBase64', 'signs | hasBase64']],
    why: 'it costs only time: the search for base64 finds the word itself',
  },
  {
    file: 'emails/patch-text.ts',
    line: 'if ((signs & hasBackslash) !== 0 && !isDeepest) {',
    changes: [['signs & hasBackslash', 'signs | hasBackslash']],
    why: 'it costs only time: the search for hexadecimal bytes finds their backslash itself',
  },
  {
    file: 'emails/patch-text.ts',
    line: 'if ((signs & hasSignAtEscape) !== 0) replaced += patchEscapedBytes(bytes, from, to, replace, patches);',
    changes: [['signs & hasSignAtEscape', 'signs | hasSignAtEscape']],
    why: 'it costs only time: the search for bytes in escape format finds the sign beside them itself',
  },
  {
    file: 'emails/patch-text.ts',
    line: 'if (replaced > 0 && (signs & hasColonQuote) !== 0) correctLengths(bytes, from, to, patches);',
    changes: [['signs & hasColonQuote', 'signs | hasColonQuote']],
    why: 'it costs only time: the search for lengths finds their quotes itself',
  },
  {
    file: 'emails/escapes.ts',
    line: 'const highestPoint = 0x10ffff;',
    changes: [['0x10ffff', '1114112']],
    why: 'one more is read as a letter, as is U+FFFD, which stands for all beyond',
  },
  {
    file: 'emails/wide.ts',
    line: 'const doubt = (isAligned(at, encoding) ? 0 : 1) - 2 * plainUnits(bytes, sign, from, to, encoding);',
    changes: [['2', '3']],
    why: 'any factor above 1 orders the same: letters that are plain in one encoding decide, and the alignment where they are as many',
  },
  {
    file: 'emails/units.ts',
    line: 'if (at - word.length < floor) return false;',
    changes: [['at - word.length < floor', 'false']],
    why: 'no word that escapes a quote lies across the end of an address or of a value, and before the first byte is none',
  },
  {
    file: 'leak-check/at-signs.ts',
    line: 'if (bytes[at] === 0x40) visit(at);',
    changes: [['bytes[at] === 0x40', 'false']],
    why: 'it costs only time: what may become a sign is visited, too, and a sign is one',
  },
  {
    file: 'emails/escapes.ts',
    line: 'const replacementCharacter = 0xfffd;',
    changes: [['0xfffd', '65534']],
    why: 'U+FFFE is read as a letter, as U+FFFD is',
  },
  {
    file: 'emails/address-around.ts',
    line: '#hostStart = -1;',
    changes: [
      ['-1', '1'],
      ['1', '2'],
    ],
    why: 'begin() sets it before it is read',
  },
];

/** Whether this is one of the changes. */
export function explains(one: Equivalent, { file, text, before, after }: Mutant): boolean {
  return (
    file.endsWith(one.file) && text === one.line && one.changes.some(([from, to]) => from === before && to === after)
  );
}
