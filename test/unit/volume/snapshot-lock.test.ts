/** ib-snapshot and the lock of its snapshot: set at once, and again by the next attempt when it was refused. */
import { expect, test } from '@jest/globals';
import { inputs } from '../../../src/actions/ib-snapshot/inputs.ts';
import { run } from '../../../src/actions/ib-snapshot/run.ts';
import { missingLock } from '../../../src/domain/snapshot-lock.ts';
import { explain } from '../../../src/runtime/errors.ts';
import { FakeClock } from '../../fakes/clock.ts';
import { FakeCompute } from '../../fakes/compute.ts';
import { fakeContext, fakeRun, settingsFrom } from '../../fakes/context.ts';
import { FakeGitHub } from '../../fakes/github.ts';
import { FakeHosts } from '../../fakes/hosts.ts';
import { FakeReceipts } from '../../fakes/receipts.ts';

function world() {
  const clock = new FakeClock('2026-11-21T02:00:00Z');
  const compute = new FakeCompute(clock);
  compute.addInstance({ id: 'i-source', tags: { Name: 'ib01.prod', 'holdfast:host': 'source' } });
  compute.addVolume({ id: 'vol-data', attachment: { instanceId: 'i-source', device: '/dev/sdf', state: 'attached' } });
  const ports = {
    compute,
    hosts: new FakeHosts(clock, 'i-source'),
    receipts: new FakeReceipts(),
    runs: new FakeGitHub(),
    remember: () => {},
    forget: () => {},
  };
  const backup = (given: Readonly<Record<string, string>> = {}) => {
    const settings = settingsFrom(inputs, {
      source: 'ib01.prod',
      'aws-region': 'us-east-1',
      'receipt-bucket': 'receipts',
      instance: 'ib01.prod',
      ...given,
    });
    return run(
      settings,
      ports,
      fakeContext(clock, fakeRun(7), () => {}),
    ).then(
      () => undefined,
      (error: unknown) => explain(error),
    );
  };
  return { compute, backup, receipts: ports.receipts, snapshots: () => [...compute.snapshots.values()] };
}

const locked = { 'lock-mode': 'governance', 'lock-days': '7' };

test('a snapshot is locked at once, before the fingerprint after the pause, and its tags say so', async () => {
  const { compute, backup, snapshots } = world();
  expect(await backup(locked)).toBeUndefined();
  const [snapshot] = snapshots();
  expect([...compute.locked]).toEqual([[snapshot?.id, { mode: 'governance', days: 7 }]]);
  expect(snapshot?.tags).toMatchObject({
    'holdfast:lock': 'governance 7',
    'holdfast:locked': expect.stringMatching(/^2026-11-28T02:00:00/),
  });
});

test('the receipt says from which day its snapshot may be deleted, as the tag does', async () => {
  const { backup, receipts, snapshots } = world();
  await backup({ 'retention-days': '9' });
  const [text = ''] = receipts.objects.values();
  expect([JSON.parse(text).deleteOn, snapshots()[0]?.tags.DeleteOn]).toEqual(['2026-11-30', '2026-11-30']);
});

test('without the inputs nothing is locked', async () => {
  const { compute, backup, snapshots } = world();
  await backup();
  expect([compute.locked.size, snapshots()[0]?.tags['holdfast:lock']]).toEqual([0, undefined]);
});

test('a lock that is refused fails the run after the receipt is written; the next attempt locks the same snapshot', async () => {
  const { compute, backup, snapshots } = world();
  compute.refusesLocks = true;
  const failure = await backup(locked);
  expect(failure).toMatchObject({ code: 'not-locked', what: expect.stringContaining('was taken, and is not locked') });
  compute.refusesLocks = false;
  expect(await backup(locked)).toBeUndefined();
  expect([snapshots().length, compute.locked.size]).toEqual([1, 1]);
});

test.each([
  ['governance 7', undefined, '2026-11-21T02:00:00Z', { mode: 'governance', days: 7 }],
  ['compliance 7', undefined, '2026-11-24T03:00:00Z', { mode: 'compliance', days: 4 }],
  ['compliance 7', undefined, '2026-11-28T02:00:00Z', undefined],
  ['governance 7', '2026-11-28', '2026-11-21T02:00:00Z', undefined],
  ['for ever', undefined, '2026-11-21T02:00:00Z', undefined],
])('%s, locked until %s, at %s: %j is missing', (lock, until, now, missing) => {
  const tags = { 'holdfast:lock': lock, ...(until === undefined ? {} : { 'holdfast:locked': until }) };
  const startedAt = new Date('2026-11-21T02:00:00Z');
  expect(missingLock({ tags, state: 'pending', startedAt }, new Date(now))).toEqual(missing);
});
