/**
 * Reads what has been written, and tells where something stands that should not: by table, column and count, never the
 * value.
 */

import { Candidates } from '../emails/at-signs.ts';
import { textOf } from '../format/codec.ts';
import type { CopyTarget } from '../format/copy-statement.ts';
import type { DumpVisitor } from '../format/dump-reader.ts';
import { InsertValues, insertHead } from '../format/insert-statement.ts';
import { ByteScanner, rowBytes } from '../kernels/byte-scanner.ts';
import { fewestDigits, findNumbers, type NumberKind } from '../numbers/find-numbers.ts';
import type { LeakKind } from '../rules/file/rules-file.ts';
import { type ColumnPlan, definitionsPart, type Plan, type TablePlan } from '../rules/plan/plan.ts';
import { looksLikeAddress } from './remaining-emails.ts';
import { HashSample, longestValue, shortestValue, valueHash } from './value-hashes.ts';

export interface Leak {
  readonly kind: LeakKind;
  readonly table: string;
  /** Undefined where it stands in no column. */
  readonly column: string | undefined;
  readonly count: number;
}

export interface LeakCheckOptions {
  readonly plan: Plan;
  readonly kinds: ReadonlySet<LeakKind>;
  /** Whether all rows are searched for numbers, and not a part of those of large tables. */
  readonly thorough: boolean;
}

/** Bytes at the begin of a table that are searched whatever the size. */
const wholeBegin = 4 * 1024 * 1024;

/** Bytes at the end of a piece that are seen again: more than an address or a number takes. */
const pieceOverlap = 4096;

const tab = 0x09;
const newline = 0x0a;

export class LeakCheck implements DumpVisitor {
  readonly #options: LeakCheckOptions;
  readonly #found = new Map<string, { kind: LeakKind; table: string; column: string | undefined; count: number }>();
  readonly #candidates = new Candidates();
  readonly #replaced = new HashSample();
  readonly #standing = new HashSample();
  readonly #places: { table: string; column: string }[] = [];
  #table: TablePlan | undefined;
  #columns: readonly string[] = [];
  readonly #scanner = new ByteScanner(rowBytes);
  readonly #inserts = new InsertValues();
  readonly #placeByName = new Map<string, number>();
  /** Tabs of a long row before the piece that comes. */
  #tabs = 0;
  /** For each column whether its values are compared with those that were replaced: the number of its place, or -1. */
  #compared: readonly number[] = [];
  /** For each column whether numbers are looked for in it; what stands behind the last is of no column that is known. */
  #numbered: readonly boolean[] = [];
  readonly #numbers: boolean;
  /** Bytes of the table's rows so far, and stretches of all. */
  #seen = 0;
  #stretch = 0;

  constructor(options: LeakCheckOptions) {
    this.#options = options;
    this.#numbers = (['phones', 'ibans', 'cards'] as const).some((kind) => options.kinds.has(kind));
  }

  /** Notes a value that was replaced: its text as it was. */
  noteReplaced(text: Buffer, from: number, to: number): void {
    if (to - from < shortestValue || to - from > longestValue) return;
    this.#replaced.add(valueHash(text, from, to), 0);
  }

  statement(bytes: Buffer, from: number, to: number, code: number): void {
    if (insertHead(bytes, code, to) === undefined) {
      this.#code(bytes, from, to);
      return;
    }
    this.#code(bytes, from, code);
    this.#inserts.each(bytes, code, to, (name, columns, values) => this.#values(name, columns, values));
  }

  /** The values of a row of INSERT: by column, like those of COPY. */
  #values(name: string, names: readonly string[] | undefined, values: readonly Buffer[]): void {
    const { kinds, plan } = this.#options;
    const table = plan.table(name);
    const columns = names ?? table.allColumns ?? [];
    values.forEach((text, index) => {
      const column = columns[index];
      const own = table.column(column ?? '');
      const add = (kind: LeakKind): void => {
        if (kinds.has(kind)) this.#add(kind, table.name, column);
      };
      if (kinds.has('addresses') && mayLeak(own)) {
        this.#candidates.begin(text, 0, text.length);
        for (let at = this.#candidates.next(0); at < text.length; at = this.#candidates.next(at + 1))
          if (looksLikeAddress(text, at, 0, text.length)) add('addresses');
      }
      if (this.#numbers && this.#mayHoldNumbers(own)) findNumbers(text, 0, text.length, add);
      const compared = kinds.has('replaced-values') && typeof own.treatment === 'string' && own.holdsText;
      if (compared && column !== undefined && text.length >= shortestValue && text.length <= longestValue)
        this.#standing.add(valueHash(text, 0, text.length), this.#placeOf(name, column));
    });
  }

  #placeOf(table: string, column: string): number {
    const key = `${table} ${column}`;
    let place = this.#placeByName.get(key);
    if (place === undefined) {
      place = this.#places.push({ table, column }) - 1;
      this.#placeByName.set(key, place);
    }
    return place;
  }

  verbatim(bytes: Buffer, from: number, to: number): void {
    this.#code(bytes, from, to);
  }

  copyBegin(target: CopyTarget): void {
    this.#seen = 0;
    this.#table = this.#options.plan.table(target.name);
    this.#columns = target.columns ?? this.#table.columns ?? [];
    const compare = this.#options.kinds.has('replaced-values');
    this.#compared = this.#columns.map((column) => {
      const plan = (this.#table as TablePlan).column(column);
      if (!compare || typeof plan.treatment !== 'string' || !plan.holdsText) return -1;
      this.#places.push({ table: target.name, column });
      return this.#places.length - 1;
    });
    this.#numbered = this.#columns.map((column) => {
      const plan = (this.#table as TablePlan).column(column);
      return this.#numbers && this.#mayHoldNumbers(plan);
    });
  }

  #mayHoldNumbers(column: ColumnPlan): boolean {
    return column.holdsText && mayLeak(column);
  }

  rows(bytes: Buffer, from: number, to: number): void {
    this.#addresses(bytes, from, to);
    const due = this.#numbers && this.#isDue(to - from);
    const numbers = due && (this.#numbered.length === 0 || this.#numbered.includes(true));
    if (numbers || this.#compared.some((place) => place >= 0)) this.#fields(bytes, from, to, numbers);
  }

  /** Where numbers are only told of, the begin of each table and every eighth stretch of its rows are enough. */
  #isDue(length: number): boolean {
    this.#seen += length;
    this.#stretch += 1;
    return this.#options.thorough || this.#seen <= wholeBegin || this.#stretch % 8 === 0;
  }

  /** A piece of a long row; what could go on in the next one is looked at together with that. */
  piece(bytes: Buffer, from: number, to: number): number {
    const whole = bytes[to - 1] === newline;
    const end = whole ? to : Math.max(from + 1, to - pieceOverlap);
    const index = (position: number): number => {
      let tabs = this.#tabs;
      for (let at = from; at < position; at += 1) if (bytes[at] === tab) tabs += 1;
      return tabs;
    };
    const add = (kind: LeakKind, at: number): void => {
      const column = this.#columns[index(at)];
      const plan = column === undefined ? undefined : (this.#table as TablePlan).column(column);
      if (!this.#options.kinds.has(kind) || at >= end) return;
      if (plan && !(kind === 'addresses' ? mayLeak(plan) : this.#mayHoldNumbers(plan))) return;
      this.#add(kind, (this.#table as TablePlan).name, column);
    };
    if (this.#options.kinds.has('addresses')) {
      this.#candidates.begin(bytes, from, to);
      for (let at = this.#candidates.next(from); at < end; at = this.#candidates.next(at + 1))
        if (looksLikeAddress(bytes, at, from, to)) add('addresses', at);
    }
    if (this.#numbers) findNumbers(bytes, from, to, add);
    this.#tabs = whole ? 0 : index(end);
    return end;
  }

  copyEnd(): void {
    this.#table = undefined;
  }

  /** What was found, most first. */
  leaks(): readonly Leak[] {
    const all = [...this.#found.values()];
    const elsewhere = new Map<number, number>();
    for (const [hash, place] of this.#standing.entries())
      if (hash <= this.#replaced.limit && this.#replaced.has(hash))
        elsewhere.set(place, (elsewhere.get(place) ?? 0) + 1);
    for (const [index, count] of elsewhere) {
      const place = this.#places[index];
      if (place) all.push({ kind: 'replaced-values', ...place, count });
    }
    return all.toSorted((a, b) => b.count - a.count);
  }

  /** Whether all values were compared, and not a sample of them. */
  get comparedAll(): boolean {
    return this.#replaced.limit === Number.POSITIVE_INFINITY && this.#standing.limit === Number.POSITIVE_INFINITY;
  }

  #addresses(bytes: Buffer, from: number, to: number): void {
    if (!this.#options.kinds.has('addresses')) return;
    this.#candidates.begin(bytes, from, to);
    for (let at = this.#candidates.next(from); at < to; at = this.#candidates.next(at + 1))
      if (looksLikeAddress(bytes, at, from, to)) this.#note(bytes, from, at);
  }

  /** Looks into the fields of the columns that matter. */
  #fields(bytes: Buffer, from: number, to: number, numbers: boolean): void {
    const [compared, numbered, scanner] = [this.#compared, this.#numbered, this.#scanner];
    scanner.begin(bytes, from, to);
    let index = 0;
    let start = from;
    let escaped = false;
    for (let at = scanner.next(); at < to; at = scanner.next()) {
      const byte = bytes[at];
      if (byte !== tab && byte !== newline) {
        escaped = true;
        continue;
      }
      const length = at - start;
      if (length >= shortestValue) {
        if (numbers && numbered[index] !== false && length >= fewestDigits)
          this.#lookForNumbers(bytes, start, at, index, escaped);
        const place = compared[index] ?? -1;
        if (place >= 0 && length <= longestValue) this.#stands(bytes, start, at, escaped, place);
      }
      index = byte === newline ? 0 : index + 1;
      start = at + 1;
      escaped = false;
    }
  }

  #lookForNumbers(bytes: Buffer, start: number, end: number, index: number, escaped: boolean): void {
    const visit = (kind: NumberKind): void => {
      if (this.#options.kinds.has(kind)) this.#add(kind, (this.#table as TablePlan).name, this.#columns[index]);
    };
    // A line end before a number is written as a letter.
    const text = escaped ? textOf(bytes, start, end, 'copy') : bytes.subarray(start, end);
    findNumbers(text, 0, text.length, visit);
  }

  #stands(bytes: Buffer, start: number, end: number, escaped: boolean, place: number): void {
    if (escaped) {
      const text = textOf(bytes, start, end, 'copy');
      this.#standing.add(valueHash(text, 0, text.length), place);
    } else this.#standing.add(valueHash(bytes, start, end), place);
  }

  #code(bytes: Buffer, from: number, to: number): void {
    if (this.#options.kinds.has('addresses')) {
      this.#candidates.begin(bytes, from, to);
      for (let at = this.#candidates.next(from); at < to; at = this.#candidates.next(at + 1))
        if (looksLikeAddress(bytes, at, from, to)) this.#add('addresses', definitionsPart, undefined);
    }
  }

  /** Notes an address in a row. */
  #note(bytes: Buffer, from: number, position: number): void {
    let index = 0;
    for (let at = position; at > from && bytes[at - 1] !== newline; at -= 1) if (bytes[at - 1] === tab) index += 1;
    const table = this.#table as TablePlan;
    const column = this.#columns[index];
    const plan = column === undefined ? undefined : table.column(column);
    if (plan === undefined || mayLeak(plan)) this.#add('addresses', table.name, column);
  }

  #add(kind: LeakKind, table: string, column: string | undefined): void {
    const key = `${kind} ${table} ${column}`;
    const found = this.#found.get(key);
    if (found) found.count += 1;
    else this.#found.set(key, { kind, table, column, count: 1 });
  }
}

/** What a rule keeps, it keeps on purpose; what it has made up is no leak. Of JSON it knows parts. */
function mayLeak({ treatment, label }: ColumnPlan): boolean {
  return treatment === 'addresses' || label === 'json';
}
