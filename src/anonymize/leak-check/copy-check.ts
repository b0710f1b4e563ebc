/** Searches the rows of COPY for leaks. */
import { textOf } from '../format/codec.ts';
import { DumpError } from '../format/dump-error.ts';
import type { ByteScanner } from '../kernels/byte-scanner.ts';
import { fewestDigits, findNumbers, type VisitNumber } from '../numbers/find-numbers.ts';
import type { LeakKind } from '../rules/file/leak-kinds.ts';
import type { TablePlan } from '../rules/plan/plan.ts';
import { type CheckContext, isCompared, isLeak, mayLeakNumbers, noteNumbers } from './check-context.ts';
import { eachRemainingEmail } from './remaining-emails.ts';
import { longestValue, shortestValue } from './replaced-values.ts';
import { SearchedPart } from './searched-part.ts';

/** Bytes at the end of a piece that are seen again: more than an address or a number takes. */
const pieceOverlap = 4096;

const tab = 0x09;
const newline = 0x0a;

/** The check of one table. */
export class CopyCheck {
  readonly #context: CheckContext;
  readonly #table: TablePlan;
  readonly #columns: readonly string[];
  readonly #scanner: ByteScanner;
  /** Index of the last column that the statement names; -1 when it names none. */
  readonly #last: number;
  /** By column: its place among the columns that are compared; -1 when it is not. */
  readonly #places: readonly number[];
  readonly #comparesAny: boolean;
  /** By column: whether it is searched for numbers. So are fields after the last column that is known. */
  readonly #numbered: readonly boolean[];
  readonly #part: SearchedPart;
  /** By column: notes the numbers of its value, which is `#text`. */
  readonly #notes: VisitNumber[] = [];
  #text: Uint8Array = new Uint8Array(0);
  /** Tabs of a long row before the next piece. */
  #tabs = 0;

  /** @param scanner of rows */
  constructor(context: CheckContext, name: string, columns: readonly string[] | undefined, scanner: ByteScanner) {
    this.#context = context;
    this.#table = context.plan.table(name);
    this.#columns = columns ?? this.#table.columns ?? [];
    this.#last = (columns?.length ?? 0) - 1;
    this.#scanner = scanner;
    this.#part = new SearchedPart(context);
    const plans = this.#columns.map((column) => this.#table.column(column));
    const compare = context.kinds.has('replaced-values');
    this.#places = plans.map((plan) => (compare && isCompared(plan) ? context.values.placeOf(name, plan.name) : -1));
    this.#comparesAny = this.#places.some((place) => place >= 0);
    this.#numbered = plans.map((plan) => context.numbers && mayLeakNumbers(plan));
  }

  /** Searches whole rows. */
  rows(bytes: Buffer, from: number, to: number): void {
    this.#emails(bytes, from, to);
    const numbers = this.#part.isDue(to - from) && (this.#numbered.length === 0 || this.#numbered.includes(true));
    if (numbers || this.#comparesAny || this.#part.isBegin) this.#fields(bytes, from, to, numbers);
  }

  #emails(bytes: Buffer, from: number, to: number): void {
    const { kinds, signs } = this.#context;
    if (!kinds.has('emails')) return;
    const visit = (position: number, email: string): void => {
      let index = 0;
      for (let at = position; at > from && bytes[at - 1] !== newline; at -= 1) if (bytes[at - 1] === tab) index += 1;
      this.#addEmail(index, bytes, position, from, to, email);
    };
    eachRemainingEmail(signs, bytes, from, to, visit, true);
  }

  #addEmail(index: number, bytes: Buffer, at: number, from: number, to: number, email: string): void {
    const column = this.#columns[index];
    if (column === undefined || isLeak(this.#table.column(column), bytes, at, from, to, email))
      this.#add('emails', column, () => email);
  }

  #add(kind: LeakKind, column: string | undefined, text: () => string): void {
    const { findings, isAllowed } = this.#context;
    if (!isAllowed(kind, this.#table.name, column, text)) findings.add(kind, this.#table.name, column);
  }

  /** Searches the fields of the columns that matter. */
  #fields(bytes: Buffer, from: number, to: number, numbers: boolean): void {
    const [places, numbered, scanner] = [this.#places, this.#numbered, this.#scanner];
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
          this.#numbers(bytes, start, at, index, escaped);
        const place = places[index] ?? -1;
        // Nearly all escapes take two bytes.
        if (place >= 0 && length <= (escaped ? 2 * longestValue : longestValue))
          this.#standing(bytes, start, at, escaped, place);
      }
      if (byte === newline && index !== this.#last && this.#last >= 0) this.#refuseRow(index + 1);
      index = byte === newline ? 0 : index + 1;
      start = at + 1;
      escaped = false;
    }
  }

  /** The server would refuse the row, and all rows with it. */
  #refuseRow(fields: number): never {
    throw new DumpError({
      what: `a row of ${this.#table.name} has ${fields} fields, its COPY statement names ${this.#last + 1} columns`,
      likelyCause: 'another program wrote into the rows, such as with 2>&1, or the dump was damaged',
      fix: 'dump again, and send only standard output into the file (pg_dump --file=dump.sql)',
    });
  }

  #numbers(bytes: Buffer, start: number, end: number, index: number, escaped: boolean): void {
    // Decoded, since a line end before a number is written as a letter.
    this.#text = escaped ? textOf(bytes, start, end, 'copy') : bytes.subarray(start, end);
    this.#notes[index] ??= this.#noteOf(this.#columns[index]);
    findNumbers(this.#text, 0, this.#text.length, this.#notes[index]);
  }

  /** For all values of a column, since a function for each would be garbage. */
  #noteOf(column: string | undefined): VisitNumber {
    return (...number) => noteNumbers(this.#context, this.#table.name, column, this.#text)(...number);
  }

  #standing(bytes: Buffer, start: number, end: number, escaped: boolean, place: number): void {
    const { values } = this.#context;
    if (!escaped) {
      values.noteStanding(bytes, start, end, place);
      return;
    }
    const text = textOf(bytes, start, end, 'copy');
    values.noteStanding(text, 0, text.length, place);
  }

  /** Searches a piece of a long row. @returns how far it was used; the rest comes again with the next piece */
  piece(bytes: Buffer, from: number, to: number): number {
    const { kinds, numbers, signs } = this.#context;
    const isEnd = bytes[to - 1] === newline;
    const end = isEnd ? to : Math.max(from + 1, to - pieceOverlap);
    const columnAt = (position: number): number => {
      let tabs = this.#tabs;
      for (let at = from; at < position; at += 1) if (bytes[at] === tab) tabs += 1;
      return tabs;
    };
    const visitEmail = (at: number, email: string): void => {
      if (at < end) this.#addEmail(columnAt(at), bytes, at, from, to, email);
    };
    if (kinds.has('emails')) eachRemainingEmail(signs, bytes, from, to, visitEmail, true);
    const visit: VisitNumber = (kind, at, after, passes) => {
      if (at >= end) return;
      const index = columnAt(at);
      if (this.#numbered[index] === false) return;
      noteNumbers(this.#context, this.#table.name, this.#columns[index], bytes, from)(kind, at, after, passes);
    };
    if (numbers) findNumbers(bytes, from, to, visit);
    this.#tabs = isEnd ? 0 : columnAt(end);
    return end;
  }
}
