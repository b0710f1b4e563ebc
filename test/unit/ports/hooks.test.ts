import { hookInstance, hooksSuite, windows } from '../../contract/ports/hooks.ts';
import { FakeClock } from '../../fakes/clock.ts';
import { FakeHooks } from '../../fakes/quiesce.ts';

hooksSuite('the fake', async () => {
  const clock = new FakeClock();
  const hooks = new FakeHooks(clock);
  hooks.windows.set(windows.id, { root: windows.root, data: [windows.data] });
  return {
    hooks,
    isQuiesced: () => hooks.quiesced.includes(hookInstance),
    pass: async (seconds) => clock.advance(seconds * 1000),
    breakDocument: () => void hooks.broken.add(hookInstance),
    breakVss: () => void hooks.broken.add(windows.id),
    vssSnapshots: () => hooks.vssSnapshots,
    stop: async () => {},
  };
});
