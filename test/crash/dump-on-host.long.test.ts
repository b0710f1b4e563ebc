/**
 * The crash suite of db-dump's bundle where the host dumps: as in dump-bundle.long.test.ts, at the commands for the host, some
 * of which the host continues without the runner. HOLDFAST_CRASH=db-dump (or all) tries every effect at every call.
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
  process.stdout.write(`crash suite of db-dump's bundle, dumping on a host: ${tried} points tried\n`);
  await lab?.stop();
}, 2 * minute);

/** What a dead run may leave on the host: unfinished files, state, units, sessions of the server. */
async function leftOnHost(): Promise<readonly string[]> {
  const { stdout } = await lab.hosts.runOnSource(`#!/bin/bash
ls /var/backups/holdfast/*/unfinished 2>/dev/null
ls /run/holdfast/dumps | grep -v '^lock$'
systemctl list-units --plain --no-legend 'holdfast-dump-*'
true
`);
  const sessions = await lab.databases?.source.sql(
    `SELECT DISTINCT application_name FROM pg_stat_activity WHERE application_name ~ '^holdfast'`,
  );
  return [stdout, sessions ?? ''].flatMap((text) => text.split('\n')).filter(Boolean);
}

test(
  'no receipt describes a dump that is incomplete, and the next run removes what a dead one left, on the host too',
  async () => {
    tried = await tryDumpPoints({
      lab,
      job: postgresDumps,
      workflow: 'test/crash/workflows/db-dump-on-host.yml',
      inputs: { port: String(lab.databases?.source.port) },
      chosen: ({ operation }) => operation === 'SendCommand',
      more: leftOnHost,
    });
  },
  120 * minute,
);
