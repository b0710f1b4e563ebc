/** What the proof of a volume notices. */
import { readChanges } from '../../lab/mutants/volumes/changes.ts';
import { cleanRuns } from '../../lab/mutants/volumes/clean.ts';
import { volumesPage } from '../../lab/mutants/volumes/page.ts';
import { Trial } from '../../lab/mutants/volumes/trial.ts';
import { trySuite, type Wanted } from './wanted.ts';

/** Prints each outcome. @returns whether all of them are right */
export function tryVolumes(wanted: Wanted): Promise<boolean> {
  if (wanted.clean !== undefined) return tryCleanCopies(wanted.clean);
  const begin = (): Promise<Trial> => Trial.begin();
  return trySuite(wanted, { changes: readChanges(), begin, page: volumesPage, file: 'mutants-volumes.md' });
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
