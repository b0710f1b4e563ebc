import { describe, expect, test } from '@jest/globals';
import type { Snapshot } from '../../../src/domain/ec2.ts';
import type { NewSnapshotSet } from '../../../src/ports/ec2-region.ts';
import { type SnapshotSet, takeSnapshotSet } from '../../../src/rotation/execute/snapshot-set.ts';
import type { CreateDecision } from '../../../src/rotation/plan/create.ts';
import { AwsError, explain } from '../../../src/runtime/errors.ts';
import { FakeClock, FakeLogger } from '../../fakes/clock.ts';
import { FakeEc2Regions } from '../../fakes/ec2-region.ts';
import { FakeFreezer, FakeHooks } from '../../fakes/quiesce.ts';
import { instance, region } from './samples.ts';

const volumeId = 'vol-0000000000000000b';
const decision: CreateDecision = {
  kind: 'create',
  instance: instance(),
  volumes: [{ id: volumeId, device: '/dev/sdf' }],
  excludeRoot: true,
  excludeVolumes: [],
  freeze: [volumeId],
  document: undefined,
  vss: false,
  deleteOn: '2026-11-28',
  slot: '2026-11-21',
  tags: { 'holdfast:instance': instance().id },
  descriptions: 'afterwards',
  describe: [],
  reason: 'no snapshot of the slot yet',
};

type Answer = 'made' | 'made, answer lost' | 'not made, answer lost' | 'throttled' | 'refused';

/** EC2 that answers CreateSnapshots as the test says, and then makes what is asked for. */
function setUp(answers: Answer[], secondsOfCall = 0, asked = decision) {
  const clock = new FakeClock();
  const hooks = new FakeHooks(clock);
  const freezer = new FakeFreezer(clock);
  const ec2 = new FakeEc2Regions(clock, [region]).in(region);
  ec2.addInstance(instance());
  const attempts: string[] = [];
  const create = ec2.createSnapshots.bind(ec2);
  ec2.createSnapshots = async (set: NewSnapshotSet): Promise<Snapshot[]> => {
    attempts.push(set.tags['holdfast:attempt'] ?? '');
    const answer = answers.shift() ?? 'made';
    if (answer === 'throttled') throw error('RequestLimitExceeded', 'throttled');
    if (answer === 'refused') throw error('UnauthorizedOperation', 'denied');
    clock.advance(secondsOfCall * 1000);
    const made = answer === 'not made, answer lost' ? [] : await create(set);
    if (answer !== 'made') throw error('TimeoutError', 'transient');
    return made;
  };
  const take = (): Promise<SnapshotSet> =>
    takeSnapshotSet(
      { decision: asked, attempt: '7-1', maxPauseSeconds: 30, documentSeconds: 60 },
      {
        region: ec2,
        hosts: freezer,
        hooks,
        random: () => 1,
        remember: () => {},
        forget: () => {},
      },
      { clock, logger: new FakeLogger(), signal: new AbortController().signal },
    );
  return { take, freezer, hooks, clock, attempts, made: () => [...ec2.all.values()] };
}

function error(code: string, kind: AwsError['kind']): AwsError {
  const about = { operation: 'CreateSnapshots', resource: instance().id, requestId: undefined };
  return new AwsError({ what: code, code, kind, outcome: kind === 'transient' ? 'maybe-done' : 'not-done', ...about });
}

/** Lets each thaw fail. */
function neverThaws(freezer: FakeFreezer): void {
  const run = freezer.run.bind(freezer);
  freezer.run = async (instanceId, command) => {
    if (command.script === 'thaw') throw new Error('the host is gone');
    return run(instanceId, command);
  };
}

const notThawed = {
  what: 'i-0000000000000000a could not be thawed, its lease will do it: the host is gone',
  code: 'resume-failed',
  fix: expect.stringContaining('look at the host now'),
};

test('one call while frozen, then thaw and describe', async () => {
  const { take, freezer, made, attempts } = setUp(['made']);
  expect(await take()).toMatchObject({ consistency: 'freeze', pauseMs: 0, notes: [], failures: [] });
  expect([attempts, freezer.frozen]).toEqual([['7-1-1'], []]);
  expect(made().map((one) => one.tags.Description)).toEqual([
    `web (i-0000000000000000a) - ${volumeId} (/dev/sdf) - us-east-1`,
  ]);
});

test('a throttled call is repeated within three quarters of the lease, in the same pause', async () => {
  const { take, attempts, clock } = setUp(['throttled', 'throttled', 'made']);
  expect(await take()).toMatchObject({ consistency: 'freeze' });
  expect([attempts, clock.slept]).toEqual([
    ['7-1-1', '7-1-1', '7-1-1'],
    [500, 1000],
  ]);
  const always = setUp(Array.from({ length: 20 }, (): Answer => 'throttled'));
  await expect(always.take()).rejects.toMatchObject({ code: 'RequestLimitExceeded' });
  expect(always.clock.slept.reduce((sum, one) => sum + one, 0)).toBeLessThanOrEqual(22_500);
  expect(always.freezer.frozen).toEqual([]);
});

test('a refused call is not repeated', async () => {
  const { take, attempts, freezer } = setUp(['refused']);
  await expect(take()).rejects.toMatchObject({ code: 'UnauthorizedOperation' });
  expect([attempts, freezer.frozen]).toEqual([['7-1-1'], []]);
});

describe('after a lost answer', () => {
  test('the snapshots are found by the tag of the attempt, and not taken twice', async () => {
    const { take, made } = setUp(['made, answer lost']);
    expect(await take()).toMatchObject({ consistency: 'freeze', snapshots: [{ volumeId }] });
    expect(made()).toHaveLength(1);
  });

  test('another pause follows when nothing was made, up to three', async () => {
    const { take, made, attempts } = setUp(['not made, answer lost', 'made']);
    expect(await take()).toMatchObject({ snapshots: [{ volumeId }] });
    expect([made().length, attempts]).toEqual([1, ['7-1-1', '7-1-2']]);
    const never = setUp(Array.from({ length: 9 }, (): Answer => 'not made, answer lost'));
    await expect(never.take()).rejects.toMatchObject({ code: 'TimeoutError' });
    expect(never.attempts).toEqual(['7-1-1', '7-1-2', '7-1-3']);
  });

  test('a pause that could not be ended is a failure, also when a later one succeeds', async () => {
    const { take, freezer } = setUp(['not made, answer lost', 'made']);
    neverThaws(freezer);
    const { failures } = await take();
    expect(failures.map(explain)).toMatchObject([notThawed, notThawed]);
    expect(failures).toMatchObject([{ cause: new Error('the host is gone') }, {}]);
  });
});

test('a call that fails does not hide that the source could not be resumed', async () => {
  const { take, freezer } = setUp(['refused']);
  neverThaws(freezer);
  const thrown = await take().catch((one: unknown) => one);
  expect(explain(thrown)).toMatchObject({ ...notThawed, what: `UnauthorizedOperation; ${notThawed.what}` });
  expect(thrown).toMatchObject({ cause: { errors: [{ code: 'UnauthorizedOperation' }, { code: 'resume-failed' }] } });
});

test('snapshots that began after the end of the lease are crash-consistent, and their tags say so', async () => {
  const { take, made } = setUp(['made'], 31);
  expect(await take()).toMatchObject({ consistency: 'crash', notes: [expect.stringContaining('the lease resumed')] });
  expect(made().map((one) => one.tags['holdfast:consistency'])).toEqual(['crash']);
});

describe('documents that the region lacks', () => {
  test('a freeze that is missing fails the run; the snapshot is taken, and honestly marked', async () => {
    const { take, freezer } = setUp([]);
    freezer.documentsMissing = true;
    const { consistency, snapshots, notes, failures } = await take();
    expect(snapshots.map(({ tags }) => tags['holdfast:consistency'])).toEqual(['crash']);
    expect(consistency).toBe('crash');
    expect(notes).toEqual([
      'the filesystems were not frozen: the SSM document freeze does not exist in us-east-1 (request r)',
    ]);
    expect(failures.map(explain)).toEqual([
      expect.objectContaining({ code: 'InvalidDocument', fix: 'add them: npm run deploy -- --region us-east-1' }),
    ]);
  });

  test.each([
    ['a document of the user', { document: 'HoldfastHook-flush', freeze: [] }, /did not quiesce the application/],
    ['VSS', { vss: true, freeze: [] }, /^VSS failed: .*, so the snapshot is crash-consistent$/],
  ])('%s that is missing fails the run, too', async (_what, more, note) => {
    const { take, hooks } = setUp([], 0, { ...decision, ...more });
    hooks.documentsMissing = true;
    const { consistency, snapshots, notes, failures } = await take();
    expect([consistency, snapshots.length]).toEqual(['crash', 1]);
    expect(notes.join()).toMatch(note);
    expect(failures.map(explain)).toContainEqual(expect.objectContaining({ code: 'InvalidDocument' }));
  });
});
