/** What the proof of a dump notices. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type PostgresServer, startPostgres } from '../../lab/hosts/postgres/server.ts';
import { isRight, type Outcome } from '../../lab/mutants/changes.ts';
import { readChanges } from '../../lab/mutants/dumps/changes.ts';
import { cleanRuns } from '../../lab/mutants/dumps/clean.ts';
import { mutantsPage } from '../../lab/mutants/dumps/page.ts';
import { Trial } from '../../lab/mutants/dumps/trial.ts';
import { root } from '../lib/actions.ts';

export interface Wanted {
  /** The changes whose description contains one of these; all when there are none. */
  readonly words: readonly string[];
  /** Whether the page is written. */
  readonly write: boolean;
  /** Instead: so many faithful copies. */
  readonly clean: number | undefined;
}

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
  const chosen = readChanges().filter(({ what }) => words.length === 0 || words.some((word) => what.includes(word)));
  const trial = await Trial.begin(server);
  const outcomes: Outcome[] = [];
  for (const change of chosen) {
    const outcome = await trial.outcomeOf(change);
    outcomes.push(outcome);
    const word = isRight(outcome) ? 'right' : 'WRONG';
    console.log(`${word}  ${change.kind}: ${change.what}: ${outcome.noticed?.slice(0, 200) ?? 'good'}`);
  }
  const wrong = outcomes.filter((one) => !isRight(one));
  console.log(
    `${outcomes.length} changes, ${wrong.length} wrong${wrong.map(({ change }) => `\n  ${change.what}`).join('')}`,
  );
  if (write && words.length === 0) writeFileSync(join(root, 'docs', 'mutants.md'), mutantsPage(outcomes));
  return wrong.length === 0;
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
