/** Expressions of the kinds that CHECKs, indexes and keys of partitions hold, over the columns a and b (text) and l (text[]). */
import fc from 'fast-check';

const column = fc.constantFrom('a', 'b');
const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;
const word = fc.constantFrom(
  'kim',
  'Kim.Lee',
  '@',
  'firm.example',
  '',
  'a',
  'é',
  'KIM@FIRM.EXAMPLE',
  'x y',
  '%',
  '_',
  '100%',
);
const constant = word.map(quoted);
const small = fc.integer({ min: -3, max: 9 }).map(String);

const text: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: column },
  { weight: 2, arbitrary: constant },
  column.map((one) => `lower(${one})`),
  column.map((one) => `upper(${one})`),
  column.map((one) => `initcap(${one})`),
  column.map((one) => `reverse(${one})`),
  column.map((one) => `md5(${one})`),
  fc
    .tuple(column, fc.constantFrom('@', '.', 'ab', ''), fc.constantFrom(1, 2, 3, -1))
    .map(([one, by, at]) => `split_part(${one}, '${by}', ${at})`),
  fc.tuple(fc.constantFrom('left', 'right'), column, small).map(([name, one, many]) => `"${name}"(${one}, ${many})`),
  fc.tuple(column, small, small).map(([one, from, many]) => `substring(${one}, ${from}, ${many})`),
  fc.tuple(column, small).map(([one, from]) => `SUBSTRING(${one} FROM ${from})`),
  fc
    .tuple(column, fc.constantFrom('@(.*)$', '^[^@]+', '[a-z]+', '(a|kim)', '^(.*)@(.*)$', 'x*'))
    .map(([one, pattern]) => `substring(${one} from '${pattern}')`),
  fc
    .tuple(fc.constantFrom('btrim', 'ltrim', 'rtrim'), column, fc.constantFrom(' ', 'kK', 'e.l'))
    .map(([name, one, set]) => `${name}(${one}, '${set}')`),
  column.map((one) => `TRIM(BOTH FROM ${one})`),
  fc.tuple(column, constant, constant).map(([one, from, to]) => `replace(${one}, ${from}, ${to})`),
  fc
    .tuple(
      column,
      fc.constantFrom('@.*$', '[aeiou]', '^k', '\\.', '(m)(.)'),
      fc.constantFrom('', 'z', '\\2-\\1', '[\\&]'),
      fc.constantFrom('', ", 'g'", ", 'i'", ", 'gi'"),
    )
    .map(([one, pattern, by, flags]) => `regexp_replace(${one}, '${pattern}', '${by}'${flags})`),
  fc.tuple(column, small, fc.constantFrom('x', 'ab')).map(([one, width, fill]) => `lpad(${one}, ${width}, '${fill}')`),
  fc.tuple(column, constant).map(([one, other]) => `(${one} || ${other})`),
  fc.tuple(column, column).map(([one, other]) => `concat(${one}, '-', ${other})`),
  fc.tuple(column, column).map(([one, other]) => `COALESCE(${one}, ${other}, 'none'::text)`),
  fc.tuple(column, constant).map(([one, other]) => `NULLIF(${one}, ${other})`),
  fc
    .tuple(column, column)
    .map(([one, other]) => `CASE WHEN ${one} IS NULL THEN 'none' WHEN ${one} = ${other} THEN 'same' ELSE ${other} END`),
  column.map((one) => `(${one})::character varying(6)::text`),
  column.map((one) => `translate(${one}, 'kime', 'KI')`),
);
const number = fc.oneof(
  text.map((one) => `length(${one})`),
  column.map((one) => `char_length((${one})::text)`),
  column.map((one) => `octet_length(${one})`),
  fc.tuple(constant, column).map(([part, one]) => `POSITION((${part}) IN (${one}))`),
  fc.tuple(column, constant).map(([one, part]) => `strpos(${one}, ${part})`),
  fc.constantFrom('cardinality(l)', 'array_length(l, 1)', 'num_nulls(a, b)', 'num_nonnulls(a, b)'),
);
const pattern = fc.constantFrom(
  '^[a-z.]+@firm\\.example$',
  '^[^@[:space:]]+@[^@[:space:]]+[.][a-z]{2,}$',
  '^\\S+@\\S+$',
  '(?i)^KIM',
  '\\mlee\\M',
  '\\ylee\\y',
  'e{2}',
  '^.{3,40}$',
  '^(kim|lou)[.@]',
  '[[:upper:]]',
  '[^[:alnum:]._@]',
  '^$',
  '^(?=.*@)(?!.*\\.\\.)',
  '(?<=@)firm',
  '\\d+|\\w\\.\\w',
  '[]a]',
  '[a\\-z]+$',
  'a*?b?',
  '\\u0040',
  '***=a.b',
  '(?x) k  i m # name',
);
const like = fc.constantFrom(
  '%@%',
  'kim%',
  '%firm.example',
  '_im%',
  '%\\_%',
  '%',
  '',
  '100\\%',
  '%.%.%',
  'Kim.Lee@firm.example',
);
const similar = fc.constantFrom('%@(firm|home).example', '[a-z.]+@%', '_+', 'kim%|Kim%', '(a|b)*');
const condition: fc.Arbitrary<string> = fc.oneof(
  fc.tuple(text, fc.constantFrom('=', '<>', '!='), text).map(([one, operator, other]) => `${one} ${operator} ${other}`),
  fc
    .tuple(number, fc.constantFrom('=', '<>', '<', '<=', '>', '>='), small)
    .map(([one, operator, many]) => `${one} ${operator} ${many}`),
  fc
    .tuple(number, small, fc.integer({ min: 5, max: 40 }))
    .map(([one, low, high]) => `${one} BETWEEN ${low} AND ${high}`),
  fc
    .tuple(text, fc.constantFrom('~', '~*', '!~', '!~*'), pattern)
    .map(([one, operator, source]) => `${one} ${operator} '${source}'::text`),
  fc
    .tuple(text, fc.constantFrom('LIKE', 'ILIKE', 'NOT LIKE', '~~', '!~~*'), like)
    .map(([one, operator, source]) => `${one} ${operator} '${source}'`),
  fc
    .tuple(text, fc.constantFrom('', 'NOT '), similar)
    .map(([one, negated, source]) => `${one} ${negated}SIMILAR TO '${source}'`),
  fc
    .tuple(text, fc.constantFrom('', 'NOT '), constant, constant)
    .map(([one, negated, x, y]) => `${one} ${negated}IN (${x}, ${y})`),
  fc.tuple(text, constant, constant).map(([one, x, y]) => `${one} = ANY (ARRAY[${x}::text, ${y}])`),
  fc.tuple(column, fc.constantFrom('= ANY (l)', '<> ALL (l)')).map(([one, rest]) => `${one} ${rest}`),
  fc.tuple(text, fc.constantFrom('IS NULL', 'IS NOT NULL')).map(([one, rest]) => `${one} ${rest}`),
  fc
    .tuple(column, fc.constantFrom('IS DISTINCT FROM', 'IS NOT DISTINCT FROM'), text)
    .map(([one, operator, other]) => `${one} ${operator} ${other}`),
  fc.tuple(column, constant).map(([one, start]) => `starts_with(${one}, ${start})`),
  constant.map((one) => `l @> ARRAY[${one}::text]`),
);
const { truth } = fc.letrec<{ truth: string }>((tie) => ({
  truth: fc.oneof(
    { maxDepth: 3, depthIdentifier: 'truth' },
    condition,
    fc
      .tuple(tie('truth'), fc.constantFrom('AND', 'OR'), tie('truth'))
      .map(([one, operator, other]) => `(${one}) ${operator} (${other})`),
    fc
      .tuple(condition, fc.constantFrom('AND', 'OR'), condition)
      .map(([one, operator, other]) => `${one} ${operator} ${other}`),
    tie('truth').map((one) => `NOT (${one})`),
    fc
      .tuple(tie('truth'), fc.constantFrom('IS TRUE', 'IS NOT TRUE', 'IS FALSE', '= true'))
      .map(([one, rest]) => `(${one}) ${rest}`),
    fc.tuple(condition, condition).map(([one, other]) => `CASE WHEN ${one} THEN ${other} ELSE false END`),
  ),
}));

export const expressions = fc.oneof({ weight: 3, arbitrary: truth }, { weight: 1, arbitrary: text });

/** Rows: a and b. */
export const rows: readonly (readonly [string | null, string | null])[] = [
  ['kim.lee@firm.example', 'KIM@FIRM.EXAMPLE'],
  ['Kim.Lee@firm.example', 'kim.lee@firm.example'],
  ['kim', null],
  [null, null],
  ['', 'a'],
  ['100%', 'x y'],
  ['née_Élan@home.example', 'firm.example'],
  ['nobody-abcdefghijklmnop@example.com', 'a.b.c-d'],
];
