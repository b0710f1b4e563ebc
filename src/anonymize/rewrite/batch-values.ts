/** Applies a rule for whole values to a value of MySQL's INSERT, and writes the result in the form that the value had. */
import type { Arena } from '../bytes/arena.ts';
import type { Patches } from '../bytes/patches.ts';
import { encode } from '../format/codec.ts';
import { stringCodec } from '../format/mysql/literals.ts';
import { kinds, type RowBatch } from '../format/mysql/rows.ts';
import { bytesOfHex, textAt } from '../format/mysql/values.ts';
import type { ColumnPlan } from '../rules/plan/plan.ts';
import type { OnReplaced } from './copy-rows.ts';
import { writeTransformed } from './field.ts';

const nullWord = Buffer.from('NULL');

interface Writing {
  readonly arena: Arena;
  readonly patches: Patches;
  /** The text of the column that the rule uses. */
  readonly by: Buffer | undefined;
  readonly onReplaced: OnReplaced | undefined;
}

/** @returns `null` when the value is NULL and stays so; `expression` when it is none that a rule can be applied to */
export function writeValue(
  batch: RowBatch,
  index: number,
  column: ColumnPlan,
  writing: Writing,
): 'replaced' | 'null' | 'expression' {
  const { treatment } = column;
  const kind = batch.kind(index);
  if (kind === kinds.expression) return 'expression';
  if (typeof treatment === 'string' || batch.isNull(index)) return 'null';
  const { arena, patches, by, onReplaced } = writing;
  if (column.replaced && onReplaced !== undefined) {
    const text = textAt(batch, index);
    onReplaced(text, 0, text.length);
  }
  const { bytes } = batch;
  const [start, end] = [batch.starts[index] as number, batch.ends[index] as number];
  const [from, to] = [batch.textStarts[index] as number, batch.textEnds[index] as number];
  if (kind === kinds.hex) {
    const value = bytesOfHex(bytes, from, to);
    const stays = writeTransformed(value, 0, value.length, 'raw', treatment, arena, by, false);
    patches.add(start, end, stays ? hexLiteral(arena.text()) : nullWord);
  } else {
    const stays = writeTransformed(bytes, from, to, batch.codec(index), treatment, arena, by, batch.isEscaped(index));
    if (!stays) patches.add(start, end, nullWord);
    else if (kind === kinds.bare) patches.add(from, to, quotedUnlessBare(arena.text(), batch.backslashes));
    else patches.addLast(from, to, arena);
  }
  return 'replaced';
}

/** MySQL has no `0x` without digits. */
function hexLiteral(bytes: Buffer): Buffer {
  return Buffer.from(bytes.length === 0 ? "''" : `0x${bytes.toString('hex').toUpperCase()}`, 'latin1');
}

/** A number needs no quotes; any other text gets them. */
function quotedUnlessBare(text: Buffer, backslashes: boolean): Buffer {
  if (/^-?\d+(\.\d+)?$/.test(text.toString('latin1'))) return Buffer.from(text);
  return Buffer.concat([Buffer.from("'"), encode(text, stringCodec(false, backslashes)), Buffer.from("'")]);
}
