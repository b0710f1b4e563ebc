/** Searches the rows of MySQL's INSERT for leaks, a batch after the other, like those of COPY. */
import type { InsertVisitor } from '../format/dump-visitor.ts';
import { expressionText } from '../format/mysql/expressions.ts';
import type { RowsTarget } from '../format/mysql/insert-head.ts';
import { kinds, type RowBatch } from '../format/mysql/rows.ts';
import { textAt } from '../format/mysql/values.ts';
import { fewestDigits, findNumbers } from '../numbers/find-numbers.ts';
import type { LeakKind } from '../rules/file/leak-kinds.ts';
import { definitionsPart, type TablePlan } from '../rules/plan/plan.ts';
import { type CheckContext, isCompared, isLeak, mayLeakNumbers, noteNumbers } from './check-context.ts';
import { eachRemainingEmail, emailsInBytes } from './remaining-emails.ts';
import { longestValue, shortestValue } from './replaced-values.ts';
import { SearchedPart } from './searched-part.ts';

/** What the server makes of an expression, as far as that can be told from its literals. */
function expressionAt(batch: RowBatch, index: number): Buffer {
  return expressionText(batch.bytes, batch.starts[index] as number, batch.ends[index] as number, batch).text;
}

/** What is searched for in one table. */
class TableCheck {
  readonly target: RowsTarget;
  readonly plan: TablePlan;
  readonly columns: readonly string[];
  /** By column: its place among the columns that are compared; -1 when it is not. */
  readonly places: readonly number[];
  readonly comparesAny: boolean;
  /** By column: whether it is searched for numbers. */
  readonly numbered: readonly boolean[];
  readonly part: SearchedPart;

  constructor(context: CheckContext, target: RowsTarget, part: SearchedPart) {
    this.target = target;
    this.plan = context.plan.table(target.table);
    this.columns = target.columns ?? this.plan.allColumns ?? [];
    this.part = part;
    const plans = this.columns.map((column) => this.plan.column(column));
    const compare = context.kinds.has('replaced-values');
    this.places = plans.map((plan) =>
      compare && isCompared(plan) ? context.values.placeOf(target.table, plan.name) : -1,
    );
    this.comparesAny = this.places.some((place) => place >= 0);
    this.numbered = plans.map((plan) => context.numbers && mayLeakNumbers(plan));
  }
}

const atSign = 0x40;

export class BatchCheck implements InsertVisitor {
  readonly #context: CheckContext;
  readonly #outside: (bytes: Buffer, from: number, to: number) => void;
  readonly #parts = new Map<string, SearchedPart>();
  #table: TableCheck | undefined;

  /** @param outside searches what is not in rows */
  constructor(context: CheckContext, outside: (bytes: Buffer, from: number, to: number) => void) {
    this.#context = context;
    this.#outside = outside;
  }

  begin(target: RowsTarget, bytes: Buffer, from: number, _to: number, code: number): void {
    this.#outside(bytes, from, code);
    if (this.#table?.target === target) return;
    const part = this.#parts.get(target.table) ?? new SearchedPart(this.#context);
    this.#parts.set(target.table, part);
    this.#table = new TableCheck(this.#context, target, part);
  }

  rows(batch: RowBatch): void {
    const table = this.#table as TableCheck;
    if (this.#context.kinds.has('emails')) this.#emails(batch, table);
    const due =
      table.part.isDue(batch.to - batch.from) && (table.numbered.length === 0 || table.numbered.includes(true));
    if (due || table.comparesAny) this.#values(batch, table, due);
  }

  end(bytes: Buffer, from: number, to: number): void {
    this.#outside(bytes, from, to);
  }

  #emails(batch: RowBatch, table: TableCheck): void {
    let last = -1;
    eachRemainingEmail(this.#context.signs, batch.bytes, batch.from, batch.to, (at, email) => {
      const index = batch.valueAt(at);
      if (index < 0) this.#note('emails', definitionsPart, undefined, () => email);
      else if (!this.#isBytes(batch, table, index)) this.#add(batch, table, index, batch.bytes, at, email);
      else if (index !== last) {
        last = index;
        this.#inBytes(batch, table, index, textAt(batch, index));
      }
    });
    for (const index of batch.hidden)
      if (batch.kind(index) === kinds.hex) this.#inBytes(batch, table, index, textAt(batch, index));
      else this.#inBytes(batch, table, index, expressionAt(batch, index));
  }

  #isBytes(batch: RowBatch, { plan, columns }: TableCheck, index: number): boolean {
    return batch.isBinary(index) || plan.column(columns[index % batch.width] ?? '').binary;
  }

  /** A value that may be no text. */
  #inBytes(batch: RowBatch, table: TableCheck, index: number, text: Buffer): void {
    for (const email of emailsInBytes(text)) {
      const bytes = Buffer.from(email);
      this.#add(batch, table, index, bytes, bytes.lastIndexOf(atSign), email);
    }
  }

  /** @param at where the at sign is in `bytes` */
  #add(batch: RowBatch, { plan, columns }: TableCheck, index: number, bytes: Buffer, at: number, email: string): void {
    const column = columns[index % batch.width];
    if (column === undefined || isLeak(plan.column(column), bytes, at, 0, bytes.length, email))
      this.#note('emails', plan.name, column, () => email);
  }

  #note(kind: LeakKind, table: string, column: string | undefined, text: () => string): void {
    const { findings, isAllowed } = this.#context;
    if (!isAllowed(kind, table, column, text)) findings.add(kind, table, column);
  }

  /** Searches the values of the columns that matter for numbers, and for what other columns had replaced. */
  #values(batch: RowBatch, { plan, columns, places, numbered }: TableCheck, numbers: boolean): void {
    const { values } = this.#context;
    const { count, width, textStarts, textEnds } = batch;
    for (let index = 0, column = 0; index < count; index += 1, column = column + 1 === width ? 0 : column + 1) {
      const length = (textEnds[index] as number) - (textStarts[index] as number);
      if (length < shortestValue) continue;
      const searched = numbers && numbered[column] !== false && length >= fewestDigits;
      const place = places[column] ?? -1;
      const compared = place >= 0 && length <= 2 * longestValue;
      if (!searched && !compared) continue;
      const text = textAt(batch, index);
      if (searched) findNumbers(text, 0, text.length, noteNumbers(this.#context, plan.name, columns[column], text));
      if (compared) values.noteStanding(text, 0, text.length, place);
    }
  }
}
