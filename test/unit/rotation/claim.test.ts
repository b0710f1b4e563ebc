/** Rotations of one slot at once: whatever the order of their steps, and wherever one dies, the slot gets one set. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Claim, Claims } from '../../../src/ports/claims.ts';
import { claimSlot } from '../../../src/rotation/execute/claim.ts';
import { AwsError, BackupError } from '../../../src/runtime/errors.ts';
import { FakeClaims } from '../../fakes/claims.ts';
import { FakeClock, FakeLogger } from '../../fakes/clock.ts';
import { fakeRun } from '../../fakes/context.ts';

const slot = '2026-11-21';
const began = Date.parse('2026-11-21T02:00:00Z');
/** Milliseconds after which EC2 lists new snapshots. */
const unlisted = 10_000;

/** Steps of several processes, one at a time, in the order that `choose` says. */
class Scheduler {
  now = began;
  readonly #ready: (() => void)[] = [];
  readonly #sleeping: { readonly at: number; readonly wake: () => void }[] = [];

  step(): Promise<void> {
    return new Promise((resolve) => this.#ready.push(resolve));
  }

  sleep(milliseconds: number): Promise<void> {
    return new Promise((resolve) => this.#sleeping.push({ at: this.now + milliseconds, wake: resolve }));
  }

  /** Runs until nothing is left to do. */
  async run(choose: (count: number) => number): Promise<void> {
    for (;;) {
      // What was resolved goes on until its next step.
      for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
      const [next] = this.#sleeping.toSorted((a, b) => a.at - b.at);
      if (this.#ready.length > 0) this.#ready.splice(choose(this.#ready.length), 1)[0]?.();
      else if (next !== undefined) {
        this.now = Math.max(this.now, next.at);
        this.#sleeping.splice(this.#sleeping.indexOf(next), 1);
        next.wake();
      } else return;
    }
  }
}

class Died extends Error {}

/** @param diesAfter steps after which each process dies; infinite for one that does not */
async function rotations(diesAfter: readonly number[], choose: (count: number) => number) {
  const scheduler = new Scheduler();
  const shared = new FakeClaims();
  const sets: number[] = [];
  const process = async (index: number, dies: number): Promise<void> => {
    let steps = 0;
    const step = async (): Promise<void> => {
      steps += 1;
      if (steps > dies) throw new Died();
      await scheduler.step();
    };
    const claims: Claims = {
      list: async (of) => {
        await step();
        return shared.list(of);
      },
      make: async (of, number, claim) => {
        await step();
        const made = await shared.make(of, number, claim);
        await step();
        return made;
      },
      renew: async (of, number, claim) => {
        await step();
        await shared.renew(of, number, claim);
      },
      sweep: (before) => shared.sweep(before),
    };
    const clock = { now: () => new Date(scheduler.now), sleep: (ms: number) => scheduler.sleep(ms) };
    const context = { clock, logger: new FakeLogger(), signal: new AbortController().signal };
    const held = await claimSlot({ slot, run: fakeRun(index), leaseSeconds: 900 }, claims, context);
    await step();
    if (!sets.some((at) => scheduler.now - at >= unlisted)) {
      await held.renew();
      await step();
      await scheduler.sleep(1_000 * (index + 1));
      sets.push(scheduler.now);
      await step();
    }
    await held.release();
  };
  const all = Promise.allSettled(diesAfter.map((dies, index) => process(index, dies)));
  await scheduler.run(choose);
  return { sets: sets.length, ended: await all };
}

test('one set is made, whatever the order, and wherever rotations die', async () => {
  const dies = fc.oneof(fc.constant(Number.POSITIVE_INFINITY), fc.nat({ max: 9 }));
  const runs = fc.tuple(fc.array(dies, { minLength: 1, maxLength: 4 }), fc.array(fc.nat(), { minLength: 1 }));
  await fc.assert(
    fc.asyncProperty(runs, async ([diesAfter, order]) => {
      let at = 0;
      const { sets, ended } = await rotations(diesAfter, (count) => (order[at++ % order.length] ?? 0) % count);
      expect(sets).toBeLessThanOrEqual(1);
      const survived = ended.filter(({ status }) => status === 'fulfilled').length;
      if (survived > 0) expect(sets).toBe(1);
      for (const one of ended) if (one.status === 'rejected') expect(one.reason).toBeInstanceOf(Died);
    }),
    { numRuns: 2000 },
  );
});

const context = (clock: FakeClock) => ({ clock, logger: new FakeLogger(), signal: new AbortController().signal });
const held = (run: string, attempt: number, minutes: number): Claim => ({
  run,
  attempt,
  until: new Date(began + minutes * 60_000),
});

test('who waits for an hour says for whom, and stops', async () => {
  const claims = new FakeClaims();
  await claims.make(slot, 1, held('other/repo/actions/runs/9', 1, 600));
  const clock = new FakeClock('2026-11-21T02:00:00Z');
  const error = await claimSlot({ slot, run: fakeRun(7), leaseSeconds: 900 }, claims, context(clock)).catch(
    (one: unknown) => one,
  );
  expect(error).toBeInstanceOf(BackupError);
  expect(error).toMatchObject({ code: 'claimed', what: expect.stringContaining('other/repo/actions/runs/9') });
  expect(clock.now().getTime() - began).toBe(3_600_000);
});

test('an earlier attempt of the same run, and a claim that has ended, are not waited for', async () => {
  const cases = [
    // What it made a moment ago may not be listed yet.
    { claim: held(fakeRun(7).key, 0, 600), slept: [15_000] },
    { claim: held('other/repo/actions/runs/9', 1, -10), slept: [] },
  ];
  for (const { claim, slept } of cases) {
    const claims = new FakeClaims();
    await claims.make(slot, 1, claim);
    const clock = new FakeClock('2026-11-21T02:00:00Z');
    await claimSlot({ slot, run: fakeRun(7), leaseSeconds: 900 }, claims, context(clock));
    expect([clock.slept, claims.all.get(slot)?.size]).toEqual([slept, 2]);
  }
});

test('a claim is prolonged before each piece of work, and work whose claim has ended is not begun', async () => {
  const claims = new FakeClaims();
  const clock = new FakeClock('2026-11-21T02:00:00Z');
  const slotHeld = await claimSlot({ slot, run: fakeRun(7), leaseSeconds: 900 }, claims, context(clock));
  const until = () => claims.all.get(slot)?.get(1)?.until.getTime() ?? 0;
  clock.advance(1_000_000);
  await slotHeld.renew();
  expect(until()).toBe(clock.now().getTime() + 1_800_000);
  clock.advance(2_000_000);
  await expect(slotHeld.renew()).rejects.toMatchObject({ code: 'claimed' });
});

test('a role of an earlier stack may make no claims: the rotation goes on, with a warning', async () => {
  const claims = new FakeClaims();
  claims.list = async () => {
    throw new AwsError({
      what: 'denied',
      operation: 'GetParametersByPath',
      resource: '/holdfast/rotation',
      requestId: undefined,
      code: 'AccessDeniedException',
      kind: 'denied',
      outcome: 'not-done',
    });
  };
  const logger = new FakeLogger();
  const clock = new FakeClock();
  const claimed = await claimSlot({ slot, run: fakeRun(7), leaseSeconds: 900 }, claims, { ...context(clock), logger });
  await claimed.renew();
  await claimed.release();
  expect(logger.lines.join()).toMatch(/could not be kept apart: denied; deploy the current infra/);
});
