/** Characters that HTML has names for: what belongs to an address, and what ends it. */
import { expect, test } from '@jest/globals';
import { isFound, nobody, rewritten } from './one-text.ts';

const words = (text: string): readonly string[] => text.split(/\s+/);

/** What the rewriter makes of it, after the leak check has agreed that it is an address. */
function agreed(text: string): string {
  expect([text, isFound(text)]).toEqual([text, true]);
  return rewritten(text);
}

const insideLocal = (name: string) => `ma&${name};ry@firm.example`;
const insideDomain = (name: string) => `mary@fi&${name};rm.example`;

test.each(words('period lowbar UnderBar plus num excl dollar percnt ast midast Hat apos'))(
  '&%s; belongs to a local part',
  (name) => {
    expect(agreed(insideLocal(name))).toBe(nobody);
  },
);

test.each(
  words(
    `hyphen dash shy zwnj zwj lrm rlm ZeroWidthSpace NoBreak NegativeThinSpace NegativeMediumSpace NegativeThickSpace NegativeVeryThinSpace
    szlig aelig AElig oelig OElig oslash Oslash aring Aring dstrok Dstrok hstrok Hstrok lstrok Lstrok tstrok Tstrok eth ETH thorn THORN
    imath inodot eng ENG`,
  ),
)('&%s; belongs to both sides', (name) => {
  expect(agreed(insideLocal(name))).toBe(nobody);
  expect(agreed(insideDomain(name))).toBe(nobody);
});

test.each(
  words(
    'zwnj zwj lrm rlm ZeroWidthSpace NoBreak NegativeThinSpace NegativeMediumSpace NegativeThickSpace NegativeVeryThinSpace',
  ),
)('&%s; ends the name of a file', (name) => {
  expect(rewritten(`photo@home.png&${name};x`)).toBe(`photo@home.png&${name};x`);
  expect(isFound(`photo@home.png&${name};x`)).toBe(false);
});

test('&period; and &commat; make an address', () => {
  expect(agreed('mary&commat;firm&period;example')).toBe('nobody&commat;example.com');
  expect(agreed('mary&equals;firm.example@lists.example')).toBe(nobody);
});

test('&bsol; is the backslash of an escape', () => {
  expect(agreed('mary&bsol;_jones@firm.example')).toBe(nobody);
});

test.each(
  words(
    `amp AMP lt LT gt GT quot QUOT sol quest lbrace lcub rbrace rcub lbrack lsqb rbrack rsqb lpar rpar comma colon semi verbar vert
    VerticalLine grave DiacriticalGrave NewLine Tab nbsp NonBreakingSpace`,
  ),
)('&%s; ends it', (name) => {
  expect(agreed(insideLocal(name))).toBe(`ma&${name};${nobody}`);
  expect(agreed(`mary@firm.example&${name};x`)).toBe(`${nobody}&${name};x`);
  expect(isFound(`mary&${name};@firm.example`)).toBe(false);
  expect(rewritten(`mary&${name};@firm.example`)).toBe(`mary&${name};@firm.example`);
});

const marks = {
  ...{
    grave: '\u0300',
    acute: '\u0301',
    circ: '\u0302',
    tilde: '\u0303',
    macr: '\u0304',
    breve: '\u0306',
    dot: '\u0307',
  },
  ...{ uml: '\u0308', ring: '\u030a', dblac: '\u030b', caron: '\u030c', cedil: '\u0327', ogon: '\u0328' },
};
const letters = [...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'];

test.each(Object.entries(marks))('letters with %s belong to both sides', (mark, combining) => {
  for (const letter of letters.filter((one) => (one + combining).normalize('NFC').length === 1)) {
    expect(agreed(insideLocal(letter + mark))).toBe(nobody);
    expect(agreed(insideDomain(letter + mark))).toBe(nobody);
  }
  expect(rewritten(`&q${mark};@firm.example`)).toBe(`&q${mark};@firm.example`);
});

const greek = words(
  'alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigmaf sigma tau upsilon phi chi psi omega',
);
const cyrillic = words('a b v g d ie zh z i j k l m n o p r s t u f kh ts ch sh shch hard y soft e yu ya io');
const capital = (name: string) => `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`;

test.each([
  ...greek.flatMap((name) => [name, capital(name)]),
  ...cyrillic.flatMap((name) => [`${name}cy`, `${name.toUpperCase()}cy`]),
])('&%s; is a letter of another script', (name) => {
  expect(agreed(`&${name};@firm.example`)).toBe(nobody);
  expect(agreed(`mary@&${name};.example`)).toBe(nobody);
  expect(agreed(`mary@firm.example&${name};x`)).toBe(`${nobody}&${name};x`);
  expect(isFound(`mary@firm.png&${name};`)).toBe(false);
});

test.each(['&bogus;', '&eacute', '&eacute ;', '&e;', '&;', '&1;'])('%s is no name', (text) => {
  expect(rewritten(`${text}@firm.example`)).not.toBe(nobody);
});
