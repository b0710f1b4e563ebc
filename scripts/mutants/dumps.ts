/** What the proof of a dump notices. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type PostgresServer, startPostgres } from '../../lab/hosts/postgres/server.ts';
import type { Outcome } from '../../lab/mutants/changes.ts';
import { readChanges } from '../../lab/mutants/dumps/changes.ts';
import { cleanRuns } from '../../lab/mutants/dumps/clean.ts';
import { mutantsPage } from '../../lab/mutants/dumps/page.ts';
import { Trial } from '../../lab/mutants/dumps/trial.ts';
import { root } from '../lib/actions.ts';
import { areChosen, tellOutcome, tellWrong, type Wanted } from './wanted.ts';

/** Prints each outcome. @returns whether all of them are right */
export async function tryDumps(wanted: Wanted): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-mutants-'));
  chmodSync(folder, 0o755);
  const server = await startPostgres({ directory: join(folder, 'postgres') });
  try {
    return await (wanted.clean === undefined ? tryChanges(server, wanted) : tryCleanDumps(server, wanted.clean));
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function tryChanges(server: PostgresServer, { words, write }: Wanted): Promise<boolean> {
  const chosen = readChanges().filter(areChosen(words));
  const trial = await Trial.begin(server);
  const outcomes: Outcome[] = [];
  for (const change of chosen) {
    const outcome = await trial.outcomeOf(change);
    outcomes.push(outcome);
    tellOutcome(outcome);
  }
  if (write && words.length === 0) writeFileSync(join(root, 'docs', 'mutants.md'), mutantsPage(outcomes));
  return tellWrong(outcomes);
}

async function tryCleanDumps(server: PostgresServer, count: number): Promise<boolean> {
  let bad = 0;
  await cleanRuns(server, count, (run, wrong) => {
    if (wrong.length > 0) bad += 1;
    console.log(`dump ${run} of ${count}: ${wrong.length === 0 ? 'good' : `WRONG\n  ${wrong.join('\n  ')}`}`);
  });
  console.log(`${count} dumps of a database in use, ${bad} wrong`);
  return bad === 0;
}
