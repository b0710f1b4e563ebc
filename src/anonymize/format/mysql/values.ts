/** The texts of values in a batch of rows. */
import { hexValue } from '../../bytes/hex.ts';
import { textOf } from '../codec.ts';
import { kinds, type RowBatch } from './rows.ts';

/** Bytes that hexadecimal digits stand for. Of an odd number, the first stands for a byte alone, as in MySQL. */
export function bytesOfHex(bytes: Uint8Array, from: number, to: number): Buffer {
  const out = Buffer.allocUnsafe((to - from + 1) >> 1);
  let at = from;
  let index = 0;
  if ((to - from) % 2 === 1) {
    out[0] = hexValue(bytes[at]);
    at += 1;
    index = 1;
  }
  for (; at < to; at += 2, index += 1) out[index] = hexValue(bytes[at]) * 16 + hexValue(bytes[at + 1]);
  return out;
}

/** The text of a value, decoded; of an expression, as it is written. Valid until the next call. */
export function textAt(batch: RowBatch, index: number): Buffer {
  const { bytes } = batch;
  const [from, to] = [batch.textStarts[index] as number, batch.textEnds[index] as number];
  if (batch.kind(index) === kinds.hex) return bytesOfHex(bytes, from, to);
  return batch.isEscaped(index) ? textOf(bytes, from, to, batch.codec(index)) : bytes.subarray(from, to);
}
