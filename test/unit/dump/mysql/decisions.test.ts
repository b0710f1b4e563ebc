/** Decisions of the engine for MySQL: privileges, tools, databases, connections, comparisons. */
import { expect, test } from '@jest/globals';
import { mysqlCauses } from '../../../../src/adapters/databases/mysql/causes.ts';
import { adviceOn } from '../../../../src/adapters/databases/tool-output.ts';
import type { DumpFingerprint, TableFingerprint } from '../../../../src/domain/dump.ts';
import { parseTables } from '../../../../src/dump/engines/mysql/catalogue.ts';
import { compareDatabases } from '../../../../src/dump/engines/mysql/compare/compare.ts';
import { optionFile, parseConnection } from '../../../../src/dump/engines/mysql/connection.ts';
import { rowStatement } from '../../../../src/dump/engines/mysql/fingerprint/row-text.ts';
import { foreignNotes } from '../../../../src/dump/engines/mysql/inspection.ts';
import { chooseDatabases } from '../../../../src/dump/engines/mysql/names.ts';
import { missingGrants, Privileges, parseGrants } from '../../../../src/dump/engines/mysql/privileges.ts';
import { identify, lettersApart } from '../../../../src/dump/engines/mysql/server.ts';
import { chooseDumpTool, dumpParameters, parseTool, type Tool } from '../../../../src/dump/engines/mysql/tools.ts';

import type { DescribedFingerprint } from '../../../../src/ports/dump-engine.ts';

const mysql8 = identify('8.4.3', 'MySQL Community Server - GPL', '/usr/');
const mariadb = identify('5.5.5-10.11.19-MariaDB', '', '/usr');
const infobright = identify('5.1.40-log', 'build number (revision)=IB_4.0.7_r16961 Infobright', '/');

test('products, versions and managed services are told', () => {
  expect([mysql8.product, mariadb.product, mariadb.text, infobright.product]).toEqual([
    'MySQL',
    'MariaDB',
    '10.11.19-MariaDB',
    'Infobright',
  ]);
  expect(identify('8.0.35', 'Source distribution', '/rdsdbbin/mysql-8.0.35.R4/').managed).toBe('Amazon RDS');
});

const wanted = {
  databases: ['a_b'],
  tables: [{ database: 'a_b', name: 't', isView: true }],
  hiddenRoutines: [],
  readsProc: false,
};
const missing = (lines: readonly string[], server = mysql8): readonly string[] =>
  missingGrants(new Privileges(parseGrants(lines)), server, wanted, "'u'@'%'");

test('the statements whose privileges are missing are named', () => {
  expect(missing(['GRANT USAGE ON *.* TO `u`@`%`', 'GRANT SELECT ON `a\\_b`.* TO `u`@`%`'])).toEqual([
    "GRANT SHOW VIEW, TRIGGER, EVENT ON `a\\_b`.* TO 'u'@'%';",
    "GRANT SHOW_ROUTINE ON *.* TO 'u'@'%';",
  ]);
  expect(missing(['GRANT ALL PRIVILEGES ON *.* TO `u`@`%` WITH GRANT OPTION'])).toEqual([]);
  // `_` is a wildcard, and a partial revoke takes one database away.
  expect(missing(['GRANT SELECT ON *.* TO `u`@`%`', 'GRANT SHOW VIEW, TRIGGER, EVENT ON `a%`.* TO `u`@`%`'])).toEqual(
    [],
  );
  expect(missing(['GRANT ALL PRIVILEGES ON *.* TO `u`@`%`', 'REVOKE SELECT ON `a_b`.* FROM `u`@`%`'])[0]).toContain(
    'GRANT SELECT ON',
  );
  expect(missing(['GRANT SELECT, TRIGGER, EVENT, SHOW VIEW ON `a_b`.* TO `u`@`%`'], mariadb)).toEqual([
    "GRANT SELECT ON `mysql`.`proc` TO 'u'@'%';",
  ]);
});

const tool = (output: string): Tool => parseTool('/usr/bin/mysqldump', output) as Tool;
const ofMysql = tool('mysqldump  Ver 8.4.3 for Linux on x86_64 (MySQL Community Server - GPL)');
const ofMariadb = tool('mysqldump from 11.8.2-MariaDB, client 10.19 for debian-linux-gnu (x86_64)');

test("the server's own tool is taken; the other's only where nothing is known against it", () => {
  const needs = { generatedColumns: false, mariadbObjects: false };
  expect([ofMysql.family, ofMariadb.family, ofMariadb.version]).toEqual(['mysql', 'mariadb', [11, 8, 2]]);
  expect(chooseDumpTool([ofMariadb, ofMysql], mysql8, needs).tool).toBe(ofMysql);
  expect(chooseDumpTool([ofMysql], mariadb, needs).notes).toEqual([expect.stringContaining('not its own tool')]);
  expect(() => chooseDumpTool([ofMysql], mariadb, { ...needs, mariadbObjects: true })).toThrow('sequences');
  expect(() => chooseDumpTool([ofMariadb], mysql8, { ...needs, generatedColumns: true })).toThrow('generated columns');
  expect(() => chooseDumpTool([], mysql8, needs)).toThrow('neither');
});

test("options that only one product's tool knows are given to it alone", () => {
  const command = { charset: 'utf8', databases: ['a'], withNames: false, ignored: [], history: false, comments: true };
  const own = dumpParameters({ ...command, server: mysql8, tool: ofMysql });
  expect(own).toEqual(
    expect.arrayContaining(['--set-gtid-purged=OFF', '--column-statistics=0', '--events', '--skip-add-locks']),
  );
  const other = dumpParameters({ ...command, server: infobright, tool: ofMariadb });
  for (const option of ['--set-gtid-purged=OFF', '--column-statistics=0', '--events'])
    expect(other).not.toContain(option);
});

test('databases are chosen by name and excluded by pattern', () => {
  const present = ['mysql', 'sys', 'shop', 'crm', 'test_1', 'holdfast_scratch_0123456789ab'];
  expect(chooseDatabases(present, { chosen: undefined, excluded: ['test_?'] }).databases).toEqual(['shop', 'crm']);
  expect(chooseDatabases(present, { chosen: ['shop', 'gone'], excluded: ['test_*'] })).toEqual({
    databases: ['shop'],
    missing: ['gone'],
    uncovered: ['crm'],
    foreign: [],
  });
});

test('directories that are no databases are neither dumped nor uncovered; a note names them, but for lost+found', () => {
  const present = ['shop', '#mysql50#lost+found', '#mysql50#.rocksdb', '#mysql50#old'];
  const found = chooseDatabases(present, { chosen: undefined, excluded: ['*old'] });
  expect(found).toEqual({ databases: ['shop'], missing: [], uncovered: [], foreign: ['#mysql50#.rocksdb'] });
  expect(foreignNotes(found.foreign)).toEqual([expect.stringContaining('not dumped: #mysql50#.rocksdb (')]);
  expect(foreignNotes([])).toEqual([]);
  const chosen = chooseDatabases(present, { chosen: ['#mysql50#old'], excluded: [] });
  expect(chosen).toMatchObject({ databases: ['#mysql50#old'], uncovered: ['shop'], foreign: ['#mysql50#.rocksdb'] });
});

test.each([
  ["Table 'shop.t' doesn't exist in engine (1932)", 'table-damaged'],
  ['Got error 194 "Tablespace is missing for a table" from storage engine InnoDB (1030)', 'table-damaged'],
  [
    "Unable to open underlying table which is differently defined or of non-MyISAM type or doesn't exist",
    'table-damaged',
  ],
  ["Table 'shop.t' doesn't exist (1146)", 'disturbed'],
  ["Table 'shop.certificate' doesn't exist (1146)", 'disturbed'],
  ['TLS/SSL error: self-signed certificate in certificate chain (2026)', 'tls'],
  ['unable to verify the first certificate (UNABLE_TO_VERIFY_LEAF_SIGNATURE)', 'tls'],
  ['SSL connection error: error:0A000086:SSL routines::certificate verify failed (2026)', 'tls'],
  ['write EPIPE', 'connection-lost'],
])('%s is %s', (message, code) => {
  expect(adviceOn(message, 2, mysqlCauses)).toMatchObject({ code, fix: expect.any(String) });
});

test('what a column is called is no cause', () =>
  expect(adviceOn("Unknown column 'linepipe' in 'field list' (1054)", 2, mysqlCauses)).not.toHaveProperty('code'));

test('a URL has its TLS, its socket and its password in the option file, and errors do not show it', () => {
  const parsed = parseConnection(
    'mysql://u:a%22%5C%23%20b@[::1]:3307/shop?ssl-mode=verify_identity&ssl-ca=/ca.pem',
    'database-url',
  );
  expect(parsed).toMatchObject({ host: '::1', port: 3307, database: 'shop', shown: 'shop on [::1]:3307' });
  expect(optionFile(parsed, 'mysql', 'utf8mb4')).toContain(
    'password="a\\"\\\\# b"\nssl-mode=VERIFY_IDENTITY\nssl-ca="/ca.pem"\n',
  );
  expect(optionFile(parsed, 'mariadb', 'utf8mb4')).toContain('\nssl\nssl-verify-server-cert\n');
  expect(optionFile(parseConnection('mysql://u@localhost?socket=/s', 'x'), 'mysql', 'utf8')).toContain(
    'protocol=socket\nsocket="/s"',
  );
  expect(() => parseConnection('mysql://u:secret@h/?bad=1', 'database-url')).toThrow(
    /unknown parameters: bad(?![\s\S]*secret)/,
  );
});

test('statements for Infobright add up in 64 bits with a sign, and history is read where it is dumped', () => {
  const [table] = parseTables(
    [['s', 't', 'BASE TABLE', 'BRIGHTHOUSE', '', '0']],
    [['s', 't', 'a', 'int', '0', 'NO', '', '', '1']],
  );
  if (table === undefined) throw new Error('no table');
  const sql = rowStatement(table, { form: 'pair', history: true }).sql;
  expect(sql).toContain('AS SIGNED');
  expect(sql).not.toMatch(/UNSIGNED|SYSTEM_TIME|WITH |JSON|SHA2/);
  expect(rowStatement({ ...table, kind: 'versioned' }, { form: 'sum', history: true }).sql).toContain(
    'FOR SYSTEM_TIME ALL',
  );
});

test('the sign of zero is not compared, since a statement of a dump does not restore it', () => {
  const [table] = parseTables(
    [['s', 't', 'BASE TABLE', 'InnoDB', '', '0']],
    [
      ['s', 't', 'a', 'double', '0', 'NO', '', '', '1'],
      ['s', 't', 'b', 'float', '0', 'YES', '', '', '2'],
    ],
  );
  if (table === undefined) throw new Error('no table');
  expect(rowStatement(table, { form: 'sum', history: false }).sql).toContain(
    "CONCAT(IF(`a`=0,'0',`a`),',',IFNULL(IF(`b`=0,'0',`b`),'N'))",
  );
});

const table = (classes: readonly string[]): TableFingerprint => ({ name: 's.t', rows: '20', checksum: '1', classes });
const print = (tables: readonly TableFingerprint[], after?: readonly TableFingerprint[]): DumpFingerprint => ({
  takenAt: '',
  seconds: 0,
  serverVersion: '',
  tables,
  sequences: {},
  extensions: {},
  objects: {},
  definitions: {},
  ...(after ? { after: { takenAt: '', tables: after } } : {}),
});

test('of a table that moved, what stood still must be the same; too little of it is no proof, and never bad', () => {
  const before = Array.from({ length: 20 }, (_, at) => `1:${at}`);
  const moved = ['1:99', ...before.slice(1)];
  const source = print([table(before)], [table(moved)]);
  expect(compareDatabases(source, print([table(['1:77', ...before.slice(1)])])).differences).toEqual([]);
  expect(compareDatabases(source, print([table([...before.slice(0, 19), '0:0'])])).differences).toHaveLength(1);
  // A row that came and went between both readings: of it, nothing is seen but that others moved.
  const doubts = (wrong: number): readonly boolean[] => {
    const copy = print([table(before.map((one, at) => (at > 19 - wrong ? '2:50' : one)))]);
    return compareDatabases(source, copy).differences.map(({ doubt }) => doubt !== undefined);
  };
  expect([doubts(1), doubts(2)]).toEqual([[true], [false]]);
  const most = print([table(before)], [table(before.map((_, at) => `1:${at + 100}`))]);
  const { differences, unread } = compareDatabases(most, print([table(before)]));
  expect([differences, unread?.length]).toEqual([[], 1]);
});

test('a next value may be higher than that of the file, and not lower', () => {
  const source = { ...print([]), sequencesInArchive: { 's.t': '5' } };
  const found = (value: string) =>
    compareDatabases(source, { ...print([]), sequences: { 's.t': value } }).differences.length;
  expect([found('5'), found('6'), found('4')]).toEqual([0, 0, 1]);
});

test.each([
  ['InnoDB DEFAULT CHARSET=utf8mb4', 'InnoDB DEFAULT CHARSET=latin1', 1],
  ['InnoDB PARTITION BY HASH (`a`) PARTITIONS 3', 'InnoDB PARTITION BY HASH (`a`) PARTITIONS 4', 1],
  ["InnoDB COMMENT='one'", "InnoDB COMMENT='other'", 1],
  ['InnoDB', 'MyISAM', 1],
  ['MyISAM DEFAULT CHARSET=latin1', 'BRIGHTHOUSE DEFAULT CHARSET=latin1', 1],
  // No other server has Infobright's engine, and each has its own options.
  ['BRIGHTHOUSE DEFAULT CHARSET=latin1', 'InnoDB DEFAULT CHARSET=latin1 COLLATE=latin1_swedish_ci', 0],
])('a table with ENGINE=%s restored as %s has %i differences', (of, restored, expected) => {
  const described = (options: string) => {
    const sql = `CREATE TABLE \`t\` ( \`a\` int ) ENGINE=${options}`;
    return { ...print([]), definitions: { 'TABLE s.t': sql }, sql: new Map([['TABLE s.t', sql]]) };
  };
  expect(compareDatabases(described(of), described(restored)).differences).toHaveLength(expected);
});

test('servers that do not tell names of tables apart alike are told', () => {
  const windows = { ...mysql8, lowerCaseNames: '1' };
  const linux = { ...mysql8, lowerCaseNames: '0' };
  expect(lettersApart(windows, linux)).toEqual([
    expect.stringContaining('the source has lower_case_table_names=1, and the scratch server 0'),
  ]);
  for (const [source, scratch] of [
    [linux, linux],
    [undefined, linux],
    [mysql8, linux],
  ] as const)
    expect(lettersApart(source, scratch)).toEqual([]);
});

test('the comment of an event that no dump of MariaDB holds is a doubt, and any other difference is none', () => {
  const event = (text: string, charset = 'latin1'): DescribedFingerprint => {
    const sql = `CREATE EVENT \`e\` ON SCHEDULE EVERY 1 DAY COMMENT '${text}' DO SELECT 1\n-- character_set_client: ${charset}`;
    return {
      takenAt: '',
      seconds: 0,
      serverVersion: '10.11',
      tables: [],
      sequences: {},
      extensions: {},
      objects: {},
      definitions: { 'EVENT s.e': sql },
      sql: new Map([['EVENT s.e', sql]]),
    };
  };
  const compared = (one: DescribedFingerprint, other: DescribedFingerprint) => {
    const { differences, unread } = compareDatabases(one, other);
    return [differences.length, unread?.length];
  };
  expect(compared(event('Ã«'), event('ÃƒÂ«'))).toEqual([0, 1]);
  expect(compared(event('Ã«', 'utf8mb4'), event('ÃƒÂ«', 'utf8mb4'))).toEqual([1, 0]);
  expect(compared(event('a'), event('b'))).toEqual([1, 0]);
});
