/** Lengths that PHP's serialize() states. */
import { expect, test } from '@jest/globals';
import { mayNoteEscapedLengths, mayNoteLengths, openUntil } from '../../../src/anonymize/emails/php.ts';
import { nobody, rewritten } from './one-text.ts';

const serialised = (text: string): string => `s:${Buffer.byteLength(text)}:"${text}";`;

test.each([
  ['one address', 'a@b.ccccc'],
  ['two of them, and letters of several bytes', 'ä a@b.ccccc, é a@b.ccccc'],
  ['one inside a string inside', serialised('a@b.ccccc')],
  ['one so deep that the lengths of the lengths change', serialised(serialised('a@b.ccccc'))],
  ['one that makes the length one digit longer', `${'x'.repeat(81)} a@b.ccccc`],
  ['one inside that makes it one digit longer', serialised(`${'x'.repeat(76)} a@b.ccccc`)],
])('of %s', (_what, text) => {
  const after = (one: string): string =>
    one.replace(/^s:\d+:"(.*)";$/s, (_all, inner: string) => serialised(after(inner))).replaceAll('a@b.ccccc', nobody);
  expect(rewritten(serialised(text))).toBe(serialised(after(text)));
  expect(rewritten(`x ${serialised(text)} ${serialised('y')}`)).toBe(`x ${serialised(after(text))} ${serialised('y')}`);
});

test.each([
  [':"', false],
  ['x:"', false],
  ['5:"', true],
  ['x:"5', false],
  ['x:" 5:"', true],
  ['0:"', true],
  ['9:"', true],
  ['/:"', false],
  ['::"', false],
])('whether %s may note a length', (text, may) => {
  const whole = Buffer.from(`9:"${text}9:"`);
  expect(mayNoteLengths(whole, 3, whole.length - 3)).toBe(may);
  expect(mayNoteEscapedLengths(whole, 3, whole.length - 3)).toBe(may);
  const escaped = Buffer.from(`9:"${text.replaceAll('"', '\\"')}9:"`);
  expect(mayNoteEscapedLengths(escaped, 3, escaped.length - 3)).toBe(may);
});

test('a string that goes on beyond what is read', () => {
  const text = Buffer.from('x s:2:"ab"; s:20:"abc');
  expect(openUntil(text, 0, text.length)).toBe(text.length - 3 + 20);
  expect(openUntil(text, 0, 11)).toBe(11);
  expect(openUntil(text, 2, 9)).toBe(9);
  expect(openUntil(Buffer.from('xs:90:"a'), 0, 8)).toBe(8);
});
