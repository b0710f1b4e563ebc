/** What the proof of a MongoDB dump notices. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mongoChanges } from '../../lab/mutants/mongodb/changes.ts';
import { cleanRuns } from '../../lab/mutants/mongodb/clean.ts';
import { mongoPage } from '../../lab/mutants/mongodb/page.ts';
import { type Outcome, Trial } from '../../lab/mutants/mongodb/trial.ts';
import { root } from '../lib/actions.ts';
import { areChosen, tellOutcome, tellWrong, type Wanted } from './wanted.ts';

/** Prints each outcome. @returns whether all of them are right */
export function tryMongo(wanted: Wanted): Promise<boolean> {
  return wanted.clean === undefined ? tryChanges(wanted) : tryCleanDumps(wanted.clean);
}

async function tryChanges({ words, write }: Wanted): Promise<boolean> {
  const chosen = mongoChanges.filter(areChosen(words));
  const trial = await Trial.begin();
  let outcomes: readonly Outcome[];
  try {
    outcomes = await trial.outcomesOf(chosen, tellOutcome);
  } finally {
    await trial.stop();
  }
  if (write && words.length === 0) writeFileSync(join(root, 'docs', 'mutants-mongodb.md'), mongoPage(outcomes));
  return tellWrong(outcomes);
}

async function tryCleanDumps(count: number): Promise<boolean> {
  const counts = { good: 0, unproven: 0, bad: 0 };
  await cleanRuns(count, ({ run, verdict, wrong, notes }) => {
    counts[verdict] += 1;
    console.log(
      `dump ${run} of ${count}: ${verdict}\n${[...wrong, ...notes].map((one) => `  ${one}\n`).join('')}`.trimEnd(),
    );
  });
  console.log(
    `${count} dumps of databases in use: ${counts.good} good, ${counts.unproven} unproven, ${counts.bad} bad`,
  );
  return counts.bad === 0;
}
