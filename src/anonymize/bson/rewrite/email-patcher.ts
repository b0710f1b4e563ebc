/** Replaces the addresses in one value, and writes it again with its length. */

import { BackupError } from '../../../runtime/errors.ts';
import type { Arena } from '../../bytes/arena.ts';
import { Patches } from '../../bytes/patches.ts';
import { isText } from '../../emails/binary.ts';
import { patchBytes, patchText } from '../../emails/patch-text.ts';
import { shorten } from '../../rewrite/shorten.ts';
import type { CollectionPlan } from '../fields/collection-plan.ts';
import type { FieldLike } from '../fields/field-tree.ts';
import { cstringEnd, types } from '../format/elements.ts';
import type { BsonCounts } from './bson-counts.ts';
import { putInt32 } from './values.ts';

/** Subtypes of binary data that hold anything: generic, in the old form with two lengths, sensitive, and those of users. */
const oldBinary = 0x02;
const compressedColumn = 0x07;
const holdsAnything = (subtype: number): boolean =>
  subtype === 0 || subtype === oldBinary || subtype === 8 || subtype >= 0x80;

export class EmailPatcher {
  readonly #counts: BsonCounts;
  readonly #patches = new Patches();

  constructor(counts: BsonCounts) {
    this.#counts = counts;
  }

  /**
   * Writes the value between `start` and `end` without the addresses in it.
   * @returns false when there is none; then nothing is written
   */
  write(
    plan: CollectionPlan,
    field: FieldLike,
    bytes: Buffer,
    type: number,
    start: number,
    end: number,
    out: Arena,
  ): boolean {
    switch (type) {
      case types.string:
      case types.symbol:
      case types.code:
        return this.#string(plan, field, bytes, start, end, out);
      case types.binary:
        return this.#binary(plan, field, bytes, start, end, out);
      case types.regex:
        return this.#regex(plan, field, bytes, start, end, out);
      default:
        return false;
    }
  }

  /** Writes the name of a field. @returns false when no address is in it; then nothing is written */
  name(plan: CollectionPlan, bytes: Buffer, start: number, end: number, out: Arena): boolean {
    const field = plan.names;
    if (this.#patch(field, bytes, start, end) === 0) return false;
    this.#append(bytes, start, end, out);
    this.#counts.value(plan.name, field, this.#patches.count);
    return true;
  }

  #patch({ plan }: FieldLike, bytes: Buffer, from: number, to: number): number {
    this.#patches.clear();
    const count = patchText(bytes, from, to, 0, plan.replace, this.#patches);
    if (count > 0 && plan.maxCharacters < Number.POSITIVE_INFINITY)
      shorten(bytes, from, to, plan.maxCharacters, this.#patches);
    return count;
  }

  /** Writes the patched text, without a length. */
  #append(bytes: Buffer, from: number, to: number, out: Arena): void {
    const { starts, ends, texts, textStarts, textEnds, count } = this.#patches;
    let at = from;
    for (let index = 0; index < count; index += 1) {
      out.append(bytes, at, starts[index] as number);
      out.append(texts[index] as Buffer, textStarts[index] as number, textEnds[index] as number);
      at = ends[index] as number;
    }
    out.append(bytes, at, to);
  }

  #string(plan: CollectionPlan, field: FieldLike, bytes: Buffer, start: number, end: number, out: Arena): boolean {
    // In a user's _id, the name of the database and a dot come before that of the user.
    const isUser = plan.isUsers && field.path === '_id';
    const from = isUser ? Math.max(bytes.indexOf(0x2e, start + 4) + 1, start + 4) : start + 4;
    const count = this.#patch(field, bytes, Math.min(from, end - 1), end - 1);
    if (count === 0) return false;
    const begin = out.end;
    putInt32(0, out);
    this.#append(bytes, start + 4, end - 1, out);
    out.byte(0);
    out.bytes.writeInt32LE(out.end - begin - 4, begin);
    this.#counts.value(plan.name, field, count);
    return true;
  }

  #binary(plan: CollectionPlan, field: FieldLike, bytes: Buffer, start: number, end: number, out: Arena): boolean {
    const subtype = bytes[start + 4] as number;
    const from = subtype === oldBinary ? start + 9 : start + 5;
    if (from > end || !(holdsAnything(subtype) || subtype === compressedColumn)) return false;
    const content = bytes.subarray(from, end);
    this.#patches.clear();
    const replaced = patchBytes(content, isText(content), content.length, field.plan.replace, this.#patches);
    if (replaced === 0) return false;
    if (subtype === compressedColumn) throw compressed(plan, field);
    const inner = this.#patches.apply(content, 0, content.length);
    putInt32(inner.length + from - start - 5, out);
    out.byte(subtype);
    if (subtype === oldBinary) putInt32(inner.length, out);
    out.append(inner, 0, inner.length);
    this.#counts.value(plan.name, field, replaced);
    return true;
  }

  #regex(plan: CollectionPlan, field: FieldLike, bytes: Buffer, start: number, end: number, out: Arena): boolean {
    const patternEnd = cstringEnd(bytes, start, end);
    const count = this.#patch(field, bytes, start, patternEnd);
    if (count === 0) return false;
    this.#append(bytes, start, patternEnd, out);
    out.append(bytes, patternEnd, end);
    this.#counts.value(plan.name, field, count);
    return true;
  }
}

function compressed(plan: CollectionPlan, field: FieldLike): BackupError {
  return new BackupError({
    what: `${plan.name}.${field.path} holds addresses in compressed columns of a time series, where they cannot be replaced`,
    fix: `leave the measurements out (rows: drop for ${plan.name})`,
  });
}
