/** Dumps of MySQL and MariaDB while others write, wait and lock; and accounts that may not do everything. */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createConnection } from 'mysql2/promise';
import { pause } from '../../lab/hosts/command.ts';
import { ensurePrerequisites } from '../../lab/hosts/prerequisites.ts';
import { containerPlace } from '../../src/adapters/kubernetes/container.ts';
import { explain } from '../../src/runtime/errors.ts';
import { MysqlDatabases, proveArchive } from './support-mysql.ts';

const databases = new MysqlDatabases();

beforeAll(async () => {
  ensurePrerequisites();
  await databases.start();
  await databases.source.sql(`CREATE DATABASE busy; USE busy;
CREATE TABLE moving (id int PRIMARY KEY AUTO_INCREMENT, x int, KEY (x)); INSERT INTO moving (x) SELECT seq FROM seq_1_to_20000;
CREATE TABLE plain (id int PRIMARY KEY AUTO_INCREMENT, x int) ENGINE=MyISAM; INSERT INTO plain (x) SELECT seq FROM seq_1_to_20000;
CREATE TABLE still (id int PRIMARY KEY, x int); INSERT INTO still SELECT seq, seq FROM seq_1_to_1000; CREATE SEQUENCE numbers;`);
}, 120_000);
afterAll(() => databases.stop());

/** An account with some privileges on the database, and its URL. */
async function accountWith(name: string, grants: readonly string[], password = 'pw'): Promise<string> {
  const { source } = databases;
  await source.sql(`CREATE USER '${name}'@'%' IDENTIFIED BY '${password.replace(/[\\']/g, '\\$&')}'`);
  for (const grant of grants) await source.sql(`GRANT ${grant} TO '${name}'@'%'`);
  return `mysql://${name}:${encodeURIComponent(password)}@${source.host}:${source.port}/busy`;
}

const reading = ['SELECT, SHOW VIEW, TRIGGER, EVENT ON busy.*', 'SELECT ON mysql.proc'];

/** Writes until it is stopped. */
async function writer(alsoPlain = false): Promise<() => Promise<number>> {
  const connection = await createConnection(databases.source.url('busy'));
  let running = true;
  let writes = 0;
  const work = (async (): Promise<void> => {
    while (running) {
      const id = 1 + ((writes * 7919) % 20_000);
      await connection.query(`UPDATE moving SET x = x + 1 WHERE id = ${id}`);
      await connection.query(`DELETE FROM moving WHERE id = ${id + 1}`);
      await connection.query('INSERT INTO moving (x) VALUES (NEXTVAL(numbers))');
      if (alsoPlain) await connection.query(`UPDATE plain SET x = x + 1 WHERE id = ${id}`);
      writes += 1;
    }
  })();
  return async () => {
    running = false;
    await work;
    await connection.end();
    return writes;
  };
}

test('under a lock, what is dumped while others write is the same to the last row; a row less is bad', async () => {
  for (let run = 0; run < 4; run += 1) {
    const stop = await writer();
    const dump = await databases
      .dump({ database: 'busy' })
      .finally(async () => expect(await stop()).toBeGreaterThan(0));
    expect(dump.source.after).toBeUndefined();
    expect(await proveArchive(dump)).toMatchObject({ verdict: 'good', findings: [] });
    if (run > 0) continue;
    const change = async (): Promise<void> => {
      const copy = await databases.scratch.sql(
        "SELECT table_schema FROM information_schema.tables WHERE table_name = 'moving'",
      );
      await databases.scratch.sql('DELETE FROM moving ORDER BY id DESC LIMIT 1', copy);
    };
    expect(await proveArchive(dump, { change })).toMatchObject({
      verdict: 'bad',
      findings: [expect.stringMatching(/^rows of busy\.moving: expected \d+, found \d+$/)],
    });
  }
}, 240_000);

test('without any lock, what stood still is compared: a faithful dump is not bad, and a lost row is not good', async () => {
  const url = await accountWith('reader', reading);
  const stop = await writer(true);
  const dump = await databases.dump({ url }).finally(stop);
  expect(dump.archive.warnings?.join('\n')).toMatch(/not of one moment.*neither RELOAD nor LOCK TABLES/s);
  expect((await proveArchive(dump)).verdict).not.toBe('bad');
  const change = async (): Promise<void> => {
    const copy = await databases.scratch.sql(
      "SELECT table_schema FROM information_schema.tables WHERE table_name = 'still'",
    );
    await databases.scratch.sql('DELETE FROM still LIMIT 1', copy);
  };
  expect((await proveArchive(dump, { change })).verdict).toBe('bad');
}, 120_000);

test('LOCK TABLES takes the place of RELOAD', async () => {
  const url = await accountWith('locker', [...reading, 'LOCK TABLES ON busy.*']);
  const stop = await writer();
  const dump = await databases.dump({ url }).finally(stop);
  expect(dump.source.after).toBeUndefined();
  expect(await proveArchive(dump)).toMatchObject({ verdict: 'good', findings: [] });
  expect(dump.facts.notes.join('\n')).toContain("GRANT BINLOG MONITOR ON *.* TO 'locker'@'%';");
}, 120_000);

test('an open transaction is not waited for without end', async () => {
  const url = await accountWith('patient', [...reading, 'LOCK TABLES ON busy.*']);
  const blocker = await createConnection(databases.source.url('busy'));
  await blocker.query('START TRANSACTION');
  await blocker.query('UPDATE still SET x = x WHERE id = 1');
  const dump = await databases.dump({ url, lockTimeoutSeconds: 2 }).finally(() => blocker.end());
  expect(dump.archive.warnings?.join('\n')).toMatch(/LOCK TABLES was not granted within 2 s/);
  expect(await proveArchive(dump)).toMatchObject({ verdict: 'good' });
}, 120_000);

test('a dump that waits for the lock of a table ends with an error', async () => {
  const [altering, blocker] = await Promise.all([1, 2].map(() => createConnection(databases.source.url('busy'))));
  await blocker?.query('LOCK TABLES still WRITE');
  try {
    await expect(databases.dump({ database: 'busy', lockTimeoutSeconds: 2 })).rejects.toThrow(/lock/i);
  } finally {
    await blocker?.end();
    await altering?.end();
  }
}, 120_000);

test('each privilege that is missing is named with its GRANT, before anything is dumped', async () => {
  await databases.source.sql(
    'CREATE VIEW busy.v AS SELECT 1 AS n; CREATE FUNCTION busy.f() RETURNS int DETERMINISTIC RETURN 1',
  );
  const url = await accountWith('blind', ['SELECT ON busy.*', 'EXECUTE ON busy.*']);
  const error = explain(
    await databases
      .engine({ url })
      .inspect()
      .catch((thrown: unknown) => thrown),
  );
  expect(error.code).toBe('access-denied');
  expect(error.what).toContain("GRANT SHOW VIEW, TRIGGER, EVENT ON `busy`.* TO 'blind'@'%';");
  expect(error.what).toContain("GRANT SELECT ON `mysql`.`proc` TO 'blind'@'%';");
  await databases.source.sql('DROP VIEW busy.v; DROP FUNCTION busy.f');
});

test('what an account may not see, and what keeps writers from waiting, is said with its GRANT', async () => {
  await databases.source.sql('CREATE DATABASE hid; CREATE TABLE busy.other (id int)');
  const all = (name: string, grants: readonly string[]) =>
    accountWith(name, grants).then((url) => url.replace('/busy', ''));
  const notesOf = async (url: string): Promise<string> =>
    (await databases.engine({ url, excluded: ['hid'] }).inspect()).notes.join('\n');
  const few = await notesOf(await all('few', reading));
  expect(few).toContain('may not see every database of the server');
  expect(few).toContain("GRANT SHOW DATABASES ON *.* TO 'few'@'%';");
  expect(few).toContain("GRANT RELOAD ON *.* TO 'few'@'%'; or GRANT LOCK TABLES ON `busy`.* TO 'few'@'%';");
  const many = await notesOf(await all('many', [...reading, 'SHOW DATABASES, RELOAD ON *.*']));
  expect(many).not.toMatch(/may not see every|lets writers wait/);
  const refused = async (url: string) =>
    explain(
      await databases
        .engine({ url })
        .inspect()
        .catch((thrown: unknown) => thrown),
    );
  expect((await refused(await accountWith('none', []))).fix).toContain(
    "GRANT SELECT, SHOW VIEW, TRIGGER, EVENT, LOCK TABLES ON `busy`.* TO 'none'@'%';",
  );
  expect((await refused(await all('naught', []))).fix).toContain("SHOW DATABASES ON *.* TO 'naught'@'%';");
  // Of other tables, it is not even shown that they are there.
  expect((await refused(await accountWith('single', ['SELECT ON busy.still']))).fix).toContain(
    "GRANT SELECT, SHOW VIEW, TRIGGER, EVENT ON `busy`.* TO 'single'@'%';",
  );
  await databases.source.sql('DROP DATABASE hid; DROP TABLE busy.other');
});

test('where most bytes are in tables without transactions, writers wait until the dump has ended, and go on', async () => {
  await databases.source.sql(`CREATE DATABASE old; USE old; CREATE TABLE plain (id int PRIMARY KEY AUTO_INCREMENT, x varchar(200)) ENGINE=MyISAM;
INSERT INTO plain (x) SELECT REPEAT(MD5(seq), 4) FROM seq_1_to_20000; CREATE TABLE z LIKE plain; INSERT INTO z SELECT * FROM plain;`);
  const connection = await createConnection(databases.source.url('old'));
  let writing: Promise<unknown> = Promise.resolve();
  let wrote = false;
  const meanwhile = async (): Promise<void> => {
    writing = connection.query("UPDATE z SET x = 'new'").then(() => {
      wrote = true;
    });
    await pause(1500);
    expect(wrote).toBe(false);
  };
  const dump = await databases.dump({ database: 'old', meanwhile });
  await writing;
  await connection.end();
  expect(dump.facts.notes.join('\n')).toMatch(/all writers of the server wait until .*: old\.plain, old\.z/);
  expect(dump.archive.warnings?.join('\n')).toContain('all writers of the server waited');
  expect(dump.source.after).toBeUndefined();
  expect(dump.sql).not.toContain("'new'");
  expect(await proveArchive(dump)).toMatchObject({ verdict: 'good', findings: [] });
}, 60_000);

test('when the lock is lost while tables without transactions are dumped, they are not proven', async () => {
  const { source } = databases;
  const meanwhile = async (): Promise<void> => {
    const id = await source.sql(
      "SELECT id FROM information_schema.processlist WHERE db = 'old' AND command = 'Sleep' AND id <> CONNECTION_ID()",
    );
    for (const one of id.trim().split(/\s+/)) {
      const state = await source.sql(
        `SELECT COUNT(*) FROM information_schema.metadata_lock_info WHERE thread_id = ${one} AND lock_mode LIKE '%FTWRL%'`,
      );
      if (state.trim() === '1') await source.sql(`KILL ${one}`);
    }
  };
  await source.sql("INSTALL SONAME 'metadata_lock_info'");
  const dump = await databases.dump({ database: 'old', meanwhile });
  expect(await proveArchive(dump)).toMatchObject({
    verdict: 'unproven',
    findings: expect.arrayContaining([expect.stringContaining('the lock was lost')]),
  });
}, 60_000);

test('a dump that is cancelled or fails lets writers go on', async () => {
  const stop = new AbortController();
  const meanwhile = async (): Promise<void> => stop.abort(new Error('cancelled'));
  await expect(databases.dump({ database: 'old', signal: stop.signal, meanwhile })).rejects.toThrow();
  await databases.source.sql(
    "SET lock_wait_timeout = 10; UPDATE old.z SET x = 'newer' WHERE id = 1; DROP DATABASE old",
  );
}, 60_000);

test('a password may hold any character', async () => {
  const password = ' #;"\'\\`$%&*()[]{}<>?/|~!=,.:ä€\t-- ';
  const url = await accountWith('odd', [...reading, 'LOCK TABLES ON busy.*'], password);
  expect((await databases.dump({ url })).sql).toContain('-- Dump completed');
}, 60_000);

test('an invalid view is told by name, and left out, so the dump is unproven', async () => {
  await databases.source.sql(
    'CREATE DATABASE broken; USE broken; CREATE TABLE t (id int); CREATE VIEW gone AS SELECT id FROM t; CREATE VIEW kept AS SELECT 1 AS n; DROP TABLE t; CREATE TABLE u (id int)',
  );
  const dump = await databases.dump({ database: 'broken' });
  expect(dump.facts.notes.join('\n')).toMatch(
    /the view broken\.gone cannot be read, so it is not in the dump: .*references invalid/,
  );
  expect(await proveArchive(dump)).toMatchObject({
    verdict: 'unproven',
    findings: [
      expect.stringMatching(/^VIEW broken\.gone could not be read: .*repair or drop the view/),
      '5 of 5 figures are the same',
    ],
  });
}, 60_000);

test('all databases go into one dump, less the excluded; those that nobody chose are named', async () => {
  await databases.source.sql(
    'CREATE DATABASE one; CREATE TABLE one.t AS SELECT 1 AS x; CREATE DATABASE two; CREATE VIEW two.v AS SELECT x FROM one.t; CREATE DATABASE tmp_a',
  );
  const all = await databases.dump({ excluded: ['tmp_*', 'busy', 'broken'] });
  expect(all.source.databases).toEqual(['one', 'two']);
  expect(await proveArchive(all)).toMatchObject({ verdict: 'good', findings: [] });
  const chosen = databases.engine({ databases: ['one'], excluded: ['tmp_*'] });
  expect((await chosen.inspect()).uncovered).toEqual(['broken', 'busy', 'two']);
  await databases.scratch.sql('CREATE DATABASE one');
  expect(await proveArchive(all)).toMatchObject({
    verdict: 'unproven',
    findings: [expect.stringContaining('has a database `one` already')],
  });
  await databases.scratch.sql('DROP DATABASE one');
}, 120_000);

test('the scratch server is never the source, and what a dead run left is removed by the next', async () => {
  const engine = databases.engine({ database: 'one' });
  await engine.inspect();
  const dump = await databases.dump({ database: 'one' });
  const scratch = databases.scratch;
  databases.scratch = databases.source;
  const same = databases.engine({ database: 'one' });
  databases.scratch = scratch;
  await same.inspect();
  await expect(same.scratch('run:one', dump.source)).rejects.toThrow('is the source itself');
  const left = await engine.scratch('run:one', dump.source);
  await left.restore('archive', async function* () {
    yield dump.contents;
  });
  expect(await engine.sweep(async () => false)).toEqual([]);
  expect(await engine.sweep(async (owner) => owner === 'run:one')).toHaveLength(2);
  expect(await scratch.sql("SHOW DATABASES LIKE 'holdfast%'")).toBe('');
}, 60_000);

test('a server in a container is dumped by the tool there, and read through a relay', async () => {
  const bin = join(databases.folder, 'bin');
  mkdirSync(bin);
  // docker exec --interactive NAME PROGRAM …
  writeFileSync(join(bin, 'docker'), '#!/bin/sh\nshift 3\nexec "$@"\n');
  chmodSync(join(bin, 'docker'), 0o755);
  const environment = { ...process.env, PATH: `${bin}:${process.env.PATH}` } as Record<string, string>;
  const place = async () => containerPlace({ container: 'db', environment });
  const dump = await databases.dump({ database: 'busy', place });
  expect(dump.facts).toMatchObject({ place: 'the container db', tool: 'mariadb-dump' });
  expect(await proveArchive(dump)).toMatchObject({ verdict: 'good', findings: [] });
  await dump.engine.putAway();
}, 60_000);

test('a table that is altered while it is dumped is an error that says so', async () => {
  await databases.source.sql(
    `CREATE DATABASE altered; USE altered; CREATE TABLE a (id int, t longtext); INSERT INTO a SELECT seq, REPEAT(MD5(seq), 3000) FROM seq_1_to_200; CREATE TABLE z (id int)`,
  );
  const meanwhile = async (): Promise<void> => {
    await databases.source.sql('ALTER TABLE altered.z ADD COLUMN more int, ALGORITHM=COPY');
    await pause(200);
  };
  const error = explain(await databases.dump({ database: 'altered', meanwhile }).catch((thrown: unknown) => thrown));
  expect(error).toMatchObject({ code: 'disturbed', likelyCause: expect.stringContaining('altered') });
}, 60_000);
