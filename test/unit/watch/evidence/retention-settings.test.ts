import { describe, expect, test } from '@jest/globals';
import { settingsIn } from '../../../../src/watch/evidence/read/retention-settings.ts';

const dump = 'acme/holdfast/actions/db-dump@v1';
const called = 'acme/holdfast/.github/workflows/postgres-dump.yml@v1';
const scheduled = "on: { schedule: [{ cron: '0 3 * * *' }] }";

/** @returns `PLACE: SETTING = VALUE` of each, and how many things are not known */
function read(text: string): { settings: readonly string[]; notKnown: readonly string[] } {
  const { settings, notKnown } = settingsIn('a.yml', text);
  return { settings: settings.map(({ place, setting, value }) => `${place}: ${setting} = ${value}`), notKnown };
}

describe('what a workflow file says of retention', () => {
  test('of each entry of a JSON list', () => {
    const list =
      '[{"source": "shop", "keep": "365"}, {"source": "crm", "keep": 30, "keep-forever": true}, {"source": "x"}]';
    expect(read(`${scheduled}\njobs:\n  all:\n    uses: ${called}\n    with:\n      databases: '${list}'`)).toEqual({
      settings: ['all, shop: keep = 365', 'all, crm: keep = 30', 'all, crm: keep-forever = true'],
      notKnown: [],
    });
  });

  test('of each job of a matrix, named by its source', () => {
    const text = `${scheduled}
jobs:
  all:
    strategy:
      matrix:
        include:
          - { source: shop, keep: 365 }
          - { source: crm, keep: 30 }
    steps:
      - uses: ${dump}
        with: { source: '\${{ matrix.source }}', keep: '\${{ matrix.keep }}' }`;
    expect(read(text)).toEqual({
      settings: ['all, step 1 (shop): keep = 365', 'all, step 1 (crm): keep = 30'],
      notKnown: [],
    });
  });

  test('of a matrix without sources, named by what decides nothing', () => {
    const text = `${scheduled}
jobs:
  all:
    strategy: { matrix: { region: [us-east-1, eu-west-1], days: [7, 30] } }
    uses: ${called}
    with: { retention-days: '\${{ matrix.days }}' }`;
    expect(read(text).settings).toEqual([
      'all (us-east-1): retention-days = 7',
      'all (us-east-1) #2: retention-days = 30',
      'all (eu-west-1): retention-days = 7',
      'all (eu-west-1) #2: retention-days = 30',
    ]);
  });

  test('of a matrix that is a JSON list in the file; of one in a variable it is not known', () => {
    const text = (list: string): string => `${scheduled}
jobs:
  all:
    strategy: { matrix: { database: "\${{ fromJSON(${list}) }}" } }
    uses: ${called}
    with: { source: '\${{ matrix.database.source }}', keep: '\${{ matrix.database.keep }}' }`;
    expect(read(text(`'[{\\"source\\": \\"shop\\", \\"keep\\": \\"365\\"}]'`))).toEqual({
      settings: ['all (shop): keep = 365'],
      notKnown: [],
    });
    expect(read(text('vars.DATABASES'))).toEqual({
      settings: ['all: keep = ${{ matrix.database.keep }}'],
      notKnown: [
        'What keep of a.yml, all, was: the file has ${{ matrix.database.keep }}, and only a run knows what that stands for.',
      ],
    });
  });

  test('through env of the workflow, the job and the step, of which the inner one counts', () => {
    const text = `${scheduled}
env: { KEEP: 7, LOCK: 1 }
jobs:
  all:
    env: { KEEP: 30 }
    steps:
      - uses: ${dump}
        with: { keep: '\${{ env.KEEP }}', lock-days: '\${{ env.LOCK }}' }
      - uses: ${dump}
        env: { KEEP: 365 }
        with: { keep: '\${{ env.KEEP }}', retention: '\${{ env.SET_BY_A_STEP }}' }`;
    const { settings, notKnown } = read(text);
    expect(settings).toEqual([
      'all, step 1: keep = 30',
      'all, step 1: lock-days = 1',
      'all, step 2: keep = 365',
      'all, step 2: retention = ${{ env.SET_BY_A_STEP }}',
    ]);
    expect(notKnown).toHaveLength(1);
  });

  test('with expressions: what no run changes is read, and what a variable decides is told', () => {
    const text = (keep: string, on = scheduled): string =>
      `${on}\njobs:\n  all:\n    uses: ${called}\n    with: { keep: "${keep}" }`;
    expect(read(text("${{ inputs.keep || '30' }}"))).toEqual({ settings: ['all: keep = 30'], notKnown: [] });
    for (const unknown of [text("${{ vars.X || '30' }}"), text("${{ inputs.keep || '30' }}", 'on: workflow_dispatch')])
      expect(read(unknown).notKnown).toHaveLength(1);
    expect(read(text("${{ vars.X || '30' }}")).settings).toEqual(["all: keep = ${{ vars.X || '30' }}"]);
  });

  test('of a list in a variable, and of a workflow that was not read, is not known', () => {
    const text = `${scheduled}
jobs:
  list:
    uses: ${called}
    with: { databases: '\${{ vars.HOLDFAST_DATABASES }}' }
  names:
    uses: ${called}
    with: { databases: 'shop, crm' }
  own:
    uses: ./.github/workflows/ours.yml
  shared:
    uses: acme/shared/.github/workflows/ours.yml@main
  holdfast:
    uses: ./.github/workflows/postgres-dump.yml`;
    expect(read(text)).toEqual({
      settings: [],
      notKnown: [
        'What the list databases of a.yml, list, was: the file has ${{ vars.HOLDFAST_DATABASES }}, and only a run knows what that stands for.',
        'What .github/workflows/ours.yml says of retention, which a.yml, own, calls: it was not read.',
        'What acme/shared/.github/workflows/ours.yml@main says of retention, which a.yml, shared, calls: it was not read.',
      ],
    });
  });

  describe('in workflows of the same repository that it calls', () => {
    const caller = (given: string): string => `${scheduled}
env: { KEEP: 9 }
jobs:
  shop:
    uses: ./.github/workflows/ours.yml
    with: ${given}`;
    const ours = `on:
  workflow_call:
    inputs:
      days: { type: number, default: 30 }
      lock: { type: number }
      source: { type: string, default: crm }
jobs:
  dump:
    uses: ${called}
    with: { source: '\${{ inputs.source }}', retention-days: '\${{ inputs.days }}', lock-days: '\${{ inputs.lock }}', keep: '\${{ env.KEEP }}' }`;
    const place = 'dump, called by shop of a.yml';
    const readWith = (text: string, files: Readonly<Record<string, string>>): ReturnType<typeof read> => {
      const { settings, notKnown } = settingsIn('a.yml', text, new Map(Object.entries(files)));
      return { settings: settings.map((one) => `${one.place}: ${one.setting} = ${one.value}`), notKnown };
    };
    const path = '.github/workflows/ours.yml';

    test('with what it gives, their defaults, and nothing else of its own', () => {
      expect(readWith(caller('{ days: 7, source: shop }'), { [path]: ours })).toEqual({
        settings: [
          `${place}: retention-days = 7`,
          `${place}: lock-days = 0`,
          // The environment of the caller does not reach them (GitHub Docs, "Reusing workflow configurations").
          `${place}: keep = \${{ env.KEEP }}`,
        ],
        notKnown: [
          `What keep of ${path}, ${place}, was: the file has \${{ env.KEEP }}, and only a run knows what that stands for.`,
        ],
      });
      expect(readWith(caller('{}'), { [path]: ours }).settings[0]).toBe(`${place}: retention-days = 30`);
    });

    test('with the text that it gives, where only a run knows the value', () => {
      expect(readWith(caller("{ days: '${{ vars.DAYS || 7 }}' }"), { [path]: ours }).settings[0]).toBe(
        `${place}: retention-days = \${{ inputs.days }} (called with days: \${{ vars.DAYS || 7 }})`,
      );
    });

    test('through several of them; a loop ends', () => {
      const between = `on: workflow_call\njobs: { go: { uses: ./${path}, with: { days: 3 } } }`;
      const files = { '.github/workflows/b.yml': between, [path]: ours };
      expect(readWith(caller('{}').replace('ours.yml', 'b.yml'), files).settings[0]).toBe(
        'dump, called by go of .github/workflows/b.yml, called by shop of a.yml: retention-days = 3',
      );
      const loop = `jobs: { go: { uses: ./${path} } }`;
      expect(readWith(loop, { [path]: loop }).notKnown).toHaveLength(1);
    });
  });

  test.each(['jobs: [', '', 'jobs:\n  a:\n'])('nothing of %j', (text) => {
    expect(settingsIn('x.yml', text)).toEqual({ settings: [], notKnown: [] });
  });
});
