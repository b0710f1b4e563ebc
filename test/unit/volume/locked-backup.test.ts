/** ib-snapshot and the fingerprint of the moment of the lock: when it is asked for, and what becomes of the backup without it. */
import { expect, test } from '@jest/globals';
import { inputs } from '../../../src/actions/ib-snapshot/inputs.ts';
import { run } from '../../../src/actions/ib-snapshot/run.ts';
import type { Receipt } from '../../../src/domain/receipt.ts';
import { explain, HostError } from '../../../src/runtime/errors.ts';
import { withoutDefinitions } from '../../../src/volume/definitions/compare.ts';
import { snapshotPlan } from '../../../src/volume/plan.ts';
import { FakeClock } from '../../fakes/clock.ts';
import { FakeCompute } from '../../fakes/compute.ts';
import { fakeContext, fakeRun, settingsFrom } from '../../fakes/context.ts';
import { FakeGitHub } from '../../fakes/github.ts';
import { FakeHosts, type SentCommand } from '../../fakes/hosts.ts';
import { FakeReceipts } from '../../fakes/receipts.ts';

const print = (more: object) => ({ takenAt: '2026-11-20T00:00:00Z', serverVersion: '10.11', entries: [], ...more });

/** Runs a backup. @param answer what the host answers, where it is to be another than the fake's */
async function backup(
  given: Readonly<Record<string, string>>,
  answer: (command: SentCommand) => unknown = () => undefined,
) {
  const clock = new FakeClock();
  const compute = new FakeCompute(clock);
  compute.addInstance({ id: 'i-source', tags: { Name: 'ib01.prod', 'holdfast:host': 'source' } });
  compute.addVolume({ id: 'vol-data', attachment: { instanceId: 'i-source', device: '/dev/sdf', state: 'attached' } });
  const hosts = new FakeHosts(clock, 'i-source');
  hosts.script = answer;
  const receipts = new FakeReceipts();
  const settings = settingsFrom(inputs, {
    source: 'ib01.prod',
    'aws-region': 'us-east-1',
    'receipt-bucket': 'receipts',
    instance: 'ib01.prod',
    ...given,
  });
  const ports = { compute, hosts, receipts, runs: new FakeGitHub(), remember: () => {}, forget: () => {} };
  let receipt: Receipt | undefined;
  const context = fakeContext(clock, fakeRun(7), (more: { receipt?: Receipt }) => {
    receipt = more.receipt ?? receipt;
  });
  const error = await run(settings, ports, context).then(
    () => undefined,
    (reason: unknown) => explain(reason),
  );
  const quiesce = hosts.sent.find(({ script }) => script === 'quiesce')?.parameters;
  return { error, quiesce, receipt, scripts: hosts.ran };
}

test('with freeze the receipt has it by default; the session may read four times as long as before', async () => {
  const slow = ({ script, parameters }: SentCommand) =>
    script === 'fingerprint' && parameters.Saved === '' ? print({ seconds: 500, lockedSeconds: 2 }) : undefined;
  const { quiesce, receipt } = await backup({ quiesce: 'freeze' }, slow);
  expect(quiesce).toMatchObject({ UnderLock: 'true', ReadSeconds: '2000', Method: 'rows' });
  expect(receipt?.fingerprint.underLock?.entries).toHaveLength(1);
  expect(receipt?.notes).toEqual([]);
});

test('with stop it has none by default, and one when it was asked for', async () => {
  const plain = await backup({});
  expect([plain.quiesce?.UnderLock, plain.receipt?.fingerprint.underLock]).toEqual(['false', undefined]);
  const asked = await backup({ 'fingerprint-under-lock': 'true' });
  expect(asked.quiesce).toMatchObject({ UnderLock: 'true', Mode: 'stop' });
  expect(asked.receipt?.fingerprint.underLock?.entries.length).toBeGreaterThan(0);
});

test('what takes too long under the lock is left out with a note, or refused before anything is touched', async () => {
  const slow = ({ script }: SentCommand) =>
    script === 'fingerprint' ? print({ seconds: 500, lockedSeconds: 90 }) : undefined;
  const left = await backup({ quiesce: 'freeze' }, slow);
  expect([left.error, left.quiesce?.UnderLock]).toEqual([undefined, 'false']);
  expect(left.receipt?.notes).toEqual([expect.stringContaining('took 90 s before the pause')]);
  const refused = await backup({ quiesce: 'freeze', 'fingerprint-under-lock': 'true' }, slow);
  expect(JSON.stringify(refused.error)).toContain('allowed: true with a max-pause of at least 180 s, or false');
  expect(refused.scripts).not.toContain('quiesce');
});

test('a session that was lost costs the exact fingerprint only', async () => {
  const lost = ({ script, parameters }: SentCommand) => {
    if (script !== 'fingerprint' || parameters.Saved === '') return undefined;
    throw new HostError({
      script,
      instanceId: 'i-source',
      code: 'no-fingerprint',
      message: 'it has ended',
      detail: 'ERROR 2013',
    });
  };
  const { error, receipt } = await backup({ quiesce: 'freeze' }, lost);
  expect([error, receipt?.state, receipt?.fingerprint.underLock]).toEqual([undefined, 'taken', undefined]);
  expect(receipt?.fingerprint.after?.entries.length).toBeGreaterThan(0);
  expect(receipt?.notes).toEqual([
    expect.stringMatching(/^there is no fingerprint of the moment of the lock.*it has ended.*ERROR 2013/),
  ]);
});

test.each([
  ['before and after', 2],
  ['after', 1],
])('definitions that could not be read %s the pause are told in the receipt', async (_when, failures) => {
  let asked = 0;
  const { error, receipt } = await backup({}, ({ script }) => {
    if (script !== 'definitions') return undefined;
    asked += 1;
    if (asked <= 2 - failures) return undefined;
    throw new HostError({
      script,
      instanceId: 'i-source',
      code: 'no-document',
      message: 'no such document',
      detail: '',
    });
  });
  expect([error, receipt?.state]).toEqual([undefined, 'taken']);
  expect(receipt?.notes).toEqual([
    expect.stringMatching(/^the definitions could not be read, so no proof covers them: .*no such document/),
  ]);
  const fingerprint = receipt?.fingerprint as Receipt['fingerprint'];
  expect(withoutDefinitions(fingerprint)).toMatchObject({
    name: 'definitions',
    outcome: 'not-compared',
    detail: expect.stringMatching(/^none was compared: .*no such document/),
  });
  const { before, after, ...rest } = fingerprint;
  const { definitions: _, withoutDefinitions: __, ...earlier } = before;
  expect(withoutDefinitions({ ...rest, before: earlier })?.detail).toContain('earlier version');
  expect(withoutDefinitions((await backup({})).receipt?.fingerprint as Receipt['fingerprint'])).toBeUndefined();
});

test.each([
  ['freeze', 'auto', 'lock the tables of mysqld-ib, read those that have no snapshot, and freeze /ibdata'],
  ['freeze', 'false', 'lock the tables of mysqld-ib, and freeze /ibdata'],
  ['stop', 'auto', 'stop mysqld-ib and unmount /ibdata'],
  ['stop', 'true', 'lock all tables and read them (this lengthens the pause), stop mysqld-ib and unmount /ibdata'],
] as const)('the plan of %s with fingerprint-under-lock: %s', (mode, underLock, reason) => {
  const plan = snapshotPlan({
    course: { kind: 'take' },
    hold: { kind: 'none' },
    source: 'ib01.prod',
    instanceId: 'i-source',
    volumeId: 'vol-data',
    mountPoint: '/ibdata',
    service: 'mysqld-ib',
    mode,
    underLock,
    maxPauseSeconds: 120,
    wait: 'started',
    deleteOn: '2026-12-01',
  });
  expect(plan.find(({ decision }) => decision === 'quiesce i-source')?.reason).toBe(reason);
});
