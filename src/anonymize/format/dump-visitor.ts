/**
 * What a reader of dumps calls for each part. Every byte of the dump is given to exactly one call, in order, but for what other
 * programs wrote before or behind it.
 */
import type { CopyTarget } from './copy-statement.ts';
import type { Dialect } from './dialect.ts';
import type { VisitLiteral } from './literals.ts';
import type { RowsTarget } from './mysql/insert-head.ts';
import type { RowBatch } from './mysql/rows.ts';
import type { NameScope } from './name-scope.ts';

export interface DumpVisitor {
  /** Called first: the product that wrote the dump. @param reader that calls this visitor */
  begin?(dialect: Dialect, reader: ReaderState): void;
  /** A statement with the blanks and comments before it, up to its semicolon. @param code where the statement itself starts */
  statement(bytes: Buffer, from: number, to: number, code: number): void;
  /** A line for psql itself (`\restrict`), or whatever follows the last statement. */
  verbatim(bytes: Buffer, from: number, to: number): void;
  /** The statement before a table's rows, to the end of its line. */
  copyBegin(target: CopyTarget, bytes: Buffer, from: number, to: number): void;
  /** Whole rows, each with its line end. */
  rows(bytes: Buffer, from: number, to: number): void;
  /** A piece of a row too long to be held. @returns how far it was used; the bytes after that come again */
  piece(bytes: Buffer, from: number, to: number): number;
  /** The line `\.` after the rows. */
  copyEnd(bytes: Buffer, from: number, to: number): void;
  /** Called for the INSERT statements of MySQL and MariaDB; a visitor without it does not see them. */
  readonly inserts?: InsertVisitor | undefined;
}

/** What is called for an INSERT of MySQL, whose rows come one batch after the other. */
export interface InsertVisitor {
  /** The statement with the blanks and comments before it, up to VALUES. @param code where the statement itself starts */
  begin(target: RowsTarget, bytes: Buffer, from: number, to: number, code: number): void;
  /** Whole rows of it. The batch is valid until the call returns. */
  rows(batch: RowBatch): void;
  /** What follows the rows, up to the delimiter. */
  end(bytes: Buffer, from: number, to: number): void;
}

/** What a visitor may ask of the reader that calls it, and set in it. */
export interface ReaderState {
  /** Bytes of SQL before this position of the buffer that the visitor was given. */
  offsetOf(position: number): number;
  readonly dialect: Dialect;
  /** What names mean in the statement that the visitor was given. */
  readonly scope: NameScope;
  /** The full name of the table that a statement names so, which depends on the search path and the database. */
  fullName(name: string): string;
  /** Visits every literal of a statement, a name or a comment in it too. */
  eachLiteral(bytes: Buffer, from: number, to: number, visit: VisitLiteral): void;
  /** Whether plain strings of this dump are escaped with backslashes. */
  readonly backslashStrings: boolean;
  /** Set by a visitor that needs each row of the current table whole. */
  wholeRows: boolean;
}

/** A visitor that uses nothing: a base for those that need a few parts only. */
export class IgnoringVisitor implements DumpVisitor {
  begin(_dialect: Dialect, _reader: ReaderState): void {}
  statement(_bytes: Buffer, _from: number, _to: number, _code: number): void {}
  verbatim(_bytes: Buffer, _from: number, _to: number): void {}
  copyBegin(_target: CopyTarget, _bytes: Buffer, _from: number, _to: number): void {}
  rows(_bytes: Buffer, _from: number, _to: number): void {}
  piece(_bytes: Buffer, _from: number, to: number): number {
    return to;
  }
  copyEnd(_bytes: Buffer, _from: number, _to: number): void {}
}
