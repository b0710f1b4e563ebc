/**
 * Jobs of one run that verify at the same time, as those of a matrix do: the real flow of verify-volume in memory. Nothing that GitHub says
 * tells such jobs apart, and neither may touch what the other one works with.
 */
import { describe, expect, test } from '@jest/globals';
import { cleanUp } from '../../../src/actions/verify-volume/clean-up.ts';
import { inputs } from '../../../src/actions/verify-volume/inputs.ts';
import type { Findings } from '../../../src/actions/verify-volume/ports.ts';
import { run } from '../../../src/actions/verify-volume/run.ts';
import type { RunIdentity } from '../../../src/domain/run.ts';
import type { HostCommand, Hosts } from '../../../src/ports/hosts.ts';
import { type Job, startMark, tagsOfMaker } from '../../../src/volume/maker.ts';
import { FakeClock } from '../../fakes/clock.ts';
import { FakeCompute } from '../../fakes/compute.ts';
import { fakeContext, fakeRun, settingsFrom } from '../../fakes/context.ts';
import { Killed } from '../../fakes/faulty-ports.ts';
import { FakeGitHub } from '../../fakes/github.ts';
import { FakeHosts } from '../../fakes/hosts.ts';
import { FakeReceipts } from '../../fakes/receipts.ts';

const snapshotOf = { 'i-one': 'snap-11111111', 'i-two': 'snap-22222222' } as const;
type HostId = keyof typeof snapshotOf;
const settingsOf = (instance: HostId) =>
  settingsFrom(inputs, {
    ...{ source: 'web', 'aws-region': 'us-east-1', 'receipt-bucket': 'receipts' },
    ...{ instance, 'snapshot-id': snapshotOf[instance] },
  });

/** Two verification hosts of one region. */
class Region {
  readonly clock = new FakeClock();
  readonly compute = new FakeCompute(this.clock);
  readonly github = new FakeGitHub();
  /** What happens while a job is at this point. */
  meanwhile: (point: string) => Promise<void> = async () => {};
  /** Jobs whose main step was killed: nothing of it goes any further. */
  readonly #killed = new Set<string>();
  readonly #hosts = { 'i-one': new FakeHosts(this.clock, ''), 'i-two': new FakeHosts(this.clock, '') };

  constructor() {
    for (const [instance, id] of Object.entries(snapshotOf)) {
      this.compute.addInstance({ id: instance, state: 'stopped', tags: { 'holdfast:host': 'verification' } });
      this.compute.snapshots.set(id, {
        ...{ id, volumeId: 'vol-ffffffff', state: 'completed', stateMessage: undefined, progress: 100, sizeGiB: 1 },
        ...{ startedAt: new Date('2026-11-01T00:00:00Z'), description: '', tier: 'standard', fullBytes: undefined },
        tags: { 'holdfast:made-by': 'ebs-rotate', Type: 'Automated' },
      });
    }
  }

  /** What the process of a job works with. */
  #ports(process: { readonly isDead: () => boolean }) {
    const mustLive = (): void => {
      if (process.isDead()) throw new Killed();
    };
    const hosts: Hosts = {
      reachable: async (id) => {
        mustLive();
        return this.#hosts[id as HostId].reachable();
      },
      run: async (id, command: HostCommand) => {
        mustLive();
        await this.meanwhile(command.script);
        mustLive();
        return this.#hosts[id as HostId].run(id, command) as never;
      },
    };
    const runs = {
      state: async (key: string) => {
        await this.meanwhile('github');
        return this.github.state(key);
      },
    };
    const compute = new Proxy(this.compute, {
      get: (object, name) => {
        const member = Reflect.get(object, name) as unknown;
        if (typeof member !== 'function') return member;
        return async (...parameters: unknown[]) => {
          mustLive();
          const result = (await member.apply(object, parameters)) as unknown;
          await this.meanwhile(String(name));
          mustLive();
          return result;
        };
      },
    });
    return { compute, cleanupCompute: compute, hosts, receipts: new FakeReceipts(), runs, remember: () => {} };
  }

  /** @returns the job's verdict, or its error */
  async verify(instance: HostId, job: string, of: RunIdentity): Promise<unknown> {
    this.github.startRun('patrol.yml', Number(of.id));
    let verdict: unknown;
    const context = fakeContext<Findings>(this.clock, of, (more) => {
      verdict = more.verdict ?? verdict;
    });
    try {
      await run(settingsOf(instance), this.#ports({ isDead: () => this.#killed.has(job) }), { ...context, job });
      return verdict;
    } catch (error) {
      return (error as Error).message;
    }
  }

  async post(instance: HostId, job: string, of: RunIdentity): Promise<void> {
    const host = await this.compute.instance(instance);
    const ports = this.#ports({ isDead: () => false });
    await cleanUp(host, settingsOf(instance), ports, { ...fakeContext(this.clock, of), job });
  }

  /** A copy that a job has just made for a host. */
  async makeCopy(instance: HostId, job: Job): Promise<void> {
    await this.compute.createVolume({
      ...{ snapshotId: snapshotOf[instance], zone: 'us-east-1a', type: 'gp3', initializationRate: undefined },
      clientToken: job.job,
      tags: { 'holdfast:made-by': 'verify-volume', ...tagsOfMaker(job), 'holdfast:instance': instance },
    });
  }

  /** Does it once, the first time that a job is at this point. */
  once(point: string, work: () => Promise<unknown>): void {
    this.meanwhile = async (now) => {
      if (now !== point) return;
      this.meanwhile = async () => {};
      await work();
    };
  }

  /** Verifies on `i-one` as the job `first` of the run 1, whose main step is killed at this point. */
  async killAt(point: string): Promise<void> {
    this.once(point, async () => this.#killed.add('first'));
    expect(await this.verify('i-one', 'first', fakeRun(1))).toBe(new Killed().message);
  }

  state(instance: HostId): string | undefined {
    return this.compute.instances.get(instance)?.state;
  }

  mark(instance: HostId): string | undefined {
    return this.compute.instances.get(instance)?.tags['holdfast:started-by'];
  }
}

describe('two jobs of one run', () => {
  const points = ['createVolume', 'attachVolume', 'mount-copy', 'read-data', 'release-copy', 'detachVolume'];

  test.each(points)('on two hosts of one region prove both, while the first is at %s', async (point) => {
    const region = new Region();
    let second: unknown;
    region.once(point, async () => {
      second = await region.verify('i-two', 'second', fakeRun(1));
      await region.post('i-two', 'second', fakeRun(1));
    });
    expect([await region.verify('i-one', 'first', fakeRun(1)), second]).toEqual(['good', 'good']);
    expect([...region.compute.volumes.keys()]).toEqual([]);
    expect([region.state('i-one'), region.state('i-two')]).toEqual(['stopped', 'stopped']);
  });

  test.each(['createVolume', 'read-data'])(
    'on one host: the second is refused while the first is at %s',
    async (at) => {
      const region = new Region();
      let second: unknown;
      region.once(at, async () => {
        second = await region.verify('i-one', 'second', fakeRun(1));
        await region.post('i-one', 'second', fakeRun(1));
      });
      expect(await region.verify('i-one', 'first', fakeRun(1))).toBe('good');
      expect(second).toBe('the verification host i-one is in use by another job of this run');
      expect([region.state('i-one'), region.mark('i-one')]).toEqual(['stopped', undefined]);
    },
  );

  test('on one host: whoever started it leaves its stop to the one that goes on', async () => {
    const region = new Region();
    const { key, attempt } = fakeRun(1);
    const [first, second] = [
      { key, attempt, job: 'first' },
      { key, attempt, job: 'second' },
    ];
    // Both found it free.
    await region.compute.setTags('i-one', { 'holdfast:started-by': startMark(first) });
    await region.compute.startInstance('i-one');
    for (const job of [first, second]) await region.makeCopy('i-one', job);
    await region.post('i-one', 'first', fakeRun(1));
    expect([region.state('i-one'), region.mark('i-one')]).toEqual(['running', startMark(second)]);
    expect([...region.compute.volumes.values()].map(({ tags }) => tags['holdfast:job'])).toEqual(['second']);
    await region.post('i-one', 'second', fakeRun(1));
    expect([region.state('i-one'), region.mark('i-one')]).toEqual(['stopped', undefined]);
    expect([...region.compute.volumes.keys()]).toEqual([]);
  });
});

describe('what a killed job left', () => {
  const killed = async (point: string): Promise<Region> => {
    const region = new Region();
    await region.killAt(point);
    return region;
  };

  test.each(['createVolume', 'attachVolume', 'read-data'])(
    'at %s is removed by its own post step, not by that of a job beside it',
    async (point) => {
      const region = await killed(point);
      await region.post('i-two', 'second', fakeRun(1));
      expect([region.compute.volumes.size, region.state('i-one')]).toEqual([1, 'running']);
      await region.post('i-one', 'first', fakeRun(1));
      expect([region.compute.volumes.size, region.state('i-one')]).toEqual([0, 'stopped']);
    },
  );

  test.each([
    ['the next attempt', fakeRun(1, 2)],
    ['the next run', fakeRun(2)],
  ])('is swept by %s, which proves the same', async (_, next) => {
    const region = await killed('read-data');
    if (next.id !== '1') region.github.endRun(1, 'failure');
    expect(await region.verify('i-one', 'third', next)).toBe('good');
    expect([...region.compute.volumes.keys()]).toEqual([]);
    expect([region.state('i-one'), region.mark('i-one')]).toEqual(['stopped', undefined]);
  });
});

describe('between a look and a removal', () => {
  test('a dying job may have attached its copy', async () => {
    const region = new Region();
    await region.killAt('createVolume');
    const [[id = ''] = []] = region.compute.volumes;
    region.once('github', async () => {
      await region.compute.attachVolume(id, 'i-one', '/dev/sdf');
      region.github.endRun(1, 'failure');
    });
    expect(await region.verify('i-two', 'second', fakeRun(2))).toBe('good');
    expect([...region.compute.volumes.keys()]).toEqual([]);
  });

  test('another run may have come to the host: it stays, and its stop is left to that run', async () => {
    const region = new Region();
    region.github.startRun('patrol.yml', 2);
    region.once('deleteVolume', () => region.makeCopy('i-one', { key: fakeRun(2).key, attempt: 1, job: 'other' }));
    expect(await region.verify('i-one', 'first', fakeRun(1))).toBe('good');
    const other = startMark({ key: fakeRun(2).key, attempt: 1, job: 'other' });
    expect([region.state('i-one'), region.mark('i-one')]).toEqual(['running', other]);
  });

  test.each(['removed', 'asked about'])(
    'another run may have started the host anew while copies are %s',
    async (during) => {
      const region = new Region();
      region.github.startRun('patrol.yml', 2);
      const other = { key: fakeRun(2).key, attempt: 1, job: 'other' };
      await region.makeCopy('i-two', other);
      const start = () => region.compute.setTags('i-one', { 'holdfast:started-by': startMark(other) });
      region.once('deleteVolume', async () => (during === 'removed' ? start() : region.once('github', start)));
      expect(await region.verify('i-one', 'first', fakeRun(1))).toBe('good');
      expect([region.state('i-one'), region.mark('i-one')]).toEqual(['running', startMark(other)]);
    },
  );

  test('whoever gets the duty to stop the host may be gone: then it is stopped all the same', async () => {
    const region = new Region();
    region.github.startRun('patrol.yml', 2);
    const other = { key: fakeRun(2).key, attempt: 1, job: 'other' };
    region.once('deleteVolume', async () => {
      await region.makeCopy('i-one', other);
      // It is removed while GitHub is asked whether its run is over, and the other job leaves the host to this one.
      region.once('github', async () => {
        for (const [id, { tags }] of region.compute.volumes)
          if (tags['holdfast:job'] === 'other') await region.compute.deleteVolume(id);
      });
    });
    expect(await region.verify('i-one', 'first', fakeRun(1))).toBe('good');
    expect([region.compute.volumes.size, region.state('i-one'), region.mark('i-one')]).toEqual([
      0,
      'stopped',
      undefined,
    ]);
  });
});
