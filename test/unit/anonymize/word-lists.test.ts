/** Lists of words, signs and letters that decide what an address is: each entry makes a difference. */
import { describe, expect, test } from '@jest/globals';
import { isFound, nobody, rewritten } from './one-text.ts';

const words = (text: string): readonly string[] => text.split(/\s+/);

/** What the rewriter makes of it, after the leak check has agreed that it is an address. */
function agreed(text: string): string {
  expect([text, isFound(text)]).toEqual([text, true]);
  return rewritten(text);
}

test.each(words('png jpg jpeg gif webp svg ico bmp tif tiff css scss js mjs json xml html htm txt pdf php'))(
  'no address ends in .%s, as files do',
  (extension) => {
    for (const text of [
      `photo@home.${extension}`,
      `ph%6fto@home.${extension.toUpperCase()}`,
      `photo@home.${extension}的`,
    ]) {
      expect(rewritten(text)).toBe(text);
      expect(isFound(text)).toBe(false);
    }
    expect(agreed(`photo@home.x${extension}`)).toBe(nobody);
    expect(agreed(`photo@home.${extension}x`)).toBe(nobody);
    expect(agreed(`mary@firm.example.${extension}`)).toBe(`${nobody}.${extension}`);
    expect(isFound(`${nobody}.${extension}`)).toBe(false);
  },
);

test.each(words('zip sh md rs mov app'))('.%s is a domain, too', (name) => {
  expect(agreed(`mary@firm.${name}`)).toBe(nobody);
});

describe('an equals sign', () => {
  test.each(
    words(
      `mail email e-mail mails emails to cc bcc from user users name names username usernames login account accounts contact recipient
      recipients sender reply author owner addr address uid id q query search value data text key param href url src title reply-to x.id`,
    ),
  )('behind %s names what comes', (key) => {
    expect(agreed(`${key}=mary.jones@firm.example`)).toBe(`${key}=${nobody}`);
    expect(agreed(`${key}=mary.com@firm.example`)).toBe(`${key}=${nobody}`);
  });

  test.each(
    words(
      `return returns bounce bounces sentto error errors verp confirm probe request rcpt newsletter mailer notify list mlist sc uc sub unsub
      unsubscribe subscribe x-return a.list`,
    ),
  )('behind %s belongs to a return path, whatever the host is', (word) => {
    expect(agreed(`${word}-ab=host.photography@lists.example`)).toBe(nobody);
    expect(agreed(`${word}ab=host.photography@lists.example`)).toBe(`${word}ab=${nobody}`);
  });

  test('behind a numbered word, and before a host in punycode, too', () => {
    expect(agreed('bounces7ab=host.photography@lists.example')).toBe(nobody);
    expect(agreed('owner-x-ab=host.photography@lists.example')).toBe(nobody);
    expect(agreed('mary=firm.xn--p1ai@lists.example')).toBe(nobody);
    expect(agreed('mary=firm.xm--p1ai@lists.example')).toBe(`mary=${nobody}`);
  });

  test.each(words('12- x-12-ab 12.ab x.1+ x_1_y'))('behind the serial number of %s, too', (serial) => {
    expect(agreed(`${serial}ab=host.photography@lists.example`)).toBe(nobody);
  });

  test.each(words('srs0= srs1= SRS0+ SRS1- prvs= prvs3= msprvs1= btv1='))('of the scheme %s, too', (scheme) => {
    expect(agreed(`${scheme}ab=mary@lists.example`)).toBe(nobody);
    expect(agreed(`x ${scheme}ab=mary@lists.example`)).toBe(`x ${nobody}`);
  });

  test.each(
    words(
      `de com net org edu gov mil int info biz name pro app dev io cloud online shop site tech xyz email mail example test invalid localhost
      local internal lan home corp intranet`,
    ),
  )('before a host of .%s, too', (topLevel) => {
    expect(agreed(`mary=firm.${topLevel}@lists.example`)).toBe(nobody);
    expect(agreed(`mary=firm.q${topLevel}q@lists.example`)).toBe(`mary=${nobody}`);
  });
});

describe('letters that were encoded twice', () => {
  const leads = [0xc3, 0xc4, 0xc5, 0xce, 0xcf, 0xd0, 0xd1];
  const bytes = Array.from({ length: 0x40 }, (_, index) => 0x80 + index);
  const windows = [...'€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ'];

  test.each(leads.map((lead) => [lead.toString(16), String.fromCharCode(lead), lead] as const))(
    'that begin with the byte %s',
    (_name, lead, byte) => {
      const seconds = [
        ...bytes.filter((one) => one !== 0xa0 || byte === 0xc3).map((one) => String.fromCharCode(one)),
        ...windows,
      ];
      for (const second of seconds) {
        expect([second, rewritten(`m${lead}${second}y@firm.example`)]).toEqual([second, nobody]);
        expect([second, agreed(`mar${lead}${second}@firm.example`)]).toEqual([second, nobody]);
        expect([second, agreed(`mary@f${lead}${second}rm.example`)]).toEqual([second, nobody]);
      }
      if (byte !== 0xc3) expect(rewritten(`m${lead}\xa0y@firm.example`)).toBe(`m${lead}\xa0${nobody}`);
      for (const other of ['«', '\xa0', '»'])
        expect(rewritten(`m${lead.toLowerCase()}${other}y@firm.example`)).toBe(
          `m${lead.toLowerCase()}${other}${nobody}`,
        );
      for (const other of ['¡', '©', '¬', 'º', '¼', '\x80'])
        expect(agreed(`m${lead.toLowerCase()}${other}@firm.example`)).toBe(nobody);
    },
  );

  test.each(['\xc2', '\xc6', '\xcd', '\xd2', '\xe2', '\xe6', '\xed', '\xf2'])('but not with %s', (other) => {
    expect(rewritten(`m${other}¡y@firm.example`)).toBe(`m${other}¡${nobody}`);
    expect(rewritten(`m${other}”y@firm.example`)).toBe(`m${other}”${nobody}`);
  });
});
