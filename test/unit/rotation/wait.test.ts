import { expect, test } from '@jest/globals';
import { waitForWorkflows } from '../../../src/actions/ebs-rotate/wait.ts';
import { Pacer } from '../../../src/adapters/aws/pace.ts';
import type { Workflows } from '../../../src/ports/github.ts';
import { each } from '../../../src/runtime/each.ts';
import { FakeClock, FakeLogger } from '../../fakes/clock.ts';

type State = Awaited<ReturnType<Workflows['newestRun']>>['state'];

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
  const signal = new AbortController().signal;
  const options = { files: ['dump.yml'], since: clock.now(), timeoutSeconds, clock, logger: new FakeLogger(), signal };
  return { notes: await waitForWorkflows(workflows, options), clock };
}

test('a dump of today is waited for: until it begins, and until it ends', async () => {
  expect((await wait(['success'])).clock.slept).toEqual([]);
  const { notes, clock } = await wait(['none', 'waiting', 'success']);
  expect(notes).toEqual([]);
  expect(clock.slept).toHaveLength(2);
});

test('one that fails, never comes or cannot be asked for is said, and the snapshots are taken', async () => {
  expect((await wait(['failed'])).notes).toEqual([expect.stringContaining('the snapshots hold an older one')]);
  expect((await wait(['none'], 60)).notes).toEqual([expect.stringContaining('dump.yml has not run today')]);
  expect((await wait([new Error('no permission')], 60)).notes).toEqual([expect.stringContaining('no permission')]);
});

test('calls keep within four fifths of each bucket, each operation on its own', async () => {
  const clock = new FakeClock();
  const pacer = new Pacer(clock);
  for (let count = 0; count < 80; count += 1) await pacer.take('CreateSnapshots');
  for (let count = 0; count < 80; count += 1) await pacer.take('DescribeSnapshots');
  expect(clock.slept).toEqual([]);
  const began = clock.now().getTime();
  for (let count = 0; count < 40; count += 1) await pacer.take('CreateSnapshots');
  // 40 calls at four a second.
  expect(clock.now().getTime() - began).toBeCloseTo(10_000, -2);
});

test('work on many items: so many at once, all of them, and none begun after the signal', async () => {
  let running = 0;
  let most = 0;
  const done: number[] = [];
  const items = Array.from({ length: 20 }, (_, index) => index);
  await each(items, 4, async (item) => {
    running += 1;
    most = Math.max(most, running);
    await Promise.resolve();
    done.push(item);
    running -= 1;
  });
  expect([most, done.sort((a, b) => a - b)]).toEqual([4, items]);
  const controller = new AbortController();
  let begun = 0;
  const cut = each(
    items,
    1,
    async () => {
      begun += 1;
      if (begun === 3) controller.abort(new Error('cancelled'));
    },
    controller.signal,
  );
  await expect(cut).rejects.toThrow('cancelled');
  expect(begun).toBe(3);
});
