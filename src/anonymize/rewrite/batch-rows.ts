/** Rows of MySQL's INSERT, a batch after the other: replaces addresses, applies rules, leaves rows out. */
import { Arena } from '../bytes/arena.ts';
import type { Output } from '../bytes/output.ts';
import type { Patches } from '../bytes/patches.ts';
import type { Candidates } from '../emails/at-signs.ts';
import { DumpError } from '../format/dump-error.ts';
import type { InsertVisitor, ReaderState } from '../format/dump-visitor.ts';
import type { RowsTarget } from '../format/mysql/insert-head.ts';
import type { RowBatch } from '../format/mysql/rows.ts';
import { textAt } from '../format/mysql/values.ts';
import { type ColumnPlan, labels, type Plan, type TablePlan } from '../rules/plan/plan.ts';
import { BatchEmails } from './batch-emails.ts';
import { writeValue } from './batch-values.ts';
import type { OnReplaced } from './copy-rows.ts';
import type { Counts } from './counts.ts';

const nothing = Buffer.alloc(0);
const defaultWord = Buffer.from('DEFAULT');

export interface BatchContext {
  readonly plan: Plan;
  readonly out: Output;
  readonly counts: Counts;
  readonly candidates: Candidates;
  readonly patches: Patches;
  readonly reader: () => ReaderState;
  /** Adds patches for what is not in rows. */
  readonly patchOutside: (bytes: Buffer, from: number, to: number) => void;
}

/** The table whose rows are being read. */
interface Current {
  readonly target: RowsTarget;
  readonly plan: TablePlan;
  readonly columns: readonly ColumnPlan[];
  readonly emails: BatchEmails;
  /** Indexes of the columns whose values are replaced. */
  readonly transformed: readonly number[];
}

export class BatchRows implements InsertVisitor {
  onReplaced: OnReplaced | undefined;
  readonly #context: BatchContext;
  /** The new values of a batch. */
  readonly #arena = new Arena();
  #current: Current | undefined;
  /** The beginning of a statement of which no row is written yet; undefined once one is. */
  #held: Buffer | undefined;
  /** Whether no row of the statement has been read. */
  #first = false;

  constructor(context: BatchContext) {
    this.#context = context;
  }

  begin(target: RowsTarget, bytes: Buffer, from: number, to: number, code: number): void {
    const { patches, out, counts } = this.#context;
    // Most statements go on with the table of the one before.
    if (this.#current?.target !== target) this.#current = this.#begin(target, from);
    const { plan } = this.#current;
    counts.begin(plan.name);
    patches.clear();
    this.#context.patchOutside(bytes, from, code);
    const keeps = plan.rows === 'keep';
    out.patched(bytes, from, keeps ? to : code, patches);
    this.#held = keeps ? undefined : Buffer.from(bytes.subarray(code, to));
    this.#first = true;
  }

  #begin(target: RowsTarget, from: number): Current {
    const { plan: all, counts, candidates, patches, reader } = this.#context;
    const plan = all.table(target.table);
    const names = target.columns ?? plan.allColumns;
    if (names === undefined && plan.byRow)
      throw new DumpError({
        what: `an INSERT into ${plan.name} does not name its columns, and its CREATE TABLE has not been seen`,
        offset: reader().offsetOf(from),
        fix: 'dump with --complete-insert, or give the definitions (schema: the output of mysqldump --no-data)',
      });
    const columns = (names ?? []).map((name) => plan.column(name));
    const transformed = [...columns.keys()].filter(
      (index) => typeof columns[index]?.treatment !== 'string' || columns[index]?.generated,
    );
    const emails = new BatchEmails(plan, columns, counts, candidates, patches, reader);
    return { target, plan, columns, emails, transformed };
  }

  rows(batch: RowBatch): void {
    const { plan, columns, emails } = this.#current as Current;
    const { counts, patches, out } = this.#context;
    if (plan.rows === 'drop') {
      counts.add(plan.name, labels.leftOut, batch.rows);
      return;
    }
    this.#checkWidth(batch, columns.length, plan);
    patches.clear();
    this.#arena.clear();
    emails.begin(batch);
    if (plan.byRow) this.#each(batch);
    else emails.all();
    emails.count();
    if (this.#held === undefined) out.patched(batch.bytes, batch.from, batch.to, patches);
  }

  #checkWidth({ width, from }: RowBatch, columns: number, plan: TablePlan): void {
    if (columns === 0 || width === columns) return;
    throw new DumpError({
      what: `a row of ${plan.name} has ${width} values for ${columns} columns`,
      offset: this.#context.reader().offsetOf(from),
    });
  }

  /** Rows whose values are replaced, or of which some are left out. */
  #each(batch: RowBatch): void {
    const { plan } = this.#current as Current;
    const { counts, patches } = this.#context;
    if (this.#first && this.#held !== undefined) {
      // With the blanks before the first row.
      this.#held = Buffer.concat([this.#held, batch.bytes.subarray(batch.from, batch.rowStarts[0])]);
      patches.add(batch.from, batch.rowStarts[0] as number, nothing);
    }
    for (let row = 0; row < batch.rows; row += 1) {
      const start = batch.rowStarts[row] as number;
      const before = this.#first ? start : row === 0 ? batch.from : (batch.rowEnds[row - 1] as number);
      this.#first = false;
      if (this.#keeps(batch, row)) {
        if (this.#held !== undefined) this.#writeHeld(before, start);
        this.#row(batch, row);
      } else {
        counts.add(plan.name, labels.leftOut, 1);
        patches.add(before, batch.rowEnds[row] as number, nothing);
      }
    }
  }

  /** Writes the beginning of the statement before its first row, without the comma before that row. */
  #writeHeld(before: number, start: number): void {
    const { out, patches } = this.#context;
    const held = this.#held as Buffer;
    out.copy(held, 0, held.length);
    this.#held = undefined;
    if (before < start) patches.add(before, start, nothing);
  }

  /** Whether the row stays: a sample depends on the value of one column. */
  #keeps(batch: RowBatch, row: number): boolean {
    const { plan, columns } = this.#current as Current;
    if (typeof plan.rows === 'string') return true;
    const { by, share } = plan.rows;
    const index = columns.findIndex((column) => column.name === by);
    return index < 0 || this.#context.plan.sampled(textAt(batch, row * batch.width + index)) < share;
  }

  #row(batch: RowBatch, row: number): void {
    const { columns, emails, transformed } = this.#current as Current;
    const first = row * batch.width;
    if (!emails.mayHold(batch.rowStarts[row] as number, batch.rowEnds[row] as number)) {
      for (const index of transformed) this.#value(batch, first, index);
      return;
    }
    for (let index = 0; index < columns.length; index += 1) {
      const { treatment, generated } = columns[index] as ColumnPlan;
      if (generated) this.#value(batch, first, index);
      else if (treatment === 'emails') emails.value(first + index);
      else if (treatment !== 'keep') this.#value(batch, first, index);
    }
  }

  /** Replaces the value of a column with a rule for whole values. */
  #value(batch: RowBatch, first: number, index: number): void {
    const { columns, plan } = this.#current as Current;
    const { counts, patches, reader } = this.#context;
    const column = columns[index] as ColumnPlan;
    if (column.generated) {
      // Computed from values that rules replace: it may hold them as they were.
      patches.add(batch.starts[first + index] as number, batch.ends[first + index] as number, defaultWord);
      return;
    }
    const byIndex = column.by === undefined ? -1 : columns.findIndex(({ name }) => name === column.by);
    const by = byIndex < 0 ? undefined : Buffer.from(textAt(batch, first + byIndex));
    const written = writeValue(batch, first + index, column, {
      arena: this.#arena,
      patches,
      by,
      onReplaced: this.onReplaced,
    });
    if (written === 'expression')
      throw new DumpError({
        what: `a value of ${plan.name}.${column.name} is written as an expression, to which the rule ${column.label} cannot be applied`,
        offset: reader().offsetOf(batch.starts[first + index] as number),
        fix: 'dump with mysqldump, which writes no expressions',
      });
    if (written === 'replaced') counts.addColumn(plan.name, column);
  }

  end(bytes: Buffer, from: number, to: number): void {
    const { patches, out } = this.#context;
    // A statement without rows is not written.
    if (this.#held !== undefined) {
      this.#held = undefined;
      return;
    }
    patches.clear();
    this.#context.patchOutside(bytes, from, to);
    out.patched(bytes, from, to, patches);
  }
}
