/** What would not restore, or would not be what it was: found before a byte is written, or written so that it holds. */
import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { readDefinitions } from '../../../src/actions/anonymize/run.ts';
import { Arena } from '../../../src/anonymize/bytes/arena.ts';
import { parseRules } from '../../../src/anonymize/rules/file/parse-rules.ts';
import { fakes } from '../../../src/anonymize/rules/file/rule.ts';
import { longestFake, writeFake } from '../../../src/anonymize/rules/transforms/fakes.ts';
import { rows, run } from './run.ts';

const nobody = 'nobody@example.com';
const refused = (dump: string, rules: string) => expect(run(dump, { rules: `version: 1\ntables:\n${rules}` })).rejects;

test.each([
  ['a name in a nested dollar quote', '$f$ SELECT $b$x@y.de$b$ $f$', `$f$ SELECT $b$${nobody}$b$ $f$`],
  ['a string with escapes', "$f$ SELECT E'x@y.de', N'o''x@y.de' $f$", `$f$ SELECT E'${nobody}', N'o''${nobody}' $f$`],
])('in the body of a function %s keeps its quotes', async (_name, body, expected) => {
  const statement = (text: string) => `CREATE FUNCTION f() RETURNS text LANGUAGE sql AS ${text};\n`;
  expect((await run(statement(body))).text).toBe(statement(expected));
});

describe('the leak check agrees with what is written', () => {
  test.each([
    ['a mention in quotes', '“@jo.doe”'],
    ['a mention behind an emoji', '😀@jo.doe'],
    ['a mention behind a blank that does not break', '\u00a0@jo.doe'],
    ['a mention behind an encoded blank', 'text=hi%20@jo.doe'],
    ['a mention behind a blank encoded twice', 'text=hi%2520@jo.doe'],
    ['a mention behind a blank without width', '\u200b@jo.doe'],
  ])('%s', async (_name, value) => {
    expect(await rows(value)).toBe(value);
  });

  test.each([
    ['a blank without width in front of the sign', 'a\u200b@b.de', nobody],
    ['a blank without width behind the sign', 'a@\u200bb.de', nobody],
    ['a soft hyphen', 'a@b\u00ad.de', nobody],
    ['a blank without width at the end', 'a@b.de\u200bx', `${nobody}\u200bx`],
    ['a Chinese full stop behind it', 'a@b.com。谢谢', `${nobody}。谢谢`],
    ['an underscore behind it', 'a@b.com_foo', `${nobody}_foo`],
    ['a domain with Chinese points', 'a@例子。公司', nobody],
    ['a domain with an underscore', 'a@my_host.example.org', nobody],
    ['an order mark in front', '\ufeffa@b.de', `\ufeff${nobody}`],
  ])('%s', async (_name, value, expected) => {
    expect(await rows(value)).toBe(expected);
  });

  test('a masked telephone number is none', async () => {
    const dump = 'CREATE TABLE public.t (j jsonb);\nCOPY public.t (j) FROM stdin;\n{"phone": "+49 170 1234567"}\n\\.\n';
    const { text } = await run(dump, {
      rules: 'version: 1\ntables:\n  public.t: { columns: { j: { json: { "$.phone": mask } } } }',
    });
    expect(text).toContain('{"phone": "+00 000 0000000"}');
  });
});

const unique = (definition: string, constraint = '') =>
  `CREATE TABLE public.t (${definition});\nCOPY public.t (id, a) FROM stdin;\n1\tx@y.de\n2\tz@y.de\n\\.\n${constraint}`;

describe('what must be unique', () => {
  test.each([
    ['in the table', 'id integer, a text, low text GENERATED ALWAYS AS (lower(a)) STORED UNIQUE', ''],
    [
      'behind the rows',
      'id integer, a text, low text GENERATED ALWAYS AS (lower(a)) STORED',
      'ALTER TABLE ONLY public.t ADD CONSTRAINT k UNIQUE (low);\n',
    ],
  ])('also as a generated column, said %s', async (_name, definition, constraint) => {
    const { text } = await run(unique(definition, constraint));
    expect(new Set(text.match(/nobody-[a-z2-7]{16}@example\.com/g)).size).toBe(2);
    await refused(unique(definition, constraint), '  public.t: { columns: { a: mask } }').toThrow('must be unique');
  });

  test.each([
    ['a date', 'date', '{ shift-days: 9 }', 'allowed: shift-days with by: one of the others'],
    ['a number', 'numeric', '{ noise: 10% }', 'which noise may break'],
  ])('%s together with another column', async (_name, type, rule, message) => {
    const dump = `CREATE TABLE public.t (id integer, a ${type}, UNIQUE (id, a));\n`;
    await refused(dump, `  public.t: { columns: { a: ${rule} } }`).toThrow(message);
  });

  test('a date that is moved by what it is unique with', async () => {
    const dump = 'CREATE TABLE public.t (id integer, a date, UNIQUE (id, a));\n';
    await run(dump, { rules: 'version: 1\ntables:\n  public.t: { columns: { a: { shift-days: 9, by: id } } }' });
  });

  test.each(['UNIQUE NULLS NOT DISTINCT (a)', ''])('NULL, too: %s', async (constraint) => {
    const index = constraint === '' ? 'CREATE UNIQUE INDEX i ON public.t USING btree (a) NULLS NOT DISTINCT;\n' : '';
    const dump = `CREATE TABLE public.t (id integer, a text${constraint === '' ? '' : `, ${constraint}`});\n${index}`;
    await refused(dump, '  public.t: { columns: { a: "null" } }').toThrow('must be unique, NULL too');
  });
});

test('a sample of a table whose rows refer to each other is refused, unless they no longer do', async () => {
  const dump =
    'CREATE TABLE public.t (id integer PRIMARY KEY, boss integer REFERENCES public.t(id));\nCOPY public.t (id, boss) FROM stdin;\n1\t\\N\n\\.\n';
  const rows = 'rows: { sample: 10% }';
  await refused(dump, `  public.t: { ${rows} }`).toThrow('allowed: null for boss');
  await run(dump, { rules: `version: 1\ntables:\n  public.t: { ${rows}, columns: { boss: "null" } }` });
  await run(dump, { rules: 'version: 1\ntables:\n  public.t: { rows: drop }' });
});

test('invented values are ASCII, and as long as is said', () => {
  const out = new Arena();
  for (const kind of fakes) {
    const all: string[] = [];
    for (let number = 0; number < 20_000; number += 1) {
      out.clear();
      writeFake(kind, new Uint32Array([number, number >> 3, number >> 5, number >> 2, 0, 0, 0, 0]), out);
      all.push(out.text().toString('latin1'));
    }
    expect(all.filter((text) => !/^[ -~]+$/.test(text))).toEqual([]);
    expect(Math.max(...all.map((text) => text.length))).toBeLessThanOrEqual(longestFake(kind));
  }
});

test.each([
  ['{ fake: dog }', /columns › x: fake: Invalid option/],
  ['{ shift-days: x }', /columns › x: shift-days: Invalid input/],
  [
    '{ json: { "$.a": { noise: 10% } } }',
    /columns › x: json › \$\.a: is no rule for a value inside JSON; allowed: keep/,
  ],
])('a rule that is nearly one is told what is wrong with it: %s', (rule, message) => {
  expect(() => parseRules(`version: 1\ntables:\n  a.b: { columns: { x: ${rule} } }`, 'rules.yml')).toThrow(message);
});

test('definitions from a file are cut at their ends, and not in strings and bodies', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-definitions-'));
  try {
    const path = join(folder, 'schema.sql');
    writeFileSync(
      path,
      `CREATE TABLE public.t (\n    a text DEFAULT 'x;\n',\n    email text\n);\nCREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN\nPERFORM 1;\nCREATE TABLE public.u (a text);\nEND $$;\nALTER TABLE ONLY public.t\n    ADD CONSTRAINT k UNIQUE (email);\n`,
    );
    const catalogue = await readDefinitions(path);
    expect(catalogue.tables().map((table) => table.name)).toEqual(['public.t']);
    expect(catalogue.table('public.t')?.columns.map((column) => column.name)).toEqual(['a', 'email']);
    expect(catalogue.uniques('public.t')).toHaveLength(1);
  } finally {
    await rm(folder, { recursive: true });
  }
});

describe('INSERT with many rows, of which some are left out', () => {
  const rules = (rows: string) => `version: 1\ntables:\n  public.t: { rows: ${rows}, columns: { a: mask } }`;
  const definition = 'CREATE TABLE public.t (id integer PRIMARY KEY, a text);\n';

  test('leaves the same rows as COPY', async () => {
    const numbers = Array.from({ length: 200 }, (_, index) => index);
    const copied = await run(
      `${definition}COPY public.t (id, a) FROM stdin;\n${numbers.map((id) => `${id}\tword\n`).join('')}\\.\n`,
      { rules: rules('{ sample: 40% }') },
    );
    const kept = [...copied.text.matchAll(/^(\d+)\txxxx$/gm)].map((match) => match[1]);
    for (const each of [1, 2, 3, 7]) {
      const inserts = numbers
        .filter((id) => id % each === 0)
        .map(
          (id) =>
            `INSERT INTO public.t VALUES\n\t${numbers
              .slice(id, id + each)
              .map((one) => `(${one}, 'word')`)
              .join(',\n\t')};\n`,
        );
      const { text } = await run(definition + inserts.join(''), { rules: rules('{ sample: 40% }') });
      const found = text
        .slice(definition.length)
        .replace(/\n{2,}/g, '\n')
        .trimStart();
      expect(found).toMatch(/^(INSERT INTO public\.t VALUES\n\t\(\d+, 'xxxx'\)(,\n\t\(\d+, 'xxxx'\))*;\n+)+$/);
      expect([...found.matchAll(/\((\d+),/g)].map((match) => match[1])).toEqual(kept);
    }
  });

  test('none', async () => {
    const { text } = await run(`${definition}INSERT INTO public.t VALUES\n\t(1, 'a'),\n\t(2, 'b');\n-- end\n`, {
      rules: rules('drop'),
    });
    expect(text.replace(/\s+/g, ' ')).toBe(`${definition}-- end\n`.replace(/\s+/g, ' '));
  });
});

describe('what definitions compare with addresses becomes the same in both, and stays unlike others', () => {
  const found = (text: string): string[] => text.match(/nobody-\w{16}@example\.com/g) ?? [];
  const people = (type: string, more: string) =>
    `CREATE TABLE public.t (email ${type}${more});\nCOPY public.t (email) FROM stdin;\na@x.de\nb@x.de\n\\.\n`;

  test.each([
    [
      'labels of an enumeration',
      `CREATE TYPE public.who AS ENUM (\n    'a@x.de',\n    'b@x.de'\n);\n${people('public.who', '')}`,
    ],
    [
      'a list in a check',
      people('text', ", CONSTRAINT c CHECK ((email = ANY (ARRAY['a@x.de'::text, 'b@x.de'::text])))"),
    ],
    [
      'a check of a domain',
      `CREATE DOMAIN public.d AS text CHECK (VALUE IN ('a@x.de', 'b@x.de'));\n${people('public.d', '')}`,
    ],
    [
      'a check of one address',
      people('text', ", CHECK (((email)::text = 'a@x.de'::text) OR ((email)::text = 'b@x.de'::text))"),
    ],
  ])('%s', async (_name, dump) => {
    const { text } = await run(dump);
    const [one, two, ...rest] = found(text);
    expect(rest).toEqual([one, two]);
    expect(one).not.toBe(two);
  });

  test('lists of partitions', async () => {
    const partition = (name: string, value: string) =>
      `CREATE TABLE public.${name} (email text);\nALTER TABLE ONLY public.t ATTACH PARTITION public.${name} FOR VALUES IN ('${value}');\nCOPY public.${name} (email) FROM stdin;\n${value}\n\\.\n`;
    const { text } = await run(
      `CREATE TABLE public.t (email text) PARTITION BY LIST (email);\n${partition('p1', 'a@x.de')}${partition('p2', 'b@x.de')}`,
    );
    const [one, alsoOne, two, alsoTwo, ...rest] = found(text);
    expect([alsoOne, alsoTwo, rest]).toEqual([one, two, []]);
    expect(one).not.toBe(two);
  });

  test.each([
    ['a pattern', "CHECK ((email ~~ '%@x.de'::text))"],
    ['what must not be', "CHECK ((email <> 'c@x.de'::text))"],
    ['another column', "other text, CHECK ((other = 'c@x.de'::text))"],
  ])('but not for %s', async (_name, check) => {
    const { text } = await run(people('text', `, ${check}`));
    expect(text).toContain(`\n${nobody}\n${nobody}\n`);
  });
});

test('a string with its own escapes is a literal, also where all strings have escapes', async () => {
  const insert = (a: string) =>
    `SET standard_conforming_strings = off;\nCREATE TABLE public.t (a text);\nINSERT INTO public.t VALUES (${a});\n`;
  const { text } = await run(insert("E'Ann\\tO\\'Neil'"), {
    rules: 'version: 1\ntables:\n  public.t: { columns: { a: mask } }',
  });
  expect(text).toBe(insert("E'xxx\tx''xxxx'"));
});

test.each(['{"a": "x"', '{"a": "\\\\q"}', '{a: 1}', '["x"'])('a value that is no JSON is named: %s', async (value) => {
  // From a pipe, and without CREATE TABLE: the type of the column is not known.
  const rules = 'version: 1\ntables:\n  public.t: { columns: { j: { json: { "$.a": mask } } } }';
  const failing = run(`COPY public.t (j) FROM stdin;\n${value}\n\\.\n`, { rules, pipe: true });
  await expect(failing).rejects.toThrow('a value of a column with the rule json is no JSON');
});

test.each(['COPY public.t (Ü) FROM stdin;\nAnn\n\\.\n', "INSERT INTO public.t (Ü) VALUES ('Ann');\n"])(
  'names without quotes are folded as PostgreSQL does, in ASCII only: %s',
  async (statement) => {
    const { text } = await run(`CREATE TABLE public.t (Ü text);\n${statement}`, {
      rules: 'version: 1\ntables:\n  public.t: { columns: { Ü: mask } }',
    });
    expect(text).toContain('xxx');
  },
);
