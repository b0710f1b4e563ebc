import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Commit, compareVersions, isVersion, versionOf } from '../../../scripts/release/version.ts';

const at = (time: string): number => Date.parse(time) / 1000;
const tags = (...times: string[]): string[] =>
  times.map((_, index) => versionOf(line(times.slice(0, index + 1).map(at))));

/** A history without merges. */
function line(times: readonly number[]): Commit[] {
  return times.map((time, index) => ({
    hash: String(index),
    at: time,
    parents: index === 0 ? [] : [String(index - 1)],
  }));
}

test('a version is the date in UTC and the number of the commit on that day, without leading zeros', () => {
  expect(
    tags('2026-11-26T00:00:00Z', '2026-11-26T23:59:59Z', '2026-11-27T01:00:00+02:00', '2027-01-05T12:00:00Z'),
  ).toEqual(['v2026.1126.1', 'v2026.1126.2', 'v2026.1126.3', 'v2027.105.1']);
});

test('a commit that claims to be older than the one before it does not get an older version', () => {
  expect(tags('2026-11-26T12:00:00Z', '2026-11-20T12:00:00Z', '2026-11-26T13:00:00Z')).toEqual([
    'v2026.1126.1',
    'v2026.1126.2',
    'v2026.1126.3',
  ]);
});

/** A graph of commits, each after its parents, of which it has up to three; some begin anew. */
const graphs = fc
  .array(
    fc.record({
      at: fc.integer({ min: at('2025-12-28T00:00:00Z'), max: at('2026-01-04T00:00:00Z') }),
      parents: fc.array(fc.nat(), { maxLength: 3 }),
    }),
    { minLength: 2, maxLength: 30 },
  )
  .map((commits): Commit[] =>
    commits.map(({ at: time, parents }, index) => ({
      ...{ hash: String(index), at: time },
      parents: index === 0 ? [] : [...new Set(parents.map((parent) => String(parent % index)))],
    })),
  );

/** A commit of the graph with its ancestors, in the order of the graph. */
function upTo(graph: readonly Commit[], index: number): Commit[] {
  const wanted = new Set([String(index)]);
  for (const { hash, parents } of [...graph].reverse())
    if (wanted.has(hash)) for (const one of parents) wanted.add(one);
  return graph.filter(({ hash }) => wanted.has(hash));
}

test('each commit of any history has a semantic version that is greater than those of all its ancestors, along every parent', () => {
  fc.assert(
    fc.property(graphs, (graph) => {
      for (const [index] of graph.entries()) {
        const history = upTo(graph, index);
        const tag = versionOf(history);
        expect(isVersion(tag)).toBe(true);
        // The pattern of semver.org for three numbers.
        expect(tag).toMatch(/^v(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$/);
        for (const { hash } of history.slice(0, -1)) {
          expect(compareVersions(tag, versionOf(upTo(graph, Number(hash))))).toBeGreaterThan(0);
        }
      }
    }),
  );
});

test('main is moved forward to a branch that has merged it, as its second parent: the version goes on', () => {
  const noon = at('2026-11-26T12:00:00Z');
  const commit = (hash: string, ...parents: string[]): Commit => ({ hash, at: noon, parents });
  const old = [commit('a'), commit('b', 'a'), commit('c', 'b'), commit('d', 'c')];
  expect(versionOf(old)).toBe('v2026.1126.4');
  // "f" merges main into the branch that left it at "a"; along first parents, it is the third commit.
  expect(versionOf([...old, commit('e', 'a'), commit('f', 'e', 'd')])).toBe('v2026.1126.6');
});

test('the order in which commits of different branches are listed does not count', () => {
  fc.assert(
    fc.property(graphs, fc.infiniteStream(fc.nat()), (graph, picks) => {
      const history = upTo(graph, graph.length - 1);
      const left = new Map(history.map((one) => [one.hash, one]));
      const listed: Commit[] = [];
      while (left.size > 0) {
        const ready = [...left.values()].filter(({ parents }) => parents.every((parent) => !left.has(parent)));
        const next = ready[(picks.next().value ?? 0) % ready.length] as Commit;
        left.delete(next.hash);
        listed.push(next);
      }
      expect(versionOf(listed)).toBe(versionOf(history));
    }),
  );
});

test.each(['2026.1126.1', 'v2026.1126', 'v2026.1126.0', 'v2026.0105.1', 'v2026.11.26-1', 'v1.2.3', 'v2026.1126.1-rc'])(
  '%s is no version',
  (tag) => {
    expect(isVersion(tag)).toBe(false);
    expect(() => compareVersions(tag, 'v2026.1126.1')).toThrow('not a version');
  },
);
