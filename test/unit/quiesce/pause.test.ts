import { describe, expect, test } from '@jest/globals';
import type { Snapshot } from '../../../src/domain/ec2.ts';
import type { HostAnswer, HostScript } from '../../../src/host/catalogue/catalogue.ts';
import type { HostCommand } from '../../../src/ports/hosts.ts';
import { type PauseRequest, pause, takenWhileQuiesced } from '../../../src/quiesce/pause.ts';
import { runbookSection } from '../../../src/report/render/runbook.ts';
import { AwsError, explain } from '../../../src/runtime/errors.ts';
import { FakeClock, FakeLogger } from '../../fakes/clock.ts';
import { FakeCompute } from '../../fakes/compute.ts';
import { FakeHosts } from '../../fakes/hosts.ts';
import { taken } from '../report/samples.ts';

const request: PauseRequest = {
  instanceId: 'i-1',
  volumeId: 'vol-1',
  holdId: '7-1',
  run: 'o/r/actions/runs/7',
  mode: 'stop',
  hostParameters: { MountPoint: '/ibdata', Service: 'mysqld-ib', Socket: '/tmp/mysql-ib.sock' },
  underLock: undefined,
  maxPauseSeconds: 120,
  description: 'd',
  tags: {
    'holdfast:made-by': 'ib-snapshot',
    'holdfast:source': 'ib01',
    'holdfast:run': 'o/r/actions/runs/7',
    'holdfast:attempt': '1',
  },
};

const snapshot: Snapshot = {
  id: 'snap-1',
  volumeId: 'vol-1',
  state: 'pending',
  stateMessage: undefined,
  description: '',
  tier: 'standard',
  fullBytes: undefined,
  progress: 0,
  startedAt: new Date('2026-11-20T00:00:01Z'),
  sizeGiB: 1,
  tags: {},
};

function awsError(code: string, kind: AwsError['kind']): AwsError {
  return new AwsError({
    what: code,
    operation: 'CreateSnapshot',
    resource: 'vol-1',
    requestId: 'r',
    code,
    kind,
    outcome: kind === 'transient' ? 'maybe-done' : 'not-done',
    retryAfterMs: code === 'SnapshotCreationPerVolumeRateExceeded' ? 15_000 : undefined,
  });
}

type CreateSnapshotAnswer = AwsError | 'made' | 'made, answer lost';

/** A host and an EC2 whose CreateSnapshot answers as the test says; `events` has what happened, in order. */
function world(answers: CreateSnapshotAnswer[], others: readonly { volume: string; source: string }[] = []) {
  const clock = new FakeClock();
  const compute = new FakeCompute(clock);
  const hosts = new FakeHosts(clock, 'i-1');
  const events: string[] = [];
  compute.addInstance({ id: 'i-1' });
  compute.addVolume({ id: 'vol-1', attachment: { instanceId: 'i-1', device: '/dev/sdf', state: 'attached' } });
  const create = compute.createSnapshot.bind(compute);
  const ofOthers = others.map(({ volume, source }) => {
    compute.addVolume({ id: volume });
    return create(volume, 'd', { ...request.tags, 'holdfast:source': source });
  });
  compute.createSnapshot = async (...given) => {
    events.push(`snapshot while ${hosts.serves ? 'serving' : 'quiesced'}`);
    const answer = answers.shift() ?? 'made';
    if (answer instanceof AwsError) throw answer;
    const made = await create(...given);
    if (answer === 'made, answer lost') throw awsError('TimeoutError', 'transient');
    return made;
  };
  const run = hosts.run.bind(hosts);
  hosts.run = async (id, command, signal) => {
    events.push(command.script);
    return run(id, command, signal);
  };
  const ports = { compute, hosts, clock, logger: new FakeLogger(), signal: new AbortController().signal };
  return { ports, events, made: compute.snapshots, ofOthers, clock, hosts };
}

describe('the pause', () => {
  test('quiesce, one snapshot call, resume', async () => {
    const { ports, events } = world(['made']);
    await expect(pause(request, ports, ports)).resolves.toMatchObject({ snapshot: { id: 'snap-1' } });
    expect(events).toEqual(['quiesce', 'snapshot while quiesced', 'resume']);
  });

  test('a throttle is waited out while quiesced, within the lease', async () => {
    const { ports, events, made } = world([
      awsError('RequestLimitExceeded', 'throttled'),
      awsError('RequestLimitExceeded', 'throttled'),
      'made',
    ]);
    await pause(request, ports, ports);
    expect(made.size).toBe(1);
    expect(events.at(-1)).toBe('resume');
  });

  test('after a lost answer the snapshot is looked for before another is asked for', async () => {
    const { ports, made, events } = world(['made, answer lost']);
    await expect(pause(request, ports, ports)).resolves.toMatchObject({ snapshot: { id: 'snap-1' } });
    expect(made.size).toBe(1);
    expect(events.filter((one) => one.startsWith('snapshot'))).toHaveLength(1);
  });

  test('after a lost answer the snapshot of another job of the run is not taken for this one', async () => {
    const { ports, ofOthers } = world(
      [awsError('InternalError', 'transient'), 'made'],
      [
        { volume: 'vol-2', source: 'ib01' },
        { volume: 'vol-1', source: 'ib02' },
      ],
    );
    const others = (await Promise.all(ofOthers)).map(({ id }) => id);
    const { snapshot } = await pause(request, ports, ports);
    expect(snapshot.volumeId).toBe('vol-1');
    expect(others).not.toContain(snapshot.id);
  });

  test.each([
    ['refused', [awsError('UnauthorizedOperation', 'denied')], 1],
    ['failing again and again', [awsError('InternalError', 'transient'), awsError('InternalError', 'transient')], 2],
    [
      'throttled beyond the patience',
      Array.from({ length: 9 }, () => awsError('RequestLimitExceeded', 'throttled')),
      6,
    ],
  ])('when the call is %s, the source comes back and the error is thrown', async (_what, answers, calls) => {
    const { ports, events, hosts } = world(answers);
    await expect(pause(request, ports, ports)).rejects.toBeInstanceOf(AwsError);
    expect(events.filter((one) => one.startsWith('snapshot'))).toHaveLength(calls);
    expect(hosts.serves).toBe(true);
  });

  test('no wait reaches into the last quarter of the lease', async () => {
    const { ports, clock } = world([awsError('SnapshotCreationPerVolumeRateExceeded', 'throttled'), 'made']);
    await expect(pause({ ...request, maxPauseSeconds: 16 }, ports, ports)).rejects.toMatchObject({
      code: 'SnapshotCreationPerVolumeRateExceeded',
    });
    expect(clock.slept).toEqual([]);
  });

  test.each([
    ['the resume alone fails', 'made' as const, /^the source on i-1 could not be resumed: the host is gone$/],
    [
      'snapshot and resume fail',
      awsError('UnauthorizedOperation', 'denied'),
      /UnauthorizedOperation.*; and then the source on i-1 could not be resumed: the host is gone$/,
    ],
  ])('when %s, the error leads to the host, not to the snapshot', async (_what, answer, message) => {
    const { ports } = world([answer]);
    const run = ports.hosts.run.bind(ports.hosts);
    ports.hosts.run = async <S extends HostScript>(id: string, command: HostCommand<S>): Promise<HostAnswer<S>> => {
      if (command.script === 'resume') throw new Error('the host is gone');
      return run(id, command);
    };
    const error = await pause(request, ports, ports).catch((thrown: unknown) => thrown);
    expect(explain(error)).toMatchObject({
      what: expect.stringMatching(message),
      code: 'resume-failed',
      fix: expect.stringContaining('look at the host now'),
    });
    const report = { ...taken, outcome: 'failed' as const, error: explain(error) };
    expect(runbookSection(report)).toBe('the-source-did-not-come-back');
  });

  test('a source that was resumed but does not serve has the same section', async () => {
    const { ports, hosts } = world(['made']);
    hosts.answers = false;
    const error = await pause(request, ports, ports).catch((thrown: unknown) => thrown);
    expect(explain(error)).toMatchObject({ code: 'resume-failed', what: expect.stringContaining('does not answer') });
  });
});

test('a snapshot counts as taken while quiesced unless the lease had ended the pause before it began', () => {
  const resumed = {
    holdId: 'h',
    resumed: false,
    by: 'lease' as const,
    leaseFired: true,
    pauseStartedMs: 0,
    resumeStartedMs: 5000,
    mountedMs: 0,
    answeredMs: 0,
    pauseMs: 0,
    mounted: true,
    answers: true,
  };
  const at = (milliseconds: number): Snapshot => ({ ...snapshot, startedAt: new Date(milliseconds) });
  expect(takenWhileQuiesced(at(4000), resumed)).toBe(true);
  expect(takenWhileQuiesced(at(5001), resumed)).toBe(false);
  expect(takenWhileQuiesced(at(4000), { ...resumed, resumeStartedMs: null })).toBe(false);
  expect(takenWhileQuiesced(at(9000), { ...resumed, leaseFired: false })).toBe(true);
});
