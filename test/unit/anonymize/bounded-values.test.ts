/** Dates and numbers that CHECKs and partitions bound: moved inside, or the rule is named. */
import { describe, expect, test } from '@jest/globals';
import { copy, rulesFor } from './one-table.ts';
import { run } from './run.ts';

const refusal = async (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => '',
    (error: Error) => error.message,
  );

async function column(type: string, values: readonly string[], rule: string, definitions = ''): Promise<string[]> {
  const dump = copy(`CREATE TABLE public.t (\n    a ${type}\n);\n${definitions}`, 'a', values.join('\n'));
  const { text } = await run(dump, { rules: rulesFor(`      a: ${rule}\n`) });
  return text.split('FROM stdin;\n')[1]?.split('\n').slice(0, values.length) ?? [];
}

async function partitioned(
  by: string,
  type: string,
  bounds: readonly string[],
  values: readonly string[],
  rule: string,
) {
  const parts = bounds.map(
    (one, index) =>
      `CREATE TABLE public.t${index} (\n    a ${type}\n);\nALTER TABLE ONLY public.t ATTACH PARTITION public.t${index} ${one};\n`,
  );
  const dump = `CREATE TABLE public.t (\n    a ${type}\n)\nPARTITION BY ${by};\n${parts.join('')}COPY public.t0 (a) FROM stdin;\n${values.join('\n')}\n\\.\n`;
  const { text } = await run(dump, { rules: rulesFor(`      a: ${rule}\n`) });
  return text.split('FROM stdin;\n')[1]?.split('\n').slice(0, values.length) ?? [];
}

/** All days from 2020-01-01 on. */
const days = (count: number, time = ''): string[] =>
  Array.from({ length: count }, (_, index) => new Date(Date.UTC(2020, 0, 1 + index)).toISOString().slice(0, 10) + time);

describe('a shifted date', () => {
  const shift = '{ shift-days: 90 }';

  test.each<[string, string, string[], string, string]>([
    ['RANGE (a)', 'date', ["FOR VALUES FROM ('2020-01-01') TO ('2020-03-01')"], '2020-01-01', '2020-03-01'],
    [
      'RANGE (a)',
      'timestamp without time zone',
      ["FOR VALUES FROM ('2020-01-01 00:00:00') TO ('2020-03-01 00:00:00')"],
      '2020-01-01',
      '2020-03-01',
    ],
    [
      "RANGE (date_trunc('month'::text, a))",
      'timestamp without time zone',
      ["FOR VALUES FROM ('2020-01-01 00:00:00') TO ('2020-03-01 00:00:00')"],
      '2020-01-01',
      '2020-03-01',
    ],
    [
      'RANGE (((a)::date))',
      'timestamp without time zone',
      ["FOR VALUES FROM ('2020-01-01') TO ('2020-03-01')"],
      '2020-01-01',
      '2020-03-01',
    ],
    ['LIST (EXTRACT(year FROM a))', 'date', ["FOR VALUES IN ('2020')"], '2020-01-01', '2021-01-01'],
    ["LIST (date_part('year'::text, a))", 'date', ["FOR VALUES IN ('2020')"], '2020-01-01', '2021-01-01'],
    ['RANGE (a)', 'date', ["FOR VALUES FROM (MINVALUE) TO ('2020-03-01')"], '2019-01-01', '2020-03-01'],
  ])('stays within the partitions by %s', async (by, type, bounds, first, end) => {
    const values = days(60, type === 'date' ? '' : ' 12:00:00');
    const made = await partitioned(by, type, bounds, values, shift);
    expect(made.every((value) => value >= first && value < end)).toBe(true);
    expect(made.filter((value, index) => value !== values[index]).length).toBeGreaterThan(55);
  });

  test('is in a zone what its partition says', async () => {
    const bounds = ["FOR VALUES FROM ('2020-01-01 00:00:00+02') TO ('2020-02-01 00:00:00+02')"];
    const made = await partitioned('RANGE (a)', 'timestamp with time zone', bounds, days(31, ' 00:00:00+02'), shift);
    expect(made.every((value) => value >= '2020-01-01' && value < '2020-02-01')).toBe(true);
  });

  test('of a list is another of it, and stays where there is no other within reach', async () => {
    const bounds = ["FOR VALUES IN ('2020-01-01', '2020-01-02')"];
    const made = await partitioned('LIST (a)', 'date', bounds, ['2020-01-01', '2020-01-02'], shift);
    expect(made.every((value) => /^2020-01-0[12]$/.test(value))).toBe(true);
  });

  test('satisfies the CHECK of its column and of its type', async () => {
    const made = await column("date CHECK ((a >= '2020-01-01'::date))", days(60), shift);
    expect(made.every((value) => value >= '2020-01-01')).toBe(true);
    const domain = "CREATE DOMAIN public.late AS date CHECK ((VALUE >= '2020-01-01'::date));\n";
    const dump = copy(`${domain}CREATE TABLE public.t (\n    a public.late\n);`, 'a', days(60).join('\n'));
    const { text } = await run(dump, { rules: rulesFor(`      a: ${shift}\n`) });
    expect(/^2019/m.test(text)).toBe(false);
  });

  test('stays in the calendar of the server', async () => {
    const made = await column('date', ['4714-11-26 BC', '4714-12-01 BC', 'infinity', '9999-12-31'], shift);
    expect(made[2]).toBe('infinity');
    for (const value of made.slice(0, 2)) expect(value).toMatch(/^(4714-1[12]|4713-\d\d)-\d\d BC$/);
    const mysql = `-- MySQL dump 10.13\nCREATE TABLE \`t\` (\n  \`a\` date,\n  \`b\` timestamp NULL\n);\nINSERT INTO \`t\` VALUES ${days(
      40,
    )
      .map((_, index) => `('9999-12-${String((index % 31) + 1).padStart(2, '0')}','2038-01-1${index % 9} 00:00:00')`)
      .join(',')};\n-- Dump completed\n`;
    const { text } = await run(mysql, {
      rules: rulesFor(`      a: ${shift}\n      b: ${shift}\n`).replace('public.t', 't'),
    });
    expect(/'10000-|'2038-0[2-9]|'2038-1/.test(text)).toBe(false);
  });
});

describe('two dates that are compared', () => {
  const table = (check: string): string =>
    `CREATE TABLE public.t (\n    id integer,\n    room integer,\n    a date,\n    b date${check}\n);\n`;
  const ruled = (a: string, b: string, definitions: string): Promise<string> =>
    refusal(
      run(copy(definitions, 'id, room, a, b', '1\t1\t2020-01-01\t2020-01-02'), {
        rules: rulesFor(`      a: ${a}\n      b: ${b}\n`),
      }),
    );
  const alike = '{ shift-days: 30, by: id }';

  test.each([
    ',\n    CONSTRAINT c CHECK ((b > a))',
    ",\n    CONSTRAINT c CHECK ((COALESCE(b, 'infinity'::date) >= a))",
    ',\n    CONSTRAINT c CHECK (((b IS NULL) OR ((b - a) < 30)))',
    ',\n    d daterange GENERATED ALWAYS AS (daterange(a, b)) STORED',
    ',\n    d integer GENERATED ALWAYS AS ((b - a)) STORED,\n    CONSTRAINT c CHECK ((d > 0))',
  ])('move by the same days, or are named: %s', async (check) => {
    expect(await ruled('{ shift-days: 30 }', '{ shift-days: 30 }', table(check))).toMatch(
      /public\.t\.a: .* compares it with b: both must move by the same number of days; allowed: \{ shift-days: 30, by: /,
    );
    expect(await ruled(alike, '{ shift-days: 31, by: id }', table(check))).toMatch(/public\.t\.b: /);
    expect(await ruled(alike, 'keep', table(check))).toMatch(/public\.t\.a: /);
    expect(await ruled(alike, alike, table(check))).toBe('');
  });

  test.each([
    ['EXTRACT(year FROM a) = EXTRACT(year FROM b)', false],
    ["date_trunc('month'::text, a) = date_trunc('month'::text, b)", false],
    ["to_char(a, 'YYYY'::text) <= to_char(b, 'YYYY'::text)", false],
    ['(a)::text < (b)::text', false],
    ['(a)::timestamp without time zone < (b)::timestamp without time zone', true],
    ["b < (a + '1 year'::interval)", true],
    ['daterange(a, b) && daterange(b, a)', true],
    ['GREATEST(a, b) >= LEAST(a, b)', true],
    ['justify_days(age(b, a)) > justify_days(age(a, b))', true],
  ])('may move together where that changes nothing: %s (%s)', async (check, may) => {
    const named = await ruled(alike, alike, table(`,\n    CONSTRAINT c CHECK ((${check}))`));
    if (may) expect(named).toBe('');
    else expect(named).toMatch(/public\.t\.a: CHECK c .* compares parts of it with b.*allowed: keep for both/);
  });

  test('are named where a partition might take only one of them', async () => {
    const definitions = `${table(',\n    CONSTRAINT c CHECK ((b > a))').replace(/;\n$/, '')}\nPARTITION BY RANGE (a);\nCREATE TABLE public.t0 (\n    id integer,\n    room integer,\n    a date,\n    b date\n);\nALTER TABLE ONLY public.t ATTACH PARTITION public.t0 FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');\n`;
    expect(await ruled(alike, alike, definitions)).toMatch(/has no partition for every date/);
  });

  test('may move apart where only one of them is there, or no CHECK compares them', async () => {
    for (const check of [
      'num_nonnulls(a, b) = 1',
      '(a IS NULL) OR (b IS NULL)',
      "(a > '2000-01-01'::date) AND (b IS NOT NULL)",
    ])
      expect(await ruled('{ shift-days: 30 }', 'keep', table(`,\n    CONSTRAINT c CHECK ((${check}))`))).toBe('');
  });
});

describe('a number', () => {
  const numbers = Array.from({ length: 100 }, (_, index) => String(index + 1));

  test.each([
    ['integer', '((a > 0) AND (a < 65536))', 1, 65_535],
    ['smallint', '((a >= 1) AND (a <= 9999))', 1, 9999],
    ['integer', '(a < 200)', 0, 199],
    ['bigint', '(a > 0)', 1, 2 ** 63],
  ])('of type %s has a pseudonym that satisfies CHECK %s', async (type, check, first, last) => {
    const made = await column(`${type} CHECK (${check})`, numbers, 'pseudonym');
    expect(new Set(made).size).toBe(100);
    expect(made.every((value) => Number(value) >= first && Number(value) <= last)).toBe(true);
  });

  test('has the pseudonym of yesterday where a CHECK refuses nothing of it', async () => {
    expect(await column('integer CHECK ((a > 0))', numbers, 'pseudonym')).toEqual(
      await column('integer', numbers, 'pseudonym'),
    );
  });

  test('has a pseudonym that a partition takes', async () => {
    const bounds = ['FOR VALUES FROM (1) TO (60)', 'FOR VALUES FROM (60) TO (200)'];
    const made = await partitioned('RANGE (a)', 'integer', bounds, numbers, 'pseudonym');
    expect(new Set(made).size).toBe(100);
    expect(made.every((value) => Number(value) >= 1 && Number(value) < 200)).toBe(true);
  });

  test('of which too few are taken is named', async () => {
    const rare = column('integer CHECK ((a = ANY (ARRAY[5, 1000000])))', ['5'], 'pseudonym');
    expect(await refusal(rare)).toMatch(
      /public\.t\.a: its CHECKs or partitions take too few numbers for pseudonyms; allowed: keep/,
    );
  });

  test('with noise satisfies its CHECK and finds its partition', async () => {
    const made = await column('integer CHECK (((a >= 0) AND (a <= 100)))', numbers, '{ noise: 90% }');
    expect(made.every((value) => Number(value) >= 0 && Number(value) <= 100)).toBe(true);
    expect(made.filter((value, index) => value !== numbers[index]).length).toBeGreaterThan(80);
    const parts = await partitioned(
      'RANGE (a)',
      'integer',
      ['FOR VALUES FROM (1) TO (101)'],
      numbers,
      '{ noise: 90% }',
    );
    expect(parts.every((value) => Number(value) >= 1 && Number(value) <= 100)).toBe(true);
  });

  test('with noise must not be compared with another', async () => {
    const definitions =
      'CREATE TABLE public.t (\n    a integer,\n    b integer,\n    CONSTRAINT c CHECK ((a <= b))\n);\n';
    const made = run(copy(definitions, 'a, b', '1\t1'), {
      rules: rulesFor('      a: { noise: 5% }\n      b: { noise: 5% }\n'),
    });
    expect(await refusal(made)).toMatch(
      /public\.t\.a: CHECK c .* compares it with b, which noise may break; allowed: keep/,
    );
  });
});

describe('a date under a CHECK', () => {
  const check = (sql: string, type = 'date'): string => `${type} CHECK (${sql})`;
  const today = new Date().toISOString().slice(0, 10);
  const before = (count: number): string[] =>
    Array.from({ length: count }, (_, index) => new Date(Date.now() - index * 86_400_000).toISOString().slice(0, 10));

  test.each([
    ['CURRENT_DATE', 'a <= CURRENT_DATE', 'date'],
    ['now', 'a <= now()', 'date'],
    ['a text that means now', "a <= ('now'::text)::date", 'date'],
    ['now in a time zone', "a <= ((now() AT TIME ZONE 'utc'::text))::date", 'date'],
    ['now, and whether it is finite', 'isfinite(a) AND a <= CURRENT_TIMESTAMP', 'timestamp with time zone'],
    ['all dates but infinity', "a <> 'infinity'::date AND a <= CURRENT_DATE", 'date'],
  ])('stays before the day of the run: %s', async (_name, sql, type) => {
    const there = await column(check(sql, type), before(40), '{ shift-days: 90 }');
    expect(there).toHaveLength(40);
    expect(there.filter((one) => one > today)).toEqual([]);
    expect(new Set(there).size).toBeGreaterThan(10);
  });

  test('stays before a day that is counted from the run', async () => {
    const there = await column(check("a <= (CURRENT_DATE - '2 years'::interval)"), ['2001-01-01'], '{ shift-days: 9 }');
    expect(there).not.toEqual(['2001-01-01']);
    const limit = new Date();
    limit.setUTCFullYear(limit.getUTCFullYear() - 2);
    const last = limit.toISOString().slice(0, 10);
    const [moved] = await column(check("a <= (CURRENT_DATE - '2 years'::interval)"), [last], '{ shift-days: 9 }');
    expect(moved !== undefined && moved < last).toBe(true);
  });

  test('stays in its years', async () => {
    const sql = "date_part('year'::text, a) = (2020)::double precision AND EXTRACT(year FROM a) >= (2020)::numeric";
    const there = await column(check(sql), days(300), '{ shift-days: 90 }');
    expect(there.filter((one) => !one.startsWith('2020-'))).toEqual([]);
  });

  test.each([
    ['a function', 'my_own(a)'],
    ['the day of the week', 'EXTRACT(isodow FROM a) < (6)::numeric'],
    ['the first day of a month', "a = (date_trunc('month'::text, (a)::timestamp with time zone))::date"],
  ])('is not moved where only the server can compute it: %s', async (_name, sql) => {
    expect(await refusal(column(check(sql), ['2020-01-01'], '{ shift-days: 9 }'))).toMatch(
      /public\.t\.a: CHECK .* may refuse a date that moved, .*allowed: keep, "null"/,
    );
  });
});
