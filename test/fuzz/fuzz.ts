/** Tries fresh cases until the time is over. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import type { Case } from './case.ts';
import { problemsOf } from './check-case.ts';
import { caseOf } from './generate/dump.ts';
import { everyForm } from './generate/forms.ts';
import { anyDatabase, type Database, harmlessDatabase } from './generate/schema.ts';

export const corpusFolder = join(import.meta.dirname, 'corpus');

export interface FuzzOptions {
  readonly seconds: number;
  readonly seed: number;
  /** Whether to go on after a find. */
  readonly keepGoing: boolean;
  readonly print: (line: string) => void;
}

/** Cases of one seed. */
const batch = 50;
const kinds = [
  { isHarmless: false, databases: anyDatabase },
  { isHarmless: true, databases: harmlessDatabase },
] as const;

/** @returns how many finds there were */
export async function fuzz({ seconds, seed, keepGoing, print }: FuzzOptions): Promise<number> {
  const start = Date.now();
  const elapsed = (): number => (Date.now() - start) / 1000;
  let [cases, finds, said] = [0, 0, 0];
  print(`seed ${seed}`);
  for (let next = seed; elapsed() < seconds && (keepGoing || finds === 0); next += 1) {
    const kind = kinds[next % 8 === 7 ? 1 : 0];
    const found = await tryBatch(kind.databases, kind.isHarmless, next);
    cases += found?.tried ?? batch;
    if (found) {
      finds += 1;
      print(
        `find ${finds}, seed ${next}: ${found.problems.join('\n  ')}\n  kept in ${keep(found.smallest, next, found.problems)}`,
      );
    }
    if (elapsed() - said > 10) {
      said = elapsed();
      print(`${Math.round(said)} s: ${cases} cases (${(cases / said).toFixed(0)} a second), ${finds} finds`);
    }
  }
  print(`${cases} cases in ${elapsed().toFixed(0)} s, ${finds} finds`);
  return finds;
}

interface Found {
  readonly tried: number;
  readonly smallest: Case;
  readonly problems: readonly string[];
}

async function tryBatch(
  databases: fc.Arbitrary<Database>,
  isHarmless: boolean,
  seed: number,
): Promise<Found | undefined> {
  const property = fc.asyncProperty(
    databases,
    async (database) => (await problemsOf(caseOf(database, isHarmless))).length === 0,
  );
  const details = await fc.check(property, { seed, numRuns: batch });
  if (!details.failed || details.counterexample === null) return undefined;
  const smallest = caseOf(details.counterexample[0], isHarmless);
  return { tried: details.numRuns, smallest, problems: await problemsOf(smallest) };
}

/** Keeps a find as a file. @returns its name */
function keep(one: Case, seed: number, problems: readonly string[]): string {
  const name = `found-${seed}.json`;
  const found = `seed ${seed}: ${problems[0]?.split('\n')[0]?.slice(0, 200)}`;
  writeFileSync(join(corpusFolder, name), `${JSON.stringify({ found, ...one }, undefined, 2)}\n`);
  return name;
}

/** Tries each form of an address once. @returns how many come out wrong */
export async function tryForms(print: (line: string) => void): Promise<number> {
  let [tried, wrong] = [0, 0];
  for (const { name, value, one } of everyForm()) {
    const problems = await problemsOf(one);
    tried += 1;
    if (problems.length === 0) continue;
    wrong += 1;
    print(`${name}: ${JSON.stringify(value)}`);
    for (const problem of problems) print(`  ${problem.split('\n')[0]?.slice(0, 200)}`);
  }
  print(`${tried} forms, ${wrong} come out wrong`);
  return wrong;
}
