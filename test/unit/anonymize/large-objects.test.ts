/** Large objects: what holds no address comes out as it was, wherever pg_dump cut it. */
import { expect, test } from '@jest/globals';
import { run } from './run.ts';

const hex = (text: string): string => Buffer.from(text).toString('hex');
const object = (...pieces: readonly string[]): string =>
  `SELECT pg_catalog.lo_open('16', 131072);\n${pieces.map((piece) => `SELECT pg_catalog.lowrite(0, '\\x${hex(piece)}');\n`).join('')}SELECT pg_catalog.lo_close(0);\n\n`;

/** The bytes of each object, and how many pieces it has. */
function written(text: string): (readonly [content: string, pieces: number])[] {
  return text
    .split("lo_open('16'")
    .slice(1)
    .map((part) => {
      const pieces = [...part.matchAll(/lowrite\(0, '\\x([0-9a-f]*)'\)/g)].map(([, digits]) => digits ?? '');
      return [Buffer.from(pieces.join(''), 'hex').toString(), pieces.length] as const;
    });
}

test('an object in one piece stays in one piece, and its text stays the same', async () => {
  for (const dump of [object('a'), object('x'.repeat(1600)), object(), object('a') + object('b')])
    for (const chunk of [9, 10_000]) expect((await run(dump, { chunk })).text).toBe(dump);
});

test('no piece is empty, and an address across two pieces is found', async () => {
  const dump = object('from ann@cor', 'p.example') + object('x'.repeat(4000), 'y'.repeat(4000), 'z');
  const { text } = await run(dump);
  expect(text).not.toContain("'\\x'");
  expect(text).not.toContain('\n\nSELECT pg_catalog.lo_close');
  expect(written(text)).toEqual([
    ['from nobody@example.com', 1],
    [`${'x'.repeat(4000)}${'y'.repeat(4000)}z`, expect.any(Number)],
  ]);
});

/** A mail of some 60,000 bytes, cut as pg_dump cuts it. */
const cut = (text: string): string => object(...(text.match(/[\s\S]{1,16384}/g) ?? []));
const body = (address: (index: number) => string): string =>
  Array.from({ length: 900 }, (_, index) => `line ${index} with some words, ${address(index)} and more`).join('\r\n');
const base64 = (text: string): string =>
  (
    Buffer.from(text)
      .toString('base64')
      .match(/.{1,76}/g) ?? []
  ).join('\r\n');

test.each([
  ['base64', (text: string) => base64(text)],
  ['quoted-printable', (text: string) => text.replaceAll('=', '=3D').replaceAll('@', '=40')],
])('the body of a mail in %s is read across its pieces', async (encoding, encode) => {
  const mail = (address: (index: number) => string): string =>
    `From: x\r\nContent-Transfer-Encoding: ${encoding}\r\n\r\n${encode(body(address))}\r\n`;
  const { text } = await run(cut(mail((index) => `mary.j${index}@firm.example`)));
  expect(written(text)[0]?.[0]).toBe(mail(() => 'nobody@example.com'));
});
