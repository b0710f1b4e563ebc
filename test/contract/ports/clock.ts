/** What the port Clock promises. */
import { describe, expect, test } from '@jest/globals';
import type { Clock } from '../../../src/runtime/clock.ts';

export function clockSuite(name: string, make: () => Clock): void {
  describe(`Clock: ${name}`, () => {
    test('a sleep ends when its time has passed', async () => {
      const clock = make();
      const before = clock.now().getTime();
      await clock.sleep(30);
      // A timer may fire a millisecond early.
      expect(clock.now().getTime() - before).toBeGreaterThanOrEqual(29);
    });

    test('a sleep that is called off before it begins ends with the reason, and time stands still', async () => {
      const clock = make();
      const before = clock.now().getTime();
      const reason = new Error('cancelled');
      await expect(clock.sleep(3_600_000, AbortSignal.abort(reason))).rejects.toBe(reason);
      expect(clock.now().getTime() - before).toBeLessThan(60_000);
    });

    test('without a reason to end early, a signal changes nothing', async () => {
      await expect(make().sleep(1, new AbortController().signal)).resolves.toBeUndefined();
    });
  });
}
