import { createHash } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { observed } from '../../../src/runtime/streams.ts';

async function* pieces(): AsyncGenerator<Buffer> {
  yield Buffer.from('one');
  yield Buffer.from('two');
  yield Buffer.from('three');
}

test('what passes is handed on as it is, hashed and counted', async () => {
  const hash = createHash('sha256');
  const told: number[] = [];
  const passed: string[] = [];
  for await (const chunk of observed(pieces(), { hash, tell: (bytes) => told.push(bytes) }))
    passed.push(chunk.toString());
  expect(passed).toEqual(['one', 'two', 'three']);
  expect(told).toEqual([3, 6, 11]);
  expect(hash.digest('hex')).toBe(createHash('sha256').update('onetwothree').digest('hex'));
});

test('an aborted run ends it with its own reason, and closes where it comes from', async () => {
  const controller = new AbortController();
  let closed = false;
  const source = (async function* () {
    try {
      yield* pieces();
    } finally {
      closed = true;
    }
  })();
  const reading = async (): Promise<void> => {
    for await (const _ of observed(source, { signal: controller.signal })) controller.abort(new Error('cancelled'));
  };
  await expect(reading()).rejects.toThrow('cancelled');
  expect(closed).toBe(true);
});
