/** Reads the dumps of PostgreSQL: statements, commands for psql, and the rows of COPY. */
import { type CopyTarget, copyTarget } from './copy-statement.ts';
import { postgresql } from './dialect.ts';
import { DumpError } from './dump-error.ts';
import type { DumpVisitor, ReaderState } from './dump-visitor.ts';
import { eachLiteral, type VisitLiteral } from './literals.ts';
import { createdName, type NameScope, possibleNames } from './name-scope.ts';
import { Session } from './session.ts';
import { backslashesOf, unsafeEncodingOf } from './session-settings.ts';
import { SqlReader } from './sql-reader.ts';
import { StatementScanner } from './statement-scanner.ts';

/** A longer row, in bytes, is given in pieces. */
const pieceSize = 4 * 1024 * 1024;
/** Bytes of a SET statement that are read. */
const settingLength = 4000;

/** The psql commands that a dump may hold: they name no program and no file. */
const allowedCommands = /^\\(restrict|unrestrict|connect|encoding|c)\b/;

/** First letters, in lower case, of SET, SELECT, RESET, ROLLBACK, DISCARD, COMMIT, END and ABORT. */
const mayChangeSession = Uint8Array.from({ length: 256 }, (_, byte) =>
  'srdcea'.includes(String.fromCharCode(byte)) ? 1 : 0,
);

const newline = 0x0a;
const dot = 0x2e;
const backslash = 0x5c;

export interface PostgresOptions {
  /** Whether the dump is one of a whole server (pg_dumpall). */
  readonly cluster: boolean;
  readonly knows?: ((name: string) => boolean) | undefined;
}

export class PostgresReader extends SqlReader implements ReaderState {
  readonly #scanner = new StatementScanner();
  /** `long-row`: inside a row that is given in pieces. */
  #state: 'sql' | 'rows' | 'long-row' = 'sql';
  #target: CopyTarget | undefined;
  readonly #session: Session;
  readonly #knows: (name: string) => boolean;
  wholeRows = false;

  constructor(visitor: DumpVisitor, { cluster, knows = () => false }: PostgresOptions) {
    super(postgresql, visitor);
    this.#session = new Session(cluster);
    this.#knows = knows;
    this.ending.cluster = cluster;
  }

  get scope(): NameScope {
    return this.#session.scope;
  }

  fullName(name: string): string {
    const { scope } = this;
    // So it is in every INSERT of most dumps.
    if (scope.database === '' && name.includes('.') && this.#knows(name)) return name;
    return possibleNames(name, scope).find(this.#knows) ?? createdName(name, scope);
  }

  get backslashStrings(): boolean {
    return this.#scanner.backslashes;
  }

  eachLiteral(bytes: Buffer, from: number, to: number, visit: VisitLiteral): void {
    eachLiteral(bytes, from, to, this.#scanner.backslashes, visit);
  }

  protected get unfinished(): string | undefined {
    return this.#state === 'sql' ? undefined : `the rows of ${this.#target?.name}`;
  }

  protected get unit(): string {
    return this.#state === 'sql' ? 'a statement' : `a row of ${this.#target?.name}`;
  }

  protected get inside(): string | undefined {
    return this.#scanner.inside;
  }

  protected resetScan(): void {
    this.#scanner.reset();
  }

  protected advance(final: boolean): boolean {
    const state = this.#state;
    if (state === 'sql') this.#sql(final);
    else this.#rows(final);
    return this.#state !== state;
  }

  /** Advances by one statement or one line for psql; not at all when more bytes are needed. */
  #sql(final: boolean): void {
    const { bytes, from, to } = this.input;
    const { at, complete } = this.#scanner.advance(bytes, Math.max(this.scanned, from), to, final);
    this.scanned = at;
    if (complete) this.#statement(at);
    else if (at < to && bytes[at] === backslash && this.#scanner.inCode) this.#command(at, final);
  }

  /** A backslash where a statement could start: a command for psql, up to the end of its line. */
  #command(code: number, final: boolean): void {
    const { bytes, from } = this.input;
    const end = this.lineEnd(code, final);
    if (end < 0) return;
    const line = bytes.toString('latin1', code, end).trimEnd();
    if (this.#scanner.begun) this.checkCommand(from, code);
    if (!allowedCommands.test(line) || this.#scanner.begun)
      throw new DumpError({
        what: `the dump holds the psql command ${line.slice(0, 40)}`,
        offset: this.offsetOf(code),
        likelyCause: 'pg_dump did not write it: pg_dump uses only \\restrict, \\unrestrict and \\connect',
        fix: 'remove the line if you trust the origin of the file',
      });
    this.ending.comments(bytes, from, code);
    this.#session.command(bytes.toString('utf8', code, end).trimEnd());
    this.visitor.verbatim(bytes, from, end);
    this.next(end);
  }

  #statement(end: number): void {
    const { bytes, from } = this.input;
    const code = this.dialect.codeBegin(bytes, from, end);
    this.ending.comments(bytes, from, code);
    this.checkCommand(code, end);
    this.ending.statement(bytes, code, end);
    const first = (bytes[code] as number) | 0x20;
    if (mayChangeSession[first] === 1) this.#noteSetting(code, end);
    const target = first === 0x63 ? copyTarget(bytes, code, end, this.offsetOf(code)) : undefined;
    if (target === undefined) {
      this.visitor.statement(bytes, from, end, code);
      this.next(end);
      return;
    }
    // The rows start on the next line.
    const rows = this.lineEnd(end, false);
    if (rows >= 0) this.#beginRows(target, rows);
    else {
      // The statement is read again when its line is complete.
      this.#scanner.reset();
      this.scanned = from;
    }
  }

  #beginRows(target: CopyTarget, rows: number): void {
    this.wholeRows = false;
    this.#target = { ...target, name: this.fullName(target.name) };
    this.visitor.copyBegin(this.#target, this.input.bytes, this.input.from, rows);
    this.next(rows);
    this.#state = 'rows';
  }

  #rows(final: boolean): void {
    const { bytes, from, to } = this.input;
    if (this.#state === 'rows' && bytes[from] === backslash && this.#atEndOfRows(final)) return;
    // The line `\.` ends the rows; inside a row it would be written `\\.`.
    const marker = bytes.subarray(0, to).indexOf('\n\\.', from);
    const last = marker >= 0 ? marker : bytes.lastIndexOf(newline, to - 1);
    if (last >= from) {
      if (this.#state === 'long-row') this.#piece(from, bytes.indexOf(newline, from) + 1);
      else {
        this.visitor.rows(bytes, from, last + 1);
        this.input.from = last + 1;
      }
    } else if (!this.wholeRows && to - from >= pieceSize) this.#piece(from, to);
  }

  #piece(from: number, to: number): void {
    const { bytes } = this.input;
    const end = this.visitor.piece(bytes, from, Math.min(to, from + pieceSize));
    this.input.from = end;
    // A line end inside a row would be escaped, so this one ends the row.
    this.#state = bytes[end - 1] === newline ? 'rows' : 'long-row';
  }

  /** Reads the line `\.` if it is here. @returns whether it does, or may do so once more bytes have arrived */
  #atEndOfRows(final: boolean): boolean {
    const { bytes, from, to } = this.input;
    if (from + 1 >= to) return !final;
    if (bytes[from + 1] !== dot) return false;
    const end = this.lineEnd(from, final);
    if (end < 0) return !final && from + 4 > to;
    if (bytes.toString('latin1', from, end).trimEnd() !== '\\.')
      throw new DumpError({
        what: `a row of ${this.#target?.name} starts with \\. and goes on`,
        offset: this.offsetOf(from),
      });
    this.visitor.copyEnd(bytes, from, end);
    this.#state = 'sql';
    this.#target = undefined;
    this.next(end);
    return true;
  }

  #noteSetting(from: number, end: number): void {
    const statement = this.input.bytes.toString('utf8', from, Math.min(end, from + settingLength));
    this.#session.statement(statement);
    this.#scanner.backslashes = backslashesOf(statement) ?? this.#scanner.backslashes;
    const encoding = unsafeEncodingOf(statement);
    if (encoding !== undefined)
      throw new DumpError({
        what: `the dump is written in ${encoding}, in which a byte that looks like "@" may be half of a character`,
        offset: this.offsetOf(from),
        fix: 'dump with --encoding=UTF8',
      });
  }
}
