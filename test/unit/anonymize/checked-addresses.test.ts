/** CHECKs and addresses: which form they get, what is refused, and what stays as it was. */
import { describe, expect, test } from '@jest/globals';
import { ConfigurationError } from '../../../src/runtime/errors.ts';
import { run } from './run.ts';

const copy = (columns: string, rows: string): string => `COPY public.t (${columns}) FROM stdin;\n${rows}\n\\.\n`;

/** The rows of public.t as they come out. */
async function rowsOf(definition: string, columns: string, rows: string, rules?: string): Promise<string> {
  const head = `${definition}\n`;
  const { text } = await run(`${head}${copy(columns, rows)}`, rules === undefined ? {} : { rules });
  return /FROM stdin;\n([\s\S]*?)\n\\\.\n/.exec(text)?.[1] ?? '';
}

async function problems(sql: string, rules?: string): Promise<readonly string[]> {
  try {
    await run(sql, rules === undefined ? {} : { rules });
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
}

const one = (check: string, email = 'kim@firm.example', type = 'text'): Promise<string> =>
  rowsOf(`CREATE TABLE public.t (email ${type} CHECK (${check}));`, 'email', email);

describe('the form of addresses', () => {
  test.each([
    ['stays the usual one where it does', "email ~ '^[^@]+@[^@]+$'", 'nobody@example.com'],
    ['has the domain that LIKE asks for', "email LIKE '%@firm.example'", 'nobody@firm.example'],
    ['has a domain of an alternative', "email ~ '@(home|firm)\\.example$'", 'nobody@home.example'],
    ['has a reserved domain where example.com is refused', "email NOT LIKE '%@example.com'", 'nobody@example.org'],
    ['is in upper case', 'email = upper(email)', 'NOBODY@EXAMPLE.COM'],
    ['is as long as it has to be', 'length(email) > 20', expect.stringMatching(/^nobody-[a-z2-7]{16}@example\.com$/)],
    ['has no letter that is refused', "email !~ '[y]'", expect.stringMatching(/^[a-p]{16}@example\.com$/)],
    ['begins as it has to', "email LIKE 'svc-%'", 'svc-nobody@example.com'],
    ['is the whole local part that an alternative names', "email ~ '^(admin|root)@'", 'admin@example.com'],
    ['has as few letters as a pattern has', String.raw`email ~ '^[a-z]\.[a-z]+\d\d@'`, 'n.n00@example.com'],
    ['has the beginning of a domain', "strpos(email, '@firm.') > 0", 'nobody@firm.example'],
    ['has a domain of an array', "split_part(email, '@', 2) = ANY ('{firm.example}'::text[])", 'nobody@firm.example'],
    ['begins each word with a capital', 'initcap(email) = email', 'Nobody@Example.Com'],
  ])('%s', async (_name, check, expected) => {
    expect(await one(check, 'svc-kim-of-the-firm@firm.example')).toEqual(expected);
  });

  test('is as short as it has to be', async () => {
    expect(await one('char_length(email) <= 14', 'k@firm.example')).toBe('dy@example.com');
  });

  test('is what a CHECK asks of a text in JSON', async () => {
    const doc = (check: string): Promise<string> =>
      rowsOf(`CREATE TABLE public.t (doc jsonb CHECK (${check}));`, 'doc', '{"mail": "kim@firm.example", "age": 7}');
    expect(await doc("(doc ->> 'mail'::text) ~~ '%@firm.example'::text")).toBe(
      '{"mail": "nobody@firm.example", "age": 7}',
    );
    expect(await doc("((doc ->> 'age'::text))::integer > 3")).toBe('{"mail": "nobody@example.com", "age": 7}');
  });

  test('that no sample of a CHECK shows is told, but not where the CHECK keeps addresses out', async () => {
    const notes = async (check: string): Promise<string> => {
      const sql = `CREATE TABLE public.t (email text CHECK (${check}));\n${copy('email', 'kim@firm.example')}`;
      return (await run(sql)).report.warnings.join();
    };
    expect(await notes("md5(email) = 'x@'")).toMatch(/public\.t\.email: whether CHECK .* is not known/);
    expect(await notes("email NOT LIKE '%@%'")).toBe('');
  });

  test('is one for all linked columns', async () => {
    const sql = `CREATE TABLE public.u (email text CHECK (email LIKE '%@firm.example') UNIQUE);
CREATE TABLE public.t (email text REFERENCES public.u (email));
COPY public.u (email) FROM stdin;\nkim@firm.example\n\\.\n${copy('email', 'kim@firm.example')}`;
    const written = (await run(sql)).text.match(/^nobody-[a-z2-7]{16}@firm\.example$/gm) ?? [];
    expect(written).toHaveLength(2);
    expect(written[1]).toBe(written[0]);
  });

  test('is the one of the rule pseudonym, too', async () => {
    const out = await rowsOf(
      "CREATE TABLE public.t (email text CHECK (email LIKE '%@firm.example'));",
      'email',
      'kim@firm.example\nlou@firm.example',
      'version: 1\ntables:\n  public.t: { columns: { email: pseudonym } }\n',
    );
    expect(out).toMatch(/^(nobody-[a-z2-7]{16}@firm\.example)\n(?!\1)nobody-[a-z2-7]{16}@firm\.example$/);
  });

  test('of a form with another domain, only exactly it is no leak in its column', async () => {
    const definition = "CREATE TABLE public.t (email text CHECK (email LIKE '%@firm.example'), note text);";
    await expect(rowsOf(definition, 'email, note', 'kim@firm.example\tnone')).resolves.toBe(
      'nobody@firm.example\tnone',
    );
    const rules = 'version: 1\ntables:\n  public.t: { columns: { note: { fixed: "see nobody@firm.example" } } }\n';
    await expect(rowsOf(definition, 'email, note', 'kim@firm.example\tnone', rules)).resolves.toContain(
      'nobody@firm.example',
    );
  });
});

describe('columns that a CHECK compares', () => {
  test.each([
    ['<>', 'CHECK (a <> b)', 'kim@x.example\tlou@x.example', /^(nobody-\S+)\t(?!\1)nobody-\S+$/],
    ['= lower', 'CHECK (b = lower(a))', 'Kim@x.example\tkim@x.example', /^(nobody-\S+)\t\1$/],
    ['either or NULL', 'CHECK (a = b OR b IS NULL)', 'kim@x.example\tkim@x.example', /^(nobody-\S+)\t\1$/],
    [
      'IS DISTINCT FROM',
      'CHECK (a IS DISTINCT FROM b)',
      'kim@x.example\tlou@x.example',
      /^(nobody-\S+)\t(?!\1)nobody-\S+$/,
    ],
    [
      'only with constants',
      "CHECK (a <> 'x' AND b <> 'y')",
      'kim@x.example\tlou@x.example',
      /^nobody@example.com\tnobody@example.com$/,
    ],
    [
      'only whether they are NULL',
      'CHECK (a IS NOT NULL OR b IS NOT NULL)',
      'kim@x.example\tlou@x.example',
      /^nobody@example.com\tnobody@example.com$/,
    ],
  ])('%s', async (_name, check, row, expected) => {
    expect(await rowsOf(`CREATE TABLE public.t (a text, b text, ${check});`, 'a, b', row)).toMatch(expected);
  });

  test('an array with a column', async () => {
    const out = await rowsOf(
      'CREATE TABLE public.t (a text, l text[], CHECK (a = ANY (l)));',
      'a, l',
      'kim@x.example\t{lou@x.example,kim@x.example}',
    );
    expect(out).toMatch(/^(nobody-\S+)\t\{nobody-[^,]+,\1\}$/);
  });

  test.each([
    ['elements of an array', 'text[]', 'l[1] <> l[2]', '{kim@x.example,lou@x.example}'],
    [
      'elements without regard to case',
      'text[]',
      'lower(l[1]) IS DISTINCT FROM lower(l[2])',
      '{Kim@x.example,lou@x.example}',
    ],
    ['values in JSON', 'jsonb', "(l ->> 'm') <> (l ->> 'n')", '{"m": "kim@x.example", "n": "lou@x.example"}'],
    [
      'values deep in JSON',
      'json',
      "((l)::jsonb -> 'a' ->> 'm') <> ((l)::jsonb #>> '{b,m}')",
      '{"a": {"m": "kim@x.example"}, "b": {"m": "lou@x.example"}}',
    ],
  ])('two %s', async (_name, type, check, value) => {
    const out = await rowsOf(`CREATE TABLE public.t (l ${type}, CHECK (${check}));`, 'l', value);
    expect(new Set(out.match(/nobody-\w+@example\.com/g)).size).toBe(2);
  });

  test('an element of an array with a column', async () => {
    const definition = 'CREATE TABLE public.t (a text, l text[], CHECK (a = l[2]));';
    const out = await rowsOf(definition, 'a, l', 'kim@x.example\t{lou@x.example,kim@x.example}');
    expect(out).toMatch(/^(nobody-\S+)\t\{nobody-[^,]+,\1\}$/);
  });

  test('an array with a text of its own stays as it is', async () => {
    const definition = "CREATE TABLE public.t (l text[], CHECK (l[1] <> 'x' AND cardinality(l) = 2));";
    expect(await rowsOf(definition, 'l', '{kim@x.example,lou@x.example}')).toBe(
      '{nobody@example.com,nobody@example.com}',
    );
  });

  test('may have different rules as long as the CHECK holds', async () => {
    const rules = 'version: 1\ntables:\n  public.t: { columns: { b: { fake: name } } }\n';
    const sql = `CREATE TABLE public.t (a text, b text, CHECK (a <> b));\n${copy('a, b', 'kim@x.example\tKim')}`;
    expect(await problems(sql, rules)).toEqual([]);
  });
});

describe('refused before anything is written', () => {
  test('columns for which there is no address, all at once', async () => {
    const sql = `CREATE TABLE public.t (a text, CONSTRAINT short CHECK (a ~ '^[a-z]@firm\\.example$'), UNIQUE (a));
CREATE TABLE public.u (email text, domain text, CONSTRAINT same CHECK (domain = split_part(email, '@', 2)));
`;
    expect(await problems(sql)).toEqual([
      'public.t.a: CHECK short (a ~ \'^[a-z]@firm\\.example$\') accepts no address that can be written instead of another; allowed: keep, "null", fixed with a text that the CHECK accepts, or another CHECK',
      'public.u.email: CHECK same (domain = split_part(email, \'@\', 2)) accepts no address that can be written instead of another; allowed: keep, "null", "null" for domain, { fixed: "example.com" } for domain, or another CHECK',
    ]);
  });

  test('but not where a rule for the other column helps', async () => {
    const rules = 'version: 1\ntables:\n  public.t: { columns: { domain: { fixed: example.com } } }\n';
    const sql = "CREATE TABLE public.t (email text, domain text, CHECK (domain = split_part(email, '@', 2)));\n";
    expect(await problems(sql, rules)).toEqual([]);
  });

  test.each([
    ['a length that no address has', 'CREATE TABLE public.t (phone text CHECK (length(phone) <= 4));'],
    [
      'columns of other kinds',
      "CREATE TABLE public.t (state text CHECK (state IN ('on', 'off')), name text CHECK (name !~ '@'));",
    ],
    [
      'NOT VALID',
      "CREATE TABLE public.t (email text);\nALTER TABLE public.t ADD CONSTRAINT c CHECK (email = 'x') NOT VALID;",
    ],
    ['functions that nobody knows', 'CREATE TABLE public.t (email text CHECK (public.is_mail(email)));'],
    ['NOT ENFORCED', "CREATE TABLE public.t (email text, CHECK (email ~ '^[a-z]@firm') NOT ENFORCED);"],
  ])('but not %s', async (_name, sql) => {
    expect(await problems(`${sql}\n`)).toEqual([]);
  });
});

describe('a rule under a CHECK', () => {
  const withRule = (definition: string, rule: string): Promise<readonly string[]> =>
    problems(
      `CREATE TABLE public.t (${definition});\n`,
      `version: 1\ntables:\n  public.t: { columns: { a: ${rule} } }\n`,
    );

  test.each([
    [
      'fixed outside of a list',
      "a text, CONSTRAINT c CHECK (a IN ('on', 'off'))",
      '{ fixed: removed }',
      '{ fixed: "on" }',
      'CHECK c (a IN (\'on\', \'off\')) refuses what fixed writes; allowed: keep, "null", { fixed: "on" }',
    ],
    [
      'NULL in the only column',
      'a text, b text, CONSTRAINT c CHECK (a IS NOT NULL OR b IS NOT NULL)',
      '"null"',
      'mask',
      'CHECK c (a IS NOT NULL OR b IS NOT NULL) refuses what null writes; allowed: keep, { fixed: "a" }',
    ],
    [
      'mask under a pattern',
      "a text NOT NULL, CONSTRAINT c CHECK (a ~ '^[A-Z]{2}[0-9]+$')",
      'mask',
      '{ fixed: XX1 }',
      'CHECK c (a ~ \'^[A-Z]{2}[0-9]+$\') refuses what mask writes; allowed: keep, { fixed: "NN0" }',
    ],
    [
      'an invented phone under a pattern',
      "a text NOT NULL, CONSTRAINT c CHECK (a ~ '^\\+[0-9]{10,}$')",
      '{ fake: phone }',
      'mask',
      'CHECK c (a ~ \'^\\+[0-9]{10,}$\') refuses what fake phone writes; allowed: keep, { fixed: "+0000000000" }',
    ],
    [
      'a hash that is too long',
      'a text, CONSTRAINT c CHECK (length(a) < 12)',
      '{ hash: { length: 20 } }',
      'hash',
      'CHECK c (length(a) < 12) refuses what hash writes; allowed: keep, "null", { fixed: "a" }',
    ],
    [
      'a pseudonym with capitals',
      'a text NOT NULL, CONSTRAINT c CHECK (a = upper(a))',
      'pseudonym',
      '{ fixed: X }',
      'CHECK c (a = upper(a)) refuses what pseudonym writes; allowed: keep, { fixed: "4711" }',
    ],
    [
      'a hash where an address is asked for',
      "a text NOT NULL, CONSTRAINT c CHECK (a LIKE '%@%')",
      'hash',
      'emails',
      "CHECK c (a LIKE '%@%') refuses what hash writes; allowed: keep, emails",
    ],
    [
      'a unique text, for which no constant helps',
      "a text NOT NULL UNIQUE, CONSTRAINT c CHECK (a LIKE '+%')",
      'pseudonym',
      'keep',
      "CHECK c (a LIKE '+%') refuses what pseudonym writes; allowed: keep",
    ],
    [
      'a number outside of its range',
      'a integer NOT NULL, CONSTRAINT c CHECK (a > 0)',
      '{ fixed: 0 }',
      '{ fixed: 5 }',
      'CHECK c (a > 0) refuses what fixed writes; allowed: keep',
    ],
  ])('%s', async (_name, definition, refused, allowed, problem) => {
    expect(await withRule(definition, refused)).toEqual([`public.t.a: ${problem}`]);
    expect(await withRule(definition, allowed)).toEqual([]);
  });

  test.each([
    ['a function that nobody knows', 'a text CHECK (public.ok(a))', '{ fixed: x }'],
    ['a CHECK of another column', "a text, b text CHECK (b IN ('x'))", '{ fixed: y }'],
    ['a row that satisfies it either way', "a text, kind text, CHECK (kind = 'x' OR a ~ '^[0-9]+$')", 'mask'],
  ])('is not refused for %s', async (_name, definition, rule) => {
    expect(await withRule(definition, rule)).toEqual([]);
  });
});

test('MySQL: a CHECK decides the form, as far as it is known', async () => {
  const sql =
    "CREATE TABLE `t` (\n  `email` varchar(80) DEFAULT NULL,\n  CONSTRAINT `ours` CHECK (`email` regexp '@firm\\\\.example$'),\n  `j` longtext CHECK (json_valid(`j`))\n) ENGINE=InnoDB;\nINSERT INTO `t` VALUES ('kim@firm.example','{\"a\":\"lou@home.example\"}');\n-- Dump completed on 2026-01-01\n";
  const { text } = await run(`-- MariaDB dump 10.19  Distrib 10.11.6-MariaDB\n${sql}`, { footer: true });
  expect(text).toContain('(\'nobody@firm.example\',\'{"a":"nobody@example.com"}\')');
});

test('a CHECK behind the rows of a pipe is told', async () => {
  const sql = `CREATE TABLE public.t (email text);\n${copy('email', 'kim@firm.example')}ALTER TABLE public.t ADD CHECK (email LIKE '%@firm.example');\n`;
  await expect(run(sql, { pipe: true })).rejects.toThrow(
    'a CHECK that the dump states only after the rows does not accept the addresses in public.t.email',
  );
  await expect(run(sql)).resolves.toMatchObject({
    report: { warnings: [expect.stringContaining('nobody@firm.example')] },
  });
});

test('definitions of a pipe are rewritten while their CHECKs are not known as a whole', async () => {
  const first =
    "CREATE TABLE public.u (email text CHECK (email IN ('a@firm.example', 'b@firm.example')), other text CHECK (other <> 'c@firm.example'));";
  const sql = `${first}\nCREATE TABLE public.t (email text);\n${copy('email', 'kim@firm.example')}`;
  const [piped, known] = [await run(sql, { pipe: true }), await run(sql)];
  expect(piped.text).toBe(known.text);
  expect(piped.text).toMatch(
    /IN \('nobody-[a-z2-7]{16}@example\.com', 'nobody-[a-z2-7]{16}@example\.com'\)\), other text CHECK \(other <> 'nobody-[a-z2-7]{16}@example\.com'\)\);/,
  );
});

describe('CHECKs of domains inside other types', () => {
  const domain = "CREATE DOMAIN public.m AS text CHECK (VALUE LIKE '%@firm.example');";
  const pair = 'CREATE TYPE public.pair AS (id integer, mail public.m);';

  test.each([
    ['an array', 'public.m[]', '{kim@firm.example,pat@firm.example}', '{nobody@firm.example,nobody@firm.example}'],
    ['a composite type', 'public.pair', '(1,kim@firm.example)', '(1,nobody@firm.example)'],
    ['an array of it', 'public.pair[]', '{"(1,kim@firm.example)"}', '{"(1,nobody@firm.example)"}'],
    ['a type in a type', 'public.outer', '("(1,kim@firm.example)",x)', '("(1,nobody@firm.example)",x)'],
    ['a domain over such an array', 'public.many', '{kim@firm.example}', '{nobody@firm.example}'],
  ])('decide for the addresses in %s', async (_what, type, value, expected) => {
    const more = 'CREATE TYPE public.outer AS (p public.pair, note text); CREATE DOMAIN public.many AS public.m[];';
    const table = `CREATE TABLE public.t (v ${type});`;
    expect(await rowsOf(`${domain}\n${pair}\n${more.replace('; ', ';\n')}\n${table}`, 'v', value)).toBe(expected);
  });

  test('stop the run where no address satisfies all of them', async () => {
    const other = "CREATE DOMAIN public.o AS text CHECK (VALUE LIKE '%@other.example');";
    const both = 'CREATE TYPE public.two AS (a public.m, b public.o);\nCREATE TABLE public.t (v public.two);';
    expect((await problems(`${domain}\n${other}\n${both}\n${copy('v', '(,)')}`)).join()).toMatch(
      /public\.t\.v: .*CHECK of the type public\.m in public\.two/,
    );
  });
});

describe('CHECKs of parts of two addresses', () => {
  const both = (check: string, row: string): Promise<string> =>
    rowsOf(`CREATE TABLE public.t (email text, alt_mail text, CHECK (${check}));`, 'email, alt_mail', row);

  test.each([
    "split_part(email, '@', 2) <> split_part(alt_mail, '@', 2)",
    "email NOT LIKE '%' || split_part(alt_mail, '@', 2)",
  ])('that must differ do so in the result: %s', async (check) => {
    const [email = '', alt = ''] = (await both(check, 'a@firm.example\tc@home.example')).split('\t');
    expect(email).toMatch(/@.*example\.com$/);
    expect(email.split('@')[1]).not.toBe(alt.split('@')[1]);
  });

  test.each([
    "split_part(email, '@', 2) = split_part(alt_mail, '@', 2)",
    'length(email) + length(alt_mail) < 200',
    'left(email, 3) = left(alt_mail, 3)',
  ])('that the usual form satisfies change nothing: %s', async (check) => {
    expect(await both(check, 'abc@firm.example\tabcd@firm.example')).toBe('nobody@example.com\tnobody@example.com');
  });
});
