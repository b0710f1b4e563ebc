/**
 * Where an address begins and ends, and what only looks like one: texts, and what becomes of them. The leak check finds the same before,
 * and nothing after.
 */
import { describe, expect, test } from '@jest/globals';
import { encode } from '../../../src/anonymize/format/codec.ts';
import { foundIn, isFound, nobody, rewritten, rewrittenPart } from './one-text.ts';
import { rows, run } from './run.ts';

/** A text, and what becomes of it; without that, it stays. */
const texts: Readonly<Record<string, readonly (readonly [before: string, after?: string])[]>> = {
  'address literals': [
    ['user@[192.168.0.1'],
    ['user@[abc]'],
    ['user@[1_2]'],
    ['user@[IPv6:::1]x', nobody],
    ['user@[]'],
    ['user@[1.2.3.4]]', `${nobody}]`],
    ['user@[x-1.2:3]', nobody],
    ['user@[_1]'],
    ['user@[1.2.3.4].', `${nobody}.`],
    ['user@[1.2.3.4].5 x', `${nobody} x`],
    ['user@[1.2.3.4]- x', `${nobody}- x`],
    ['user@[111111111111111111111111111111111111111111111111111111111111]', nobody],
    ['user@[11111111111111111111111111111111111111111111111111111111111111]', nobody],
    ['user@[111111111111111111111111111111111111111111111111111111111111111]'],
    ['user@[1111111111111111111111111111111111111111111111111111111111111111]'],
  ],
  'domains, and versions': [
    ['a@b..c'],
    ['a@.b.c'],
    ['a@b.c.', `${nobody}.`],
    ['a@b.c..', `${nobody}..`],
    ['a@b.c-', `${nobody}-`],
    ['a@b-.c', nobody],
    ['a@-b.c', nobody],
    ['a@b.-c'],
    ['a@b.c-d', nobody],
    ['a@1.b', nobody],
    ['a@1.2.b', nobody],
    ['a@b.c1', nobody],
    ['a@v1.x'],
    ['a@v1.2.3-beta.rc'],
    ['a@1.2.3-beta.rc'],
    ['a@12.x'],
    ['a@1.2.x'],
    ['a@1.x.x'],
    ['a@va.x', nobody],
    ['a@v1.y', nobody],
  ],
  'code points in braces, and halves of pairs': [
    ['m\\u{110000}y@x.com', nobody],
    ['j\\u{f6}rg@x.com', nobody],
    ['{j\\x{6f}@x.com}', `{${nobody}}`],
    ['{x}mary@x.com', `{x}${nobody}`],
    ['ma\\u{110000}@x.com', nobody],
    ['ma\\u{10ffff}@x.com', nobody],
    ['ma\\U00110000@x.com', nobody],
    ['&#1114112;@x.com', nobody],
    ['ma\\u{0}@x.com'],
    ['ma\\x{fffffffff}@x.com'],
    ['m\\u{40firm.example'],
    ['m\\u{40}firm.example', 'nobody\\u{40}example.com'],
    ['m\\u{}firm.example'],
    ['m%ud83d@firm.example', nobody],
    ['m\\ud83d@firm.example', nobody],
    ['m\\ud83d\\ude00y@firm.example', nobody],
    ['m\\udc00y@firm.example', nobody],
    ['m\\ud83dx\\ude00@firm.example', nobody],
  ],
  octal: [
    ['\\303\\251\\101mary@firm.example', `\\303\\251\\${nobody}`],
    ['C:\\101\\303\\251t@x.de', `C:\\${nobody}`],
    ['\\777mary@firm.example', `\\${nobody}`],
    ['\\400mary@firm.example', `\\${nobody}`],
    ['\\377mary@firm.example', nobody],
    ['\\101\\100firm.example', 'nobody\\100example.com'],
    ['john\\100'],
    ['john\\100 x'],
    ['john\\100firm.example', 'nobody\\100example.com'],
    ['a/john\\100firm.example'],
    ['a:john\\100firm.example'],
    ['\\john\\100firm.example'],
    ['\\101john\\100firm.example', 'nobody\\100example.com'],
    ['x\\100\\146irm.example', 'nobody\\100example.com'],
    ['\\100firm.example'],
    ['(john\\100firm.example', '(nobody\\100example.com'],
  ],
  'quoted local parts': [
    ['"a\tb"@firm.example'],
    ['"a b"@firm.example', nobody],
    ['x"a b"@firm.example'],
    ['\\"a b\\"@firm.example', nobody],
    ['"a \\"b\\" c"@firm.example', nobody],
    ['""@firm.example'],
    ['"-"@firm.example'],
    ['&quot;a b&quot;@firm.example', nobody],
    ['%22a b%22@firm.example', nobody],
    ['\\u0022a b\\u0022@firm.example', nobody],
    ['a&quot;b c&quot;@firm.example'],
    ['"x y "@firm.example'],
    ['"x y,"@firm.example'],
  ],
  'users and passwords of URLs': [
    ['https://u:p@h.example'],
    ['http:/u:p@h.example', `http:/u:${nobody}`],
    ['http://u@h.example', `http://${nobody}`],
    ['//u:p@h.example', `//u:${nobody}`],
    ['https:\\/\\/u:p@h.example'],
    ['x://u:p:q@h.example'],
    ['https://u:p?@h.example'],
    ['https://u:p#@h.example', `https://u:${nobody}`],
    ['https://u:p x@h.example', `https://u:p ${nobody}`],
    ['https://h/u:p@h.example', `https://h/u:${nobody}`],
    ['https://h:1/u@h.example', `https://h:1/${nobody}`],
    ['ftp:// u:p@h.example', `ftp:// u:${nobody}`],
    ['://u:p@h.example'],
    ['a:p@h.example', `a:${nobody}`],
    ['/a:p@h.example', `/a:${nobody}`],
  ],
  repositories: [
    ['git@h.example', nobody],
    ['git@h.example:x/y'],
    ['git@h.example: x', `${nobody}: x`],
    ['git@h.example:', `${nobody}:`],
    ['hg@h.example:x'],
    ['gut@h.example:x', `${nobody}:x`],
    ['agit@h.example:x', `${nobody}:x`],
    ['ssh://git@h.example/x'],
    ['/git@h.example', `/${nobody}`],
    ['svn@h.example', nobody],
  ],
  'several at signs': [
    ['x@y.com@z.com', nobody],
    ['x@y.com@', `${nobody}@`],
    ['x@y.com@z', `${nobody}@z`],
    ['x@y@z.com', nobody],
    ['x%y.com@z.com', nobody],
  ],
  comments: [
    ['mary(at work)@firm.example', nobody],
    ['mary (at work)@firm.example'],
    ['mary.(x)@firm.example'],
    ['!(x)@firm.example'],
    ['(at work)@firm.example'],
    ['mary(a(b)c)@firm.example', nobody],
    ['mary(a"b)@firm.example'],
    ['mary@(a)firm.example', nobody],
    ['mary@(a firm.example'],
    ['mary@(a"b)firm.example'],
    [
      'mary(aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa)@firm.example',
      nobody,
    ],
    [
      'mary(aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa)@firm.example',
      nobody,
    ],
    [
      'mary(aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa)@firm.example',
      nobody,
    ],
    [
      'mary(aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa)@firm.example',
      nobody,
    ],
  ],
  'lengths of PHP': [
    ['s:16:"norbert@real.com";', `s:18:"${nobody}";`],
    ['s:16:"norbert@real.com"', `s:18:"${nobody}"`],
    ['s:15:"norbert@real.com";', `s:15:"${nobody}";`],
    ['x:16:"norbert@real.com";', `x:16:"${nobody}";`],
    ['s16:"norbert@real.com";', `s16:"${nobody}";`],
    ['s:16:"norbert@real.com"}', `s:16:"${nobody}"}`],
    ['a:1:{s:2:"to";s:9:"a@b.ccccc";}', `a:1:{s:2:"to";s:18:"${nobody}";}`],
    ['s:9:"a@b.ccccc', `s:9:"${nobody}`],
    ['s::"norbert@real.com";', `s::"${nobody}";`],
  ],
  'base64 and encoded words': [
    ['data:text/plain;base64,dG8gbWFyeUBmaXJtLmV4YW1wbGUh', 'data:text/plain;base64,dG8gbm9ib2R5QGV4YW1wbGUuY29tIQ=='],
    ['base64,YSBtYXJ5QGZpcm0uZXhhbXBsZQ==', 'base64,YSBub2JvZHlAZXhhbXBsZS5jb20='],
    ['base64,\nYUBiLmRl', 'base64,\nbm9ib2R5QGV4YW1wbGUuY29t'],
    ['base64,\n\nYUBi\nLmRl', 'base64,\n\nbm9i\nb2R5\nQGV4\nYW1w\nbGUu\nY29t'],
    ['base64,8J-mimFAYi5kZQ', 'base64,8J-mim5vYm9keUBleGFtcGxlLmNvbQ'],
    ['base64,8J-mimFAYi5kZQ==', 'base64,8J-mim5vYm9keUBleGFtcGxlLmNvbQ=='],
    ['base64,8J+mimFAYi5kZQ', 'base64,8J+mim5vYm9keUBleGFtcGxlLmNvbQ=='],
    ['BASE64,YUBiLmRl', 'BASE64,bm9ib2R5QGV4YW1wbGUuY29t'],
    ['bAsE64,YUBiLmRl', 'bAsE64,bm9ib2R5QGV4YW1wbGUuY29t'],
    ['case64,YUBiLmRl'],
    ['bare64,YUBiLmRl'],
    ['base65,YUBiLmRl'],
    ['base64;YUBiLmRl'],
    ['base64,YUBiLmR'],
    ['base64,YUBiLmRlZQ', 'base64,bm9ib2R5QGV4YW1wbGUuY29t'],
    ['base64,YUBiLmRl', 'base64,bm9ib2R5QGV4YW1wbGUuY29t'],
    ['=?utf-8?B?YSBtYXJ5QGZpcm0uZXhhbXBsZQ==?=', '=?utf-8?B?YSBub2JvZHlAZXhhbXBsZS5jb20=?='],
    ['=?utf-8?b?bWFyeUBmaXJtLmV4YW1wbGU=?= x', '=?utf-8?b?bm9ib2R5QGV4YW1wbGUuY29t?= x'],
    ['=?utf-8?q?mary=40firm.example?=', '=?utf-8?q?nobody=40example.com?='],
    ['?q?mary=40firm.example?=', '?q?nobody=40example.com?='],
    ['=?utf-8?q?a mary=40firm.example?='],
    ['data:;base64,YX5-P21hcnlAZmlybS5leGFtcGxlPj4-Pz8_', 'data:;base64,YX5-P25vYm9keUBleGFtcGxlLmNvbT4-Pj8_Pw'],
    ['data:;base64,YX5+P21hcnlAZmlybS5leGFtcGxlPj4+Pz8/YWI=', 'data:;base64,YX5+P25vYm9keUBleGFtcGxlLmNvbT4+Pj8/P2Fi'],
  ],
  'bytes in hexadecimal': [
    ['\\x6d61727940662e6465', '\\x6e6f626f6479406578616d706c652e636f6d'],
    ['\\x6d617279'],
    ['\\x6D61727940662E6465', '\\x6e6f626f6479406578616d706c652e636f6d'],
    ['x\\x6d61727940662e6465', 'x\\x6e6f626f6479406578616d706c652e636f6d'],
  ],
  'first and last characters': [
    [`o'brien@x.com`, nobody],
    [`'brien@x.com`, `'${nobody}`],
    [`o''brien@x.com`, nobody],
    [`brien'@x.com`],
    ['.mary@x.com', `.${nobody}`],
    ['mary.@x.com', nobody],
    ['..mary@x.com', `..${nobody}`],
    ['-mary@x.com', `-${nobody}`],
    ['+mary@x.com', `+${nobody}`],
    ['_mary@x.com', nobody],
    ['#mary@x.com', `#${nobody}`],
    ['m#@x.com', nobody],
    ['!@x.com'],
    ['a=b@x.com', `a=${nobody}`],
    ['a+b=c@x.com', nobody],
    ['=b@x.com', `=${nobody}`],
  ],
  'names of files': [
    ['mary@firm.1.png'],
    ['mary@firm.example.1.png', `${nobody}.1.png`],
    ['photo@2x.png'],
    ['photo@a.b.png', `${nobody}.png`],
    ['a@b.jpegs', nobody],
    ['a@b.jpeg'],
    ['a@x.JPG'],
    ['a@b.zip', nobody],
    ['a@b.pn', nobody],
    ['a@b.c.html', `${nobody}.html`],
    ['a@b.html.c', nobody],
  ],
  'characters of HTML': [
    ['&#109;@firm.example', nobody],
    ['&#109@firm.example', nobody],
    ['&#0;@firm.example'],
    ['&#x6d;@firm.example', nobody],
    ['&#xg;@firm.example'],
    ['&#1234567890;@x.com'],
    ['&bogus;@x.com'],
    ['&eacute;@x.com', nobody],
    ['&eacute@x.com', `&${nobody}`],
    ['m&shy;y@x.com', nobody],
    ['m&zwnj;y@x.com', nobody],
    ['&Alpha;@x.com', nobody],
    ['&acy;@x.com', nobody],
  ],
  'characters of URLs': [
    ['mary%252525252540x.com', 'nobody%252525252540example.com'],
    ['mary%25252525252540x.com'],
    ['mary%2525252525252540x.com'],
    ['M%C3%BCller@x.com', nobody],
    ['M%FCller@x.com', nobody],
    ['%C3@x.com', nobody],
    ['a%2B%40x.com', 'nobody%40example.com'],
    ['a%40x%2Ecom', 'nobody%40example.com'],
    ['a%40'],
    ['%40x.com'],
    ['a%4x.com'],
  ],
};

describe.each(Object.keys(texts))('%s', (name) => {
  test.each(texts[name] ?? [])('%s', (before, after = before) => {
    expect(rewritten(before)).toBe(after);
    expect(isFound(before)).toBe(after !== before);
    expect(isFound(after)).toBe(false);
  });
});

test('the same becomes of them in rows of COPY and of INSERT', async () => {
  const all = Object.values(texts).flat();
  const lines = (side: 0 | 1) =>
    all.map((one) => encode(Buffer.from(one[side] ?? one[0]), 'copy').toString()).join('\n');
  expect(await rows(lines(0))).toBe(lines(1));
  const literal = (text: string) => `('${text.replaceAll("'", "''")}')`;
  const inserts = (side: 0 | 1) =>
    all.map((one) => `INSERT INTO t (a) VALUES ${literal(one[side] ?? one[0])};\n`).join('');
  const definition = 'CREATE TABLE t (a text);\n';
  expect((await run(definition + inserts(0))).text).toBe(definition + inserts(1));
});

/** Every way to write an at sign that is read. */
const atSigns =
  '@ ＠ ﹫ %40 %2540 %u0040 %U0040 %EF%BC%A0 %ef%bc%a0 %EF%B9%AB %uff20 %uFE6B &commat; &#64; &#064; &#x40; &#X40; &#64 &#65312; &#xff20; &#xFE6B; &amp;#64; &amp;commat; &#38;#64; &#x26;commat; \\u0040 \\uff20 \\uFF20 \\ufe6b \\U00000040 \\x40 \\x{40} \\u{40} \\100 \\u0026#64; \\u0026commat; \\x26#64; \\u00252540 \\u002540 %5Cu0040 %26commat%3B %26%2364; \\u005cu0040 \\@ \\\\@ \\\\u0040'.split(
    ' ',
  );

test.each(atSigns)('the sign %s', (sign) => {
  const [before, after] = rewritten(`to mary${sign}firm.example, x`).split('nobody');
  expect(before).toBe('to ');
  expect(after).toMatch(/example\.com, x$/);
  expect(isFound(`to mary${sign}firm.example, x`)).toBe(true);
  expect(isFound(`to nobody${after}`)).toBe(false);
  expect(rewritten(`to ${sign}firm.example, x`)).toBe(`to ${sign}firm.example, x`);
});

const more = [
  'Content-Transfer-Encoding: quoted-printable\r\n\r\nmary=40fi=\r\nrm.example x',
  'Content-Transfer-Encoding: quoted-printable\n\nma=72y@fi=72m.ex=61mple=C3=A9 x',
  'BEGIN:VCARD\nEMAIL:mary@fi\n rm.example\nEND:VCARD',
  'ren\u00c3\u00a9e@firm.ex\u00c3\u00a9',
  'жук@почта.рф',
  'mary＠firm。example',
  '\\000ann@x.de\\000',
  'm\0a\0@\0x\0.\0d\0e\0',
  'mary@firm.ex\ufffdample的',
  'hi@🐾🐕.ws',
];

describe('a value ends where it ends', () => {
  const all = [...Object.values(texts).flatMap((some) => some.map(([text]) => text)), ...more].map((one) =>
    Buffer.from(one),
  );

  test('whatever stands behind it in the same bytes', () => {
    for (const bytes of all)
      for (let end = 0; end < bytes.length; end += 1) {
        const alone = Buffer.from(bytes.subarray(0, end));
        expect(rewrittenPart(bytes, 0, end).toString()).toBe(rewrittenPart(alone, 0, end).toString());
        expect(foundIn(bytes, 0, end)).toEqual(foundIn(alone, 0, end));
      }
  });

  test('and begins where it begins, whatever is in the column before', () => {
    for (const bytes of all)
      for (let begin = 1; begin < bytes.length; begin += 1) {
        const alone = Buffer.from(bytes.subarray(begin));
        const row = Buffer.concat([bytes.subarray(0, begin), Buffer.from('\t'), alone]);
        const written = rewrittenPart(row, begin + 1, row.length).toString();
        expect(written).toBe(rewrittenPart(alone, 0, alone.length).toString());
        expect(foundIn(row, begin + 1, row.length)).toEqual(foundIn(alone, 0, alone.length));
      }
  });
});
