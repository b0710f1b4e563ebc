/**
 * Takes a plain dump apart while it streams by: statements, psql's own commands, and the rows of COPY. What a visitor
 * gets does not depend on where the chunks of the input end.
 */
import { type CopyTarget, copyTarget } from './copy-statement.ts';
import { DumpError } from './dump-error.ts';
import { commentEnd, StatementScan } from './statement-scanner.ts';

/** What is done with each part. Every byte of the dump is given to exactly one call, in order. */
export interface DumpVisitor {
  /** A statement with what stands before it (blanks, comments), up to its semicolon; `code` is where it begins. */
  statement(bytes: Buffer, from: number, to: number, code: number): void;
  /** A line that psql itself reads (`\restrict`), or what stands after the last statement. */
  verbatim(bytes: Buffer, from: number, to: number): void;
  /** The statement that begins the data; it ends with the line. */
  copyBegin(target: CopyTarget, bytes: Buffer, from: number, to: number): void;
  /** Whole rows, each with its line end. */
  rows(bytes: Buffer, from: number, to: number): void;
  /**
   * A piece of a row that is longer than can be held. @returns how far it was used; the rest comes again with what follows
   */
  piece(bytes: Buffer, from: number, to: number): number;
  /** The line `\.`. */
  copyEnd(bytes: Buffer, from: number, to: number): void;
}

/** Bytes of a row from which on it is given in pieces. */
export const pieceSize = 4 * 1024 * 1024;
/** Bytes of the longest statement, and of the longest row of a table whose rows must be seen whole. */
export const unitLimit = 32 * 1024 * 1024;

/** psql's commands that a dump may hold: they name no program and no file. */
const allowedCommands = /^\\(restrict|unrestrict|connect|encoding|c)\b/;
/** Encodings in which the second byte of a character may look like `@` or a backslash (PostgreSQL manual, 24.3). */
const unsafeEncodings = /^(SJIS|SHIFT_JIS_2004|BIG5|GBK|UHC|GB18030|JOHAB)$/i;

const newline = 0x0a;
const backslash = 0x5c;
/** The last words of pg_dump. */
export const footer = '-- PostgreSQL database dump complete';

export interface ReaderOptions {
  /** Whether a dump without pg_dump's last line is refused: it is the only sign that nothing was cut off. */
  readonly requireFooter: boolean;
}

/** Bytes read ahead: the first buffer, and what it grows to with the dump. */
const [smallBuffer, usualBuffer] = [64 * 1024, 4 * 1024 * 1024];

export class DumpReader {
  readonly #visitor: DumpVisitor;
  readonly #options: ReaderOptions;
  readonly #scan = new StatementScan();
  #work = Buffer.allocUnsafe(smallBuffer);
  /** Begin of what has not been given away yet. */
  #from = 0;
  #to = 0;
  /** Where the scan of the statement at `#from` goes on. */
  #scanned = 0;
  /** Bytes before the begin of `#work`. */
  #offset = 0;
  #state: 'sql' | 'rows' | 'row-rest' = 'sql';
  #target: CopyTarget | undefined;
  #footerSeen = false;
  /** Set by a visitor that has to see each row of the table whole. */
  wholeRows = false;

  constructor(visitor: DumpVisitor, options: ReaderOptions) {
    this.#visitor = visitor;
    this.#options = options;
  }

  /** Bytes of SQL before this position of the buffer given to the visitor. */
  offsetOf(position: number): number {
    return this.#offset + position;
  }

  push(chunk: Uint8Array): void {
    this.#append(chunk);
    this.#run(false);
  }

  /** @throws DumpError when the dump was cut off */
  end(): void {
    this.#run(true);
    if (this.#state !== 'sql')
      throw this.#error(`the dump ends in the middle of the rows of ${this.#target?.name}`, this.#to);
    const rest = this.#scan.inside;
    if (this.#to > this.#from) {
      if (rest !== undefined && rest !== 'line-comment')
        throw this.#error(`the dump ends in the middle of a ${rest.replace('-', ' ')}`, this.#to);
      this.#noteFooter(this.#from, this.#to);
      this.#visitor.verbatim(this.#work, this.#from, this.#to);
    }
    if (this.#options.requireFooter && !this.#footerSeen)
      throw this.#error(`the dump does not have its last line ("${footer}")`, this.#to);
  }

  #error(what: string, position: number): DumpError {
    return new DumpError({
      what,
      offset: this.#offset + position,
      likelyCause: 'the dump was cut off: pg_dump or the copy of it did not end',
      fix: 'take the dump again; a file that pg_dump did not write can be read with footer: optional',
    });
  }

  #append(chunk: Uint8Array): void {
    if (this.#to + chunk.length > this.#work.length) {
      const kept = this.#to - this.#from;
      let size = this.#work.length;
      if (size < usualBuffer) size *= 2;
      if (kept + chunk.length > size) size = 2 * (kept + chunk.length);
      const next = size === this.#work.length ? this.#work : Buffer.allocUnsafe(size);
      this.#work.copy(next, 0, this.#from, this.#to);
      this.#work = next;
      this.#offset += this.#from;
      this.#scanned -= this.#from;
      this.#from = 0;
      this.#to = kept;
    }
    this.#work.set(chunk, this.#to);
    this.#to += chunk.length;
  }

  #run(final: boolean): void {
    while (this.#from < this.#to) {
      const before = this.#from;
      const state = this.#state;
      if (state === 'sql') this.#sql(final);
      else this.#rows(final);
      if (this.#from === before && this.#state === state) {
        if (this.#to - this.#from > unitLimit)
          throw new DumpError({
            what: `${this.#state === 'sql' ? 'a statement' : `a row of ${this.#target?.name}`} is longer than ${unitLimit / 1024 / 1024} MiB`,
            offset: this.#offset + this.#from,
            fix: 'dump the table with COPY, one row an INSERT, or without rules for this table',
          });
        return;
      }
    }
  }

  /** Moves on by one statement, one line of psql's, or not at all when more bytes are needed. */
  #sql(final: boolean): void {
    const position = Math.max(this.#scanned, this.#from);
    const { at, complete } = this.#scan.advance(this.#work, position, this.#to, final);
    this.#scanned = at;
    if (complete) this.#statement(at);
    else if (at < this.#to && this.#work[at] === backslash && this.#scan.inCode) this.#command(at, final);
  }

  /** A backslash where a statement could begin is for psql, up to the end of its line. */
  #command(code: number, final: boolean): void {
    const end = this.#work.indexOf(newline, code);
    const whole = end >= 0 && end < this.#to;
    if (!whole && !final) return;
    const to = whole ? end + 1 : this.#to;
    const line = this.#work.toString('latin1', code, to).trimEnd();
    if (!allowedCommands.test(line) || this.#scan.begun)
      throw new DumpError({
        what: `the dump holds the psql command ${line.slice(0, 40)}`,
        offset: this.#offset + code,
        likelyCause: 'it was not written by pg_dump, which only uses \\restrict, \\unrestrict and \\connect',
        fix: 'remove the line if you trust where the file comes from',
      });
    this.#noteFooter(this.#from, code);
    this.#visitor.verbatim(this.#work, this.#from, to);
    this.#next(to);
  }

  #statement(end: number): void {
    const work = this.#work;
    const code = codeBegin(work, this.#from, end);
    // What comes behind a footer begins another dump, which has to have its own.
    this.#footerSeen = false;
    const first = (work[code] as number) | 0x20;
    if (first === 0x73) this.#noteSetting(code, end);
    const target = first === 0x63 ? copyTarget(work, code, end, this.#offset + code) : undefined;
    if (target === undefined) {
      this.#visitor.statement(work, this.#from, end, code);
      this.#next(end);
      return;
    }
    // The rows begin after the line of the statement.
    const line = work.indexOf(newline, end);
    if (line >= 0 && line < this.#to) {
      this.#begin(target, line + 1);
      return;
    }
    // The line is not complete: the statement is read once more when it is.
    this.#scan.reset();
    this.#scanned = this.#from;
  }

  #begin(target: CopyTarget, rows: number): void {
    this.wholeRows = false;
    this.#target = target;
    this.#visitor.copyBegin(target, this.#work, this.#from, rows);
    this.#next(rows);
    this.#state = 'rows';
  }

  #next(from: number): void {
    this.#from = from;
    this.#scanned = from;
    this.#scan.reset();
  }

  #rows(final: boolean): void {
    const work = this.#work;
    const from = this.#from;
    if (this.#state === 'rows' && work[from] === backslash && from + 1 >= this.#to && !final) return;
    if (this.#state === 'rows' && work[from] === backslash && work[from + 1] === 0x2e && this.#endOfRows(from, final))
      return;
    if (this.#state === 'rows' && work[from] === backslash && work[from + 1] === 0x2e && !final && from + 4 > this.#to)
      return;
    // The line `\.` ends the rows; in a row it would be written `\\.`.
    const marker = work.subarray(0, this.#to).indexOf('\n\\.', from);
    const last = marker >= 0 ? marker : work.lastIndexOf(newline, this.#to - 1);
    if (last >= from) {
      if (this.#state === 'row-rest') this.#piece(from, work.indexOf(newline, from) + 1);
      else {
        this.#visitor.rows(work, from, last + 1);
        this.#from = last + 1;
      }
      return;
    }
    if (!this.wholeRows && this.#to - from >= pieceSize) this.#piece(from, this.#to);
  }

  #piece(from: number, to: number): void {
    const end = this.#visitor.piece(this.#work, from, Math.min(to, from + pieceSize));
    this.#from = end;
    // A line end in a row would be escaped: this one is the row's own.
    this.#state = this.#work[end - 1] === newline ? 'rows' : 'row-rest';
  }

  /** Whether the line `\.` stands here, whole. */
  #endOfRows(from: number, final: boolean): boolean {
    const end = this.#work.indexOf(newline, from);
    const to = end >= 0 && end < this.#to ? end + 1 : final ? this.#to : -1;
    if (to < 0) return false;
    if (this.#work.toString('latin1', from, to).trimEnd() !== '\\.')
      throw new DumpError({
        what: `a row of ${this.#target?.name} begins with \\. and goes on`,
        offset: this.#offset + from,
      });
    this.#visitor.copyEnd(this.#work, from, to);
    this.#state = 'sql';
    this.#target = undefined;
    this.#next(to);
    return true;
  }

  #noteFooter(from: number, to: number): void {
    if (!this.#footerSeen) this.#footerSeen = this.#work.toString('latin1', from, to).includes(footer);
  }

  #noteSetting(from: number, end: number): void {
    const text = this.#work.toString('latin1', from, Math.min(end, from + 200));
    const strings = /^set\s+standard_conforming_strings\s*(?:=|to)\s*'?(\w+)/i.exec(text);
    if (strings) this.#scan.backslashes = /^(off|false|no|0)$/i.test(strings[1] ?? '');
    const encoding = /^set\s+client_encoding\s*(?:=|to)\s*'?([\w-]+)/i.exec(text)?.[1];
    if (encoding !== undefined && unsafeEncodings.test(encoding))
      throw new DumpError({
        what: `the dump is written in ${encoding}, in which a byte that looks like "@" may be half of a character`,
        offset: this.#offset + from,
        fix: 'dump with --encoding=UTF8',
      });
  }

  /** Whether plain strings are escaped with backslashes in this dump. */
  get backslashStrings(): boolean {
    return this.#scan.backslashes;
  }
}

/** Where the first statement's code begins, after blanks and comments. */
export function codeBegin(bytes: Buffer, from: number, to: number): number {
  let at = from;
  for (;;) {
    while (at < to && (bytes[at] as number) <= 0x20) at += 1;
    if (bytes[at] === 0x2d && bytes[at + 1] === 0x2d) {
      const end = bytes.indexOf(newline, at);
      if (end < 0 || end >= to) return to;
      at = end + 1;
    } else if (bytes[at] === 0x2f && bytes[at + 1] === 0x2a) at = commentEnd(bytes, at, to);
    else return at;
  }
}
