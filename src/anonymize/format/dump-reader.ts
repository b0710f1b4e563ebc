/**
 * Splits a plain dump into statements, commands for psql, and the rows of COPY while it streams by. The visitor's calls do
 * not depend on where the chunks of the input end.
 */
import { SlidingBuffer } from '../bytes/sliding-buffer.ts';
import { type CopyTarget, copyTarget } from './copy-statement.ts';
import { DumpError } from './dump-error.ts';
import type { DumpVisitor, ReaderState } from './dump-visitor.ts';
import { Ending, footer, lastWords } from './input/ending.ts';
import { headSize, inspectHead, notSql } from './input/head.ts';
import { LineEnds } from './input/line-ends.ts';
import { quoted } from './input/noise.ts';
import { startsWithCommand } from './input/sql-commands.ts';
import { codeBegin } from './lexical.ts';
import { backslashesOf, unsafeEncodingOf } from './session-settings.ts';
import { StatementScanner } from './statement-scanner.ts';

/** A longer row, in bytes, is given in pieces. */
const pieceSize = 4 * 1024 * 1024;
/** Bytes of the longest statement, and of the longest row of a table whose rows must be whole. */
const unitLimit = 32 * 1024 * 1024;
/** Bytes read ahead: at first, and once a dump proves to be large. */
const firstBuffer = 64 * 1024;
const usualBuffer = 4 * 1024 * 1024;
/** Bytes of a SET statement that are read. */
const settingLength = 200;

/** The psql commands that a dump may hold: they name no program and no file. */
const allowedCommands = /^\\(restrict|unrestrict|connect|encoding|c)\b/;
/** Characters of a statement that show whether it is one. */
const commandLength = 12;

const newline = 0x0a;
const dot = 0x2e;
const backslash = 0x5c;

export interface ReaderOptions {
  /** Whether to refuse a dump without pg_dump's last line, the only sign that nothing was cut off. */
  readonly requireFooter: boolean;
}

export class DumpReader implements ReaderState {
  readonly #visitor: DumpVisitor;
  readonly #options: ReaderOptions;
  readonly #scanner = new StatementScanner();
  readonly #input = new SlidingBuffer(firstBuffer, usualBuffer);
  /** Where the scan of the current statement goes on. */
  #scanned = 0;
  /** `long-row`: inside a row that is given in pieces. */
  #state: 'sql' | 'rows' | 'long-row' = 'sql';
  #target: CopyTarget | undefined;
  readonly #ending = new Ending();
  /** The first bytes, until there are enough to tell what they are. */
  #head: Buffer | undefined = Buffer.alloc(0);
  #lineEnds: LineEnds | undefined;
  #headWarnings: readonly string[] = [];
  /** Database that the dump connects to (pg_dump -C). */
  #database = '';
  wholeRows = false;

  constructor(visitor: DumpVisitor, options: ReaderOptions) {
    this.#visitor = visitor;
    this.#options = options;
  }

  offsetOf(position: number): number {
    return this.#input.offsetOf(position);
  }

  get backslashStrings(): boolean {
    return this.#scanner.backslashes;
  }

  /** What was left out before and behind the dump, and what pg_dump did not write. Complete after `end`. */
  get warnings(): readonly string[] {
    return [...this.#headWarnings, ...this.#ending.warnings];
  }

  /** @throws DumpError when the dump cannot be read */
  push(chunk: Uint8Array): void {
    if (this.#head === undefined) {
      this.#take(chunk);
      this.#read(false);
      return;
    }
    this.#head = Buffer.concat([this.#head, chunk]);
    if (this.#head.length < headSize) return;
    this.#begin(this.#head);
    this.#read(false);
  }

  /** @throws DumpError when the dump is cut off */
  end(): void {
    if (this.#head) this.#begin(this.#head);
    if (this.#lineEnds) this.#scanned -= this.#input.append(this.#lineEnds.rest());
    this.#read(true);
    if (this.#state !== 'sql') throw this.#cutOff(`the dump ends in the middle of the rows of ${this.#target?.name}`);
    if (this.#input.length > 0) this.#rest();
    if (this.#options.requireFooter && !this.#ending.complete)
      throw this.#cutOff(`the dump does not have its last line ("${footer}")`);
  }

  #begin(head: Buffer): void {
    this.#head = undefined;
    const { skip, crlf, warnings } = inspectHead(head);
    this.#headWarnings = warnings;
    if (crlf) this.#lineEnds = new LineEnds();
    this.#take(head.subarray(0, skip), true);
    this.#next(this.#input.to);
    this.#take(head.subarray(skip));
  }

  #take(chunk: Uint8Array, asItIs = false): void {
    this.#scanned -= this.#input.append(this.#lineEnds === undefined || asItIs ? chunk : this.#lineEnds.turn(chunk));
  }

  /** What follows the last statement: comments; behind the last line of the dump, what other programs wrote. */
  #rest(): void {
    const { bytes, from, to } = this.#input;
    const code = codeBegin(bytes, from, to);
    this.#ending.comments(bytes, from, code);
    if (this.#ending.complete) this.#ending.rest(bytes, code, to, this.offsetOf(code));
    else {
      const inside = this.#scanner.inside;
      if (inside !== undefined && inside !== 'line-comment')
        throw this.#cutOff(`the dump ends in the middle of a ${inside.replace('-', ' ')}`);
    }
    this.#visitor.verbatim(bytes, from, this.#ending.complete ? code : to);
  }

  #cutOff(what: string): DumpError {
    const { bytes, to } = this.#input;
    const reason = lastWords(bytes, to);
    return new DumpError({
      what,
      offset: this.offsetOf(to),
      likelyCause: `the dump was cut off: ${reason ?? 'pg_dump, or the copy of its output, did not finish'}`,
      fix: 'dump again; footer: optional reads a file that pg_dump did not write',
    });
  }

  #read(final: boolean): void {
    const input = this.#input;
    while (input.from < input.to) {
      const before = input.from;
      const state = this.#state;
      if (state === 'sql') this.#sql(final);
      else this.#rows(final);
      if (input.from === before && this.#state === state) {
        this.#checkLimit();
        return;
      }
    }
  }

  /** Refuses a statement or row that is too long, now that more bytes are needed. */
  #checkLimit(): void {
    if (this.#input.length <= unitLimit) return;
    const unit = this.#state === 'sql' ? 'a statement' : `a row of ${this.#target?.name}`;
    throw new DumpError({
      what: `${unit} is longer than ${unitLimit / 1024 / 1024} MiB`,
      offset: this.offsetOf(this.#input.from),
      fix: 'dump the table with COPY, with one row in each INSERT, or without rules for this table',
    });
  }

  /** Advances by one statement or one line for psql; not at all when more bytes are needed. */
  #sql(final: boolean): void {
    const { bytes, from, to } = this.#input;
    const { at, complete } = this.#scanner.advance(bytes, Math.max(this.#scanned, from), to, final);
    this.#scanned = at;
    if (complete) this.#statement(at);
    else if (at < to && bytes[at] === backslash && this.#scanner.inCode) this.#command(at, final);
  }

  /** A backslash where a statement could start: a command for psql, up to the end of its line. */
  #command(code: number, final: boolean): void {
    const { bytes, from } = this.#input;
    const end = this.#lineEnd(code, final);
    if (end < 0) return;
    const line = bytes.toString('latin1', code, end).trimEnd();
    if (this.#scanner.begun) this.#checkCommand(from, code);
    if (!allowedCommands.test(line) || this.#scanner.begun)
      throw new DumpError({
        what: `the dump holds the psql command ${line.slice(0, 40)}`,
        offset: this.offsetOf(code),
        likelyCause: 'pg_dump did not write it: pg_dump uses only \\restrict, \\unrestrict and \\connect',
        fix: 'remove the line if you trust the origin of the file',
      });
    this.#ending.comments(bytes, from, code);
    this.#noteDatabase(line, code);
    this.#visitor.verbatim(bytes, from, end);
    this.#next(end);
  }

  /** Position after the line that holds `position`; -1 when more bytes are needed. */
  #lineEnd(position: number, final: boolean): number {
    const end = this.#input.bytes.indexOf(newline, position);
    if (end >= 0 && end < this.#input.to) return end + 1;
    return final ? this.#input.to : -1;
  }

  #statement(end: number): void {
    const { bytes, from } = this.#input;
    const code = codeBegin(bytes, from, end);
    this.#ending.comments(bytes, from, code);
    this.#checkCommand(code, end);
    this.#ending.statement(bytes, code, end);
    const first = (bytes[code] as number) | 0x20;
    if (first === 0x73) this.#noteSetting(code, end);
    const target = first === 0x63 ? copyTarget(bytes, code, end, this.offsetOf(code)) : undefined;
    if (target === undefined) {
      this.#visitor.statement(bytes, from, end, code);
      this.#next(end);
      return;
    }
    // The rows start on the next line.
    const rows = this.#lineEnd(end, false);
    if (rows >= 0) this.#beginRows(target, rows);
    else {
      // The statement is read again when its line is complete.
      this.#scanner.reset();
      this.#scanned = from;
    }
  }

  #beginRows(target: CopyTarget, rows: number): void {
    this.wholeRows = false;
    this.#target = target;
    this.#visitor.copyBegin(target, this.#input.bytes, this.#input.from, rows);
    this.#next(rows);
    this.#state = 'rows';
  }

  #next(from: number): void {
    this.#input.from = from;
    this.#scanned = from;
    this.#scanner.reset();
  }

  #rows(final: boolean): void {
    const { bytes, from, to } = this.#input;
    if (this.#state === 'rows' && bytes[from] === backslash && this.#atEndOfRows(final)) return;
    // The line `\.` ends the rows; inside a row it would be written `\\.`.
    const marker = bytes.subarray(0, to).indexOf('\n\\.', from);
    const last = marker >= 0 ? marker : bytes.lastIndexOf(newline, to - 1);
    if (last >= from) {
      if (this.#state === 'long-row') this.#piece(from, bytes.indexOf(newline, from) + 1);
      else {
        this.#visitor.rows(bytes, from, last + 1);
        this.#input.from = last + 1;
      }
    } else if (!this.wholeRows && to - from >= pieceSize) this.#piece(from, to);
  }

  #piece(from: number, to: number): void {
    const { bytes } = this.#input;
    const end = this.#visitor.piece(bytes, from, Math.min(to, from + pieceSize));
    this.#input.from = end;
    // A line end inside a row would be escaped, so this one ends the row.
    this.#state = bytes[end - 1] === newline ? 'rows' : 'long-row';
  }

  /** Reads the line `\.` if it is here. @returns whether it does, or may do so once more bytes have arrived */
  #atEndOfRows(final: boolean): boolean {
    const { bytes, from, to } = this.#input;
    if (from + 1 >= to) return !final;
    if (bytes[from + 1] !== dot) return false;
    const end = this.#lineEnd(from, final);
    if (end < 0) return !final && from + 4 > to;
    if (bytes.toString('latin1', from, end).trimEnd() !== '\\.')
      throw new DumpError({
        what: `a row of ${this.#target?.name} starts with \\. and goes on`,
        offset: this.offsetOf(from),
      });
    this.#visitor.copyEnd(bytes, from, end);
    this.#state = 'sql';
    this.#target = undefined;
    this.#next(end);
    return true;
  }

  /** Refuses what another program wrote between the statements. */
  #checkCommand(from: number, to: number): void {
    const { bytes } = this.#input;
    const code = codeBegin(bytes, from, to);
    // Most statements of a dump with many are INSERT.
    if (((bytes[code] as number) | 0x20) === 0x69 && ((bytes[code + 1] as number) | 0x20) === 0x6e) return;
    if (startsWithCommand(bytes.toString('latin1', code, Math.min(to, code + commandLength)))) return;
    const line = bytes.toString('utf8', code, Math.min(to, code + 200)).split('\n', 1)[0] ?? '';
    throw notSql(`${quoted(line)} stands in the dump, and is not SQL`, line, this.offsetOf(code));
  }

  /** Refuses a dump of several databases: their tables may have the same names. */
  #noteDatabase(line: string, code: number): void {
    const [, name] = /^\\c(?:onnect)?\s+(?:-reuse-previous=\S+\s+)?(.+)$/.exec(line) ?? [];
    if (name === undefined || name === this.#database) return;
    if (this.#database !== '')
      throw new DumpError({
        what: `the dump holds more than one database: ${this.#database}, ${name}`,
        offset: this.offsetOf(code),
        likelyCause: 'the output of several runs of pg_dump -C was joined',
        fix: 'dump one database at a time: pg_dump --dbname=NAME',
      });
    this.#database = name;
  }

  #noteSetting(from: number, end: number): void {
    const statement = this.#input.bytes.toString('latin1', from, Math.min(end, from + settingLength));
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
