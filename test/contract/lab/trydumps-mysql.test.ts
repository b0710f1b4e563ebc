/** `npm run trydumps` on files of mysqldump: a dump comes back the same in each way, and what differs from the source is noticed. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type MysqlServer, startMysql } from '../../../lab/hosts/mysql/server.ts';
import { ensurePrerequisites } from '../../../lab/hosts/prerequisites.ts';
import { readRules } from '../../../lab/trydumps/expected.ts';
import { mysqlTables } from '../../../lab/trydumps/mysql/columns.ts';
import { compareMysqlRows } from '../../../lab/trydumps/mysql/compare-rows.ts';
import { MysqlTrialDatabase } from '../../../lab/trydumps/mysql/database.ts';
import { tryMysqlDump } from '../../../lab/trydumps/mysql/trial.ts';

let directory: string;
let server: MysqlServer;
beforeAll(async () => {
  ensurePrerequisites();
  directory = mkdtempSync('/var/tmp/holdfast-trydumps-mysql-');
  chmodSync(directory, 0o755);
  server = await startMysql({ directory: join(directory, 'mariadb') });
}, 60_000);
afterAll(async () => {
  await server?.stop();
  rmSync(directory, { recursive: true, force: true });
});

const guests = `-- MySQL dump 10.13  Distrib 8.0.36
CREATE DATABASE /*!32312 IF NOT EXISTS*/ \`inn\`;
USE \`inn\`;
CREATE TABLE \`guests\` (\`id\` int NOT NULL, \`mail\` varchar(60) COLLATE utf8mb4_0900_ai_ci, \`nick\` varchar(40), \`born\` date, \`paid\` decimal(8,2),
  PRIMARY KEY (\`id\`), UNIQUE KEY \`mail\` (\`mail\`)) ENGINE=InnoDB;
INSERT INTO \`guests\` VALUES (1,'ada@inn.example','ada','1990-02-28',10.50),(2,'bob@inn.example','bob',NULL,20),(3,NULL,'ada','1991-01-01',0);
-- Dump completed
`;

test('a dump comes back the same in six ways', async () => {
  const file = join(directory, 'inn.sql');
  writeFileSync(file, guests);
  const trial = await tryMysqlDump(server, join(directory, 'mariadb'), file, directory);
  expect(trial).toMatchObject({ loadErrors: [], tables: 1, rows: 3 });
  expect(trial.outcomes.map(({ input, way, details }) => [input, way, ...details])).toEqual([
    ['raw', 'default'],
    ['raw', 'audit'],
    ['raw', 'derived'],
    ['fresh', 'default'],
    ['fresh', 'audit'],
    ['fresh', 'derived'],
  ]);
}, 120_000);

const rules = `tables:
  guests:
    columns: { mail: emails, nick: hash, born: { shift-days: 3 }, paid: { noise: 10% } }`;

test.each([
  ['nothing', 'SELECT 1', []],
  [
    'an address that is left',
    `UPDATE guests SET mail = 'bob@inn.example' WHERE id = 2`,
    ['guests.mail ("emails"): addresses left in 1'],
  ],
  ['another text', `UPDATE guests SET mail = 'x' WHERE id = 2`, ['guests.mail ("emails"): 1 of 3 values differ']],
  [
    'different values that are equal',
    `UPDATE guests SET nick = 'x'`,
    ['guests.nick ("hash"): 1 different values became equal'],
  ],
  ['a date that moves too far', `UPDATE guests SET born = '1990-03-28' WHERE id = 1`, ['guests.born']],
  ['a number that changes too much', 'UPDATE guests SET paid = 40 WHERE id = 2', ['guests.paid']],
  ['a lost row', 'DELETE FROM guests WHERE id = 3', ['guests: 3 rows became 2']],
])(
  'the comparison notices %s',
  async (_fault, sql, noticed) => {
    const create = (name: string) => MysqlTrialDatabase.create(server, join(directory, 'mariadb'), name);
    const [source, copy] = [await create('trial_source'), await create('trial_copy')];
    const definition = 'CREATE TABLE guests (id int PRIMARY KEY, mail text, nick text, born date, paid decimal(8,2))';
    const rows = `INSERT INTO guests VALUES (1,'ada@inn.example','ada','1990-02-28',10.50),(2,'bob@inn.example','bob',NULL,20),(3,NULL,'ada','1991-01-01',0)`;
    await server.sql(`${definition}; ${rows}`, 'trial_source');
    await server.sql(
      `${definition}; ${rows}; UPDATE guests SET mail = 'nobody@example.com' WHERE mail IS NOT NULL; UPDATE guests SET nick = MD5(nick), born = born + INTERVAL 2 DAY, paid = paid * 1.05; ${sql}`,
      'trial_copy',
    );
    const [table] = await mysqlTables(source);
    if (table === undefined) throw new Error('the table is not seen');
    const found = await compareMysqlRows(source, copy, table, readRules(rules));
    expect(found).toEqual(noticed.map((one) => expect.stringContaining(one)));
  },
  60_000,
);
