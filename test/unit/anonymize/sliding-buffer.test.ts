/** The buffer of what was read and not used yet. */
import { expect, test } from '@jest/globals';
import { SlidingBuffer } from '../../../src/anonymize/bytes/sliding-buffer.ts';

const chunk = Buffer.alloc(64, 'x');

test('after something long it goes back to its usual size, and keeps what is not used', () => {
  const input = new SlidingBuffer(64, 256);
  let appended = 0;
  const append = (bytes: Buffer): void => {
    const before = input.bytes;
    const { buffer } = before;
    input.append(bytes);
    appended += bytes.length;
    // Of two buffers, one is freed at once.
    if (input.bytes !== before) expect(buffer.byteLength).toBe(0);
    expect(input.offsetOf(input.to)).toBe(appended);
  };
  for (let count = 0; count < 50; count += 1) append(chunk);
  expect(input.length).toBe(3200);
  expect(input.bytes.length).toBeLessThanOrEqual(2 * 3200);

  input.from = input.to - 3;
  append(Buffer.from('y'.repeat(61)));
  while (input.bytes.length > 256) {
    expect(appended).toBeLessThan(10_000);
    input.from = input.to - 3;
    append(chunk);
  }
  input.from = input.to - 3;
  append(Buffer.from('abc'));
  expect(input.bytes.toString('latin1', input.from, input.to)).toBe('xxxabc');
});
