/**
 * The crash suite of db-dump's bundle on FerretDB, with MongoDB's own tools: while it dumps, uploads and proves, the runner is killed, or a call hangs, is refused, or
 * its answer is lost. HOLDFAST_CRASH=db-dump (or all) tries every effect at every call (points.ts).
 */
import { afterAll, beforeAll, test } from '@jest/globals';
import { ensureMongo } from '../../lab/hosts/mongodb/programs.ts';
import { ensurePrerequisites } from '../../lab/hosts/prerequisites.ts';
import { type Lab, startLab } from '../../lab/lab.ts';
import { mongodbDumps } from '../../lab/rehearsals/mongodb/checks.ts';
import { mongodbSeed } from '../../lab/rehearsals/mongodb/seed.ts';
import { dumpMoments, tryDumpPoints } from './dump-points.ts';

ensurePrerequisites();
await ensureMongo();

const minute = 60_000;
let lab: Lab;
let tried = 0;

beforeAll(async () => {
  lab = await startLab({ seed: mongodbSeed(1) });
}, 5 * minute);

afterAll(async () => {
  process.stdout.write(`crash suite of db-dump's bundle on FerretDB: ${tried} points tried\n`);
  await lab?.stop();
}, 2 * minute);

test(
  'no receipt describes a dump that is incomplete, and the next run removes what a dead one left',
  async () => {
    tried = await tryDumpPoints({
      lab,
      job: mongodbDumps,
      workflow: 'test/crash/workflows/db-dump-mongodb.yml',
      chosen: dumpMoments,
    });
  },
  60 * minute,
);
