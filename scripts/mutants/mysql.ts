/** What the proof of a dump of MariaDB notices. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Outcome } from '../../lab/mutants/changes.ts';
import { readChanges } from '../../lab/mutants/mysql/changes.ts';
import { cleanRuns } from '../../lab/mutants/mysql/clean.ts';
import { mysqlPage } from '../../lab/mutants/mysql/page.ts';
import { Trial } from '../../lab/mutants/mysql/trial.ts';
import { root } from '../lib/actions.ts';
import { areChosen, tellOutcome, tellWrong, type Wanted } from './wanted.ts';

/** Prints each outcome. @returns whether all of them are right */
export function tryMysql(wanted: Wanted): Promise<boolean> {
  return wanted.clean === undefined ? tryChanges(wanted) : tryCleanDumps(wanted.clean);
}

async function tryChanges({ words, write }: Wanted): Promise<boolean> {
  const chosen = readChanges().filter(areChosen(words));
  const trial = await Trial.begin();
  let outcomes: readonly Outcome[];
  try {
    outcomes = await trial.outcomesOf(chosen, tellOutcome);
  } finally {
    await trial.stop();
  }
  if (write && words.length === 0) writeFileSync(join(root, 'docs', 'mutants-mysql.md'), mysqlPage(outcomes));
  return tellWrong(outcomes);
}

async function tryCleanDumps(count: number): Promise<boolean> {
  const counts = { good: 0, unproven: 0, bad: 0 };
  await cleanRuns(count, ({ run, verdict, found }) => {
    counts[verdict] += 1;
    console.log(`dump ${run} of ${count}: ${verdict}${found.map((line) => `\n  ${line}`).join('')}`);
  });
  console.log(
    `${count} dumps of databases in use: ${counts.good} good, ${counts.unproven} unproven, ${counts.bad} bad`,
  );
  return counts.bad === 0;
}
