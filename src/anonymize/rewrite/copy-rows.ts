/** Rows of COPY in tables with rules for whole values: splits them into fields and writes them again. */
import { Arena } from '../bytes/arena.ts';
import type { Output } from '../bytes/output.ts';
import { Patches } from '../bytes/patches.ts';
import type { Candidates } from '../emails/at-signs.ts';
import { mayNoteLengths } from '../emails/php.ts';
import { plainEnd, plainStart } from '../emails/plain-address.ts';
import { textOf } from '../format/codec.ts';
import { DumpError } from '../format/dump-error.ts';
import { ByteScanner, rowBytes } from '../kernels/byte-scanner.ts';
import { type ColumnPlan, labels, type Plan, type TablePlan } from '../rules/plan/plan.ts';
import type { Transform } from '../rules/transforms/transform.ts';
import type { RowCounts } from './counts.ts';
import { fitsSimply, patchEmails, writeTransformed } from './field.ts';

/** Called with the text of each value that is replaced, as it was. */
export type OnReplaced = (bytes: Buffer, from: number, to: number) => void;

/** Bytes of rewritten rows that are collected before they are written: few enough for the processor's cache. */
const enough = 48 * 1024;
const nullMark = Buffer.from('\\N');
const letterN = 0x4e;

export class CopyRows {
  onReplaced: OnReplaced | undefined;
  readonly #plan: Plan;
  readonly #out: Output;
  readonly #counts: RowCounts;
  readonly #candidates: Candidates;
  readonly #scanner = new ByteScanner(rowBytes);
  #columns: readonly ColumnPlan[] = [];
  /** Indexes of the columns whose values are replaced: in most rows there is nothing else to do. */
  #transformed: readonly number[] = [];
  /** Whether no string in this stretch of rows has its length noted, which would have to be corrected. */
  #unnoted = false;
  /** Values or addresses replaced in this stretch, by column. */
  readonly #replaced: number[] = [];
  /** Where the fields of the row start, and which of them hold a backslash. */
  readonly #starts: number[] = [];
  readonly #escaped: boolean[] = [];
  /** The rewritten rows; everything before `done` is in them. */
  readonly #rewritten = new Arena();
  #done = 0;
  readonly #patches = new Patches();

  constructor(plan: Plan, out: Output, counts: RowCounts, candidates: Candidates) {
    this.#plan = plan;
    this.#out = out;
    this.#counts = counts;
    this.#candidates = candidates;
  }

  /**
   * Writes whole rows.
   * @param offsetOf the position in the dump of a position in `bytes`, for errors
   */
  write(
    table: TablePlan,
    columns: readonly ColumnPlan[],
    bytes: Buffer,
    from: number,
    to: number,
    offsetOf: (position: number) => number,
  ): void {
    this.#begin(columns, bytes, from, to);
    const starts = this.#starts;
    const rewritten = this.#rewritten;
    let row = from;
    while (row < to) {
      const fields = this.#scanner.fields(row, starts, this.#escaped);
      if (fields !== columns.length && !(columns.length === 0 && fields === 1))
        throw new DumpError({
          what: `a row of ${table.name} has ${fields} fields, its COPY statement names ${columns.length} columns`,
          offset: offsetOf(row),
        });
      const next = starts[fields] as number;
      if (this.#keeps(table, bytes)) this.#row(bytes, row, next);
      else {
        rewritten.append(bytes, this.#done, row);
        this.#done = next;
        this.#counts.add(table.name, labels.leftOut, 1);
      }
      row = next;
      if (rewritten.end >= enough) this.#flush();
    }
    rewritten.append(bytes, this.#done, to);
    this.#flush();
    this.#replaced.forEach((count, index) => {
      this.#counts.addColumn(table.name, columns[index] as ColumnPlan, count);
    });
  }

  #begin(columns: readonly ColumnPlan[], bytes: Buffer, from: number, to: number): void {
    if (columns !== this.#columns) {
      this.#columns = columns;
      this.#transformed = [...columns.keys()].filter((index) => typeof columns[index]?.treatment !== 'string');
    }
    this.#candidates.begin(bytes, from, to);
    this.#scanner.begin(bytes, from, to);
    this.#unnoted = !mayNoteLengths(bytes, from, to);
    this.#done = from;
    for (let index = 0; index < columns.length; index += 1) this.#replaced[index] = 0;
    this.#replaced.length = columns.length;
  }

  #flush(): void {
    this.#out.copy(this.#rewritten.bytes, 0, this.#rewritten.end);
    this.#rewritten.clear();
  }

  /** Whether the row stays: a sample depends on the value of one column. */
  #keeps({ rows }: TablePlan, bytes: Buffer): boolean {
    if (typeof rows === 'string') return true;
    const value = this.#valueOf(bytes, rows.by);
    return value === undefined || this.#plan.sampled(value) < rows.share;
  }

  /** The text of a column of the row. */
  #valueOf(bytes: Buffer, name: string): Buffer | undefined {
    const index = this.#columns.findIndex((column) => column.name === name);
    const start = this.#starts[index];
    return start === undefined ? undefined : textOf(bytes, start, this.#endOf(index), 'copy');
  }

  #endOf(index: number): number {
    return (this.#starts[index + 1] as number) - 1;
  }

  #row(bytes: Buffer, from: number, to: number): void {
    if (this.#candidates.next(from) >= to) {
      for (const index of this.#transformed) this.#value(bytes, index);
      return;
    }
    for (let index = 0; index < this.#columns.length; index += 1) {
      const { treatment } = this.#columns[index] as ColumnPlan;
      if (treatment === 'keep') continue;
      if (treatment !== 'emails') {
        this.#value(bytes, index);
        continue;
      }
      const start = this.#starts[index] as number;
      const end = this.#endOf(index);
      if (this.#candidates.next(start) < end) this.#emails(index, bytes, start, end);
    }
  }

  /** Replaces the value of a column with a rule for whole values. */
  #value(bytes: Buffer, index: number): void {
    const column = this.#columns[index] as ColumnPlan;
    const start = this.#starts[index] as number;
    const end = this.#endOf(index);
    const escaped = this.#escaped[index] as boolean;
    // NULL is written \N.
    if (escaped && end - start === 2 && bytes[start + 1] === letterN) return;
    if (column.replaced && this.onReplaced !== undefined) reportReplaced(this.onReplaced, bytes, start, end, escaped);
    const by = column.by === undefined ? undefined : this.#valueOf(bytes, column.by);
    const rewritten = this.#rewritten;
    rewritten.append(bytes, this.#done, start);
    this.#done = end;
    if (!writeTransformed(bytes, start, end, 'copy', column.treatment as Transform, rewritten, by, escaped))
      rewritten.append(nullMark, 0, nullMark.length);
    this.#replaced[index] = (this.#replaced[index] as number) + 1;
  }

  /** Replaces the addresses in a field. */
  #emails(index: number, bytes: Buffer, start: number, end: number): void {
    const column = this.#columns[index] as ColumnPlan;
    if (this.#unnoted && !column.quick && this.#plainEmail(column, index, bytes, start, end)) return;
    const from = this.#unnoted && column.quick ? this.#plainEmails(index, bytes, start, end) : start;
    if (from === end) return;
    const patches = this.#patches;
    patches.clear();
    const count = patchEmails(bytes, from, end, 'copy', column, patches, this.#escaped[index]);
    this.#replaced[index] = (this.#replaced[index] as number) + count;
    const { starts, ends, texts, textStarts, textEnds } = patches;
    for (let nth = 0; nth < patches.count; nth += 1) {
      this.#rewritten.append(bytes, this.#done, starts[nth] as number);
      this.#rewritten.append(texts[nth] as Buffer, textStarts[nth] as number, textEnds[nth] as number);
      this.#done = ends[nth] as number;
    }
  }

  /** Replaces an ordinary address that is all of a field of limited room. @returns whether it is one, and what replaces it fits */
  #plainEmail(column: ColumnPlan, index: number, bytes: Buffer, start: number, end: number): boolean {
    if (column.nested !== undefined) return false;
    const at = this.#candidates.next(start);
    if (plainStart(bytes, at, start) !== start || plainEnd(bytes, at, end) !== end) return false;
    const text = column.replace(bytes, start, end);
    if (text === undefined) return true;
    if (!fitsSimply(column, bytes, start, end, start, end, text)) return false;
    this.#write(index, bytes, start, end, text);
    return true;
  }

  /** Writes the text instead of an address. */
  #write(index: number, bytes: Buffer, start: number, end: number, text: Buffer): void {
    this.#rewritten.append(bytes, this.#done, start);
    this.#rewritten.append(text, 0, text.length);
    this.#done = end;
    this.#replaced[index] = (this.#replaced[index] as number) + 1;
  }

  /** Replaces ordinary addresses, up to the first at sign that is none. @returns where to go on; `end` when all is done */
  #plainEmails(index: number, bytes: Buffer, start: number, end: number): number {
    const { replace } = this.#columns[index] as ColumnPlan;
    let from = start;
    for (let at = this.#candidates.next(start); at < end; ) {
      const emailStart = plainStart(bytes, at, from);
      const emailEnd = emailStart < 0 ? -1 : plainEnd(bytes, at, end);
      if (emailEnd < 0) return from;
      from = emailEnd;
      const text = replace(bytes, emailStart, from);
      if (text !== undefined) this.#write(index, bytes, emailStart, from, text);
      at = this.#candidates.next(from);
    }
    return end;
  }
}

function reportReplaced(report: OnReplaced, bytes: Buffer, start: number, end: number, escaped: boolean): void {
  if (!escaped) {
    report(bytes, start, end);
    return;
  }
  const text = textOf(bytes, start, end, 'copy');
  report(text, 0, text.length);
}
