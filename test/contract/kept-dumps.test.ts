/** Kept dumps that a conformance suite does not make: of several databases, in a folder, damaged, and without their source. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createConnection } from 'mysql2/promise';
import { startMysql } from '../../lab/hosts/mysql/server.ts';
import { startPostgres } from '../../lab/hosts/postgres/server.ts';
import { ensurePrerequisites } from '../../lab/hosts/prerequisites.ts';
import { Bucket, type Ran, receiptsIn, runDump, runProof } from './engines/runs.ts';

const minutes = 60_000;
let folder = '';
let work = '';
beforeAll(() => {
  ensurePrerequisites();
  folder = mkdtempSync(join(tmpdir(), 'holdfast-kept-'));
  // The users of the servers enter it.
  chmodSync(folder, 0o755);
  work = join(folder, 'work');
  mkdirSync(work);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const verdicts = ({ findings, error }: Ran): unknown => [
  error === undefined ? undefined : String(error),
  findings.dump?.receipt?.proof.map(({ kind, verdict, findings: found }) => [kind, verdict, found]),
];

test(
  'of several databases of a server, each with a character set of its own, once the server is gone',
  async () => {
    const source = await startMysql({ directory: join(folder, 'source') });
    const scratch = await startMysql({ directory: join(folder, 'scratch') });
    try {
      const connection = await createConnection({ uri: source.url(), multipleStatements: true });
      await connection.query(`CREATE DATABASE one CHARACTER SET latin1 COLLATE latin1_german1_ci; CREATE DATABASE two;
CREATE TABLE one.people (id int AUTO_INCREMENT PRIMARY KEY, mail varchar(80), name varchar(40));
INSERT INTO one.people (mail, name) VALUES ('ada@real.com', 'Ada'), ('jo@real.com', 'Jo');
CREATE TABLE two.notes (id int PRIMARY KEY, words text); INSERT INTO two.notes VALUES (1, 'some words');
CREATE VIEW two.v AS SELECT id FROM two.notes; CREATE FUNCTION two.f() RETURNS int DETERMINISTIC RETURN 7;`);
      await connection.end();
      const given = {
        engine: 'mysql',
        source: 'server',
        'scratch-url': scratch.url(),
        'work-directory': work,
        'anonymize-key': 'a key of the tests',
      };
      const whole = new Bucket();
      const one = new Bucket();
      expect((await runDump(1, { ...given, 'database-url': source.url() }, whole)).error).toBeUndefined();
      expect((await runDump(2, { ...given, 'database-url': source.url('one') }, one)).error).toBeUndefined();
      await source.stop();
      const good = [
        undefined,
        [
          ['archive', 'good', []],
          ['anonymised', 'good', []],
        ],
      ];
      expect(verdicts(await runProof(3, given, whole))).toEqual(good);
      expect(verdicts(await runProof(4, given, one))).toEqual(good);
      const [receipt] = await receiptsIn(whole);
      expect(receipt?.fingerprint.definitions).toHaveProperty(['DATABASE one']);
    } finally {
      await source.stop().catch(() => {});
      await scratch.stop();
    }
  },
  5 * minutes,
);

test(
  'in a folder, packed into one file; and one whose stored bytes changed',
  async () => {
    const source = await startPostgres({ directory: join(folder, 'postgres') });
    try {
      await source.sql('CREATE DATABASE kept');
      await source.sql(
        `CREATE TABLE t AS SELECT n AS id, 'a' || n || '@real.com' AS mail FROM generate_series(1, 1000) AS n; CREATE VIEW v AS SELECT id FROM t;`,
        'kept',
      );
      const given = {
        engine: 'postgres',
        source: 'kept',
        'work-directory': work,
        'anonymize-key': 'a key of the tests',
        'scratch-url': source.url('postgres'),
      };
      const objects = new Bucket();
      const inputs = { ...given, 'database-url': source.url('kept'), 'archive-format': 'directory' };
      expect((await runDump(1, inputs, objects)).error).toBeUndefined();
      expect(verdicts(await runProof(2, given, objects))).toEqual([
        undefined,
        ['archive', 'plain', 'anonymised'].map((kind) => [kind, 'good', []]),
      ]);
      for (const [key, versions] of objects.versionsOf)
        if (key.endsWith('.gz'))
          objects.versionsOf.set(
            key,
            versions.map((one) => ({
              ...one,
              body: Buffer.concat([one.body.subarray(0, -9), Buffer.from('123456789')]),
            })),
          );
      const { findings } = await runProof(3, given, objects);
      expect(findings.dump?.receipt?.proof.map(({ kind, verdict }) => [kind, verdict])).toEqual([
        ['archive', 'good'],
        ['plain', 'bad'],
        ['anonymised', 'bad'],
      ]);
    } finally {
      await source.stop();
    }
  },
  5 * minutes,
);
