/** Rows of a table with rules for whole values: taken apart into fields, and written anew. */

import { Arena } from '../bytes/arena.ts';
import type { BlockWriter } from '../bytes/block-writer.ts';
import { Patches } from '../bytes/patches.ts';
import { type Candidates, mayBeAtSign } from '../emails/at-signs.ts';
import { mayNoteLengths } from '../emails/php.ts';
import { plainEnd, plainStart } from '../emails/plain-address.ts';
import { textOf } from '../format/codec.ts';
import { DumpError } from '../format/dump-error.ts';
import { ByteScanner, rowBytes } from '../kernels/byte-scanner.ts';
import type { ColumnPlan, Plan, TablePlan } from '../rules/plan/plan.ts';
import type { Transform } from '../rules/transforms/transform.ts';
import type { Counts } from './counts.ts';
import { patchAddresses, transformed } from './field.ts';

/** Bytes of rewritten rows that are collected before they are given on: few enough for the processor's cache. */
const enough = 48 * 1024;
const nullMark = Buffer.from('\\N');

export class RowRewriter {
  onReplaced: ((bytes: Buffer, from: number, to: number) => void) | undefined;
  readonly #plan: Plan;
  readonly #out: BlockWriter;
  readonly #counts: Counts;
  readonly #candidates: Candidates;
  readonly #offset: (position: number) => number;
  #columns: readonly ColumnPlan[] = [];
  /** Those whose values are replaced as a whole: in most rows there is nothing else to do. */
  #whole: readonly number[] = [];
  /** Whether nothing in the stretch notes the lengths of strings, which would have to be corrected. */
  #unnoted = false;
  /** Values or addresses replaced in the stretch, by column: counted without looking anything up. */
  readonly #replaced: number[] = [];
  /** Where the fields of the row begin, and which of them hold a backslash. */
  readonly #starts: number[] = [];
  readonly #escaped: boolean[] = [];
  /** Rows as they are written now, and up to where they have been. */
  readonly #rewritten = new Arena();
  #done = 0;
  readonly #patches = new Patches();
  readonly #scanner = new ByteScanner(rowBytes);

  /** @param candidates begun in the stretch that is then given to `rewrite` */
  constructor(
    plan: Plan,
    out: BlockWriter,
    counts: Counts,
    candidates: Candidates,
    offset: (position: number) => number,
  ) {
    this.#plan = plan;
    this.#out = out;
    this.#counts = counts;
    this.#candidates = candidates;
    this.#offset = offset;
  }

  /** Writes whole rows. */
  rewrite(table: TablePlan, columns: readonly ColumnPlan[], bytes: Buffer, from: number, to: number): void {
    if (columns !== this.#columns) {
      this.#columns = columns;
      this.#whole = [...columns.keys()].filter((index) => typeof columns[index]?.treatment !== 'string');
    }
    this.#unnoted = !mayNoteLengths(bytes, from, to);
    const starts = this.#starts;
    const escaped = this.#escaped;
    const rewritten = this.#rewritten;
    const scanner = this.#scanner;
    scanner.begin(bytes, from, to);
    this.#done = from;
    for (let index = 0; index < columns.length; index += 1) this.#replaced[index] = 0;
    this.#replaced.length = columns.length;
    let rows = 0;
    let row = from;
    while (row < to) {
      const fields = scanner.fields(row, starts, escaped);
      const next = starts[fields] as number;
      if (fields !== columns.length && !(columns.length === 0 && fields === 1))
        throw new DumpError({
          what: `a row of ${table.name} has ${fields} fields, its COPY statement names ${columns.length} columns`,
          offset: this.#offset(row),
        });
      rows += 1;
      if (this.#keeps(table, bytes)) this.#row(bytes, row, next);
      else {
        rewritten.append(bytes, this.#done, row);
        this.#done = next;
        this.#counts.add(table.name, 'rows left out', 1);
      }
      row = next;
      if (rewritten.end >= enough) this.#flush();
    }
    rewritten.append(bytes, this.#done, to);
    this.#flush();
    this.#counts.addRows(table.name, rows);
    this.#replaced.forEach((count, index) => {
      this.#counts.addColumn(table.name, columns[index] as ColumnPlan, count);
    });
  }

  #flush(): void {
    this.#out.copy(this.#rewritten.bytes, 0, this.#rewritten.end);
    this.#rewritten.clear();
  }

  #keeps(table: TablePlan, bytes: Buffer): boolean {
    if (typeof table.rows === 'string') return true;
    const index = this.#columns.findIndex((column) => column.name === (table.rows as { by: string }).by);
    const value = textOf(bytes, this.#starts[index] as number, (this.#starts[index + 1] as number) - 1, 'copy');
    return this.#plan.sampled(value) < table.rows.share;
  }

  #row(bytes: Buffer, from: number, to: number): void {
    if (this.#candidates.next(from) >= to) {
      for (const index of this.#whole) this.#value(bytes, index);
      return;
    }
    for (let index = 0; index < this.#columns.length; index += 1) {
      const column = this.#columns[index] as ColumnPlan;
      if (column.treatment === 'keep') continue;
      if (column.treatment !== 'addresses') {
        this.#value(bytes, index);
        continue;
      }
      const start = this.#starts[index] as number;
      const end = (this.#starts[index + 1] as number) - 1;
      if (this.#candidates.next(start) < end) this.#addresses(index, bytes, start, end);
    }
  }

  /** Replaces the value of a column that has a rule. */
  #value(bytes: Buffer, index: number): void {
    const column = this.#columns[index] as ColumnPlan;
    const start = this.#starts[index] as number;
    const end = (this.#starts[index + 1] as number) - 1;
    const escaped = this.#escaped[index] as boolean;
    // NULL is written \N.
    if (escaped && end - start === 2 && bytes[start + 1] === 0x4e) return;
    if (column.replaced && this.onReplaced !== undefined) this.#tell(this.onReplaced, bytes, start, end, escaped);
    const by = column.by === undefined ? undefined : this.#by(bytes, column.by);
    const rewritten = this.#rewritten;
    rewritten.append(bytes, this.#done, start);
    this.#done = end;
    if (!transformed(bytes, start, end, 'copy', column.treatment as Transform, rewritten, by, escaped))
      rewritten.append(nullMark, 0, nullMark.length);
    this.#replaced[index] = (this.#replaced[index] as number) + 1;
  }

  #tell(
    onReplaced: (bytes: Buffer, from: number, to: number) => void,
    bytes: Buffer,
    start: number,
    end: number,
    escaped: boolean,
  ): void {
    if (escaped) {
      const text = textOf(bytes, start, end, 'copy');
      onReplaced(text, 0, text.length);
    } else onReplaced(bytes, start, end);
  }

  #addresses(index: number, bytes: Buffer, start: number, end: number): void {
    const column = this.#columns[index] as ColumnPlan;
    const rest = this.#unnoted && column.quick ? this.#ordinary(index, bytes, start, end) : start;
    if (rest === end) return;
    const patches = this.#patches;
    patches.clear();
    const count = patchAddresses(bytes, rest, end, 'copy', column, patches, this.#escaped[index]);
    this.#replaced[index] = (this.#replaced[index] as number) + count;
    const { starts, ends, texts, textStarts, textEnds } = patches;
    for (let which = 0; which < patches.count; which += 1) {
      this.#rewritten.append(bytes, this.#done, starts[which] as number);
      this.#rewritten.append(texts[which] as Buffer, textStarts[which] as number, textEnds[which] as number);
      this.#done = ends[which] as number;
    }
  }

  /** Replaces addresses that are seen from their at sign, up to the first that is not. @returns where that leaves off */
  #ordinary(index: number, bytes: Buffer, start: number, end: number): number {
    const { replace } = this.#columns[index] as ColumnPlan;
    let from = start;
    for (let at = this.#candidates.next(start); at < end; ) {
      if (!mayBeAtSign(bytes, at, end)) {
        at = this.#candidates.next(at + 1);
        continue;
      }
      const addressStart = plainStart(bytes, at, from);
      const addressEnd = addressStart < 0 ? -1 : plainEnd(bytes, at, end);
      if (addressEnd < 0) return from;
      from = addressEnd;
      const text = replace(bytes, addressStart, from, at, 1);
      if (text !== undefined) {
        this.#rewritten.append(bytes, this.#done, addressStart);
        this.#rewritten.append(text, 0, text.length);
        this.#done = from;
        this.#replaced[index] = (this.#replaced[index] as number) + 1;
      }
      at = this.#candidates.next(from);
    }
    return end;
  }

  #by(bytes: Buffer, name: string): Buffer | undefined {
    const index = this.#columns.findIndex((column) => column.name === name);
    const start = this.#starts[index];
    return start === undefined ? undefined : textOf(bytes, start, (this.#starts[index + 1] as number) - 1, 'copy');
  }
}
