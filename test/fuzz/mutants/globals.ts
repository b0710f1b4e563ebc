/**
 * What the unit tests need of `@jest/globals`, in a process without jest: a runner for each mutant takes seconds to start, this nothing.
 * The matchers are jest's own.
 */
import { expect } from 'expect';

export { expect };

type Body = (...values: never[]) => unknown;

export interface UnitTest {
  readonly name: string;
  /** @throws what the test throws when it fails */
  readonly run: () => Promise<void>;
}

let tests: UnitTest[] = [];
let afters: (() => unknown)[] = [];
const groups: string[] = [];

interface Collected {
  readonly tests: readonly UnitTest[];
  /** What must be done after the last test. */
  readonly finish: () => Promise<void>;
}

/** What was registered since the last call. */
export function collected(): Collected {
  const all = { tests, afters };
  tests = [];
  afters = [];
  return {
    tests: all.tests,
    finish: async () => {
      for (const after of all.afters) await after();
    },
  };
}

function register(name: string, body: Body, values: readonly unknown[]): void {
  const run = async (): Promise<void> => void (await body(...(values as never[])));
  tests.push({ name: [...groups, name].join(' > '), run });
}

function group(name: string, body: Body, values: readonly unknown[]): void {
  groups.push(name);
  body(...(values as never[]));
  groups.pop();
}

/** `each` of a table: rows that are arrays are spread. The first value stands in the name, so that names differ. */
function withEach(one: (name: string, body: Body, values: readonly unknown[]) => void) {
  const plain = (name: string, body: Body): void => one(name, body, []);
  const each =
    (table: readonly unknown[]) =>
    (name: string, body: Body): void => {
      for (const [index, row] of table.entries()) one(`${name} (${index})`, body, Array.isArray(row) ? row : [row]);
    };
  return Object.assign(plain, { each });
}

export const test = withEach(register);
export const it = test;
export const describe = withEach(group);
export const afterAll = (after: () => unknown): void => void afters.push(after);
