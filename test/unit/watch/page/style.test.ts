import { expect, test } from '@jest/globals';
import { dark, light } from '../../../../src/watch/page/render/style.ts';

function colours(scheme: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...scheme.matchAll(/--([\w-]+):(#[0-9a-f]{3,6})/g)].map(([, name = '', value = '']) => [name, value]),
  );
}

/** WCAG 2.2, "relative luminance". */
function luminance(colour: string): number {
  const hex = colour.length === 4 ? [...colour.slice(1)].map((one) => one + one).join('') : colour.slice(1);
  const [red = 0, green = 0, blue = 0] = (hex.match(/../g) ?? [])
    .map((pair) => Number.parseInt(pair, 16) / 255)
    .map((one) => (one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(a: string, b: string): number {
  const [dimmer = 0, brighter = 0] = [luminance(a), luminance(b)].sort((one, other) => one - other);
  return (brighter + 0.05) / (dimmer + 0.05);
}

const tones = ['good', 'bad', 'late', 'half', 'calm'];

test.each([
  ['light', light],
  ['dark', dark],
])('in the %s scheme text has a contrast of 4.5, and what figures say 3', (_, scheme) => {
  const colour = colours(scheme);
  const ratio = (a: string, b: string): number => contrast(colour[a] ?? '#000', colour[b] ?? '#000');
  const pairs = [
    ...['text', 'muted', 'link', ...tones].flatMap((text) =>
      ['bg', 'paper'].map((below) => [text, below, 4.5] as const),
    ),
    ...tones.flatMap(
      (tone) =>
        [
          [tone, `${tone}-bg`, 4.5],
          ['text', `${tone}-bg`, 4.5],
          [tone, 'on', 3],
        ] as const,
    ),
  ];
  expect(pairs.filter(([a, b, least]) => ratio(a, b) < least).map(([a, b]) => [a, b, ratio(a, b)])).toEqual([]);
});

test('the contrast is that of the standard', () => {
  expect(contrast('#000', '#ffffff')).toBeCloseTo(21);
  expect(contrast('#777777', '#fff')).toBeCloseTo(4.48, 2);
});
