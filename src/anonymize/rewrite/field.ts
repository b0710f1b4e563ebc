/** One value of a row as it is written in the dump: its addresses, or the whole of it, replaced. */

import type { Arena } from '../bytes/arena.ts';
import { Patches } from '../bytes/patches.ts';
import { patchText } from '../emails/patch-text.ts';
import { type Codec, decode, encode, encodeLast, isEscaped, Scratch, toWritten } from '../format/codec.ts';
import type { ColumnPlan } from '../rules/plan/plan.ts';
import type { Transform } from '../rules/transforms/transform.ts';

const scratch = new Scratch();
const found = new Patches();
const positions: number[] = [];

/**
 * Adds patches for the addresses of a value.
 * @param escaped whether the text differs from how it is written, where that is known
 * @returns how many addresses were replaced
 */
export function patchAddresses(
  bytes: Buffer,
  from: number,
  to: number,
  codec: Codec,
  column: Pick<ColumnPlan, 'replace' | 'nesting' | 'maxCharacters'>,
  patches: Patches,
  escaped: boolean = isEscaped(bytes, from, to, codec),
): number {
  const text = escaped ? scratch : undefined;
  const length = text ? decode(bytes, from, to, codec, text) : to - from;
  const source = text ? text.bytes : bytes;
  const begin = text ? 0 : from;
  found.clear();
  const count = patchText(source, begin, begin + length, column.nesting, column.replace, found);
  if (count === 0) return 0;
  if (column.maxCharacters < Number.POSITIVE_INFINITY) shorten(source, begin, begin + length, column);
  if (escaped) {
    // Both ends of every patch, in ascending order.
    for (let index = 0; index < found.count; index += 1) {
      positions[2 * index] = found.starts[index] as number;
      positions[2 * index + 1] = found.ends[index] as number;
    }
    toWritten(bytes, from, to, codec, positions, 2 * found.count);
    for (let index = 0; index < found.count; index += 1)
      patches.add(positions[2 * index] as number, positions[2 * index + 1] as number, encode(found.text(index), codec));
  } else
    for (let index = 0; index < found.count; index += 1)
      patches.addOther(found.starts[index] as number, found.ends[index] as number, found, index);
  return count;
}

/** Where the column does not take the longer text, addresses become shorter than usual, at last as short as they were. */
function shorten(bytes: Buffer, from: number, to: number, column: Pick<ColumnPlan, 'maxCharacters'>): void {
  const before = characters(bytes.subarray(from, to));
  let grown = 0;
  for (let index = 0; index < found.count; index += 1)
    grown += characters(found.text(index)) - characters(bytes.subarray(found.starts[index], found.ends[index]));
  for (let index = 0; index < found.count && before + grown > column.maxCharacters; index += 1) {
    const was = characters(bytes.subarray(found.starts[index], found.ends[index]));
    const text = found.text(index);
    const room = Math.max(column.maxCharacters - before - grown + characters(text), was);
    const short = shorter(text.toString('utf8'), room);
    grown += short.length - characters(text);
    found.setText(index, Buffer.from(short));
  }
}

/** The address with less of its local part; of what cannot hold `@example.com` only x remains. */
function shorter(address: string, room: number): string {
  const sign = address.search(/@|%(?:25)*40|\\u0040|\\x40|&/);
  const domain = sign < 0 ? '' : address.slice(sign);
  const left = room - domain.length;
  return sign < 0 || left < 1
    ? 'x'.repeat(Math.min(room, address.length))
    : address.slice(Math.max(0, sign - left), sign) + domain;
}

function characters(bytes: Uint8Array): number {
  let count = 0;
  for (const byte of bytes) if ((byte & 0xc0) !== 0x80) count += 1;
  return count;
}

/**
 * Writes into the arena how the value is written now, as its last text.
 * @param transform the column's own
 * @returns false for NULL
 */
export function transformed(
  bytes: Buffer,
  from: number,
  to: number,
  codec: Codec,
  transform: Transform,
  out: Arena,
  by: Buffer | undefined,
  escaped: boolean = isEscaped(bytes, from, to, codec),
): boolean {
  const length = escaped ? decode(bytes, from, to, codec, scratch) : to - from;
  const begin = escaped ? 0 : from;
  out.next();
  const outcome = transform(escaped ? scratch.bytes : bytes, begin, begin + length, out, by);
  if (outcome === 'text') encodeLast(out, codec);
  return outcome !== 'null';
}
