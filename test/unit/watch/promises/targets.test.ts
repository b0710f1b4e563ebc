/** What targets, by tags and by hand, promise. */
import { describe, expect, test } from '@jest/globals';
import type { Tags } from '../../../../src/domain/ec2.ts';
import type { PromisesInput } from '../../../../src/watch/promises/promises.ts';
import { watch } from '../../../../src/watch/watchdog/watchdog.ts';
import { at, call, instance, nightly, read, short } from './given.ts';

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
