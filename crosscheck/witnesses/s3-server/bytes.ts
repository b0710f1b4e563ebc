/** What is uploaded, and its hash. */
import { createHash } from 'node:crypto';

/** Hexadecimal SHA-256. */
export const hash = (body: Buffer | string): string => createHash('sha256').update(body).digest('hex');

/** Bytes that are the same in each run, and do not repeat. */
export function bytesOf(length: number): Buffer {
  const blocks = Array.from({ length: Math.ceil(length / 32) }, (_, at) =>
    createHash('sha256').update(`${at}`).digest(),
  );
  return Buffer.concat(blocks).subarray(0, length);
}
