/** Columns that must stay unique, or equal to other columns, so that the result can be restored. */
import { describe, expect, test } from '@jest/globals';
import { copy, rulesFor, table } from './one-table.ts';
import { run } from './run.ts';

const nobody = 'nobody@example.com';
const refused = (dump: string, rules: string) => expect(run(dump, { rules: `version: 1\ntables:\n${rules}` })).rejects;

describe('foreign keys between columns of different types', () => {
  const dump = `CREATE TABLE public.users (id bigint, email text, login public.citext);
CREATE TABLE public.t (user_id integer, email character varying(30), login text);
COPY public.users (id, email, login) FROM stdin;
1\tjoe@firm.de\tJoe
9000000000\tann@firm.de\tAnn
\\.
COPY public.t (user_id, email, login) FROM stdin;
1\tjoe@firm.de\tjoe
\\.
ALTER TABLE ONLY public.users ADD CONSTRAINT pk PRIMARY KEY (id);
ALTER TABLE ONLY public.users ADD CONSTRAINT u1 UNIQUE (email);
ALTER TABLE ONLY public.users ADD CONSTRAINT u2 UNIQUE (login);
ALTER TABLE ONLY public.t ADD CONSTRAINT f1 FOREIGN KEY (user_id) REFERENCES public.users(id);
ALTER TABLE ONLY public.t ADD CONSTRAINT f2 FOREIGN KEY (email) REFERENCES public.users(email);
ALTER TABLE ONLY public.t ADD CONSTRAINT f3 FOREIGN KEY (login) REFERENCES public.users(login);
`;
  const rules = `version: 1
tables:
  public.users: { columns: { id: pseudonym, login: pseudonym } }
  public.t: { columns: { user_id: pseudonym, login: pseudonym } }
`;

  test('keep equal values equal, and fit the narrower column', async () => {
    const { text } = await run(dump, { rules });
    const [first, wide, bound] = [...text.matchAll(/^(\d+)\t(\S+)\t(\S+)$/gm)].map((match) => match.slice(1));
    expect(bound).toEqual(first);
    expect(Number(first?.[0])).toBeLessThan(2 ** 31);
    expect(Number(wide?.[0])).toBeGreaterThanOrEqual(2 ** 31);
    expect(first?.[1]?.length).toBeLessThanOrEqual(30);
  });
});

describe('unique columns', () => {
  test('too short for distinct addresses stop the run before the restore can break', async () => {
    const rows = Array.from({ length: 3000 }, (_, index) => `a${index}@b.de`).join('\n');
    const dump = `${copy(table('    a character varying(14)'), 'a', rows)}ALTER TABLE ONLY public.t ADD CONSTRAINT u UNIQUE (a);\n`;
    await expect(run(dump)).rejects.toThrow(/must stay unique/);
  });

  test.each([
    ['character varying(12)', '%', 12],
    ['character varying(8)', '%', 8],
    ['character varying(12)[]', '{%}', 12],
    ['character varying(7)[]', '{%,ab}', 7],
  ])(
    'without room for a domain, such as %s, hold distinct letters, and the report says so',
    async (type, value, room) => {
      const rows = ['a@b.de', 'c@b.de', 'a@b.de'].map((email) => value.replace('%', email)).join('\n');
      const { text, report } = await run(
        `${copy(table(`    a ${type}`), 'a', rows)}ALTER TABLE ONLY public.t ADD CONSTRAINT u UNIQUE (a);\n`,
      );
      const written = text.match(new RegExp(`\\b[a-z2-7]{${room}}\\b(?=[\\n,}])`, 'g')) ?? [];
      expect(written).toHaveLength(3);
      expect(written[0]).toBe(written[2]);
      expect(new Set(written).size).toBe(2);
      expect(report.warnings.join()).toContain('3 addresses became letters of a hash');
    },
  );

  test.each([
    ['a', '{ hash: { length: 8 } }', 'ALTER TABLE ONLY public.t ADD CONSTRAINT u UNIQUE (a);', /16 digits/],
    ['a', '{ fixed: x }', 'ALTER TABLE ONLY public.t ADD CONSTRAINT u UNIQUE (a, b);', /together with other columns/],
  ])('%s under %s is refused', async (column, rule, constraint, expected) => {
    const dump = `${copy(table('    a text,\n    b integer'), 'a, b', 'x\t1')}${constraint}\n`;
    await expect(run(dump, { rules: rulesFor(`      ${column}: ${rule}\n`) })).rejects.toMatchObject({
      problems: [expect.stringMatching(expected)],
    });
  });
});

const unique = (definition: string, constraint = '') =>
  `CREATE TABLE public.t (${definition});\nCOPY public.t (id, a) FROM stdin;\n1\tx@y.de\n2\tz@y.de\n\\.\n${constraint}`;

describe('what must be unique', () => {
  test.each([
    ['in the table', 'id integer, a text, low text GENERATED ALWAYS AS (lower(a)) STORED UNIQUE', ''],
    [
      'after the rows',
      'id integer, a text, low text GENERATED ALWAYS AS (lower(a)) STORED',
      'ALTER TABLE ONLY public.t ADD CONSTRAINT k UNIQUE (low);\n',
    ],
  ])('includes generated columns, with the constraint %s', async (_name, definition, constraint) => {
    const { text } = await run(unique(definition, constraint));
    expect(new Set(text.match(/nobody-[a-z2-7]{16}@example\.com/g)).size).toBe(2);
    await refused(unique(definition, constraint), '  public.t: { columns: { a: mask } }').toThrow('must be unique');
  });

  test.each([
    ['a date', 'date', '{ shift-days: 9 }', 'allowed: shift-days with by: one of the others'],
    ['a number', 'numeric', '{ noise: 10% }', 'which noise may break'],
  ])('includes %s together with another column', async (_name, type, rule, message) => {
    const dump = `CREATE TABLE public.t (id integer, a ${type}, UNIQUE (id, a));\n`;
    await refused(dump, `  public.t: { columns: { a: ${rule} } }`).toThrow(message);
  });

  test('allows a date that is shifted by the column it is unique with', async () => {
    const dump = 'CREATE TABLE public.t (id integer, a date, UNIQUE (id, a));\n';
    await run(dump, { rules: 'version: 1\ntables:\n  public.t: { columns: { a: { shift-days: 9, by: id } } }' });
  });

  test.each(['UNIQUE NULLS NOT DISTINCT (a)', ''])(
    'includes NULL where NULLs count as equal: %s',
    async (constraint) => {
      const index = constraint === '' ? 'CREATE UNIQUE INDEX i ON public.t USING btree (a) NULLS NOT DISTINCT;\n' : '';
      const dump = `CREATE TABLE public.t (id integer, a text${constraint === '' ? '' : `, ${constraint}`});\n${index}`;
      await refused(dump, '  public.t: { columns: { a: "null" } }').toThrow('must be unique, NULL too');
    },
  );
});

describe('addresses that definitions compare with a column stay distinct, and equal in both', () => {
  const distinctEmails = (text: string): string[] => text.match(/nobody-\w{16}@example\.com/g) ?? [];
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
    const [one, two, ...rest] = distinctEmails(text);
    expect(rest).toEqual([one, two]);
    expect(one).not.toBe(two);
  });

  test('lists of partitions', async () => {
    const partition = (name: string, value: string) =>
      `CREATE TABLE public.${name} (email text);\nALTER TABLE ONLY public.t ATTACH PARTITION public.${name} FOR VALUES IN ('${value}');\nCOPY public.${name} (email) FROM stdin;\n${value}\n\\.\n`;
    const { text } = await run(
      `CREATE TABLE public.t (email text) PARTITION BY LIST (email);\n${partition('p1', 'a@x.de')}${partition('p2', 'b@x.de')}`,
    );
    const [one, alsoOne, two, alsoTwo, ...rest] = distinctEmails(text);
    expect([alsoOne, alsoTwo, rest]).toEqual([one, two, []]);
    expect(one).not.toBe(two);
  });

  test.each([
    ['what must not be', "CHECK ((email <> 'c@x.de'::text))"],
    ['another column', "other text, CHECK ((other = 'c@x.de'::text))"],
  ])('but not for %s', async (_name, check) => {
    const { text } = await run(people('text', `, ${check}`));
    expect(text).toContain(`\n${nobody}\n${nobody}\n`);
  });
});

test('a pattern asks for its domain, and not for distinct addresses', async () => {
  const { text, report } = await run(
    "CREATE TABLE public.t (email text, CONSTRAINT at_x CHECK ((email ~~ '%@x.de'::text)));\nCOPY public.t (email) FROM stdin;\na@x.de\nb@x.de\n\\.\n",
  );
  expect(text).toContain('\nnobody@x.de\nnobody@x.de\n');
  expect(report.warnings).toEqual([
    "public.t.email: addresses became nobody@x.de, since CHECK at_x ((email ~~ '%@x.de'::text)) does not accept the usual ones",
  ]);
});

describe('rows of a table that the dump does not define', () => {
  const rows =
    'COPY public.users (id, email, note) FROM stdin;\n1\tann@firm.de\tsee bob@firm.de\n2\tbob@firm.de\t\n\\.\n';
  const inserts =
    "INSERT INTO public.users VALUES (1, 'ann@firm.de', 'see bob@firm.de'), (2, 'bob@firm.de', '');\nINSERT INTO public.users (id, email) VALUES (3, 'cid@firm.de');\n";
  const other = 'CREATE TABLE public.other (email text);\nCOPY public.other (email) FROM stdin;\nann@firm.de\n\\.\n';

  test.each([
    ['COPY', rows],
    ['COPY without the names of columns', rows.replace(' (id, email, note)', '')],
    ['INSERT', inserts],
    ['beside a table that it defines', other + rows],
  ])('get an address of their own for each address, and the report says so: %s', async (_form, dump) => {
    for (const pipe of [false, true]) {
      const { text, report } = await run(dump, { pipe });
      const own = new Set(text.match(/nobody-\w+@example\.com/g));
      expect(own.size).toBe(dump === inserts ? 3 : 2);
      expect(text).not.toContain('firm.de');
      // The same address everywhere, so that joins still work.
      expect(text.match(/see (\S+?)['\n]/)?.[1]).toBe(
        text
          .match(/^2\t(\S+)|\(2, '(\S+)'/m)
          ?.slice(1)
          .join(''),
      );
      expect(text.includes('\nnobody@example.com\n')).toBe(dump.startsWith(other));
      expect(report.warnings).toEqual([
        expect.stringContaining(
          'rows of tables that it does not define (public.users), so what must be unique is not known, nor how long values may be',
        ),
      ]);
    }
  });

  test('are treated as the definitions say when they are given', async () => {
    const known = await run(`CREATE TABLE public.users (id int, email text UNIQUE, note text);\n${rows}`);
    expect(known.text).toContain('\tsee nobody@example.com\n');
    expect(known.report.warnings).toEqual([expect.stringContaining('public.users.email must stay unique')]);
  });

  test.each([
    ['  public.users: { columns: { email: mask } }', 'mask of email'],
    ['  public.users: { columns: { email: { fixed: x } } }', 'fixed of email'],
    ['  public.users: { columns: { note: "null" } }', 'null of note'],
    ['  public.users: { rows: drop }', 'rows'],
    ['  public.users: { rows: { sample: 10%, by: id } }', 'rows'],
  ])('are refused where a rule needs the definition: %s', async (rules, named) => {
    await refused(rows, rules).toThrow(
      `the dump holds rows of public.users, but not its definition, which these rules need: ${named}`,
    );
  });

  test('are refused where columns without a rule must fail the run', async () => {
    const rules = 'version: 1\nunknown-columns: fail\ntables:\n  public.users: { columns: { id: keep } }\n';
    await expect(run(rows, { rules })).rejects.toThrow('these rules need: unknown-columns: fail');
  });

  test('allow rules that keep different values different', async () => {
    const rules = 'version: 1\ntables:\n  public.users: { columns: { id: keep, email: pseudonym, note: hash } }\n';
    const { text } = await run(rows, { rules });
    expect(
      new Set(
        text
          .split('\n')
          .slice(1, 3)
          .map((row) => row.split('\t')[1]),
      ).size,
    ).toBe(2);
  });
});
