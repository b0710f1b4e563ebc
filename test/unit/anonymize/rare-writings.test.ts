/** Writings of which each has a word of its own in the code: capitals of encoded words, rare references, one spelling of a header. */
import { describe, expect, test } from '@jest/globals';
import { isFound, nobody, rewritten } from './one-text.ts';
import { rows } from './run.ts';

const inBase64 = (text: string): string => Buffer.from(text).toString('base64');

describe('encoded words in base64, alone in a value', () => {
  test.each(['B', 'b'])('with the letter %s', async (letter) => {
    const word = (text: string): string => `=?UTF-8?${letter}?${inBase64(text)}?=`;
    expect(await rows(word('jane@corp.example'))).toBe(word(nobody));
    expect(isFound(word('jane@corp.example'))).toBe(true);
  });
});

test.each(['"', '&quot;', '&#34;', '&#x22;', '%22', '\\u0022', '\\x22'])(
  'an address in quotes before another host, which are written as %s',
  (quote) => {
    expect(rewritten(`${quote}jane@host.example${quote}@relay.example`)).toMatch(/nobody@example\.com$/);
    expect(rewritten(`${quote}jane@host.example${quote}@relay.example`)).not.toMatch(/jane|relay/);
  },
);

test.each(['quoted-printable', 'QUOTED-PRINTABLE', 'Quoted-Printable'])('a mail whose header says %s', (encoding) => {
  const mail = (address: string): string =>
    `Content-Transfer-Encoding: ${encoding}\n\nHello jane=2Edoe, write to ${address}.`;
  expect(rewritten(mail('jane=40corp.example'))).toBe(mail('nobody=40example.com'));
  expect(isFound(mail('jane=40corp.example'))).toBe(true);
});

test.each(['jane@example.com-x.de', 'jane@example.com.de', 'jane@my-example.com'])(
  'a domain that only begins or ends as the one that is written: %s',
  (email) => {
    expect(isFound(email)).toBe(true);
    expect(rewritten(email)).toBe(nobody);
  },
);

test('a line end of HTML between two addresses', () => {
  expect(rewritten('jane@corp.example&NewLine;jo@corp.example')).toBe(`${nobody}&NewLine;${nobody}`);
});
