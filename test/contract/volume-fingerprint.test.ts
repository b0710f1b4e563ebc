/** The facts of tables on a real server: every change of a row is noticed, whatever the server and its client are set to. */
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import { ensurePrerequisites } from '../../lab/hosts/prerequisites.ts';
import type { Fingerprint, FingerprintEntry, Receipt } from '../../src/domain/receipt.ts';
import type { CheckResult } from '../../src/domain/verification.ts';
import { compareFingerprints } from '../../src/volume/fingerprint/compare.ts';
import { expectations } from '../../src/volume/fingerprint/expectations.ts';
import { withFactsServer } from './support-facts.ts';

beforeAll(() => ensurePrerequisites());

type Method = Receipt['fingerprint']['method'];

/** Results by table name. */
function compare(method: Method, source: Fingerprint, copy: Fingerprint): Map<string, CheckResult> {
  const results = compareFingerprints(expectations({ method, before: source, after: source }), copy);
  return new Map(results.map((one) => [one.name.replace(/^t\./, ''), one]));
}

const entryOf = ({ entries }: Fingerprint, name: string): FingerprintEntry | undefined =>
  entries.find((one) => one.name === `t.${name}`);

/** Columns and rows of a table, and a change; the table's name says what the change is. */
const changes: Readonly<Record<string, readonly [columns: string, rows: string, change: string]>> = {
  float_beyond_six_digits: ['f FLOAT', '(1234567.5)', 'f = 1234568.5'],
  float_in_its_last_bit: ['f FLOAT', '(0.1)', 'f = 0.10000001'],
  double_in_its_last_bit: ['d DOUBLE', '(0.1)', 'd = 0.10000000000000002'],
  float_minus_zero: ['f FLOAT', '(0)', 'f = -1e-30 * 1e-30'],
  decimal: ['n DECIMAL(30, 10)', '(1.0000000001)', 'n = 1.0000000002'],
  bit: ['b BIT(64)', "(b'1')", 'b = 1 << 63'],
  enum_by_number: ["e ENUM('a', 'b', '1')", "('a')", "e = '1'"],
  set: ["s SET('x', 'y')", "('x,y')", "s = 'y'"],
  time: ['v TIME(6)', "('-01:02:03.000001')", "v = '-01:02:03.000002'"],
  datetime: ['v DATETIME(6)', "('2026-01-02 03:04:05.000001')", "v = '2026-01-02 03:04:05'"],
  timestamp: ['v TIMESTAMP(6) NULL', "('2026-01-02 03:04:05.000001')", "v = '2026-01-02 03:04:05.000002'"],
  year: ['v YEAR', '(2026)', 'v = 2025'],
  geometry: ['g GEOMETRY', '(POINT(1, 2))', 'g = POINT(1, 3)'],
  json: ['j JSON', `('{"a": 1, "b": 2}')`, `j = '{"b": 2, "a": 1}'`],
  uuid: ['u UUID', "('00000000-0000-0000-0000-000000000001')", "u = '00000000-0000-0000-0000-000000000002'"],
  inet6: ['i INET6', "('::1')", "i = '::2'"],
  binary_padding: ['b BINARY(3)', "('a')", "b = 'a '"],
  trailing_blank: ['v VARCHAR(9)', "('a')", "v = 'a '"],
  empty_to_null: ['v VARCHAR(9)', "('')", 'v = NULL'],
  null_to_word: ['v VARCHAR(9)', '(NULL)', "v = 'NULL'"],
  number_null_to_zero: ['n INT', '(NULL)', 'n = 0'],
  upper_case: ['v VARCHAR(9)', "('Anna')", "v = 'anna'"],
  accent: ['v VARCHAR(9)', "('Café')", "v = 'Cafe'"],
  nul_byte: ['b VARBINARY(9)', "('a\\0b')", "b = 'a'"],
  text_moved_to_its_neighbour: ['a VARCHAR(9), b VARCHAR(9)', "('ab', 'c')", "a = 'a', b = 'bc'"],
  quotes_and_commas: ['a VARCHAR(9), b VARCHAR(9)', "('x'',''y', '')", "a = 'x', b = 'y'"],
  number_moved_to_its_neighbour: ['a INT, b INT', '(1, 23)', 'a = 12, b = 3'],
  long_text_moved: ['a TEXT, b TEXT', "('ab', 'c')", "a = 'a', b = 'bc'"],
  charsets_side_by_side: [
    'a VARCHAR(9) CHARACTER SET latin1, b VARCHAR(9), c VARBINARY(9), d VARCHAR(9) CHARACTER SET ucs2, e TEXT CHARACTER SET gbk',
    "('Zürich', 'Łódź', 'x', 'Ω', '中')",
    "a = 'Zurich'",
  ],
  larger_than_a_packet: ['b LONGBLOB', "(REPEAT('x', 3000000))", "b = CONCAT(LEFT(b, 2999999), 'y')"],
  invisible_column: ['n INT, h INT INVISIBLE DEFAULT 5', '(1)', 'h = 6'],
  stored_column: ['n INT, s INT AS (n * 2) STORED', '(1, DEFAULT)', 'n = 2'],
  name_of_a_column: ["`a``b \"c'' %s \\\\ d` INT", '(1)', "`a``b \"c'' %s \\\\ d` = 2"],
};

/** Several rows, and statements. */
const others: Readonly<Record<string, readonly [create: string, change: string]>> = {
  cells_swapped: [
    'CREATE TABLE cells_swapped (a INT, b INT); INSERT INTO cells_swapped VALUES (1, 10), (2, 20), (3, 30)',
    'UPDATE cells_swapped SET b = CASE b WHEN 10 THEN 20 WHEN 20 THEN 10 ELSE b END',
  ],
  three_of_one_row: [
    'CREATE TABLE three_of_one_row (a INT, b VARCHAR(9)); INSERT INTO three_of_one_row SELECT seq % 10, seq % 10 FROM seq_1_to_100',
    'DELETE FROM three_of_one_row WHERE a = 1 LIMIT 2; INSERT INTO three_of_one_row VALUES (2, 2), (2, 2)',
  ],
  row_lost: [
    'CREATE TABLE row_lost (id INT PRIMARY KEY) ENGINE=MyISAM; INSERT INTO row_lost SELECT seq FROM seq_1_to_1000',
    'DELETE FROM row_lost WHERE id = 500',
  ],
  history_lost: [
    'CREATE TABLE history_lost (id INT PRIMARY KEY, n INT) WITH SYSTEM VERSIONING; INSERT INTO history_lost VALUES (1, 1); UPDATE history_lost SET n = 2',
    'DELETE HISTORY FROM history_lost',
  ],
  history_of_own_columns: [
    'CREATE TABLE history_of_own_columns (id INT, s TIMESTAMP(6) GENERATED ALWAYS AS ROW START, e TIMESTAMP(6) GENERATED ALWAYS AS ROW END, PERIOD FOR SYSTEM_TIME (s, e)) WITH SYSTEM VERSIONING; INSERT INTO history_of_own_columns (id) VALUES (1); UPDATE history_of_own_columns SET id = 2',
    'DELETE HISTORY FROM history_of_own_columns',
  ],
  csv: [
    "CREATE TABLE csv (a INT NOT NULL, b VARCHAR(9) NOT NULL) ENGINE=CSV; INSERT INTO csv VALUES (1, 'x'), (2, 'y')",
    "UPDATE csv SET b = 'z' WHERE a = 2",
  ],
  partition: [
    'CREATE TABLE `partition` (d DATE, n INT) PARTITION BY HASH (n) PARTITIONS 4; INSERT INTO `partition` SELECT "2026-01-01" + INTERVAL seq DAY, seq FROM seq_1_to_100',
    'UPDATE `partition` SET d = d + INTERVAL 1 DAY WHERE n = 77',
  ],
  emptied: ['CREATE TABLE emptied (v TEXT); INSERT INTO emptied VALUES (NULL)', 'DELETE FROM emptied'],
  filled: ['CREATE TABLE filled (v TEXT)', 'INSERT INTO filled VALUES (NULL)'],
  two_cases: [
    'CREATE TABLE TWO_CASES (v INT); CREATE TABLE two_cases (other VARCHAR(9)); INSERT INTO two_cases VALUES (1)',
    'UPDATE two_cases SET other = 2',
  ],
};

/** Tables that no change reaches. */
const untouched = `
  CREATE TABLE still (id INT AUTO_INCREMENT PRIMARY KEY, v DOUBLE, g INT AS (id * 2) VIRTUAL);
  INSERT INTO still (v) SELECT seq / 3 FROM seq_1_to_1000;
  CREATE TABLE \`odd "name' \\ 中\` (v INT); INSERT INTO \`odd "name' \\ 中\` VALUES (1);
  CREATE TABLE negative (id BIGINT PRIMARY KEY); INSERT INTO negative SELECT CAST(seq AS SIGNED) - 500 FROM seq_1_to_1000;
  CREATE TABLE dates (d DATE NOT NULL, n INT); INSERT INTO dates SELECT '2020-01-01' + INTERVAL seq DAY, seq FROM seq_1_to_1000;
  INSERT INTO dates VALUES ('0000-00-00', 0), ('9999-12-31', 1);
  CREATE TABLE in_memory (n INT) ENGINE=MEMORY; INSERT INTO in_memory VALUES (1);
  CREATE SEQUENCE numbers; CREATE VIEW few AS SELECT 1;`;

const create = [
  "SET SESSION sql_mode = ''; CREATE DATABASE t CHARACTER SET utf8mb4; USE t",
  ...Object.entries(changes).flatMap(([name, [columns, rows]]) => [
    `CREATE TABLE \`${name}\` (${columns})`,
    `INSERT INTO \`${name}\` VALUES ${rows}`,
  ]),
  ...Object.values(others).map(([text]) => text),
  untouched,
].join(';\n');

const change = [
  "SET SESSION sql_mode = ''; USE t",
  ...Object.entries(changes).map(([name, [, , text]]) => `UPDATE \`${name}\` SET ${text}`),
  ...Object.values(others).map(([, text]) => text),
].join(';\n');

test('every change of a row is noticed, by rows and by columns, and nothing else is', async () => {
  await withFactsServer(async ({ sql, take }) => {
    await sql(create);
    const [rows, columns] = [take('rows'), take('columns')];
    // Nothing changed: two prints are the same, but for their times.
    expect(take('rows').entries).toEqual(rows.entries);
    await sql(change);
    for (const [method, before] of [['rows', rows] as const, ['columns', columns] as const]) {
      const after = take(method);
      expect(before.entries.filter((one) => one.error)).toEqual([]);
      expect(before.entries.filter((one) => one.kind === 'table' && one.method !== 'none' && one.why)).toEqual([]);
      const results = compare(method, before, after);
      const changed = [...Object.keys(changes), ...Object.keys(others)];
      expect(changed.filter((name) => results.get(name)?.outcome !== 'failed')).toEqual([]);
      const rest = [...results.keys()].filter((name) => !changed.includes(name)).sort();
      expect(rest).toEqual(['TWO_CASES', 'dates', 'in_memory', 'negative', 'odd "name\' \\ 中', 'still'].sort());
      for (const name of rest) {
        const outcome = name === 'in_memory' ? 'not-compared' : 'passed';
        expect([name, results.get(name)?.outcome]).toEqual([name, outcome]);
      }
    }
    const ranges = (name: string) => entryOf(rows, name)?.ranges;
    expect(ranges('still')?.column).toBe('id');
    expect(ranges('still')?.list.length).toBeGreaterThan(60);
    // Neither a date for "none" nor one for "for ever" makes the ranges coarse.
    expect(ranges('dates')?.list.length).toBeGreaterThan(60);
    expect(ranges('negative')?.list.length).toBeGreaterThan(60);
    expect(ranges('cells_swapped')?.column).toBeUndefined();
  });
});

test('the facts do not depend on how the server or the client is set, nor on the shell or awk of the host', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-home-'));
  try {
    await withFactsServer(async ({ sql, take }) => {
      await sql(create);
      const plain = take('rows');
      symlinkSync('/usr/bin/mawk', join(folder, 'awk'));
      expect(take('rows', { path: folder }).entries).toEqual(plain.entries);
      await sql(`SET GLOBAL sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES,PAD_CHAR_TO_FULL_LENGTH';
        SET GLOBAL time_zone = '+05:00'; SET GLOBAL sql_select_limit = 1; SET GLOBAL max_statement_time = 0.000001;
        SET GLOBAL max_allowed_packet = 1048576; SET GLOBAL tx_isolation = 'SERIALIZABLE'`);
      const options = [
        'safe-updates',
        'default-character-set=latin1',
        'max-join-size=1',
        'select-limit=1',
        'html',
        'vertical',
        'raw',
      ];
      writeFileSync(join(folder, '.my.cnf'), `[mysql]\n${options.join('\n')}\n`);
      expect(take('rows', { home: folder }).entries).toEqual(plain.entries);
      // What the user's own statements give is left to the server's settings.
      const checks = '-- name: limit\nSELECT @@sql_select_limit;\n-- name: zone\nSELECT @@time_zone;\n';
      const results = take('rows', { checks }).entries.filter((one) => one.kind === 'check');
      expect(results.map(({ values }) => values.result)).toEqual(['1', '+05:00']);
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

/** Puts a stand-in for an engine before the client: it refuses statements that match, in the words of Infobright 4.0.7. */
function refusing(pattern: string, words: string): (text: string) => string {
  const standIn = `sql() {
  local statements; statements=$(cat)
  if grep -qE '${pattern}' <<<"$statements"; then echo 'ERROR ${words}' >&2; return 1; fi
  real_sql <<<"$statements"
}`;
  return (text) => text.replace('\nsql() {', `\n${standIn}\nreal_sql() {`);
}

const optimizer =
  '5 (HY000) at line 9: The query includes syntax that is not supported by the Infobright Optimizer. Either restructure the query with supported syntax, or enable the MySQL Query Path in the brighthouse.ini file to execute the query with reduced performance.';

test('what an engine refuses is read by simpler statements, table by table, and the entry says so', async () => {
  await withFactsServer(async ({ sql, take }) => {
    await sql(`CREATE DATABASE t; USE t; CREATE TABLE a (id INT, v VARCHAR(9)); INSERT INTO a VALUES (1, 'x'), (2, NULL);
      CREATE TABLE b (id INT); INSERT INTO b VALUES (1)`);
    const methods = (pattern: string, words = optimizer) =>
      take('rows', { change: refusing(pattern, words) }).entries.map((one) => [one.name, one.method, one.rows]);
    const both = (a: string, b = a) => [
      ['t.a', a, '2'],
      ['t.b', b, '1'],
    ];
    expect(methods('nothing like it')).toEqual(both('rows'));
    expect(methods('GROUP BY')).toEqual(both('columns'));
    expect(methods('MD5.*`t`.`a`')).toEqual(both('aggregates', 'rows'));
    expect(methods('LEFT\\(MD5')).toEqual(both('aggregates'));
    expect(methods('MD5|CRC32')).toEqual(both('totals'));
    expect(methods('GROUP BY', '5 (HY000) at line 9: Aggregation overflow.')).toEqual(both('columns'));
    const refused = take('rows', { change: refusing('MD5|CRC32', optimizer) });
    expect(entryOf(refused, 'a')?.why).toContain('was refused: ERROR 5 (HY000) at line 9: The query includes syntax');
    expect(entryOf(refused, 'a')?.values).toEqual({
      'id.count': '2',
      'id.sum': '3',
      'id.min': '1',
      'id.max': '2',
      'v.count': '1',
    });
    // The copy's engine may accept more than the source's: what both have is compared, and the share says how much that is.
    const results = compare('rows', refused, take('rows'));
    expect(results.get('a')).toMatchObject({ outcome: 'passed', rows: { compared: '0', of: '2' } });
    // Any other error is the table's own.
    const broken = take('rows', { change: refusing('MD5', '5 (HY000) at line 9: Cannot read pack 7 of column 1') });
    expect(entryOf(broken, 'a')?.error).toEqual({ code: 5, message: expect.stringContaining('Cannot read pack 7') });
    const silent = take('rows', { change: refusing('MD5', 'NULL: NULL') });
    expect(entryOf(silent, 'a')?.error?.message).toContain(
      'the server gave no reason (it said "ERROR NULL: NULL") when it was asked for the hash of each row',
    );
  });
});

test('a damaged table has an error of its own, and the others are read', async () => {
  await withFactsServer(async ({ sql, take }) => {
    await sql(`CREATE DATABASE t; USE t; CREATE TABLE a (id INT PRIMARY KEY); INSERT INTO a VALUES (1);
      CREATE TABLE b (id INT PRIMARY KEY, v VARCHAR(99)) ENGINE=MyISAM; INSERT INTO b SELECT seq, REPEAT(seq, 9) FROM seq_1_to_500;
      CREATE TABLE c (id INT); CREATE TABLE d (id INT PRIMARY KEY)`);
    const sound = take('rows');
    await sql('FLUSH TABLES');
    const data = (await sql('SELECT @@datadir')).trim().split('\n').at(-1) ?? '';
    writeFileSync(join(data, 't', 'b.MYI'), 'no index at all');
    for (const method of ['rows', 'columns', 'auto'] as const) {
      const damaged = take(method);
      expect(damaged.entries.map((one) => one.name).sort()).toEqual(['t.a', 't.b', 't.c', 't.d']);
      expect(damaged.entries.filter((one) => one.error).map((one) => one.name)).toEqual(['t.b']);
    }
    // An option file may tell the client to go on after errors: a table that cannot be read is not an empty one all the same.
    const home = mkdtempSync(join(tmpdir(), 'holdfast-home-'));
    writeFileSync(join(home, '.my.cnf'), '[mysql]\nforce\n');
    expect(entryOf(take('rows', { home }), 'b')?.error).toEqual({
      code: 130,
      message: expect.stringContaining("Incorrect file format 'b'"),
    });
    rmSync(home, { recursive: true });
    const results = compare('rows', sound, take('rows'));
    expect(results.get('b')?.outcome).toBe('failed');
    expect(results.get('d')?.outcome).toBe('passed');
  });
});

test('the copy of an earlier receipt is read by the method of that receipt', async () => {
  await withFactsServer(async ({ sql, take }) => {
    await sql(`CREATE DATABASE t; USE t; CREATE TABLE a (id INT PRIMARY KEY); INSERT INTO a VALUES (1), (2);
      CREATE TABLE b (n INT NOT NULL) ENGINE=CSV; INSERT INTO b VALUES (7);
      CREATE TABLE v (id INT) WITH SYSTEM VERSIONING`);
    // As version 0.9 wrote it, of these tables.
    const entries: FingerprintEntry[] = [
      {
        name: 't.a',
        kind: 'table',
        engine: 'InnoDB',
        method: 'checksum',
        rows: '2',
        values: { checksum: '1531596814' },
      },
      {
        name: 't.b',
        kind: 'table',
        engine: 'CSV',
        method: 'aggregates',
        rows: '1',
        values: { 'n.count': '1', 'n.sum': '1790921346', 'n.xor': '1790921346' },
      },
    ];
    const copy = take('auto');
    const receipt = { ...copy, entries };
    expect(copy.entries.map(({ name, method }) => [name, method]).sort()).toEqual([
      ['t.a', 'checksum'],
      ['t.b', 'aggregates'],
    ]);
    expect([...compare('auto', receipt, copy).values()].map((one) => one.outcome)).toEqual(['passed', 'passed']);
    await sql('UPDATE t.a SET id = 3 WHERE id = 2; DELETE FROM t.b; INSERT INTO t.b VALUES (8)');
    expect([...compare('auto', receipt, take('auto')).values()].map((one) => one.outcome)).toEqual([
      'failed',
      'failed',
    ]);
    expect(take('aggregates').entries.map((one) => one.method)).toEqual(['aggregates', 'aggregates']);
  });
});
