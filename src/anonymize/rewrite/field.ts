/** Rewrites one value of a row, as the dump writes it: the addresses in it, or the whole value. */
import type { Arena } from '../bytes/arena.ts';
import { Patches } from '../bytes/patches.ts';
import { isText } from '../emails/binary.ts';
import { patchBytes, patchText } from '../emails/patch-text.ts';
import { type Codec, decode, encode, encodeLast, isEscaped, Scratch, toWritten } from '../format/codec.ts';
import type { ColumnPlan } from '../rules/plan/plan.ts';
import type { Transform } from '../rules/transforms/transform.ts';
import { fitNested } from './fit-nested.ts';
import { shorten } from './shorten.ts';

/** What the addresses in a column depend on. */
type AddressColumn = Pick<ColumnPlan, 'replace' | 'nesting' | 'maxCharacters' | 'nested'>;

const scratch = new Scratch();
const inText = new Patches();
const positions: number[] = [];

/**
 * Whether this text may simply take the place of the address from `start` to `end`: always in a quick column; in one of limited room
 * where the address is all of a field of COPY between `from` and `to`, and the text fits.
 */
export function fitsSimply(
  { quick, nested, maxCharacters }: Pick<ColumnPlan, 'quick' | 'nested' | 'maxCharacters'>,
  bytes: Buffer,
  start: number,
  end: number,
  from: number,
  to: number,
  text: Buffer,
): boolean {
  if (quick) return true;
  if (nested !== undefined || text.length > maxCharacters) return false;
  return (start === from || endsField(bytes[start - 1])) && (end === to || endsField(bytes[end]));
}

function endsField(byte: number | undefined): boolean {
  return byte === 0x09 || byte === 0x0a;
}

/**
 * Adds patches for the addresses in a value.
 * @param escaped whether the written form differs from the text, if that is known
 * @returns the number of addresses replaced
 */
export function patchEmails(
  bytes: Buffer,
  from: number,
  to: number,
  codec: Codec,
  column: AddressColumn,
  patches: Patches,
  escaped: boolean = isEscaped(bytes, from, to, codec),
): number {
  const length = escaped ? decode(bytes, from, to, codec, scratch) : to - from;
  const text = escaped ? scratch.bytes : bytes;
  const begin = escaped ? 0 : from;
  inText.clear();
  const count = patchText(text, begin, begin + length, column.nesting, column.replace, inText);
  if (count === 0) return 0;
  if (column.nested !== undefined) fitNested(text, begin, begin + length, column.nested, inText);
  if (column.maxCharacters < Number.POSITIVE_INFINITY)
    shorten(text, begin, begin + length, column.maxCharacters, inText);
  if (escaped) addWritten(bytes, from, to, codec, inText, patches);
  else
    for (let index = 0; index < inText.count; index += 1)
      patches.addOther(inText.starts[index] as number, inText.ends[index] as number, inText, index);
  return count;
}

/**
 * Like `patchEmails`, for a value that is bytes and may be no text: then only what is hardly chance counts as an address.
 * @returns the number of addresses replaced
 */
export function patchBinary(
  bytes: Buffer,
  from: number,
  to: number,
  codec: Codec,
  column: AddressColumn,
  patches: Patches,
  escaped: boolean = isEscaped(bytes, from, to, codec),
): number {
  const length = escaped ? decode(bytes, from, to, codec, scratch) : to - from;
  const value = escaped ? scratch.bytes.subarray(0, length) : bytes.subarray(from, to);
  if (isText(value)) return patchEmails(bytes, from, to, codec, column, patches, escaped);
  inText.clear();
  patchBytes(value, false, length, column.replace, inText);
  if (escaped) addWritten(bytes, from, to, codec, inText, patches);
  else
    for (let index = 0; index < inText.count; index += 1)
      patches.addOther(from + (inText.starts[index] as number), from + (inText.ends[index] as number), inText, index);
  return inText.count;
}

/** Adds patches of the decoded text as patches of its written form. */
function addWritten(bytes: Buffer, from: number, to: number, codec: Codec, decoded: Patches, patches: Patches): void {
  for (let index = 0; index < decoded.count; index += 1) {
    positions[2 * index] = decoded.starts[index] as number;
    positions[2 * index + 1] = decoded.ends[index] as number;
  }
  toWritten(bytes, from, to, codec, positions, 2 * decoded.count);
  for (let index = 0; index < decoded.count; index += 1) {
    const [start, end] = [positions[2 * index] as number, positions[2 * index + 1] as number];
    patches.add(start, end, encode(decoded.text(index), codec));
  }
}

/**
 * Writes a transformed value into the arena as its current text, encoded for the dump.
 * @param by the text of the column that the rule uses
 * @returns false for NULL
 */
export function writeTransformed(
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
