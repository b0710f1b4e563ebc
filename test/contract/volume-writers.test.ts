/** Fingerprints of a server that is written to all the time: a faithful copy is never called bad. */
import { beforeAll, expect, test } from '@jest/globals';
import { ensurePrerequisites } from '../../lab/hosts/prerequisites.ts';
import { compareFingerprints } from '../../src/volume/fingerprint/compare.ts';
import { expectations } from '../../src/volume/fingerprint/expectations.ts';
import { withFactsServer } from './support-facts.ts';

beforeAll(() => ensurePrerequisites());

const tables = `CREATE DATABASE t; USE t;
  CREATE TABLE log (id INT AUTO_INCREMENT PRIMARY KEY, v VARCHAR(40));
  INSERT INTO log (v) SELECT MD5(seq) FROM seq_1_to_5000;
  CREATE TABLE settled (id INT PRIMARY KEY, v DOUBLE); INSERT INTO settled SELECT seq, seq / 3 FROM seq_1_to_5000;
  CREATE TABLE queue (id INT AUTO_INCREMENT PRIMARY KEY, v INT);
  CREATE TABLE locks (id INT PRIMARY KEY, holder INT); INSERT INTO locks SELECT seq, NULL FROM seq_1_to_20;
  CREATE TABLE customers (id INT PRIMARY KEY, visits INT); INSERT INTO customers SELECT seq, 0 FROM seq_1_to_1000;
  CREATE TABLE days (day DATE, n INT) ENGINE=MyISAM;
  INSERT INTO days SELECT '2024-01-01' + INTERVAL seq DIV 20 DAY, seq FROM seq_1_to_5000`;

/** Adds, changes, removes, and takes changes back, until it is told to stop. */
const writer = `CREATE TABLE t.control (stop INT); INSERT INTO t.control VALUES (0);
  DELIMITER //
  CREATE PROCEDURE t.write_on() BEGIN
    WHILE (SELECT stop FROM t.control) = 0 DO
      INSERT INTO t.log (v) VALUES (MD5(RAND()));
      INSERT INTO t.queue (v) VALUES (1);
      IF RAND() < 0.5 THEN DELETE FROM t.queue ORDER BY id LIMIT 2; END IF;
      UPDATE t.locks SET holder = IF(holder IS NULL, 1, NULL) WHERE id = 1 + FLOOR(RAND() * 20);
      UPDATE t.customers SET visits = 1 - visits WHERE id = 1 + FLOOR(RAND() * 1000);
      INSERT INTO t.days VALUES ('2024-09-08', 1);
      DO SLEEP(0.001);
    END WHILE;
  END //
  DELIMITER ;`;

test('a faithful copy is never called bad, and what stood still is compared', async () => {
  await withFactsServer(async ({ sql, take }) => {
    await sql(tables);
    await sql(writer);
    const writing = sql('CALL t.write_on()');
    try {
      for (let round = 0; round < 8; round += 1) {
        const [before, copy, after] = [take('rows'), take('rows'), take('rows')];
        const results = compareFingerprints(expectations({ method: 'rows', before, after }), copy);
        const byName = new Map(results.map((one) => [one.name.slice(2), one]));
        expect(results.filter((one) => one.outcome === 'failed')).toEqual([]);
        // Where nearly everything moved, what is the same by chance is not held to have stood still.
        expect(['locks', 'customers'].map((name) => byName.get(name)?.outcome)).toEqual(['passed', 'passed']);
        for (const name of ['log', 'settled', 'queue', 'days'])
          expect([name, byName.get(name)?.outcome, byName.get(name)?.detail]).toEqual([
            name,
            'passed',
            expect.anything(),
          ]);
        // Rows beside new ones cannot be compared: those of one range, of about 128.
        expect(Number(byName.get('log')?.rows?.compared)).toBeGreaterThan(4800);
        expect(Number(byName.get('days')?.rows?.compared)).toBeGreaterThan(4800);
        expect(byName.get('settled')?.rows).toEqual({ compared: '5000', of: '5000' });
      }
    } finally {
      await sql('UPDATE t.control SET stop = 1');
      await writing;
    }
  });
});
