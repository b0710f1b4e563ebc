/**
 * The crash suite of db-dump's bundle on a real MariaDB: while it dumps, uploads and proves, the runner is killed, or a call hangs, is refused, or
 * its answer is lost. HOLDFAST_CRASH=db-dump (or all) tries every effect at every call (points.ts).
 */
import { afterAll, beforeAll, test } from '@jest/globals';
import { type Lab, startLab } from '../../lab/lab.ts';
import { mysqlDumps } from '../../lab/rehearsals/mysql/checks.ts';
import { mysqlSeed } from '../../lab/rehearsals/mysql/seed.ts';
import { dumpMoments, tryDumpPoints } from './dump-points.ts';

const minute = 60_000;
let lab: Lab;
let tried = 0;

beforeAll(async () => {
  lab = await startLab({ seed: mysqlSeed(1) });
}, 5 * minute);

afterAll(async () => {
  process.stdout.write(`crash suite of db-dump's bundle on MariaDB: ${tried} points tried\n`);
  await lab?.stop();
}, 2 * minute);

/** Sessions on the source, whose transaction would keep what it sees. */
async function leftSessions(): Promise<readonly string[]> {
  const text = await lab.mysql?.source.sql(`SELECT info FROM information_schema.processlist WHERE user = 'backup'`);
  return (text ?? '').split('\n').filter(Boolean);
}

test(
  'no receipt describes a dump that is incomplete, and the next run removes what a dead one left',
  async () => {
    tried = await tryDumpPoints({
      lab,
      job: mysqlDumps,
      workflow: 'test/crash/workflows/db-dump-mysql.yml',
      chosen: dumpMoments,
      more: leftSessions,
    });
  },
  60 * minute,
);
