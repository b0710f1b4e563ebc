import { describe, expect, test } from '@jest/globals';
import { type RetryDecision, retry } from '../../../src/runtime/retry.ts';
import { FakeClock } from '../../fakes/clock.ts';

/** Work that fails with these errors, one after the other, and then succeeds. */
function failing(...errors: unknown[]): { work: () => Promise<string>; calls: () => number } {
  let calls = 0;
  return {
    calls: () => calls,
    work: async () => {
      calls += 1;
      if (errors.length > 0) throw errors.shift();
      return 'result';
    },
  };
}
const again = (): RetryDecision<string> => ({ again: 'busy' });
const backoff = { first: 100, longest: 300 };

describe('retry', () => {
  test('work that succeeds is done once, without a wait', async () => {
    const clock = new FakeClock();
    const { work, calls } = failing();
    await expect(retry({ clock, backoff, decide: again }, work)).resolves.toBe('result');
    expect([calls(), clock.slept]).toEqual([1, []]);
  });

  test('waits grow up to the longest, and each is announced with its reason', async () => {
    const clock = new FakeClock();
    const { work } = failing('a', 'b', 'c', 'd');
    const announced: unknown[] = [];
    await retry({ clock, backoff, decide: again, onRetry: (one) => announced.push(one) }, work);
    expect(clock.slept).toEqual([100, 200, 300, 300]);
    expect(announced[1]).toEqual({ reason: 'busy', waitMs: 200, attempt: 2 });
  });

  test('whoever refuses may ask for a longer wait', async () => {
    const clock = new FakeClock();
    await retry({ clock, backoff, decide: () => ({ again: 'rate', atLeast: 15_000 }) }, failing('a').work);
    expect(clock.slept).toEqual([15_000]);
  });

  test('random numbers spread the waits from half to the whole', async () => {
    const clock = new FakeClock();
    const numbers = [0, 1];
    const random = (): number => numbers.shift() ?? 0;
    await retry({ clock, backoff: { ...backoff, random }, decide: again }, failing('a', 'b').work);
    expect(clock.slept).toEqual([50, 200]);
  });

  test('a fatal error ends it at once, as the decision gives it', async () => {
    const { work, calls } = failing('first');
    const decide = () => ({ fatal: new Error('explained') });
    await expect(retry({ clock: new FakeClock(), backoff, decide }, work)).rejects.toThrow('explained');
    expect(calls()).toBe(1);
  });

  test('an effect that turns out to be there is the result', async () => {
    const decide = async () => ({ done: 'made all the same' });
    await expect(retry({ clock: new FakeClock(), backoff, decide }, failing('lost').work)).resolves.toBe(
      'made all the same',
    );
  });

  test.each([
    ['attempts', { attempts: 2 }, again],
    ['attempts that the decision allows', { attempts: 9 }, () => ({ again: 'lost', attempts: 2 })],
    ['time', { giveUpAt: Date.parse('2026-11-20T00:00:00.250Z') }, again],
  ])('when its %s are used up, the last error is thrown', async (_what, limits, decide) => {
    const { work, calls } = failing('one', 'two', 'three');
    await expect(retry({ clock: new FakeClock(), backoff, decide, ...limits }, work)).rejects.toBe('two');
    expect(calls()).toBe(2);
  });

  test('an abort ends it before the next attempt and during a wait', async () => {
    const controller = new AbortController();
    const { work, calls } = failing('one', 'two');
    const options = { clock: new FakeClock(), backoff, decide: again, signal: controller.signal };
    const onRetry = (): void => controller.abort(new Error('cancelled'));
    await expect(retry({ ...options, onRetry }, work)).rejects.toThrow('cancelled');
    expect(calls()).toBe(1);
    await expect(retry(options, work)).rejects.toThrow('cancelled');
    expect(calls()).toBe(1);
  });
});
