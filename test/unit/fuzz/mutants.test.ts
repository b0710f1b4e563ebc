/** Mutants of the anonymiser: what is changed, what is explained, and the stand-in for jest in which unit tests are tried on them. */
import { describe, expect, test } from '@jest/globals';
import { equivalents, explains } from '../../fuzz/mutants/equivalent.ts';
import {
  afterAll as afterLast,
  afterEach as afterOne,
  beforeAll as beforeFirst,
  collected,
  describe as group,
  test as one,
} from '../../fuzz/mutants/globals.ts';
import { mutantsOf } from '../../fuzz/mutants/mutate.ts';
import { allMutants } from '../../fuzz/mutants/run.ts';

describe('a source file', () => {
  const changes = (source: string): readonly string[] =>
    mutantsOf('a.ts', source).map(({ before, after }) => `${before} -> ${after}`);

  test('is changed in its conditions, comparisons and numbers', () => {
    expect(changes('export const f = (a: number): number => (a < 3 ? 1 : a);')).toEqual([
      'a < 3 -> true',
      'a < 3 -> false',
      'a < 3 -> a <= 3',
      '3 -> 4',
      '1 -> 2',
    ]);
  });

  test('is changed in the parts of its patterns', () => {
    expect(changes('export const p = /^[ab]+$/i;').map((change) => change.split(' -> ')[1])).toEqual([
      '/^[b]+$/i',
      '/^[a]+$/i',
      '/[ab]+$/i',
      '/^[ab]$/i',
      '/^[ab]*$/i',
      '/^[ab]+/i',
      '/^[ab]+$/',
    ]);
  });

  test('is not changed where errors are thrown, nor in types', () => {
    expect(changes("type A = 'x' | 'y';\nexport const f = (): never => {\n  throw new Error('x');\n};")).toEqual([]);
  });

  test('knows line and place of a change, also behind letters that take several bytes', () => {
    const source = "// é\nexport const a = 'é' as string;\n  export const b = 1;";
    const last = mutantsOf('a.ts', source).at(-1);
    expect(last).toMatchObject({ line: 3, text: 'export const b = 1;', before: '1', after: '2' });
    expect(source.slice(last?.at)).toBe('1;');
    expect(last?.source).toBe(source.replace('b = 1', 'b = 2'));
  });
});

test('what is explained can still be changed so', () => {
  const mutants = allMutants();
  const unknown = equivalents.flatMap((entry) =>
    entry.changes
      .map((change) => ({ ...entry, changes: [change] }))
      .filter((single) => !mutants.some((mutant) => explains(single, mutant)))
      .map(({ file, line, changes: [change] }) => `${file}: ${line}: ${change?.join(' -> ')}`),
  );
  expect(unknown).toEqual([]);
});

test('the stand-in for jest runs the hooks of a file', async () => {
  collected();
  const done: string[] = [];
  beforeFirst(() => done.push('first'));
  afterOne(() => done.push('after'));
  afterLast(() => done.push('last'));
  one('a', () => done.push('a'));
  one('b', () => {
    throw new Error('b');
  });
  const { tests, start, finish } = collected();
  await start();
  for (const { run } of tests) await run().catch(({ message }: Error) => done.push(`${message} fails`));
  await finish();
  expect(done).toEqual(['first', 'a', 'after', 'after', 'b fails', 'last']);
  expect(collected().tests).toEqual([]);
});

test('the stand-in for jest runs each row of each table, and tells what fails', async () => {
  collected();
  group.each(['a', 'b'])('%s', (letter) => {
    one.each([
      ['x', 1],
      ['y', 2],
    ] as const)('%s', (_name, value) => expect(`${letter}${value}`).not.toBe('b2'));
  });
  one('alone', async () => expect(await Promise.resolve(1)).toBe(1));
  const failed: string[] = [];
  const { tests } = collected();
  for (const { name, run } of tests) await run().catch(() => failed.push(name));
  expect(tests).toHaveLength(5);
  expect(failed).toEqual(['%s (1) > %s (1)']);
  expect(collected().tests).toEqual([]);
});
