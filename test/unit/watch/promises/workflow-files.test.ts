/** What workflow files and variables promise. */
import { describe, expect, test } from '@jest/globals';
import { at, call, callerOn, instance, nightly, own, pages, read, short } from './given.ts';

describe('workflow files', () => {
  test('a copy of this repository promises what its variables name', () => {
    const variables = {
      HOLDFAST_REGION: 'us-east-1',
      HOLDFAST_IB_SOURCE: 'ib01.prod',
      HOLDFAST_DATABASES: '[{"source":"orders","secret":"A"},{"source":"pg02","secret":"B","databases":"all"}]',
      HOLDFAST_MONGODB_DATABASES: '[{"source":"chat","secret":"C"}]',
      HOLDFAST_MYSQL_DATABASES: '[{"source":"shop","secret":"D"}]',
      HOLDFAST_TIME_ZONE: 'Europe/Zurich',
    };
    const web = instance('i-1', { Name: 'web', Backup: 'Yes' });
    const { sources, problems } = read({ files: own, variables }, { instances: new Map([['us-east-1', [web]]]) });
    expect(problems).toEqual([]);
    expect(short(sources).toSorted()).toEqual([
      ['chat', 'database-dump', '0 0 * * * UTC'],
      ['ib01.prod', 'volume-snapshot', '0 0 * * * UTC'],
      ['orders', 'database-dump', '23 2 * * * UTC'],
      ['pg02', 'database-dump', '23 2 * * * UTC'],
      ['shop', 'database-dump', '53 2 * * * UTC'],
      ['web', 'rotation-snapshot', '23 1,5,9,13,17,21 * * * UTC'],
    ]);
    expect(sources.find(({ source }) => source === 'pg02')?.allDatabases).toBe(true);
    expect(sources.find(({ source }) => source === 'web')).toMatchObject({
      instanceId: 'i-1',
      region: 'us-east-1',
      schedules: [{ slot: { everyHours: 24, timeZone: 'Europe/Zurich' } }],
    });
  });

  test('a copy without variables promises nothing', () => {
    expect(read({ files: own })).toMatchObject({ sources: [], problems: [], targetFaults: [], unwatched: [] });
  });

  test.each(pages)('the caller of %s', (page) => {
    const web = instance('i-1', { Name: 'web', Backup: 'Yes' });
    const { sources, problems } = read(
      { files: { 'backup.yml': callerOn(page) } },
      { instances: new Map([['us-east-1', [web]]]) },
    );
    expect(problems).toEqual([]);
    expect(sources.filter(({ schedules }) => schedules.length > 0)).toEqual([
      expect.objectContaining({
        schedules: [expect.objectContaining({ workflow: '.github/workflows/backup.yml', since: at })],
      }),
    ]);
  });

  test('steps of its own, a matrix, a variable and a default', () => {
    const text = `${nightly}  a:
    strategy:
      matrix:
        database: [orders, crm]
        include:
          - database: crm
            file: sales
    runs-on: x
    steps:
      - uses: actions/checkout@v5
      - uses: acme/holdfast/actions/db-dump@0123
        with:
          source: \${{ matrix.file || matrix.database }}
  b:
    runs-on: x
    steps:
      - uses: acme/holdfast/actions/ib-snapshot@0123
        with:
          source: \${{ inputs.source || vars.IB }}
          aws-region: eu-west-1
      - uses: acme/holdfast/actions/verify-volume@0123
        with:
          source: other
`;
    const { sources, problems } = read({ files: { 'a.yml': text }, variables: { IB: 'ib02' } });
    expect(problems).toEqual([]);
    expect(short(sources)).toEqual([
      ['orders', 'database-dump', '17 3 * * * UTC'],
      ['sales', 'database-dump', '17 3 * * * UTC'],
      ['ib02', 'volume-snapshot', '17 3 * * * UTC'],
    ]);
    expect(sources[2]?.region).toBe('eu-west-1');
  });

  test('a reusable workflow in between gets the inputs of its caller, and their defaults', () => {
    const between = `on:
  workflow_call:
    inputs:
      name: { type: string }
      kind: { type: string, default: blue }
jobs:
  dump:
    uses: acme/holdfast/.github/workflows/postgres-dump.yml@0123
    with:
      source: \${{ inputs.name }}-\${{ inputs.kind }}
`;
    const outer = `${nightly}  a:\n    uses: ./.github/workflows/between.yml\n    with:\n      name: orders\n`;
    const { sources } = read({ files: { 'outer.yml': outer, 'between.yml': between } });
    expect(short(sources)).toEqual([['orders-blue', 'database-dump', '17 3 * * * UTC']]);
  });

  test('one source of two files has the schedules of both', () => {
    const files = {
      'a.yml': nightly + call('mysql-dump.yml', '      source: shop\n'),
      'b.yml': nightly.replace('17 3', '17 15') + call('mysql-dump.yml', '      source: shop\n'),
    };
    expect(short(read({ files }).sources)).toEqual([['shop', 'database-dump', '17 3 * * * UTC', '17 15 * * * UTC']]);
  });

  test('a source that only a run knows, a dry run, and a schedule that GitHub refuses are told', () => {
    const files = {
      'a.yml': nightly + call('postgres-dump.yml', '      source: ${{ needs.x.outputs.y }}\n'),
      'b.yml': nightly + call('postgres-dump.yml', '      source: b\n      dry-run: true\n'),
      'c.yml': nightly.replace('* * *', '* * 7') + call('postgres-dump.yml', '      source: c\n'),
      'd.yml': `${nightly.replace('* * *', '* * 7')}  a:\n    runs-on: x\n`,
    };
    const { sources, problems } = read({ files });
    expect(sources).toEqual([]);
    expect(problems).toEqual([
      '.github/workflows/a.yml, job a: only a run knows its source, so nobody watches it; name it in the input targets, with its cron and workflow',
      '.github/workflows/b.yml, job a: it is a dry run on its schedule, so it backs up nothing',
      expect.stringMatching(/^\.github\/workflows\/c\.yml: .*Sunday is 0/),
    ]);
  });

  test('a workflow that proves kept backups again promises no new ones', () => {
    const files = {
      'a.yml': nightly + call('postgres-dump.yml', '      source: a\n      prove-again: ${{ needs.x.outputs.y }}\n'),
      'b.yml': nightly + call('infobright-backup.yml', '      source: b\n      snapshot-id: snap-1\n'),
    };
    expect(read({ files })).toMatchObject({ sources: [], problems: [], targetFaults: [], unwatched: [] });
  });

  test('a workflow that GitHub disabled still promises, and is told', () => {
    const { sources, problems } = read({
      files: { 'a.yml': nightly + call('postgres-dump.yml', '      source: a\n') },
      states: { 'a.yml': 'disabled_inactivity' },
    });
    expect(sources).toEqual([expect.objectContaining({ source: 'a', disabled: 'disabled_inactivity' })]);
    expect(problems).toEqual([expect.stringMatching(/no activity for 60 days; gh workflow enable a\.yml/)]);
  });

  test('a source that one of two files still backs up is not disabled', () => {
    const text = nightly + call('postgres-dump.yml', '      source: a\n');
    const { sources } = read({ files: { 'a.yml': text, 'b.yml': text }, states: { 'a.yml': 'disabled_manually' } });
    expect(sources).toEqual([expect.not.objectContaining({ disabled: expect.anything() })]);
  });

  test('rotations that create nothing promise nothing, and one of some regions nothing elsewhere', () => {
    const [east, west] = [instance('i-1', { Name: 'a', Backup: 'Yes' }), instance('i-2', { Name: 'b', Backup: 'Yes' })];
    const instances = new Map([
      ['us-east-1', [east, instance('i-3', { Name: 'c', Backup: 'No' })]],
      ['us-west-2', [west]],
    ]);
    const files = {
      'a.yml': nightly + call('ebs-rotate.yml', '      regions: us-east-1 eu-west-1\n      every: 12h\n'),
      'b.yml': nightly.replace('17 3', '17 5') + call('ebs-rotate.yml', '      mode: copy\n'),
    };
    const { sources } = read({ files }, { instances });
    expect(short(sources)).toEqual([
      ['a', 'rotation-snapshot', '17 3 * * * UTC'],
      ['b', 'rotation-snapshot'],
    ]);
    expect(sources[0]?.schedules[0]?.slot).toEqual({ everyHours: 12, timeZone: 'UTC' });
  });

  test('an instance that another repository rotates is not told here', () => {
    const instances = new Map([['us-east-1', [instance('i-1', { Name: 'a', Backup: 'Yes' })]]]);
    const files = { 'a.yml': nightly + call('ebs-rotate.yml', '      region: us-east-1\n') };
    const elsewhere = read({ files }, { instances }).sources;
    expect(read({}, { instances, elsewhere }).sources).toEqual([]);
    expect(short(read({}, { instances }).sources)).toEqual([['a', 'rotation-snapshot']]);
  });
});
