/**
 * The rewriter and the leak check read in ways of their own, and agree: on every character and every escape of a character, in every place of
 * an address. What one of them calls an address and the other does not is a leak that nothing sees, or a run that fails over nothing.
 */
import { describe, expect, test } from '@jest/globals';
import { isFound, nobody, rewritten } from './one-text.ts';

/** What is wrong with how the two read a text; undefined when they agree. */
function disagreement(text: string): string | undefined {
  const out = rewritten(text);
  if (out === text) return isFound(text) ? `${text}: only the check calls it an address` : undefined;
  if (!isFound(text)) return `${text}: only the rewriter calls it an address`;
  return isFound(out) ? `${text}: the check finds an address in ${out}` : undefined;
}

/** Where a character or an escape may stand. */
const places: readonly ((one: string) => string)[] = [
  (one) => `x ${one}@firm.example y`,
  (one) => `x mary${one}@firm.example y`,
  (one) => `x ma${one}ry@firm.example y`,
  (one) => `x mary@${one}firm.example y`,
  (one) => `x mary@firm${one}west.example y`,
  (one) => `x mary@firm${one}example y`,
  (one) => `x mary@firm.${one}example y`,
  (one) => `x mary@firm.e${one}xample y`,
  (one) => `x mary@firm.example${one}a y`,
  (one) => `x mary@firm.example${one}`,
  (one) => `x mary@firm.png${one} y`,
  (one) => `x mary@firm.png${one}a y`,
  (one) => `x mary@a.png${one}ab.cd y`,
  (one) => `x m@a.${one} y`,
  (one) => `x mary${one}firm.example y`,
  (one) => `${one}mary@firm.example`,
];

function* range(from: number, to: number, step = 1): Generator<number> {
  for (let point = from; point <= to; point += step) yield point;
}

/** Latin, punctuation, fullwidth forms; some of all others. */
const points = [
  ...range(0x20, 0x3ff),
  ...range(0x400, 0x1fff, 13),
  ...range(0x2000, 0x206f),
  ...range(0x2070, 0x2dff, 11),
  ...range(0x2e00, 0x2e7f),
  ...range(0x3000, 0x30ff),
  ...range(0x3100, 0xd7ff, 97),
  ...range(0xfe00, 0xfe6f),
  ...range(0xfefe, 0xffff),
  ...range(0x1f000, 0x1fbff, 31),
];

describe('on every character', () => {
  test.each(places.map((place) => [place('…'), place] as const))('%s', (_name, place) => {
    const wrong = points.map((point) => disagreement(place(String.fromCodePoint(point))));
    expect(wrong.filter((one) => one !== undefined)).toEqual([]);
  });
});

const hex = (point: number, width = 2): string => point.toString(16).padStart(width, '0');
const escapes: Readonly<Record<string, (point: number) => string>> = {
  'in a URL': (point) => `%${hex(point)}`,
  'in a URL, twice': (point) => `%25${hex(point)}`,
  'in hexadecimal': (point) => `\\x${hex(point)}`,
  'in a URL, in capitals': (point) => `%${hex(point).toUpperCase()}`,
  'in hexadecimal, in capitals': (point) => `\\x${hex(point).toUpperCase()}`,
  'of JSON, in capitals': (point) => `\\u${hex(point, 4).toUpperCase()}`,
  'of Python, in capitals': (point) => `\\U${hex(point, 8).toUpperCase()}`,
  'in braces, of Perl': (point) => `\\x{${hex(point).toUpperCase()}}`,
  'of JavaScript, in capitals': (point) => `%U${hex(point, 4).toUpperCase()}`,
  'of HTML, in capitals': (point) => `&#X${hex(point).toUpperCase()};`,
  'in octal': (point) => `\\${point.toString(8).padStart(3, '0')}`,
  'of JSON': (point) => `\\u${hex(point, 4)}`,
  'of JSON, twice': (point) => `\\\\u${hex(point, 4)}`,
  'of Python': (point) => `\\U${hex(point, 8)}`,
  'in braces': (point) => `\\u{${hex(point)}}`,
  'of JavaScript': (point) => `%u${hex(point, 4)}`,
  'of HTML': (point) => `&#${point};`,
  'of HTML, in hexadecimal': (point) => `&#x${hex(point)};`,
  'of HTML, without a semicolon': (point) => `&#${point}`,
  'of HTML, twice': (point) => `&amp;#${point};`,
  'of HTML in JSON': (point) => `\\u0026#${point};`,
};
const bytesOnly = /URL|hexadecimal$|hexadecimal, in capitals|octal/;
const others = [0x301, 0x200b, 0x2010, 0x2024, 0x3002, 0x410, 0x2028, 0xe000, 0xfe6b, 0xff20, 0xff0e, 0xffff];

describe('on every escape', () => {
  test.each(Object.keys(escapes))('%s', (name) => {
    const written = escapes[name] as (point: number) => string;
    const all = [...range(0, 0xff), ...(bytesOnly.test(name) ? [] : others)];
    const wrong = places.flatMap((place) => all.map((point) => disagreement(place(written(point)))));
    expect(wrong.filter((one) => one !== undefined)).toEqual([]);
  });
});

test.each(Object.keys(escapes))('a letter %s goes with the address', (name) => {
  const written = escapes[name] as (point: number) => string;
  // In octal, what is printable may be the name of a folder.
  const letters = name === 'in octal' ? [0xe9] : [...'azAZ09_-é'].map((one) => one.charCodeAt(0));
  for (const point of letters) {
    expect([point, rewritten(`x ma${written(point)}ry@firm.example y`)]).toEqual([point, `x ${nobody} y`]);
    expect([point, rewritten(`{x ma${written(point)}@firm.example}`)]).toEqual([point, `{x ${nobody}}`]);
    expect([point, rewritten(`x mary@fi${written(point)}rm.example y`)]).toEqual([point, `x ${nobody} y`]);
  }
});

describe('on two characters of ASCII', () => {
  // Of letters and digits those that mean something behind a backslash, and one that does not.
  const letters = [...'abdnrtuvwxzNUX0149'];
  const signs = [...range(0x20, 0x2f), ...range(0x3a, 0x40), ...range(0x5b, 0x60), ...range(0x7b, 0x7e)];
  const characters = [...letters, ...signs.map((point) => String.fromCharCode(point))];
  const pairs = [...characters, '\n', '\t'].flatMap((one) => characters.map((other) => one + other));

  test.each(places.map((place) => [place('…'), place] as const))('%s', (_name, place) => {
    // Mailing systems write `bounce+jane=firm.example@…`, nobody a sign without an address behind it.
    const wrong = pairs.filter((pair) => pair !== '+=').map((pair) => disagreement(place(pair)));
    expect(wrong.filter((one) => one !== undefined)).toEqual([]);
  });
});
