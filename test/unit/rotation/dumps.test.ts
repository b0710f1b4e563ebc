import { expect, test } from '@jest/globals';
import { waitForWorkflows } from '../../../src/actions/ebs-rotate/dumps.ts';
import type { Workflows } from '../../../src/ports/github.ts';
import { FakeClock, FakeLogger } from '../../fakes/clock.ts';

type State = Awaited<ReturnType<Workflows['newestRun']>>['state'];

/** @param answers one for each question; the last one is repeated */
async function wait(
  answers: readonly (State | Error)[],
  timeoutSeconds = 600,
): Promise<{ notes: string[]; clock: FakeClock }> {
  const clock = new FakeClock();
  let asked = 0;
  const workflows: Workflows = {
    newestRun: async () => {
      const answer = answers[Math.min(asked++, answers.length - 1)] ?? 'none';
      if (answer instanceof Error) throw answer;
      return { state: answer, url: 'https://github.com/run' };
    },
  };
  const request = { files: ['dump.yml'], since: clock.now(), timeoutSeconds };
  const context = { clock, logger: new FakeLogger(), signal: new AbortController().signal };
  return { notes: await waitForWorkflows(request, workflows, context), clock };
}

test("waits until today's dump begins, and until it ends", async () => {
  expect((await wait(['success'])).clock.slept).toEqual([]);
  const { notes, clock } = await wait(['none', 'waiting', 'success']);
  expect(notes).toEqual([]);
  expect(clock.slept).toHaveLength(2);
});

test('a dump that fails, never begins or cannot be asked for gives a note, and the snapshots are taken', async () => {
  expect((await wait(['failed'])).notes).toEqual([expect.stringContaining('the snapshots contain an older one')]);
  expect((await wait(['none'], 60)).notes).toEqual([expect.stringContaining('dump.yml has not run today')]);
  expect((await wait([new Error('no permission')], 60)).notes).toEqual([expect.stringContaining('no permission')]);
});
