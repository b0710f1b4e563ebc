/** What the readers of all dialects share: bytes that arrive in chunks, statements, the end of the dump. */
import { SlidingBuffer } from '../bytes/sliding-buffer.ts';
import type { Dialect } from './dialect.ts';
import { DumpError } from './dump-error.ts';
import type { DumpVisitor } from './dump-visitor.ts';
import { Ending, lastWords } from './input/ending.ts';
import { quoted } from './input/noise.ts';
import { notSql } from './input/not-sql.ts';

/** Bytes read ahead: at first, and once a dump proves to be large. */
const firstBuffer = 64 * 1024;
const usualBuffer = 2 * 1024 * 1024;
/** Characters of a statement that show whether it is one. */
const commandLength = 12;

/** Characters in which a program names itself. */
const headLength = 400;
/** Programs that end their files otherwise, as they name themselves at the beginning. */
const otherPrograms = /phpMyAdmin|Adminer|HeidiSQL|Navicat|Sequel (Ace|Pro)|DBeaver|MySQL Workbench/;

const newline = 0x0a;

export abstract class SqlReader {
  readonly dialect: Dialect;
  protected readonly visitor: DumpVisitor;
  protected readonly input = new SlidingBuffer(firstBuffer, usualBuffer);
  protected readonly ending: Ending;
  /** The beginning of the dump. */
  #head = '';
  /** Where the scan of the current statement goes on. */
  protected scanned = 0;

  constructor(dialect: Dialect, visitor: DumpVisitor) {
    this.dialect = dialect;
    this.visitor = visitor;
    this.ending = new Ending(dialect);
  }

  /** Advances by one unit; not at all when more bytes are needed. @returns whether something changed without bytes being used */
  protected abstract advance(final: boolean): boolean;
  /** What the input ends inside of when it is cut off there; undefined between units. */
  protected abstract get unfinished(): string | undefined;
  /** What the bytes end inside of between statements, for an error. */
  protected abstract get inside(): string | undefined;
  /** What is too long when a unit is: `a row of t`. */
  protected abstract get unit(): string;
  /** Forgets where the scan of the current statement was. */
  protected abstract resetScan(): void;

  offsetOf(position: number): number {
    return this.input.offsetOf(position);
  }

  /** What was left out behind the dump, and what its program did not write. */
  get endWarnings(): readonly string[] {
    return this.ending.warnings;
  }

  take(chunk: Uint8Array): void {
    if (this.#head.length < headLength) this.#head += Buffer.from(chunk.subarray(0, headLength)).toString('latin1');
    this.scanned -= this.input.append(chunk);
  }

  /** Passes over what has been taken: it does not belong to the dump. */
  skip(): void {
    this.next(this.input.to);
  }

  read(final: boolean): void {
    const { input } = this;
    while (input.from < input.to) {
      const before = input.from;
      const changed = this.advance(final);
      if (input.from === before && !changed) {
        this.#checkLimit();
        return;
      }
    }
  }

  /** @throws DumpError when the dump is cut off */
  end(requireFooter: boolean): void {
    this.read(true);
    const { unfinished } = this;
    if (unfinished !== undefined) throw this.cutOff(`the dump ends in the middle of ${unfinished}`);
    if (this.input.length > 0) this.#rest();
    if (this.ending.complete) return;
    const words = this.ending.empty ? lastWords(this.input.bytes, this.input.to) : undefined;
    if (words !== undefined) throw this.#withoutDump(words);
    if (requireFooter) throw this.#withoutFooter();
  }

  /** @param words what another program wrote instead */
  #withoutDump(words: string): DumpError {
    return new DumpError({
      what: 'the file holds no dump',
      likelyCause: words,
      fix: 'put right what the message says, and dump again',
    });
  }

  /** What follows the last statement: comments; behind the last line of the dump, what other programs wrote. */
  #rest(): void {
    const { bytes, from, to } = this.input;
    const code = this.dialect.codeBegin(bytes, from, to);
    this.ending.comments(bytes, from, code);
    if (this.ending.complete) this.ending.rest(bytes, code, to, this.offsetOf(code));
    else {
      const { inside } = this;
      if (inside !== undefined && inside !== 'line-comment')
        throw this.cutOff(`the dump ends in the middle of a ${inside.replace('-', ' ')}`);
    }
    this.visitor.verbatim(bytes, from, this.ending.complete ? code : to);
  }

  #withoutFooter(): DumpError {
    if (this.ending.rowsBehind) return this.#rowsBehind();
    const what = `the dump does not have its last line ("${this.ending.footer}")`;
    const other = otherPrograms.exec(this.#head)?.[0];
    if (other === undefined) return this.cutOff(what, !this.#isByDumper);
    return new DumpError({
      what,
      offset: this.offsetOf(this.input.to),
      likelyCause: `${other} wrote the file, which does not always end in such a line; or the file was cut off`,
      fix: `footer: optional reads it, and then nothing shows whether it is whole; or dump with ${this.dialect.dumper}`,
    });
  }

  #rowsBehind(): DumpError {
    return new DumpError({
      what: `rows stand behind the last line of the dump ("${this.ending.footer}")`,
      offset: this.offsetOf(this.input.to),
      likelyCause: 'another program added them; or another dump follows, whose beginning and end are missing',
      fix: 'take them out; footer: optional reads them, and then nothing shows whether they are whole',
    });
  }

  /** Whether the dumper says at the beginning that it wrote the file: then it also writes a last line. */
  get #isByDumper(): boolean {
    const { header } = this.dialect.end;
    return this.ending.cluster || (header !== undefined && this.#head.includes(header.trim()));
  }

  /** @param whole whether what was read is whole, but for a last line that other programs do not write */
  protected cutOff(what: string, whole = false): DumpError {
    const { bytes, to } = this.input;
    const reason = lastWords(bytes, to);
    const { dumper } = this.dialect;
    return new DumpError({
      what,
      offset: this.offsetOf(to),
      likelyCause: `the dump was cut off: ${reason ?? `${dumper}, or the copy of its output, did not finish`}`,
      fix: whole
        ? `dump again; footer: optional reads a file that ${dumper} did not write`
        : 'dump again, and copy all of it',
    });
  }

  /** Refuses a statement or row that is too long, now that more bytes are needed. */
  #checkLimit(): void {
    const { longestUnit, longRows, longStatements } = this.dialect;
    if (this.input.length <= longestUnit) return;
    throw new DumpError({
      what: `${this.unit} is longer than ${longestUnit / 1024 / 1024} MiB`,
      offset: this.offsetOf(this.input.from),
      fix: this.unfinished === undefined ? longStatements : longRows,
    });
  }

  /** Position after the line that holds `position`; -1 when more bytes are needed. */
  protected lineEnd(position: number, final: boolean): number {
    const end = this.input.bytes.indexOf(newline, position);
    if (end >= 0 && end < this.input.to) return end + 1;
    return final ? this.input.to : -1;
  }

  protected next(from: number): void {
    this.input.from = from;
    this.scanned = from;
    this.resetScan();
  }

  /** Refuses what another program wrote between the statements. */
  protected checkCommand(from: number, to: number): void {
    const { bytes } = this.input;
    const code = this.dialect.codeBegin(bytes, from, to);
    // Most statements of a dump with many are INSERT.
    if (((bytes[code] as number) | 0x20) === 0x69 && ((bytes[code + 1] as number) | 0x20) === 0x6e) return;
    if (this.dialect.startsWithCommand(bytes.toString('latin1', code, Math.min(to, code + commandLength)))) return;
    const line = bytes.toString('utf8', code, Math.min(to, code + 200)).split('\n', 1)[0] ?? '';
    throw notSql(this.dialect, `${quoted(line)} stands in the dump, and is not SQL`, line, this.offsetOf(code));
  }
}
