/** What definitions of MariaDB ask of values: tables of every kind are dumped, anonymised and restored, which stops at the first that does not fit. */
import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type MysqlServer, startMysql } from '../../lab/hosts/mysql/server.ts';
import { ensurePrerequisites } from '../../lab/hosts/prerequisites.ts';
import { run } from '../unit/anonymize/run.ts';

let directory: string;
let server: MysqlServer;
let client: string;
beforeAll(async () => {
  ensurePrerequisites();
  directory = mkdtempSync(join(tmpdir(), 'holdfast-definitions-'));
  chmodSync(directory, 0o755);
  server = await startMysql({ directory: join(directory, 'server') });
  client = join(directory, 'client.cnf');
  writeFileSync(client, `[client]\nuser=${server.user}\npassword=${server.password}\nsocket=${server.socket}\n`, {
    mode: 0o600,
  });
}, 60_000);
afterAll(async () => {
  await server?.stop();
  rmSync(directory, { recursive: true, force: true });
});

/** Tables, with their rows, and rules for some of their columns. */
const tables: readonly (readonly [name: string, sql: string, rules?: string])[] = [
  [
    'ranges',
    "(id int, email varchar(80)) PARTITION BY RANGE COLUMNS(email) (PARTITION p0 VALUES LESS THAN ('h@corp.example'), PARTITION p1 VALUES LESS THAN ('p@corp.example'), PARTITION p2 VALUES LESS THAN (MAXVALUE)); INSERT INTO ranges VALUES (1,'ann@corp.example'),(2,'kim@corp.example'),(3,'zoe@corp.example')",
  ],
  [
    'ends',
    "(id int, email varchar(80)) PARTITION BY RANGE COLUMNS(email) (PARTITION p0 VALUES LESS THAN ('h'), PARTITION p1 VALUES LESS THAN ('m')); INSERT INTO ends VALUES (1,'ann@corp.example'),(2,'kim@corp.example')",
  ],
  [
    'lists',
    "(id int, email varchar(80)) PARTITION BY LIST COLUMNS(email) (PARTITION p0 VALUES IN ('ann@corp.example'), PARTITION p1 VALUES IN ('kim@corp.example', NULL)); INSERT INTO lists VALUES (1,'Ann@corp.example'),(2,'kim@corp.example'),(3,NULL)",
  ],
  [
    'kept',
    "(id int, email varchar(80)) PARTITION BY LIST COLUMNS(email) (PARTITION p0 VALUES IN ('eve@corp.example'), PARTITION p1 VALUES IN ('may@corp.example')); INSERT INTO kept VALUES (1,'eve@corp.example')",
    '{ email: keep }',
  ],
  [
    'years',
    "(d date, n int) PARTITION BY RANGE (year(d)) (PARTITION p0 VALUES LESS THAN (2020), PARTITION p1 VALUES LESS THAN (2021)); INSERT INTO years VALUES ('2019-12-30',1),('2020-12-30',2),('2020-12-31',3)",
    '{ d: { shift-days: 30 } }',
  ],
  [
    'numbers',
    '(id int, n int) PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (100), PARTITION p1 VALUES LESS THAN (200)); INSERT INTO numbers VALUES (1,1),(150,2)',
    '{ id: pseudonym }',
  ],
  [
    'checks',
    "(email varchar(80) CHECK (email REGEXP '^[a-z]+@corp[.]example$'), low varchar(80), high varchar(80), d varchar(40) AS (substring_index(low, '@', -1)) PERSISTENT, j json, CHECK (json_value(j, '$.mail') LIKE '%@corp.example'), CHECK (low < high), UNIQUE KEY (d)); INSERT INTO checks (email, low, high, j) VALUES ('ann@corp.example','b@corp.example','c@corp.example','{\"mail\":\"ann@corp.example\"}')",
  ],
];

test('all of it is restored', async () => {
  await server.sql('CREATE DATABASE known; CREATE DATABASE restored');
  await server.sql(tables.map(([name, sql]) => `CREATE TABLE ${name} ${sql};`).join('\n'), 'known');
  const { stdout } = await promisify(execFile)('mariadb-dump', [`--defaults-file=${client}`, 'known'], {
    encoding: 'buffer',
    maxBuffer: 2 ** 26,
  });
  const rules = tables.flatMap(([name, , columns]) => (columns ? [`  ${name}: { columns: ${columns} }`] : []));
  const { text } = await run(stdout, { rules: `version: 1\ntables:\n${rules.join('\n')}\n`, footer: true });
  expect(text.match(/\b(ann|kim|zoe|b|c)@corp\.example/gi)).toBeNull();
  await server.sql(text, 'restored');
  const count = tables.map(([name]) => `SELECT count(*) FROM ${name};`).join('\n');
  expect(await server.sql(count, 'restored')).toBe(await server.sql(count, 'known'));
}, 60_000);
