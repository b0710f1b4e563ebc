/** Mails, vCards, calendars and LDIF, which encode their text and break its lines, also inside bytes; and the local parts of RFC 5322. */
import { describe, expect, test } from '@jest/globals';
import { decode, encode, Scratch } from '../../../src/anonymize/format/codec.ts';
import { DumpReader } from '../../../src/anonymize/format/dump-reader.ts';
import { LeakCheck } from '../../../src/anonymize/leak-check/leak-check.ts';
import { noRules } from '../../../src/anonymize/rules/file/rules-file.ts';
import { makePlan } from '../../../src/anonymize/rules/plan/make-plan.ts';
import { readCatalogue } from '../../../src/anonymize/schema/read-catalogue.ts';
import { chunks, key, rows, run } from './run.ts';

const nobody = 'nobody@example.com';

async function become(text: string): Promise<string> {
  const out = Buffer.from(await rows(encode(Buffer.from(text), 'copy')));
  const scratch = new Scratch();
  return scratch.bytes.toString('utf8', 0, decode(out, 0, out.length, 'copy', scratch));
}

/** How many addresses the leak check finds in a text that nobody has rewritten. */
async function found(text: string): Promise<number> {
  const dump = `CREATE TABLE t (a text);\nCOPY t (a) FROM stdin;\n${encode(Buffer.from(text), 'copy')}\n\\.\n`;
  const check = new LeakCheck({
    plan: makePlan({
      rules: noRules,
      catalogue: await readCatalogue(chunks(dump, 1000), { requireFooter: false }),
      key,
      complete: true,
    }),
    kinds: new Set(['emails']),
    thorough: false,
  });
  const reader = new DumpReader(check, { requireFooter: false });
  reader.push(Buffer.from(dump));
  reader.end();
  return check.leaks().reduce((sum, { count }) => sum + count, 0);
}

const hex = (text: string): string => `\\x${Buffer.from(text).toString('hex')}`;
const octal = (text: string): string =>
  text.replaceAll('\\', '\\\\').replaceAll(/[\r\n]/g, (one) => `\\0${one.charCodeAt(0).toString(8).padStart(2, '0')}`);
const base64 = (text: string): string => Buffer.from(text).toString('base64');

describe.each([
  ['as text', (text: string) => text],
  ['in JSON', (text: string) => JSON.stringify({ text })],
  ['in bytea', hex],
  ['in bytea in escape format', octal],
])('%s', (_how, write) => {
  const pairs: readonly (readonly [what: string, before: string, after: string])[] = [
    [
      'a vCard, broken in the local part',
      'BEGIN:VCARD\nEMAIL:ma\n ry@firm.example\nN:x\n',
      `BEGIN:VCARD\nEMAIL:${nobody}\nN:x\n`,
    ],
    [
      'a calendar, broken in the domain',
      'BEGIN:VCALENDAR\r\nX:mailto:mary@fi\r\n rm.exa\r\n mple\r\n',
      `BEGIN:VCALENDAR\r\nX:mailto:${nobody}\r\n`,
    ],
    [
      'a calendar, broken at the sign',
      'BEGIN:VEVENT\r\nX:mary\r\n @firm.example\r\n',
      `BEGIN:VEVENT\r\nX:${nobody}\r\n`,
    ],
    [
      'a calendar, broken behind the sign',
      'BEGIN:VEVENT\r\nX:mary@\r\n firm.example\r\n',
      `BEGIN:VEVENT\r\nX:${nobody}\r\n`,
    ],
    [
      'a calendar, broken before the address',
      'BEGIN:VEVENT\r\nX:\r\n mary@firm.example\r\n',
      `BEGIN:VEVENT\r\nX:\r\n ${nobody}\r\n`,
    ],
    ['LDIF', 'dn: cn=x\nmail: mary@fi\n rm.example\n', `dn: cn=x\nmail: ${nobody}\n`],
    ['other lines with blanks', 'mary\n jones@firm.example', `mary\n ${nobody}`],
    [
      'a mail in quoted-printable',
      'X: QUOTED-PRINTABLE\r\n\r\nmary=40firm.example ma=\r\nry@firm.example',
      `X: QUOTED-PRINTABLE\r\n\r\nnobody=40example.com ${nobody}`,
    ],
    [
      'a mail in base64',
      `content-transfer-encoding: BASE64\n\n${base64(`to mary@firm.example, x`)}\n`,
      `content-transfer-encoding: BASE64\n\n${base64(`to ${nobody}, x`)}\n`,
    ],
    [
      'an encoded word in base64',
      `=?utf-8?B?${base64('to mary@firm.example')}?=`,
      `=?utf-8?B?${base64(`to ${nobody}`)}?=`,
    ],
    [
      'an encoded word with a return path',
      '=?UTF-8?Q?SRS0=3Dab1c=3D5G=3Dfirm.example=3Dmary=40fwd.example?=',
      '=?UTF-8?Q?nobody=40example.com?=',
    ],
  ];

  test.each(pairs)('%s', async (_what, before, after) => {
    expect(await become(write(before))).toBe(write(after));
  });

  test.each(pairs)('%s: the leak check finds it', async (_what, before, after) => {
    expect(await found(write(before))).toBeGreaterThan(0);
    expect(await found(write(after))).toBe(0);
  });
});

test('the length that PHP states in bytea stays true', async () => {
  expect(await become(hex('a:1:{s:1:"m";s:17:"mary@firm.example";}'))).toBe(hex(`a:1:{s:1:"m";s:18:"${nobody}";}`));
});

test('the length that PHP states in a large object stays true, and counts for no address', async () => {
  const digits = (text: string) => Buffer.from(text).toString('hex');
  const object = (text: string) =>
    `SELECT pg_catalog.lowrite(0, '\\x${digits(text)}');\nSELECT pg_catalog.lo_close(0);\n`;
  const { text, report } = await run(object('s:17:"mary@firm.example";'));
  expect(text.trimStart()).toBe(object(`s:18:"${nobody}";`));
  expect(report.counts).toMatchObject([{ count: 1 }]);
});

test('headers before a body in quoted-printable are not encoded', async () => {
  const mail = (path: string, address: string) =>
    `Return-Path: <${path}>\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nto ${address}\r\n`;
  expect(await become(mail('SRS0=AB1C=5G=firm.example=mary@fwd.example', 'mary=40firm.example'))).toBe(
    mail(nobody, 'nobody=40example.com'),
  );
});

test('the leak check reads a part of a mail in base64 as far as it goes', async () => {
  const part = (text: string) => `Content-Transfer-Encoding: base64\n\n${base64(text)}\n--part--\n`;
  expect(await found(part('to märy@firm.example, xx'))).toBe(1);
  expect(await found(JSON.stringify(part('to märy@firm.example, xx')))).toBe(1);
});

describe('local parts', () => {
  test.each([
    ['mary."jones x"@firm.example', nobody],
    ['"mary".jones@firm.example', nobody],
    ['"mary"."jones"@firm.example', nobody],
    ['"mary \\"m\\""@firm.example', nobody],
    ['"ma\\\\ry"@firm.example', nobody],
    ['"M\\\\B"@firm.example', nobody],
    ['mary(at (the) office)@firm.example', nobody],
    ['mary@(at (the) office)firm.example', nobody],
    ['mary@host@firm.example', nobody],
    ['mary&#0000000064;firm.example', 'nobody&#0000000064;example.com'],
    ['mary&#x0000000040;firm.example', 'nobody&#x0000000040;example.com'],
    ['mary&#38;#64;firm.example', 'nobody&#38;#64;example.com'],
    ['mary\\u0040host\\u0040firm.example', 'nobody\\u0040example.com'],
    ['mary\\357\\274\\240firm.example', 'nobody\\357\\274\\240example.com'],
    ["VALUES ('o''hara@firm.example')", `VALUES ('${nobody}')`],
    ["mail 'o'\\''hara@firm.example'", `mail '${nobody}'`],
    ["'x''''mary@firm.example'", `'x''''${nobody}'`],
    ['cc @jo @ann, mary@firm.example', `cc @jo @ann, ${nobody}`],
  ])('%s', async (before, after) => {
    expect(await become(before)).toBe(after);
    expect(await found(before)).toBeGreaterThan(0);
    expect(await found(after)).toBe(0);
  });

  test('quotes of JSON stay', async () => {
    const json = (address: string) => JSON.stringify({ a: address, b: 'x' });
    expect(await become(json('"mary \\"m\\""@firm.example'))).toBe(json(nobody));
  });
});
