/** What each character is in an address: the bounds of every range of Unicode that ends one, or is none of its letters. */
import { expect, test } from '@jest/globals';
import { nobody, rewritten } from './one-text.ts';

const blocks = [
  [0x20, 0x7d6],
  [0x900, 0x97f],
  [0x1800, 0x181f],
  [0x1ff0, 0x2c1f],
  [0x2df0, 0x310f],
  [0xfdf0, 0xffff],
  [0x1eff0, 0x1f010],
  [0x1faf0, 0x1fb10],
] as const;

/** The ranges of those characters in the blocks for which this is true, in hexadecimal. */
function rangesOf(is: (character: string) => boolean): string {
  const ranges: [number, number][] = [];
  for (const [from, to] of blocks)
    for (let point = from; point <= to; point += 1) {
      if (!is(String.fromCodePoint(point))) continue;
      const last = ranges.at(-1);
      if (last?.[1] === point - 1) last[1] = point;
      else ranges.push([point, point]);
    }
  return ranges
    .map(([from, to]) => (from === to ? from.toString(16) : `${from.toString(16)}-${to.toString(16)}`))
    .join(' ');
}

test('between words, and no part of a local part', () => {
  expect(rangesOf((one) => rewritten(`ma${one}ry@firm.example`) !== nobody)).toBe(
    '20 22 26 28-29 2c 2f 3a-3f 5b-5d 60 7b-7d 7f-a8 ab-ac af-b4 b6-b9 bb-bf d7 f7 37e 387 589 60c 61b 61f 6d4 964-965 ' +
      '2000-200a 2012-2023 2025-2029 202f-205f 2065 206a-206f 2150-215f 2e00-2e2e 2e30-2e7f 3000-3001 3003-3004 3008-3020 ' +
      '3030 30fb ff02 ff06-ff09 ff0c ff0f ff1a-ff1f ff3b-ff3d ff40 ff5b-ff5d ff5f-ff60 ff62-ff65 fffc',
  );
});

test('inside a local part, but not its first character', () => {
  const isInside = (one: string) => rewritten(`ma${one}ry@firm.example`) === nobody;
  expect(rangesOf((one) => isInside(one) && rewritten(`${one}ry@firm.example`) !== nobody)).toBe(
    '21 23-25 27 2a-2b 2d-2e 40 5e 7e a9 ad-ae 34f 61c 180e 200b 200e-2011 2024 202a-202e 2060-2064 2066-2069 2190-2bff 3002 ' +
      'fe00-fe0f fe52 feff ff01 ff03-ff05 ff0a-ff0b ff0d-ff0e ff20 ff3e ff5e ff61 1f000-1f010 1faf0-1faff',
  );
});

test('a picture before the sign, which makes a mention of it', () => {
  const isInside = (one: string) => rewritten(`ma${one}ry@firm.example`) === nobody;
  expect(rangesOf((one) => isInside(one) && rewritten(`mary${one}@firm.example`) !== nobody)).toBe(
    '27 40 a9 ae 2190-2bff ff20 1f000-1f010 1faf0-1faff',
  );
});

test('inside a local part, and none of a domain', () => {
  const isInside = (one: string) => rewritten(`ma${one}ry@firm.example`) === nobody;
  expect(rangesOf((one) => isInside(one) && rewritten(`mary@fi${one}rm.example`) !== nobody)).toBe(
    '21 23-25 27 2a-2b 5e 7e ff01 ff03-ff05 ff0a-ff0b ff3e ff5e',
  );
});

test('a dot of a domain', () => {
  expect(rangesOf((one) => rewritten(`mary@firm${one}example`) === nobody)).toBe('2e 2024 3002 fe52 ff0e ff61');
});
