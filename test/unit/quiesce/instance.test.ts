import { describe, expect, test } from '@jest/globals';
import type { HookCommand } from '../../../src/ports/hooks.ts';
import { type QuiesceRequest, quiesceInstance, resumeInstance } from '../../../src/quiesce/instance.ts';
import type { InstanceHold } from '../../../src/quiesce/instance-hold.ts';
import { AwsError, BackupError, explain } from '../../../src/runtime/errors.ts';
import { FakeClock, FakeLogger } from '../../fakes/clock.ts';
import { FakeFreezer, FakeHooks } from '../../fakes/quiesce.ts';

const request: QuiesceRequest = {
  instance: {
    id: 'i-1',
    launchedAt: new Date('2026-01-01T00:00:00Z'),
    type: 'm5.large',
    devices: { '/dev/xvda': 'vol-0', '/dev/sdf': 'vol-1' },
    rootDevice: '/dev/xvda',
  },
  document: 'HoldfastHook-flush',
  freeze: ['vol-1'],
  holdId: 'hold-1',
  maxPauseSeconds: 30,
  documentSeconds: 60,
};

function setUp() {
  const clock = new FakeClock();
  const freezer = new FakeFreezer(clock);
  const hooks = new FakeHooks(clock);
  const saved = new Map<string, InstanceHold>();
  const ports = {
    hosts: freezer,
    hooks,
    remember: (hold: InstanceHold) => void saved.set(hold.instanceId, hold),
    forget: (id: string) => void saved.delete(id),
  };
  const controller = new AbortController();
  const context = { clock, logger: new FakeLogger(), signal: controller.signal };
  return { clock, freezer, hooks, saved, ports, controller, context };
}

function failure(code: string): AwsError {
  const about = { operation: 'SendCommand', resource: 'i-1', requestId: undefined };
  return new AwsError({ what: `it ended as ${code}`, code, kind: 'other', outcome: 'maybe-done', ...about });
}

/** Lets one half of the document fail. */
function failing(hooks: FakeHooks, half: HookCommand, code: string): void {
  const run = hooks.run.bind(hooks);
  hooks.run = async (instanceId, document, command) => {
    if (command === half) throw failure(code);
    return run(instanceId, document, command);
  };
}

test.each([
  ['document freeze', request],
  ['document', { ...request, freeze: [] }],
  ['freeze', { ...request, document: undefined }],
  ['crash', { ...request, document: undefined, freeze: [] }],
])('quiesces as requested (%s), saves what it holds, and resumes', async (consistency, wanted) => {
  const { freezer, hooks, saved, ports, context } = setUp();
  const quiesced = await quiesceInstance(wanted, ports, context);
  expect(quiesced).toMatchObject({ consistency, notes: [] });
  expect(freezer.frozen).toEqual(consistency.includes('freeze') ? ['i-1'] : []);
  expect(hooks.quiesced).toEqual(consistency.includes('document') ? ['i-1'] : []);
  expect(saved.size).toBe(consistency === 'crash' ? 0 : 1);
  expect((await quiesced.resume()).failures).toEqual([]);
  expect([freezer.frozen, hooks.quiesced, [...saved], await hooks.leases('i-1')]).toEqual([[], [], [], []]);
});

test('the first lease to end limits the pause', async () => {
  const { clock, ports, context } = setUp();
  const now = clock.now().getTime();
  expect((await quiesceInstance(request, ports, context)).untilMs).toBe(now + 30_000);
  const byDocument = { ...request, instanceId: 'i-2', freeze: [] };
  expect((await quiesceInstance(byDocument, ports, context)).untilMs).toBe(now + 90_000);
});

test('a host whose agent does not answer is not touched', async () => {
  const { freezer, hooks, ports, context } = setUp();
  freezer.reachable = async () => ({ online: false, detail: 'its SSM agent is ConnectionLost' });
  expect(await quiesceInstance(request, ports, context)).toMatchObject({
    consistency: 'crash',
    notes: ['it cannot be quiesced, so the snapshot is crash-consistent: its SSM agent is ConnectionLost'],
  });
  expect([hooks.ran, freezer.frozen]).toEqual([[], []]);
});

test('what a dead run left quiesced is resumed before the document runs again', async () => {
  const { hooks, ports, context } = setUp();
  await quiesceInstance({ ...request, freeze: [] }, ports, context);
  await quiesceInstance({ ...request, freeze: [] }, ports, context);
  expect(hooks.ran.map((one) => one.split(' ').at(-1))).toEqual(['pre-script', 'post-script', 'pre-script']);
  expect(await hooks.leases('i-1')).toHaveLength(1);
});

test('on a Xen instance the disks are told by their names; those of Nitro by themselves', async () => {
  for (const [type, devices] of [
    ['m4.large', 'vol-1=xvdf'],
    ['m5.large', undefined],
  ] as const) {
    const { freezer, ports, context } = setUp();
    const instance = { ...request.instance, type };
    expect(await quiesceInstance({ ...request, instance, document: undefined }, ports, context)).toMatchObject({
      consistency: 'freeze',
    });
    expect(freezer.devices).toBe(devices);
  }
});

describe('an agent too old for the documents of Holdfast', () => {
  const tooOld = (hosts: FakeFreezer): void => {
    hosts.reachable = async () => {
      throw new BackupError({ what: 'its agent is too old', fix: 'update it', code: 'agent-too-old' });
    };
  };

  test("still runs the user's own document, and the notes say why nothing was frozen", async () => {
    const { freezer, hooks, ports, context } = setUp();
    tooOld(freezer);
    expect(await quiesceInstance(request, ports, context)).toMatchObject({
      consistency: 'document',
      notes: ['the filesystems were not frozen: its agent is too old (update it)'],
    });
    expect([freezer.frozen, hooks.quiesced]).toEqual([[], ['i-1']]);
  });

  test('freezes nothing, and the snapshot is crash-consistent', async () => {
    const { freezer, ports, context } = setUp();
    tooOld(freezer);
    expect(await quiesceInstance({ ...request, document: undefined }, ports, context)).toMatchObject({
      consistency: 'crash',
      notes: ['it cannot be quiesced, so the snapshot is crash-consistent: its agent is too old (update it)'],
    });
  });
});

describe('a document that fails', () => {
  test('is undone, and the filesystems are frozen all the same', async () => {
    const { hooks, ports, context } = setUp();
    failing(hooks, 'pre-script', 'Failed');
    expect(await quiesceInstance(request, ports, context)).toMatchObject({
      consistency: 'freeze',
      notes: ['HoldfastHook-flush did not quiesce the application: it ended as Failed'],
    });
    expect(hooks.ran).toEqual(['i-1 HoldfastHook-flush post-script']);
    expect(await hooks.leases('i-1')).toEqual([]);
  });

  test('keeps its lease while nobody knows whether it has ended', async () => {
    const { hooks, ports, context } = setUp();
    failing(hooks, 'pre-script', 'DeliveryTimedOut');
    expect((await quiesceInstance(request, ports, context)).consistency).toBe('freeze');
    expect(await hooks.leases('i-1')).toHaveLength(1);
  });

  test('in post-script is a failure, and its lease resumes the application', async () => {
    const { clock, hooks, saved, ports, context } = setUp();
    const quiesced = await quiesceInstance(request, ports, context);
    failing(hooks, 'post-script', 'Failed');
    const { failures } = await quiesced.resume();
    expect(failures.map(explain)).toMatchObject([
      {
        what: 'HoldfastHook-flush could not resume the application on i-1, its lease will do it: it ended as Failed',
        code: 'resume-failed',
        fix: expect.stringContaining('look at the host now'),
      },
    ]);
    expect(failures).toMatchObject([{ cause: { code: 'Failed' } }]);
    // The post step tries again.
    expect(saved.get('i-1')).toMatchObject({ document: 'HoldfastHook-flush', leaseId: expect.any(String) });
    expect(hooks.quiesced).toEqual(['i-1']);
    clock.advance(90_000);
    expect(hooks.quiesced).toEqual([]);
  });
});

describe('a freeze that fails', () => {
  test('leaves a snapshot around the document alone', async () => {
    const { freezer, ports, saved, context } = setUp();
    freezer.refuses.add('i-1');
    expect(await quiesceInstance(request, ports, context)).toMatchObject({
      consistency: 'document',
      notes: [expect.stringContaining('the filesystems were not frozen: the agent')],
    });
    expect(saved.get('i-1')).toMatchObject({ holdId: undefined, document: 'HoldfastHook-flush' });
  });

  test('is thawed unless it surely froze nothing', async () => {
    const { freezer, ports, context } = setUp();
    const scripts: string[] = [];
    const run = freezer.run.bind(freezer);
    freezer.run = (instanceId, command) => {
      scripts.push(command.script);
      return run(instanceId, command);
    };
    const plain = { ...request, document: undefined };
    freezer.refuses.add('i-1');
    await quiesceInstance(plain, ports, context);
    expect(scripts).toEqual(['freeze', 'thaw']);
    // The hold has ended by now, and the script says so: too-late.
    freezer.refuses.clear();
    await quiesceInstance(plain, ports, context);
    expect(scripts).toEqual(['freeze', 'thaw', 'freeze']);
  });
});

test('a run that is cancelled resumes at once what it has quiesced', async () => {
  const { freezer, hooks, controller, ports, context } = setUp();
  const arm = hooks.arm.bind(hooks);
  hooks.arm = (...parameters) => {
    controller.abort(new Error('cancelled'));
    return arm(...parameters);
  };
  await expect(quiesceInstance(request, ports, context)).rejects.toThrow('cancelled');
  expect([freezer.frozen, hooks.quiesced, await hooks.leases('i-1')]).toEqual([[], [], []]);
});

test('the post step resumes from what was saved', async () => {
  const { freezer, hooks, saved, ports, context } = setUp();
  await quiesceInstance(request, ports, context);
  const hold = JSON.parse(JSON.stringify(saved.get('i-1'))) as InstanceHold;
  expect(await resumeInstance(hold, 60, ports)).toMatchObject({ failures: [] });
  expect([freezer.frozen, hooks.quiesced, await hooks.leases('i-1')]).toEqual([[], [], []]);
});
