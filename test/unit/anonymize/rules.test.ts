/** Rules: what they make of values, and what is refused before a byte is written. */
import { describe, expect, test } from '@jest/globals';
import { audit } from '../../../src/anonymize/audit/audit.ts';
import { renderRules } from '../../../src/anonymize/audit/render.ts';
import { parseRules } from '../../../src/anonymize/rules/file/parse-rules.ts';
import { chunks, run } from './run.ts';

const definition = `CREATE TABLE public.users (
    id integer NOT NULL,
    email text NOT NULL,
    name character varying(40),
    born date,
    seen timestamp with time zone,
    salary numeric(8,2),
    profile jsonb,
    token uuid,
    level smallint,
    "Odd, name" text,
    shout text GENERATED ALWAYS AS (upper(email)) STORED
);
CREATE TABLE public.orders (id integer NOT NULL, user_email text, note text);
`;
const constraints = `ALTER TABLE ONLY public.users ADD CONSTRAINT users_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.users ADD CONSTRAINT users_email_key UNIQUE (email);
ALTER TABLE ONLY public.orders ADD CONSTRAINT orders_user_fkey FOREIGN KEY (user_email) REFERENCES public.users(email);
`;
const columns = 'id, email, name, born, seen, salary, profile, token, level, "Odd, name"';
const row = (id: number, more = ''): string =>
  `${id}\tu${id}@x.de\tNora Ü${id}\t1980-02-2${id % 9}\t2020-01-01 10:00:00+00\t1234.50\t{"a": {"phone": "+49 30 1234", "n": 1.50}, "mail": "a@b.de"}\t0b9f2d3e-1111-4222-8333-44445555666${id % 10}\t${id}\t${more}`;
const copy = (rows: readonly string[]): string =>
  `COPY public.users (${columns}) FROM stdin;\n${rows.map((one) => `${one}\n`).join('')}\\.\n`;
const orders = `COPY public.orders (id, user_email, note) FROM stdin;\n1\tu1@x.de\tNora Ü1\n2\t\\N\t\n\\.\n`;
const dump = `${definition}${copy([row(1), row(2, 'x\\ty'), row(3)])}${orders}${constraints}`;

const apply = async (rules: string, text = dump): Promise<string[][]> => {
  const out = await run(text, { rules: `version: 1\nleak-check: { replaced-values: off }\ntables:\n${rules}` });
  const body = /COPY public\.users[^\n]*\n([\s\S]*?)\\\.\n/.exec(out.text)?.[1] ?? '';
  return body
    .split('\n')
    .slice(0, -1)
    .map((line) => line.split('\t'));
};
const of = (rules: string) => `  public.users:\n    columns:\n${rules}`;

describe('a rule', () => {
  test.each([
    ['keep', '      email: keep', 1, 'u1@x.de'],
    ['null', '      name: "null"', 2, '\\N'],
    ['null as YAML has it', '      name: null', 2, '\\N'],
    ['fixed', '      name: { fixed: "a\\tb" }', 2, 'a\\tb'],
    ['mask', '      name: mask', 2, 'xxxx x0'],
    ['mask with ends', '      name: { mask: { keep-first: 1, keep-last: 2 } }', 2, 'Nxxx Ü1'],
    ['an odd name', '      "Odd, name": { fixed: z }', 9, 'z'],
    [
      'json',
      '      profile: { json: { "$.a.phone": mask } }',
      6,
      '{"a": {"phone": "+00 00 0000", "n": 1.50}, "mail": "nobody@example.com"}',
    ],
  ])('%s', async (_name, rules, column, expected) => {
    expect((await apply(of(rules)))[0]?.[column]).toBe(expected);
  });

  test('of a keyed kind gives the same for the same, and what the type takes', async () => {
    const rules = of(
      '      name: pseudonym\n      born: { shift-days: 30 }\n      seen: { shift-days: 5, by: id }\n      salary: { noise: 10% }\n      token: hash\n      level: pseudonym\n      "Odd, name": { fake: name }',
    );
    const [one, two] = await Promise.all([apply(rules), apply(rules)]);
    expect(one).toEqual(two);
    const [first = []] = one;
    expect(first[2]).toMatch(/^p[a-z2-7]{16}$/);
    expect(first[3]).toMatch(/^19(79|80)-\d\d-\d\d$/);
    expect(first[3]).not.toBe('1980-02-21');
    expect(first[4]).toMatch(/^20(19|20)-\d\d-\d\d 10:00:00\+00$/);
    expect(Math.abs(Number(first[5]) - 1234.5)).toBeLessThanOrEqual(123.45);
    expect(first[7]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(Number(first[8])).toBeLessThan(2 ** 15);
    expect(new Set(one.map((fields) => fields[8])).size).toBe(3);
  });

  test('keeps unique addresses and foreign keys together', async () => {
    const { text, report } = await run(dump);
    const [user] = /nobody-[a-z2-7]{16}@example\.com/.exec(text) ?? [];
    expect(text.split(user ?? '-').length - 1).toBe(2);
    expect(report.warnings).toEqual(
      expect.arrayContaining([expect.stringContaining('public.users.email must stay unique: 3 addresses')]),
    );
  });

  test('of rows leaves them out', async () => {
    const dropped = await run(dump, { rules: 'version: 1\ntables:\n  public.orders: { rows: drop }' });
    expect(dropped.text).toContain('COPY public.orders (id, user_email, note) FROM stdin;\n\\.\n');
    const many = `${definition}${copy(Array.from({ length: 400 }, (_, id) => row(id)))}`;
    const kept = await apply('  public.users: { rows: { sample: 25%, by: id } }', many);
    expect(kept.length).toBeGreaterThan(60);
    expect(kept.length).toBeLessThan(140);
    expect(await apply('  public.users: { rows: { sample: 25%, by: id } }', many)).toEqual(kept);
  });

  test('works on INSERT statements alike', async () => {
    const insert = `${definition}INSERT INTO public.users (id, email, name) VALUES (1, 'u1@x.de', 'O''Neil'), (2, E'u2@x.de', NULL);\nINSERT INTO public.orders VALUES (1, 'u1@x.de', 'x');\n`;
    const { text } = await run(insert, {
      rules:
        'version: 1\nleak-check: { replaced-values: off }\ntables:\n  public.users:\n    columns: { name: mask, email: { fixed: "it\'s" } }\n  public.orders: { rows: drop }',
    });
    expect(text).toContain("VALUES (1, 'it''s', 'x''xxxx'), (2, E'it''s', NULL);");
    expect(text).not.toContain('INTO public.orders');
  });
});

describe('rules are refused', () => {
  test('with every mistake of the file, and its line', () => {
    const text =
      'version: 1\ntables:\n  a.b:\n    columns:\n      x: hide\n      y: { fake: dog }\n      z: { noise: 200% }\n    rows: some\nunknown: 1\n';
    const wrong = () => parseRules(text, 'rules.yml');
    for (const part of [
      'line 5, tables › a.b › columns › x: is no rule; allowed: keep, emails',
      'line 6',
      'line 7',
      'line 8, tables › a.b › rows',
      'has the unknown word "unknown"',
    ])
      expect(wrong).toThrow(part);
  });

  test.each([
    [
      'a table that is not there',
      '  public.user: { rows: drop }',
      'public.user: the dump has no such table; allowed: public.users',
    ],
    [
      'a column that is not there',
      of('      mail: keep'),
      'public.users.mail: the table has no such column; allowed: id, email',
    ],
    ['NULL where it must not be', of('      email: "null"'), 'public.users.email: the column is NOT NULL'],
    [
      'what would break a unique column',
      of('      email: mask'),
      'must be unique (users_email_key), which mask would break',
    ],
    ['two rules for one key', of('      email: hash'), 'foreign keys link it to public.orders.user_email'],
    ['a rule for another type', of('      born: mask'), 'mask is not for the type date'],
    ['a generated column', of('      shout: mask'), 'the column is generated'],
    ['text that is too long', of(`      name: { fixed: "${'x'.repeat(41)}" }`), 'is longer than character varying(40)'],
    ['a path that is none', of('      profile: { json: { "a.b": mask } }'), '"a.b" is no path'],
    [
      'rows that others refer to',
      '  public.users: { rows: drop }',
      'rows of public.orders refer to rows that are left out',
    ],
  ])('for %s', async (_name, rules, message) => {
    await expect(run(dump, { rules: `version: 1\ntables:\n${rules}` })).rejects.toThrow(message);
  });

  test('where a column is new', async () => {
    const rules =
      'version: 1\nunknown-columns: fail\ntables:\n  public.orders: { rows: drop }\n  public.users:\n    columns: { id: keep, email: emails }';
    await expect(run(dump, { rules })).rejects.toThrow(
      /public\.users\.name: no rule names this column[\s\S]*public\.users\."Odd, name"/,
    );
  });

  test('from a pipe where uniqueness is learnt too late', async () => {
    await expect(run(dump, { pipe: true })).rejects.toThrow(
      'public.users.email must be unique, which a dump only says behind its rows',
    );
  });
});

describe('the leak check', () => {
  test('fails with table, column and count, and never the value', async () => {
    const rules = 'version: 1\ntables:\n  public.users:\n    columns: { name: mask }';
    const failing = run(dump, { rules });
    await expect(failing).rejects.toThrow('public.orders.note: 1 values of columns that were replaced');
    await expect(failing).rejects.not.toThrow('Nora');
    const allowed = await run(dump, { rules: `${rules}\nleak-check: { allow: [public.orders.note] }` });
    expect(allowed.report.leaks).toEqual([]);
    expect(allowed.text.split('\n').filter((line) => line.includes('Nora'))).toEqual([
      expect.stringMatching(/^1\tnobody-[a-z2-7]{16}@example\.com\tNora Ü1$/),
    ]);
  });

  test.each([
    ['phones', '+49 30 123 456 78', 1],
    ['phones', '(202) 555-0199', 0],
    ['phones', '2026-11-21 10:00:00.123456', 0],
    ['ibans', 'DE89 3704 0044 0532 0130 00', 1],
    ['ibans', 'DE88370400440532013000', 0],
    ['ibans', 'GB82WEST12345698765432', 1],
    ['cards', '4111 1111 1111 1111', 1],
    ['cards', '4111111111111112', 0],
  ])('tells %s: %s', async (kind, value, count) => {
    const { report } = await run(`CREATE TABLE t (a text);\nCOPY t (a) FROM stdin;\nx ${value} y\n\\.\n`);
    expect(report.leaks.filter((leak) => leak.kind === kind).reduce((sum, leak) => sum + leak.count, 0)).toBe(count);
  });
});

test('the audit proposes rules that the dump allows, for every column', async () => {
  const proposals = await audit(chunks(dump, 1000), { requireFooter: false });
  const rules = renderRules(proposals);
  expect(rules.slice(rules.indexOf('version: 1'))).toBe(`version: 1
unknown-columns: fail
tables:
  public.users:
    columns:
      id: keep
      email: emails # e-mail addresses in 3 of 3 values, must stay unique
      name: { fake: name } # called like a name
      born: keep
      seen: keep
      salary: { noise: 20% } # called like an income
      profile: emails # e-mail addresses in 3 of 3 values
      token: "null" # called like a secret
      level: keep
      "\\"Odd, name\\"": emails
  public.orders:
    columns:
      id: keep
      user_email: emails # e-mail addresses in 1 of 1 values
      note: emails
`);
  const { report } = await run(dump, { rules: `${rules}leak-check: { replaced-values: off }\n` });
  expect(report.leaks).toEqual([]);
  expect(report.counts.map(({ table, rule, count }) => [table, rule, count])).toEqual([
    ['public.users', 'unique emails', 3],
    ['public.users', 'fake name', 3],
    ['public.users', 'noise', 3],
    ['public.users', 'emails', 3],
    ['public.users', 'null', 3],
    ['public.orders', 'unique emails', 1],
  ]);
});
