/**
 * The crash suite of db-dump's bundle, on a real PostgreSQL: at the AWS calls that the real process makes, the runner is
 * killed, or the call is throttled, refused, left hanging, or its answer lost. Each call gets one of these effects, in turn;
 * HOLDFAST_CRASH=db-dump (or all) tries every effect at every call (points.ts).
 */
import { afterAll, beforeAll, test } from '@jest/globals';
import { type Lab, startLab } from '../../lab/lab.ts';
import { postgresDumps } from '../../lab/rehearsals/postgres/checks.ts';
import { postgresSeed } from '../../lab/rehearsals/postgres/seed.ts';
import { tryDumpPoints } from './dump-points.ts';

const minute = 60_000;
let lab: Lab;
let tried = 0;

beforeAll(async () => {
  lab = await startLab({ seed: postgresSeed(5) });
}, 5 * minute);

afterAll(async () => {
  process.stdout.write(`crash suite of db-dump's bundle: ${tried} points tried\n`);
  await lab?.stop();
}, 2 * minute);

/** Sessions on the source, which would keep locks and snapshot. */
async function leftSessions(): Promise<readonly string[]> {
  const text = await lab.databases?.source.sql(
    `SELECT DISTINCT application_name FROM pg_stat_activity WHERE application_name ~ '^holdfast'`,
  );
  return (text ?? '').split('\n').filter(Boolean);
}

test(
  'no receipt describes a dump that is incomplete, and the next run removes what a dead one left',
  async () => {
    tried = await tryDumpPoints({
      lab,
      job: postgresDumps,
      workflow: 'test/crash/workflows/db-dump.yml',
      more: leftSessions,
    });
  },
  60 * minute,
);
