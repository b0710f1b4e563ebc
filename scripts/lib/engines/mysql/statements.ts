/**
 * The statements of a dump of MySQL or MariaDB, in their order, as bytes: where they end depends on quotes, comments and the
 * delimiter (MySQL manual, "mysql Client Commands", delimiter; "Comments"; "String Literals"). Memory does not grow with a statement
 * that nobody wants to see whole.
 *
 * The splitter in src/dump/engines/mysql/sql is for what the dump tools write, and passes rows on without a look at them. These
 * commands also load dumps of other programs, where a statement may follow rows on their line, and a value may hold line ends.
 */

/** What becomes of a statement, known from its first words. */
export type Decision = 'pass' | 'skip' | 'whole';

export interface StatementHandler {
  /** @param head the first characters of a statement, without the comments before it */
  readonly decide: (head: string) => Decision;
  /**
   * Gets a statement that was wanted whole, with its delimiter, and what stood before it.
   * @returns what takes its place; undefined for the statement as it is
   */
  readonly whole: (statement: string) => Promise<string | undefined>;
}

type Mode = 'code' | 'single' | 'double' | 'name' | 'line' | 'block';

const newline = 0x0a;
const doubleQuote = 0x22;
const hash = 0x23;
const quote = 0x27;
const star = 0x2a;
const slash = 0x2f;
const backslash = 0x5c;
const backtick = 0x60;
const exclamation = 0x21;
const capitalM = 0x4d;
const headLength = 120;
/** Bytes of code that may begin or end something, besides those of the delimiter. */
const signs = '\'"`#-/*!M';
const closing = { single: quote, double: doubleQuote, name: backtick } as const;

/** Sorts the statements of a dump. @throws what `whole` throws */
export async function* sortStatements(
  source: AsyncIterable<Buffer>,
  handler: StatementHandler,
): AsyncGenerator<Buffer> {
  const sorter = new StatementSorter(handler);
  for await (const chunk of source) yield* sorter.push(chunk);
  yield* sorter.end();
}

class StatementSorter {
  readonly #handler: StatementHandler;
  #mode: Mode = 'code';
  #delimiter = ';';
  #matters = mattering(';');
  /** Whether a backslash escapes in a string; not under NO_BACKSLASH_ESCAPES. */
  #escapes = true;
  #escaped = false;
  /** The last bytes of code, as far as a delimiter or the begin of a comment needs them. */
  #last = '';
  #head = '';
  #decision: Decision | undefined;
  /** Bytes of a statement whose decision is not known, or that is wanted whole. */
  #held: Buffer[] = [];
  /** Whether the statement is a client's command, which ends with its line. */
  #command = false;

  constructor(handler: StatementHandler) {
    this.#handler = handler;
  }

  async *push(chunk: Buffer): AsyncGenerator<Buffer> {
    let from = 0;
    for (let at = 0; at < chunk.length; at += 1) {
      at = this.#skip(chunk, at);
      if (at >= chunk.length || !this.#ends(chunk[at] as number)) continue;
      yield* this.#give(chunk.subarray(from, at + 1));
      yield* this.#finish();
      from = at + 1;
    }
    yield* this.#give(chunk.subarray(from));
  }

  /** The next byte that matters: most of a dump is values of rows. */
  #skip(chunk: Buffer, from: number): number {
    if (this.#head.length < headLength || this.#escaped) return from;
    let at = from;
    if (this.#mode === 'code') {
      if (this.#last === '' && !this.#command) while (at < chunk.length && !this.#matters[chunk[at] as number]) at += 1;
    } else if (this.#mode !== 'line' && this.#mode !== 'block') {
      const end = closing[this.#mode];
      while (at < chunk.length && chunk[at] !== end && chunk[at] !== backslash) at += 1;
    }
    return at;
  }

  async *end(): AsyncGenerator<Buffer> {
    yield* this.#finish();
  }

  /** @returns whether the statement ends with this byte */
  #ends(byte: number): boolean {
    switch (this.#mode) {
      case 'line':
        if (byte === newline) this.#mode = 'code';
        return false;
      case 'block':
        if (byte === slash && this.#last === '*') this.#leave();
        else this.#last = byte === star ? '*' : '';
        return false;
      case 'code':
        return this.#code(byte);
      default:
        this.#quoted(byte, closing[this.#mode]);
        return false;
    }
  }

  #leave(): void {
    this.#mode = 'code';
    this.#last = '';
  }

  #quoted(byte: number, end: number): void {
    this.#note(byte);
    if (this.#escaped) this.#escaped = false;
    else if (byte === backslash && this.#escapes && this.#mode !== 'name') this.#escaped = true;
    // A doubled quote ends the text and starts it again, which amounts to the same.
    else if (byte === end) this.#leave();
  }

  #code(byte: number): boolean {
    if (this.#comment(byte)) return false;
    if (byte === quote || byte === doubleQuote || byte === backtick) {
      this.#note(byte);
      this.#mode = byte === quote ? 'single' : byte === doubleQuote ? 'double' : 'name';
      return false;
    }
    if (byte > 0x20 || this.#head !== '') this.#note(byte);
    this.#last = this.#matters[byte] ? (this.#last + String.fromCharCode(byte)).slice(-16) : '';
    if (this.#command) return byte === newline;
    if (byte === 0x20 && /^delimiter $/i.test(this.#head)) {
      this.#command = true;
      return false;
    }
    return byte > 0x20 && this.#head !== '' && this.#last.endsWith(this.#delimiter);
  }

  /** Whether a comment begins with this byte; `/*!` and `/*M!` hold code. */
  #comment(byte: number): boolean {
    const before = this.#last;
    if (byte === hash && !this.#command) return this.#enter('line', 0);
    if (byte <= 0x20 && before.endsWith('--') && !this.#command) {
      if (byte !== newline) return this.#enter('line', 2);
      this.#head = this.#head.slice(0, -2);
      this.#last = '';
      return true;
    }
    if (byte !== exclamation && byte !== capitalM && before.endsWith('/*')) {
      this.#enter('block', 2);
      this.#last = byte === star ? '*' : '';
      return true;
    }
    return false;
  }

  #enter(mode: Mode, noted: number): boolean {
    if (this.#head.length < headLength) this.#head = this.#head.slice(0, this.#head.length - noted);
    this.#mode = mode;
    this.#last = '';
    return true;
  }

  #note(byte: number): void {
    if (this.#head.length < headLength) this.#head += String.fromCharCode(byte);
  }

  async *#give(bytes: Buffer): AsyncGenerator<Buffer> {
    if (bytes.length === 0) return;
    if (this.#decision === undefined && this.#head.length >= headLength) yield* this.#decide();
    if (this.#decision === 'pass') yield bytes;
    else if (this.#decision !== 'skip') this.#held.push(Buffer.from(bytes));
  }

  async *#decide(): AsyncGenerator<Buffer> {
    // Everything that changes how what follows is read is small, and read here.
    this.#decision = /^(\/\*!\d+ )?set .*sql_mode|^delimiter /i.test(this.#head)
      ? 'whole'
      : this.#handler.decide(this.#head);
    if (this.#decision === 'pass') yield* this.#held;
    if (this.#decision !== 'whole') this.#held = [];
  }

  async *#finish(): AsyncGenerator<Buffer> {
    if (this.#decision === undefined) yield* this.#decide();
    if (this.#decision === 'whole') {
      const bytes = Buffer.concat(this.#held);
      // One character a byte: what is not changed stays as it is.
      const text = bytes.toString('latin1');
      this.#noteSetting(text);
      const instead = await this.#handler.whole(text);
      yield instead === undefined ? bytes : Buffer.from(instead, 'latin1');
    }
    this.#held = [];
    this.#decision = undefined;
    this.#head = '';
    this.#last = '';
    this.#command = false;
  }

  #noteSetting(text: string): void {
    const delimiter = /(?:^|\n)\s*delimiter[ \t]+(\S+)/i.exec(text)?.[1];
    if (this.#command && delimiter !== undefined) {
      this.#delimiter = delimiter;
      this.#matters = mattering(delimiter);
    } else if (/\bsql_mode\s*=/i.test(text)) this.#escapes = !/no_backslash_escapes/i.test(text);
  }
}

/** By byte, whether it may begin or end something in code. */
function mattering(delimiter: string): Uint8Array {
  const table = new Uint8Array(256);
  for (const character of signs + delimiter) table[character.charCodeAt(0) & 0xff] = 1;
  return table;
}
