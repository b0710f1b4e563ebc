import { expect, test } from '@jest/globals';
import { logProgress } from '../../../src/runtime/progress.ts';
import { FakeClock, FakeLogger } from '../../fakes/clock.ts';

test('progress is logged at most every 15 seconds, with the rate since the beginning', () => {
  const [clock, logger] = [new FakeClock(), new FakeLogger()];
  const onProgress = logProgress({ clock, logger }, 'archive');
  for (const bytes of [1, 2, 3, 4].map((count) => count * 10 * 1024 * 1024)) {
    clock.advance(10_000);
    onProgress(bytes);
  }
  expect(logger.lines).toEqual(['info archive: 20.0 MiB, 1.0 MiB/s', 'info archive: 40.0 MiB, 1.0 MiB/s']);
});
