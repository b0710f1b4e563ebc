/** Letters that went wrong on their way, and signs that only look like parts of a domain. The rewriter and the leak check agree. */
import { describe, expect, test } from '@jest/globals';
import { decode, encode, Scratch } from '../../../src/anonymize/format/codec.ts';
import { SignScanner } from '../../../src/anonymize/leak-check/at-signs.ts';
import { eachRemainingEmail } from '../../../src/anonymize/leak-check/remaining-emails.ts';
import { isFound, rewritten } from './one-text.ts';
import { rows } from './run.ts';

const nobody = 'nobody@example.com';

async function become(text: string): Promise<string> {
  const out = Buffer.from(await rows(encode(Buffer.from(text), 'copy')));
  const scratch = new Scratch();
  return scratch.bytes.toString('utf8', 0, decode(out, 0, out.length, 'copy', scratch));
}

/** What the leak check says of a text that was left as it was. */
function found(text: string): number {
  const bytes = Buffer.from(text);
  let count = 0;
  eachRemainingEmail(new SignScanner(), bytes, 0, bytes.length, () => {
    count += 1;
  });
  return count;
}

const twice = (text: string): string => Buffer.from(text).toString('latin1');
const windows: Readonly<Record<string, string>> = { '\u0083': 'ƒ', '\u0089': '‰', '\u0093': '“', '\u0099': '™' };
const ofWindows = (text: string): string => twice(text).replaceAll(/[\u0080-\u009f]/g, (one) => windows[one] ?? one);

describe('an address goes whole', () => {
  test.each([
    ['encoded twice, before the sign', twice('renée@firm.example')],
    ['encoded twice, as the last letter', twice('zoë@firm.example')],
    ['encoded twice, in capitals, as Windows-1252', ofWindows('RENÉ@firm.example')],
    ['encoded twice, with no-break space', twice('avilà@firm.example')],
    ['encoded twice, Cyrillic', twice('иван@firm.example')],
    ['encoded twice, then in lower case', twice('bjørn@firm.example').toLowerCase()],
    ['encoded twice, in the domain', twice('jo@müller.example')],
    ['a hyphen of word processors', 'mary\u2010jones@firm\u2011west.example'],
    ['a space without width after a dot', 'mary@firm.\u200bexample'],
    ['a soft hyphen in the last name', 'mary@firm.ex\u00adample'],
    ['a lost letter in the last name', 'mary@firm.ex\ufffdmple'],
    ['an accent in the last name', 'mary@firm.santé'],
    ['a combining accent in the last name', 'mary@firm.sante\u0301s'],
    ['a registered trade mark in the domain', 'mary@firm®.example'],
    ['long escapes', 'm\\U00000061ry\\U00000040firm.example'],
  ])('%s', async (_what, address) => {
    expect((await become(`a ${address} b`)).replace('\\U00000040', '@')).toBe(`a ${nobody} b`);
    expect(found(`a ${address} b`)).toBe(1);
  });

  test.each([
    ['numbers of copies', 'mary@firm.example.1', `${nobody}.1`],
    ['two of them', 'mary@firm.example.2.10', `${nobody}.2.10`],
    ['an Arabic comma', 'مرحبا،mary@firm.example،شكرا', `مرحبا،${nobody}،شكرا`],
    ['a question mark of Greek', 'πού\u037emary@firm.example', `πού\u037e${nobody}`],
    ['a danda', 'नमस्ते।mary@firm.example।', `नमस्ते।${nobody}।`],
    ['an escaped backslash before the sign', 'mary%5C@firm.example', 'nobody%5C@example.com'],
  ])('but not %s beside it', async (_what, text, expected) => {
    expect(await become(text)).toBe(expected);
    expect(found(text)).toBe(1);
    expect(found(expected)).toBe(0);
  });

  test('with a soft hyphen of Latin-1 in it', async () => {
    expect(await rows(Buffer.from('a ma\xadry@fi\xadrm.example b', 'latin1'))).toBe(`a ${nobody} b`);
  });

  test('and what follows it in another script stays', async () => {
    expect(await become('mary@firm.example的 mary@firm.example\ufffd')).toBe(`${nobody}的 ${nobody}\ufffd`);
  });
});

describe('no address', () => {
  test.each([
    'pkg@^16.x',
    'pkg@~2.x',
    'pkg@>=1.x <2.x',
    'pkg@<=1.x.x',
    'pkg@=1.x',
    'gem@~>2.x',
    '"pkg@^6.0.0-beta.x"',
    'pkg@×.x',
    'x@_.y',
    'x@--.y',
    'photo@home.jpg的',
    'photo@home.jpg®',
    'photo@home.jpg°',
    'photo@home.png。谢谢',
    'photo@home.png\u200b后',
    'photo@home.png\u200bx',
    'mary@firm｜west.example',
    'mary@〒firm.example',
    'photo@home.txt_',
    'photo@home.txt-',
    'photo@2x.png\ufffd',
    'Â»@mary.jones',
    'mañana”@mary.jones',
  ])('%s', async (text) => {
    expect(await become(text)).toBe(text);
    expect(found(text)).toBe(0);
  });
});

describe('dots inside the names of domains (RFC 5892, A.3 and A.7)', () => {
  test.each([
    ['marta@col·legi.cat', nobody],
    ['Marta <MARTA@COL·LEGI.CAT>', `Marta <${nobody}>`],
    ['marta@col%C2%B7legi.cat', nobody],
    ['"marta@col\\u00b7legi.cat"', `"${nobody}"`],
    ['marta@col&middot;legi.cat', nobody],
    ['x@ソニー・ピクチャーズ.jp', nobody],
    ['info@東京・大阪.example の', `${nobody} の`],
  ])('belong to them: %s', (text, expected) => {
    expect(rewritten(text)).toBe(expected);
    expect(isFound(text)).toBe(true);
    expect(isFound(rewritten(text))).toBe(false);
  });

  test.each([
    ['a·jane@corp.example·bob', `a·${nobody}·bob`],
    ['jane@corp.example・bob', `${nobody}・bob`],
    ['jane@corp.example·jo@corp.example', `${nobody}·${nobody}`],
    ['・@jo.doe', '・@jo.doe'],
    ['x·@jo.doe', 'x·@jo.doe'],
  ])('separate others: %s', (text, expected) => {
    expect(rewritten(text)).toBe(expected);
    expect(isFound(rewritten(text))).toBe(false);
  });
});
