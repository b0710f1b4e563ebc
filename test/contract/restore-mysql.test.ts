/** The commands fetchdb, populatedb and restore for MySQL and MariaDB, on a real server. */
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type MysqlServer, startMysql } from '../../lab/hosts/mysql/server.ts';
import { ensurePrerequisites } from '../../lab/hosts/prerequisites.ts';
import { quoted } from '../../src/dump/engines/mysql/names.ts';
import { failureOf, type Publisher, startPublisher } from './support-published.ts';

let directory: string;
let server: MysqlServer;
let it: Publisher;

const sample = `
  CREATE TABLE person (id int PRIMARY KEY AUTO_INCREMENT, email varchar(100), photo blob, INDEX (email));
  INSERT INTO person (email, photo) VALUES ('ann@acme.test', x'00FF275C0A'), ('it''s; USE \`other\`;@acme.test', NULL);
  CREATE TABLE orders (id int PRIMARY KEY, person int, CONSTRAINT ordered FOREIGN KEY (person) REFERENCES person (id));
  INSERT INTO orders VALUES (1, 1), (2, 1);
  CREATE TABLE log (what varchar(100));
  CREATE FUNCTION twice (a int) RETURNS int DETERMINISTIC RETURN a * 2;
  CREATE VIEW b_totals AS SELECT person, twice(COUNT(*)) AS n FROM orders GROUP BY person;
  CREATE VIEW a_top AS SELECT * FROM b_totals;
  CREATE TRIGGER noted AFTER INSERT ON orders FOR EACH ROW INSERT INTO log VALUES ('ordered');
  CREATE EVENT cleaning ON SCHEDULE EVERY 1 DAY STARTS '2026-01-01 00:00:00' DO DELETE FROM log;`;

/** One statement a call, so that none needs a delimiter. */
const fill = async (database: string): Promise<void> => {
  await server.sql(`CREATE DATABASE ${quoted(database)} CHARACTER SET latin1`);
  for (const one of sample.split(/;\n/)) await server.sql(one, database);
};
const dumpOf = (...parameters: string[]): Buffer =>
  execFileSync(
    'mariadb-dump',
    [
      `--socket=${server.socket}`,
      `--user=${server.user}`,
      '--single-transaction',
      '--routines',
      '--events',
      '--hex-blob',
      ...parameters,
    ],
    { env: { ...process.env, MYSQL_PWD: server.password }, maxBuffer: 1e9 },
  );
/** Everything that a database holds, without its own name. */
const contentOf = (database: string): string =>
  dumpOf('--skip-comments', '--skip-dump-date', database).toString('latin1');
const archive = (source: string, bytes: Buffer, takenAt: string, database: string) => ({
  source,
  engine: 'mysql' as const,
  database,
  takenAt,
  files: [
    { kind: 'archive' as const, key: `db/${source}.sql.gz`, bytes: gzipSync(bytes) },
    { kind: 'anonymised' as const, key: `db/${source}.anon.sql.gz`, bytes: gzipSync(bytes) },
  ],
});
const databases = async (): Promise<readonly string[]> =>
  (await server.sql('SHOW DATABASES'))
    .split('\n')
    .filter((name) => !/^(information_schema|mysql|performance_schema|sys)$/.test(name));

let shop: string;

beforeAll(async () => {
  ensurePrerequisites();
  directory = mkdtempSync(join(tmpdir(), 'holdfast-restore-mysql-'));
  chmodSync(directory, 0o755);
  server = await startMysql({ directory: join(directory, 'mysql') });
  it = await startPublisher();
  await fill('shop');
  await fill('über `x');
  shop = contentOf('shop');
  // In the words of somebody who named the database, which a trigger keeps.
  await server.sql(
    'DROP TRIGGER noted; CREATE TRIGGER shop.noted AFTER INSERT ON shop.orders FOR EACH ROW INSERT INTO log VALUES ("ordered")'.replaceAll(
      '"',
      "'",
    ),
    'shop',
  );
  await it.publish(archive('shop.prod', dumpOf('shop'), '2026-11-26T01:00:00.000Z', 'shop'));
  await it.publish(
    archive('all.prod', dumpOf('--databases', 'shop', 'über `x'), '2026-11-26T01:00:00.000Z', 'all databases'),
  );
}, 120_000);
afterAll(async () => {
  await it.stop();
  await server.stop();
  rmSync(directory, { recursive: true, force: true });
});

describe('restore', () => {
  test('lists dumps, and restores one into an empty database', async () => {
    expect((await it.run('restore', 'shop.prod', '--list')).out).toMatch(/^20261126T010000Z {2}good .*archive/);
    await server.sql('CREATE DATABASE empty CHARACTER SET latin1');
    const ended = await it.run('restore', 'shop.prod', '--to', server.url('empty'));
    expect(failureOf(ended)).toBe('');
    expect(ended.err).toContain(`zcat shop.prod.sql.gz | sed '1{/sandbox mode/d}' | mysql --host=127.0.0.1`);
    expect(ended.err).toContain('left out the DEFINER of');
    expect(contentOf('empty')).toBe(shop);
    const again = await it.run('restore', 'shop.prod', '--to', server.url('empty'));
    expect(again).toMatchObject({ status: 1, err: expect.stringContaining('is not empty; nothing was changed') });
    expect((await it.run('restore', 'shop.prod', '--to', server.url('missing'))).err).toContain('there is no database');
  }, 60_000);

  test('replaces a database with everything in it, keeps its character set, and leaves nothing beside it', async () => {
    await server.sql('CREATE DATABASE live CHARACTER SET utf8mb3');
    await server.sql('CREATE TABLE person (old int); INSERT INTO person VALUES (1)', 'live');
    await server.sql('CREATE VIEW log AS SELECT * FROM person', 'live');
    await server.sql('CREATE TRIGGER older BEFORE INSERT ON person FOR EACH ROW SET @a = 1', 'live');
    await server.sql('CREATE PROCEDURE gone () SELECT 1', 'live');
    const ended = await it.run('restore', 'shop.prod', '--to', server.url('live'), '--replace');
    expect(failureOf(ended)).toBe('');
    // Objects remember the character set of the database that they were made in.
    expect(
      contentOf('live').replaceAll('utf8mb3_general_ci', 'latin1_swedish_ci').replaceAll('utf8mb3', 'latin1'),
    ).toBe(shop);
    expect(
      await server.sql("SELECT DEFAULT_CHARACTER_SET_NAME FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = 'live'"),
    ).toBe('utf8mb3');
    expect(
      await server.sql('INSERT INTO orders VALUES (3, 2); SELECT n FROM a_top ORDER BY n; SELECT * FROM log', 'live'),
    ).toBe('2\n4\nordered');
    // The foreign key is between the new tables.
    await expect(server.sql('INSERT INTO orders VALUES (4, 77)', 'live')).rejects.toThrow(/foreign key/);
    expect((await databases()).filter((name) => name.startsWith('holdfast_'))).toEqual([]);
    expect(failureOf(await it.run('restore', 'shop.prod', '--to', server.url('anew'), '--replace'))).toBe('');
    expect(
      contentOf('anew')
        .replaceAll(/utf8mb4_\w+_ci/g, 'latin1_swedish_ci')
        .replaceAll('utf8mb4', 'latin1'),
    ).toContain('a_top');
  }, 90_000);

  test('of a dump of the whole server chooses one database, or restores all, never over one that is not empty', async () => {
    await server.sql('CREATE DATABASE chosen CHARACTER SET latin1');
    const several = await it.run('restore', 'all.prod', '--to', server.url('chosen'), '--replace');
    expect(several).toMatchObject({ status: 1, err: expect.stringContaining('choose one with --only DATABASE') });
    const chosen = await it.run('restore', 'all.prod', '--to', server.url('chosen'), '--only', 'über `x', '--replace');
    expect(failureOf(chosen)).toBe('');
    expect(contentOf('chosen')).toBe(shop);
    const absent = await it.run('restore', 'all.prod', '--to', server.url('chosen'), '--only', 'nothing', '--replace');
    expect(absent).toMatchObject({ status: 1, err: expect.stringContaining('the dump has no database nothing') });
    expect(contentOf('chosen')).toBe(shop);
    const refused = await it.run('restore', 'all.prod', '--to', server.url());
    expect(refused).toMatchObject({ status: 1, err: expect.stringContaining('is not empty; nothing was changed') });
    await server.sql('DELETE FROM orders', 'shop');
    await server.sql('DROP DATABASE `über ``x`');
    const all = await it.run('restore', 'all.prod', '--to', server.url(), '--replace');
    expect(failureOf(all)).toBe('');
    expect([contentOf('shop'), contentOf('über `x')]).toEqual([shop, shop]);
  }, 120_000);

  test('leaves the old database as it is when the dump is damaged, or other tables refer to it', async () => {
    const bytes = dumpOf('shop');
    const cut = archive('cut.prod', bytes.subarray(0, bytes.length - 2000), '2026-11-26T01:00:00.000Z', 'shop');
    await it.publish({ ...cut, files: [{ ...cut.files[0], bytes: cut.files[0]?.bytes.subarray(0, -30) } as never] });
    await fill('kept');
    expect(await it.run('restore', 'cut.prod', '--to', server.url('kept'), '--replace')).toMatchObject({ status: 1 });
    expect(contentOf('kept')).toBe(shop);
    await server.sql('CREATE DATABASE near; CREATE TABLE near.r (a int, FOREIGN KEY (a) REFERENCES kept.person (id))');
    const refused = await it.run('restore', 'shop.prod', '--to', server.url('kept'), '--replace');
    expect(refused.err).toContain('tables of other databases have foreign keys to kept (near.r)');
    expect((await databases()).filter((name) => name.startsWith('holdfast_'))).toEqual([]);
    await server.sql('DROP DATABASE near');
  }, 90_000);

  test('undoes a replacement whose views cannot be made, and sweeps what a dead run left', async () => {
    await server.sql(
      `CREATE USER poor IDENTIFIED BY 'secret'; GRANT ALL ON live2.* TO poor; GRANT ALL ON \`holdfast\\_%\`.* TO poor; REVOKE CREATE VIEW ON live2.* FROM poor`,
    );
    await server.sql(
      'CREATE DATABASE live2; CREATE TABLE live2.old (a int); CREATE PROCEDURE live2.theirs () SELECT 1',
    );
    await server.sql(
      "CREATE DATABASE holdfast_new_0123456789abcdef; CREATE TABLE holdfast_new_0123456789abcdef.holdfast_note (a int) COMMENT='made by Holdfast to replace the database live2; unfinished'",
    );
    await server.sql(
      'CREATE DATABASE holdfast_new_fedcba9876543210; CREATE TABLE holdfast_new_fedcba9876543210.mine (a int)',
    );
    const url = server.url('live2').replace(/\/\/.*@/, '//poor:secret@');
    const unread = await it.run('restore', 'shop.prod', '--to', url, '--replace');
    expect(unread.err).toContain('this account may not read the definition of the procedure theirs');
    await server.sql(
      'DROP PROCEDURE live2.theirs; CREATE TRIGGER live2.kept BEFORE INSERT ON live2.old FOR EACH ROW SET @a = 1',
    );
    const before = contentOf('live2');
    const failed = await it.run('restore', 'shop.prod', '--to', url, '--replace');
    expect(failed.status).toBe(1);
    expect(failed.err).toMatch(/live2 could not be replaced, and is as it was[\s\S]*CREATE VIEW command denied/);
    expect(contentOf('live2').replaceAll('`poor`@`%`', '`lab`@`%`')).toBe(before);
    expect(await databases()).not.toContain('holdfast_new_0123456789abcdef');
    expect(await databases()).toContain('holdfast_new_fedcba9876543210');
    await server.sql('GRANT CREATE VIEW ON live2.* TO poor');
    expect(failureOf(await it.run('restore', 'shop.prod', '--to', url, '--replace'))).toBe('');
    expect(await server.sql('SELECT n FROM a_top', 'live2')).toBe('4');
  }, 90_000);

  test('says what is wrong with a URL of another engine, and with options that it has not', async () => {
    const other = await it.run('restore', 'shop.prod', '--to', 'postgresql://u:p@127.0.0.1/shop');
    expect(other).toMatchObject({
      status: 1,
      err: expect.stringContaining('the dump is of MySQL, and --to is a URL of PostgreSQL'),
    });
    const wrong = await it.run('restore', 'shop.prod', '--to', server.url('x'), '--users');
    expect(wrong).toMatchObject({
      status: 2,
      err: expect.stringContaining('--users: a dump of MySQL has no such part'),
    });
  });
});

describe('fetchdb and populatedb', () => {
  test('fetch the newest proven anonymised dump, and load it as often as they are run', async () => {
    const file = join(directory, 'shop.anon.sql.gz');
    expect(failureOf(await it.run('fetchdb', 'shop.prod', '--to', file))).toBe('');
    expect(existsSync(file)).toBe(true);
    for (let times = 0; times < 2; times += 1) {
      const loaded = await it.run('populatedb', 'shop.prod', '--from', file, '--to', server.url('app'));
      expect(failureOf(loaded)).toBe('');
      expect(await server.sql('SELECT n FROM a_top', 'app')).toBe('4');
      await server.sql('DELETE FROM orders', 'app');
    }
    const refused = await it.run('populatedb', 'shop.prod', '--from', file, '--to', server.url('shop'));
    expect(refused).toMatchObject({
      status: 1,
      err: expect.stringContaining('is not empty, and this command did not make it'),
    });
    const remote = await it.run('populatedb', 'shop.prod', '--from', file, '--to', 'mysql://u:p@db.example.org/app');
    expect(remote.err).toContain('is not on this computer');
  }, 90_000);

  test('runs nothing of a dump in the shell, and touches no other database', async () => {
    const file = join(directory, 'evil.sql');
    const proof = join(directory, 'proof');
    writeFileSync(file, `CREATE TABLE t (a int);\n\\! touch ${proof}\nsystem touch ${proof};\n`);
    await it.run('populatedb', 'shop.prod', '--from', file, '--to', server.url('evil'));
    expect(existsSync(proof)).toBe(false);
    writeFileSync(file, 'DROP DATABASE shop;\nUSE `theirs`;\nCREATE TABLE t (a int);\n');
    expect(failureOf(await it.run('populatedb', 'shop.prod', '--from', file, '--to', server.url('evil')))).toBe('');
    expect(contentOf('shop')).toBe(shop);
    expect(await server.sql('SHOW TABLES', 'evil')).toBe('holdfast_note\nt');
  }, 60_000);
});
