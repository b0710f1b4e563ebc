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

  test('of a list in a variable, and of a workflow of the repository itself, is not known', () => {
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
  holdfast:
    uses: ./.github/workflows/postgres-dump.yml`;
    expect(read(text)).toEqual({
      settings: [],
      notKnown: [
        'What the list databases of a.yml, list, was: the file has ${{ vars.HOLDFAST_DATABASES }}, and only a run knows what that stands for.',
        'What .github/workflows/ours.yml says of retention, which a.yml, own, calls: it was not read.',
      ],
    });
  });

  test.each(['jobs: [', '', 'jobs:\n  a:\n'])('nothing of %j', (text) => {
    expect(settingsIn('x.yml', text)).toEqual({ settings: [], notKnown: [] });
  });
});
