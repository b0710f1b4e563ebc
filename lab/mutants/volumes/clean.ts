/** Faithful copies of a source that is used meanwhile: none of them may be called bad. */
import { rowShare } from '../../../src/domain/share.ts';
import type { Verdict } from '../../../src/domain/verdict.ts';
import { pause } from '../../hosts/command.ts';
import { source } from '../../hosts/pair.ts';
import { type Manner, proveBackup, takeBackup } from './actions.ts';
import { type Rig, startRig } from './rig.ts';

/** What goes on beside the backups, each in a session of its own, again and again. */
const work: Readonly<Record<string, string>> = {
  rows: `USE harbour; INSERT INTO landings (berth, ship, tons, day) SELECT seq % 90, CONCAT('busy ', seq), seq, CURRENT_DATE FROM seq_1_to_20;
UPDATE landings SET tons = tons + 1 ORDER BY id DESC LIMIT 30; DELETE FROM landings WHERE ship LIKE 'busy%' ORDER BY id LIMIT 15;
UPDATE weighings SET kilos = kilos + 1 WHERE berth = 29; UPDATE rates SET v = v + 1 WHERE id = 100 + RAND() * 50;`,
  transactions: `USE customs; START TRANSACTION; UPDATE duties SET sum = sum + 1 WHERE id % 100 = 7; DO SLEEP(0.05); DELETE FROM duty_lines WHERE id > 5000;
INSERT INTO duty_lines SELECT 5000 + seq, seq, 'busy' FROM harbour.seq_1_to_5; COMMIT;
START TRANSACTION; UPDATE duties SET paid = 1 - paid; DO SLEEP(0.1); ROLLBACK;`,
  counters: `USE harbour; INSERT INTO tickets (v) VALUES (NULL), ('X'); DELETE FROM tickets WHERE id > 70060 ORDER BY id LIMIT 1; SELECT NEXTVAL(receipts_no), NEXTVAL(receipts_no);
INSERT INTO lanes (a, b) VALUES ('busy', 1); DELETE FROM lanes WHERE a = 'busy' LIMIT 1;`,
  engines: `USE harbour; INSERT INTO manifest VALUES (CURRENT_DATE, 1, 2, 'busy'); UPDATE manifest SET amount = amount + 1 WHERE goods = 'busy'; DELETE FROM manifest WHERE goods = 'busy' LIMIT 1;
INSERT INTO buoys (v, n) VALUES ('busy', 1); DELETE FROM buoys WHERE v = 'busy' LIMIT 1; DELETE FROM never_used LIMIT 1; INSERT INTO logbook VALUES (1, 'busy'); UPDATE lights SET v = 'busy' WHERE id = 7;
INSERT INTO tariffs VALUES (900, 'busy', 1); DELETE FROM tariffs WHERE code = 900; INSERT INTO pilots_now VALUES (1, 'busy');`,
  definitions: `USE harbour; CREATE OR REPLACE TABLE made (id INT PRIMARY KEY, v VARCHAR(20)); INSERT INTO made VALUES (1, 'x'); ALTER TABLE made ADD COLUMN w INT DEFAULT 3, ADD KEY v (v);
CREATE OR REPLACE VIEW made_view AS SELECT v FROM made; CREATE OR REPLACE PROCEDURE made_tidy() DELETE FROM made; DROP TABLE made; DROP VIEW made_view;
CREATE OR REPLACE TRIGGER made_trigger BEFORE UPDATE ON lanes FOR EACH ROW SET NEW.b = NEW.b; DROP TRIGGER made_trigger;`,
  accounts: `CREATE OR REPLACE USER visitor@localhost IDENTIFIED BY 'x'; GRANT SELECT ON harbour.* TO visitor@localhost; DROP USER visitor@localhost; CREATE DATABASE IF NOT EXISTS passing; DROP DATABASE passing;`,
  large: `USE customs; REPLACE INTO papers SELECT 100 + FLOOR(RAND() * 5), REPEAT(UNHEX(SHA2(RAND(), 512)), 4000); DELETE FROM papers WHERE id > 102 LIMIT 1; TRUNCATE hulls.late; INSERT INTO hulls.late SELECT seq, 'busy' FROM harbour.seq_1_to_40;`,
};

/** Milliseconds between two rounds. Definitions change now and then. */
const pauses: Readonly<Record<string, number>> = { definitions: 3000, accounts: 4000, large: 1000 };
const usualPause = 150;

/** An event that the server itself runs every second. */
const events = `CREATE EVENT harbour.heartbeat ON SCHEDULE EVERY 1 SECOND DO UPDATE harbour.sheds SET v = v + 1 WHERE id = 5;
SET GLOBAL event_scheduler = ON;`;

export interface CleanRun {
  /** From 1. */
  readonly run: number;
  readonly manner: string;
  readonly verdict: Verdict;
  /** Percent of the rows that were compared; undefined when nothing was. */
  readonly share: number | undefined;
  /** What was not passed, and was not told to be left out. */
  readonly wrong: readonly string[];
}

/** Stop and freeze by turns, with every setting of the lock, and some by aggregates. */
function mannerOf(run: number): Manner {
  const turn = Math.floor((run - 1) / 2);
  return {
    quiesce: run % 2 === 0 ? 'freeze' : 'stop',
    fingerprint: turn % 4 === 3 ? 'aggregates' : 'auto',
    'fingerprint-under-lock': ['auto', 'true', 'false'][turn % 3] ?? 'auto',
  };
}

/** Backs a source up that is written to, and proves each backup. */
export async function cleanRuns(count: number, onRun: (run: CleanRun) => void): Promise<void> {
  const rig = await startRig();
  const over = new AbortController();
  let writers: Promise<unknown> = Promise.resolve();
  try {
    await rig.run(source.id, "echo 'event_scheduler=ON' >>/etc/my-ib.cnf");
    await rig.sql(source.id, events);
    writers = Promise.all(Object.entries(work).map(([name, statements]) => write(rig, name, statements, over.signal)));
    for (let run = 1; run <= count; run += 1) onRun(await cleanRun(run, rig));
  } finally {
    over.abort();
    await writers;
    await rig.stop();
  }
}

async function cleanRun(run: number, { hosts, compute }: Rig): Promise<CleanRun> {
  const manner = mannerOf(run);
  const backup = await takeBackup(manner, hosts, compute);
  const { verdict, checks, obstacle } = await proveBackup(backup, hosts, compute);
  await compute.deleteSnapshot(backup.snapshot.id);
  const wrong = checks.filter(({ outcome }) => outcome === 'failed' || outcome === 'unproven');
  const share = rowShare(checks);
  return {
    run,
    manner: Object.values(manner).filter(Boolean).join(' '),
    verdict,
    share: share === undefined || share.of === '0' ? undefined : (100 * Number(share.compared)) / Number(share.of),
    wrong: [...wrong.map(({ name, detail }) => `${name}: ${detail}`), ...(obstacle === undefined ? [] : [obstacle])],
  };
}

async function write(rig: Rig, name: string, statements: string, over: AbortSignal): Promise<void> {
  while (!over.aborted) {
    // The source may just be stopped.
    await rig.sql(source.id, statements).catch(() => {});
    await pause(pauses[name] ?? usualPause);
  }
}
