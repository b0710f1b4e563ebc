/** Addresses in a batch of MySQL's rows: goes from one at sign to the next. */
import { Patches } from '../bytes/patches.ts';
import type { Candidates } from '../emails/at-signs.ts';
import { isText } from '../emails/binary.ts';
import { mayNoteEscapedLengths } from '../emails/php.ts';
import { plainEnd, plainStart } from '../emails/plain-address.ts';
import { encode } from '../format/codec.ts';
import type { ReaderState } from '../format/dump-visitor.ts';
import { expressionText } from '../format/mysql/expressions.ts';
import { stringCodec } from '../format/mysql/literals.ts';
import { kinds, type RowBatch } from '../format/mysql/rows.ts';
import { bytesOfHex } from '../format/mysql/values.ts';
import type { ColumnPlan, TablePlan } from '../rules/plan/plan.ts';
import type { Counts } from './counts.ts';
import { patchBinary, patchEmails } from './field.ts';

const inHex = new Patches();
const quote = Buffer.from("'");

export class BatchEmails {
  readonly #table: TablePlan;
  readonly #columns: readonly ColumnPlan[];
  readonly #counts: Counts;
  readonly #candidates: Candidates;
  readonly #patches: Patches;
  readonly #reader: () => ReaderState;
  /** The plan for a column that nobody names. */
  readonly #unnamed: ColumnPlan;
  #batch: RowBatch | undefined;
  /** Whether no string in this batch has its length noted, which would have to be corrected. */
  #unnoted = false;
  /** Addresses replaced in this batch, by column. */
  readonly #replaced: number[] = [];
  /** The next of the batch's hidden values. */
  #hidden = 0;

  /** @param patches filled by `all` and `value` */
  constructor(
    table: TablePlan,
    columns: readonly ColumnPlan[],
    counts: Counts,
    candidates: Candidates,
    patches: Patches,
    reader: () => ReaderState,
  ) {
    this.#table = table;
    this.#columns = columns;
    this.#counts = counts;
    this.#candidates = candidates;
    this.#patches = patches;
    this.#reader = reader;
    this.#unnamed = table.column('');
  }

  begin(batch: RowBatch): void {
    this.#batch = batch;
    this.#hidden = 0;
    this.#candidates.begin(batch.bytes, batch.from, batch.to);
    this.#unnoted = !mayNoteEscapedLengths(batch.bytes, batch.from, batch.to);
    this.#replaced.length = 0;
  }

  /** Adds what was replaced in the batch to the counts. */
  count(): void {
    this.#replaced.forEach((count, index) => {
      this.#counts.addColumn(this.#table.name, this.#columns[index] ?? this.#unnamed, count);
    });
  }

  /** Adds patches for all values of the batch. */
  all(): void {
    const batch = this.#batch as RowBatch;
    const { hidden, starts, ends, to } = batch;
    let at = this.#candidates.next(batch.from);
    for (const index of hidden) {
      const until = starts[index] as number;
      while (at < until) at = this.#candidate(batch, at);
      this.value(index);
      at = this.#candidates.next(Math.max(at, ends[index] as number));
    }
    while (at < to) at = this.#candidate(batch, at);
  }

  /** Whether a value between these positions may hold an address. Positions never decrease within a batch. */
  mayHold(from: number, to: number): boolean {
    const { hidden, starts } = this.#batch as RowBatch;
    while (this.#hidden < hidden.length && (starts[hidden[this.#hidden] as number] as number) < from) this.#hidden += 1;
    const next = hidden[this.#hidden];
    return this.#candidates.next(from) < to || (next !== undefined && (starts[next] as number) < to);
  }

  /** Replaces the address around a candidate, or all addresses in its value that are not replaced yet. @returns the next one */
  #candidate(batch: RowBatch, at: number): number {
    const candidates = this.#candidates;
    const { bytes, textStarts, textEnds } = batch;
    const index = batch.valueAt(at);
    if (index < 0) return candidates.next(at + 1);
    const end = textEnds[index] as number;
    const column = this.#columnOf(batch, index);
    const from = Math.max(textStarts[index] as number, this.#patches.lastEnd(0));
    if (this.#unnoted && column.quick && column.treatment === 'emails' && !isBytes(batch, index, column)) {
      const next = this.#plain(bytes, at, from, end, column, index % batch.width);
      if (next > 0) return candidates.next(next);
    }
    this.#patch(batch, index, column, from);
    return candidates.next(Math.max(at + 1, end));
  }

  /** Replaces an ordinary address. @returns where it ends; 0 when it is none */
  #plain(bytes: Buffer, at: number, from: number, to: number, column: ColumnPlan, index: number): number {
    const start = plainStart(bytes, at, from);
    const end = start < 0 ? -1 : plainEnd(bytes, at, to);
    if (end < 0) return 0;
    const text = column.replace(bytes, start, end);
    if (text !== undefined) {
      this.#patches.add(start, end, text);
      this.#add(index, 1);
    }
    return end;
  }

  /** Adds patches for the addresses in one value. */
  value(index: number): void {
    const batch = this.#batch as RowBatch;
    const from = batch.textStarts[index] as number;
    if (batch.kind(index) !== kinds.hex && this.#candidates.next(from) >= (batch.ends[index] as number)) return;
    this.#patch(batch, index, this.#columnOf(batch, index), from);
  }

  #columnOf(batch: RowBatch, index: number): ColumnPlan {
    return this.#columns[index % batch.width] ?? this.#unnamed;
  }

  #add(column: number, count: number): void {
    while (this.#replaced.length <= column) this.#replaced.push(0);
    this.#replaced[column] = (this.#replaced[column] as number) + count;
  }

  #patch(batch: RowBatch, index: number, column: ColumnPlan, from: number): void {
    if (column.treatment === 'keep') return;
    const { bytes } = batch;
    const to = batch.textEnds[index] as number;
    const kind = batch.kind(index);
    let count = 0;
    if (kind === kinds.hex) count = this.#hex(bytes, from, to, column);
    else if (kind === kinds.expression) count = this.#expression(batch, from, to, column);
    else if (kind !== kinds.bare) {
      const patch = isBytes(batch, index, column) ? patchBinary : patchEmails;
      count = patch(bytes, from, to, batch.codec(index), column, this.#patches, batch.isEscaped(index));
    }
    this.#add(index % batch.width, count);
  }

  #hex(bytes: Buffer, from: number, to: number, column: ColumnPlan): number {
    const value = bytesOfHex(bytes, from, to);
    inHex.clear();
    const patch = isText(value) ? patchEmails : patchBinary;
    const count = patch(value, 0, value.length, 'raw', column, inHex, false);
    if (count > 0)
      this.#patches.add(
        from,
        to,
        Buffer.from(inHex.apply(value, 0, value.length).toString('hex').toUpperCase(), 'latin1'),
      );
    return count;
  }

  /** All strings in an expression; the whole of it where an address is in several of them. */
  #expression(batch: RowBatch, from: number, to: number, column: ColumnPlan): number {
    const { bytes } = batch;
    const separate = new Patches();
    let count = 0;
    this.#reader().eachLiteral(bytes, from, to, (kind, codec, start, end) => {
      if (kind === 'string') count += patchEmails(bytes, start, end, codec, column, separate);
    });
    const { text, isWhole } = expressionText(bytes, from, to, batch);
    if (isWhole) {
      inHex.clear();
      const joined = patchEmails(text, 0, text.length, 'raw', column, inHex, false);
      const value = inHex.apply(text, 0, text.length);
      const written = separate.apply(bytes, from, to);
      if (!value.equals(expressionText(written, 0, written.length, batch).text)) {
        const literal = [quote, encode(value, stringCodec(false, batch.backslashes)), quote];
        this.#patches.add(from, to, Buffer.concat(literal));
        return joined;
      }
    }
    for (let index = 0; index < separate.count; index += 1)
      this.#patches.addOther(separate.starts[index] as number, separate.ends[index] as number, separate, index);
    return count;
  }
}

function isBytes(batch: RowBatch, index: number, column: ColumnPlan): boolean {
  return column.binary || batch.isBinary(index);
}
