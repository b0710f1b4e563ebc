/**
 * The crash suite of db-dump's bundle, on a real PostgreSQL: at the AWS calls that the real process makes, the runner is
 * killed, or the call is throttled, refused, left hanging, or its answer lost. Each call gets one of these effects, in turn;
 * HOLDFAST_CRASH=db-dump (or all) tries every effect at every call (points.ts).
 */
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, test } from '@jest/globals';
import { type Lab, startLab } from '../../lab/lab.ts';
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

/** Folders of servers that the action started for a proof, and processes in them. */
function leftServers(): readonly string[] {
  const folder = lab.databases?.workDirectory ?? '';
  const folders = readdirSync(folder).filter((name) => name.startsWith('holdfast-server-'));
  const processes = execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes(`holdfast-server ${folder}`));
  return [...folders, ...processes];
}

test(
  'no receipt describes a dump that is incomplete, and the next run removes what a dead one left',
  async () => {
    tried += await tryDumpPoints({ lab, workflow: 'test/crash/workflows/db-dump.yml', more: leftSessions });
  },
  60 * minute,
);

test(
  'a run that dies while its own server holds the copy leaves no server',
  async () => {
    tried += await tryDumpPoints({
      lab,
      workflow: 'test/crash/workflows/db-dump.yml',
      inputs: { 'own-server': 'true' },
      // The archive is read into the server, and the verdict is written once the server is gone.
      chosen: ({ endpoint, operation }) => endpoint === 's3' && ['GetObject', 'PutObjectTagging'].includes(operation),
      more: async () => [...(await leftSessions()), ...leftServers()],
    });
  },
  60 * minute,
);
