/** Rows of a table with rules for whole values: taken apart into fields, and written anew. */
import { Arena } from './arena.ts';
import type { Counts } from './counts.ts';
import { Marks, ofRows } from './marks.ts';
import type { BlockWriter } from './output.ts';
import { Patches } from './patches.ts';
import type { ColumnPlan, Plan, TablePlan } from './plan.ts';
import { DumpError } from './reader/errors.ts';
import type { Candidates } from './text/at-signs.ts';
import { patchAddresses, textOf, transformed } from './values.ts';

const tab = 0x09;
const newline = 0x0a;
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
  /** Where the fields of the row begin, and which of them hold a backslash. */
  readonly #starts: number[] = [];
  readonly #escaped: boolean[] = [];
  /** Rows as they are written now, and up to where they have been. */
  readonly #rewritten = new Arena();
  #done = 0;
  readonly #patches = new Patches();
  readonly #marks = new Marks(ofRows);

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
    this.#columns = columns;
    const starts = this.#starts;
    const escaped = this.#escaped;
    const rewritten = this.#rewritten;
    const marks = this.#marks;
    marks.begin(bytes, from, to);
    this.#done = from;
    let row = from;
    while (row < to) {
      let count = 0;
      let at = row;
      starts[0] = row;
      escaped[0] = false;
      for (;;) {
        const mark = marks.next();
        const byte = bytes[mark];
        at = mark + 1;
        if (byte === tab) {
          count += 1;
          starts[count] = at;
          escaped[count] = false;
        } else if (byte === newline) break;
        else escaped[count] = true;
      }
      // Where the next field would begin: so that each field ends one byte before the next.
      starts[count + 1] = at;
      if (count + 1 !== columns.length && !(columns.length === 0 && count === 0))
        throw new DumpError({
          what: `a row of ${table.name} has ${count + 1} fields, its COPY statement names ${columns.length} columns`,
          offset: this.#offset(row),
        });
      this.#counts.row(table.name);
      if (this.#keeps(table, bytes)) this.#row(table, bytes);
      else {
        rewritten.append(bytes, this.#done, row);
        this.#done = at;
        this.#counts.add(table.name, 'rows left out', 1);
      }
      row = at;
      if (rewritten.end >= enough) this.#flush();
    }
    rewritten.append(bytes, this.#done, to);
    this.#flush();
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

  #row(table: TablePlan, bytes: Buffer): void {
    const columns = this.#columns;
    const rewritten = this.#rewritten;
    for (let index = 0; index < columns.length; index += 1) {
      const column = columns[index] as ColumnPlan;
      if (column.treatment === 'keep') continue;
      const start = this.#starts[index] as number;
      const end = (this.#starts[index + 1] as number) - 1;
      const escaped = this.#escaped[index] as boolean;
      if (column.treatment === 'addresses') {
        if (this.#candidates.next(start) < end) this.#addresses(table, column, bytes, start, end, escaped);
        continue;
      }
      // NULL is written \N.
      if (escaped && end - start === 2 && bytes[start + 1] === 0x4e) continue;
      if (column.replaced && this.onReplaced !== undefined) this.#tell(this.onReplaced, bytes, start, end, escaped);
      const by = column.by === undefined ? undefined : this.#by(bytes, column.by);
      rewritten.append(bytes, this.#done, start);
      this.#done = end;
      if (!transformed(bytes, start, end, 'copy', column.treatment, rewritten, by, escaped))
        rewritten.append(nullMark, 0, nullMark.length);
      this.#counts.addColumn(table.name, column);
    }
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

  #addresses(table: TablePlan, column: ColumnPlan, bytes: Buffer, start: number, end: number, escaped: boolean): void {
    const patches = this.#patches;
    patches.clear();
    this.#counts.addColumn(table.name, column, patchAddresses(bytes, start, end, 'copy', column, patches, escaped));
    for (let index = 0; index < patches.count; index += 1) {
      const { texts, textStarts, textEnds } = patches;
      this.#rewritten.append(bytes, this.#done, patches.starts[index] as number);
      this.#rewritten.append(texts[index] as Buffer, textStarts[index] as number, textEnds[index] as number);
      this.#done = patches.ends[index] as number;
    }
  }

  #by(bytes: Buffer, name: string): Buffer | undefined {
    const index = this.#columns.findIndex((column) => column.name === name);
    const start = this.#starts[index];
    return start === undefined ? undefined : textOf(bytes, start, (this.#starts[index + 1] as number) - 1, 'copy');
  }
}
