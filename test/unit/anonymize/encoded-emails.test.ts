/** Addresses in bytes of other encodings, and in the encoded bodies of mails. */
import { describe, expect, jest, test } from '@jest/globals';
import { decode, encode, Scratch } from '../../../src/anonymize/format/codec.ts';
import { emailsInBytes } from '../../../src/anonymize/leak-check/remaining-emails.ts';
import { rewritten } from './one-text.ts';
import { rows, run } from './run.ts';

const nobody = 'nobody@example.com';

const encodings: Readonly<Record<string, (text: string) => Buffer>> = {
  'UTF-16LE': (text) => Buffer.from(text, 'utf16le'),
  'UTF-16BE': (text) => Buffer.from(text, 'utf16le').swap16(),
  'UTF-32LE': (text) => Buffer.concat([...text].map((one) => unit(one.codePointAt(0) as number))),
  'UTF-32BE': (text) => Buffer.concat([...text].map((one) => unit(one.codePointAt(0) as number).reverse())),
};

/** Bytes in hexadecimal digits, as the format of bytea has them, with their addresses replaced. */
function patchedBytes(hex: string): string {
  return rewritten(`\\\\x${hex}`).slice(3);
}

function unit(point: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(point);
  return bytes;
}

const texts: readonly (readonly [before: string, after: string])[] = [
  ['mary@firm.example', nobody],
  ['\ufeffTo: Mary <mary.jones@firm.example>, x', `\ufeffTo: Mary <${nobody}>, x`],
  ['Grüße an müller@bücher.example und žofie@firm.example', `Grüße an ${nobody} und ${nobody}`],
  ['Привет, мария@почта.рф!', `Привет, ${nobody}!`],
  ['a@b.example, c@d.example;e@f.example', `${nobody}, ${nobody};${nobody}`],
  ['🦊 jo🦊doe@🐾🐕.ws, 🌲', `🦊 ${nobody}, 🌲`],
  ['mary@𝔣irm.example 𐀀', `${nobody} 𐀀`],
];

/** Letters of another script right beside the address, of which half would be a letter of ASCII. */
const besideLetters: typeof texts = [
  ['联系mary@firm.example谢谢', `${nobody}谢谢`],
  ['联系 mary@firm.example谢谢', `联系 ${nobody}谢谢`],
  ['mary@firm.example日本', `${nobody}日本`],
  ['пишите на mary@firm.exampleс', `пишите на ${nobody}с`],
];

/** In the escape format of bytea. */
function escapeFormat(bytes: Buffer): string {
  return [...bytes]
    .map((byte) =>
      byte === 0x5c
        ? '\\\\'
        : byte < 0x20 || byte > 0x7e
          ? `\\${byte.toString(8).padStart(3, '0')}`
          : String.fromCharCode(byte),
    )
    .join('');
}

async function become(text: string): Promise<string> {
  const out = Buffer.from(await rows(encode(Buffer.from(text), 'copy')));
  const scratch = new Scratch();
  return scratch.bytes.toString('utf8', 0, decode(out, 0, out.length, 'copy', scratch));
}

describe.each(Object.keys(encodings))('%s', (name) => {
  const encoding = encodings[name] as (text: string) => Buffer;

  test.each(texts)('%s', async (before, after) => {
    const hex = (text: string) => `\\x${encoding(text).toString('hex')}`;
    expect(await become(hex(before))).toBe(hex(after));
    expect(await become(escapeFormat(encoding(before)))).toBe(escapeFormat(encoding(after)));
  });

  test('in escape format in an array, which doubles backslashes', async () => {
    const written = (text: string) => `{"${escapeFormat(encoding(text)).replaceAll('\\', '\\\\')}"}`;
    expect(await become(written('mary@firm.example'))).toBe(written(nobody));
  });

  test.each(besideLetters)('%s', async (before, after) => {
    const hex = (text: string) => `\\x${encoding(text).toString('hex')}`;
    expect(await become(hex(before))).toBe(hex(after));
  });

  test('inside other bytes, at any place', async () => {
    for (const padding of [0, 1, 2, 3]) {
      const around = (text: string) =>
        `\\x${Buffer.concat([Buffer.from([0, 255, 1, 2, 7]), Buffer.alloc(padding, 3), encoding(text), Buffer.from([5, 255, 6])]).toString('hex')}`;
      expect(await become(around(' mary@firm.example '))).toBe(around(` ${nobody} `));
    }
  });

  test('in a large object, also across its pieces', async () => {
    const text = encoding(`${'x '.repeat(1000)}mary@firm.example${' y'.repeat(1000)}`);
    for (const cut of [10, 4000, 4008, 4010, 8010, 8020]) {
      const pieces = [text.subarray(0, cut), text.subarray(cut)].map(
        (piece) => `SELECT pg_catalog.lowrite(0, '\\x${piece.toString('hex')}');\n`,
      );
      const { text: out } = await run(`${pieces.join('')}SELECT pg_catalog.lo_close(0);\n`);
      const written = [...out.matchAll(/'\\x([0-9a-f]*)'/g)].map(([, digits]) => digits).join('');
      expect(written).toBe(encoding(`${'x '.repeat(1000)}${nobody}${' y'.repeat(1000)}`).toString('hex'));
    }
  });

  test('the leak check finds those of other scripts where a mark at the beginning tells the order of bytes', () => {
    const expected = name.startsWith('UTF-16') ? ['@почта.рф'] : [];
    expect(emailsInBytes(encoding('\ufeffК мария@почта.рф, x'))).toEqual(expected);
    expect(emailsInBytes(encoding(`\ufeffмария ${nobody}, рф`))).toEqual([]);
    expect(emailsInBytes(encoding('\ufeffмария р@ рф.x'))).toEqual([]);
  });

  test('the leak check finds them', () => {
    expect(emailsInBytes(encoding('To mary.jones@firm.example, x'))).toEqual(['mary.jones@firm.example']);
    expect(emailsInBytes(encoding(`To ${nobody}, x`))).toEqual([]);
  });
});

describe('the leak check', () => {
  test.each([
    ['hexadecimal bytes', `\\\\x${Buffer.from('a mary@firm.example').toString('hex')}`],
    ['a picture', `\\\\x00ff${Buffer.from('mary@firm.example').toString('hex')}00`],
  ])('reads %s', async (_what, value) => {
    const rules = 'version: 1\ntables:\n  public.t:\n    columns: { a: keep }';
    // A column that keeps its addresses lets them through; the same bytes in a comment do not pass.
    expect(
      await rows(value, {
        definition: 'CREATE TABLE public.t (a bytea);\n',
        rules: rules.replace('public.t', 't'),
      }).catch(() => value),
    ).toBe(value);
    const found = emailsInBytes(Buffer.from(value.slice(3), 'hex'));
    expect(found.join()).toContain('mary@firm.example');
  });
});

test.each([
  ['\x01xy@firm.example', 0],
  ['xy@firm.example\x01', 0],
  ['xy@firm\x1f.example', 0],
  ['x\x0exy@firm.example', 0],
  ['\txy@firm.example\r\n\f', 1],
  ['xy@firm.example\0\0', 1],
  ['xy@firm.example\0\0x', 0],
  ['xyz@firm.example\x01', 1],
])('in bytes that are no text, the leak check finds what is clear: %j', (text, count) => {
  expect(emailsInBytes(Buffer.from(text))).toHaveLength(count);
});

describe('bodies of mails', () => {
  const body = (text: string, end: string, width = 76) =>
    (
      Buffer.from(text)
        .toString('base64')
        .match(new RegExp(`.{1,${width}}`, 'g')) ?? []
    ).join(end);
  const long = (address: string) => `Dear ${address},\n${'lorem ipsum '.repeat(20)}\n${address}\n`;

  test.each(['\n', '\r\n'])('in base64 with lines', async (end) => {
    const mail = (address: string) =>
      `Subject: x${end}Content-Transfer-Encoding: base64${end}Content-Type: text/plain${end}${end}${body(long(address), end)}${end}--b--`;
    expect(await become(mail('mary@firm.example'))).toBe(mail(nobody));
    const json = (address: string) => JSON.stringify({ mail: mail(address) });
    expect(await become(json('mary@firm.example'))).toBe(json(nobody));
  });

  test('in base64 of a URL and of encoded words', async () => {
    const url = (address: string) => `<a href="data:text/plain;base64,${body(long(address), '', 1e6)}">`;
    expect(await become(url('mary@firm.example'))).toBe(url(nobody));
    const word = (address: string) => `From: =?UTF-8?B?${body(`Mary <${address}>`, '')}?= x`;
    expect(await become(word('mary@firm.example'))).toBe(word(nobody));
  });

  test('in quoted-printable', async () => {
    const mail = (address: string) =>
      `Content-Transfer-Encoding: quoted-printable\r\n\r\nDear M=C3=BCller, ${address} =3D x\r\n`;
    expect(await become(mail('mary=40firm.example'))).toBe(mail('nobody=40example.com'));
    expect(await become(mail('mary.j=\r\nones@fi=\r\nrm.example'))).toBe(mail(nobody));
    expect(await become(mail('m=C3=BCller@firm.example'))).toBe(mail(nobody));
  });

  test('in a row, which the rows behind it and before it have nothing to do with', async () => {
    // Behind `c29t`, letters of base64 would go on with what is written instead of the address.
    expect(await rows('x\tdata:;base64,YUBiLmRl\ncGxl\tx\nc29t\ty', { columns: 'a, b' })).toBe(
      'x\tdata:;base64,bm9ib2R5QGV4YW1wbGUuY29t\ncGxl\tx\nc29t\ty',
    );
    const mail = 'Content-Transfer-Encoding: quoted-printable\\n\\nmary=40firm.example';
    expect(await rows(`1\t${mail}\nwidth=40px.auto\tx`, { columns: 'a, b' })).toBe(
      `1\t${mail.replace('mary=40firm.example', 'nobody=40example.com')}\nwidth=40px.auto\tx`,
    );
  });

  test('what is neither stays', async () => {
    for (const text of [
      'width=40px.auto',
      'base64,abc',
      'a base64 string\n\nword word word',
      'data:image/png;base64,iVBORw0KGgoAAAANSUhEUg==',
      '=?UTF-8?B?SGVsbG8gV29ybGQ=?=',
    ])
      expect(await become(text)).toBe(text);
  });
});

test('the time for a long value of bytes grows with its length, however many letters of the word base64 are in it', async () => {
  const seconds = async (bytes: number): Promise<number> => {
    const value = `\\\\x${'e6'.repeat(bytes)}`;
    const before = process.cpuUsage();
    expect(await rows(value, { definition: 'CREATE TABLE t (a bytea);\n' })).toBe(value);
    return process.cpuUsage(before).user / 1e6;
  };
  await seconds(20_000);
  const short = await seconds(20_000);
  // Going from each of them to the end of the value, it took 100 times as long.
  expect(await seconds(200_000)).toBeLessThan(40 * short);
});

test.each(['UTF-16LE', 'UTF-16BE'])(
  'a letter of another script right behind an address, with a mark in front, in %s',
  async (name) => {
    const encoding = encodings[name] as (text: string) => Buffer;
    const value = (email: string): string => `\\\\x${encoding(`\ufeffxxx ${email}Ж`).toString('hex')}`;
    expect(await rows(value('jane@corp.example'))).toBe(value(nobody));
  },
);

test.each(Object.keys(encodings))('numbers that look like at signs hide no address in %s', (name) => {
  const encoding = encodings[name] as (text: string) => Buffer;
  const hex = (text: string): string => encoding(text).toString('hex');
  const signs = '@'.repeat(50);
  expect(patchedBytes(hex(`${signs} mary@firm.example ${signs}`))).toBe(hex(`${signs} ${nobody} ${signs}`));
});

test('of at signs in a row, few are read with each', () => {
  const signs = 2000;
  const value = '0040'.repeat(signs);
  const reads = jest.spyOn(Buffer.prototype, 'readUInt16BE');
  try {
    expect(patchedBytes(value)).toBe(value);
    expect(reads.mock.calls.length).toBeGreaterThan(signs);
    // With all the others around it, there were some 800 for each.
    expect(reads.mock.calls.length).toBeLessThan(50 * signs);
  } finally {
    reads.mockRestore();
  }
});

describe.each(Object.keys(encodings))('%s in escape format', (name) => {
  const encoding = encodings[name] as (text: string) => Buffer;

  test.each([
    'To: jane@corp.example\n',
    'jane@corp.example\r\nbye ',
    '\ufeffjane@corp.example\t\u0001',
    'jane@corp.example 12',
  ])('is no address any more when it was replaced: %j', async (before) => {
    const after = before.replace('jane@corp.example', nobody);
    expect(await become(escapeFormat(encoding(before)))).toBe(escapeFormat(encoding(after)));
  });
});
