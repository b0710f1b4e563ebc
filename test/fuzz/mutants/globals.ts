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
type Hook = () => unknown;
const hooks = { beforeAll: [] as Hook[], beforeEach: [] as Hook[], afterEach: [] as Hook[], afterAll: [] as Hook[] };
const groups: string[] = [];

interface Collected {
  readonly tests: readonly UnitTest[];
  /** What must be done before the first test. */
  readonly start: () => Promise<void>;
  /** What must be done after the last test. */
  readonly finish: () => Promise<void>;
}

/** What was registered since the last call: the tests of a file, for all of which its hooks count. */
export function collected(): Collected {
  const [all, beforeAll, beforeEach] = [tests, hooks.beforeAll.splice(0), hooks.beforeEach.splice(0)];
  const [afterEach, afterAll] = [hooks.afterEach.splice(0), hooks.afterAll.splice(0)];
  tests = [];
  const run = async (one: UnitTest): Promise<void> => {
    await each(beforeEach);
    try {
      await one.run();
    } finally {
      await each(afterEach);
    }
  };
  return {
    tests: all.map((one) => ({ name: one.name, run: () => run(one) })),
    start: () => each(beforeAll),
    finish: () => each(afterAll),
  };
}

async function each(some: readonly Hook[]): Promise<void> {
  for (const one of some) await one();
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
export const beforeAll = (hook: Hook): void => void hooks.beforeAll.push(hook);
export const beforeEach = (hook: Hook): void => void hooks.beforeEach.push(hook);
export const afterEach = (hook: Hook): void => void hooks.afterEach.push(hook);
export const afterAll = (hook: Hook): void => void hooks.afterAll.push(hook);
