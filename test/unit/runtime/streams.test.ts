import { createHash } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { observed } from '../../../src/runtime/streams.ts';

async function* pieces(): AsyncGenerator<Buffer> {
  yield Buffer.from('one');
  yield Buffer.from('two');
  yield Buffer.from('three');
}

test('a stream passes unchanged, hashed and counted', async () => {
  const hash = createHash('sha256');
  const progress: number[] = [];
  const passed: string[] = [];
  for await (const chunk of observed(pieces(), { hash, onProgress: (bytes) => progress.push(bytes) }))
    passed.push(chunk.toString());
  expect(passed).toEqual(['one', 'two', 'three']);
  expect(progress).toEqual([3, 6, 11]);
  expect(hash.digest('hex')).toBe(createHash('sha256').update('onetwothree').digest('hex'));
});

test('an aborted signal ends the stream with its reason, and closes the source', async () => {
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
