/** Partitions of MySQL and MariaDB: each row that is written has one, or the run stops before. */
import { describe, expect, test } from '@jest/globals';
import { ConfigurationError } from '../../../src/runtime/errors.ts';
import { run } from './run.ts';

const dump = (columns: string, partitions: string, rows: string): string =>
  `-- MySQL dump 10.13  Distrib 8.0.36\nCREATE TABLE \`t\` (${columns}) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4\n PARTITION BY ${partitions};\nINSERT INTO \`t\` VALUES ${rows};\n`;
const ruled = (columns: string): string => `version: 1\ntables:\n  t: { columns: { ${columns} } }\n`;

/** What is written, or the problems that stop it. */
async function outcome(sql: string, rules?: string): Promise<string> {
  try {
    return (await run(sql, rules === undefined ? {} : { rules })).text;
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems.join('\n');
    throw error;
  }
}

const mail = '`id` int, `email` varchar(80)';
const rows = "(1,'ann@corp.example'),(2,'kim@corp.example')";

describe('an address', () => {
  test('that bounds a range becomes another one in the same order', async () => {
    const ranges =
      "RANGE  COLUMNS(`email`)\n(PARTITION `p0` VALUES LESS THAN ('h@corp.example') ENGINE = InnoDB,\n PARTITION `p1` VALUES LESS THAN (MAXVALUE) ENGINE = InnoDB)";
    expect(await outcome(dump(mail, ranges, rows))).toContain("VALUES LESS THAN ('anybody-0@example.com')");
  });

  test('gets a form that the last range takes', async () => {
    const ranges = "RANGE COLUMNS(`email`) (PARTITION p0 VALUES LESS THAN ('h'), PARTITION p1 VALUES LESS THAN ('m'))";
    expect(await outcome(dump(mail, ranges, rows))).toMatch(/\(1,'(?=[a-l])[a-z2-7]+[^']*@example\.com'\)/);
  });

  test('in a list becomes what the list says, without regard to case where the column has none', async () => {
    const lists =
      "LIST  COLUMNS(`email`)\n(PARTITION p0 VALUES IN ('ann@corp.example',NULL), PARTITION p1 VALUES IN ('kim@corp.example'))";
    const text = await outcome(dump(mail, lists, "(1,'Ann@corp.example'),(2,'kim@corp.example')"));
    const [, ann, kim] = /VALUES IN \('([^']+)',NULL\).*VALUES IN \('([^']+)'\)/.exec(text) ?? [];
    expect(text).toContain(`(1,'${ann}'),(2,'${kim}')`);
    // What the list writes in capitals, rows write otherwise.
    const capitals = lists.replace('ann@', 'Ann@');
    expect(await outcome(dump(mail, capitals, rows))).toMatch(/^t\.email: the partitioning of t accepts no address/);
  });
});

describe('a rule', () => {
  const kinds = '`kind` varchar(9), `n` int';
  const lists = "LIST COLUMNS(`kind`) (PARTITION p0 VALUES IN ('a'), PARTITION p1 VALUES IN ('b',NULL))";
  test.each([
    [kinds, lists, "('a',1)", 'kind: mask', /^t\.kind: mask makes values for which t has no partition/],
    [kinds, lists, "('a',1)", 'kind: { fixed: c }', /^t\.kind: fixed makes values for which t has no partition/],
    [kinds, lists, "('a',1)", 'kind: { fixed: B }', /VALUES \('B',1\)/],
    [kinds, lists, "('a',1)", 'kind: "null"', /VALUES \(NULL,1\)/],
    ['`n` int', 'RANGE (`n`) (PARTITION p0 VALUES LESS THAN (100))', '(7)', 'n: pseudonym', /VALUES \(\d\d?\);/],
    [
      '`d` date, `n` int',
      'RANGE (year(`d`)) (PARTITION p0 VALUES LESS THAN (2021))',
      "('2020-12-31',1)",
      'd: { shift-days: 30 }',
      /VALUES \('20(20-12-(?!31)|20-11)/,
    ],
    [
      '`d` date, `n` int',
      'RANGE (to_days(`d`)) (PARTITION p0 VALUES LESS THAN (738156))',
      "('2020-12-31',1)",
      'd: { shift-days: 30 }',
      /VALUES \('20(20-12-(?!31)|20-11)/,
    ],
    [
      '`d` timestamp, `n` int',
      'RANGE (unix_timestamp(`d`)) (PARTITION p0 VALUES LESS THAN (1609459200))',
      "('2020-12-31 00:00:00',1)",
      'd: { shift-days: 30 }',
      /^t\.d: only the server can compute to which partition of t a date belongs/,
    ],
    [
      '`a` date, `b` date, PERIOD FOR `p` (`a`, `b`)',
      'HASH (1)',
      "('2020-12-31','2021-01-02')",
      'a: { shift-days: 30 }',
      /^t\.a: CHECK PERIOD p .* compares it with b: both must move by the same number of days/,
    ],
  ])('in %s partitioned by %s: %s, %s', async (columns, partitions, values, rule, expected) => {
    expect(await outcome(dump(columns, partitions, values), ruled(rule))).toMatch(expected);
  });
});
