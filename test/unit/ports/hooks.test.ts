import { hookInstance, hooksSuite } from '../../contract/ports/hooks.ts';
import { FakeClock } from '../../fakes/clock.ts';
import { FakeHooks } from '../../fakes/quiesce.ts';

hooksSuite('the fake', async () => {
  const clock = new FakeClock();
  const hooks = new FakeHooks(clock);
  return {
    hooks,
    now: () => clock.now(),
    isQuiesced: () => hooks.quiesced.includes(hookInstance),
    pass: async (seconds) => clock.advance(seconds * 1000),
    breakDocument: () => void hooks.broken.add(hookInstance),
    stop: async () => {},
  };
});
