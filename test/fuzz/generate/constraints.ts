/** Tables in which the values of addresses, dates and numbers are bound: by checks, keys, partitions, lengths, collations. */
import fc from 'fast-check';
import { addressOf } from './addresses.ts';

/** A table, or several that belong together, and what is in them. */
export interface Bound {
  /** What it is, in finds. */
  readonly what: string;
  /** Statements before the rows; TABLE stands for its name. */
  readonly define: string;
  /** Statements behind the rows. */
  readonly after: string;
  /** By table: TABLE, or TABLE and a letter. */
  readonly rows: readonly {
    readonly table: string;
    readonly columns: readonly string[];
    readonly values: readonly (readonly (string | undefined)[])[];
  }[];
  readonly words: readonly string[];
  /** Rules for columns that may be given with it. */
  readonly rules: readonly string[];
}

interface Person {
  readonly mail: string;
  readonly other: string;
  readonly words: readonly string[];
  readonly number: number;
}

const personOf = (number: number): Person => {
  const one = addressOf('A.B', 'D.example', number, 1);
  const two = addressOf('B', 'E.example', number, 1);
  return { mail: one.text, other: two.text, words: [...one.words, ...two.words], number };
};

type Template = readonly [
  what: string,
  columns: string,
  row: (person: Person, index: number) => readonly (string | undefined)[],
  after?: string,
  rules?: readonly string[],
];

const day = (number: number): string => new Date(1.6e12 + number * 864e5).toISOString().slice(0, 10);
const upper = (text: string): string => `${text[0]?.toUpperCase()}${text.slice(1)}`;

/** One table each, with the column id before the others. */
const templates: readonly Template[] = [
  ['two that differ', 'a text, b text, CHECK ((a <> b))', ({ mail, other }) => [mail, other]],
  [
    'two that differ, or NULL',
    'a text, b text, CHECK (((b IS NULL) OR (a <> b)))',
    ({ mail, other }, index) => [mail, index % 2 ? undefined : other],
  ],
  [
    'lower case of another',
    'a text NOT NULL, n text NOT NULL, CHECK ((n = lower(a)))',
    ({ mail }) => [upper(mail), mail],
    'ALTER TABLE ONLY TABLE ADD CONSTRAINT k UNIQUE (n);',
  ],
  ['one of several', 'a text, l text[], CHECK ((a = ANY (l)))', ({ mail, other }) => [mail, `{${other},${mail}}`]],
  ['the same as another', 'a text, b text, CHECK ((a = b))', ({ mail }) => [mail, mail]],
  [
    'the same as another if any',
    'a text, b text, CHECK ((COALESCE(b, a) = a))',
    ({ mail }, index) => [mail, index % 2 ? mail : undefined],
  ],
  ['a pattern', "a text, CHECK ((a ~ '^[^@\\s]+@[^@\\s]+\\.[a-z]+$'::text))", ({ mail }) => [mail]],
  ['LIKE', "a text, CHECK ((a ~~ '%_@_%._%'::text))", ({ mail }) => [mail]],
  ['a length', 'a text, CHECK (((length(a) >= 6) AND (length(a) <= 60)))', ({ mail }) => [mail]],
  ['lower case', 'a text, CHECK ((a = lower(a)))', ({ mail }) => [mail]],
  ['upper case', 'a text, CHECK ((a = upper(a)))', ({ mail }) => [mail.toUpperCase()]],
  ['a sign within', "a text, CHECK ((POSITION(('@'::text) IN (a)) > 1))", ({ mail }) => [mail]],
  ['no example.com', "a text, CHECK ((a !~~ '%@example.com'::text))", ({ mail }) => [mail]],
  [
    'a domain of two',
    "a text, CHECK ((split_part(a, '@'::text, 2) = ANY (ARRAY['ours.test'::text, 'theirs.test'::text])))",
    ({ number, words }) => [`p${words[0]}@${number % 2 ? 'ours' : 'theirs'}.test`],
  ],
  ['a long one', 'a text, CHECK ((length(a) > 20))', ({ mail }) => [mail]],
  ['unique', 'a text', ({ mail }) => [mail], 'ALTER TABLE ONLY TABLE ADD CONSTRAINT k UNIQUE (a);'],
  [
    'unique with another',
    'a text, n integer',
    ({ mail, number }) => [mail, String(number % 2)],
    'CREATE UNIQUE INDEX k ON TABLE USING btree (n, a);',
  ],
  [
    'unique in lower case',
    'a text',
    ({ mail }) => [upper(mail)],
    'CREATE UNIQUE INDEX k ON TABLE USING btree (lower(a));',
  ],
  [
    'unique domain',
    'a text',
    ({ mail }) => [mail],
    "CREATE UNIQUE INDEX k ON TABLE USING btree (split_part(a, '@'::text, 2));",
  ],
  [
    'unique local part',
    'a text',
    ({ mail }) => [mail],
    "CREATE UNIQUE INDEX k ON TABLE USING btree (split_part(a, '@'::text, 1));",
  ],
  ['unique beginning', 'a text', ({ mail }) => [mail], 'CREATE UNIQUE INDEX k ON TABLE USING btree ("left"(a, 12));'],
  ['unique hash', 'a text', ({ mail }) => [mail], 'CREATE UNIQUE INDEX k ON TABLE USING btree (md5(a));'],
  [
    'unique where a column says so',
    'a text, b boolean',
    ({ mail }) => [mail, 't'],
    'CREATE UNIQUE INDEX k ON TABLE USING btree (a) WHERE b;',
  ],
  [
    'excluded',
    'a text',
    ({ mail }) => [mail],
    'ALTER TABLE ONLY TABLE ADD CONSTRAINT k EXCLUDE USING hash (a WITH =);',
  ],
  [
    'unique, and short',
    'a character varying(30)',
    ({ mail }) => [mail.slice(0, 30)],
    'ALTER TABLE ONLY TABLE ADD CONSTRAINT k UNIQUE (a);',
  ],
  ['short', 'a character varying(18)', ({ number }) => [`${personOf(number).words[0]}@ab.test`]],
  [
    'very short',
    'a character varying(16), b character(20)',
    ({ words }) => [`${words[0]}@x.test`, `${words[1]}@x.test`.padEnd(20)],
  ],
  ['short in arrays', 'a character varying(16)[]', ({ words }) => [`{${words[0]}@x.test}`]],
  ['generated', 'a text, b text GENERATED ALWAYS AS (lower(a)) STORED', ({ mail }) => [mail]],
  [
    'generated and unique',
    "a text, b text GENERATED ALWAYS AS (split_part(a, '@'::text, 1)) STORED",
    ({ mail }) => [mail],
    'ALTER TABLE ONLY TABLE ADD CONSTRAINT k UNIQUE (b);',
  ],
  [
    'not NULL, no equal NULLs',
    'a text',
    ({ mail }) => [mail],
    'ALTER TABLE ONLY TABLE ADD CONSTRAINT k UNIQUE NULLS NOT DISTINCT (a);',
    ['a: "null"'],
  ],
  [
    'dates in order',
    'a date, b date, CHECK ((b > a))',
    ({ number }) => [day(number), day(number + 3)],
    '',
    ['a: { shift-days: 90 }', 'b: { shift-days: 90 }'],
  ],
  [
    'dates in order, moved together',
    'a date, b date, CHECK ((b > a))',
    ({ number }) => [day(number), day(number + 3)],
    '',
    ['a: { shift-days: 90, by: id }', 'b: { shift-days: 90, by: id }'],
  ],
  [
    'the smallest numbers',
    'a integer, b smallint',
    (_, index) => [String(-2_147_483_648 + index), String(-32_768 + index)],
    '',
    ['a: pseudonym', 'b: pseudonym'],
  ],
  [
    'the largest numbers',
    'a integer, b smallint',
    (_, index) => [String(2_147_483_647 - index), String(32_767 - index)],
    '',
    ['a: pseudonym', 'b: { noise: 10% }'],
  ],
  [
    'text for other types',
    'a inet, b numeric(5,2), c uuid',
    ({ number }) => [`10.0.0.${number}`, '1.50', `00000000-0000-4000-8000-0000000000${10 + number}`],
    '',
    ['a: { fixed: removed }', 'b: { noise: 50% }', 'c: hash'],
  ],
  [
    'a hash that is too long',
    'a character varying(8), b character(4)',
    ({ number }) => [`k${number}`, 'abcd'],
    '',
    ['a: hash', 'b: pseudonym'],
  ],
  [
    'names where there is no room',
    'a character(8), b character varying(3)',
    () => ['Jo', 'Jo'],
    '',
    ['a: { fake: name }', 'b: { fake: city }'],
  ],
];

/** Several tables, or partitions. */
const families: readonly ((people: readonly Person[]) => Omit<Bound, 'words'>)[] = [
  (people) => ({
    what: 'a foreign key',
    define:
      'CREATE TABLE TABLE (id integer NOT NULL, a text NOT NULL);\nCREATE TABLE TABLEb (id integer NOT NULL, a character varying(60));\n',
    after:
      'ALTER TABLE ONLY TABLE ADD CONSTRAINT k UNIQUE (a);\nALTER TABLE ONLY TABLEb ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES TABLE(a);\n',
    rows: ['', 'b'].map((letter) => ({
      table: `TABLE${letter}`,
      columns: ['id', 'a'],
      values: people.map(({ mail }, id) => [String(id), mail]),
    })),
    rules: [],
  }),
  (people) => ({
    what: 'a key without regard to case',
    define:
      "CREATE COLLATION public.TABLE_ci (provider = icu, deterministic = false, locale = 'und-u-ks-level2');\nCREATE TABLE TABLE (id integer NOT NULL, a text COLLATE public.TABLE_ci NOT NULL);\nCREATE TABLE TABLEb (id integer NOT NULL, a text COLLATE public.TABLE_ci);\n",
    after:
      'ALTER TABLE ONLY TABLE ADD CONSTRAINT k UNIQUE (a);\nALTER TABLE ONLY TABLEb ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES TABLE(a);\n',
    rows: [
      { table: 'TABLE', columns: ['id', 'a'], values: people.map(({ mail }, id) => [String(id), mail]) },
      { table: 'TABLEb', columns: ['id', 'a'], values: people.map(({ mail }, id) => [String(id), mail.toUpperCase()]) },
    ],
    rules: [],
  }),
  (people) => ({
    what: 'partitions by range',
    define:
      "CREATE TABLE TABLE (id integer NOT NULL, a text NOT NULL) PARTITION BY RANGE (a);\nCREATE TABLE TABLEb (id integer NOT NULL, a text NOT NULL);\nCREATE TABLE TABLEc (id integer NOT NULL, a text NOT NULL);\nALTER TABLE ONLY TABLE ATTACH PARTITION TABLEb FOR VALUES FROM ('a') TO ('m');\nALTER TABLE ONLY TABLE ATTACH PARTITION TABLEc FOR VALUES FROM ('m') TO ('zz');\n",
    after: '',
    rows: ['b', 'c'].map((letter) => ({
      table: `TABLE${letter}`,
      columns: ['id', 'a'],
      values: people.filter(({ mail }) => mail < 'm' === (letter === 'b')).map(({ mail }, id) => [String(id), mail]),
    })),
    rules: [],
  }),
  (people) => ({
    what: 'partitions by domain',
    define:
      "CREATE TABLE TABLE (id integer NOT NULL, a text NOT NULL) PARTITION BY LIST (split_part(a, '@'::text, 2));\nCREATE TABLE TABLEb (id integer NOT NULL, a text NOT NULL);\nALTER TABLE ONLY TABLE ATTACH PARTITION TABLEb FOR VALUES IN ('ours.test', 'theirs.test');\n",
    after: '',
    rows: [
      {
        table: 'TABLEb',
        columns: ['id', 'a'],
        values: people.map(({ words }, id) => [String(id), `${words[0]}@ours.test`]),
      },
    ],
    rules: [],
  }),
  (people) => ({
    what: 'partitions by hash',
    define:
      'CREATE TABLE TABLE (id integer NOT NULL, a text NOT NULL) PARTITION BY HASH (a);\nCREATE TABLE TABLEb (id integer NOT NULL, a text NOT NULL);\nALTER TABLE ONLY TABLE ATTACH PARTITION TABLEb FOR VALUES WITH (modulus 1, remainder 0);\n',
    after: '',
    rows: [{ table: 'TABLEb', columns: ['id', 'a'], values: people.map(({ mail }, id) => [String(id), mail]) }],
    rules: [],
  }),
  (people) => ({
    what: 'dates in partitions',
    define:
      "CREATE TABLE TABLE (id integer NOT NULL, d date) PARTITION BY RANGE (d);\nCREATE TABLE TABLEb (id integer NOT NULL, d date);\nALTER TABLE ONLY TABLE ATTACH PARTITION TABLEb FOR VALUES FROM ('2020-09-13') TO ('2020-11-01');\n",
    after: '',
    rows: [
      { table: 'TABLEb', columns: ['id', 'd'], values: people.map(({ number }, id) => [String(id), day(number)]) },
    ],
    rules: ['d: { shift-days: 90 }'],
  }),
  (people) => ({
    what: 'short fields of a composite',
    define:
      'CREATE TYPE public.TABLE_t AS (\n\tlabel character varying(10),\n\tmail character varying(16)\n);\nCREATE TABLE TABLE (id integer NOT NULL, a public.TABLE_t, l public.TABLE_t[]);\n',
    after: '',
    rows: [
      {
        table: 'TABLE',
        columns: ['id', 'a', 'l'],
        values: people.map(({ words }, id) => [String(id), `(x,${words[0]}@x.test)`, `{"(y,${words[1]}@x.test)"}`]),
      },
    ],
    rules: [],
  }),
  (people) => ({
    what: 'a domain with a check',
    define:
      "CREATE DOMAIN public.TABLE_d AS character varying(40)\n\tCONSTRAINT c CHECK (((VALUE)::text ~ '^[a-z.]+@[a-z.]+$'::text));\nCREATE TABLE TABLE (id integer NOT NULL, a public.TABLE_d, l public.TABLE_d[]);\n",
    after: '',
    rows: [
      {
        table: 'TABLE',
        columns: ['id', 'a', 'l'],
        values: people.map(({ mail, other }, id) => [String(id), mail.replaceAll(/\d/g, ''), `{${other}}`]),
      },
    ],
    rules: [],
  }),
  (people) => ({
    what: 'labels of an enumeration',
    define: `CREATE TYPE public.TABLE_e AS ENUM (\n${people.map(({ mail }) => `    '${mail}'`).join(',\n')}\n);\nCREATE TABLE TABLE (id integer NOT NULL, a public.TABLE_e);\n`,
    after: '',
    rows: [{ table: 'TABLE', columns: ['id', 'a'], values: people.map(({ mail }, id) => [String(id), mail]) }],
    rules: [],
  }),
  (people) => ({
    what: 'a typed table',
    define: 'CREATE TYPE public.TABLE_p AS (\n\tid integer,\n\ta text\n);\nCREATE TABLE TABLE OF public.TABLE_p;\n',
    after: 'ALTER TABLE ONLY TABLE ADD CONSTRAINT k UNIQUE (a);\n',
    rows: [{ table: 'TABLE', columns: ['id', 'a'], values: people.map(({ mail }, id) => [String(id), mail]) }],
    rules: [],
  }),
  (people) => ({
    what: 'a table that inherits',
    define:
      'CREATE TABLE TABLE (id integer NOT NULL, a text, CHECK ((a = lower(a))));\nCREATE TABLE TABLEb (b text\n)\nINHERITS (TABLE);\n',
    after: 'ALTER TABLE ONLY TABLEb ADD CONSTRAINT k UNIQUE (a);\n',
    rows: [
      {
        table: 'TABLEb',
        columns: ['id', 'a', 'b'],
        values: people.map(({ mail, other }, id) => [String(id), mail, other]),
      },
    ],
    rules: [],
  }),
];

function bound(template: number, people: readonly Person[]): Bound {
  const words = people.flatMap((person) => person.words);
  const family = families[template - templates.length];
  if (family) return { ...family(people), words };
  const [what, columns, row, after = '', rules = []] = templates[template] as Template;
  const names = [...columns.matchAll(/(?:^|, )([abcdln]) /g)].map((match) => match[1] as string);
  const values = people.map((person, index) => [String(index), ...row(person, index)]);
  const written = names.slice(0, (values[0]?.length ?? 1) - 1);
  return {
    ...{ what, words, rules, after: `${after}\n` },
    define: `CREATE TABLE TABLE (id integer NOT NULL, ${columns});\n`,
    rows: [{ table: 'TABLE', columns: ['id', ...written], values }],
  };
}

export const bounds: fc.Arbitrary<Bound> = fc
  .tuple(
    fc.nat({ max: templates.length + families.length - 1 }),
    fc.uniqueArray(fc.nat({ max: 30 }), { minLength: 1, maxLength: 5 }),
  )
  .map(([template, people]) => bound(template, people.map(personOf)));

/** Each of them once. */
export const everyBound = (): readonly Bound[] =>
  Array.from({ length: templates.length + families.length }, (_, index) => bound(index, [1, 2, 5].map(personOf)));
