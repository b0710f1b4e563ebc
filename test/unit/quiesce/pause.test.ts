import { describe, expect, test } from '@jest/globals';
import type { Snapshot, Tags } from '../../../src/domain/ec2.ts';
import type { HostAnswer, HostScript } from '../../../src/host/catalogue/catalogue.ts';
import type { Compute } from '../../../src/ports/compute.ts';
import type { HostCommand, Hosts } from '../../../src/ports/hosts.ts';
import { type PauseRequest, pause, takenAtRest } from '../../../src/quiesce/pause.ts';
import { AwsError } from '../../../src/runtime/errors.ts';
import { FakeClock, FakeLogger } from '../../fakes/clock.ts';
import { fakeAnswer } from '../../fakes/hosts.ts';

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
  tags: { 'holdfast:attempt': '1' },
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
  });
}

/** A host that knows whether it is at rest, and an EC2 whose CreateSnapshot answers as the test says. */
function scene(answers: (AwsError | 'made' | 'made, answer lost')[]) {
  const clock = new FakeClock();
  const made: Snapshot[] = [];
  const events: string[] = [];
  let atRest = false;
  const compute = {
    async createSnapshot(): Promise<Snapshot> {
      events.push(`snapshot while ${atRest ? 'at rest' : 'serving'}`);
      const answer = answers.shift() ?? 'made';
      if (answer instanceof AwsError) throw answer;
      made.push({ ...snapshot, id: `snap-${made.length + 1}` });
      if (answer === 'made, answer lost') throw awsError('TimeoutError', 'transient');
      return made.at(-1) as Snapshot;
    },
    async snapshotsByTags(_tags: Tags): Promise<Snapshot[]> {
      return made;
    },
  } as unknown as Compute;
  const times = { leaseArmedMs: 0, pauseStartedMs: 1, serviceStoppedMs: 1, atRestMs: 1 };
  const quiesced = { holdId: '7-1', device: '/dev/nvme1n1', ...times };
  const resumed = {
    holdId: '7-1',
    resumed: true,
    by: 'this',
    leaseFired: false,
    mounted: true,
    answers: true,
    pauseStartedMs: 1,
    resumeStartedMs: 2,
    mountedMs: 2,
    answeredMs: 3,
    pauseMs: 2,
  };
  const hosts = {
    async run<S extends HostScript>(_id: string, command: HostCommand<S>): Promise<HostAnswer<S>> {
      events.push(command.script);
      atRest = command.script === 'quiesce';
      return fakeAnswer(command.script, command.script === 'quiesce' ? quiesced : resumed);
    },
  } as unknown as Hosts;
  const tools = { compute, hosts, clock, logger: new FakeLogger(), signal: new AbortController().signal };
  return { tools, events, made, clock, serving: () => !atRest };
}

describe('the pause', () => {
  test('quiesce, one snapshot call, resume', async () => {
    const { tools, events } = scene(['made']);
    await expect(pause(request, tools)).resolves.toMatchObject({ snapshot: { id: 'snap-1' } });
    expect(events).toEqual(['quiesce', 'snapshot while at rest', 'resume']);
  });

  test('a throttle is waited out at rest, within the lease', async () => {
    const { tools, events, made } = scene([
      awsError('RequestLimitExceeded', 'throttled'),
      awsError('RequestLimitExceeded', 'throttled'),
      'made',
    ]);
    await pause(request, tools);
    expect(made).toHaveLength(1);
    expect(events.at(-1)).toBe('resume');
  });

  test('an answer that was lost is looked for before asking again', async () => {
    const { tools, made, events } = scene(['made, answer lost']);
    await expect(pause(request, tools)).resolves.toMatchObject({ snapshot: { id: 'snap-1' } });
    expect(made).toHaveLength(1);
    expect(events.filter((one) => one.startsWith('snapshot'))).toHaveLength(1);
  });

  test.each([
    ['refused', [awsError('UnauthorizedOperation', 'denied')], 1],
    ['failing again and again', [awsError('InternalError', 'transient'), awsError('InternalError', 'transient')], 2],
    [
      'throttled beyond the patience',
      Array.from({ length: 9 }, () => awsError('RequestLimitExceeded', 'throttled')),
      6,
    ],
  ])('when the call is %s, the source comes back and the error is told', async (_what, answers, calls) => {
    const { tools, events, serving } = scene(answers);
    await expect(pause(request, tools)).rejects.toBeInstanceOf(AwsError);
    expect(events.filter((one) => one.startsWith('snapshot'))).toHaveLength(calls);
    expect(serving()).toBe(true);
  });

  test('no wait at rest reaches into the last quarter of the lease', async () => {
    const { tools, clock } = scene([awsError('SnapshotCreationPerVolumeRateExceeded', 'throttled'), 'made']);
    await expect(pause({ ...request, maxPauseSeconds: 16 }, tools)).rejects.toMatchObject({
      code: 'SnapshotCreationPerVolumeRateExceeded',
    });
    expect(clock.slept).toEqual([]);
  });

  test('a resume that fails too is told beside the first error', async () => {
    const { tools } = scene([awsError('UnauthorizedOperation', 'denied')]);
    const run = tools.hosts.run.bind(tools.hosts);
    tools.hosts.run = async <S extends HostScript>(id: string, command: HostCommand<S>): Promise<HostAnswer<S>> => {
      if (command.script === 'resume') throw new Error('the host is gone');
      return run(id, command);
    };
    await expect(pause(request, tools)).rejects.toThrow(
      /UnauthorizedOperation.*could not be resumed: the host is gone/,
    );
  });
});

test('a snapshot counts as taken at rest unless the lease had ended the pause before it began', () => {
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
  expect(takenAtRest(at(4000), resumed)).toBe(true);
  expect(takenAtRest(at(5001), resumed)).toBe(false);
  expect(takenAtRest(at(4000), { ...resumed, resumeStartedMs: null })).toBe(false);
  expect(takenAtRest(at(9000), { ...resumed, leaseFired: false })).toBe(true);
});
