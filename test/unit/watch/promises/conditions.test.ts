/** Which jobs of a workflow file a schedule starts, by their conditions. */
import { describe, expect, test } from '@jest/globals';
import { call, nightly, read, short } from './given.ts';

describe('conditions', () => {
  test('of several schedules a job has those that its condition allows', () => {
    const text = `on:
  schedule:
    - cron: "17 3 * * *"
      timezone: Europe/Zurich
    - cron: "17 4 * * 0"
jobs:
  daily:
    if: github.event.schedule == '17 3 * * *'
    uses: acme/holdfast/.github/workflows/postgres-dump.yml@1
    with: { source: daily }
  weekly:
    if: \${{ github.event.schedule == '17 4 * * 0' && github.ref == 'refs/heads/main' }}
    uses: acme/holdfast/.github/workflows/postgres-dump.yml@1
    with: { source: weekly }
  both:
    if: needs.x.outputs.y != ''
    uses: acme/holdfast/.github/workflows/postgres-dump.yml@1
    with: { source: both }
  by-hand:
    if: github.event_name == 'workflow_dispatch'
    uses: acme/holdfast/.github/workflows/postgres-dump.yml@1
    with: { source: by-hand }
`;
    expect(short(read({ files: { 'a.yml': text } }).sources)).toEqual([
      ['daily', 'database-dump', '17 3 * * * Europe/Zurich'],
      ['weekly', 'database-dump', '17 4 * * 0 UTC'],
    ]);
  });

  test('of several schedules a job has those that a function in its condition allows', () => {
    const text = (condition: string) => `on:
  schedule:
    - cron: "1 1 * * *"
    - cron: "2 2 * * 0"
jobs:
  weekly:
    if: ${condition}
    uses: acme/holdfast/.github/workflows/postgres-dump.yml@1
    with: { source: weekly }
`;
    for (const condition of [
      "contains(github.event.schedule, '* * 0')",
      "endsWith(github.event.schedule, '* * 0')",
      "startsWith(github.event.schedule, '2 2') && always()",
    ])
      expect(short(read({ files: { 'a.yml': text(condition) } }).sources)).toEqual([
        ['weekly', 'database-dump', '2 2 * * 0 UTC'],
      ]);
    const gate = { files: { 'a.yml': text("needs.gate.outputs.run == 'true'") } };
    expect(read(gate)).toMatchObject({
      sources: [],
      unwatched: [
        expect.stringContaining(
          "whether its condition holds (needs.gate.outputs.run == 'true'), so nobody watches weekly",
        ),
      ],
    });
    // By hand it is promised, and nothing is left to correct.
    expect(read(gate, { targets: '{"weekly":{"cron":"2 2 * * 0"}}' })).toMatchObject({
      sources: [{ source: 'weekly' }],
      problems: [],
    });
  });

  test('a condition on how other jobs and steps end is read as of a run in which nothing fails', () => {
    const text = (before: string, condition: string, needs = 'gate') => `on: { schedule: [{ cron: "1 1 * * *" }] }
jobs:
  gate:${before}
    runs-on: ubuntu-latest
    steps: [{ run: "true" }]
  between: { needs: gate, runs-on: ubuntu-latest, steps: [{ run: "true" }] }
  dump:
    needs: [${needs}]
    if: ${condition}
    uses: acme/holdfast/.github/workflows/postgres-dump.yml@1
    with: { source: daily }
`;
    const promised = (...given: Parameters<typeof text>) => {
      const { sources, unwatched } = read({ files: { 'a.yml': text(...given) } });
      return sources.length > 0 ? true : unwatched?.length ? undefined : false;
    };
    const skipped = "\n    if: github.event_name == 'push'";
    const unknown = '\n    if: vars.X == needs.y.outputs.z';
    expect(promised('', "needs.gate.result == 'success'")).toBe(true);
    expect(promised('', "needs.gate.result == 'failure'")).toBe(false);
    expect(promised('', "needs.gate.outputs.run == 'true'")).toBe(undefined);
    // What is skipped takes along all that needs it, unless that asks how others ended.
    expect(promised(skipped, 'true')).toBe(false);
    expect(promised(skipped, 'true', 'between')).toBe(false);
    expect(promised(skipped, '"!cancelled()"')).toBe(true);
    expect(promised(skipped, "always() && needs.gate.result == 'skipped'")).toBe(true);
    expect(promised(unknown, 'true')).toBe(undefined);
    expect(promised(unknown, 'always()')).toBe(true);
    // In a circle, which GitHub refuses, nobody knows.
    expect(promised('\n    needs: dump', 'true')).toBe(undefined);
    const step = (condition: string) => `on: { schedule: [{ cron: "1 1 * * *" }] }
jobs:
  dump:
    runs-on: ubuntu-latest
    steps:
      - { id: by-hand, if: github.event_name == 'workflow_dispatch', run: "true" }
      - { id: ready, if: steps.by-hand.outcome != 'failure', run: "true" }
      - uses: acme/holdfast/actions/db-dump@1
        if: ${condition}
        with: { source: daily, engine: postgres }
`;
    const dumped = (condition: string) => read({ files: { 'a.yml': step(condition) } }).sources.length;
    expect(dumped("steps.ready.outcome == 'success' && job.status == 'success'")).toBe(1);
    expect(dumped("steps.by-hand.conclusion == 'skipped'")).toBe(1);
    expect(dumped("steps.by-hand.outcome == 'success'")).toBe(0);
    expect(dumped("steps.ready.outputs.found == 'yes'")).toBe(0);
  });

  test('whose repository, owner and branch it is, is known, also in a workflow of its own that is called', () => {
    const job = (condition: string) =>
      `jobs:\n${call('postgres-dump.yml', '      source: orders\n', `    if: ${condition}\n`)}`;
    const counts = (condition: string) => {
      const here = { 'a.yml': nightly.replace('jobs:\n', job(condition)) };
      const called = {
        'a.yml': `${nightly}  b: { uses: ./.github/workflows/dumps.yml }\n`,
        'dumps.yml': `on: { workflow_call: {} }\n${job(condition)}`,
      };
      return [here, called].map((files) => {
        const { sources, unwatched } = read({ files });
        return [sources.length, unwatched?.length];
      });
    };
    const both = (promised: number, unwatched: number) => [
      [promised, unwatched],
      [promised, unwatched],
    ];
    for (const condition of [
      "github.repository_owner == 'acme'",
      "github.repository == 'acme/shop'",
      "github.ref == 'refs/heads/main' && github.ref_name == 'main'",
      "github.event.schedule == '17 3 * * *'",
    ])
      expect(counts(condition)).toEqual(both(1, 0));
    expect(counts("github.repository_owner == 'upstream'")).toEqual(both(0, 0));
    expect(counts("github.actor == 'jane'")).toEqual(both(0, 1));
  });
});
