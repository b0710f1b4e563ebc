/** A dump as a whole: what surrounds rows, where chunks end, and what cannot be read. */
import { describe, expect, test } from '@jest/globals';
import { run } from './run.ts';

const footer = '--\n-- PostgreSQL database dump complete\n--\n\n\\unrestrict abc\n\n';
/** Every construct once, and short: one test reads it again for every byte. */
const dump = `--
-- PostgreSQL database dump
--

\\restrict abc

SET standard_conforming_strings = on;

CREATE FUNCTION mail() RETURNS text LANGUAGE sql
    AS $_$ SELECT 'COPY x FROM stdin; boss@corp.example' || $$; a@b.de $$; $_$;

CREATE FUNCTION later()
    BEGIN ATOMIC
 INSERT INTO log VALUES ('it''s x@y.de'); SELECT CASE WHEN true THEN 1 END;
END;

CREATE TABLE public.users (
    id integer,
    email text DEFAULT 'nobody at all; admin@corp.example'::text,
    "Odd, name" text
);

COMMENT ON TABLE public.users IS 'ask o''neil@corp.example -- not a comment';
/* block /* nested */ ; z@corp.example */
COPY public.users (id, email, "Odd, name") FROM stdin;
1\ta@b.de\tx\\ny@z.de
2\t\\N\t\\\\.
3\t\t{"k": "v"}
\\.

COPY public.nothing  FROM stdin;

\\.

ALTER TABLE public.users ADD PRIMARY KEY (id);

${footer}`;

const expected = dump
  .replaceAll(/[\w']+@(?:corp\.example|b\.de|y\.de|z\.de)/g, (match) =>
    // The n of \\n is the escape's own.
    match.startsWith('ny@') ? 'nnobody@example.com' : 'nobody@example.com',
  )
  .replace("'boss@", "'");

describe('a dump', () => {
  test('comes out unchanged but for its addresses', async () => {
    const { text, report } = await run(dump, { footer: true });
    expect(text).toBe(expected);
    expect(text.split('@example.com').length - 1).toBe(8);
    expect(report.counts).toEqual([
      { table: '(definitions)', rule: 'emails', count: 6 },
      { table: 'public.users', rule: 'emails', count: 2 },
    ]);
  });

  test('gives the same output wherever its chunks end', async () => {
    for (let chunk = 1; chunk <= 80; chunk += 1) expect((await run(dump, { footer: true, chunk })).text).toBe(expected);
    // One border at every byte.
    for (let at = 1; at < dump.length; at += 1)
      expect((await run(dump, { footer: true, chunk: at, pipe: true })).text).toBe(expected);
  });

  test('may cut addresses between pieces of large objects', async () => {
    const piece = (text: string) => `SELECT pg_catalog.lowrite(0, '\\x${Buffer.from(text).toString('hex')}');\n`;
    const filler = 'lorem ipsum '.repeat(1300);
    const large = `BEGIN;\nSELECT pg_catalog.lo_open('16400', 131072);\n${piece(`${filler}norb`)}${piece(`ert@x.de and ${filler}`)}SELECT pg_catalog.lo_close(0);\nCOMMIT;\n`;
    const { text } = await run(large);
    const written = [...text.matchAll(/lowrite\(0, '\\x([0-9a-f]*)'\)/g)].map(([, digits = '']) =>
      Buffer.from(digits, 'hex'),
    );
    expect(Buffer.concat(written).toString()).toBe(`${filler}nobody@example.com and ${filler}`);
    expect(text.replaceAll(/SELECT pg_catalog\.lowrite\(.*\n/g, '')).toBe(
      large.replaceAll(/SELECT pg_catalog\.lowrite\(.*\n/g, ''),
    );
  });
});

describe('footer: optional is advised only where it helps', () => {
  const unsigned = dump.replace(footer, '').replace('-- PostgreSQL database dump\n', '-- written by hand\n');
  test.each([
    ['the middle of the rows', unsigned.slice(0, unsigned.indexOf('2\t')), 'dump again, and copy all of it'],
    ['a statement', unsigned.slice(0, unsigned.indexOf('ADD PRIMARY')), 'dump again, and copy all of it'],
    [
      'a file of pg_dump without its last line',
      `-- PostgreSQL database dump\n${unsigned}`,
      'dump again, and copy all of it',
    ],
    ['a file that pg_dump did not write', unsigned, 'footer: optional reads a file that pg_dump did not write'],
  ])('%s', async (_what, text, fix) => {
    await expect(run(text, { footer: true })).rejects.toMatchObject({ fix: expect.stringContaining(fix) });
    if (fix.startsWith('footer')) expect((await run(text, { footer: false })).text).toContain('nobody');
  });
});

describe('a dump is refused, and the error names the byte', () => {
  test.each([
    ['cut off between rows', dump.slice(0, dump.indexOf('2\t')), 'ends in the middle of the rows of public.users'],
    [
      'cut off in a row',
      dump.slice(0, dump.indexOf('a@b.de\tx') + 3),
      'ends in the middle of the rows of public.users',
    ],
    ['cut off in a string', dump.slice(0, dump.indexOf('neil@corp.example --')), 'ends in the middle of a string'],
    ['cut off in a function', dump.slice(0, dump.indexOf('; a@b.de $$')), 'ends in the middle of a dollar'],
    ['cut off in a statement', dump.slice(0, dump.indexOf('ADD PRIMARY')), 'ends in the middle of a statement'],
    ['without its last line', dump.replace(footer, ''), 'does not have its last line'],
    [
      'of two databases, of which the second is cut off',
      `${dump}${dump.slice(0, dump.indexOf('ALTER TABLE'))}`,
      'does not have its last line',
    ],
    ['with a command for the shell', dump.replace('\\restrict abc', '\\! rm -rf x'), 'the psql command \\! rm -rf x'],
    [
      'with rows in CSV',
      dump.replace('"Odd, name") FROM stdin;', '"Odd, name") FROM stdin WITH (FORMAT csv);'),
      'not in the form that pg_dump writes',
    ],
    ['in an encoding with at signs inside characters', `SET client_encoding = 'SJIS';\n${dump}`, 'written in SJIS'],
  ])('%s', async (_what, text, message) => {
    await expect(run(text, { footer: true, pipe: true })).rejects.toThrow(message);
    await expect(run(text, { footer: true, pipe: true })).rejects.toThrow(/at byte [\d,]+ of the SQL/);
  });
});

describe('more than 32 MiB at once', () => {
  const long = 'x'.repeat(33 * 1024 * 1024);
  const table = 'CREATE TABLE public.t (a text, b text);\n';

  test('a row of a table with rules is refused, without rules it streams', async () => {
    const text = `${table}COPY public.t (a, b) FROM stdin;\nm@firm.example\t${long}\n\\.\n`;
    const rules = 'version: 1\ntables: { public.t: { columns: { a: hash } } }';
    await expect(run(text, { rules })).rejects.toMatchObject({
      message: expect.stringContaining('a row of public.t is longer than 32 MiB'),
      fix: expect.stringContaining('take the rules for this table out of the rules file'),
    });
    const { text: out } = await run(text);
    expect(out.slice(0, 100)).toContain('\nnobody@example.com\txxx');
  });

  test('a statement is refused', async () => {
    const text = `${table}INSERT INTO public.t VALUES ('a', '${long}');\n`;
    await expect(run(text)).rejects.toMatchObject({
      message: expect.stringContaining('a statement is longer than 32 MiB'),
      fix: expect.stringContaining('without --inserts'),
    });
  });
});
