/**
 * The anonymiser against a real MariaDB: for a database with every type, key and routine, what is restored of the anonymised dump
 * by the plain client must be the original with its addresses replaced. In each form that mariadb-dump writes.
 */
import { execFile, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type MysqlServer, startMysql } from '../../lab/hosts/mysql/server.ts';
import { ensurePrerequisites } from '../../lab/hosts/prerequisites.ts';
import { run } from '../unit/anonymize/run.ts';

let directory: string;
let server: MysqlServer;
let client: string;
beforeAll(async () => {
  ensurePrerequisites();
  directory = mkdtempSync(join(tmpdir(), 'holdfast-mysql-'));
  chmodSync(directory, 0o755);
  server = await startMysql({ directory: join(directory, 'server') });
  client = join(directory, 'client.cnf');
  writeFileSync(
    client,
    `[client]\nuser=${server.user}\npassword=${server.password}\nsocket=${server.socket}\ndefault-character-set=utf8mb4\n`,
    { mode: 0o600 },
  );
}, 60_000);
afterAll(async () => {
  await server?.stop();
  rmSync(directory, { recursive: true, force: true });
});

const execute = promisify(execFile);
const options = { encoding: 'buffer', maxBuffer: 2 ** 30 } as const;

async function dumpOf(database: string, ...more: readonly string[]): Promise<Buffer> {
  const parameters = [`--defaults-file=${client}`, '--routines', '--triggers', '--events', ...more, database];
  return (await execute('mariadb-dump', parameters, options)).stdout;
}

/** Restores with the plain client. */
function restore(dump: Buffer, database: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn('mariadb', [`--defaults-file=${client}`, database], { stdio: ['pipe', 'ignore', 'pipe'] });
    let errors = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors += text;
    });
    child.on('close', (status) => (status === 0 ? resolve() : reject(new Error(errors))));
    child.stdin.on('error', () => {});
    // --compact leaves out what lets tables come before those that they refer to, and generated columns have values.
    child.stdin.end(
      Buffer.concat([Buffer.from("SET FOREIGN_KEY_CHECKS=0, sql_mode='NO_AUTO_VALUE_ON_ZERO';\n"), dump]),
    );
  });
}

async function restored(dump: Buffer, database: string): Promise<void> {
  await server.sql(`DROP DATABASE IF EXISTS \`${database}\`; CREATE DATABASE \`${database}\``);
  await restore(dump, database);
}

const forms: readonly (readonly string[])[] = [
  [],
  ['--hex-blob'],
  ['--complete-insert', '--skip-extended-insert'],
  ['--insert-ignore', '--skip-comments'],
  ['--replace', '--skip-quote-names', '--single-transaction'],
  ['--compact', '--databases'],
];

const schema = `
CREATE TABLE \`users\` (
  \`id\` int NOT NULL AUTO_INCREMENT,
  \`email\` varchar(60) NOT NULL DEFAULT 'admin@corp.example' COMMENT 'ask ops@corp.example; it''s "theirs"',
  \`Backup mail\` varchar(80) CHARACTER SET latin1 DEFAULT NULL,
  \`kind\` enum('a','b@corp.example') DEFAULT NULL,
  \`tags\` set('x','y') DEFAULT NULL,
  \`profile\` json DEFAULT NULL,
  \`avatar\` longblob DEFAULT NULL,
  \`token\` binary(16) DEFAULT NULL,
  \`flags\` bit(9) DEFAULT NULL,
  \`born\` date DEFAULT NULL, \`seen\` timestamp NULL DEFAULT NULL, \`took\` time(3) DEFAULT NULL, \`y\` year DEFAULT NULL,
  \`amount\` decimal(12,3) DEFAULT NULL, \`ratio\` double DEFAULT NULL, \`big\` bigint unsigned DEFAULT NULL,
  \`place\` point DEFAULT NULL,
  \`lower\` varchar(60) GENERATED ALWAYS AS (lower(\`email\`)) VIRTUAL,
  PRIMARY KEY (\`id\`), UNIQUE KEY \`users_email\` (\`email\`), UNIQUE KEY \`users_lower\` (\`lower\`),
  CONSTRAINT \`no_root\` CHECK (\`email\` <> 'root@corp.example')
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
CREATE TABLE \`notes\` (
  \`user_email\` varchar(60) COLLATE utf8mb4_general_ci DEFAULT NULL,
  \`text\` longtext DEFAULT NULL,
  \`serialised\` text DEFAULT NULL,
  CONSTRAINT \`notes_user\` FOREIGN KEY (\`user_email\`) REFERENCES \`users\` (\`email\`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
CREATE TABLE \`legacy\` (\`k\` varchar(30) NOT NULL, \`v\` mediumtext, UNIQUE KEY \`k\` (\`k\`(14))) ENGINE=MyISAM DEFAULT CHARSET=latin1;
CREATE TABLE \`parts\` (\`mail\` varchar(40) NOT NULL, \`n\` int) DEFAULT CHARSET=utf8mb4
  PARTITION BY LIST COLUMNS(\`mail\`) (PARTITION p0 VALUES IN ('a@corp.example'), PARTITION p1 VALUES IN ('b@corp.example','c'));
CREATE VIEW \`v1\` AS SELECT \`id\`, \`email\` FROM \`users\` WHERE \`email\` <> 'viewer@corp.example';
CREATE VIEW \`v0\` AS SELECT * FROM \`v1\`;
`;
const program = `
CREATE TRIGGER \`t1\` BEFORE INSERT ON \`notes\` FOR EACH ROW BEGIN
  -- it's for trigger@corp.example;
  IF NEW.text = 'x;y' THEN SET NEW.text = "trigger@corp.example"; END IF;
END`;
const routine = `CREATE PROCEDURE \`p1\`(IN a int) COMMENT 'by routine@corp.example' BEGIN SELECT 'it''s; routine@corp.example'; END`;
const event = `CREATE EVENT \`e1\` ON SCHEDULE EVERY 1 DAY DO DELETE FROM notes WHERE text = 'event@corp.example'`;

const everyByte = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));

function rows(): string {
  const users = Array.from({ length: 40 }, (_, index) => {
    const email = index % 3 === 0 ? `User${index}@Corp.example` : `user${index}@corp.example`;
    const avatar =
      index % 2 === 0 ? everyByte.toString('hex') : Buffer.from(`vcard u${index}@corp.example`).toString('hex');
    return `(${index + 1}, '${email}', ${index % 4 === 0 ? 'NULL' : `'Zoë b${index}@corp.example '`},
      ${index % 2 === 0 ? "'a'" : "'b@corp.example'"}, 'x,y', '{"mail": "j${index}@corp.example", "n": [1, "a\\\\"b"]}',
      x'${avatar}', x'${String(index).padStart(32, '0')}', b'101', '2020-02-0${(index % 9) + 1}', '2021-01-01 00:00:00', '12:00:00.5', 2024,
      ${index}.125, 1e${index}, 18446744073709551615, POINT(${index}, 1))`;
  });
  return `INSERT INTO users (id, email, \`Backup mail\`, kind, tags, profile, avatar, token, flags, born, seen, took, y, amount, ratio, big, place) VALUES ${users.join(',')};
INSERT INTO notes VALUES ('USER1@corp.example', 'it''s \\\\ "quoted" \\n line\\r\\0 zero \\Z 😀 note1@corp.example', 'a:1:{s:4:"mail";s:15:"php@corp.example";}'),
  (NULL, 'plain \\\\% \\\\_under@corp.example', 's:16:"php@corp.example";');
INSERT INTO legacy VALUES ('k1@corp.example', 'ä latin@corp.example'), ('k2@corp.example', NULL);
INSERT INTO parts VALUES ('a@corp.example', 1), ('b@corp.example', 2), ('c', 3);`;
}

/** Everything of a database, by table: rows with their bytes in hexadecimal. */
async function contentOf(database: string): Promise<Record<string, string[][]>> {
  const content: Record<string, string[][]> = {};
  const tables = ['users', 'notes', 'legacy', 'parts'];
  for (const table of tables) {
    const columns = (
      await server.sql(
        `SELECT column_name FROM information_schema.columns WHERE table_schema='${database}' AND table_name='${table}' ORDER BY ordinal_position`,
      )
    )
      .trim()
      .split('\n');
    const values = columns.map(
      (name) =>
        `ifnull(hex(convert(\`${name}\` using ${name === 'avatar' || name === 'token' ? 'binary' : 'utf8mb4'})),'-')`,
    );
    const order = columns.includes('n') ? 'n' : columns.includes('id') ? 'id' : '2';
    const out = await server.sql(`SELECT ${values.join(',')} FROM \`${table}\` ORDER BY ${order}`, database);
    content[table] = out
      .trim()
      .split('\n')
      .map((line) => line.split('\t'));
  }
  return content;
}

const decoded = (hex: string): string => (hex === '-' ? '-' : Buffer.from(hex, 'hex').toString('latin1'));
/** A value with each address of the anonymised and of the original database made the same; an escape of its first character goes with it. */
const bare = (hex: string): string =>
  decoded(hex)
    .replaceAll(/(?:\\_)?[\w-]+@(corp\.example|example\.com)/gi, '(address)')
    .replaceAll(/s:\d+:"\(address/g, 's:n:"(address');
const distinct = (values: readonly string[]): number => new Set(values.map((one) => decoded(one).toLowerCase())).size;

beforeAll(async () => {
  await server.sql('CREATE DATABASE shop');
  await server.sql(schema, 'shop');
  for (const one of [program, routine, event]) await server.sql(`DELIMITER ;;\n${one};;\nDELIMITER ;`, 'shop');
  await server.sql(`SET sql_mode='';${rows()}`, 'shop');
}, 60_000);

test.each(forms)(
  'restores what mariadb-dump wrote: %j',
  async (...form) => {
    const before = await contentOf('shop');
    const dump = await dumpOf('shop', ...form);
    const footer = !form.includes('--compact');
    const { bytes, report } = await run(dump, { footer });
    expect(report.leaks).toEqual([]);
    const sql = form.includes('--databases')
      ? Buffer.from(bytes.toString('latin1').replaceAll('`shop`', '`copy`'), 'latin1')
      : bytes;
    await restored(sql, 'copy');
    const after = await contentOf('copy');
    for (const [table, all] of Object.entries(before)) {
      const [old, made] = [all.map((row) => row.map(bare)), (after[table] ?? []).map((row) => row.map(bare))];
      expect(made.toSorted()).toEqual(old.toSorted());
    }
    expect(JSON.stringify(Object.values(after).flat(2).map(decoded))).not.toMatch(/@corp\.example/i);
    expect(distinct((after.users ?? []).map((row) => row[1] as string))).toBe(40);
    // The foreign key's case differed, and it still leads to its user.
    const joined = await server.sql('SELECT count(*) FROM notes n JOIN users u ON u.email = n.user_email', 'copy');
    expect(joined.trim()).toBe('1');
    const php = await server.sql('SELECT serialised FROM notes ORDER BY 1', 'copy');
    expect(php).toContain('s:18:"nobody@example.com"');
    const { text } = await run(await dumpOf('copy', '--no-data'), { footer: true });
    for (const word of ['trigger', 'routine', 'event', 'viewer', 'ops', 'admin'])
      expect(text).not.toContain(`${word}@`);
    expect(await server.sql("SELECT count(*) FROM information_schema.routines WHERE routine_schema='copy'")).toBe(
      await server.sql("SELECT count(*) FROM information_schema.routines WHERE routine_schema='shop'"),
    );
  },
  60_000,
);

test('rules hold in what is restored, and the file holds no value of a generated column', async () => {
  const rules = `version: 1
leak-check: { replaced-values: off }
tables:
  users:
    columns:
      email: pseudonym
      amount: { noise: 10% }
      born: { shift-days: 30 }
      avatar: "null"
      token: { hash: { length: 16 } }
      profile: { json: { "$.mail": { fixed: "it's" } } }
  notes:
    columns: { user_email: pseudonym }
  legacy: { rows: drop }
`;
  for (const form of [[], ['--hex-blob', '--complete-insert']]) {
    const { bytes, report } = await run(await dumpOf('shop', ...form), { footer: true, rules });
    expect(report.counts).toContainEqual({ table: 'legacy', rule: 'rows left out', count: 2 });
    expect(bytes.toString('latin1')).not.toMatch(/user\d+@/i);
    await restored(bytes, 'ruled');
    const one = async (sql: string): Promise<string> => (await server.sql(sql, 'ruled')).trim();
    expect(await one('SELECT count(*), count(DISTINCT email), count(avatar), count(DISTINCT token) FROM users')).toBe(
      '40\t40\t0\t40',
    );
    expect(await one('SELECT count(*) FROM users WHERE `lower` = lower(email)')).toBe('40');
    expect(await one("SELECT DISTINCT json_value(profile, '$.mail') FROM users")).toBe("it's");
    expect(await one('SELECT count(*) FROM notes n JOIN users u ON u.email = n.user_email')).toBe('1');
    expect(await one('SELECT count(*) FROM legacy')).toBe('0');
  }
}, 60_000);

const piece = fc.oneof(
  fc.integer({ min: 0, max: 99 }).map((number) => ` user${number}.x@corp.example `),
  fc.integer({ min: 0, max: 9 }).map((number) => `\nnora${number}@corp.example\t`),
  fc.constantFrom(
    '\\',
    '\\N',
    '\\%',
    '%',
    '_',
    "'",
    "''",
    '"',
    '`',
    '\t',
    '\n',
    '\r',
    '\0',
    '\x1a',
    '\b',
    ';',
    '--',
    '#',
    '/*',
    '*/',
    '),(',
    '@',
    ' ',
    'äß',
    '漢',
    '😀',
    '{"a":"b"}',
    '0x',
    'NULL',
  ),
);
const value = fc.option(
  fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join('')),
  { nil: null, freq: 6 },
);

test('any text comes through, and only its addresses change', async () => {
  let count = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(value, value), { minLength: 1, maxLength: 20 }),
      fc.constantFrom(...forms.slice(0, 5)),
      fc.constantFrom(7, 1000, 65_536),
      async (values, form, chunk) => {
        count += 1;
        const shown = (one: string | null): string =>
          one === null ? 'NULL' : `x'${Buffer.from(one).toString('hex')}'`;
        await server.sql('DROP DATABASE IF EXISTS any_text; CREATE DATABASE any_text');
        await server.sql(
          `CREATE TABLE t (n int, a longtext, b longblob) DEFAULT CHARSET=utf8mb4; INSERT INTO t VALUES ${values.map(([a, b], n) => `(${n},${shown(a)},${shown(b)})`).join(',')}`,
          'any_text',
        );
        const { bytes } = await run(await dumpOf('any_text', ...form), { footer: true, chunk });
        await restored(bytes, 'any_copy');
        const read = async (database: string): Promise<string[]> =>
          (
            await server.sql(
              "SELECT ifnull(hex(convert(a using utf8mb4)),'-'), ifnull(hex(b),'-') FROM t ORDER BY n",
              database,
            )
          )
            .trim()
            .split(/\s+/);
        const replaced = (await read('any_text')).map((one) =>
          one === '-'
            ? '-'
            : Buffer.from(
                Buffer.from(one, 'hex')
                  .toString('latin1')
                  .replaceAll(/[a-z0-9.]+@corp\.example/g, 'nobody@example.com'),
                'latin1',
              )
                .toString('hex')
                .toUpperCase(),
        );
        expect(await read('any_copy')).toEqual(replaced);
      },
    ),
    { numRuns: 15 },
  );
  expect(count).toBeGreaterThan(0);
}, 120_000);
