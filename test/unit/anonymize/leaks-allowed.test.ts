/** What the leak check may find by decision: by column, table, kind and pattern. */
import { describe, expect, test } from '@jest/globals';
import { parseRules } from '../../../src/anonymize/rules/file/parse-rules.ts';
import { run } from './run.ts';

const definition = 'CREATE TABLE public.posts (id integer, body text, more text);\n';
const copied = (body: string, more = 'x'): string =>
  `${definition}COPY public.posts (id, body, more) FROM stdin;\n1\t${body}\t${more}\n\\.\n`;
const inserted = (body: string, more = 'x'): string =>
  `${definition}INSERT INTO public.posts VALUES (1, '${body}', '${more}');\n`;
const rules = (...allow: string[]): string =>
  `version: 1\nleak-check:\n  allow:\n${allow.map((one) => `    - ${one}\n`).join('')}`;
const leaksOf = (dump: string, ...allow: string[]): Promise<string> =>
  run(dump, { rules: rules(...allow) }).then(
    ({ report }) => report.leaks.map(({ kind }) => kind).join(),
    (error) => error.detail ?? error.problems.join(),
  );

describe('a finding is allowed', () => {
  const cases: readonly (readonly [what: string, value: string, pattern: string])[] = [
    ['a card number', 'order 4111 1111 1111 1111, sent', '4111[ 0-9]+'],
    ['a phone number, with its plus', 'call +49 30 1234567 now', '\\+49 30 \\d+'],
    ['an IBAN, from its country', 'to DE89370400440532013000', 'DE\\d{20}'],
    ['an IBAN in groups', 'to DE89 3704 0044 0532 0130 00.', 'DE89( \\d{2,4}){5}'],
  ];
  for (const [form, dump] of [
    ['COPY', copied],
    ['INSERT', inserted],
  ] as const)
    test.each(cases)(`in ${form}: %s`, async (_what, value, pattern) => {
      expect(await leaksOf(dump(value), 'public.posts.more')).toMatch(/^public\.posts\.body: 1 /);
      for (const where of ['column: public.posts.body, ', 'table: public.posts, ', ''])
        expect(await leaksOf(dump(value), `{ ${where}pattern: '${pattern}' }`)).toBe('');
      // Another column, another pattern, or a part of the number.
      for (const other of [
        `{ column: public.posts.more, pattern: '${pattern}' }`,
        "{ pattern: 'x' }",
        "{ pattern: '[0-9]{4}' }",
        "{ pattern: '\\d' }",
      ])
        expect(await leaksOf(dump(value), other)).toMatch(/^public\.posts\.body: 1 /);
    });

  test('by kind alone, in a column or a table', async () => {
    const dump = copied('4111 1111 1111 1111', '+49 30 1234567');
    expect(await leaksOf(dump, '{ column: public.posts.body, kind: cards }')).toBe(
      'public.posts.more: 1 phone numbers',
    );
    expect(await leaksOf(dump, '{ table: public.posts, kind: phones }')).toBe('public.posts.body: 1 card numbers');
    expect(await leaksOf(dump, '{ table: posts }')).toBe('');
    expect(await leaksOf(dump, "{ kind: phones, pattern: '.*' }")).toBe('public.posts.body: 1 card numbers');
  });

  test('in a long row that is read in pieces', async () => {
    const dump = copied(`${'x'.repeat(9_000_000)} 4111 1111 1111 1111`);
    expect(await leaksOf(dump, "{ pattern: '4111 1111 1111 1111' }")).toBe('');
    expect(await leaksOf(dump, "{ pattern: '4111' }")).toBe('public.posts.body: 1 card numbers');
  }, 60_000);

  test('in partitions, where it is in the partitioned table', async () => {
    const dump = `CREATE TABLE public.t (a text) PARTITION BY LIST (a);
CREATE TABLE public.t1 PARTITION OF public.t DEFAULT;
COPY public.t1 (a) FROM stdin;
4111 1111 1111 1111
\\.
`;
    for (const where of ['column: public.t.a', 'table: public.t'])
      expect(await leaksOf(dump, `{ ${where}, pattern: '4111.*' }`)).toBe('');
  });

  test('from a pipe', async () => {
    const dump = copied('4111 1111 1111 1111');
    const allowed = run(dump, { rules: rules("{ table: posts, pattern: '[ 1-4]+' }"), pipe: true });
    expect((await allowed).report.leaks).toEqual([]);
  });
});

describe('an address in a name', () => {
  const dump = 'CREATE ROLE "jane@real.example";\nCOMMENT ON ROLE "jane@real.example" IS \'x\';\n';

  test('stays, and is told as such, with its place and the way to allow it', async () => {
    const error = await run(dump).catch((one) => one);
    expect(error.what).toContain(
      '(names): 2 e-mail addresses (in CREATE ROLE "…@…"; | COMMENT ON ROLE "…@…" IS \'x\';)',
    );
    expect(error.fix).toContain(
      'names stay as they are: give the object another, or allow it: { table: (names), pattern: … }',
    );
    expect(JSON.stringify(error)).not.toContain('jane');
  });

  test.each(["{ table: (names), pattern: 'jane@real\\.example' }", "{ pattern: 'jane@.*' }", '{ table: (names) }'])(
    'is allowed by %s',
    async (allow) => {
      const { text, report } = await run(dump, { rules: rules(allow) });
      expect(text).toBe(dump);
      expect(report.leaks).toEqual([]);
    },
  );

  test.each(["{ table: (definitions), pattern: 'jane@.*' }", "{ pattern: 'jim@.*' }"])(
    'is not allowed by %s',
    async (allow) => expect(await leaksOf(dump, allow)).toMatch(/^\(names\): 2 /),
  );
});

test('mistakes in what is allowed are told with all others', async () => {
  const written = `${rules('posts', "{ pattern: '(' }", '{ kind: phones }', '{ column: a.b, table: c, pattern: x }', '{ kind: replaced-values, pattern: x }', '{ kind: people, table: t }')}tables: { t: { rows: some } }\n`;
  let problems: readonly string[] = [];
  try {
    parseRules(written, 'rules.yml');
  } catch (error) {
    problems = (error as { problems: readonly string[] }).problems;
  }
  const all = problems.join('\n');
  expect(problems).toHaveLength(7);
  expect(all).toContain('line 4, leak-check › allow › 0');
  expect(all).toContain('pattern: is no regular expression');
  expect(all).toContain('line 6, leak-check › allow › 2: needs column, table or pattern');
  expect(all).toContain('tables › t › rows');
  const unknown = await leaksOf(copied('x'), '{ column: public.posts.none, pattern: x }', '{ table: public.none }');
  expect(unknown).toContain('leak-check: allow: public.posts.none is not a column of the dump');
  expect(unknown).toContain(
    'leak-check: allow: public.none is not a table of the dump; allowed: public.posts, (definitions) or (names)',
  );
});
