/** What is missing, too old, or too slow to restore. */
import { describe, expect, test } from '@jest/globals';
import type { KeptBackup, UnreadPart } from '../../../../src/domain/backup.ts';
import type { PromisedSource } from '../../../../src/watch/promises/promise.ts';
import { watch } from '../../../../src/watch/watchdog/watchdog.ts';
import { backup, promised, schedule } from './given.ts';

function look(
  now: string,
  backups: readonly KeptBackup[],
  more: Partial<PromisedSource> = {},
  unread: readonly UnreadPart[] = [],
) {
  const [one] = watch({ promises: [promised(more)], inventory: { backups, unread }, now: new Date(now) });
  if (one === undefined) throw new Error('no source');
  return { ...one, kinds: one.failures.map(({ kind }) => kind) };
}

describe('a promised run', () => {
  test('is missed once its allowance is over, until a backup comes', () => {
    const before = backup('2026-11-19T03:20:00Z');
    expect(look('2026-11-20T15:16:00Z', [before]).kinds).toEqual([]);
    const { failures, due, next } = look('2026-11-20T15:17:00Z', [before]);
    expect({ due, next }).toEqual({ due: '2026-11-20T03:17:00.000Z', next: '2026-11-21T03:17:00.000Z' });
    expect(failures).toEqual([
      {
        kind: 'missing',
        since: '2026-11-20T03:17:00.000Z',
        what: 'no backup of orders since 2026-11-19 03:20:00 UTC: the run promised for 2026-11-20 03:17:00 UTC made none within 12h',
        likelyCause: 'GitHub started no run of a.yml, or the run failed (then it has an issue of its own)',
        fix: 'gh run list --workflow a.yml; start one: gh workflow run a.yml',
      },
    ]);
    expect(look('2026-11-20T16:00:00Z', [before, backup('2026-11-20T15:40:00Z')]).kinds).toEqual([]);
  });

  test('whose backup came late, perhaps between two looks, is told as late and not as missed', () => {
    const said =
      'the run promised for 2026-11-20 03:17:00 UTC made its backup at 2026-11-20 15:17:01 UTC, later than 12h';
    const { kinds, late } = look('2026-11-20T16:00:00Z', [
      backup('2026-11-20T15:17:01Z'),
      backup('2026-11-20T15:50:00Z'),
    ]);
    expect([kinds, late]).toEqual([[], said]);
    expect(look('2026-11-20T16:00:00Z', [backup('2026-11-20T15:17:00Z')]).late).toBeUndefined();
    expect(look('2026-11-20T16:00:00Z', []).late).toBeUndefined();
    // Until the next run counts.
    expect(look('2026-11-21T15:16:00Z', [backup('2026-11-20T15:17:01Z')]).late).toBe(said);
    expect(
      look('2026-11-21T16:00:00Z', [backup('2026-11-20T15:17:01Z'), backup('2026-11-21T03:20:00Z')]).late,
    ).toBeUndefined();
  });

  test('is kept by a dump whose server has a clock that is some minutes behind', () => {
    expect(look('2026-11-20T16:00:00Z', [backup('2026-11-20T03:08:00Z')]).kinds).toEqual([]);
    expect(look('2026-11-20T16:00:00Z', [backup('2026-11-20T03:06:00Z')]).kinds).toEqual(['missing']);
  });

  test('is not kept by a dump of the future, which is told: it would hide every miss until then', () => {
    const [before, future] = [backup('2026-11-19T03:20:00Z'), backup('2030-01-01T00:00:00Z')];
    const { failures, newest, notes } = look('2026-11-20T16:00:00Z', [future, before], {
      targets: { allowanceSeconds: 12 * 3600, rpoSeconds: 26 * 3600 },
    });
    expect(failures.map(({ what }) => what)).toEqual([
      expect.stringMatching(/^no backup of orders since 2026-11-19 03:20:00 UTC/),
      expect.stringMatching(/^the newest proven backup of orders is of 2026-11-19 03:20:00 UTC/),
    ]);
    expect([newest, notes]).toEqual([before, [expect.stringContaining('2030-01-01 00:00:00 UTC, which is to come')]]);
    // A clock that is some minutes ahead is one of every day.
    const ahead = look('2026-11-20T16:00:00Z', [backup('2026-11-20T16:09:00Z')]);
    expect([ahead.kinds, ahead.notes]).toEqual([[], undefined]);
    expect(look('2026-11-20T16:00:00Z', [backup('2026-11-20T16:11:00Z')]).kinds).toEqual(['missing']);
  });

  test('was not promised before anybody read the schedule', () => {
    const schedules = [schedule('17 3 * * *', { since: '2026-11-20T03:18:00.000Z' })];
    expect(look('2026-11-21T15:16:00Z', [], { schedules }).kinds).toEqual([]);
    const [failure] = look('2026-11-21T15:17:00Z', [], { schedules }).failures;
    expect(failure?.what).toMatch(/^orders has never been backed up: the run promised for 2026-11-21 03:17:00 UTC/);
  });

  test('of a schedule that ended is promised until then', () => {
    const schedules = [
      schedule('17 3 * * *', { until: '2026-11-20T12:00:00.000Z' }),
      schedule('17 5 * * 0', { since: '2026-11-20T12:00:00.000Z' }),
    ];
    expect(look('2026-11-20T16:00:00Z', [backup('2026-11-19T04:00:00Z')], { schedules }).kinds).toEqual(['missing']);
    expect(look('2026-11-21T16:00:00Z', [backup('2026-11-20T04:00:00Z')], { schedules }).kinds).toEqual([]);
  });

  test('of a workflow that GitHub disabled says so', () => {
    const [failure] = look('2026-11-20T16:00:00Z', [], { disabled: 'disabled_inactivity' }).failures;
    expect(failure).toMatchObject({ likelyCause: expect.stringContaining('60 days'), fix: 'gh workflow enable a.yml' });
  });

  test('is not kept by a backup that cannot be restored', () => {
    const [failure] = look('2026-11-20T16:00:00Z', [backup('2026-11-20T03:20:00Z', { problem: 'x is gone' })]).failures;
    expect(failure?.what).toBe('the backup of orders of 2026-11-20 03:20:00 UTC cannot be restored: x is gone');
  });

  test('by the clock of a zone: a skipped hour, and a repeated one', () => {
    const schedules = [schedule('30 2 * * *', { timeZone: 'Europe/Zurich' })];
    // Put forward on 29 March: 02:30 does not exist, and 03:00 is 01:00 UTC.
    const spring = backup('2026-03-29T01:02:00Z');
    expect(look('2026-03-29T14:00:00Z', [spring], { schedules })).toMatchObject({
      due: '2026-03-29T01:00:00.000Z',
      kinds: [],
    });
    // Put back on 25 October: 02:30 is at 00:30 and at 01:30 UTC, and either run will do.
    for (const time of ['2026-10-25T00:31:00Z', '2026-10-25T01:31:00Z'])
      expect(look('2026-10-25T15:00:00Z', [backup(time)], { schedules }).kinds).toEqual([]);
    expect(look('2026-10-25T15:00:00Z', [backup('2026-10-24T00:31:00Z')], { schedules }).kinds).toEqual(['missing']);
  });
});

describe('a rotation', () => {
  const rotation: Partial<PromisedSource> = {
    source: 'web',
    kind: 'rotation-snapshot',
    instanceId: 'i-1',
    region: 'us-east-1',
    schedules: [schedule('23 1,5,9,13,17,21 * * *', { slot: { everyHours: 24, timeZone: 'UTC' } })],
  };
  const snapshot = (at: string, more: Partial<KeptBackup> = {}) =>
    backup(at, { source: 'web', kind: 'rotation-snapshot', instanceId: 'i-1', verdict: 'unproven', ...more });

  test('makes one backup for each slot, whichever run of it', () => {
    expect(look('2026-11-20T23:00:00Z', [snapshot('2026-11-20T01:24:00Z')], rotation).kinds).toEqual([]);
    // A run of the day before that came after midnight has made it already.
    expect(look('2026-11-20T23:00:00Z', [snapshot('2026-11-20T00:10:00Z')], rotation).kinds).toEqual([]);
    expect(look('2026-11-20T13:22:00Z', [snapshot('2026-11-19T05:24:00Z')], rotation).kinds).toEqual([]);
    expect(look('2026-11-20T13:23:00Z', [snapshot('2026-11-19T05:24:00Z')], rotation).kinds).toEqual(['missing']);
  });

  test('knows the instance by its id: a new name is the same source, and another instance is not', () => {
    const renamed = [snapshot('2026-11-20T01:24:00Z', { source: 'old-name' })];
    expect(look('2026-11-20T23:00:00Z', renamed, rotation).kinds).toEqual([]);
    const other = [snapshot('2026-11-20T01:24:00Z', { instanceId: 'i-2' })];
    expect(look('2026-11-20T23:00:00Z', other, rotation).kinds).toEqual(['missing']);
  });

  test('that nobody schedules is told of an instance that was never backed up', () => {
    const unscheduled = { ...rotation, schedules: [], since: '2026-11-20T00:00:00.000Z' };
    expect(look('2026-11-20T11:59:00Z', [], unscheduled).kinds).toEqual([]);
    expect(look('2026-11-20T12:00:00Z', [], unscheduled).failures[0]?.what).toMatch(/tagged, has never/);
    expect(look('2026-11-20T12:00:00Z', [snapshot('2026-01-01T00:00:00Z')], unscheduled).kinds).toEqual([]);
  });

  test('has targets by its newest snapshot, which nobody proves', () => {
    const targets = { allowanceSeconds: 86_400 * 9, rpoSeconds: 26 * 3600 };
    const at = '2026-11-20T01:24:00Z';
    expect(look('2026-11-21T03:24:00Z', [snapshot(at)], { ...rotation, targets }).kinds).toEqual([]);
    expect(look('2026-11-21T03:25:00Z', [snapshot(at)], { ...rotation, targets }).kinds).toEqual(['too-old']);
  });
});

describe('targets', () => {
  const targets = { allowanceSeconds: 86_400 * 9, rpoSeconds: 26 * 3600, rtoSeconds: 3600 };
  const proof = { at: '2026-11-20T04:00:00Z', verdict: 'good', run: { key: 'k', url: 'u' } } as const;

  test('the newest proven backup counts, not one that is unproven or bad', () => {
    const backups = [
      backup('2026-11-20T03:20:00Z', { verdict: 'bad' }),
      backup('2026-11-19T03:20:00Z', { verdict: 'unproven' }),
      backup('2026-11-18T03:20:00Z'),
    ];
    const [failure] = look('2026-11-20T05:00:00Z', backups, { targets }).failures;
    expect(failure).toMatchObject({
      kind: 'too-old',
      since: '2026-11-19T05:20:00.000Z',
      what: 'the newest proven backup of orders is of 2026-11-18 03:20:00 UTC; the target is 1d2h',
    });
    expect(look('2026-11-19T05:20:00Z', backups, { targets }).kinds).toEqual([]);
  });

  test('a source without any proven backup has as long as the target allows', () => {
    const since = '2026-11-18T00:00:00.000Z';
    const given = { targets, since, schedules: [schedule('17 3 * * *', { since })] };
    expect(look('2026-11-19T02:00:00Z', [], given).kinds).toEqual([]);
    expect(look('2026-11-19T02:01:00Z', [], given).failures[0]?.what).toMatch(/has no proven backup/);
  });

  test('a restore that took too long', () => {
    const slow = [backup('2026-11-20T03:20:00Z', { proofs: [{ ...proof, recoverySeconds: 3601 }] })];
    expect(look('2026-11-20T05:00:00Z', slow, { targets }).failures).toEqual([
      expect.objectContaining({ kind: 'too-slow', what: expect.stringContaining('took 1h1s; the target is 1h') }),
    ]);
    const fast = [backup('2026-11-20T03:20:00Z', { proofs: [{ ...proof, recoverySeconds: 3600 }] })];
    expect(look('2026-11-20T05:00:00Z', fast, { targets }).kinds).toEqual([]);
  });
});

describe('what could not be read', () => {
  const part = (more: Partial<UnreadPart>): UnreadPart => ({
    what: 'receipts of x',
    reason: 'denied',
    hides: ['database-dump'],
    ...more,
  });
  const at = '2026-11-20T16:00:00Z';

  test('is never missing', () => {
    const { kinds, unknown } = look(at, [], {}, [part({})]);
    expect({ kinds, unknown }).toEqual({ kinds: [], unknown: 'receipts of x could not be read: denied' });
    // Where a backup is seen, nothing is unknown.
    expect(look(at, [backup('2026-11-20T03:20:00Z')], {}, [part({})]).unknown).toBeUndefined();
  });

  test.each([
    ['another kind', part({ hides: ['rotation-snapshot'] }), {}],
    ['another folder', part({ folder: 'receipts/crm/' }), {}],
    ['another region', part({ region: 'eu-west-1' }), { region: 'us-east-1' }],
  ])('hides nothing of %s', (_, unread, more) => {
    expect(look(at, [], more, [unread]).kinds).toEqual(['missing']);
  });

  test.each([
    ['its folder', part({ folder: 'receipts/orders/' }), {}],
    ['a database of its server', part({ folder: 'receipts/orders/a/' }), { allDatabases: true as const }],
    ['its region', part({ region: 'us-east-1' }), { region: 'us-east-1' }],
  ])('hides what is in %s', (_, unread, more) => {
    expect(look(at, [], more, [unread]).kinds).toEqual([]);
  });

  describe('objects of dumps, as those of a bucket that is deleted or may not be listed,', () => {
    const unseen = 'objects of dumps could not be read: AccessDenied';
    const before = backup('2026-11-19T03:20:00Z', { unseen });
    const last = backup('2026-11-20T03:20:00Z', { unseen });
    const state = (...given: Parameters<typeof look>) => {
      const { kinds, unknown } = look(...given);
      return [kinds, unknown];
    };

    test('make it unknown whether their source is backed up', () => {
      expect(state(at, [last, before])).toEqual([[], unseen]);
      const targets = { allowanceSeconds: 12 * 3600, rpoSeconds: 26 * 3600 };
      const seen = backup('2026-11-20T03:18:00Z', { verdict: 'unproven' });
      expect(state(at, [last, seen], { targets })).toEqual([[], unseen]);
      expect(state(at, [{ ...last, source: 'orders/crm' }], { allDatabases: true })).toEqual([[], unseen]);
    });

    test('make no difference where another backup is seen, or where all of them are too old', () => {
      expect(state(at, [last, backup('2026-11-20T03:18:00Z')])).toEqual([[], undefined]);
      expect(state(at, [before])).toEqual([['missing'], undefined]);
      expect(state('2026-01-01T04:00:00Z', [backup('2026-01-01T03:20:00Z', { unseen })])).toEqual([[], undefined]);
    });

    test('hide no failure that is sure', () => {
      const targets = { allowanceSeconds: 12 * 3600, rpoSeconds: 60 * 3600 };
      expect(state(at, [before], { targets })).toEqual([['missing'], unseen]);
    });
  });
});

test('a server of which all databases are dumped is kept by any of them', () => {
  const one = [backup('2026-11-20T03:20:00Z', { source: 'orders/crm' })];
  expect(look('2026-11-20T16:00:00Z', one, { allDatabases: true }).kinds).toEqual([]);
  expect(look('2026-11-20T16:00:00Z', one).kinds).toEqual(['missing']);
});

test('a promise that nobody can judge is unknown, and costs no other source its watch', () => {
  const unreadable = [
    promised({ source: 'cron', schedules: [schedule('99 * * * *')] }),
    promised({ source: 'zone', schedules: [schedule('0 0 * * *', { timeZone: 'Mars/Base' })] }),
    promised({ source: 'targets', targets: undefined as never }),
  ];
  const found = watch({
    promises: [...unreadable, promised()],
    inventory: { backups: [], unread: [] },
    now: new Date('2026-11-20T16:00:00Z'),
  });
  expect(found.map(({ promised: { source }, failures, unknown }) => [source, failures.length, unknown])).toEqual([
    ['cron', 0, expect.stringMatching(/^what is promised cannot be judged: \S/)],
    ['zone', 0, expect.stringMatching(/^what is promised cannot be judged: \S/)],
    ['targets', 0, expect.stringMatching(/^what is promised cannot be judged: \S/)],
    ['orders', 1, undefined],
  ]);
});
