/** Damaged indexes and changed definitions on a real server: each is noticed, and nothing is said of a sound copy. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { command } from '../../lab/hosts/command.ts';
import { installDatabase, withServer } from '../../lab/hosts/mariadb.ts';
import { ensurePrerequisites } from '../../lab/hosts/prerequisites.ts';
import { flip } from '../../lab/mutants/volumes/bytes/edits.ts';
import { flipInPage, forge, leaf } from '../../lab/mutants/volumes/bytes/innodb.ts';
import type { Definitions } from '../../src/domain/definitions.ts';
import type { CheckResult } from '../../src/domain/verification.ts';
import { judgePages } from '../../src/volume/copy/page-checks.ts';
import { judgeTables } from '../../src/volume/copy/table-checks.ts';
import { compareDefinitions } from '../../src/volume/definitions/compare.ts';
import { readDefinitions } from '../../src/volume/definitions/read.ts';
import { runOnHost } from './support-copy.ts';

const indexed = ['sound', 'marked', 'moved', 'unlinked', 'torn'];
const source = `
  CREATE DATABASE d CHARACTER SET utf8mb4; CREATE DATABASE hollow; CREATE DATABASE latin CHARACTER SET latin1; USE d;
  ${indexed.map((name) => `CREATE TABLE ${name} (id INT PRIMARY KEY, a INT, b VARCHAR(40), KEY by_a (a)); INSERT INTO ${name} SELECT seq, seq * 2, MD5(seq) FROM seq_1_to_3000;`).join('\n')}
  CREATE TABLE my (id INT PRIMARY KEY, v VARCHAR(40), KEY (v)) ENGINE=MyISAM; INSERT INTO my SELECT seq, MD5(seq) FROM seq_1_to_3000;
  CREATE TABLE aria (id INT PRIMARY KEY, v VARCHAR(40), KEY (v)) ENGINE=Aria; INSERT INTO aria SELECT seq, MD5(seq) FROM seq_1_to_3000;
  CREATE TABLE memory (id INT) ENGINE=MEMORY; CREATE TABLE csv (id INT NOT NULL) ENGINE=CSV;
  CREATE TABLE gone (id INT); CREATE VIEW broken AS SELECT id FROM gone; DROP TABLE gone;
  CREATE VIEW seen AS SELECT a, COUNT(*) FROM sound GROUP BY a;
  CREATE TABLE many (id INT AUTO_INCREMENT PRIMARY KEY, v VARCHAR(20) DEFAULT 'x' COMMENT 'it''s, (odd)', w INT AS (id * 2) VIRTUAL, h INT INVISIBLE DEFAULT 1,
    UNIQUE KEY u (v), CONSTRAINT c CHECK (h > 0)) AUTO_INCREMENT=700000;
  CREATE TABLE child (id INT PRIMARY KEY, m INT, CONSTRAINT f FOREIGN KEY (m) REFERENCES many (id));
  CREATE TABLE parts (id INT) PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (9), PARTITION p1 VALUES LESS THAN MAXVALUE);
  CREATE TABLE history (id INT) WITH SYSTEM VERSIONING; CREATE TABLE words (v VARCHAR(9)) COMMENT='x'; CREATE TABLE empty_one (id INT);
  CREATE TABLE \`a\`\`b'"\\\` (\`line
end\` INT, \`Größe\` INT);
  CREATE SEQUENCE numbers START WITH 100; DO NEXTVAL(numbers);
  CREATE PROCEDURE p() SELECT 1; CREATE FUNCTION f() RETURNS INT RETURN 1; CREATE PROCEDURE quiet() SELECT 1;
  CREATE TRIGGER one BEFORE INSERT ON words FOR EACH ROW SET @a = 1; CREATE TRIGGER two BEFORE INSERT ON words FOR EACH ROW SET @a = 2;
  CREATE EVENT e ON SCHEDULE EVERY 1 DAY DISABLE DO SELECT 1;
  CREATE USER app@'%' IDENTIFIED BY 'secret', old@localhost; CREATE ROLE readers; GRANT SELECT (a), UPDATE (b) ON d.sound TO app@'%'; GRANT SELECT ON d.* TO readers;
  GRANT readers TO app@'%'; GRANT EXECUTE ON PROCEDURE d.p TO old@localhost;
  CREATE SERVER far FOREIGN DATA WRAPPER mysql OPTIONS (HOST 'h', USER 'u', PASSWORD 'topsecret', DATABASE 'd');`;

/** Statements, each with the object and the part that must be named. */
const changes: readonly (readonly [statement: string, name: string, detail: string])[] = [
  ['DROP DATABASE hollow', 'database hollow', 'missing'],
  ['CREATE DATABASE extra', 'database extra', 'only the copy has it'],
  ['ALTER DATABASE latin COLLATE latin1_bin', 'database latin', 'options differs'],
  ['DROP TABLE empty_one', 'table d.empty_one', 'missing'],
  ['CREATE TABLE extra (id INT)', 'table d.extra', 'only the copy has it'],
  [
    "ALTER TABLE many MODIFY v VARCHAR(20) DEFAULT 'y' COMMENT 'it''s, (odd)', DROP KEY u, DROP CONSTRAINT c",
    'table d.many',
    'column `v` differs; key `u` is missing in the copy; constraint `c` is missing in the copy',
  ],
  ['ALTER TABLE child DROP FOREIGN KEY f', 'table d.child', 'foreign key `f` is missing in the copy'],
  [
    'ALTER TABLE parts REORGANIZE PARTITION p0 INTO (PARTITION p0 VALUES LESS THAN (5), PARTITION p5 VALUES LESS THAN (9))',
    'table d.parts',
    'partitions differs',
  ],
  ['ALTER TABLE history DROP SYSTEM VERSIONING', 'table d.history', 'other options is missing in the copy'],
  ["ALTER TABLE words COMMENT='y' CHARACTER SET latin1", 'table d.words', 'option COMMENT differs'],
  ['ALTER TABLE csv ENGINE=InnoDB', 'table d.csv', 'option ENGINE differs'],
  ['ALTER TABLE `a``b\'"\\` DROP COLUMN `Größe`', 'table d.`a``b\'"\\`', 'column `Größe` is missing in the copy'],
  [
    'CREATE OR REPLACE SQL SECURITY INVOKER VIEW seen AS SELECT a, COUNT(*) FROM sound GROUP BY a',
    'view d.seen',
    'security differs',
  ],
  ['ALTER SEQUENCE numbers RESTART 9000000', 'sequence d.numbers', 'next value'],
  ['ALTER PROCEDURE p SQL SECURITY INVOKER', 'procedure d.p', 'definition differs'],
  ['DROP FUNCTION f', 'function d.f', 'missing'],
  [
    "SET sql_mode = ''; DROP PROCEDURE quiet; CREATE PROCEDURE quiet() SELECT 1",
    'procedure d.quiet',
    'sql_mode differs',
  ],
  [
    'DROP TRIGGER one; CREATE TRIGGER one BEFORE INSERT ON words FOR EACH ROW SET @a = 1',
    'trigger d.one',
    'order differs',
  ],
  ['SELECT 1', 'trigger d.two', 'order differs'],
  ['ALTER EVENT e ENABLE', 'event d.e', 'definition differs'],
  ["ALTER USER app@'%' IDENTIFIED BY 'other'", 'account app@%', 'credential differs'],
  ["REVOKE UPDATE (b) ON d.sound FROM app@'%'", 'account app@%', 'rights on column d.sound.b is missing in the copy'],
  ["REVOKE readers FROM app@'%'", 'account app@%', 'role readers is missing in the copy'],
  ['GRANT INSERT ON d.* TO readers', 'account readers', 'rights on database d differs'],
  ['DROP USER old@localhost', 'account old@localhost', 'missing'],
  ["ALTER SERVER far OPTIONS (HOST 'other')", 'server far', 'definition differs'],
];

let folder: string;
let data: string;
beforeAll(async () => {
  await ensurePrerequisites();
  folder = mkdtempSync(join(tmpdir(), 'holdfast-copy-'));
  data = join(folder, 'data');
  await installDatabase(data);
  await withServer(data, (sql) => sql(source));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const definitions = (of: string): Definitions => readDefinitions(runOnHost('definitions', of));
const limits = { Seconds: '600', ViewSeconds: '60', ThoroughSeconds: '300', TotalSeconds: '600' };

function checkTables(of: string, more: Partial<typeof limits> = {}): Map<string, CheckResult> {
  const known = { unreadable: new Map<string, string>(), views: new Set(['d.seen', 'd.endless']) };
  const answer = runOnHost('check-tables', of, { ...limits, ...more });
  return new Map(judgeTables(answer, known, '600').map((one) => [one.name, one]));
}

let serverVersion = '';

function checkPages(of: string): CheckResult {
  const parameters = { DataDir: of, ServerVersion: serverVersion, PageSize: '16384', TotalSeconds: '600' };
  return judgePages(runOnHost('check-pages', of, parameters), serverVersion);
}

async function copyOf(name: string): Promise<string> {
  const copy = join(folder, name, 'data');
  await command('mkdir', '-p', join(folder, name));
  await command('cp', '-a', data, copy);
  await command('chown', 'mysql:mysql', join(folder, name));
  return copy;
}

test('of a sound copy, each check says what it proves and no more; of credentials nothing leaves the host', async () => {
  let before: Definitions | undefined;
  await withServer(data, async (sql) => {
    before = definitions(data);
    serverVersion = before.serverVersion;
    const { output } = runOnHost('definitions', data);
    const [hash = ''] = (
      await sql(
        "SELECT REPLACE(JSON_VALUE(Priv, '$.authentication_string'), '*', '') FROM mysql.global_priv WHERE User = 'app'",
      )
    )
      .trim()
      .split('\n')
      .slice(1);
    expect(hash).toMatch(/^[0-9A-F]{40}$/);
    expect(gunzipSync(Buffer.from(output, 'base64')).toString('latin1')).not.toMatch(new RegExp(`topsecret|${hash}`));
  });
  const copy = await copyOf('sound');
  await withServer(copy, async () => {
    const [result, ...others] = compareDefinitions({ before, after: before, mode: 'stop' }, definitions(copy));
    expect(result).toMatchObject({ name: 'definitions', outcome: 'passed' });
    expect(others).toEqual([]);
    const checks = checkTables(copy);
    expect([...checks.values()].filter(({ outcome }) => outcome === 'failed' || outcome === 'unproven')).toEqual([]);
    expect(checks.get('indexes compared')?.detail).toBe('7 indexes of InnoDB hold what their tables hold');
    expect(checks.get('views read')?.detail).toBe('1 views were read to their end');
    expect(checks.get('views not read')?.output).toContain('d.broken');
    expect(checks.get('tables without a check')?.output).toContain('d.memory');
  });
  expect(checkPages(copy)).toMatchObject({ outcome: 'passed' });
});

test('a changed definition is noticed by its name, whatever was changed', async () => {
  const copy = await copyOf('changed');
  await withServer(copy, async (sql) => {
    // The changes come long after the backup: what is made while it is taken may be gone again after it.
    const before = { ...definitions(copy), takenAt: new Date(Date.now() - 3_600_000).toISOString() };
    for (const [statement] of changes) await sql(`USE d; ${statement}`);
    const results = compareDefinitions({ before, after: before, mode: 'stop' }, definitions(copy));
    const noticed = results.filter(({ outcome }) => outcome === 'failed' || outcome === 'unproven');
    // Nothing says when a database was made.
    expect(noticed.filter(({ outcome }) => outcome === 'unproven').map(({ name }) => name)).toEqual(['database extra']);
    const found = new Map(noticed.map((one) => [one.name, one.detail]));
    for (const [statement, name, detail] of changes) expect(`${statement}: ${found.get(name)}`).toContain(detail);
    expect([...found.keys()].sort()).toEqual([...new Set(changes.map(([, name]) => name))].sort());
  });
});

/** Statements while the backup is taken, then those that undo them, and the objects that are in doubt in between. */
const changedBack: readonly (readonly [change: string, undo: string, names: readonly string[]])[] = [
  ['DROP VIEW seen', 'CREATE VIEW seen AS SELECT a, COUNT(*) FROM sound GROUP BY a', ['view d.seen']],
  ['DROP DATABASE hollow', 'CREATE DATABASE hollow', ['database hollow']],
  ['ALTER EVENT once DISABLE', 'ALTER EVENT once ENABLE', ['event d.once']],
  ["REVOKE readers FROM app@'%'", "GRANT readers TO app@'%'", ['account app@%']],
  ["ALTER PROCEDURE p COMMENT 'x'", "ALTER PROCEDURE p COMMENT ''", ['procedure d.p']],
  // The statements of a routine count, and prepared ones.
  ['CALL drops()', "EXECUTE IMMEDIATE 'CREATE OR REPLACE VIEW other AS SELECT 1'", ['view d.other']],
];

test.each(changedBack)(
  '%s and back leaves the backup unproven; the same in the copy alone is bad',
  async (change, undo, names) => {
    const copy = await copyOf(`back-${changedBack.findIndex(([one]) => one === change)}`);
    await withServer(copy, async (sql) => {
      await sql(
        'USE d; CREATE VIEW other AS SELECT 1; CREATE EVENT once ON SCHEDULE AT NOW() + INTERVAL 9 DAY DO SELECT 1; CREATE PROCEDURE drops() DROP VIEW other;',
      );
      const before = definitions(copy);
      const still = definitions(copy);
      // Times of change are whole seconds.
      await new Promise((done) => setTimeout(done, 1100));
      await sql(`USE d; ${change}`);
      const between = definitions(copy);
      await sql(`USE d; ${undo}`);
      const after = definitions(copy);
      const noticed = (source: Definitions) =>
        compareDefinitions({ before, after: source, mode: 'freeze' }, between)
          .filter(({ outcome }) => outcome !== 'passed' && outcome !== 'not-compared')
          .map(({ name, outcome }) => `${name} ${outcome}`);
      expect(noticed(after)).toEqual(names.map((name) => `${name} unproven`));
      expect(noticed(still)).toEqual(names.map((name) => `${name} failed`));
    });
    await withServer(copy, async (sql) => {
      // A server that was started anew has counted nothing yet.
      const after = definitions(copy);
      expect(after.changes).toMatchObject({ from: {}, to: {} });
      await sql(`USE d; ${change}`);
      const { changes } = definitions(copy);
      expect(Object.keys(changes?.to ?? {})).not.toEqual([]);
    });
  },
);

test('a damaged index is noticed, with and without a checksum that fits', async () => {
  const copy = await copyOf('damaged');
  const file = (name: string): string => join(copy, 'd', name);
  // Compact records (InnoDB's rem0rec.h): bits and the number of owned records stand five bytes before a record, the way to the
  // next one two bytes before it; its first column is that of the index. The list begins with the infimum, at 99.
  const next = (bytes: Buffer, at: number): number => (at + bytes.readInt16BE(at - 2)) & 16_383;
  const owned = (bytes: Buffer, at: number): number => bytes.readUInt8(at - 5) & 15;
  const middle = (bytes: Buffer): number => {
    let at = 99;
    for (let step = 0; step < 20 || owned(bytes, next(bytes, at)) > 0; step += 1) at = next(bytes, at);
    return at;
  };
  const unlink = (bytes: Buffer): void => {
    const before = middle(bytes);
    const after = next(bytes, next(bytes, before));
    let owner = after;
    while (owned(bytes, owner) === 0) owner = next(bytes, owner);
    bytes.writeUInt8(bytes.readUInt8(owner - 5) - 1, owner - 5);
    bytes.writeInt16BE(after - before, before - 2);
    bytes.writeUInt16BE(bytes.readUInt16BE(54) - 1, 54);
  };
  const edit = (name: string, change: (bytes: Buffer) => void): void =>
    forge(file(`${name}.ibd`), leaf(file(`${name}.ibd`), 'index'), change);
  edit('marked', (bytes) => bytes.writeUInt8(bytes.readUInt8(middle(bytes) - 5) | 0x20, middle(bytes) - 5));
  edit('moved', (bytes) => bytes.writeUInt8(bytes.readUInt8(middle(bytes) + 3) ^ 1, middle(bytes) + 3));
  edit('unlinked', unlink);
  flipInPage(file('torn.ibd'), leaf(file('torn.ibd'), 'index'), 200);
  flip(file('my.MYI'), 5000);
  flip(file('aria.MAI'), 8192 * 4 + 100);
  expect(checkPages(copy)).toMatchObject({ outcome: 'failed', output: expect.stringMatching(/torn\.ibd/) });
  await withServer(copy, async () => {
    const checks = checkTables(copy);
    const failed = [...checks.values()].filter(({ outcome }) => outcome === 'failed').map(({ name }) => name);
    expect(failed.join('\n')).toMatch(/index by_a of d.marked/);
    for (const name of ['moved', 'unlinked', 'torn', 'my', 'aria'])
      expect(failed.join('\n')).toMatch(new RegExp(`d\\.${name}\\b`));
    expect(failed.join('\n')).not.toMatch(/sound/);
  });
});

/** A view that takes hours. */
const endless =
  'USE d; CREATE VIEW endless AS SELECT COUNT(*) FROM seq_1_to_1000000 a, seq_1_to_1000000 b, seq_1_to_1000 c WHERE a.seq + b.seq + c.seq = 0';

test('an index that the server ignores is named, and not compared', async () => {
  const copy = await copyOf('ignored');
  await withServer(copy, async (sql) => {
    await sql('ALTER TABLE d.sound ALTER INDEX by_a IGNORED');
    const checks = checkTables(copy);
    expect(checks.get('indexes not compared')?.output).toMatch(/index by_a of d\.sound: the server ignores it/);
    expect([...checks.values()].filter(({ outcome }) => outcome === 'failed' || outcome === 'unproven')).toEqual([]);
  });
});

test('a view that does not end is left, and what follows is checked; a step that does not end is unproven', async () => {
  const copy = await copyOf('endless');
  await withServer(copy, async (sql) => {
    await sql(`${endless}; CREATE VIEW later AS SELECT 1`);
    const checks = checkTables(copy, { ViewSeconds: '1' });
    expect(checks.get('views read')?.detail).toBe('2 views were read to their end');
    expect(checks.get('views not read')?.output).toMatch(/view d\.endless.*interrupted/);
    // All of them together have one limit; what was left is named, and what came before is judged.
    await sql('USE d; CREATE VIEW endless2 AS SELECT * FROM endless; CREATE VIEW endless3 AS SELECT * FROM endless');
    const few = checkTables(copy, { ViewSeconds: '60', ThoroughSeconds: '2' });
    expect(
      few
        .get('views not read')
        ?.output?.split('\n')
        .filter((line) => /a fifth of read-timeout/.test(line))
        .map((line) => line.split(':')[0]),
    ).toEqual(['endless', 'endless2', 'endless3', 'later', 'seen'].map((name) => `view d.${name}`));
    expect(few.get('indexes compared')?.detail).toBe('7 indexes of InnoDB hold what their tables hold');
    expect([...few.values()].filter(({ outcome }) => outcome === 'failed' || outcome === 'unproven')).toEqual([]);
    await sql('USE d; DROP VIEW endless2, endless3');
    expect(checkTables(copy, { TotalSeconds: '2' }).get('checks end in time')).toMatchObject({
      outcome: 'unproven',
      detail: expect.stringContaining('view d.endless'),
    });
    // The session is gone, too: nothing goes on in a server that is to be stopped.
    expect(await sql("SELECT id FROM information_schema.processlist WHERE info LIKE '%AS v'")).toBe('');
  });
});

test('a server that dies of a check without a word of damage leaves the copy unproven', async () => {
  const copy = await copyOf('dies');
  await withServer(copy, async (sql) => {
    await sql(endless);
    const client = `mariadb --no-defaults --socket=${join(copy, 'lab.sock')}`;
    const killer = `until ${client} -e 'SHOW PROCESSLIST' | grep -q 'AS v'; do sleep 0.1; done; kill -9 $(cat ${copy}/*.pid)`;
    spawn('bash', ['-c', killer], { stdio: 'ignore', detached: true }).unref();
    const checks = checkTables(copy);
    expect(checks.get('server survives the checks')).toMatchObject({
      outcome: 'unproven',
      detail: expect.stringContaining('while it checked view d.endless'),
    });
    expect(checks.get('tables checked')).toMatchObject({ outcome: 'passed' });
  });
});
