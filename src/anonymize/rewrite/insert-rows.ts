/** Rows written as INSERT statements: `pg_dump --inserts`, `--column-inserts`, `--rows-per-insert`. */

import { Arena } from '../bytes/arena.ts';
import type { Patches } from '../bytes/patches.ts';
import { type Codec, textOf } from '../format/codec.ts';
import { DumpError } from '../format/dump-error.ts';
import { InsertValues, insertHead, type Value } from '../format/insert-statement.ts';
import { quotedEnd } from '../format/literals.ts';
import type { ColumnPlan, Plan, TablePlan } from '../rules/plan/plan.ts';
import type { Counts } from './counts.ts';
import { patchAddresses, transformed } from './field.ts';

const nullWord = Buffer.from('NULL');
const quote = 0x27;

export class InsertRewriter {
  /** Called with values that were replaced, for the leak check: the text as it was. */
  onReplaced: ((bytes: Buffer, from: number, to: number) => void) | undefined;
  readonly #plan: Plan;
  readonly #counts: Counts;
  readonly #read = new InsertValues();
  /** The values of the statement as they are written now. */
  readonly #arena = new Arena();

  constructor(plan: Plan, counts: Counts) {
    this.#plan = plan;
    this.#counts = counts;
  }

  /**
   * @returns `none` when the statement is no INSERT with rows; `dropped` when no row is left of it
   * @throws DumpError when a rule is for a value that is written as an expression
   */
  patch(
    bytes: Buffer,
    from: number,
    to: number,
    backslashes: boolean,
    offset: number,
    patches: Patches,
  ): 'none' | 'patched' | 'dropped' {
    this.#arena.clear();
    const begin = insertHead(bytes, from, to);
    if (begin === undefined) return 'none';
    const table = this.#plan.table(begin.table);
    const names = begin.columns ?? table.allColumns;
    if (names === undefined && table.byRow)
      throw new DumpError({
        what: `an INSERT into ${table.name} does not name its columns, and its CREATE TABLE has not been seen`,
        offset,
        fix: 'dump with --column-inserts, or give the schema (input schema)',
      });
    const columns = (names ?? []).map((name) => table.column(name));
    const before = patches.count;
    if (table.writeTo !== undefined && names !== undefined) {
      // The other table may have its columns in another order.
      const list = begin.columns === undefined ? ` (${names.join(', ')})` : '';
      patches.add(begin.nameStart, begin.nameEnd, Buffer.from(`${table.writeTo}${list}`));
    }
    const outcome = this.#rows(bytes, begin.rows, to, table, columns, backslashes, offset, patches);
    // Of a statement that is not written nothing is to be patched.
    if (outcome === 'dropped') patches.count = before;
    return outcome;
  }

  #rows(
    bytes: Buffer,
    from: number,
    to: number,
    table: TablePlan,
    columns: readonly ColumnPlan[],
    backslashes: boolean,
    offset: number,
    patches: Patches,
  ): 'patched' | 'dropped' {
    let at = from;
    let kept = 0;
    /** Where the rows that are left out begin: at the first of all, or at the end of the last one that is kept. */
    let gap = -1;
    /** End of the last row, and of the last one that is kept. */
    let last = from;
    let glue = from;
    for (;;) {
      while (at < to && (bytes[at] as number) <= 0x20) at += 1;
      if (bytes[at] !== 0x28) break;
      const rowStart = at;
      const count = this.#read.row(bytes, at + 1, to, backslashes);
      const rowEnd = this.#read.rowEnd;
      if (columns.length > 0 && count !== columns.length)
        throw new DumpError({
          what: `a row of ${table.name} has ${count} values for ${columns.length} columns`,
          offset: offset + rowStart - from,
        });
      this.#counts.addRows(table.name, 1);
      let next = rowEnd;
      while (next < to && (bytes[next] as number) <= 0x20) next += 1;
      const more = bytes[next] === 0x2c;
      if (this.#keeps(table, columns, bytes)) {
        if (gap >= 0) patches.add(gap, rowStart, kept > 0 ? betweenRows : nothing);
        this.#patchRow(table, columns, bytes, count, offset + rowStart - from, patches);
        kept += 1;
        glue = rowEnd;
        gap = -1;
      } else {
        this.#counts.add(table.name, 'rows left out', 1);
        if (gap < 0) gap = kept > 0 ? glue : rowStart;
      }
      last = rowEnd;
      at = more ? next + 1 : next;
      if (!more) break;
    }
    if (kept > 0 && gap >= 0) patches.add(gap, last, nothing);
    return kept === 0 ? 'dropped' : 'patched';
  }

  #keeps(table: TablePlan, columns: readonly ColumnPlan[], bytes: Buffer): boolean {
    if (table.rows === 'keep') return true;
    if (table.rows === 'drop') return false;
    const { by, share } = table.rows;
    const value = this.#read.values[columns.findIndex((column) => column.name === by)];
    return (
      value === undefined || this.#plan.sampled(textOf(bytes, value.textStart, value.textEnd, value.codec)) < share
    );
  }

  #patchRow(
    table: TablePlan,
    columns: readonly ColumnPlan[],
    bytes: Buffer,
    count: number,
    offset: number,
    patches: Patches,
  ): void {
    for (let index = 0; index < count; index += 1) {
      const value = this.#read.values[index] as Value;
      const column = columns[index] ?? table.column('');
      if (column.treatment === 'keep') continue;
      if (column.treatment === 'addresses') {
        if (value.kind !== 'bare')
          this.#counts.addColumn(table.name, column, this.#addresses(bytes, value, column, patches));
        continue;
      }
      if (value.kind === 'bare' && /^(null|default)$/i.test(bytes.toString('latin1', value.textStart, value.textEnd)))
        continue;
      if (value.kind === 'expression')
        throw new DumpError({
          what: `a value of ${table.name}.${column.name} is written as an expression, to which the rule ${column.label} cannot be applied`,
          offset,
          fix: 'dump with COPY, which is what pg_dump does by itself',
        });
      if (column.replaced && this.onReplaced !== undefined) {
        const text = textOf(bytes, value.textStart, value.textEnd, value.codec);
        this.onReplaced(text, 0, text.length);
      }
      const by = column.by === undefined ? undefined : this.#by(bytes, columns, column.by);
      const arena = this.#arena;
      if (!transformed(bytes, value.textStart, value.textEnd, value.codec, column.treatment, arena, by))
        patches.add(value.start, value.end, nullWord);
      else if (value.kind === 'bare') patches.add(value.textStart, value.textEnd, number(arena.text()));
      else patches.addLast(value.textStart, value.textEnd, arena);
      this.#counts.addColumn(table.name, column);
    }
  }

  /** All literals of the expression. */
  #addresses(bytes: Buffer, value: Value, column: ColumnPlan, patches: Patches): number {
    if (value.kind === 'literal')
      return patchAddresses(bytes, value.textStart, value.textEnd, value.codec, column, patches);
    let found = 0;
    for (let at = value.start; at < value.end; at += 1) {
      if (bytes[at] !== quote) continue;
      const codec: Codec = ((bytes[at - 1] as number) | 0x20) === 0x65 ? 'escape-string' : 'string';
      const end = quotedEnd(bytes, at, value.end, quote, codec);
      found += patchAddresses(bytes, at + 1, end - 1, codec, column, patches);
      at = end - 1;
    }
    return found;
  }

  #by(bytes: Buffer, columns: readonly ColumnPlan[], name: string): Buffer | undefined {
    const value = this.#read.values[columns.findIndex((column) => column.name === name)];
    return value && textOf(bytes, value.textStart, value.textEnd, value.codec);
  }
}

const nothing = Buffer.alloc(0);
const betweenRows = Buffer.from(',\n\t');

/** What stands without quotes must be a number or a word of SQL; anything else gets them. */
function number(text: Buffer): Buffer {
  const shown = text.toString('latin1');
  return /^(-?\d+(\.\d+)?|true|false)$/.test(shown) ? text : Buffer.from(`'${shown.replaceAll("'", "''")}'`, 'latin1');
}
