/** Jobs of one run that back up sources of one host, as those of a matrix do: the real flow of ib-snapshot in memory. */
import { expect, test } from '@jest/globals';
import { inputs } from '../../../src/actions/ib-snapshot/inputs.ts';
import { run } from '../../../src/actions/ib-snapshot/run.ts';
import type { Receipt } from '../../../src/domain/receipt.ts';
import { explain } from '../../../src/runtime/errors.ts';
import { FakeClock } from '../../fakes/clock.ts';
import { FakeCompute } from '../../fakes/compute.ts';
import { fakeContext, fakeRun, settingsFrom } from '../../fakes/context.ts';
import { FakeGitHub } from '../../fakes/github.ts';
import { FakeHosts } from '../../fakes/hosts.ts';
import { FakeReceipts } from '../../fakes/receipts.ts';

function host() {
  const clock = new FakeClock();
  const compute = new FakeCompute(clock);
  compute.addInstance({ id: 'i-source', tags: { Name: 'ib01.prod', 'holdfast:host': 'source' } });
  compute.addVolume({ id: 'vol-data', attachment: { instanceId: 'i-source', device: '/dev/sdf', state: 'attached' } });
  const hosts = new FakeHosts(clock, 'i-source');
  const ports = { compute, hosts, receipts: new FakeReceipts(), runs: new FakeGitHub() };
  ports.runs.startRun('backup.yml', 1);
  /** @returns the state of its receipt, or what went wrong */
  const backup = async (source: string): Promise<string | undefined> => {
    const settings = settingsFrom(inputs, {
      ...{ source, 'aws-region': 'us-east-1', 'receipt-bucket': 'receipts', instance: 'ib01.prod' },
    });
    let state: string | undefined;
    const context = fakeContext(clock, fakeRun(1), (more: { receipt?: Receipt }) => {
      state = more.receipt?.state ?? state;
    });
    try {
      await run(settings, { ...ports, remember: () => {}, forget: () => {} }, context);
      return state;
    } catch (error) {
      const { what, detail = '' } = explain(error);
      return `${what} ${detail}`;
    }
  };
  return { backup, compute, hosts };
}

test('one that finds the host quiesced by a job beside it does not end that pause', async () => {
  const { backup, compute, hosts } = host();
  const create = compute.createSnapshot.bind(compute);
  let second: string | undefined;
  let held: unknown;
  compute.createSnapshot = async (...parameters) => {
    compute.createSnapshot = create;
    second = await backup('b');
    held = hosts.hold?.id;
    return create(...parameters);
  };
  expect(await backup('a')).toBe('taken');
  expect(second).toContain('another job of this run holds the source');
  // The first snapshot was taken while the host was still at rest.
  expect(held).toEqual(expect.any(String));
  expect(hosts.serves).toBe(true);
});

test('one after the other have a pause of their own each', async () => {
  const { backup, compute } = host();
  expect([await backup('a'), await backup('b')]).toEqual(['taken', 'taken']);
  expect(compute.snapshots.size).toBe(2);
});
