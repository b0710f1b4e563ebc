/** Tries each form of an address, and each kind of constraint, once. */
import { problemsOf } from './check-case.ts';
import { caseOf } from './generate/cases.ts';
import { everyBound } from './generate/constraints.ts';
import { everyForm } from './generate/forms.ts';
import { type FuzzServer, NotLoaded } from './servers.ts';

/** @returns how many come out wrong */
export async function tryForms(print: (line: string) => void, server?: FuzzServer): Promise<number> {
  let [tried, wrong] = [0, 0];
  const report = (name: string, problems: readonly string[]): void => {
    tried += 1;
    if (problems.length === 0) return;
    wrong += 1;
    print(name);
    for (const problem of problems) print(`  ${problem.split('\n')[0]?.slice(0, 300)}`);
  };
  if (server) for (const [name, problems] of await bounds(server)) report(name, problems);
  else
    for (const { name, value, one } of everyForm()) report(`${name}: ${JSON.stringify(value)}`, await problemsOf(one));
  print(`${tried} tried, ${wrong} come out wrong`);
  return wrong;
}

const plain = { outside: [], largeObjects: [], isCluster: false, isPipe: false } as const;

/** Each kind of constraint, with its rules and without. */
async function bounds(server: FuzzServer): Promise<readonly (readonly [string, readonly string[]])[]> {
  const all: [string, readonly string[]][] = [];
  for (const one of everyBound())
    for (const hasRules of one.rules.length > 0 ? [false, true] : [false]) {
      const database = { tables: [], bounds: [one], form: 'copy', ...plain, chunks: 3 } as const;
      const name = `${one.what}${hasRules ? ', with rules' : ''}`;
      const problems = await server.problemsOf(caseOf({ ...database, hasRules }, false), []).catch((error: Error) => {
        if (error instanceof NotLoaded) return [`the generator made what PostgreSQL does not load: ${error.message}`];
        throw error;
      });
      all.push([name, problems]);
    }
  return all;
}
