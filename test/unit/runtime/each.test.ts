import { expect, test } from '@jest/globals';
import { each } from '../../../src/runtime/each.ts';

const items = Array.from({ length: 20 }, (_, index) => index);

test('works on all items, and on no more at once than allowed', async () => {
  let running = 0;
  let most = 0;
  const done: number[] = [];
  await each(items, 4, async (item) => {
    running += 1;
    most = Math.max(most, running);
    await Promise.resolve();
    done.push(item);
    running -= 1;
  });
  expect([most, done.sort((a, b) => a - b)]).toEqual([4, items]);
});

test('begins no further item once the signal aborts, and rejects with its reason', async () => {
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
