/** The oracle must see what is hidden from ordinary searches, and be silent about what the anonymiser makes. */
import { deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { caseOfValue } from '../../fuzz/generate/forms.ts';
import { leaksIn, readingsOf } from '../../fuzz/oracle/oracle.ts';

const email = 'jane.quxq@corp.example';
const each = (write: (byte: number) => string): string => [...Buffer.from(email)].map(write).join('');
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const wide = (bigEndian: boolean): Buffer => {
  const bytes = Buffer.alloc(email.length * 4);
  for (let index = 0; index < email.length; index += 1)
    bytes.writeUInt8(email.charCodeAt(index), index * 4 + (bigEndian ? 3 : 0));
  return bytes;
};

const hidden: readonly (readonly [how: string, text: string])[] = [
  ['as it is', email],
  ['in upper case', email.toUpperCase()],
  ['in escapes of JSON', each((byte) => `\\u${byte.toString(16).padStart(4, '0')}`)],
  ['in escapes of JSON inside JSON', JSON.stringify(each((byte) => `\\u${byte.toString(16).padStart(4, '0')}`))],
  ['in escapes of JavaScript', each((byte) => `\\x${byte.toString(16)}`)],
  ['in code points of JavaScript', each((byte) => `\\u{${byte.toString(16)}}`)],
  ['in octal escapes', each((byte) => `\\${byte.toString(8).padStart(3, '0')}`)],
  ['in references of HTML', each((byte) => `&#${byte};`)],
  ['in hexadecimal references of HTML', each((byte) => `&#x${byte.toString(16)};`)],
  ['in references of HTML, twice', each((byte) => `&amp;#${byte};`)],
  ['in names of HTML', email.replace('@', '&commat;').replaceAll('.', '&period;')],
  ['in a URL', each((byte) => `%${byte.toString(16)}`)],
  ['in a URL, twice', each((byte) => `%25${byte.toString(16)}`)],
  ['in a URL, as old browsers escape', each((byte) => `%u00${byte.toString(16)}`)],
  ['in quoted-printable', each((byte) => `=${byte.toString(16).toUpperCase()}`)],
  ['in quoted-printable with soft line ends', 'jane.qu=\nxq@corp.example'],
  ['in an encoded word', `=?utf-8?q?${each((byte) => `=${byte.toString(16)}`)}?=`],
  ['in an encoded word of base64', `=?utf-8?B?${Buffer.from(email).toString('base64')}?=`],
  ['in base64', `x ${Buffer.from(`id 7 ${email}`).toString('base64')} y`],
  ['in base64 of URLs', `eyJ9.${Buffer.from(`{"a":"${email}"}`).toString('base64url')}.x`],
  [
    'in lines of base64',
    Buffer.from(`${'x'.repeat(57)}${email}`)
      .toString('base64')
      .replaceAll(/.{76}/g, '$&\n'),
  ],
  ['in base64, twice', Buffer.from(Buffer.from(email).toString('base64')).toString('base64')],
  ['in bytea', `\\x${hex(Buffer.from(email))}`],
  ['in bytea in escape format', email.replace('@', '\\100')],
  ['in UTF-16', `\\x${hex(Buffer.from(email, 'utf16le'))}`],
  ['in UTF-16 of the other order', `\\x${hex(Buffer.from(email, 'utf16le').swap16())}`],
  ['in UTF-16 at an odd place', `\\x00${hex(Buffer.from(email, 'utf16le'))}`],
  ['in UTF-32', `\\x${hex(wide(false))}`],
  ['in UTF-32 of the other order', `\\x${hex(wide(true))}`],
  ['compressed by gzip', `\\x${hex(gzipSync(email))}`],
  ['compressed by zlib', Buffer.from(deflateSync(email)).toString('base64')],
  ['escaped in Markdown', 'jane\\.quxq\\@corp\\.example'],
  ['in a pattern', '^jane\\.quxq@corp[.]example$'],
  ['with a fullwidth sign', email.replace('@', '＠')],
  ['in fullwidth letters', each((byte) => String.fromCodePoint(byte + 0xfee0))],
  ['with soft hyphens', email.replaceAll('q', 'q\u00ad')],
  ['between tags', 'jane.<b>quxq</b>@corp.example'],
];

test.each(hidden)('an address %s is found, and each of its words', (_how, text) => {
  const { dump } = caseOfValue(text, []);
  const found = leaksIn(Buffer.from(dump.join('\n')), { words: ['quxq', 'corp', 'none'] });
  expect(
    found
      .filter(({ kind }) => kind === 'word')
      .map(({ what }) => what)
      .sort(),
  ).toEqual(['corp', 'quxq']);
  // The readings hold it as an address, too, unless it is of those that stay undetected by decision.
  expect(readingsOf(text).some((reading) => reading.text.toLowerCase().includes(email))).toBe(true);
});

describe('an address by the RFCs is a leak', () => {
  test.each([
    ...['a@b.example', '"odd local"@b.example', 'a@[192.0.2.1]', 'a@[IPv6:2001:db8::1]', 'a(comment)@b.example'],
    ...[
      'a+b@b.example',
      "o'x@b.example",
      'ä@b.example',
      '用户@例子.公司',
      'a@xn--bcher-kva.example',
      'a!b%c@d.example',
    ],
    ...['anna@example.company', 'anna@my-example.com', 'anna@sub.example.com'],
  ])('%s', (address) => {
    const { dump } = caseOfValue(`write to ${address} now`, []);
    expect(leaksIn(Buffer.from(dump.join('\n')), { words: [] })[0]).toMatchObject({ kind: 'address', what: address });
  });
});

test.each([
  ...['nobody@example.com', 'nobody-abcdefghijklmnop@example.com', 'xxx@xxxx.xxx', '@jo.doe', 'a@b', 'plain'],
])('%s is none', (text) => {
  const { dump } = caseOfValue(`write to ${text} now`, []);
  expect(leaksIn(Buffer.from(dump.join('\n')), { words: [] })).toEqual([]);
});
