/** Rotations of one slot at once: whatever the order of their steps, and wherever one dies, the slot gets one set. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { releaseSaved, SavedClaims } from '../../../src/actions/ebs-rotate/saved-claims.ts';
import { type Claim, type Claims, type Held, unreadable } from '../../../src/ports/claims.ts';
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
      for (let turn = 0; turn < 60; turn += 1) await Promise.resolve();
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
class Cancelled extends Error {}

/** What becomes of a process after so many steps: it dies, or it is cancelled, and then its post step runs. */
interface Fate {
  readonly after: number;
  readonly how: typeof Died | typeof Cancelled;
}

interface World {
  readonly fates: readonly Fate[];
  /** Minutes after which a person deletes the parameter that is no claim; undefined where there is none. */
  readonly foreign: number | undefined;
  /** How often a process is shown, instead of what there is, the list that it was shown before. */
  readonly stale: number;
}

class Process {
  saved = '';
  readonly #controller = new AbortController();
  readonly signal = this.#controller.signal;
  readonly #scheduler: Scheduler;
  readonly #fate: Fate;
  #steps = 0;

  constructor(scheduler: Scheduler, fate: Fate) {
    this.#scheduler = scheduler;
    this.#fate = fate;
  }

  #count(): void {
    this.#steps += 1;
    const { after, how } = this.#fate;
    if (this.#steps > after && how === Died) throw new Died();
    if (this.#steps > after) this.#controller.abort(new Cancelled());
  }

  async step(): Promise<void> {
    this.#count();
    this.signal.throwIfAborted();
    await this.#scheduler.step();
  }

  /** What also a cancelled process does. */
  async lastStep(): Promise<void> {
    this.#count();
    await this.#scheduler.step();
  }

  readonly clock = {
    now: () => new Date(this.#scheduler.now),
    sleep: (milliseconds: number) => {
      this.#count();
      this.signal.throwIfAborted();
      return this.#scheduler.sleep(milliseconds);
    },
  };

  claims(shared: FakeClaims, stale: number): Claims {
    let left = stale;
    let shown: ReadonlyMap<number, Held> = new Map();
    const claims: Claims = {
      list: async (of) => {
        await this.step();
        if (left-- <= 0) shown = await shared.list(of);
        return shown;
      },
      make: async (of, number, claim) => {
        await this.step();
        const made = await shared.make(of, number, claim);
        await this.step();
        return made;
      },
      renew: async (of, number, claim) => {
        await this.step();
        await shared.renew(of, number, claim);
      },
      release: async (of, number, claim) => {
        await this.lastStep();
        await shared.release(of, number, claim);
      },
      sweep: (before) => shared.sweep(before),
    };
    return new SavedClaims(claims, (text) => {
      this.saved = text;
    });
  }
}

async function rotations({ fates, foreign, stale }: World, choose: (count: number) => number) {
  const scheduler = new Scheduler();
  const shared = new FakeClaims();
  const sets: number[] = [];
  if (foreign !== undefined) {
    shared.all.set(slot, new Map([[1, unreadable]]));
    void scheduler.sleep(foreign * 60_000).then(() => shared.all.get(slot)?.delete(1));
  }
  const rotate = async (process: Process, index: number): Promise<void> => {
    const { clock, signal } = process;
    const claims = process.claims(shared, stale);
    const context = { clock, logger: new FakeLogger(), signal };
    const held = await claimSlot({ slot, run: fakeRun(index), leaseSeconds: 900 }, claims, context);
    try {
      await process.step();
      if (sets.some((at) => scheduler.now - at >= unlisted)) return;
      await held.renew();
      await process.step();
      await clock.sleep(1_000 * (index + 1));
      sets.push(scheduler.now);
      await process.step();
    } finally {
      await held.release();
    }
  };
  const live = async (fate: Fate, index: number): Promise<void> => {
    const process = new Process(scheduler, fate);
    try {
      await rotate(process, index);
    } finally {
      if (process.signal.aborted)
        await releaseSaved(process.saved, shared, { run: fakeRun(index), clock: process.clock });
    }
  };
  const all = Promise.allSettled(fates.map(live));
  await scheduler.run(choose);
  const claimed = [...(shared.all.get(slot)?.values() ?? [])];
  return { sets: sets.length, ended: await all, claimed, now: new Date(scheduler.now) };
}

const never = Number.POSITIVE_INFINITY;
const fate = fc.record({
  after: fc.oneof(fc.constant(never), fc.nat({ max: 12 })),
  how: fc.constantFrom<Fate['how']>(Died, Cancelled),
});

test('one set is made, whatever the order, whatever else is there, and wherever rotations die or are cancelled', async () => {
  const world = fc.record({
    fates: fc.array(fate, { minLength: 1, maxLength: 4 }),
    foreign: fc.oneof(fc.constant(undefined), fc.nat({ max: 50 })),
    stale: fc.nat({ max: 3 }),
  });
  const order = fc.array(fc.nat(), { minLength: 1 });
  await fc.assert(
    fc.asyncProperty(world, order, async (one, numbers) => {
      let at = 0;
      const { sets, ended, claimed, now } = await rotations(
        one,
        (count) => (numbers[at++ % numbers.length] ?? 0) % count,
      );
      expect(sets).toBeLessThanOrEqual(1);
      const survived = ended.filter(({ status }) => status === 'fulfilled').length;
      if (survived > 0) expect(sets).toBe(1);
      const dead = new Set<string>();
      for (const [index, { how }] of one.fates.entries()) if (how === Died) dead.add(fakeRun(index).key);
      // Whoever was not killed leaves nothing that anybody waits for.
      for (const claim of claimed)
        if (claim !== unreadable && !dead.has(claim.run))
          expect(claim.until.getTime()).toBeLessThanOrEqual(now.getTime());
      for (const [index, result] of ended.entries())
        if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(one.fates[index]?.how);
    }),
    { numRuns: 2000 },
  );
});

test('a value that is no claim, and one that is never listed, hold the slot for an hour, and are named then', async () => {
  const foreign = new FakeClaims();
  foreign.all.set(slot, new Map([[3, unreadable]]));
  const hidden = new FakeClaims();
  await hidden.make(slot, 1, held('other/repo/actions/runs/9', 1, 600));
  hidden.list = async () => new Map();
  for (const [claims, number] of [
    [foreign, 3],
    [hidden, 1],
  ] as const) {
    const clock = new FakeClock('2026-11-21T02:00:00Z');
    const error = await claimSlot({ slot, run: fakeRun(7), leaseSeconds: 900 }, claims, context(clock)).catch(
      (one: unknown) => one,
    );
    expect(error).toMatchObject({
      code: 'claimed',
      fix: expect.stringContaining(`aws ssm delete-parameter --name /holdfast/rotation/${slot}/${number};`),
    });
    expect(clock.now().getTime() - began).toBe(3_600_000);
    expect(new Set(clock.slept)).toEqual(new Set([15_000]));
  }
});

test('the post step gives up what its own job holds, and nothing else', async () => {
  const clock = new FakeClock('2026-11-21T02:10:00Z');
  const mine = held(fakeRun(7).key, 1, 43);
  const cases: readonly (readonly [Held | undefined, boolean])[] = [
    [mine, true],
    [held(fakeRun(8).key, 1, 43), false],
    [held(fakeRun(7).key, 2, 43), false],
    [held(fakeRun(7).key, 1, 5), false],
    // A job beside it, of a matrix: it was faster.
    [held(fakeRun(7).key, 1, 44), false],
    [unreadable, false],
    [undefined, false],
  ];
  for (const [claim, released] of cases) {
    const claims = new FakeClaims();
    let saved = '';
    await new SavedClaims(claims, (text) => (saved = text)).make(slot, 1, mine);
    if (claim === undefined) claims.all.clear();
    else claims.all.set(slot, new Map([[1, claim]]));
    expect(await releaseSaved(saved, claims, { run: fakeRun(7), clock })).toBe(released ? slot : undefined);
    expect(claims.all.get(slot)?.get(1)).toEqual(released ? { ...mine, until: clock.now() } : claim);
  }
  expect(await releaseSaved('', new FakeClaims(), { run: fakeRun(7), clock })).toBeUndefined();
});

test.each(['lost', 'there'])('the post step gives up a claim that was renewed, the answer being %s', async (answer) => {
  const clock = new FakeClock('2026-11-21T02:10:00Z');
  const shared = new FakeClaims();
  let saved = '';
  const claims = new SavedClaims(shared, (text) => (saved = text));
  const mine = (minutes: number): Claim => held(fakeRun(7).key, 1, minutes);
  await claims.make(slot, 1, mine(20));
  await claims.renew(slot, 1, mine(40));
  if (answer === 'lost') {
    shared.renew = async () => {
      throw new Error('nobody knows');
    };
    await claims.renew(slot, 1, mine(60)).catch(() => {});
    delete (shared as Partial<FakeClaims>).renew;
  }
  expect(await releaseSaved(saved, shared, { run: fakeRun(7), clock })).toBe(slot);
  expect(shared.all.get(slot)?.get(1)).toEqual({ ...mine(40), until: clock.now() });
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

test('the claim of a run that is known to be over holds nobody up; that of one that may be alive is waited for', async () => {
  const take = async (over: boolean): Promise<number> => {
    const claims = new FakeClaims();
    const clock = new FakeClock('2026-11-21T02:00:00Z');
    await claims.make(slot, 1, { run: fakeRun(1).key, attempt: 1, until: new Date(clock.now().getTime() + 1_800_000) });
    const isOver = async (run: string): Promise<boolean> => over && run === fakeRun(1).key;
    await claimSlot({ slot, run: fakeRun(7), leaseSeconds: 900, isOver }, claims, context(clock));
    return clock.slept.reduce((all, one) => all + one, 0);
  };
  // EC2 may not list yet what the dead run has made.
  expect(await take(true)).toBe(15_000);
  expect(await take(false)).toBeGreaterThanOrEqual(1_800_000);
});

test('a claim is prolonged before each piece of work, and work whose claim has ended is not begun', async () => {
  const claims = new FakeClaims();
  const clock = new FakeClock('2026-11-21T02:00:00Z');
  const slotHeld = await claimSlot({ slot, run: fakeRun(7), leaseSeconds: 900 }, claims, context(clock));
  const until = () => {
    const made = claims.all.get(slot)?.get(1);
    return made === undefined || made === unreadable ? 0 : made.until.getTime();
  };
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
