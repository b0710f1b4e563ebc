/** Rows written as INSERT statements: `pg_dump --inserts`, `--column-inserts`, `--rows-per-insert`. */
import { Arena } from '../bytes/arena.ts';
import type { Patches } from '../bytes/patches.ts';
import { type Codec, textOf } from '../format/codec.ts';
import { DumpError } from '../format/dump-error.ts';
import type { ReaderState } from '../format/dump-visitor.ts';
import { type InsertHead, InsertReader, type InsertValue, insertHead } from '../format/insert-statement.ts';
import { quotedEnd } from '../format/lexical.ts';
import { type ColumnPlan, labels, type Plan, type TablePlan } from '../rules/plan/plan.ts';
import type { OnReplaced } from './copy-rows.ts';
import type { Counts } from './counts.ts';
import { patchEmails, writeTransformed } from './field.ts';
import { RowGaps } from './row-gaps.ts';

const quote = 0x27;
const openParenthesis = 0x28;
const comma = 0x2c;
const letterE = 0x65;
const nullWord = Buffer.from('NULL');

/** The statement that is rewritten, and where its patches go. */
interface Statement {
  readonly bytes: Buffer;
  /** Where it ends. */
  readonly to: number;
  readonly table: TablePlan;
  readonly columns: readonly ColumnPlan[];
  /** Whether it names its columns. */
  readonly named: boolean;
  readonly reader: ReaderState;
  readonly patches: Patches;
}

export class InsertRows {
  onReplaced: OnReplaced | undefined;
  readonly #plan: Plan;
  readonly #counts: Counts;
  readonly #row = new InsertReader();
  /** The new values of the statement. */
  readonly #arena = new Arena();

  constructor(plan: Plan, counts: Counts) {
    this.#plan = plan;
    this.#counts = counts;
  }

  /**
   * Adds patches for the statement between `from` and `to`.
   * @returns `none` when it is not an INSERT with rows; `dropped` when all its rows are left out
   * @throws DumpError when a rule is for a value that is written as an expression
   */
  patch(
    bytes: Buffer,
    from: number,
    to: number,
    reader: ReaderState,
    patches: Patches,
  ): 'none' | 'patched' | 'dropped' {
    this.#arena.clear();
    const head = insertHead(bytes, from, to);
    if (head === undefined) return 'none';
    const table = this.#plan.table(reader.fullName(head.table));
    const names = head.columns ?? table.allColumns;
    if (names === undefined && table.byRow)
      throw new DumpError({
        what: `an INSERT into ${table.name} does not name its columns, and its CREATE TABLE has not been seen`,
        offset: reader.offsetOf(from),
        fix: 'dump with --column-inserts, or give the schema (input schema)',
      });
    this.#counts.begin(table.name);
    const before = patches.count;
    if (table.writeTo !== undefined && names !== undefined) {
      const first = afterBlanks(bytes, head.rows, to) + 1;
      const count = this.#row.readRow(bytes, first, to, reader.backslashStrings);
      redirect(head, names.slice(0, count), table.writeTo, patches);
    }
    const columns = (names ?? []).map((name) => table.column(name));
    const named = head.columns !== undefined;
    if (this.#rows({ bytes, to, table, columns, named, reader, patches }, head.rows)) return 'patched';
    // A statement that is not written needs no patches.
    patches.count = before;
    return 'dropped';
  }

  /** @returns whether any row stays */
  #rows(statement: Statement, from: number): boolean {
    const { bytes, to, table, columns, named, reader, patches } = statement;
    const gaps = new RowGaps(patches);
    let width = columns.length;
    let at = from;
    for (;;) {
      const start = afterBlanks(bytes, at, to);
      if (bytes[start] !== openParenthesis) break;
      const count = this.#row.readRow(bytes, start + 1, to, reader.backslashStrings);
      const end = this.#row.rowEnd;
      // Without a list of columns, all rows may leave out the same ones at the end.
      if (!named && at === from) width = Math.min(count, columns.length);
      if (columns.length > 0 && count !== width)
        throw new DumpError({
          what: `a row of ${table.name} has ${count} values for ${width} columns`,
          offset: reader.offsetOf(start),
        });
      if (this.#keeps(statement)) {
        gaps.keep(start, end);
        for (let index = 0; index < count; index += 1) this.#patchValue(statement, index);
      } else {
        gaps.leaveOut(start, end);
        this.#counts.add(table.name, labels.leftOut, 1);
      }
      const next = afterBlanks(bytes, end, to);
      if (bytes[next] !== comma) break;
      at = next + 1;
    }
    return gaps.close();
  }

  /** Whether the row stays: a sample depends on the value of one column. */
  #keeps({ bytes, table: { rows }, columns }: Statement): boolean {
    if (typeof rows === 'string') return rows === 'keep';
    const value = this.#textOf(bytes, columns, rows.by);
    return value === undefined || this.#plan.sampled(value) < rows.share;
  }

  /** The text of a column of the row. */
  #textOf(bytes: Buffer, columns: readonly ColumnPlan[], name: string): Buffer | undefined {
    const value = this.#row.values[columns.findIndex((column) => column.name === name)];
    return value && textOf(bytes, value.textStart, value.textEnd, value.codec);
  }

  #patchValue(statement: Statement, index: number): void {
    const { bytes, table, patches } = statement;
    const value = this.#row.values[index] as InsertValue;
    const column = statement.columns[index] ?? table.column('');
    if (column.treatment === 'keep') return;
    if (column.treatment !== 'emails') this.#transform(statement, value, column);
    else if (value.kind === 'literal')
      this.#counts.addColumn(
        table.name,
        column,
        patchEmails(bytes, value.textStart, value.textEnd, value.codec, column, patches),
      );
    else if (value.kind === 'expression')
      this.#counts.addColumn(table.name, column, patchExpression(bytes, value, column, patches));
  }

  /** Replaces the value of a column with a rule for whole values. */
  #transform({ bytes, table, columns, reader, patches }: Statement, value: InsertValue, column: ColumnPlan): void {
    const { textStart, textEnd, codec, kind } = value;
    if (typeof column.treatment === 'string') return;
    if (kind === 'bare' && /^(null|default)$/i.test(bytes.toString('latin1', textStart, textEnd))) return;
    if (kind === 'expression')
      throw new DumpError({
        what: `a value of ${table.name}.${column.name} is written as an expression, to which the rule ${column.label} cannot be applied`,
        offset: reader.offsetOf(value.start),
        fix: 'dump with COPY, the default of pg_dump',
      });
    if (column.replaced && this.onReplaced !== undefined) {
      const text = textOf(bytes, textStart, textEnd, codec);
      this.onReplaced(text, 0, text.length);
    }
    const by = column.by === undefined ? undefined : this.#textOf(bytes, columns, column.by);
    const arena = this.#arena;
    if (!writeTransformed(bytes, textStart, textEnd, codec, column.treatment, arena, by))
      patches.add(value.start, value.end, nullWord);
    else if (kind === 'bare') patches.add(textStart, textEnd, quotedUnlessBare(arena.text()));
    else patches.addLast(textStart, textEnd, arena);
    this.#counts.addColumn(table.name, column);
  }
}

/** Puts another table's name into the statement, and its columns: the other table may have another order. */
function redirect(head: InsertHead, columns: readonly string[], table: string, patches: Patches): void {
  const list = head.columns === undefined ? ` (${columns.join(', ')})` : '';
  patches.add(head.nameStart, head.nameEnd, Buffer.from(`${table}${list}`));
}

/** Replaces the addresses in all literals of an expression. @returns how many */
function patchExpression(bytes: Buffer, value: InsertValue, column: ColumnPlan, patches: Patches): number {
  let count = 0;
  for (let at = value.start; at < value.end; at += 1) {
    if (bytes[at] !== quote) continue;
    const codec: Codec = ((bytes[at - 1] as number) | 0x20) === letterE ? 'escape-string' : 'string';
    const end = quotedEnd(bytes, at, value.end, quote, codec);
    count += patchEmails(bytes, at + 1, end - 1, codec, column, patches);
    at = end - 1;
  }
  return count;
}

/** A number or a boolean needs no quotes; any other text gets them. */
function quotedUnlessBare(text: Buffer): Buffer {
  const shown = text.toString('latin1');
  return /^(-?\d+(\.\d+)?|true|false)$/.test(shown) ? text : Buffer.from(`'${shown.replaceAll("'", "''")}'`, 'latin1');
}

function afterBlanks(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to && (bytes[at] as number) <= 0x20) at += 1;
  return at;
}
