/** Writes a dump anew while it streams by: the rules applied to rows, addresses replaced wherever they stand. */

import type { BlockWriter } from '../bytes/block-writer.ts';
import { Patches } from '../bytes/patches.ts';
import { Candidates, mayBeAtSign } from '../emails/at-signs.ts';
import { mayNoteLengths } from '../emails/php.ts';
import { plainEnd, plainStart } from '../emails/plain-address.ts';
import type { CopyTarget } from '../format/copy-statement.ts';
import { DumpError } from '../format/dump-error.ts';
import { codeBegin, type DumpReader, type DumpVisitor } from '../format/dump-reader.ts';
import type { ColumnPlan, Plan, TablePlan } from '../rules/plan/plan.ts';
import { RowRewriter } from './copy-rows.ts';
import { Counts } from './counts.ts';
import { patchAddresses } from './field.ts';
import { InsertRewriter } from './insert-rows.ts';
import { LargeObjects } from './large-objects.ts';
import { patchStatement } from './literals-outside-rows.ts';
import { LongRow } from './long-row.ts';

const newline = 0x0a;
const tab = 0x09;

export class Rewriter implements DumpVisitor {
  readonly counts = new Counts();
  readonly #plan: Plan;
  readonly #out: BlockWriter;
  readonly #candidates = new Candidates();
  readonly #patches = new Patches();
  readonly #inserts: InsertRewriter;
  readonly #largeObjects: LargeObjects;
  #reader: DumpReader | undefined;
  #table: TablePlan | undefined;
  #columns: readonly ColumnPlan[] = [];
  #longRow: LongRow | undefined;
  /** Where the column was last asked for, and which it is there. */
  #known = 0;
  #knownColumn = 0;
  readonly #rows: RowRewriter;

  constructor(plan: Plan, out: BlockWriter) {
    this.#plan = plan;
    this.#out = out;
    this.#inserts = new InsertRewriter(plan, this.counts);
    this.#largeObjects = new LargeObjects(plan.replace, this.counts);
    this.#rows = new RowRewriter(plan, out, this.counts, this.#candidates, (at) => this.#reader?.offsetOf(at) ?? 0);
  }

  /** Called with values that were replaced, for the leak check: the text as it was. */
  set onReplaced(visit: (bytes: Buffer, from: number, to: number) => void) {
    this.#rows.onReplaced = visit;
    this.#inserts.onReplaced = visit;
  }

  /** The reader that feeds this visitor, for positions and strings. */
  set reader(reader: DumpReader) {
    this.#reader = reader;
  }

  statement(bytes: Buffer, from: number, to: number, code: number): void {
    const backslashes = this.#reader?.backslashStrings ?? false;
    this.#patches.clear();
    this.#definitions(bytes, from, code, backslashes);
    const large = this.#largeObjects.statement(bytes, code, to);
    if (large !== undefined) {
      this.#out.patched(bytes, from, code, this.#patches);
      this.#out.copy(large, 0, large.length);
      return;
    }
    const offset = this.#reader?.offsetOf(code) ?? 0;
    const insert = this.#inserts.patch(bytes, code, to, backslashes, offset, this.#patches);
    if (insert === 'none') this.#definitions(bytes, code, to, backslashes);
    this.#out.patched(bytes, from, insert === 'dropped' ? code : to, this.#patches);
  }

  /** Adds patches for what is not in rows. */
  #definitions(bytes: Buffer, from: number, to: number, backslashes: boolean): void {
    const { replace, replaceApart } = this.#plan;
    const count = patchStatement(bytes, from, to, { backslashes, replace, replaceApart }, this.#patches);
    this.counts.add(undefined, 'addresses', count);
  }

  verbatim(bytes: Buffer, from: number, to: number): void {
    this.#patches.clear();
    this.#definitions(bytes, from, to, false);
    this.#out.patched(bytes, from, to, this.#patches);
  }

  copyBegin(target: CopyTarget, bytes: Buffer, from: number, to: number): void {
    const table = this.#plan.table(target.name);
    this.#table = table;
    const names = target.columns ?? table.columns ?? [];
    this.#columns = names.map((name) => table.column(name));
    if (this.#reader) this.#reader.wholeRows = table.byRow;
    this.counts.begin(table.name);
    if (table.byRow && names.length === 0 && table.columns === undefined)
      throw new DumpError({
        what: `the rows of ${table.name} do not name their columns, and its CREATE TABLE has not been seen`,
        offset: this.#reader?.offsetOf(from) ?? 0,
        fix: 'give the schema (input schema, from pg_dump --schema-only)',
      });
    this.#patches.clear();
    this.#definitions(bytes, from, to, false);
    if (table.writeTo !== undefined) this.#redirect(bytes, from, to, table.writeTo);
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
    const table = this.#table as TablePlan;
    if (table.rows === 'drop') return;
    this.#patches.clear();
    this.#candidates.begin(bytes, from, to);
    if (table.byRow) this.#eachRow(table, bytes, from, to);
    else this.#eachAddress(table, bytes, from, to);
    this.#out.patched(bytes, from, to, this.#patches);
  }

  piece(bytes: Buffer, from: number, to: number): number {
    if ((this.#table as TablePlan).rows === 'drop') return to;
    this.#longRow ??= new LongRow(
      this.#table as TablePlan,
      this.#columns,
      this.counts,
      this.#out,
      () => this.#reader?.offsetOf(from) ?? 0,
    );
    const end = this.#longRow.piece(bytes, from, to);
    if (bytes[end - 1] === newline) this.#longRow = undefined;
    return end;
  }

  copyEnd(bytes: Buffer, from: number, to: number): void {
    this.#out.copy(bytes, from, to);
    this.#table = undefined;
  }

  /** Where no rule is about whole values: from one at sign to the next. */
  #eachAddress(table: TablePlan, bytes: Buffer, from: number, to: number): void {
    const any = this.#unnamed();
    // Where neither column nor field matters, an ordinary address is seen from its at sign.
    const unnoted = !mayNoteLengths(bytes, from, to);
    this.#known = from;
    this.#knownColumn = 0;
    let at = this.#candidates.next(from);
    let simply = 0;
    while (at < to) {
      if (!mayBeAtSign(bytes, at, to)) {
        at = this.#candidates.next(at + 1);
        continue;
      }
      const addressStart = unnoted ? plainStart(bytes, at, from) : -1;
      const addressEnd = addressStart < 0 ? -1 : plainEnd(bytes, at, to);
      if (addressEnd >= 0) {
        const column = table.byColumn ? (this.#columns[this.#columnAt(bytes, addressStart)] ?? any) : any;
        if (column.quick && column.treatment === 'addresses') {
          const text = column.replace(bytes, addressStart, addressEnd, at, 1);
          if (text !== undefined) {
            this.#patches.add(addressStart, addressEnd, text);
            if (column === any) simply += 1;
            else this.counts.addColumn(table.name, column);
          }
          at = this.#candidates.next(addressEnd);
          continue;
        }
      }
      let start = at;
      // What has been patched already is not gone over again.
      const floor = this.#patchedUntil(from);
      while (start > floor && bytes[start - 1] !== tab && bytes[start - 1] !== newline) start -= 1;
      let end = at + 1;
      while (bytes[end] !== tab && bytes[end] !== newline) end += 1;
      const plan = (table.byColumn ? this.#columns[this.#columnAt(bytes, at)] : undefined) ?? any;
      if (plan.treatment !== 'keep')
        this.counts.addColumn(table.name, plan, patchAddresses(bytes, start, end, 'copy', plan, this.#patches));
      at = this.#candidates.next(end + 1);
    }
    this.counts.add(table.name, any.label, simply);
  }

  #patchedUntil(from: number): number {
    const { count, ends } = this.#patches;
    return count === 0 ? from : (ends[count - 1] as number);
  }

  /** The number of tabs before `start` in its row. It never goes back within a stretch of rows. */
  #columnAt(bytes: Buffer, start: number): number {
    const known = this.#known;
    let index = 0;
    let at = start;
    while (at > known && bytes[at - 1] !== newline) {
      at -= 1;
      if (bytes[at] === tab) index += 1;
    }
    if (at === known) index += this.#knownColumn;
    this.#known = start;
    this.#knownColumn = index;
    return index;
  }

  /** For a column that nobody has named. */
  #unnamed(): ColumnPlan {
    return (this.#table as TablePlan).column('');
  }

  #eachRow(table: TablePlan, bytes: Buffer, from: number, to: number): void {
    this.#rows.rewrite(table, this.#columns, bytes, from, to);
    // All of it has been written.
    this.#patches.add(from, to, nothing);
  }
}

const nothing = Buffer.alloc(0);
