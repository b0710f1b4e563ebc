/** What the proof of a dump of MariaDB notices. */
import { readChanges } from '../../lab/mutants/mysql/changes.ts';
import { cleanRuns } from '../../lab/mutants/mysql/clean.ts';
import { mysqlPage } from '../../lab/mutants/mysql/page.ts';
import { Trial } from '../../lab/mutants/mysql/trial.ts';
import { trySuite, type Wanted } from './wanted.ts';

/** Prints each outcome. @returns whether all of them are right */
export function tryMysql(wanted: Wanted): Promise<boolean> {
  if (wanted.clean !== undefined) return tryCleanDumps(wanted.clean);
  const begin = (): Promise<Trial> => Trial.begin();
  return trySuite(wanted, { changes: readChanges(), begin, page: mysqlPage, file: 'mutants-mysql.md' });
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
