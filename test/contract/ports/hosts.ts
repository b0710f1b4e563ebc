/**
 * What the port Hosts promises: of commands in general, and of the two pairs of scripts that hold a source. The real scripts
 * are asked on the lab's host.
 */
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { HostAnswer } from '../../../src/host/catalogue/catalogue.ts';
import type { HostCommand, Hosts } from '../../../src/ports/hosts.ts';
import type { Clock } from '../../../src/runtime/clock.ts';
import { HostError } from '../../../src/runtime/errors.ts';
import { eventually, refusal } from './suite.ts';

export const hostParameters = { MountPoint: '/ibdata', Service: 'mysqld-ib', Socket: '/tmp/mysql-ib.sock' };

export interface HostsWorld {
  readonly hosts: Hosts;
  readonly instanceId: string;
  /** Whether its agent is lost. */
  readonly setOffline: (offline: boolean) => void;
  readonly stop: () => Promise<void>;
}

export const quiesceCommand = (holdId: string, more: Partial<HostCommand<'quiesce'>['parameters']> = {}) => ({
  script: 'quiesce' as const,
  timeoutSeconds: 60,
  parameters: {
    ...hostParameters,
    HoldId: holdId,
    Run: 'o/r/actions/runs/7',
    Mode: 'stop',
    LeaseSeconds: '60',
    NotAfterMs: '9999999999999',
    ...more,
  },
});

async function hostError(call: Promise<unknown>): Promise<string> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(HostError);
  return (error as HostError).code;
}

export function hostsSuite(name: string, start: () => Promise<HostsWorld>): void {
  describe(`Hosts: ${name}`, () => {
    let world: HostsWorld;
    beforeEach(async () => {
      world = await start();
    });
    afterEach(() => world.stop());

    const inspect = (signal?: AbortSignal): Promise<HostAnswer<'inspect'>> => {
      const command = { script: 'inspect' as const, parameters: hostParameters, timeoutSeconds: 30 };
      return world.hosts.run(world.instanceId, command, signal);
    };

    test('a script is run, and its answer given back', async () => {
      expect(await inspect()).toMatchObject({ mountPoint: '/ibdata', mounted: true, serviceState: 'active' });
    });

    test('an error of the script is a HostError with its code', async () => {
      expect(await world.hosts.run(world.instanceId, quiesceCommand('7-1'))).toMatchObject({ holdId: '7-1' });
      expect(await hostError(world.hosts.run(world.instanceId, quiesceCommand('8-1')))).toBe('held');
    });

    test('a host whose agent is lost cannot be reached, and a command to it may have run all the same', async () => {
      expect(await world.hosts.reachable(world.instanceId)).toMatchObject({ online: true });
      world.setOffline(true);
      const { online, detail } = await world.hosts.reachable(world.instanceId);
      expect([online, detail]).toEqual([false, expect.stringContaining('ConnectionLost')]);
      expect(await refusal(inspect())).toEqual({ code: 'DeliveryTimedOut', kind: 'other', outcome: 'maybe-done' });
      world.setOffline(false);
      expect((await inspect()).mounted).toBe(true);
    });

    test('nothing is sent once the signal has come', async () => {
      const reason = new Error('cancelled');
      await expect(inspect(AbortSignal.abort(reason))).rejects.toBe(reason);
    });
  });
}

export interface HoldWorld {
  readonly hosts: Hosts;
  readonly instanceId: string;
  /** The host's. */
  readonly clock: Pick<Clock, 'now'>;
  readonly isHeld: () => Promise<boolean>;
  readonly pass: (seconds: number) => Promise<void>;
  readonly stop: () => Promise<void>;
}

interface HoldOptions {
  readonly leaseSeconds?: number;
  readonly notAfterMs?: number;
}

/** One of the two pairs of scripts, as the suite calls it. */
export interface HoldScripts {
  readonly hold: (world: HoldWorld, id: string, options: HoldOptions) => Promise<unknown>;
  readonly release: (
    world: HoldWorld,
    id: string,
  ) => Promise<{ resumed: boolean; by: string; leaseFired: boolean; pauseMs?: number | null }>;
  /** What becomes of a hold while another has the source: it is refused, or takes over from a dead run. */
  readonly whileHeld: 'refused' | 'takes over';
  /** Whether a release that comes before its hold forbids it. */
  readonly overtaken: 'forbidden' | 'possible';
}

const leaseSeconds = 8;

export function holdSuite(name: string, scripts: HoldScripts, start: () => Promise<HoldWorld>): void {
  describe(`Hosts: ${name}`, () => {
    let world: HoldWorld;
    // A real host remembers holds that are over.
    let id: string;
    beforeEach(async () => {
      world = await start();
      id = randomUUID().slice(0, 8);
    });
    afterEach(() => world.stop());

    const hold = (one = id, options: HoldOptions = {}): Promise<unknown> => scripts.hold(world, one, options);
    const release = (one = id) => scripts.release(world, one);

    test('a hold ends when it is released, and then it is over', async () => {
      await hold();
      expect(await world.isHeld()).toBe(true);
      expect(await release()).toMatchObject({ resumed: true, by: 'this', leaseFired: false });
      expect(await world.isHeld()).toBe(false);
      expect(await release()).toMatchObject({ resumed: false, by: 'this', pauseMs: expect.any(Number) });
      expect(await hostError(hold())).toBe('too-late');
    });

    test('delivered twice, a hold is one hold', async () => {
      const first = await hold();
      expect(await hold()).toEqual(first);
      expect(await release()).toMatchObject({ resumed: true, by: 'this' });
    });

    test('the lease ends a hold that nobody releases', async () => {
      await hold(id, { leaseSeconds });
      await world.pass(leaseSeconds + 2);
      // On a busy computer the source takes longer to start.
      expect(
        await eventually(
          () => world.pass(1),
          world.isHeld,
          (isHeld) => !isHeld,
        ),
      ).toBe(false);
      expect(await release()).toMatchObject({ resumed: false, by: 'lease', leaseFired: true });
      expect(await hostError(hold())).toBe('too-late');
    });

    test('a hold that is delivered when nobody waits for it any more holds nothing', async () => {
      expect(await hostError(hold(id, { notAfterMs: world.clock.now().getTime() - 1000 }))).toBe('too-late');
      expect(await world.isHeld()).toBe(false);
    });

    test(`a release without a hold releases nothing; the hold that comes after it is ${scripts.overtaken}`, async () => {
      expect(await release()).toMatchObject({ resumed: false, by: 'nothing-held', leaseFired: false });
      if (scripts.overtaken === 'forbidden') expect(await hostError(hold())).toBe('too-late');
      else await hold();
      expect(await world.isHeld()).toBe(scripts.overtaken === 'possible');
      await release();
      expect(await world.isHeld()).toBe(false);
    });

    test(`another hold ${scripts.whileHeld === 'refused' ? 'is refused' : 'takes over'}`, async () => {
      await hold();
      const other = `${id}-2`;
      if (scripts.whileHeld === 'refused') {
        expect(await hostError(hold(other))).toBe('held');
        expect(await release()).toMatchObject({ resumed: true });
      } else {
        await hold(other);
        expect(await release()).toMatchObject({ resumed: false, by: 'this' });
        expect(await world.isHeld()).toBe(true);
        expect(await release(other)).toMatchObject({ resumed: true });
      }
      expect(await world.isHeld()).toBe(false);
    });
  });
}

/** The source's volume is unmounted, or its tables are locked. */
export const quiesceScripts: HoldScripts = {
  hold: ({ hosts, instanceId }, id, { leaseSeconds: lease = 60, notAfterMs = 9_999_999_999_999 }) =>
    hosts.run(instanceId, quiesceCommand(id, { LeaseSeconds: String(lease), NotAfterMs: String(notAfterMs) })),
  release: ({ hosts, instanceId }, id) =>
    hosts.run(instanceId, {
      script: 'resume',
      parameters: { ...hostParameters, HoldId: id },
      timeoutSeconds: 60,
    }),
  whileHeld: 'refused',
  overtaken: 'possible',
};

/** The filesystems of some volumes are frozen. */
export const freezeScripts = (volumeId: string): HoldScripts => ({
  hold: ({ hosts, instanceId }, id, { leaseSeconds: lease = 60, notAfterMs = 9_999_999_999_999 }) =>
    hosts.run(instanceId, {
      script: 'freeze',
      parameters: {
        HoldId: id,
        LeaseSeconds: String(lease),
        NotAfterMs: String(notAfterMs),
        Volumes: volumeId,
      },
      timeoutSeconds: 60,
    }),
  release: ({ hosts, instanceId }, id) =>
    hosts.run(instanceId, { script: 'thaw', parameters: { HoldId: id }, timeoutSeconds: 60 }),
  whileHeld: 'takes over',
  overtaken: 'forbidden',
});
