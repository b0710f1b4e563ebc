import { expect, test } from '@jest/globals';
import { systemClock } from '../../../src/runtime/clock.ts';
import { clockSuite } from '../../contract/ports/clock.ts';
import { FakeClock } from '../../fakes/clock.ts';

clockSuite('the fake', () => new FakeClock());
clockSuite("the system's", () => systemClock);

test("a sleep of the system's clock that is called off ends at once, with the reason", async () => {
  const controller = new AbortController();
  const sleeping = systemClock.sleep(3_600_000, controller.signal);
  const reason = new Error('cancelled');
  controller.abort(reason);
  await expect(sleeping).rejects.toBe(reason);
});
