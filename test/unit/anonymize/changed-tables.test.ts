/** Tables that come from a type, another table or a query, and that later statements change: migrations as dumps. */
import { describe, expect, test } from '@jest/globals';
import { nameParts } from '../../../src/anonymize/format/name-scope.ts';
import { canonicalNames, canonicalQualified } from '../../../src/anonymize/format/names.ts';
import { catalogue, column, names } from './catalogues.ts';
import { run } from './run.ts';

const person = 'CREATE TYPE public.person AS (\n\tname text,\n\temail character varying(40),\n\tborn date\n)';

describe('a typed table', () => {
  const typed =
    'CREATE TABLE public.t OF public.person (\n    name WITH OPTIONS NOT NULL,\n    CONSTRAINT u UNIQUE (email)\n)';

  test.each([
    ['after its type', [person, typed]],
    ['before it', [typed, person]],
  ])('has the columns of its type, defined %s', (_when, statements) => {
    const made = catalogue(...statements);
    expect(names(made)).toEqual(['name', 'email', 'born']);
    expect(column(made, 'name').notNull).toBe(true);
    expect(column(made, 'email').type).toMatchObject({ base: 'text', maxCharacters: 40 });
    expect(made.table('public.t')?.uniques).toMatchObject([{ name: 'u', columns: ['email'] }]);
  });

  test('changes with its type', () => {
    const made = catalogue(
      person,
      typed,
      'ALTER TYPE public.person ADD ATTRIBUTE phone text, DROP ATTRIBUTE IF EXISTS born CASCADE',
      'ALTER TYPE public.person ALTER ATTRIBUTE email SET DATA TYPE character varying(90) CASCADE',
      'ALTER TYPE public.person RENAME ATTRIBUTE phone TO mobile CASCADE',
    );
    expect(names(made)).toEqual(['name', 'email', 'mobile']);
    expect(column(made, 'email').type.maxCharacters).toBe(90);
  });

  test('may become one, and cease to be one', () => {
    const made = catalogue(person, 'CREATE TABLE public.t ()', 'ALTER TABLE public.t OF public.person');
    expect(names(made)).toEqual(['name', 'email', 'born']);
    made.read('ALTER TABLE public.t NOT OF');
    expect(names(made)).toEqual([]);
  });

  test('keeps its unique addresses distinct, and takes rules', async () => {
    const dump = `${person};\n${typed};\nCOPY public.t (name, email, born) FROM stdin;\nAnn\ta@real.example\t\\N\nBob\tb@real.example\t\\N\n\\.\n`;
    expect(new Set((await run(dump)).text.match(/nobody-\w+@example\.com/g)).size).toBe(2);
    const rules =
      'version: 1\nunknown-columns: fail\ntables:\n  public.t: { columns: { name: mask, email: emails, born: keep } }';
    expect((await run(dump, { rules })).text).toContain('xxx\tnobody-');
  });
});

describe('a table made like another', () => {
  const source = `CREATE TABLE public.u (id integer PRIMARY KEY, email text DEFAULT 'x', s text GENERATED ALWAYS AS (lower(email)) STORED, CHECK (email <> ''))`;

  test.each([
    [
      '',
      [
        ['id', true, false, undefined],
        ['email', false, false, undefined],
        ['s', false, false, undefined],
      ],
      0,
      0,
    ],
    [
      'INCLUDING ALL',
      [
        ['id', true, false, undefined],
        ['email', false, false, "'x'"],
        ['s', false, true, undefined],
      ],
      1,
      1,
    ],
    [
      'INCLUDING ALL EXCLUDING INDEXES EXCLUDING DEFAULTS EXCLUDING GENERATED',
      [
        ['id', true, false, undefined],
        ['email', false, false, undefined],
        ['s', false, false, undefined],
      ],
      0,
      1,
    ],
    [
      'INCLUDING INDEXES',
      [
        ['id', true, false, undefined],
        ['email', false, false, undefined],
        ['s', false, false, undefined],
      ],
      1,
      0,
    ],
  ] as const)('LIKE %s', (options, columns, uniques, checks) => {
    const made = catalogue(source, `CREATE TABLE public.t (before text, LIKE public.u ${options}, after text)`);
    const table = made.table('public.t');
    expect(names(made)).toEqual(['before', 'id', 'email', 's', 'after']);
    expect(table?.columns.slice(1, 4).map((one) => [one.name, one.notNull, one.generated, one.default])).toEqual(
      columns,
    );
    expect([table?.uniques.length, table?.checks.length]).toEqual([uniques, checks]);
  });

  test('has the columns that the other inherits or has from its type', () => {
    const made = catalogue(
      person,
      'CREATE TABLE public.u OF public.person',
      'CREATE TABLE public.v (more text) INHERITS (public.u)',
      'CREATE TABLE public.t (LIKE public.v)',
    );
    expect(names(made)).toEqual(['name', 'email', 'born', 'more']);
  });
});

describe('a table made by a query', () => {
  const source = 'CREATE TABLE public.u (id integer, email character varying(40))';
  test.each([
    ['CREATE TABLE public.t AS SELECT * FROM public.u WITH NO DATA', ['id', 'email']],
    ['CREATE TABLE public.t AS TABLE public.u', ['id', 'email']],
    ['CREATE TABLE IF NOT EXISTS public.t AS (SELECT email, u.id AS n FROM public.u WHERE id > 1)', ['email', 'n']],
    ['CREATE TABLE public.t (a, b) AS SELECT id, email FROM public.u', ['a', 'b']],
    [
      'CREATE TABLE public.t AS SELECT DISTINCT lower(email) AS email, count(*) AS n FROM public.u GROUP BY 1',
      ['email', 'n'],
    ],
    ['SELECT id, email INTO public.t FROM public.u', ['id', 'email']],
    ['SELECT * INTO UNLOGGED TABLE public.t FROM public.u WHERE false', ['id', 'email']],
    // PostgreSQL makes the names, or takes them from several tables: better no columns than wrong ones.
    ['CREATE TABLE public.t AS SELECT id, email::text FROM public.u', undefined],
    ['CREATE TABLE public.t AS SELECT * FROM public.u, public.w', undefined],
    ['CREATE TABLE public.t AS SELECT * FROM public.u JOIN public.w USING (id)', undefined],
    ['CREATE TABLE public.t AS VALUES (1)', undefined],
    ['SELECT id INTO TEMP public_t FROM public.u', undefined],
    ["SELECT 'into public.t' FROM public.u", undefined],
  ])('%s', (statement, columns) => expect(names(catalogue(source, statement))).toEqual(columns));

  test('has the types of plain columns', () => {
    const made = catalogue(source, 'CREATE TABLE public.t AS SELECT email AS e, 1 AS one FROM public.u');
    expect(column(made, 'e').type.maxCharacters).toBe(40);
    expect(column(made, 'one').type.base).toBe('other');
  });
});

describe('statements between the rows', () => {
  test('rename tables and columns, move them, and drop them', () => {
    const made = catalogue(
      'CREATE TABLE public.old (id integer, mail text UNIQUE, gone text, CHECK (mail <> gone))',
      'CREATE TABLE public.refers (mail text REFERENCES public.old (mail))',
      'ALTER TABLE public.old RENAME COLUMN mail TO email',
      'ALTER TABLE public.old RENAME id TO key',
      'ALTER TABLE public.old DROP COLUMN IF EXISTS gone CASCADE, ADD COLUMN IF NOT EXISTS key text, ALTER COLUMN key TYPE bigint',
      'ALTER TABLE public.old RENAME TO middle',
      'ALTER TABLE public.middle SET SCHEMA app',
      'ALTER SCHEMA app RENAME TO main',
      'DROP TABLE IF EXISTS public.nothing, public.other CASCADE',
    );
    for (const name of ['main.middle', 'app.middle', 'public.middle', 'public.old'])
      expect(made.table(name)).toMatchObject({
        name: 'main.middle',
        columns: [{ name: 'key', type: { written: 'bigint' } }, { name: 'email' }],
        uniques: [{ columns: ['email'] }],
        checks: [],
      });
    expect(made.column('public.old', 'mail')?.name).toBe('email');
    expect(
      made
        .linkedColumns('public.refers', 'mail')
        .map(({ table, column }) => `${table}.${column}`)
        .toSorted(),
    ).toEqual(['main.middle.email', 'public.refers.mail']);
    made.read('DROP TABLE main.middle');
    expect(made.tables().map(({ name }) => name)).toEqual(['public.refers']);
  });

  test('take properties from columns, and constraints and indexes from tables', () => {
    const made = catalogue(
      'CREATE TABLE public.t (a text NOT NULL DEFAULT 1, b text GENERATED ALWAYS AS (a) STORED, CONSTRAINT u UNIQUE (a))',
      'CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON public.t (b)',
      'ALTER TABLE public.t ALTER a DROP NOT NULL, ALTER COLUMN a DROP DEFAULT, ALTER COLUMN b DROP EXPRESSION, DROP CONSTRAINT u',
      'DROP INDEX CONCURRENTLY IF EXISTS public.i',
    );
    expect(column(made, 'a')).toMatchObject({ notNull: false, default: undefined });
    expect(column(made, 'b').generated).toBe(false);
    expect(made.table('public.t')?.uniques).toEqual([]);
  });

  test('attach and detach partitions and parents', () => {
    const made = catalogue(
      'CREATE TABLE public.p (a text) PARTITION BY LIST (a)',
      'CREATE TABLE public.t (a text)',
      "ALTER TABLE public.p ATTACH PARTITION public.t FOR VALUES IN ('x')",
    );
    expect(made.root('public.t')).toBe('public.p');
    made.read('ALTER TABLE public.p DETACH PARTITION public.t CONCURRENTLY');
    expect(made.root('public.t')).toBe('public.t');
    expect(names(made)).toEqual(['a']);
    made.read('CREATE TABLE public.q (b text)');
    made.read('ALTER TABLE public.t INHERIT public.q');
    made.read('ALTER TABLE public.t NO INHERIT public.q');
    expect(names(made)).toEqual(['a']);
  });

  test('make a table anew, or only if there is none', () => {
    const made = catalogue(
      'CREATE TABLE public.t (a text)',
      'CREATE TABLE IF NOT EXISTS public.t (b text)',
      'ALTER TABLE public.t RENAME TO public_old',
      'CREATE TABLE public.t (c text)',
    );
    expect(names(made)).toEqual(['c']);
    expect(names(made, 'public.public_old')).toEqual(['a']);
  });

  test('rows before them have the rules of what the table is called in the end', async () => {
    const dump = `CREATE TABLE public.people (id integer, mail text);
INSERT INTO public.people (id, mail) VALUES (1, 'a@real.example');
ALTER TABLE public.people RENAME COLUMN mail TO email;
ALTER TABLE public.people RENAME TO users;
ALTER TABLE public.users ADD COLUMN note text, ADD UNIQUE (email);
INSERT INTO public.users VALUES (2, 'b@real.example', 'c@real.example');
INSERT INTO public.users VALUES (3, 'a@real.example');
`;
    const { text } = await run(dump);
    const [first, second, third] = text.match(/nobody-\w+@example\.com/g) ?? [];
    expect(first).toBe(third);
    expect(first).not.toBe(second);
    expect(text).toContain("'nobody@example.com');");
    const rules = 'version: 1\ntables:\n  public.users: { columns: { email: pseudonym, note: { fixed: x } } }\n';
    const ruled = await run(dump, { rules });
    expect(ruled.text).toContain(", 'x');");
    expect(ruled.text).not.toContain('real.example');
  });

  test('temporary tables hide others of the same name', () => {
    const made = catalogue('CREATE TABLE t (a text)', 'CREATE TEMP TABLE t (b text)', 'ALTER TABLE t ADD UNIQUE (b)');
    expect(names(made, 't')).toEqual(['a']);
    expect(made.table('pg_temp.t')?.uniques).toHaveLength(1);
  });

  test('labels of enumerations are added and renamed', () => {
    const made = catalogue(
      "CREATE TYPE public.mood AS ENUM ('a')",
      'CREATE TABLE public.t (m public.mood, n public.feeling)',
      "ALTER TYPE public.mood ADD VALUE IF NOT EXISTS 'b' AFTER 'a'",
      "ALTER TYPE public.mood RENAME VALUE 'a' TO 'c'",
      'ALTER TYPE public.mood RENAME TO feeling',
    );
    for (const name of ['m', 'n']) expect(column(made, name).type.enumeration).toEqual(['c', 'b']);
  });
});

describe('names', () => {
  test.each([
    [String.raw`U&"d\0061t\+000061"`, 'data'],
    [String.raw`u&"\00d6l \\ ""x"""`, '"Öl \\ ""x"""'],
    [String.raw`public . U&"\0055ser"`, 'public."User"'],
    ['Ünder', '"Ünder"'],
  ])('%s is %s', (written, name) => {
    expect(canonicalQualified(written)).toBe(name);
    expect(names(catalogue(`CREATE TABLE ${written} (a text)`), name)).toEqual(['a']);
  });

  test('of columns may be written with escapes', () => {
    expect(canonicalNames(String.raw`a, U&"\0062", "c, d"`)).toEqual(['a', 'b', '"c, d"']);
    expect(names(catalogue(String.raw`CREATE TABLE public.t (u text, U&"\0062" text)`))).toEqual(['u', 'b']);
  });

  test('have parts', () => {
    expect(nameParts('a."b.c".d')).toEqual(['a', '"b.c"', 'd']);
    expect(nameParts('"a""."')).toEqual(['"a""."']);
  });
});
