/** What the proof of a volume notices. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isRight } from '../../lab/mutants/changes.ts';
import { readChanges } from '../../lab/mutants/volumes/changes.ts';
import { cleanRuns } from '../../lab/mutants/volumes/clean.ts';
import { volumesPage } from '../../lab/mutants/volumes/page.ts';
import { type Outcome, Trial } from '../../lab/mutants/volumes/trial.ts';
import { root } from '../lib/actions.ts';
import type { Wanted } from './dumps.ts';

/** Prints each outcome. @returns whether all of them are right */
export function tryVolumes(wanted: Wanted): Promise<boolean> {
  return wanted.clean === undefined ? tryChanges(wanted) : tryCleanCopies(wanted.clean);
}

async function tryChanges({ words, write }: Wanted): Promise<boolean> {
  const chosen = readChanges().filter(({ what }) => words.length === 0 || words.some((word) => what.includes(word)));
  const trial = await Trial.begin();
  let outcomes: readonly Outcome[];
  try {
    outcomes = await trial.outcomesOf(chosen, (outcome) => {
      const { kind, what } = outcome.change;
      const word = isRight(outcome) ? 'right' : 'WRONG';
      console.log(`${word}  ${kind}: ${what}: ${outcome.noticed?.slice(0, 200) ?? 'good'}`);
    });
  } finally {
    await trial.stop();
  }
  const wrong = outcomes.filter((one) => !isRight(one));
  console.log(
    `${outcomes.length} changes, ${wrong.length} wrong${wrong.map(({ change }) => `\n  ${change.what}`).join('')}`,
  );
  if (write && words.length === 0) writeFileSync(join(root, 'docs', 'mutants-volumes.md'), volumesPage(outcomes));
  return wrong.length === 0;
}

async function tryCleanCopies(count: number): Promise<boolean> {
  const counts = { good: 0, bad: 0, unproven: 0 };
  const shares: number[] = [];
  await cleanRuns(count, ({ run, manner, verdict, share, wrong }) => {
    counts[verdict] += 1;
    if (share !== undefined) shares.push(share);
    const told = wrong.length === 0 ? '' : `\n  ${wrong.join('\n  ')}`;
    console.log(
      `copy ${run} of ${count}, ${manner}: ${verdict}, ${share?.toFixed(2) ?? '?'} % of the rows compared${told}`,
    );
  });
  const [least, mean] = [Math.min(...shares), shares.reduce((sum, one) => sum + one, 0) / shares.length];
  console.log(
    `${count} copies of a server in use: ${counts.good} good, ${counts.unproven} unproven, ${counts.bad} bad; of the rows compared: ${least.toFixed(2)} % at least, ${mean.toFixed(2)} % on average`,
  );
  return counts.bad === 0;
}
