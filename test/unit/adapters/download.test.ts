import type { GetObjectCommand } from '@aws-sdk/client-s3';
import { expect, test } from '@jest/globals';
import { download } from '../../../src/adapters/aws/download.ts';
import type { AwsSession } from '../../../src/adapters/aws/session.ts';
import { FakeClock, FakeLogger } from '../../fakes/clock.ts';

const content = 'abcdefgh';

/**
 * A bucket with one object of eight bytes. Each answer gives as many bytes as the test says, then breaks off; after the
 * last of them, answers are whole.
 */
function bucketThatGives(bytesOfAnswers: readonly number[]) {
  const clock = new FakeClock();
  const logger = new FakeLogger();
  const ranges: (string | undefined)[] = [];
  let open = 0;
  async function* body(text: string, most: number): AsyncGenerator<Buffer> {
    open += 1;
    try {
      for (const one of text.slice(0, most)) yield Buffer.from(one);
      if (most < text.length) throw Object.assign(new Error('aborted'), { code: 'ECONNRESET' });
    } finally {
      open -= 1;
    }
  }
  const send = async (command: unknown): Promise<unknown> => {
    const { Range } = (command as GetObjectCommand).input;
    const most = bytesOfAnswers[ranges.length] ?? content.length;
    ranges.push(Range);
    const rest = content.slice(Number(/\d+/.exec(Range ?? '0')?.[0]));
    return { ContentLength: rest.length, ETag: 'e', Body: body(rest, most) };
  };
  // Of a session only what a download uses.
  const session = {
    clock,
    call: (_options: unknown, make: () => Promise<unknown>) => make(),
    s3: { send },
  } as unknown as AwsSession;
  const chunks = (signal?: AbortSignal) => download(session, { bucket: 'b', key: 'k' }, { logger, signal });
  const read = async (signal?: AbortSignal): Promise<string> => {
    let text = '';
    for await (const chunk of chunks(signal)) text += chunk.toString();
    return text;
  };
  return { clock, logger, ranges, chunks, read, open: () => open };
}

test('a download that breaks off is resumed where it broke, after a wait', async () => {
  const { read, ranges, clock, logger } = bucketThatGives([3, 2]);
  expect(await read()).toBe(content);
  expect(ranges).toEqual([undefined, 'bytes=3-', 'bytes=5-']);
  expect(clock.slept).toEqual([250, 250]);
  expect(logger.lines[0]).toBe(
    'info GetObject for s3://b/k broke off after 3 bytes (aborted); resuming there in 0.25 s',
  );
});

test('it goes on as long as bytes arrive, and is given up after five resumptions without one', async () => {
  const slow = bucketThatGives([1, 0, 0, 0, 0, 1, 0, 0, 0, 0]);
  expect(await slow.read()).toBe(content);
  expect(slow.clock.slept).toEqual([250, 500, 1000, 2000, 4000, 250, 500, 1000, 2000, 4000]);
  const gone = bucketThatGives([1, 0, 0, 0, 0, 0]);
  await expect(gone.read()).rejects.toMatchObject({ name: 'AwsError', operation: 'GetObject', code: 'ECONNRESET' });
  expect(gone.ranges).toHaveLength(6);
});

test('a cancelled download is not resumed, and throws the reason', async () => {
  const { chunks, ranges } = bucketThatGives([1]);
  const controller = new AbortController();
  const reading = chunks(controller.signal);
  await reading.next();
  controller.abort(new Error('cancelled'));
  await expect(reading.next()).rejects.toThrow('cancelled');
  expect(ranges).toHaveLength(1);
});

test('whoever stops reading early closes the connection', async () => {
  const { chunks, open } = bucketThatGives([]);
  for await (const _ of chunks()) break;
  expect(open()).toBe(0);
});
