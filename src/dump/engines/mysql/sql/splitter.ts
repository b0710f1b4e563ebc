/**
 * Splits the SQL of a dump tool into its statements, as the plain client does, with every byte in its place. The rows of a table,
 * which are nearly all of a dump, are passed on without a look at their bytes: the tools escape line ends in values (MySQL C API,
 * mysql_real_escape_string), so the first `;` before a line end is the end of the statement.
 */

/**
 * `comment`: a line that is one, or is empty. `command`: a line for the client (DELIMITER). `statement`: with its delimiter and line
 * end. `rows`: a part of a statement that inserts.
 */
export interface Piece {
  readonly kind: 'comment' | 'command' | 'statement' | 'rows';
  readonly bytes: Buffer;
}

const inserts = /^(INSERT|REPLACE)\s/i;
const lf = 10;
const backslash = 92;
const semicolonLf = Buffer.from(';\n');
const [quote, doubleQuote, backtick, dash, hash, slash, star] = [39, 34, 96, 45, 35, 47, 42];

/** @throws nothing of its own; a statement that does not end is given as it is, at the end */
export async function* splitStatements(source: AsyncIterable<Buffer>): AsyncGenerator<Piece> {
  const splitter = new Splitter();
  for await (const chunk of source) yield* splitter.push(chunk);
  yield* splitter.end();
}

/** The definitions alone. */
export async function* withoutRows(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  for await (const { kind, bytes } of splitStatements(source)) if (kind !== 'rows') yield bytes;
}

export class Splitter {
  #pending: Buffer = Buffer.alloc(0);
  #delimiter = ';';
  /** Within a statement that inserts, beyond the name of its table. */
  #inRows = false;
  /** A statement is not looked at again before there are this many bytes. */
  #wanted = 0;
  #backslashEscapes = true;

  *push(chunk: Buffer): Generator<Piece> {
    this.#pending = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    if (this.#pending.length >= this.#wanted) yield* this.#take(false);
  }

  *end(): Generator<Piece> {
    yield* this.#take(true);
    if (this.#pending.length > 0) yield { kind: this.#inRows ? 'rows' : 'statement', bytes: this.#pending };
    this.#pending = Buffer.alloc(0);
  }

  *#take(last: boolean): Generator<Piece> {
    this.#wanted = 0;
    while (this.#pending.length > 0) {
      const piece = this.#inRows ? this.#rows(last) : this.#next(last);
      if (piece === undefined) return;
      this.#pending = this.#pending.subarray(piece.bytes.length);
      if (piece.bytes.length > 0) yield piece;
    }
  }

  /** The rest of a statement that inserts, as far as it is there. */
  #rows(last: boolean): Piece | undefined {
    const at = this.#pending.indexOf(semicolonLf);
    if (at >= 0) {
      this.#inRows = false;
      return { kind: 'rows', bytes: this.#pending.subarray(0, at + 2) };
    }
    // The last byte may be the first of the end. Any other is given at once, so that nothing is left to be copied.
    const open = !last && this.#pending.at(-1) === semicolonLf[0];
    const length = open ? this.#pending.length - 1 : this.#pending.length;
    return length <= 0 ? undefined : { kind: 'rows', bytes: this.#pending.subarray(0, length) };
  }

  #next(last: boolean): Piece | undefined {
    const pending = this.#pending;
    // Rows need no look at the end of their line, which may be megabytes away.
    if (this.#delimiter === ';' && inserts.test(pending.subarray(0, 8).toString('latin1')))
      return this.#startOfRows(last);
    const end = pending.indexOf(lf);
    if (end < 0 && !last) return undefined;
    const line = pending.subarray(0, end < 0 ? pending.length : end + 1);
    const head = line.subarray(0, 40).toString('latin1');
    if (/^(--|#|\s*$)/.test(head)) return { kind: 'comment', bytes: line };
    const [, delimiter] = /^DELIMITER\s+(\S+)/i.exec(head) ?? [];
    if (delimiter !== undefined) {
      this.#delimiter = delimiter;
      return { kind: 'command', bytes: line };
    }
    const length = this.#endOfStatement();
    if (length === undefined) {
      // Looked at again once there is twice as much, so that a long statement does not take time by its square.
      this.#wanted = last ? 0 : pending.length * 2;
      return undefined;
    }
    const bytes = pending.subarray(0, length);
    this.#follow(bytes);
    return { kind: 'statement', bytes };
  }

  /** Up to VALUES: what comes before it are names, which may hold anything. */
  #startOfRows(last: boolean): Piece | undefined {
    let inName = false;
    const pending = this.#pending;
    for (let at = 0; at < pending.length; at += 1) {
      if (pending[at] === backtick) inName = !inName;
      else if (!inName && pending[at] === 86 && pending.toString('latin1', at, at + 6) === 'VALUES') {
        this.#inRows = true;
        return { kind: 'rows', bytes: pending.subarray(0, at + 6) };
      }
    }
    if (!last) return undefined;
    this.#inRows = true;
    return { kind: 'rows', bytes: pending };
  }

  /** Where the statement ends that starts here, with the rest of its line if that is empty. Undefined when it is not there yet. */
  #endOfStatement(): number | undefined {
    const text = this.#pending;
    const delimiter = Buffer.from(this.#delimiter);
    for (let at = 0; at < text.length; ) {
      const byte = text[at] as number;
      if (byte === delimiter[0] && text.subarray(at, at + delimiter.length).equals(delimiter))
        return this.#withLineEnd(at + delimiter.length);
      const next = this.#after(text, at, byte);
      if (next === undefined) return undefined;
      at = next;
    }
    return undefined;
  }

  #withLineEnd(from: number): number {
    const text = this.#pending;
    let at = from;
    while (text[at] === 32 || text[at] === 13 || text[at] === 9) at += 1;
    return text[at] === lf ? at + 1 : from;
  }

  /** The place after a quoted text, a comment, or one byte. Undefined when its end is not there. */
  #after(text: Buffer, at: number, byte: number): number | undefined {
    if (byte === quote || byte === doubleQuote || byte === backtick) return this.#afterQuoted(text, at, byte);
    const next = text[at + 1];
    const third = text[at + 2];
    const endOfLine = (): number | undefined => {
      const end = text.indexOf(lf, at);
      return end < 0 ? undefined : end + 1;
    };
    if (byte === hash) return endOfLine();
    if (byte === dash && next === dash && third !== undefined && third <= 32) return endOfLine();
    // A comment with a version is code; one that MariaDB alone reads begins with M.
    if (byte === slash && next === star && third !== 33 && !(third === 77 && text[at + 3] === 33)) {
      const end = text.indexOf('*/', at + 2);
      return end < 0 ? undefined : end + 2;
    }
    return at + 1;
  }

  #afterQuoted(text: Buffer, from: number, mark: number): number | undefined {
    for (let at = from + 1; at < text.length; at += 1) {
      if (text[at] === backslash && mark !== backtick && this.#backslashEscapes) at += 1;
      // A doubled mark ends one text and starts the next, which is the same here.
      else if (text[at] === mark) return at + 1;
    }
    return undefined;
  }

  /** What a statement changes in how the next ones are read. */
  #follow(bytes: Buffer): void {
    if (bytes.length > 2000) return;
    const text = bytes.toString('latin1');
    const [, mode] = /^(?:\/\*!\d+ )?SET sql_mode\s*=\s*('[^']*'|@\w+)/i.exec(text) ?? [];
    if (mode !== undefined) this.#backslashEscapes = !mode.includes('NO_BACKSLASH_ESCAPES');
  }
}
