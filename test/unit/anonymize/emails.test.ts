/** Which addresses are found, in which forms, and what is not an address. Values are written as in COPY. */
import { describe, expect, test } from '@jest/globals';
import { rows } from './run.ts';

const nobody = 'nobody@example.com';

/** Values in a row of COPY, and what becomes of them. */
const replaced: readonly (readonly [what: string, before: string, after: string])[] = [
  ['alone', 'john@x.com', nobody],
  ['with tags and dots', 'john.doe+news@mail.co.uk', nobody],
  ['in a sentence', 'write to john@x.com.', `write to ${nobody}.`],
  ['after a newline, which COPY writes as backslash and n', 'a\\nnorbert@x.com b', `a\\n${nobody} b`],
  ['after a tab', 'a\\ttom@x.com', `a\\t${nobody}`],
  ['after a newline of JSON', '{"a":"x\\\\nnora@x.com"}', `{"a":"x\\\\n${nobody}"}`],
  ['with a letter escaped in JSON', '{"a":"jos\\\\u00e9@x.com"}', `{"a":"${nobody}"}`],
  ['with its plus escaped in JSON', '{"a":"john\\\\u002Btag@x.com"}', `{"a":"${nobody}"}`],
  ['with its at sign escaped in JSON', '{"a":"x\\\\u0040real.com"}', '{"a":"nobody\\\\u0040example.com"}'],
  ['with its at sign escaped in JavaScript', 'x\\\\x40real.com', 'nobody\\\\x40example.com'],
  ['in UTF-8', 'josé@x.com', nobody],
  ['with an international domain', 'user@münchen.de', nobody],
  ['in Chinese', '用户@例子.公司', nobody],
  ['in punycode', 'user@xn--mnchen-3ya.de', nobody],
  ['with a fullwidth at sign', 'a＠b.de', nobody],
  ['with a quoted local part', '"odd local"@x.com', nobody],
  ['with a quoted local part in brackets', '<"q l"@x.com>', `<${nobody}>`],
  ['with a quoted local part in an array', '{"\\\\"odd local\\\\"@host.example",x}', `{"${nobody}",x}`],
  ['with a quoted local part in a composite value', '("""odd local""@host.example",x)', `("${nobody}",x)`],
  ['whose local part is an address in quotes', 'x "mary@firm.example"@host.example y', `x ${nobody} y`],
  ['whose local part is one in brackets', '<"mary@firm.example"@host.example>', `<${nobody}>`],
  ['whose local part is one in JSON', '{"a":"\\\\"m@firm.example\\\\"@host.example"}', `{"a":"${nobody}"}`],
  ['behind one in a list', '["mary@firm.example","@jo.doe"]', `["${nobody}","@jo.doe"]`],
  ['in an array', '{a@b.c,d@e.f}', `{${nobody},${nobody}}`],
  ['in a composite value', '(1,a@b.c)', `(1,${nobody})`],
  ['after mailto', 'mailto:a@b.de?cc=c@d.de', `mailto:${nobody}?cc=${nobody}`],
  ['in a query', '?email=a%40b.de&y', '?email=nobody%40example.com&y'],
  ['in a query, with an encoded plus', '?e=john%2Btag%40b.de', '?e=nobody%40example.com'],
  ['in a URL inside a URL', 'u=%3Fe%3Da%2540b.de', 'u=%3Fe%3Dnobody%2540example.com'],
  ['as the user of a URL', 'sftp://john@h.de/x', `sftp://${nobody}/x`],
  ['as the user of a URL with a password', 'https://a%40b.de:pw@h.de/x', 'https://nobody%40example.com:pw@h.de/x'],
  ['in the name of a file', 'name@x.example.pdf', `${nobody}.pdf`],
  ['in an encoded word of a mail', '=?UTF-8?Q?a=40b.de?=', '=?UTF-8?Q?nobody=40example.com?='],
  ['in HTML', 'a&#64;b.de &lt;c@d.de&gt;', `nobody&#64;example.com &lt;${nobody}&gt;`],
  ['as the target of a link', '<a href="mailto:x@y.de">', `<a href="mailto:${nobody}">`],
  ['serialised by PHP', 's:16:"norbert@real.com";', `s:18:"${nobody}";`],
  ['serialised by PHP inside PHP', 's:24:"s:16:"norbert@real.com";";', `s:26:"s:18:"${nobody}";";`],
  ['with an apostrophe', "o'brien@x.com's", `${nobody}'s`],
  ['in quotes', "'a@b.c'", `'${nobody}'`],
  ['in typographic quotes', '“john@x.com”', `“${nobody}”`],
  ['before text in another script', 'john@x.com吧', `${nobody}吧`],
  ['with a return path of a mailing list', 'bounce+u=g.com@l.org', nobody],
  ['with a return path rewritten by SRS', 'SRS0=HHH=TT=host.org=user@relay.net', nobody],
  ['after a key', 'email=u@g.com', `email=${nobody}`],
  ['at an IP address', 'user@[192.168.0.1]', nobody],
  ['relayed', 'x@y.com@z.com', nobody],
  ['after a path with backslashes', 'C:\\\\paul@x.de', `C:\\\\${nobody}`],
  ['in bytes', '\\\\x6e6f72626572744072656c2e636f6d', '\\\\x6e6f626f6479406578616d706c652e636f6d'],
  ['in bytes in escape format', '\\\\000\\\\377\\\\000ann@x.de\\\\000', `\\\\000\\\\377\\\\000${nobody}\\\\000`],
  ['with its first digit after an escape of bytes', '\\\\0001ann@x.de', `\\\\000${nobody}`],
  ['with letters of UTF-8 in bytes in escape format', 'j\\\\303\\\\274rg@m\\\\303\\\\274ller.de', nobody],
  ['after a path with digits', 'C:\\\\101\\\\123paul@x.de', `C:\\\\101\\\\${nobody}`],
  [
    'in bytes of an array',
    '{"\\\\\\\\x6e6f72626572744072656c2e636f6d"}',
    '{"\\\\\\\\x6e6f626f6479406578616d706c652e636f6d"}',
  ],
];

const kept: readonly (readonly [what: string, value: string])[] = [
  ['a name without a domain', 'root@localhost'],
  ['a mention', 'ask @norbert.example or (@x.de)'],
  ['a version', 'lodash@4.17.21'],
  ['a picture', 'logo@2x.png'],
  ['a regular expression', '[^@]+@[^@]+\\\\.[a-z]'],
  ['the host of a URL', 'https://user:secret@h.example.org/x'],
  ['a measure', 'width=40px.auto'],
  ['a domain alone', '@x.de, %@example.org'],
  ['JSON with a key after it', '{"a": "@b.com", "b@c": 1}'],
  ['two at signs', 'a@@b.com'],
  ['NULL', '\\N'],
  ['what was replaced before', nobody],
  ['bytes that are not text', '\\\\x00ff406161402e2e4000'],
];

describe('an address', () => {
  test.each(replaced)('%s', async (_what, before, after) => {
    expect(await rows(before)).toBe(after);
  });

  test('in bytes in escape format of an array', async () => {
    const definition = 'CREATE TABLE t (a bytea[]);\n';
    expect(await rows('{"\\\\\\\\000ann@x.de"}', { definition })).toBe(`{"\\\\\\\\000${nobody}"}`);
  });

  test('beside tabs and line ends', async () => {
    expect(await rows('a@b.c\td\te@f.g\n\\N\th@i.j\t', { columns: 'a, b, c' })).toBe(
      `${nobody}\td\t${nobody}\n\\N\t${nobody}\t`,
    );
  });

  test('beside bytes that are not UTF-8', async () => {
    const latin1 = Buffer.concat([
      Buffer.from('m'),
      Buffer.from([0xfc]),
      Buffer.from('ller@x.de '),
      Buffer.from([0xa0]),
      Buffer.from('a@b.de'),
    ]);
    const out = await rows(latin1);
    expect(out.startsWith(`${nobody} `)).toBe(true);
    expect(out.endsWith(nobody)).toBe(true);
  });

  test('in the metadata of a picture is replaced, other bytes stay', async () => {
    const picture = Buffer.concat([
      Buffer.from([0, 1, 2, 255]),
      Buffer.from('norbert@camera.example'),
      Buffer.from([0, 7]),
    ]);
    const out = await rows(`\\\\x${picture.toString('hex')}`);
    expect(Buffer.from(out.slice(3), 'hex').toString('latin1')).toContain(nobody);
    expect(Buffer.from(out.slice(3), 'hex').subarray(0, 4)).toEqual(Buffer.from([0, 1, 2, 255]));
  });
});

describe('what is not an address stays', () => {
  test.each(kept)('%s', async (_what, value) => {
    expect(await rows(value)).toBe(value);
  });
});

/** A text in an encoding of several bytes a character, as bytea. */
function wide(text: string, width: number, place: number): string {
  const bytes = Buffer.alloc(text.length * width);
  for (let index = 0; index < text.length; index += 1) bytes[index * width + place] = text.charCodeAt(index);
  return `\\\\x${bytes.toString('hex')}`;
}

test.each([
  ['UTF-16', 2, 0],
  ['UTF-16 of the other order', 2, 1],
  ['UTF-32', 4, 0],
  ['UTF-32 of the other order', 4, 3],
])('an address in %s is replaced in the same encoding', async (_name, width, place) => {
  const value = (email: string): string => wide(`from ${email}, to x`, width, place);
  expect(await rows(value('jane.doe@corp.test'))).toBe(value(nobody));
});

test('what a rule for JSON has masked is no address that is left', async () => {
  const rules = 'version: 1\ntables:\n  public.t:\n    columns:\n      a: { json: { "$.m": mask } }\n';
  const options = { rules, definition: 'CREATE TABLE public.t (a json);\n' };
  expect(await rows('{"m":"jane.d7@corp.test"}', options)).toBe('{"m":"xxxx.x0@xxxx.xxxx"}');
});
