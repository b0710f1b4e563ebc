/** Tables that are written to beside a large quiet one: what is damaged in them is noticed, and a faithful copy is good. */
import { beforeAll, expect, test } from '@jest/globals';
import { ensurePrerequisites } from '../../lab/hosts/prerequisites.ts';
import type { Fingerprint } from '../../src/domain/receipt.ts';
import { compareFingerprints } from '../../src/volume/fingerprint/compare.ts';
import { expectations } from '../../src/volume/fingerprint/expectations.ts';
import { judgeShare } from '../../src/volume/fingerprint/share.ts';
import { verificationVerdict } from '../../src/volume/verdict.ts';
import { withFactsServer } from './support-facts.ts';

beforeAll(() => ensurePrerequisites());

/** Columns of a table, the SELECT that fills it with 10,000 rows, what is written between the prints, and the damage. */
const tables: Readonly<Record<string, readonly [columns: string, rows: string, written: string, damage: string]>> = {
  text_key: [
    'id CHAR(36) PRIMARY KEY, v INT, note VARCHAR(20)',
    'MD5(seq), seq, seq',
    "INSERT INTO text_key VALUES ('new', 1, '')",
    'UPDATE text_key SET v = 0',
  ],
  no_key: ['v INT, note VARCHAR(20)', 'seq, seq', "INSERT INTO no_key VALUES (1, '')", 'UPDATE no_key SET v = 0'],
  one_tenant: [
    'tenant INT, no INT, v INT, PRIMARY KEY (tenant, no)',
    '1, seq, seq',
    'INSERT INTO one_tenant VALUES (1, 0, 0)',
    'UPDATE one_tenant SET v = 0',
  ],
  one_day: [
    'day DATE, v INT',
    "'2026-01-02', seq",
    "INSERT INTO one_day VALUES ('2026-01-02', 0)",
    'UPDATE one_day SET v = 0',
  ],
  no_day: [
    'day DATE, v INT',
    'NULL, seq',
    'INSERT INTO no_day VALUES (NULL, 0)',
    "UPDATE no_day SET day = '2026-01-02'",
  ],
  days: [
    'day DATE, v INT',
    "'2024-01-02' + INTERVAL seq DIV 20 DAY, seq",
    "INSERT INTO days SELECT '2025-05-16', seq FROM seq_1_to_100",
    'UPDATE days SET day = NULL',
  ],
  far_off: [
    'id BIGINT PRIMARY KEY, v INT',
    'IF(seq = 1, 1 << 60, seq), seq',
    'INSERT INTO far_off VALUES (20000, 0)',
    'UPDATE far_off SET v = 0',
  ],
  rewritten: [
    'id CHAR(36) PRIMARY KEY, v INT, note VARCHAR(20)',
    'MD5(seq), seq, seq',
    "UPDATE rewritten SET note = 'new' WHERE v % 2 = 0",
    'DELETE FROM rewritten WHERE v % 2 = 1 LIMIT 4900; UPDATE rewritten SET v = 0',
  ],
  appended: [
    'id INT AUTO_INCREMENT PRIMARY KEY, v INT',
    'seq, seq',
    'INSERT INTO appended (v) VALUES (1)',
    'DELETE FROM appended WHERE id % 2 = 0',
  ],
};

const create = Object.entries(tables).map(
  ([name, [columns, rows]]) =>
    `CREATE TABLE ${name} (${columns}); INSERT INTO ${name} SELECT ${rows} FROM seq_1_to_10000`,
);
const schema = `CREATE DATABASE t; USE t; CREATE TABLE quiet (id INT PRIMARY KEY, v INT);
  INSERT INTO quiet SELECT seq, seq FROM seq_1_to_300000; ${create.join(';')}`;

/** The verdict of one table beside the quiet one. */
function verdictOf(name: string, method: 'rows' | 'columns', [before, after, copy]: readonly Fingerprint[]) {
  const only = (print: Fingerprint | undefined): Fingerprint => {
    if (print === undefined) throw new Error('no print');
    return { ...print, entries: print.entries.filter((one) => [`t.${name}`, 't.quiet'].includes(one.name)) };
  };
  const results = compareFingerprints(
    expectations({ method, before: only(before), after: only(after) }, 'stop'),
    only(copy),
  );
  const share = judgeShare(results, 90);
  const comparable = new Set(results.map((one) => one.name));
  return verificationVerdict([...results, ...(share ? [share] : [])], comparable);
}

test('writes to a table do not hide damage of it, and no quiet table does', async () => {
  await withFactsServer(async ({ sql, take }) => {
    await sql(schema);
    const before = { rows: take('rows'), columns: take('columns') };
    await sql(
      `USE t; ${Object.values(tables)
        .map(([, , written]) => written)
        .join(';')}`,
    );
    const after = { rows: take('rows'), columns: take('columns') };
    await sql(
      `USE t; ${Object.values(tables)
        .map(([, , , damage]) => damage)
        .join(';')}`,
    );
    const copy = { rows: take('rows'), columns: take('columns') };
    const verdicts = (method: 'rows' | 'columns', of: Fingerprint) =>
      Object.fromEntries(
        Object.keys(tables).map((name) => [name, verdictOf(name, method, [before[method], after[method], of])]),
      );
    // In `far_off` all rows but one are in the range that moved, in `rewritten` all are.
    expect(verdicts('rows', copy.rows)).toEqual({
      text_key: 'bad',
      no_key: 'bad',
      one_tenant: 'bad',
      one_day: 'bad',
      no_day: 'bad',
      days: 'bad',
      far_off: 'unproven',
      rewritten: 'unproven',
      appended: 'bad',
    });
    for (const moment of [before.rows, after.rows])
      expect(verdicts('rows', moment)).toEqual({
        ...Object.fromEntries(Object.keys(tables).map((name) => [name, 'good'])),
        far_off: 'unproven',
        rewritten: 'unproven',
      });
    // The sums of a whole table say nothing once it has moved.
    for (const print of [copy.columns, after.columns])
      expect(new Set(Object.values(verdicts('columns', print)))).toEqual(new Set(['unproven']));
  });
});
