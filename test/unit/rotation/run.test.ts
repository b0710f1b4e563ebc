/** A run of ebs-rotate in memory: two regions, with hosts and documents that keep their promises. */
import { describe, expect, test } from '@jest/globals';
import { inputs, type Settings } from '../../../src/actions/ebs-rotate/inputs.ts';
import type { Findings } from '../../../src/actions/ebs-rotate/ports.ts';
import { run } from '../../../src/actions/ebs-rotate/run.ts';
import { AwsError, explain } from '../../../src/runtime/errors.ts';
import { FakeClaims } from '../../fakes/claims.ts';
import { FakeClock } from '../../fakes/clock.ts';
import { fakeContext, fakeRun, settingsFrom } from '../../fakes/context.ts';
import { FakeEc2Regions } from '../../fakes/ec2-region.ts';
import { FakeFreezer, FakeHooks } from '../../fakes/quiesce.ts';

const [home, away] = ['us-east-1', 'eu-west-1'] as const;
const [root, data] = ['vol-0000000000000000a', 'vol-0000000000000000b'];
const minute = 60_000;

interface Outcome {
  readonly findings: Partial<Findings>;
  readonly failure: ReturnType<typeof explain> | undefined;
}

/** Three snapshots of the data volume: one that is due, and two that are not. */
function world() {
  const clock = new FakeClock('2026-11-21T02:00:00Z');
  const regions = new FakeEc2Regions(clock, [home, away]);
  const ec2 = regions.in(home);
  const tags = { Backup: 'Yes', Name: 'web', Copy_Dest: away, Consistency: 'freeze' };
  ec2.addInstance({ id: 'i-0000000000000000a', tags, devices: { '/dev/xvda': root, '/dev/sdf': data } });
  for (const day of [18, 19, 20]) {
    const startedAt = new Date(Date.UTC(2026, 10, day));
    const deleteOn = `2026-11-${day + 3}`;
    ec2.addSnapshot({
      id: `snap-${day}`,
      volumeId: data,
      startedAt,
      tags: { Type: 'Automated', DeleteOn: deleteOn, 'holdfast:made-by': 'ebs-rotate' },
    });
  }
  const freezer = new FakeFreezer(clock);
  const hooks = new FakeHooks(clock);
  const claims = new FakeClaims();
  let runs = 0;
  const rotate = async (given: Readonly<Record<string, string>> = {}): Promise<Outcome> => {
    const settings: Settings = settingsFrom(inputs, { 'aws-region': home, 'github-token': 'token', ...given });
    const findings: Partial<Findings> = {};
    const context = fakeContext<Findings>(clock, fakeRun(++runs), (more) => Object.assign(findings, more));
    const workflows = { newestRun: async () => ({ state: 'failed' as const, url: 'https://github.com/run' }) };
    const saved = { remember: () => {}, forget: () => {} };
    const others = { workflows, runs: { state: async () => 'unknown' as const } };
    const ports = { regions, hosts: freezer, hooks, claims, ...others, random: () => 0.5, ...saved };
    const failure = await run(settings, ports, context).then(
      () => undefined,
      (error: unknown) => explain(error),
    );
    return { findings, failure };
  };
  return { clock, claims, ec2, elsewhere: regions.in(away), freezer, hooks, rotate };
}

const denied = new AwsError({
  what: 'access is denied',
  operation: 'DescribeSnapshots',
  resource: away,
  requestId: undefined,
  code: 'UnauthorizedOperation',
  kind: 'denied',
  outcome: 'not-done',
});

test('a day: snapshots are created, copied once they are completed, and deleted when they are due', async () => {
  const { clock, ec2, elsewhere, freezer, rotate } = world();
  const first = await rotate();
  expect(first.failure).toBeUndefined();
  expect(first.findings).toMatchObject({
    outcome: 'done',
    plan: [
      { part: 'create', decision: `snapshot i-0000000000000000a (web): ${root} ${data}` },
      { part: 'expire', decision: `delete snap-18 of ${data}` },
    ],
    rotation: {
      ran: ['create', 'copy', 'expire'],
      failed: [],
      created: [{ instance: 'i-0000000000000000a (web)', volumes: 2, consistency: 'freeze' }],
      waiting: [{ destination: away, reason: 'the snapshot is not completed yet', count: 2 }],
      expired: [{ id: 'snap-18' }],
      cost: { snapshots: 4 },
    },
  });
  expect([freezer.frozen, ec2.all.has('snap-18')]).toEqual([[], false]);

  clock.advance(5 * minute);
  const second = await rotate();
  expect(second.findings).toMatchObject({ outcome: 'done', rotation: { created: [], copied: [{}, {}], expired: [] } });
  expect([...elsewhere.all.values()].map((one) => one.tags['holdfast:volume']).sort()).toEqual([root, data]);

  clock.advance(5 * minute);
  const tags = () => [ec2, elsewhere].map(({ all }) => [...all.values()].map((one) => [one.id, one.tags]));
  const before = tags();
  expect(await rotate()).toMatchObject({ failure: undefined, findings: { outcome: 'nothing-to-do', plan: [] } });
  expect(tags()).toEqual(before);
});

test('with copy-wait one run waits until the snapshots are completed, and copies them', async () => {
  const { elsewhere, rotate } = world();
  const { findings } = await rotate({ 'copy-wait': '10m' });
  expect(findings).toMatchObject({ outcome: 'done', rotation: { created: [{}], copied: [{}, {}], waiting: [] } });
  expect(elsewhere.all.size).toBe(2);
});

test('a mode runs its part alone', async () => {
  const { ec2, rotate } = world();
  expect((await rotate({ mode: 'expire' })).findings.rotation).toMatchObject({ ran: ['expire'], created: [] });
  expect([...ec2.all.keys()]).toEqual(['snap-19', 'snap-20']);
});

test('a dry run plans everything and changes nothing', async () => {
  const { ec2, elsewhere, hooks, rotate } = world();
  const { findings } = await rotate({ 'dry-run': 'true' });
  expect(findings.outcome).toBe('dry-run');
  expect(findings.plan?.map((one) => one.part)).toEqual(['create', 'expire']);
  expect([ec2.all.size, elsewhere.all.size, hooks.ran]).toEqual([3, 0, []]);
});

test('mode regions lists the regions with something to do, and those that do not answer', async () => {
  const { elsewhere, rotate } = world();
  const { findings } = await rotate({ mode: 'regions' });
  expect(findings).toEqual({ outcome: 'done', regions: [home], notes: [`regions with something to do: ${home}`] });
  elsewhere.instancesWithTag = () => Promise.reject(denied);
  expect((await rotate({ mode: 'regions' })).findings.regions).toEqual([away, home]);
});

test('another default retention is compared, and nothing is changed', async () => {
  const { ec2, rotate } = world();
  const { findings } = await rotate({ 'compare-retention': '14' });
  expect(findings).toMatchObject({
    outcome: 'dry-run',
    plan: [],
    rotation: { ran: [], comparison: [{ before: '7', after: '14', heldBefore: 14, heldAfter: 28 }] },
  });
  expect(ec2.all.size).toBe(3);
});

describe('a failure', () => {
  test('of one part or region does not stop the others, and names what failed', async () => {
    const { clock, ec2, elsewhere, rotate } = world();
    await rotate({ mode: 'create' });
    clock.advance(5 * minute);
    elsewhere.snapshots = () => Promise.reject(denied);
    const { findings, failure } = await rotate();
    expect(failure).toMatchObject({ what: `copies to ${away}: access is denied`, code: 'UnauthorizedOperation' });
    expect(findings.rotation).toMatchObject({ failed: ['copy'], expired: [{ id: 'snap-18' }] });
    ec2.volumes = () => Promise.reject(denied);
    expect((await rotate()).findings.rotation).toMatchObject({ failed: ['create', 'copy', 'expire'], cost: {} });
  });

  test('of the clock deletes nothing', async () => {
    const { ec2, rotate } = world();
    ec2.offset = 60 * minute;
    expect((await rotate({ mode: 'expire' })).failure).toMatchObject({
      what: "expire in us-east-1: nothing is deleted: the runner's clock is 60 minutes behind AWS's",
      code: 'clock',
    });
    expect(ec2.all.size).toBe(3);
  });

  test('to delete too much at once asks first; a dry run only notes it, beside the notes on the dumps', async () => {
    const { ec2, rotate } = world();
    const lots = { mode: 'expire', 'max-expiry-share': '20' };
    expect((await rotate(lots)).failure).toMatchObject({ code: 'mass-expiry' });
    expect(ec2.all.size).toBe(3);
    const { findings, failure } = await rotate({ ...lots, 'dry-run': 'true', 'wait-for': 'dump.yml' });
    expect(failure).toBeUndefined();
    expect(findings.notes).toEqual([
      expect.stringContaining('the dump of dump.yml failed'),
      expect.stringContaining("nothing is deleted: 1 of the region's automated snapshots (33 %) are due at once"),
    ]);
    expect((await rotate({ ...lots, 'allow-mass-expiry': 'true' })).failure).toBeUndefined();
    expect(ec2.all.size).toBe(2);
  });
});

describe('locked snapshots', () => {
  const locked = { 'lock-mode': 'compliance', 'lock-days': '7' };
  const day = 24 * 60 * minute;

  test('snapshots and their copies are locked at once; all locks end at the same time, and then they are deleted', async () => {
    const { clock, ec2, elsewhere, rotate } = world();
    const began = clock.now().getTime();
    expect(await rotate(locked)).toMatchObject({ failure: undefined, findings: { rotation: { created: [{}] } } });
    const made = [...ec2.all.values()].filter(({ tags }) => tags['holdfast:lock'] === 'compliance 7');
    const end = { state: 'compliance', until: new Date(began + 7 * day) };
    expect(made.map(({ id }) => ec2.lockModes.get(id))).toEqual([end, end]);
    expect(made.map(({ tags }) => tags['holdfast:locked'])).toEqual([end.until.toISOString(), end.until.toISOString()]);
    // The lock of a copy that is made two days later ends with the primary's.
    clock.advance(2 * day);
    await rotate({ mode: 'copy' });
    expect([...elsewhere.lockModes.values()]).toEqual([end, end]);
    // Due at midnight, and locked until two hours later.
    clock.advance(5 * day - 60 * minute);
    const kept = await rotate({ mode: 'expire' });
    expect(kept.failure).toBeUndefined();
    const { reason, examples = [] } = kept.findings.rotation?.kept.find((one) => one.reason === 'locked') ?? {};
    expect([reason, examples.length]).toEqual(['locked', 2]);
    expect(examples[0]).toMatch(/compliance, locked until 2026-11-28T02:00Z/);
    clock.advance(2 * 60 * minute);
    ec2.volumeTags.clear();
    await rotate({ mode: 'expire', 'allow-mass-expiry': 'true' });
    expect(made.filter(({ id }) => ec2.all.has(id))).toEqual([]);
  });

  test('a lock that is refused fails the run; the next run locks what was left, for the rest of the time', async () => {
    const { clock, ec2, elsewhere, rotate } = world();
    ec2.refusesLocks = true;
    elsewhere.refusesLocks = true;
    const { failure, findings } = await rotate({ ...locked, 'copy-wait': '10m' });
    expect(failure?.what).toMatch(/^\d things failed; .*LockSnapshot/);
    expect(findings.rotation).toMatchObject({ created: [{}], copied: [{}, {}], failed: ['create', 'copy'] });
    expect([ec2.lockModes.size, elsewhere.lockModes.size]).toEqual([0, 0]);
    ec2.refusesLocks = false;
    elsewhere.refusesLocks = false;
    clock.advance(60 * minute);
    const planned = (await rotate({ 'dry-run': 'true' })).findings.plan?.filter(({ decision }) =>
      /^lock /.test(decision),
    );
    expect(planned?.map(({ part, reason }) => [part, reason])).toEqual([
      ['create', 'a run died before it could lock it: compliance, 7 days'],
      ['create', 'a run died before it could lock it: compliance, 7 days'],
      ['copy', 'a run died before it could lock it: compliance, 7 days'],
      ['copy', 'a run died before it could lock it: compliance, 7 days'],
    ]);
    // Without the inputs: the tags say what was asked for.
    expect((await rotate()).failure).toBeUndefined();
    expect([ec2.lockModes.size, elsewhere.lockModes.size]).toEqual([2, 2]);
  });

  test('an instance whose own retention is shorter gets a lock that is as short', async () => {
    const { ec2, rotate } = world();
    for (const one of ec2.instances.values()) Object.assign(one.tags, { Retention: '2' });
    await rotate(locked);
    expect(new Set([...ec2.all.values()].map(({ tags }) => tags['holdfast:lock']))).toEqual(
      new Set([undefined, 'compliance 2']),
    );
  });
});

test('two rotations at once, of two repositories, make one set', async () => {
  const { ec2, claims, rotate } = world();
  const [one, other] = await Promise.all([rotate({ mode: 'create' }), rotate({ mode: 'create' })]);
  expect([one.failure, other.failure]).toEqual([undefined, undefined]);
  expect([...ec2.all.values()].filter(({ tags }) => tags['holdfast:slot'] !== undefined)).toHaveLength(2);
  const skipped = [one, other].flatMap(({ findings }) => findings.rotation?.skipped ?? []);
  expect(skipped).toEqual([expect.objectContaining({ reason: 'the slot 2026-11-21 already has its snapshots' })]);
  expect(claims.all.get('2026-11-21')?.size).toBe(2);
});
