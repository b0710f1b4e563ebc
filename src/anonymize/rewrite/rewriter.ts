/** Rewrites a dump while it streams by: applies the rules to rows, and replaces addresses everywhere else. */
import type { Output } from '../bytes/output.ts';
import { Patches } from '../bytes/patches.ts';
import { Candidates } from '../emails/at-signs.ts';
import type { CopyTarget } from '../format/copy-statement.ts';
import { type Dialect, postgresql } from '../format/dialect.ts';
import { DumpError } from '../format/dump-error.ts';
import type { DumpVisitor, ReaderState } from '../format/dump-visitor.ts';
import { codeBegin } from '../format/lexical.ts';
import { serverScope } from '../format/name-scope.ts';
import { type ColumnPlan, labels, type Plan, type TablePlan } from '../rules/plan/plan.ts';
import { BatchRows } from './batch-rows.ts';
import { CopyEmails } from './copy-emails.ts';
import { CopyRows, type OnReplaced } from './copy-rows.ts';
import { Counts } from './counts.ts';
import { InsertRows } from './insert-rows.ts';
import { LargeObjects } from './large-objects.ts';
import { LongRow } from './long-row.ts';
import { patchStatement } from './outside-rows.ts';
import { rolePassword } from './role-passwords.ts';

const newline = 0x0a;
const nothing = Buffer.alloc(0);
const commentOnLargeObject = /^\s*comment\s+on\s+large\s+object\b/i;

/** Stands in until a reader is set. */
const noReader: ReaderState = {
  dialect: postgresql,
  offsetOf: (position) => position,
  scope: serverScope,
  fullName: (name) => name,
  eachLiteral: () => {},
  backslashStrings: false,
  wholeRows: false,
};

/** Rewrites rows in other threads. */
export interface RowsElsewhere {
  /** @param offset of the rows in the dump, for errors @returns whether it takes these whole rows; what it makes of them comes here in the output */
  take(rows: CopiedRows, bytes: Buffer, from: number, to: number, offset: number): boolean;
}

/** The table whose rows are being read. */
export interface CopiedRows {
  readonly plan: TablePlan;
  /** In the order of the rows. */
  readonly columns: readonly ColumnPlan[];
}

interface CopiedTable extends CopiedRows {
  readonly emails: CopyEmails;
}

export class Rewriter implements DumpVisitor {
  readonly counts = new Counts();
  readonly inserts: BatchRows;
  /** Called with the product that wrote the dump, before anything is read. */
  begin: (dialect: Dialect) => void = () => {};
  /** The reader that calls this visitor. */
  reader: ReaderState = noReader;
  /** Undefined: all rows are rewritten here. */
  elsewhere: RowsElsewhere | undefined;
  readonly #plan: Plan;
  readonly #out: Output;
  readonly #candidates = new Candidates();
  readonly #patches = new Patches();
  /** Labels of enumerations that hold an address. */
  readonly #enumerated = new Set<string>();
  readonly #copyRows: CopyRows;
  readonly #insertRows: InsertRows;
  readonly #largeObjects: LargeObjects;
  #table: CopiedTable | undefined;
  #longRow: LongRow | undefined;

  constructor(plan: Plan, out: Output) {
    this.#plan = plan;
    this.#out = out;
    this.#copyRows = new CopyRows(plan, out, this.counts, this.#candidates);
    this.#insertRows = new InsertRows(plan, this.counts);
    this.#largeObjects = new LargeObjects(plan.replace, this.counts);
    this.inserts = new BatchRows({
      plan,
      out,
      counts: this.counts,
      candidates: this.#candidates,
      patches: this.#patches,
      reader: () => this.reader,
      patchOutside: (bytes, from, to) => void this.#patchOutside(bytes, from, to),
    });
  }

  set onReplaced(report: OnReplaced) {
    this.#copyRows.onReplaced = report;
    this.#insertRows.onReplaced = report;
    this.inserts.onReplaced = report;
  }

  statement(bytes: Buffer, from: number, to: number, code: number): void {
    this.#patches.clear();
    this.#patchOutside(bytes, from, code);
    const large = this.#largeObjects.statement(bytes, code, to);
    if (large !== undefined) {
      // What is held back is written with the object's end: nothing is left here, not even an empty line.
      if (large.length === 0 && bytes.toString('latin1', from, code).trim() === '') return;
      this.#out.patched(bytes, from, code, this.#patches);
      this.#out.copy(large, 0, large.length);
      return;
    }
    const insert = this.#insertRows.patch(bytes, code, to, this.reader, this.#patches);
    if (insert === 'none') {
      const count = this.#leaveOutPassword(bytes, code, to) ?? this.#patchOutside(bytes, code, to);
      if (count > 0 && commentOnLargeObject.test(bytes.toString('latin1', code, to)))
        this.counts.largeObjectsChanged = true;
    }
    this.#out.patched(bytes, from, insert === 'dropped' ? code : to, this.#patches);
  }

  /** @returns how many addresses were replaced besides; undefined when the statement gives a role no password */
  #leaveOutPassword(bytes: Buffer, from: number, to: number): number | undefined {
    const { reader } = this;
    if (reader.dialect !== postgresql) return undefined;
    const password = rolePassword(bytes, from, to, (...place) => reader.eachLiteral(...place));
    if (password === undefined) return undefined;
    this.counts.addOutside(labels.rolePasswords, 1);
    const before = this.#patchOutside(bytes, from, password.start);
    this.#patches.add(password.start, password.end, nothing);
    return before + this.#patchOutside(bytes, password.end, to);
  }

  /** Adds patches for what is not in rows. @returns how many addresses they replace */
  #patchOutside(bytes: Buffer, from: number, to: number): number {
    const { replace, replaceUnique, bounds, kept } = this.#plan;
    const { reader } = this;
    const eachLiteral: ReaderState['eachLiteral'] = (...place) => reader.eachLiteral(...place);
    const options = { eachLiteral, replace, replaceUnique, bounds, kept, enumerated: this.#enumerated };
    const count = patchStatement(bytes, from, to, options, this.#patches);
    this.counts.addOutside(labels.emails, count);
    return count;
  }

  verbatim(bytes: Buffer, from: number, to: number): void {
    this.#patches.clear();
    this.#patchOutside(bytes, from, to);
    this.#out.patched(bytes, from, to, this.#patches);
  }

  copyBegin(target: CopyTarget, bytes: Buffer, from: number, to: number): void {
    const plan = this.#plan.table(target.name);
    const names = target.columns ?? plan.columns;
    if (plan.byRow && names === undefined)
      throw new DumpError({
        what: `the rows of ${plan.name} do not name their columns, and its CREATE TABLE has not been seen`,
        offset: this.reader.offsetOf(from),
        fix: 'give the schema (input schema, from pg_dump --schema-only)',
      });
    const columns = (names ?? []).map((name) => plan.column(name));
    const emails = new CopyEmails(plan, columns, this.counts, this.#candidates, this.#patches);
    this.#table = { plan, columns, emails };
    this.reader.wholeRows = plan.byRow;
    this.counts.begin(plan.name);
    this.#patches.clear();
    this.#patchOutside(bytes, from, to);
    if (plan.writeTo !== undefined) this.#redirect(bytes, from, to, plan.writeTo);
    this.#out.patched(bytes, from, to, this.#patches);
  }

  /** Puts another table's name into the COPY statement. */
  #redirect(bytes: Buffer, from: number, to: number, name: string): void {
    const code = codeBegin(bytes, from, to);
    const text = bytes.toString('latin1', code, to);
    const [whole = '', copy = ''] =
      /^(copy\s+)(?:"(?:[^"]|"")*"|[^\s".(])+(?:\.(?:"(?:[^"]|"")*"|[^\s".(])+)*/i.exec(text) ?? [];
    this.#patches.add(code + copy.length, code + whole.length, Buffer.from(name));
  }

  rows(bytes: Buffer, from: number, to: number): void {
    const table = this.#table as CopiedTable;
    const { plan, columns, emails } = table;
    if (plan.rows === 'drop') {
      this.counts.add(plan.name, labels.leftOut, linesIn(bytes, from, to));
      return;
    }
    if (plan.byRow) {
      if (this.elsewhere?.take(table, bytes, from, to, this.reader.offsetOf(from))) return;
      this.#copyRows.write(plan, columns, bytes, from, to, (position) => this.reader.offsetOf(position));
      return;
    }
    this.#patches.clear();
    emails.patch(bytes, from, to);
    this.#out.patched(bytes, from, to, this.#patches);
  }

  piece(bytes: Buffer, from: number, to: number): number {
    const { plan, columns } = this.#table as CopiedTable;
    if (plan.rows === 'drop') {
      if (bytes[to - 1] === newline) this.counts.add(plan.name, labels.leftOut, 1);
      return to;
    }
    this.#longRow ??= new LongRow(plan, columns, this.counts, this.#out, this.reader.offsetOf(from));
    const end = this.#longRow.piece(bytes, from, to);
    if (bytes[end - 1] === newline) this.#longRow = undefined;
    return end;
  }

  copyEnd(bytes: Buffer, from: number, to: number): void {
    this.#out.copy(bytes, from, to);
    this.#table = undefined;
  }
}

/** Whole rows: a line end inside a value is escaped. */
function linesIn(bytes: Buffer, from: number, to: number): number {
  let lines = 0;
  for (let at = bytes.indexOf(newline, from); at >= 0 && at < to; at = bytes.indexOf(newline, at + 1)) lines += 1;
  return lines;
}
