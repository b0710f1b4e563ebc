/**
 * Restored copies with one thing changed: what does the proof of a dump notice?
 *
 *   npm run mutants                 all changes of lab/mutants, with what was noticed of each
 *   npm run mutants -- WORDS        those whose description contains one of the words
 *   npm run mutants -- --write      writes docs/mutants.md
 *   npm run mutants -- --clean 200  instead: so many dumps of a database that is written to meanwhile, each restored unchanged
 */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startPostgres } from '../lab/hosts/postgres/server.ts';
import { ensurePrerequisites } from '../lab/hosts/prerequisites.ts';
import { throughSudo } from '../lab/hosts/root.ts';
import { readChanges } from '../lab/mutants/changes.ts';
import { cleanRuns } from '../lab/mutants/clean.ts';
import { mutantsPage } from '../lab/mutants/page.ts';
import { isRight, type Outcome, Trial } from '../lab/mutants/trial.ts';
import { root } from './lib/actions.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { write: { type: 'boolean', default: false }, clean: { type: 'string' } },
});
throughSudo();
ensurePrerequisites();
const folder = mkdtempSync(join(tmpdir(), 'holdfast-mutants-'));
chmodSync(folder, 0o755);
const server = await startPostgres({ directory: join(folder, 'postgres') });
let failed = false;
try {
  failed = !(values.clean === undefined ? await tryChanges() : await tryCleanDumps(Number(values.clean)));
} finally {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
}
process.exit(failed ? 1 : 0);

/** @returns whether every outcome is right */
async function tryChanges(): Promise<boolean> {
  const chosen = readChanges().filter(
    ({ what }) => positionals.length === 0 || positionals.some((word) => what.includes(word)),
  );
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
  if (values.write && positionals.length === 0) writeFileSync(join(root, 'docs', 'mutants.md'), mutantsPage(outcomes));
  return wrong.length === 0;
}

/** @returns whether no dump was called bad */
async function tryCleanDumps(count: number): Promise<boolean> {
  let bad = 0;
  await cleanRuns(server, count, (run, wrong) => {
    if (wrong.length > 0) bad += 1;
    console.log(`dump ${run} of ${count}: ${wrong.length === 0 ? 'good' : `WRONG\n  ${wrong.join('\n  ')}`}`);
  });
  console.log(`${count} dumps of a database in use, ${bad} wrong`);
  return bad === 0;
}
