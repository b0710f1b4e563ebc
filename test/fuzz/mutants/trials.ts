/** What each mutant is tried with: the fuzzer's cases, and the unit tests of the anonymiser. */
import { globSync } from 'node:fs';
import { join } from 'node:path';
import type { Case } from '../case.ts';
import { trials as casesOfFuzzer } from '../trials.ts';
import { collected, type UnitTest } from './globals.ts';

export interface Trial {
  /** Unique, the same in each process. */
  readonly name: string;
  /** @returns what is wrong; undefined when all is right */
  readonly run: () => Promise<string | undefined>;
}

const root = join(import.meta.dirname, '..', '..', '..');

/** Unit tests of definitions, rules and numbers, which go through little of what finds addresses; and what runs in other threads, where nothing is changed. */
const unrelated =
  /(audit|bounded-values|byte-scanner|catalogue|changed-tables|checked-addresses|codec|collations|column-checks|detect|expressions|fixed-value|folders|hash-sample|integers|keyed-hash|lexical|mysql-refusals|nearest-names|numbers|numbers-by-chance|partial-indexes|partition-keys|read-catalogue|read-twice|rule-checks|rules|rules-file|schema|schema-oddities|search-path|threads|transforms)\.test\.ts$/;

/** Tests that take seconds, with rows of megabytes or every size of chunks. */
const slow =
  /32 MiB|wherever its chunks end|too long to be held|in a long row|rows of any length|a domain of its own|any documents|longer than a server stores/;

/** The files of unit tests, from the root of the repository. */
function unitTestFiles(): readonly string[] {
  const files = globSync('test/unit/anonymize/**/*.test.ts', { cwd: root });
  return files.filter((file) => !unrelated.test(file)).toSorted();
}

interface Judge {
  readonly problemsOf: (one: Case) => Promise<readonly string[]>;
}

const cases = casesOfFuzzer();

/** Trials that share what they are loaded with. */
export interface Trials {
  readonly trials: readonly Trial[];
  /** Must be called after the last one. */
  readonly finish: () => Promise<void>;
}

/** The group that a trial of this name belongs to: a file of unit tests, or the cases. */
export const groupOf = (name: string): string => name.split('#')[0] as string;

export const allGroups = (): readonly string[] => ['cases', ...unitTestFiles()];

/** The trials of a group, with the anonymiser that is loaded now. */
export async function load(group: string): Promise<Trials> {
  if (group !== 'cases') return unitTests(group);
  const { problemsOf } = (await import('../check-case.ts')) as Judge;
  const trials = cases.map((one, index) => ({
    name: `cases#${index}`,
    run: async () => (await problemsOf(one))[0],
  }));
  return { trials, finish: async () => {} };
}

async function unitTests(file: string): Promise<Trials> {
  await import(join(root, file));
  const { tests, start, finish } = collected();
  await start();
  const trials = tests
    .filter(({ name }) => !slow.test(name))
    .map((one, index) => ({ name: `${file}#${index}`, run: () => failure(one) }));
  return { trials, finish };
}

async function failure({ name, run }: UnitTest): Promise<string | undefined> {
  try {
    await run();
    return undefined;
  } catch (error) {
    return `"${name}": ${(error as Error).message}`;
  }
}
