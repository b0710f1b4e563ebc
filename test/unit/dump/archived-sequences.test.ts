/** The values that an archive gives to sequences, from what pg_restore prints. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { canonicalQualified } from '../../../src/anonymize/format/names.ts';
import {
  itemsOfSequences,
  readSequenceValues,
} from '../../../src/dump/engines/postgres/fingerprint/archived-sequences.ts';

const dump = (settings: string, ...statements: readonly string[]): string => `--
-- PostgreSQL database dump
--

SET statement_timeout = 0;
${settings}
SELECT pg_catalog.set_config('search_path', '', false);

${statements.map((sql) => `--\n-- Name: s'; SELECT pg_catalog.setval('app.s', 7, true); Type: SEQUENCE SET; Schema: app; Owner: -\n--\n\n${sql}\n\n\n`).join('')}--
-- PostgreSQL database dump complete
--
`;
const standard = "SET client_encoding = 'UTF8';\nSET standard_conforming_strings = on;";

async function read(bytes: Buffer): Promise<Readonly<Record<string, string>>> {
  async function* pieces() {
    for (let at = 0; at < bytes.length; at += 100) yield bytes.subarray(at, at + 100);
  }
  return readSequenceValues(pieces());
}
const valuesIn = (...statements: readonly string[]) => read(Buffer.from(dump(standard, ...statements)));

test('of the items of an archive, those that set sequences are chosen', () => {
  const list = `;
; Archive created at 2026-11-26 00:00:00 UTC
;     dbname: SEQUENCE SET
;
223; 1259 16391 SEQUENCE app SEQUENCE SET owner
224; 0 0 SEQUENCE OWNED BY app s owner
3460; 0 16388 TABLE DATA app SEQUENCE SET x owner
3473; 0 0 SEQUENCE SET app s owner
3474; 0 0 SEQUENCE SET app odd; name owner
`;
  expect(itemsOfSequences(list)).toBe(
    '3473; 0 0 SEQUENCE SET app s owner\n3474; 0 0 SEQUENCE SET app odd; name owner\n',
  );
  expect(itemsOfSequences(';\n')).toBe('');
});

test('values are read with their names, and comments are none', async () => {
  expect(
    await valuesIn(
      "SELECT pg_catalog.setval('app.s', 130, true);",
      `SELECT pg_catalog.setval('app."Seq''x"', 1, false);`,
      `SELECT pg_catalog.setval('app."a ""quoted"" \\one, 5, true); --"', -9223372036854775808, true);`,
      `SELECT pg_catalog.setval('app."two\nlines"', -4, false);`,
      `SELECT pg_catalog.setval(E'app."back\\\\slash\\'s"', 2, true);`,
      `SELECT pg_catalog.setval('"Größe".user', 3, true);`,
    ),
  ).toEqual({
    'app.s': '130',
    'app."Seq\'x"': '1 not called',
    'app."a ""quoted"" \\one, 5, true); --"': '-9223372036854775808',
    'app."two\nlines"': '-4 not called',
    'app."back\\slash\'s"': '2',
    '"Größe".user': '3',
  });
  expect(await valuesIn()).toEqual({});
});

test('names are known whatever they hold, with and without escapes by backslashes', async () => {
  const part = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }).filter((name) => !/[\0\r]/.test(name));
  // As pg_dump writes it: quote_identifier, then a string literal (appendStringLiteral in src/fe_utils/string_utils.c).
  const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
  await fc.assert(
    fc.asyncProperty(
      part,
      part,
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
      fc.boolean(),
      async (a, b, n, conforming) => {
        const name = `${quoted(a)}.${quoted(b)}`;
        const doubled = name.replaceAll("'", "''");
        const literal = conforming ? doubled : doubled.replaceAll('\\', '\\\\');
        const settings = `SET standard_conforming_strings = ${conforming ? 'on' : 'off'};`;
        const sql = dump(settings, `SELECT pg_catalog.setval('${literal}', ${n}, true);`);
        expect(await read(Buffer.from(sql))).toEqual({ [canonicalQualified(name)]: String(n) });
      },
    ),
  );
});

test('names are read in the encoding of the dump', async () => {
  const latin = (encoding: string) =>
    Buffer.from(
      dump(`SET client_encoding = '${encoding}';`, `SELECT pg_catalog.setval('app."s\u00e4"', 5, true);`),
      'latin1',
    );
  expect(await read(latin('WIN1252'))).toEqual({ 'app."sä"': '5' });
  expect(await read(latin('EUC_JP'))).not.toHaveProperty('app."sä"');
  // Bytes that are no text look alike: nothing is claimed of either.
  const alike = dump(
    "SET client_encoding = 'SQL_ASCII';",
    ...['\u00e4', '\u00f6', 'o'].map((letter) => `SELECT pg_catalog.setval('app."${letter}"', 5, true);`),
  );
  expect(await read(Buffer.from(alike, 'latin1'))).toEqual({ 'app.o': '5' });
});

test('SQL that is cut off is refused', async () => {
  const sql = dump(standard, "SELECT pg_catalog.setval('app.s', 130, true);");
  await expect(read(Buffer.from(sql.slice(0, -60)))).rejects.toThrow();
});
