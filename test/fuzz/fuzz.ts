/** Tries fresh cases until the time is over. */
import fc from 'fast-check';
import type { Case } from './case.ts';
import { problemsOf } from './check-case.ts';
import { keep } from './corpus.ts';
import { caseOf } from './generate/cases.ts';
import { harmlessMysqlCase, mysqlCase } from './generate/mysql.ts';
import { anyDatabase, boundDatabase, harmlessDatabase } from './generate/schema.ts';
import { type FuzzServer, NotLoaded } from './servers.ts';

export interface FuzzOptions {
  readonly seconds: number;
  /** Seeds that are tried at most, 50 cases each (5 on a server); the kinds of cases take turns. */
  readonly seeds?: number;
  readonly seed: number;
  /** Whether to go on after a find. */
  readonly keepGoing: boolean;
  readonly server?: FuzzServer | undefined;
  readonly print: (line: string) => void;
}

interface Kind {
  readonly cases: fc.Arbitrary<Case>;
  readonly problemsOf: (one: Case) => Promise<readonly string[]>;
  /** Cases of one seed. */
  readonly runs: number;
  /** Milliseconds for making a find smaller. */
  readonly shrink: number;
}

const inMemory = { problemsOf, runs: 50, shrink: 30_000 };
const anyCase = anyDatabase.map((one) => caseOf(one, false));
/** psql restores a dump of a whole server to others than the server's own. */
const oneDatabase = anyDatabase.map((one) => caseOf({ ...one, isCluster: false }, false));
const boundCase = boundDatabase.map((one) => caseOf(one, false));
const harmlessCase = fc.oneof(
  { weight: 3, arbitrary: harmlessDatabase.map((one) => caseOf(one, true)) },
  { weight: 1, arbitrary: harmlessMysqlCase },
);
const kinds: readonly Kind[] = [anyCase, boundCase, mysqlCase, harmlessCase].map((cases) => ({ ...inMemory, cases }));

const forms = [[], ['--inserts'], ['--column-inserts'], ['--rows-per-insert=3']] as const;

export class Fuzzer {
  readonly #options: FuzzOptions;
  readonly #kinds: readonly Kind[];
  readonly #start = Date.now();
  cases = 0;
  finds = 0;
  /** Cases that PostgreSQL does not load, and what it said of the last one. */
  notLoaded = 0;
  lastNotLoaded = '';

  constructor(options: FuzzOptions) {
    this.#options = options;
    const { server } = options;
    this.#kinds = server ? [...kinds, ...this.#onServer(server)] : kinds;
  }

  #onServer(server: FuzzServer): readonly Kind[] {
    const judge = async (one: Case): Promise<readonly string[]> => {
      try {
        return await server.problemsOf(one, forms[one.chunks % forms.length] ?? []);
      } catch (error) {
        if (!(error instanceof NotLoaded)) throw error;
        this.notLoaded += 1;
        this.lastNotLoaded = error.message;
        return [];
      }
    };
    return [boundCase, oneDatabase].map((cases) => ({ cases, problemsOf: judge, runs: 5, shrink: 120_000 }));
  }

  get seconds(): number {
    return (Date.now() - this.#start) / 1000;
  }

  async run(): Promise<void> {
    const { seconds, seed, seeds = Number.POSITIVE_INFINITY, keepGoing, print } = this.#options;
    let said = 0;
    print(`seed ${seed}`);
    const isOver = (): boolean => this.seconds >= seconds || (!keepGoing && this.finds > 0);
    for (let next = seed; next < seed + seeds && !isOver(); next += 1) {
      await this.#batch(this.#kinds[next % this.#kinds.length] as Kind, next);
      if (this.seconds - said < 10) continue;
      said = this.seconds;
      print(
        `${Math.round(said)} s: ${this.cases} cases (${(this.cases / said).toFixed(1)} a second), ${this.finds} finds`,
      );
    }
    print(`${this.cases} cases in ${this.seconds.toFixed(0)} s, ${this.finds} finds`);
    if (this.notLoaded > 0) print(`PostgreSQL did not load ${this.notLoaded} of them: ${this.lastNotLoaded}`);
  }

  async #batch({ cases, problemsOf: judge, runs, shrink }: Kind, seed: number): Promise<void> {
    let found: readonly string[] = [];
    let stopAt = Number.POSITIVE_INFINITY;
    const property = fc.asyncProperty(cases, async (one) => {
      // Making it smaller takes long where a server is asked: what is smallest by then is kept.
      if (Date.now() > stopAt) return true;
      const problems = await judge(one);
      if (problems.length === 0) return true;
      if (found.length === 0) stopAt = Date.now() + shrink;
      found = problems;
      return false;
    });
    const details = await fc.check(property, { seed, numRuns: runs });
    this.cases += details.numRuns;
    if (!details.failed || details.counterexample === null) return;
    this.finds += 1;
    const name = keep(details.counterexample[0], seed, found);
    this.#options.print(`find ${this.finds}, seed ${seed}: ${found.join('\n  ')}\n  kept in ${name}`);
  }
}

/** @returns how many finds there were */
export async function fuzz(options: FuzzOptions): Promise<number> {
  const fuzzer = new Fuzzer(options);
  await fuzzer.run();
  return fuzzer.finds;
}
