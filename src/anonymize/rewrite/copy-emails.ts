/** Rows of COPY in which only addresses are replaced: goes from one at sign to the next, without splitting rows. */
import type { Patches } from '../bytes/patches.ts';
import type { Candidates } from '../emails/at-signs.ts';
import { mayNoteLengths } from '../emails/php.ts';
import { plainEnd, plainStart } from '../emails/plain-address.ts';
import type { ColumnPlan, TablePlan } from '../rules/plan/plan.ts';
import type { Counts } from './counts.ts';
import { fitsSimply, patchEmails } from './field.ts';

const newline = 0x0a;
const tab = 0x09;

export class CopyEmails {
  readonly #table: TablePlan;
  readonly #columns: readonly ColumnPlan[];
  readonly #counts: Counts;
  readonly #patches: Patches;
  readonly #candidates: Candidates;
  /** The plan for a column that nobody names. */
  readonly #unnamed: ColumnPlan;
  /** Whether no string in this stretch of rows has its length noted, which would have to be corrected. */
  #unnoted = false;
  /** Where the column was last asked for, and its index there. */
  #known = 0;
  #knownColumn = 0;
  /** Addresses that the plan for no column replaced in this stretch, by the column they were in. */
  readonly #replaced: number[];

  /** @param patches filled by `patch` */
  constructor(
    table: TablePlan,
    columns: readonly ColumnPlan[],
    counts: Counts,
    candidates: Candidates,
    patches: Patches,
  ) {
    this.#table = table;
    this.#columns = columns;
    this.#counts = counts;
    this.#candidates = candidates;
    this.#patches = patches;
    this.#unnamed = table.column('');
    this.#replaced = new Array<number>(Math.max(1, columns.length)).fill(0);
  }

  /** Adds patches for whole rows. */
  patch(bytes: Buffer, from: number, to: number): void {
    const candidates = this.#candidates;
    candidates.begin(bytes, from, to);
    this.#unnoted = !mayNoteLengths(bytes, from, to);
    this.#known = from;
    this.#knownColumn = 0;
    this.#replaced.fill(0);
    let at = candidates.next(from);
    while (at < to) {
      const end = this.#plain(bytes, at, from, to);
      at = candidates.next(end < 0 ? this.#field(bytes, at, from) : end);
    }
    this.#replaced.forEach((count, index) => {
      this.#counts.addColumn(this.#table.name, this.#columns[index] ?? this.#unnamed, count);
    });
  }

  /**
   * Replaces an ordinary address, which is recognised from its at sign alone where neither column nor field matters.
   * @returns where to go on; -1 when this is none
   */
  #plain(bytes: Buffer, at: number, from: number, to: number): number {
    const start = this.#unnoted ? plainStart(bytes, at, from) : -1;
    const end = start < 0 ? -1 : plainEnd(bytes, at, to);
    if (end < 0) return -1;
    const column = this.#table.byColumn ? this.#columnAt(bytes, start) : this.#unnamed;
    if (column.treatment !== 'emails' || !(column.quick || column.nested === undefined)) return -1;
    const text = column.replace(bytes, start, end);
    if (text === undefined) return end;
    if (!fitsSimply(column, bytes, start, end, from, to, text)) return -1;
    this.#patches.add(start, end, text);
    this.#count(column, bytes, start, 1);
    return end;
  }

  /** Replaces all addresses in the field around `at` that are not replaced yet. @returns where to go on */
  #field(bytes: Buffer, at: number, from: number): number {
    let start = at;
    const floor = this.#patches.lastEnd(from);
    while (start > floor && bytes[start - 1] !== tab && bytes[start - 1] !== newline) start -= 1;
    let end = at + 1;
    while (bytes[end] !== tab && bytes[end] !== newline) end += 1;
    const column = this.#table.byColumn ? this.#columnAt(bytes, at) : this.#unnamed;
    if (column.treatment !== 'keep')
      this.#count(column, bytes, at, patchEmails(bytes, start, end, 'copy', column, this.#patches));
    return end + 1;
  }

  /** Counts addresses by column also where it makes no difference to their replacement: all other columns stay as they are. */
  #count(column: ColumnPlan, bytes: Buffer, at: number, count: number): void {
    if (column !== this.#unnamed) this.#counts.addColumn(this.#table.name, column, count);
    else if (count > 0) {
      const index = this.#columns.length === 0 ? 0 : this.#indexAt(bytes, at);
      this.#replaced[index] = (this.#replaced[index] ?? 0) + count;
    }
  }

  #columnAt(bytes: Buffer, position: number): ColumnPlan {
    return this.#columns[this.#indexAt(bytes, position)] ?? this.#unnamed;
  }

  /** Index of the column at this position. Positions never decrease within a stretch of rows. */
  #indexAt(bytes: Buffer, position: number): number {
    const known = this.#known;
    let index = 0;
    let at = position;
    while (at > known && bytes[at - 1] !== newline) {
      at -= 1;
      if (bytes[at] === tab) index += 1;
    }
    if (at === known) index += this.#knownColumn;
    this.#known = position;
    this.#knownColumn = index;
    return index;
  }
}
