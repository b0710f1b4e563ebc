/** Faithful dumps of databases that are used meanwhile: none of them may be called bad. */
import { createConnection } from 'mysql2/promise';
import type { Verdict } from '../../../src/domain/verdict.ts';
import type { BackupError } from '../../../src/runtime/errors.ts';
import { pause } from '../../hosts/command.ts';
import { findings } from '../joint-copies.ts';
import { type Dumped, Pair } from './pair.ts';

const source = `CREATE DATABASE shop; USE shop;
CREATE TABLE orders (id INT AUTO_INCREMENT PRIMARY KEY, customer INT NOT NULL, sum DECIMAL(12,2), note VARCHAR(80), KEY (customer));
INSERT INTO orders (customer, sum, note) SELECT seq % 300, seq * 1.1, MD5(seq) FROM seq_1_to_20000;
CREATE TABLE items (id CHAR(36) PRIMARY KEY, amount INT); INSERT INTO items SELECT MD5(seq), seq FROM seq_1_to_5000;
CREATE TABLE visits (at DATETIME, v INT); INSERT INTO visits SELECT NOW(), seq FROM seq_1_to_500;
CREATE TABLE plain (id INT AUTO_INCREMENT PRIMARY KEY, v VARCHAR(30)) ENGINE=MyISAM; INSERT INTO plain (v) SELECT CONCAT('v', seq) FROM seq_1_to_20000;
CREATE TABLE still (id INT PRIMARY KEY, v INT); INSERT INTO still SELECT seq, seq FROM seq_1_to_1000;
CREATE SEQUENCE numbers;
CREATE DATABASE books; CREATE TABLE books.entries (id INT PRIMARY KEY, v INT); INSERT INTO books.entries SELECT seq, seq FROM seq_1_to_1000; CREATE TABLE books.closed (id INT PRIMARY KEY, v INT);`;

/** What goes on beside the dumps, each in a session of its own, again and again. */
const work: Readonly<Record<string, string>> = {
  rows: `INSERT INTO orders (customer, sum, note) SELECT seq, seq, 'busy' FROM seq_1_to_5; UPDATE orders SET sum = sum + 1 WHERE id % 5000 = 1 + FLOOR(RAND() * 4999);
DELETE FROM orders WHERE note = 'busy' ORDER BY id LIMIT 4; REPLACE INTO items VALUES (MD5(FLOOR(RAND() * 6000)), 1); DELETE FROM items WHERE id = MD5(FLOOR(RAND() * 6000));`,
  transactions: `START TRANSACTION; UPDATE books.entries SET v = v + 1 WHERE id = 7; UPDATE still SET v = v + 0 WHERE id = 7; INSERT INTO visits VALUES (NOW(), 0); DO SLEEP(0.05); DELETE FROM visits WHERE v = 0 LIMIT 1; COMMIT;
START TRANSACTION; UPDATE books.entries SET v = 0; ROLLBACK;`,
  counters: 'DO NEXTVAL(numbers); INSERT INTO orders (customer) VALUES (1); DELETE FROM orders WHERE sum IS NULL;',
  definitions: `CREATE OR REPLACE VIEW recent AS SELECT id, sum FROM orders WHERE id > FLOOR(RAND() * 1000); CREATE TABLE passing (id INT PRIMARY KEY, v INT); INSERT INTO passing VALUES (1, 1); DO SLEEP(0.2);
CREATE OR REPLACE FUNCTION tax(n INT) RETURNS INT DETERMINISTIC RETURN n * 2; CREATE OR REPLACE TRIGGER noted BEFORE INSERT ON items FOR EACH ROW SET NEW.amount = COALESCE(NEW.amount, 0);
ALTER TABLE passing ADD w INT DEFAULT 3; RENAME TABLE passing TO passed; DO SLEEP(0.2); DROP TABLE passed; DROP VIEW recent; ALTER TABLE books.closed ADD KEY v (v); DO SLEEP(0.2); ALTER TABLE books.closed DROP KEY v;`,
  plain: `UPDATE plain SET v = 'busy' WHERE id = 1 + FLOOR(RAND() * 20000); INSERT INTO plain (v) VALUES ('busy'); DELETE FROM plain WHERE id > 20000 LIMIT 1;`,
};

/** Milliseconds between two rounds. */
const betweenRounds = (name: string): number => (name === 'definitions' ? 1500 : 150);

export interface CleanRun {
  /** From 1. */
  readonly run: number;
  readonly verdict: Verdict;
  /** What differed, and what could not be compared. */
  readonly found: readonly string[];
}

/** Dumps, restores and compares. @param onRun gets each dump */
export async function cleanRuns(count: number, onRun: (run: CleanRun) => void): Promise<void> {
  const pair = await Pair.begin(source);
  const over = new AbortController();
  const writers = Object.entries(work).map(([name, statements]) =>
    write(pair, statements, betweenRounds(name), over.signal),
  );
  try {
    for (let run = 1; run <= count; run += 1) {
      const comparison = await pair.compare(await dump(pair));
      const { differences, unread = [] } = comparison;
      // What may have been so in the source for a moment is doubtful, not bad.
      const isBad = differences.some(({ doubt }) => doubt === undefined);
      const verdict = isBad ? 'bad' : differences.length + unread.length > 0 ? 'unproven' : 'good';
      onRun({ run, verdict, found: findings(comparison).map(({ told }) => told) });
    }
  } finally {
    over.abort();
    await Promise.allSettled(writers);
    await pair.stop();
  }
  const rounds = await Promise.all(writers);
  if (rounds.some((one) => one < count)) throw new Error(`the writers came to ${rounds.join(', ')} rounds only`);
}

/** The tool gives up where a table is altered or dropped between its first look and its rows: such a dump is made again. */
const mostTries = 10;

async function dump(pair: Pair): Promise<Dumped> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await pair.dump();
    } catch (error) {
      if (tries >= mostTries || (error as BackupError).code !== 'disturbed') throw error;
    }
  }
}

/** @returns rounds that were whole */
async function write(pair: Pair, statements: string, between: number, over: AbortSignal): Promise<number> {
  const connection = await createConnection({ uri: pair.source.url('shop'), multipleStatements: true });
  let rounds = 0;
  try {
    for (; !over.aborted; await pause(between)) {
      // One statement may be in the way of another: it is tried again.
      const whole = await connection.query(statements).then(
        () => true,
        () => false,
      );
      if (whole) rounds += 1;
      else await connection.query('ROLLBACK');
    }
  } finally {
    await connection.end();
  }
  return rounds;
}
