/** Reads the dumps of MySQL and MariaDB: statements, the client's DELIMITER, and the rows of INSERT, a batch after the other. */
import { mysql } from '../dialect.ts';
import { DumpError } from '../dump-error.ts';
import type { DumpVisitor, ReaderState } from '../dump-visitor.ts';
import type { VisitLiteral } from '../literals.ts';
import { serverScope } from '../name-scope.ts';
import { placeOf } from '../place.ts';
import { SqlReader } from '../sql-reader.ts';
import { type RowsTarget, rowsTarget } from './insert-head.ts';
import { eachMysqlLiteral } from './literals.ts';
import { mayMislead, SqlModes } from './modes.ts';
import { usedDatabase } from './names.ts';
import { RowSplitter } from './rows.ts';
import { MysqlScanner } from './scanner.ts';

/** Bytes of a SET statement that are read. */
const settingLength = 4000;
/** By how much the bytes must have grown before a long row is read again from its beginning. */
const retryGrowth = 1.5;
/** Characters of a statement that show what it is about. */
const statementLength = 200;

/** Statements about accounts, which hold the hashes of their passwords. */
const accounts = /^(create\s+(or\s+replace\s+)?user|alter\s+user|grant|set\s+password)\b/i;

export class MysqlReader extends SqlReader implements ReaderState {
  readonly #scanner = new MysqlScanner();
  readonly #modes = new SqlModes();
  readonly #splitter = new RowSplitter();
  /** `tail`: what follows the rows of an INSERT. */
  #state: 'sql' | 'rows' | 'tail' = 'sql';
  #target: RowsTarget | undefined;
  /** The beginning of the last INSERT, which most of those after it repeat. */
  #head = Buffer.alloc(0);
  /** Whether the next row is the statement's first. */
  #first = true;
  /** Bytes that must have arrived before the row that is not complete is read again. */
  #retryAt = 0;
  /** Canonical name of the current database; empty when the dump names none. */
  #database = '';
  wholeRows = true;

  constructor(visitor: DumpVisitor) {
    super(mysql, visitor);
  }

  /** MySQL has one level of names, which the reader resolves itself. */
  readonly scope = serverScope;

  fullName(name: string): string {
    return name;
  }

  get backslashStrings(): boolean {
    return this.#modes.forms.backslashes;
  }

  eachLiteral(bytes: Buffer, from: number, to: number, visit: VisitLiteral): void {
    eachMysqlLiteral(bytes, from, to, this.#modes.forms, visit);
  }

  protected get unfinished(): string | undefined {
    return this.#state === 'sql' ? undefined : `the rows of ${this.#target?.table}`;
  }

  protected get unit(): string {
    return this.#state === 'rows' ? `a row of ${this.#target?.table}` : 'a statement';
  }

  protected get inside(): string | undefined {
    return this.#scanner.inside;
  }

  protected resetScan(): void {
    this.#scanner.next();
  }

  protected advance(final: boolean): boolean {
    const state = this.#state;
    if (state === 'rows') this.#rows(final);
    else this.#sql(final);
    return this.#state !== state;
  }

  #sql(final: boolean): void {
    const { bytes, from, to } = this.input;
    const at = this.#scanner.advance(bytes, Math.max(this.scanned, from), to, final);
    this.scanned = at;
    switch (this.#scanner.stop) {
      case 'end':
        if (this.#state === 'tail') this.#insertEnd(at);
        else this.#statement(at);
        break;
      case 'rows':
        this.#beginRows(at);
        break;
      case 'command':
        this.#delimiter(at, final);
        break;
      case 'backslash':
        throw this.#clientCommand(at);
      default:
    }
  }

  #statement(end: number): void {
    const { bytes, from } = this.input;
    const code = mysql.codeBegin(bytes, from, end);
    this.ending.comments(bytes, from, code);
    this.checkCommand(code, end);
    this.ending.statement(bytes, code, end);
    this.#checkCharacters(code, end);
    this.#note(bytes, code, end);
    this.visitor.statement(bytes, from, end, code);
    this.next(end);
  }

  /** Reads what a statement says about those after it. */
  #note(bytes: Buffer, code: number, end: number): void {
    const first = (bytes[code] as number) | 0x20;
    const begin = bytes.toString('latin1', code, Math.min(end, code + statementLength));
    if (accounts.test(begin)) throw this.#accounts(code);
    if (first === 0x73) this.#noteSetting(code, end);
    else if (first === 0x75) {
      const database = usedDatabase(
        bytes.toString('utf8', code, Math.min(end, code + statementLength)),
        this.#modes.forms,
      );
      if (database === 'mysql') throw this.#accounts(code);
      this.#database = database ?? this.#database;
      // The same words mean another table now.
      this.#head = Buffer.alloc(0);
    } else if (first === 0x69 || first === 0x72) {
      if (/^(insert|replace)\b/i.test(begin)) throw this.#unknownInsert(code);
    }
  }

  #noteSetting(from: number, end: number): void {
    const statement = this.input.bytes.toString('latin1', from, Math.min(end, from + settingLength));
    this.#modes.read(statement);
    this.#scanner.backslashes = this.#modes.forms.backslashes;
    this.#scanner.ansiQuotes = this.#modes.forms.ansiQuotes;
    this.#scanner.multibyte = this.#modes.unsafeCharset;
  }

  /** The tools write the text of a routine, a trigger, an event or a view in the character set of the client that made it. */
  #checkCharacters(code: number, end: number): void {
    const charset = this.#modes.unsafeCharset;
    const { bytes } = this.input;
    if (charset === undefined || !mayMislead(bytes, code, end, charset)) return;
    const begin = bytes.toString('latin1', code, Math.min(end, code + statementLength));
    throw new DumpError({
      what: `a statement is written in ${charset}, and has a character whose second byte looks like "@", a backslash or a backquote: ${placeOf(begin)}`,
      offset: this.offsetOf(code),
      likelyCause: `the object was made by a client in ${charset}`,
      fix: 'make it again by a client in utf8mb4 (SET NAMES utf8mb4)',
    });
  }

  #unsafeRows(code: number): DumpError {
    return new DumpError({
      what: `rows are written in ${this.#modes.unsafeCharset}, in which a byte that looks like "@" or a backslash may be half of a character`,
      offset: this.offsetOf(code),
      fix: 'dump with --default-character-set=utf8mb4',
    });
  }

  /** A statement up to VALUES. */
  #beginRows(at: number): void {
    const { bytes, from } = this.input;
    const code = mysql.codeBegin(bytes, from, at);
    this.ending.comments(bytes, from, code);
    this.ending.statement(bytes, code, at);
    if (this.#modes.unsafeCharset !== undefined) throw this.#unsafeRows(code);
    this.#target = this.#targetOf(bytes, code, at);
    if (/^mysql\./.test(this.#target.table)) throw this.#accounts(code);
    this.visitor.inserts?.begin(this.#target, bytes, from, at, code);
    this.next(at);
    this.#state = 'rows';
    this.#first = true;
    this.#retryAt = 0;
  }

  #targetOf(bytes: Buffer, code: number, at: number): RowsTarget {
    const known = this.#head;
    if (this.#target && known.length === at - code && bytes.compare(known, 0, known.length, code, at) === 0)
      return this.#target;
    const target = rowsTarget(bytes.toString('utf8', code, at), this.#database, this.#modes.forms);
    if (target === undefined) throw this.#unknownInsert(code);
    this.#head = Buffer.from(bytes.subarray(code, at));
    return target;
  }

  #rows(final: boolean): void {
    const { input } = this;
    // A long row is not read again for each chunk of it.
    if (input.length < this.#retryAt && !final) return;
    const splitter = this.#splitter;
    const { batch } = splitter;
    splitter.split(input.bytes, input.from, input.to, this.#first, this.#modes.forms);
    if (batch.rows > 0) {
      this.#first = false;
      this.#retryAt = 0;
      this.visitor.inserts?.rows(batch);
      this.next(batch.to);
    } else this.#retryAt = Math.min(input.length * retryGrowth, this.dialect.longestUnit);
    if (splitter.outcome === 'wrong' || splitter.outcome === 'width') throw this.#wrongRow(splitter);
    if (splitter.outcome === 'end') {
      this.#state = 'tail';
      this.#scanner.reset(true);
    }
  }

  #insertEnd(end: number): void {
    const { bytes, from } = this.input;
    this.visitor.inserts?.end(bytes, from, end);
    this.#state = 'sql';
    this.next(end);
  }

  /** `DELIMITER ;;`, up to the end of its line. */
  #delimiter(at: number, final: boolean): void {
    const { bytes, from } = this.input;
    const end = this.lineEnd(at, final);
    if (end < 0) return;
    const [, delimiter] = /^delimiter\s+(\S+)/i.exec(bytes.toString('latin1', at, end)) ?? [];
    if (delimiter === undefined)
      throw new DumpError({ what: 'the dump has a line DELIMITER without a delimiter', offset: this.offsetOf(at) });
    this.#scanner.delimiter = delimiter;
    this.ending.comments(bytes, from, at);
    this.visitor.verbatim(bytes, from, end);
    this.next(end);
  }

  #clientCommand(at: number): DumpError {
    const { bytes } = this.input;
    return new DumpError({
      what: `the dump holds the client's command ${JSON.stringify(bytes.toString('latin1', at, at + 2))}`,
      offset: this.offsetOf(at),
      likelyCause: 'mysqldump did not write it; or strings are not written as the dump says (sql_mode)',
      fix: 'remove the line if you trust the origin of the file',
    });
  }

  #unknownInsert(code: number): DumpError {
    return new DumpError({
      what: 'an INSERT or REPLACE is not in the form that dump programs write: rows after VALUES',
      offset: this.offsetOf(code),
      likelyCause: 'a person or another program wrote it (INSERT … SET, INSERT … SELECT)',
      fix: 'restore the file, and dump the database with mysqldump',
    });
  }

  #accounts(code: number): DumpError {
    return new DumpError({
      what: "the dump holds the server's accounts, with the hashes of their passwords",
      offset: this.offsetOf(code),
      likelyCause: 'mysqldump --all-databases writes the database mysql, mariadb-dump --system=users the accounts',
      fix: 'dump the databases by name: mysqldump --databases NAME NAME',
    });
  }

  #wrongRow({ outcome, at, batch }: RowSplitter): DumpError {
    const name = this.#target?.table;
    return new DumpError({
      what:
        outcome === 'width'
          ? `a row of ${name} has another number of values than the rows before it (${batch.width})`
          : `what follows VALUES or a comma in an INSERT into ${name} is not a row in parentheses`,
      offset: this.offsetOf(at),
      likelyCause: 'the dump is damaged, or strings are not written as it says (sql_mode)',
    });
  }
}
