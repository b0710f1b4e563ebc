/** Addresses behind escapes of every kind, return paths, odd letters; and what only looks like one. The rewriter and the leak check agree. */
import { describe, expect, test } from '@jest/globals';
import { decode, encode, Scratch } from '../../../src/anonymize/format/codec.ts';
import { rows } from './run.ts';

const nobody = 'nobody@example.com';

/** What becomes of a text in a column. */
async function become(text: string, definition?: string): Promise<string> {
  const out = Buffer.from(
    await rows(encode(Buffer.from(text), 'copy'), { ...(definition === undefined ? {} : { definition }) }),
  );
  const scratch = new Scratch();
  return scratch.bytes.toString('utf8', 0, decode(out, 0, out.length, 'copy', scratch));
}

describe('escapes', () => {
  test.each([
    ['of Markdown', 'to mary\\_jones@firm.example,', `to ${nobody},`],
    ['of a hyphen', 'mary\\-jones@firm.example', nobody],
    ['of a plus', 'mary\\+news@firm.example', nobody],
    ['of the first character', '\\_mary@firm.example', nobody],
    ['of the sign, which stays', 'my $to = "mary\\@firm.example";', 'my $to = "nobody\\@example.com";'],
    ['of a pattern, which stays one', '/^mary\\.jones@firm\\.example$/', '/^nobody@example\\.com$/'],
    ['of a pattern in JSON', '{"p":"^mary\\\\.jones@firm\\\\.example$"}', '{"p":"^nobody@example\\\\.com$"}'],
    ['of a pattern with its sign', 'mary\\\\.j\\\\@firm\\\\.example', 'nobody\\\\@example\\\\.com'],
    ['of a pattern in brackets', '/^mary[.]jones@firm[.]example$/i', `/^${nobody}$/i`],
    ['of a pattern in brackets behind a name', 'mary@mail.firm[.]example', nobody],
    ['but no index behind an address', 'x[0]mary@firm.example[1]', `x[0]${nobody}[1]`],
    ['of an apostrophe', "o\\'hara@firm.example", nobody],
    ['of JSON, twice', '"mary\\\\u0040firm.example"', '"nobody\\\\u0040example.com"'],
    ['of HTML, twice', 'mary&amp;#64;firm.example', 'nobody&amp;#64;example.com'],
    [
      'of HTML in JSON',
      '\\u0026lt;mary\\u0026#64;firm.example\\u0026gt;',
      '\\u0026lt;nobody\\u0026#64;example.com\\u0026gt;',
    ],
    ['of HTML in a URL', '?b=mary%26%2364%3Bfirm.example', '?b=nobody%26%2364%3Bexample.com'],
    ['of every letter', '&#109;&#97;&#64;&#102;&#46;com', 'nobody&#64;example.com'],
    ['of every letter, without semicolons', '&#109&#97&#x40&#x66&#46com', 'nobody&#x40;example.com'],
    ['of names in HTML', 'm&uuml;ller&commat;f&iacute;rm&period;example', 'nobody&commat;example.com'],
    ['of JavaScript', 'mary%u0040firm.example', 'nobody%u0040example.com'],
    [
      'of code points in braces',
      'mary\\u{40}firm.example \\x{6d}y\\x{40}f.example',
      'nobody\\u{40}example.com nobody\\x{40}example.com',
    ],
    ['in octal', 'mary\\100firm.example', 'nobody\\100example.com'],
    ['in octal, of every letter', '\\155\\141\\100firm.example', 'nobody\\100example.com'],
    ['in hexadecimal, of every letter', '\\x6d\\x61\\x40firm.example', 'nobody\\x40example.com'],
    ['in a URL, three times', 'mary%25252540firm.example', 'nobody%25252540example.com'],
    ['in a URL, of letters beyond ASCII', 'm%C3%BCller%40firm.example', 'nobody%40example.com'],
    [
      'of a fullwidth sign',
      'mary%EF%BC%A0firm.example mary\\uff20firm.example',
      'nobody%EF%BC%A0example.com nobody\\uff20example.com',
    ],
    [
      'of quotes around the local part',
      '{\\"a\\":\\"\\\\\\"odd local\\\\\\"@firm.example\\"}',
      `{\\"a\\":\\"${nobody}\\"}`,
    ],
    ['before a path', 'C:\\mary@firm.example', `C:\\${nobody}`],
    ['of a line end before it', 'a\\nnora@firm.example', `a\\n${nobody}`],
  ])('%s', async (_what, before, after) => {
    expect(await become(before)).toBe(after);
  });

  test('of arrays around those of patterns', async () => {
    const definition = 'CREATE TABLE t (a text[]);\n';
    expect(await become('{"^mary\\\\.jones@firm\\\\.example$","a\\\\nnora@f.example"}', definition)).toBe(
      `{"^nobody@example\\\\.com$","a\\\\n${nobody}"}`,
    );
  });

  test('lead to the same address where addresses differ', async () => {
    const definition = 'CREATE TABLE t (a text UNIQUE);\n';
    const [first, second, third] = (
      await rows('ma_ry@f.example\nma\\\\_ry@f.example\nma&#95;ry%40f.example', { definition })
    ).split('\n');
    expect(first).toMatch(/^nobody-[a-z2-7]{16}@example\.com$/);
    expect(second).toBe(first);
    expect(third).toBe(first?.replace('@', '%40'));
  });
});

describe('return paths go whole', () => {
  test.each([
    'news-return-7-mary.jones=firm.example@lists.example',
    'bounces-998-mary=firm.example@out.example',
    'owner-news-mary=firm.example@lists.example',
    'news-sc.1234567.abcd-mary=firm.example@lists.example',
    'bounce-mc.us7_9.10-mary=firm.example@sender.example',
    'sentto-9-8-7-mary=firm.example@returns.example',
    'news-bounces+mary=firm.example@lists.example',
    'mary=firm.example@gateway.example',
    'prvs=2987654321=mary@firm.example',
    'msprvs1=18xyz=bounces-9@out.example',
    'btv1==987==mary@firm.example',
    'SRS0=ab=XY=firm.example=mary@relay.example',
    'SRS0-ab=XY=firm.example=mary@relay.example',
    'SRS1=cd=relay.example==ab=XY=firm.example=mary@other.example',
  ])('%s', async (path) => {
    expect(await become(`to=${path}`)).toBe(`to=${nobody}`);
    expect(await become(`<${path}>`)).toBe(`<${nobody}>`);
    expect(await become(path.replaceAll('=', '%3D').replace('@', '%40'))).toBe('nobody%40example.com');
  });

  test.each(['email=mary', 'reply-to=mary.jones', '?to=mary.li', 'a=1&user_mail=mary.me', 'x=y.z;from=mary'])(
    'but %s@… keeps its key',
    async (text) => {
      expect(await become(`${text}@firm.example`)).toBe(`${text.slice(0, text.lastIndexOf('=') + 1)}${nobody}`);
    },
  );
});

describe('letters', () => {
  test.each([
    ['pictures in a domain', 'hi@🦊🌲.example'],
    ['a symbol in a domain', 'hi@i♥.example'],
    ['a character that was lost', 'jo.w\ufffdlk@firm.example'],
    ['one before the sign', 'w\ufffd@firm.example'],
    ['one in the domain', 'jo@f\ufffdrm.example'],
    ['a combining accent', 'Zoe\u0308@firm.example'],
    ['a space without width inside', 'ma\u200bry@fi\u200brm.example'],
    ['a mark of direction inside', 'mary\u200e@firm.example'],
    ['a zero width joiner', 'ma\u200dry@firm.example'],
    ['a small full stop', 'mary@firm﹒example'],
    ['a picture in a local part', 'ma🦊ry@firm.example'],
    ['an at sign in quotes', '"mary@home"@firm.example'],
    ['more in quotes', '"mary(),:;<>[]@ x"@firm.example'],
    ['an address literal', 'mary@[192.0.2.7]'],
    ['an address literal of IPv6', 'mary@[IPv6:2001:db8::7]'],
    ['a comment', 'mary(at work)@firm.example'],
    ['a comment before the domain', 'mary@(at work)firm.example'],
    ['a percent sign', 'mary%firm.example@relay.example'],
    ['a guest of another directory', 'mary_firm.example#EXT#@host.example'],
  ])('%s', async (_what, address) => {
    expect(await become(address)).toBe(nobody);
    expect(await become(`a ${address}. b`)).toBe(`a ${nobody}. b`);
  });

  test('around an address stay', async () => {
    expect(await become('🦊mary@firm.example🌲 \u202amary@firm.example\u202c @mary@social.example')).toBe(
      `🦊${nobody}🌲 \u202a${nobody}\u202c @${nobody}`,
    );
  });
});

describe('no address, for the rewriter and for the leak check', () => {
  test.each([
    ...[
      '\\u003e',
      '&gt;',
      '&#62;',
      '&#x3e;',
      '&amp;gt;',
      '\\u0026gt;',
      '\\\\u003e',
      '%3E',
      '%253e',
      '>',
      '½',
      '⅓',
      '“',
      '🦊',
      'hi🦊',
      '❤️',
    ],
    ...[
      '\\n',
      '\\r\\n',
      '\n',
      '\\t',
      '&nbsp;',
      '&hellip;',
      '&rdquo;',
      '&#8221;',
      '%E2%80%9D',
      '\\u201d',
      '(',
      '[',
      '{',
      '|',
      '/',
      ':',
      '!',
      '*',
      "'",
      '"x="',
    ],
  ])('a mention after %s', async (before) => {
    expect(await become(`${before}@mary.jones`)).toBe(`${before}@mary.jones`);
  });

  test.each([
    '{"a":"x y","b":"@mary.jones"}',
    '<img title="" alt="@mary.jones">',
    '(@scope/pkg.js)',
    '@scope/name@1.2.3',
    '@scope/name@1.2.3-beta.rc',
    'node@18.x',
    'jo@host.png',
    'git@host.example:group/name.git',
    'ssh://git@host.example/group/name',
    'https://jo:secret@host.example/x',
    'https:\\/\\/jo:secret@host.example\\/x',
    '@Component.decorator(x)',
    '^\\w+@firm\\.example$',
    '^[\\w.+-]+@firm\\.example$',
    '.*@firm\\.example',
    'DCIM\\100FOTO.JPG',
    'D:\\DCIM\\100FOTO.dir\\x',
  ])('%s', async (text) => {
    expect(await become(text)).toBe(text);
  });
});
