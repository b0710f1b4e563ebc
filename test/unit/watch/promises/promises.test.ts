/** What workflow files, variables, tags and targets promise. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import type { Instance, Tags } from '../../../../src/domain/ec2.ts';
import type { PromisedSource } from '../../../../src/watch/promises/promise.ts';
import { type PromisesInput, promisesOf } from '../../../../src/watch/promises/promises.ts';
import { watch } from '../../../../src/watch/watchdog/watchdog.ts';

const now = new Date('2026-11-20T12:00:00Z');
const at = now.toISOString();

interface Given {
  readonly files?: Readonly<Record<string, string>>;
  readonly states?: Readonly<Record<string, string>>;
  readonly variables?: Readonly<Record<string, string>>;
}

function read({ files = {}, states = {}, variables = {} }: Given, more: Partial<PromisesInput> = {}) {
  const known = new Map(
    Object.entries(files).map(([name, text]) => {
      const path = `.github/workflows/${name}`;
      return [path, { path, text, state: states[name] ?? 'active' }] as const;
    }),
  );
  return promisesOf({
    repository: { files: known, variables, name: 'acme/shop', defaultBranch: 'main' },
    unreadFiles: [],
    instances: new Map(),
    unreadRegions: [],
    targets: '',
    before: [],
    elsewhere: [],
    now,
    ...more,
  });
}

/** Source, kind, and the schedules that are promised now, in a few words. */
const short = (sources: readonly PromisedSource[]) =>
  sources.map(({ source, kind, schedules }) => [
    source,
    kind,
    ...schedules
      .filter(({ until }) => until === undefined)
      .map(({ expression, timeZone }) => `${expression} ${timeZone}`),
  ]);

const nightly = 'on:\n  schedule:\n    - cron: "17 3 * * *"\njobs:\n';
const call = (file: string, given: string, more = '') =>
  `  a:\n${more}    uses: acme/holdfast/.github/workflows/${file}@0123\n    with:\n${given}`;

const own = Object.fromEntries(
  readdirSync('.github/workflows').map((name) => [name, readFileSync(`.github/workflows/${name}`, 'utf8')]),
);
const pages = ['docs/infobright.md', 'docs/rotation.md', 'docs/postgres.md', 'docs/mongodb.md', 'docs/mysql.md'];
const callerOn = (page: string): string =>
  /^```yaml\n(name: [\s\S]*?)^```/m.exec(readFileSync(page, 'utf8'))?.[1] ?? '';

function instance(id: string, tags: Tags): Instance {
  return {
    id,
    name: tags.Name,
    state: 'running',
    zone: 'us-east-1a',
    tags,
    devices: {},
    rootDevice: undefined,
    launchedAt: now,
    type: 'm5.large',
    windows: false,
  };
}

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

describe('targets', () => {
  const files = {
    'a.yml':
      nightly +
      call('infobright-backup.yml', '      source: ib\n      instance: ib01\n') +
      call('postgres-dump.yml', '      source: orders\n').replace('  a:', '  b:'),
  };
  const host = (tags: Tags) =>
    new Map([['us-east-1', [instance('i-1', { Name: 'ib01', 'holdfast:host': 'source', ...tags })]]]);
  const targetsOf = (given: Partial<PromisesInput>) => {
    const { sources, problems } = read({ files }, given);
    return { targets: Object.fromEntries(sources.map(({ source, targets }) => [source, targets])), problems };
  };

  test('by default a backup may come twelve hours late', () => {
    expect(targetsOf({})).toEqual({
      targets: { ib: { allowanceSeconds: 43_200 }, orders: { allowanceSeconds: 43_200 } },
      problems: [],
    });
  });

  test('a variable wins over tags, and tags over what is said of all', () => {
    const targets = '{"*":{"rpo":"50h","allowance":"0s"},"ib":{"rto":"2h"}}';
    const instances = host({ 'holdfast:rpo': '26h', 'holdfast:rto': '9h' });
    expect(targetsOf({ targets, instances })).toEqual({
      targets: {
        ib: { allowanceSeconds: 0, rpoSeconds: 26 * 3600, rtoSeconds: 2 * 3600 },
        orders: { allowanceSeconds: 0, rpoSeconds: 50 * 3600 },
      },
      problems: [],
    });
  });

  test('a value that is wrong is told by its name, and the source is watched all the same', () => {
    const { targets, problems } = targetsOf({
      targets: '{"orders":{"rpo":"1 day","size":"3"},"crm":{"rpo":"26h"},"ib":"26h"}',
      instances: host({ 'holdfast:rpo': 'soon' }),
    });
    expect(Object.keys(targets)).toEqual(['ib', 'orders', 'crm']);
    expect(problems).toEqual([
      'targets: rpo=1 day of orders cannot be understood; allowed: a duration such as 26h or 3d',
      'targets: "size" of orders is not known; allowed: rpo, rto, allowance, cron, timezone, kind, workflow',
      expect.stringMatching(/^targets: ib has no object; allowed: /),
      'i-1 (ib01): the tag holdfast:rpo=soon cannot be understood; allowed: a duration such as 26h or 3d',
    ]);
  });

  test('a recovery point objective promises its source by itself, also when the workflow is deleted', () => {
    const targets = '{"orders":{"rpo":"26h"},"crm":{"rpo":"26h","kind":"volume-snapshot"},"typo":{"rto":"2h"}}';
    const before = read({ files }, { targets }).sources;
    const { sources, targetFaults } = read({}, { targets, before, now: new Date('2026-11-21T12:00:00Z') });
    expect(sources.map(({ source, kind, byTarget, since }) => [source, kind, byTarget, since])).toEqual([
      ['orders', 'database-dump', true, at],
      ['crm', 'volume-snapshot', true, at],
    ]);
    expect(targetFaults).toEqual(['targets: no workflow, tag or cron promises a backup of typo']);
    const [told] = watch({
      promises: sources,
      inventory: { backups: [], unread: [] },
      now: new Date('2026-12-20T12:00:00Z'),
    });
    expect(told?.failures.map(({ kind }) => kind)).toContain('too-old');
    // Again promised by a workflow, it is promised by no target alone.
    expect(
      read({ files }, { targets, before: sources }).sources.find(({ source }) => source === 'orders'),
    ).not.toHaveProperty('byTarget');
  });

  test('while files or regions cannot be read, a target promises nothing new and is no fault', () => {
    const targets = '{"crm":{"rpo":"26h"},"typo":{"rto":"2h"}}';
    for (const unread of [{ unreadFiles: ['.github/workflows/n.yml'] }, { unreadRegions: ['eu-west-1'] }])
      expect(read({ files }, { targets, ...unread })).toMatchObject({
        sources: [{ source: 'ib' }, { source: 'orders' }],
        targetFaults: [],
      });
    const before = read({ files }, { targets }).sources;
    const { sources } = read({ files }, { targets, before, unreadRegions: ['eu-west-1'] });
    expect(sources.map(({ source }) => source)).toEqual(['ib', 'orders', 'crm']);
  });

  test('what no file says can be told by hand', () => {
    const targets = '{"legacy":{"cron":["5 4 * * *","5 16 * * *"],"timezone":"europe/zurich"},"x":{"cron":"daily"}}';
    const { sources, problems } = read({}, { targets });
    expect(short(sources)).toEqual([
      ['legacy', 'database-dump', '5 4 * * * Europe/Zurich', '5 16 * * * Europe/Zurich'],
    ]);
    expect(problems).toEqual([
      expect.stringMatching(/^targets: x: "daily" has 1 field/),
      'targets: no workflow, tag or cron promises a backup of x',
    ]);
  });

  test('targets that are no JSON are told, and what they promised before still is', () => {
    const before = read({}, { targets: '{"legacy":{"cron":"5 4 * * *"}}' }).sources;
    const { sources, problems } = read({ files }, { targets: '{"legacy":', before });
    expect(sources.map(({ source }) => source)).toEqual(['ib', 'orders', 'legacy']);
    expect(problems).toEqual([expect.stringMatching(/^targets is not a JSON object/)]);
  });
});

describe('since when', () => {
  const file = (cron: string, source = 'a') => ({
    'a.yml': nightly.replace('17 3', cron) + call('postgres-dump.yml', `      source: ${source}\n`),
  });
  const before = read({ files: file('17 3') }, { now: new Date('2026-11-01T00:00:00Z') }).sources;
  const first = '2026-11-01T00:00:00.000Z';

  test('what is read again is promised since it was read first', () => {
    expect(read({ files: file('17 3') }, { before }).sources).toEqual(before);
  });

  test('a schedule that changes is promised until then, and the new one from then on', () => {
    const [source] = read({ files: file('29 5') }, { before }).sources;
    expect(source).toMatchObject({
      since: first,
      schedules: [
        { expression: '29 5 * * *', since: at },
        { expression: '17 3 * * *', since: first, until: at },
      ],
    });
    const back = read({ files: file('17 3') }, { before: [source as PromisedSource], now: new Date('2026-11-21') });
    expect(back.sources[0]?.schedules.map(({ since, until }) => [since, until])).toEqual([
      ['2026-11-21T00:00:00.000Z', undefined],
      [at, '2026-11-21T00:00:00.000Z'],
      [first, at],
    ]);
    const later = read({ files: file('29 5') }, { before: [source as PromisedSource], now: new Date('2027-03-01') });
    expect(later.sources[0]?.schedules).toHaveLength(1);
  });

  test('a source that is renamed is a new one, and the old one is promised by nobody', () => {
    expect(read({ files: file('17 3', 'b') }, { before }).sources).toEqual([
      expect.objectContaining({ source: 'b', since: at }),
    ]);
  });

  test('what cannot be read is promised as before', () => {
    expect(read({}, { before, repository: undefined }).sources).toEqual(before);
    expect(read({}, { before, unreadFiles: ['.github/workflows/a.yml'] }).sources).toEqual(before);
    const instances = new Map([['us-east-1', [instance('i-1', { Name: 'web', Backup: 'Yes' })]]]);
    const rotate = { 'r.yml': nightly + call('ebs-rotate.yml', '      region: us-east-1\n') };
    const rotated = read({ files: rotate }, { instances }).sources;
    expect(read({ files: rotate }, { before: rotated, unreadRegions: ['us-east-1'] }).sources).toEqual(rotated);
    expect(read({}, { before: rotated, instances, unreadFiles: ['.github/workflows/r.yml'] }).sources).toEqual(rotated);
    // An instance that is gone, or not tagged any more, was read.
    expect(read({ files: rotate }, { before: rotated, instances: new Map([['us-east-1', []]]) }).sources).toEqual([]);
  });
});

describe('targets that cannot be read for once', () => {
  const host = instance('i-1', { Name: 'db1', 'holdfast:rpo': '26h', 'holdfast:allowance': '2d' });
  const files = { 'n.yml': `${nightly}${call('postgres-dump.yml', '      source: orders\n      instance: db1\n')}` };
  const here = new Map([['us-east-1', [host]]]);
  const rto = '{"orders":{"rto":"2h"}}';
  const first = read({ files }, { instances: here, targets: rto }).sources;
  const targets = (more: Partial<PromisesInput>) =>
    read({ files }, { before: first, targets: rto, ...more }).sources[0]?.targets;
  const all = { allowanceSeconds: 48 * 3600, rpoSeconds: 26 * 3600, rtoSeconds: 2 * 3600 };

  test('those of tags stay while a region is not read, and end when the tag does', () => {
    expect(first[0]?.targets).toEqual(all);
    expect(targets({ unreadRegions: ['us-east-1'] })).toEqual(all);
    expect(targets({ unreadRegions: ['us-east-1'], targets: '{"orders":{"rto":"3h"}}' })).toEqual({
      ...all,
      rtoSeconds: 3 * 3600,
    });
    expect(targets({ instances: new Map([['us-east-1', []]]) })).toEqual({
      allowanceSeconds: 12 * 3600,
      rtoSeconds: 7200,
    });
  });

  test.each([
    ['a text that is no JSON', '{"orders":{"rto":"2h"},}'],
    ['a value that is no duration', '{"orders":{"rto":"2x"}}'],
    ['a name with a slip', '{"orders":{"rtto":"2h"}}'],
    ['a source without an object', '{"orders":"2h"}'],
    ['a fault in those for all', '{"*":{"rpo":"never"}}'],
  ])('those by hand stay, with %s', (_, text) => {
    expect(targets({ instances: here, targets: text })).toEqual(all);
    expect(read({ files }, { before: first, instances: here, targets: text }).targetFaults).toHaveLength(1);
  });

  test('those of a tag with a slip stay', () => {
    const wrong = new Map([['us-east-1', [{ ...host, tags: { ...host.tags, 'holdfast:rpo': '26 hours' } }]]]);
    expect(targets({ instances: wrong })).toEqual(all);
  });

  test('of one database of a server', () => {
    const server = { 'n.yml': `${nightly}${call('postgres-server.yml', '      source: srv\n')}` };
    const text = '{"srv":{"rto":"2h"},"srv/orders":{"rpo":"26h"}}';
    const { sources, problems } = read({ files: server }, { targets: text });
    const own = { 'srv/orders': { allowanceSeconds: 43_200, rpoSeconds: 26 * 3600, rtoSeconds: 7200 } };
    expect([sources[0]?.targetsOfDatabases, problems]).toEqual([own, []]);
    const slip = read({ files: server }, { before: sources, targets: `${text},` }).sources;
    expect(slip[0]?.targetsOfDatabases).toEqual(own);
  });
});

describe('what a schedule starts', () => {
  const step = (text: string, env = '') =>
    `on:\n  schedule:\n    - cron: "17 3 * * *"\n${env}jobs:\n  a:\n    runs-on: x\n    env:\n      TIER: prod\n    steps:\n${text}`;
  const action = (source: string, more = '') =>
    `      - uses: acme/holdfast/actions/db-dump@0123\n        with:\n          source: ${source}\n${more}`;

  test('a source in the environment of the file, the job or the step is known', () => {
    const text = step(
      action("${{ format('{0}.{1}', env.NAME, env.TIER) }}") +
        action('${{ env.NAME }}', '        env:\n          NAME: chat\n'),
      'env:\n  NAME: orders\n',
    );
    const { sources, problems } = read({ files: { 'n.yml': text } });
    expect([sources.map(({ source }) => source), problems]).toEqual([['orders.prod', 'chat'], []]);
  });

  test('a source in an environment that only a run sets is watched by nobody, and that is told', () => {
    const { sources, problems, unwatched } = read({ files: { 'n.yml': step(action('${{ env.NAME }}')) } });
    expect([sources, unwatched]).toEqual([[], problems]);
    expect(problems).toEqual([expect.stringMatching(/only a run knows its source/)]);
    // Until somebody promises by hand what that file makes.
    const told = (workflow: string) =>
      read(
        { files: { 'n.yml': step(action('${{ env.NAME }}')) } },
        { targets: JSON.stringify({ orders: { cron: '17 3 * * *', workflow } }) },
      );
    expect(told('n.yml')).toMatchObject({ sources: [{ source: 'orders' }], problems: [], unwatched: [] });
    expect(told('m.yml').unwatched).toEqual(unwatched);
    // Nobody knows while a file cannot be read.
    expect(read({}, { unreadFiles: ['.github/workflows/n.yml'] }).unwatched).toBeUndefined();
  });

  test('a variable that an environment may have is known to a run alone, and an empty source is told', () => {
    const job = (source: string, environment: string) =>
      `${nightly}  a:\n    runs-on: x\n${environment}    steps:\n${action(source)}`;
    const found = (text: string, variables = {}) => {
      const { sources, unwatched } = read({ files: { 'n.yml': text }, variables });
      return [sources.map(({ source }) => source), unwatched];
    };
    const unknown = [[], [expect.stringMatching(/only a run knows its source/)]];
    for (const environment of ['    environment: production\n', '    environment:\n      name: production\n'])
      for (const source of ['${{ vars.DB_NAME }}', '${{ vars.DB_NAME }}.prod'])
        expect(found(job(source, environment))).toEqual(unknown);
    expect(found(job('${{ vars.DB_NAME }}', '    environment: x\n'), { DB_NAME: 'orders' })).toEqual([['orders'], []]);
    expect(found(job('${{ vars.DB_NAME }}', ''))).toEqual([
      [],
      [expect.stringMatching(/its source is empty, so nobody/)],
    ]);
    expect(found(job('orders', '').replace('source:', 'Source:'))).toEqual([['orders'], []]);
    // A call that does nothing while something is missing is left out on purpose.
    const call = `${nightly}  a:\n    uses: acme/holdfast/.github/workflows/infobright-backup.yml@1\n`;
    expect(found(`${call}    with: { required: false }\n`)).toEqual([[], []]);
    expect(found(call)[1]).toHaveLength(1);
  });

  test('a workflow of another repository and a local action are not looked into, and that is told', () => {
    const files = {
      'a.yml': `${nightly}  a:\n    uses: acme/platform/.github/workflows/nightly.yml@main\n`,
      'b.yml': step('      - uses: ./.github/actions/backup\n      - uses: actions/checkout@v5\n'),
    };
    const { notLookedInto, problems } = read({ files });
    expect([notLookedInto, problems]).toEqual([
      [
        '.github/workflows/a.yml, job a: acme/platform/.github/workflows/nightly.yml@main',
        '.github/workflows/b.yml, job a: ./.github/actions/backup',
      ],
      [],
    ]);
    expect(read({ files: own }).notLookedInto).toEqual([]);
  });
});
