import { describe, expect, test } from '@jest/globals';
import type { Instance, Snapshot, Volume } from '../../../src/domain/ec2.ts';
import type { Receipt } from '../../../src/domain/receipt.ts';
import type { CheckResult } from '../../../src/domain/verification.ts';
import { freeDevice, receiptProblem, unproven } from '../../../src/volume/choose.ts';
import { type RunState, startMark } from '../../../src/volume/maker.ts';
import { decideSweep, runsToAsk } from '../../../src/volume/sweep.ts';
import { judgeFailure, judgeIcm, judgeRead, verificationVerdict } from '../../../src/volume/verdict.ts';

const now = new Date('2026-11-20T12:00:00Z');

function snapshot(
  id: string,
  hour: number,
  tags: Record<string, string> = {},
  state: Snapshot['state'] = 'completed',
): Snapshot {
  return {
    id,
    volumeId: 'vol-1',
    state,
    stateMessage: undefined,
    description: '',
    tier: 'standard',
    fullBytes: undefined,
    progress: 100,
    startedAt: new Date(Date.UTC(2026, 10, 20, hour)),
    sizeGiB: 1,
    tags,
  };
}

function volume(id: string, run: string, extra: Partial<Volume> = {}, tags: Record<string, string> = {}): Volume {
  return {
    id,
    state: 'in-use',
    sizeGiB: 1,
    zone: 'us-east-1a',
    snapshotId: 'snap-1',
    tags: { 'holdfast:made-by': 'verify-volume', 'holdfast:run': run, ...tags },
    attachment: { instanceId: 'i-2', device: '/dev/sdf', state: 'attached' },
    encrypted: false,
    ...extra,
  };
}

function instance(tags: Record<string, string> = {}, devices: Record<string, string> = {}): Instance {
  return {
    id: 'i-2',
    name: 'ib02.dev',
    state: 'running',
    zone: 'us-east-1a',
    tags,
    devices,
    rootDevice: '/dev/xvda',
    launchedAt: new Date('2026-01-01T00:00:00Z'),
    type: 'm5.large',
    windows: false,
  };
}

describe('the newest unproven snapshot', () => {
  test('is the newest without a verdict that is not in error', () => {
    const list = [
      snapshot('a', 1),
      snapshot('b', 3, { Integrity: 'good' }),
      snapshot('c', 2),
      snapshot('d', 4, {}, 'error'),
    ];
    expect(unproven(list).map((one) => one.id)).toEqual(['c', 'a']);
  });

  test.each([
    ['no receipt', undefined, 'has no receipt'],
    ['a draft', { state: 'draft' }, 'died before its receipt was complete'],
    ['an abandoned one', { state: 'abandoned', notes: ['too late'] }, 'too late'],
    ["another snapshot's", { state: 'taken', snapshot: { id: 'snap-9' } }, 'describes snap-9'],
  ])('with %s cannot be compared with it', (_what, receipt, words) => {
    expect(receiptProblem(snapshot('snap-1', 1), receipt as unknown as Receipt | undefined)).toContain(words);
  });
});

test('the first free device name, whatever spelling the used ones have', () => {
  expect(
    freeDevice(instance({}, { '/dev/xvda': 'vol-0', '/dev/sdf': 'vol-1', '/dev/xvdg': 'vol-2', sdh: 'vol-3' })),
  ).toBe('/dev/sdi');
  const all = Object.fromEntries([...'fghijklmnop'].map((letter) => [`/dev/sd${letter}`, 'vol']));
  expect(freeDevice(instance({}, all))).toBe(undefined);
});

describe('sweep', () => {
  const own = { key: 'me', attempt: 2, job: 'this' };
  const decide = (volumes: Volume[], runs: Record<string, RunState>, host = instance()) =>
    decideSweep({ volumes, instance: host, own, runs: new Map(Object.entries(runs)), now });
  const ids = (list: readonly { readonly volume: Volume }[]): string[] => list.map((one) => one.volume.id);
  const ofMe = (id: string, attempt: number, job?: string, extra: Partial<Volume> = {}, on = 'i-2'): Volume =>
    volume(id, 'me', extra, {
      ...{ 'holdfast:attempt': String(attempt), 'holdfast:instance': on, 'holdfast:expires': '2026-11-20T11:00:00Z' },
      ...(job === undefined ? {} : { 'holdfast:job': job }),
    });

  test('removes what dead runs left, and leaves the living alone', () => {
    const sweep = decide([volume('v-over', 'dead'), volume('v-alive', 'other')], { dead: 'over', other: 'alive' });
    expect([ids(sweep.remove), ids(sweep.keep)]).toEqual([['v-over'], ['v-alive']]);
    expect(sweep.busy?.key).toBe('other');
  });

  test('of its own run it removes what this job made and what earlier attempts left, but nothing of a job beside it', () => {
    const sweep = decide(
      [
        ofMe('own', 2, 'this'),
        ofMe('earlier', 1, 'that'),
        ofMe('earlier-version', 1),
        ofMe('sibling', 2, 'that', { attachment: { instanceId: 'i-9', device: '/dev/sdf', state: 'attached' } }),
        // Its time has passed, which says nothing of a run that goes on.
        ofMe('sibling-of-earlier-version', 2, undefined, { attachment: undefined }, 'i-9'),
      ],
      {},
    );
    expect(ids(sweep.remove)).toEqual(['own', 'earlier', 'earlier-version']);
    expect(ids(sweep.keep)).toEqual(['sibling', 'sibling-of-earlier-version']);
    // Both are on another verification host.
    expect(sweep.busy).toBe(undefined);
    expect(sweep.keep[0]?.reason).toBe('another job of this run made it');
  });

  test('the host is in use by a job beside it from the making of its copy on', () => {
    const made = { attachment: undefined, state: 'creating' as const };
    expect(decide([ofMe('sibling', 2, 'that', made)], {}).busy).toEqual({ key: 'me', attempt: 2, job: 'that' });
    // A run that nobody knows of may have died with it.
    const unknown = volume('x', 'unknown', made, { 'holdfast:instance': 'i-2' });
    expect(decide([unknown], {}).busy).toBe(undefined);
  });

  test('GitHub is asked about other runs only', () => {
    const host = instance({ 'holdfast:started-by': startMark({ key: 'starter', attempt: 3, job: 'x' }) });
    expect(runsToAsk([ofMe('a', 2, 'that'), volume('b', 'dead'), volume('c', 'dead')], host, own)).toEqual([
      'dead',
      'starter',
    ]);
  });

  test('waits for the expiry where nobody can say whether the run is over', () => {
    const young = volume('young', 'x', {}, { 'holdfast:expires': '2026-11-20T13:00:00Z' });
    const old = volume('old', 'x', {}, { 'holdfast:expires': '2026-11-20T11:00:00Z' });
    const unmarked = volume('unmarked', 'x');
    const sweep = decide([young, old, unmarked], { x: 'unknown' });
    expect(sweep.remove.map((one) => one.volume.id)).toEqual(['old']);
    expect(sweep.keep.map((one) => one.volume.id)).toEqual(['young', 'unmarked']);
  });

  test('never touches what Holdfast did not make', () => {
    const foreign = volume('foreign', 'dead', {}, { 'holdfast:made-by': 'somebody' });
    expect(decide([foreign], { dead: 'over' })).toMatchObject({ remove: [], keep: [] });
  });

  test("inherits the duty to stop an instance that a dead run started, never a living run's", () => {
    expect(decide([], { dead: 'over' }, instance({ 'holdfast:started-by': 'dead' })).inheritedStart).toBe('dead');
    expect(decide([], { other: 'alive' }, instance({ 'holdfast:started-by': 'other' })).inheritedStart).toBe(undefined);
    expect(decide([], {}, instance()).inheritedStart).toBe(undefined);
  });

  test.each([
    ['this job', startMark(own), true],
    ['an earlier attempt', startMark({ ...own, attempt: 1, job: 'that' }), true],
    ['a job beside it', startMark({ ...own, job: 'that' }), false],
    ['an earlier version in this run, in whatever job', 'me', false],
    ['a job of a dead run', startMark({ key: 'dead', attempt: 7, job: 'that' }), true],
    ['a job of a living run', startMark({ key: 'other', attempt: 7, job: 'that' }), false],
  ])('an instance that %s started', (_what, mark, inherited) => {
    const sweep = decide([], { dead: 'over', other: 'alive' }, instance({ 'holdfast:started-by': mark }));
    expect(sweep.inheritedStart).toBe(inherited ? mark : undefined);
  });
});

describe('verdict', () => {
  const check = (name: string, outcome: CheckResult['outcome']): CheckResult => ({ name, outcome, detail: '' });
  const compared = new Set(['a.t']);

  test.each([
    ['everything passed', [check('service starts', 'passed'), check('a.t', 'passed')], 'good'],
    ['one failed', [check('a.t', 'passed'), check('b.t', 'failed'), check('c', 'unproven')], 'bad'],
    ['the machinery stood in the way', [check('a.t', 'passed'), check('c', 'unproven')], 'unproven'],
    ['nothing was compared', [check('service starts', 'passed'), check('a.t', 'not-compared')], 'unproven'],
    ['there was nothing at all', [], 'unproven'],
  ] as const)('%s', (_what, checks, verdict) => {
    expect(verificationVerdict(checks, compared)).toBe(verdict);
  });

  test('only what shows damage makes a failed check, also of documents of earlier versions', () => {
    const superblock = 'kernel log: read\nkernel: XFS (xvdf): Metadata CRC error detected at xfs_sb_read_verify';
    const redo = 'InnoDB: Invalid log header checksum';
    for (const [code, detail] of [
      ['mount-refused', superblock],
      ['filesystem-damaged', superblock],
      ['service-failed', redo],
      ['service-refused-data', redo],
    ] as const) {
      expect(judgeFailure({ code, message: 'm', detail })).toMatchObject({
        kind: 'damage',
        check: { outcome: 'failed' },
      });
      const doubt = judgeFailure({ code, message: 'm', detail: 'wrong fs type, bad superblock; corrupt' });
      expect(doubt).toMatchObject({ kind: 'machinery', reason: expect.any(String) });
    }
    for (const code of ['device-not-found', 'partition-not-found', 'mount-point-busy', 'unreadable-answer'])
      expect(judgeFailure({ code, message: 'm', detail: `${superblock}\n${redo}` })).toEqual({ kind: 'machinery' });
  });

  test('reading: a damaged filesystem fails, a failing device does not, an empty copy does', () => {
    const answer = { files: 2, bytes: 2 * 1024 ** 2, seconds: 1 };
    expect(judgeRead({ ...answer, errors: [] })).toMatchObject({
      outcome: 'passed',
      detail: '2 files, 2.0 MiB in 1.0 s (2 MiB/s)',
    });
    expect(judgeRead({ ...answer, errors: [{ path: '/a', message: 'Structure needs cleaning' }] }).outcome).toBe(
      'failed',
    );
    for (const message of ['Input/output error', 'Permission denied', 'Cannot allocate memory', 'Stale file handle'])
      expect(judgeRead({ ...answer, errors: [{ path: '/a', message }] }).outcome).toBe('unproven');
    const both = ['Input/output error', 'Bad message'].map((message) => ({ path: '/a', message }));
    expect(judgeRead({ ...answer, errors: both }).outcome).toBe('failed');
    expect(judgeRead({ files: 0, bytes: 0, seconds: 0, errors: [] }).outcome).toBe('failed');
  });

  test('icm is believed only where it looked at something', () => {
    expect(judgeIcm({ installed: false, tables: 0, corruptions: 0, output: '' })).toBe(undefined);
    expect(judgeIcm({ installed: true, tables: 3, corruptions: 0, output: '' })?.outcome).toBe('passed');
    expect(judgeIcm({ installed: true, tables: 3, corruptions: 1, output: '' })?.outcome).toBe('failed');
    expect(judgeIcm({ installed: true, tables: 0, corruptions: 0, output: '' })?.outcome).toBe('unproven');
  });
});
