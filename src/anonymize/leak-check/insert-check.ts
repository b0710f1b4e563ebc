/** Searches the rows of INSERT statements for leaks, by column, like those of COPY. */
import type { ReaderState } from '../format/dump-visitor.ts';
import { InsertReader } from '../format/insert-statement.ts';
import { findNumbers } from '../numbers/find-numbers.ts';
import type { LeakKind } from '../rules/file/leak-kinds.ts';
import type { TablePlan } from '../rules/plan/plan.ts';
import { type CheckContext, isCompared, isLeak, mayLeak, mayLeakNumbers, noteNumbers } from './check-context.ts';
import { eachRemainingEmail } from './remaining-emails.ts';

export class InsertCheck {
  readonly #context: CheckContext;
  readonly #rows = new InsertReader();
  /** The reader that gives the statements. */
  reader: ReaderState | undefined;

  constructor(context: CheckContext) {
    this.#context = context;
  }

  /** @param code to `to`: an INSERT statement */
  statement(bytes: Buffer, code: number, to: number): void {
    this.#rows.eachRow(bytes, code, to, (name, names, texts) => {
      const table = this.#context.plan.table(this.reader?.fullName(name) ?? name);
      const columns = names ?? table.allColumns ?? [];
      texts.forEach((text, index) => {
        this.#value(table, columns[index], text);
      });
    });
  }

  #value(table: TablePlan, name: string | undefined, text: Buffer): void {
    const { kinds, numbers, signs, findings, values, isAllowed } = this.#context;
    const column = table.column(name ?? '');
    const add = (kind: LeakKind, found: () => string): void => {
      if (kinds.has(kind) && !isAllowed(kind, table.name, name, found)) findings.add(kind, table.name, name);
    };
    if (kinds.has('emails') && mayLeak(column))
      eachRemainingEmail(signs, text, 0, text.length, (at, email) => {
        if (isLeak(column, text, at, 0, text.length, email)) add('emails', () => email);
      });
    if (numbers && mayLeakNumbers(column))
      findNumbers(text, 0, text.length, noteNumbers(this.#context, table.name, name, text));
    if (kinds.has('replaced-values') && name !== undefined && isCompared(column))
      values.noteStanding(text, 0, text.length, values.placeOf(table.name, name));
  }
}
