/** CHECKs that tie an address to other columns: no row that is written breaks them, or the run stops and says what helps. */
import { describe, expect, test } from '@jest/globals';
import { foot, head, insert, table as mysqlTable } from './mysql-texts.ts';
import { run } from './run.ts';
import { problems, rowsOf, ruled } from './tried.ts';

const table = (check: string, columns = 'email text, local text, domain text'): string =>
  `CREATE TABLE public.t (${columns}, CONSTRAINT tie CHECK (${check}));`;

describe('an address made of names in other columns', () => {
  test.each([
    "email = first || '.' || last || '@corp.example'",
    "email = lower(first || '.' || last) || '@corp.example'",
    "email = left(first, 1) || last || '@corp.example'",
    "email = concat_ws('_', first, last) || '@corp.example'",
    "email = format('%s.%s', first, last) || '@corp.example'",
    "email LIKE first || '.%@corp.example' AND strpos(email, last) > 0",
    "split_part(email, '@', 1) = first || '.' || last",
    "email = first || '.' || last || '@' || domain",
    "email = login || '@corp.example'",
  ])('stops the run: %s', async (check) => {
    const columns = 'email text, first text, last text, login text, domain text';
    const [problem, ...others] = await problems(table(check, columns));
    expect(problem).toMatch(/^public\.t\.email: CHECK tie .* accepts no address/);
    expect(problem).not.toMatch(/@[^"]*@/);
    expect(others).toEqual([]);
  });
});

test('so does a CHECK of MySQL', async () => {
  const check = "CONSTRAINT `tie` CHECK (`email` = concat(`first`,'.',`last`,'@corp.example'))";
  const columns = '  `first` varchar(50),\n  `last` varchar(50),\n  `email` varchar(90)';
  const dump = `${head}${mysqlTable(`${columns},\n  ${check}`)}${insert("('ann','doe','ann.doe@corp.example')")}${foot}`;
  expect(await problems(dump)).toEqual([expect.stringMatching(/^t\.email: CHECK tie .* accepts no address/)]);
});

describe('an address and its parts in other columns', () => {
  test.each([
    "email = ((local || '@'::text) || domain)",
    "email = concat(local, '@', domain)",
    "email = format('%s@%s', local, domain)",
    "lower(email) = lower(local || '@' || domain)",
    "email LIKE local || '@%' AND domain = split_part(email, '@', 2)",
    "CASE WHEN local IS NULL THEN true ELSE email = local || '@' || domain END",
  ])('stop the run, with rules that help: %s', async (check) => {
    const [problem, ...others] = await problems(table(check));
    expect(problem).toMatch(/^public\.t\.email: CHECK tie .* accepts no address/);
    expect(problem).toContain('{ fixed: "nobody" } for local with { fixed: "example.com" } for domain');
    expect(others).toEqual([]);
    const rules = ruled('local: { fixed: nobody }, domain: { fixed: example.com }');
    expect(await problems(table(check), { rules })).toEqual([]);
    // What a rule makes up fits by chance at most.
    expect(await problems(table(check), { rules: ruled('local: hash, domain: hash') })).toHaveLength(1);
  });

  test.each([
    ["email = concat_ws('@', local, domain)", '{ fixed: "nobody" } for local with { fixed: "example.com" } for domain'],
    ["email LIKE '%@' || domain", '{ fixed: "example.com" } for domain'],
    ['right(email, length(domain)) = domain', '{ fixed: "example.com" } for domain'],
    ['POSITION(domain IN email) > 0', '"null" for domain'],
    ['domain = md5(lower(email))', '{ fixed: "8c5548eb0b2b80924f237953392df5e7" } for domain'],
  ])('%s', async (check, help) => {
    expect(await problems(table(check))).toEqual([expect.stringContaining(help)]);
  });

  test('of a column that must be unique, no constant helps', async () => {
    const [problem] = await problems(
      table("email = local || '@' || domain", 'email text UNIQUE, local text NOT NULL, domain text NOT NULL'),
    );
    expect(problem).toMatch(/allowed: keep, "null", or another CHECK$/);
  });

  test('through a generated column', async () => {
    const columns = "email text, dom text GENERATED ALWAYS AS (split_part(email, '@', 2)) STORED, domain text";
    expect(await problems(table('dom = domain', columns))).toEqual([expect.stringMatching(/^public\.t\.email: /)]);
  });
});

test.each([
  'email <> local',
  'email = lower(email) AND local = lower(local)',
  "email LIKE '%@%' OR local IS NOT NULL",
  'length(local) > 2 AND email IS NOT NULL',
  "strpos(email, '@') > 1 AND domain <> ''",
])('what ties nothing stops nothing: %s', async (check) => {
  expect(await problems(table(check))).toEqual([]);
});

describe('the order of two addresses', () => {
  const two = 'email text, other_email text';
  const rows = 'ann@firm.example\tbob@firm.example\nx@firm.example\ty@firm.example';

  test.each([
    ['email < other_email', '0-nobody@example.com\tzz-nobody@example.com'],
    ['other_email >= email', '0-nobody@example.com\tzz-nobody@example.com'],
    ['email > other_email', 'zz-nobody@example.com\t0-nobody@example.com'],
  ])('is that of their beginnings: %s', async (check, expected) => {
    expect(await rowsOf(table(check, two), 'email, other_email', rows)).toBe(`${expected}\n${expected}`);
  });

  test('in a chain', async () => {
    const columns = 'a text, b text, c text, CHECK (a < b)';
    expect(await rowsOf(table('b < c', columns), 'a, b, c', 'a@x.example\tb@x.example\tc@x.example')).toBe(
      '0-nobody@example.com\tm01-nobody@example.com\tzz-nobody@example.com',
    );
  });

  test('stops the run where both are linked, or in a circle', async () => {
    const linked = `CREATE TABLE public.u (email text PRIMARY KEY);
CREATE TABLE public.t (a_email text REFERENCES public.u, b_email text REFERENCES public.u, CHECK (a_email < b_email));`;
    expect(await problems(linked)).toEqual([
      expect.stringMatching(/^public\.t\.a_email: /),
      expect.stringMatching(/^public\.t\.b_email: /),
    ]);
    expect(await problems(table('email <= other_email AND other_email <= email', two))).toHaveLength(2);
    expect(await problems(table('email < other_email', two), { rules: ruled('email: "null"') })).toEqual([]);
  });
});

test('a column that an address generates and a foreign key binds stops the run, unless the other side becomes the same', async () => {
  const keys = (expression: string): string => `CREATE TABLE public.d (key text PRIMARY KEY);
CREATE TABLE public.t (email text, key text GENERATED ALWAYS AS (${expression}) STORED, CONSTRAINT of_d FOREIGN KEY (key) REFERENCES public.d(key));`;
  expect(await problems(keys("split_part(email, '@', 2)"))).toEqual([
    expect.stringMatching(
      /^public\.t\.email: the foreign key of_d of the generated column key .* allowed: keep, "null"/,
    ),
  ]);
});

describe('columns that a CHECK compares without regard to case', () => {
  const table = `CREATE TABLE public.t (username text NOT NULL, low text NOT NULL, CHECK (low = lower(username)));`;

  test.each(['pseudonym', 'hash'])('stay equal under %s', async (rule) => {
    const rules = ruled(`username: ${rule}, low: ${rule}`);
    const [username, low] = (await rowsOf(table, 'username, low', 'Ann\tann', { rules })).split('\t');
    expect(username).not.toBe('Ann');
    expect(low).toBe(username);
  });

  test.each(['username: pseudonym', 'low: hash', 'username: mask'])(
    'stop the run where only one changes: %s',
    async (rule) => {
      expect(await problems(table, { rules: ruled(rule) })).toHaveLength(1);
    },
  );
});

test('NULL beside an address stays NULL, whatever the rule', async () => {
  const either = 'CREATE TABLE public.t (email text, domain text, CHECK (email IS NULL OR domain IS NULL));';
  expect(await problems(either, { rules: ruled('domain: { fixed: x }') })).toEqual([]);
  const copy = `${either}\nCOPY public.t (email, domain) FROM stdin;\nkim@firm.example\t\\N\n\\.\n`;
  expect((await run(copy)).report.warnings).toEqual([]);
});
