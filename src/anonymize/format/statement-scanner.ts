/**
 * Finds where one SQL statement ends, as psql does: not at a semicolon in a string, a quoted name, a comment, a
 * dollar-quoted body, parentheses or `BEGIN ATOMIC … END`. Can stop anywhere and go on when more bytes have come.
 */

type Mode = 'code' | 'line-comment' | 'block-comment' | 'string' | 'escape-string' | 'name' | 'dollar';

const quote = 0x27;
const doubleQuote = 0x22;
const backslash = 0x5c;

/** Letters, digits, underscore and what is beyond ASCII: what words are made of. */
export function isWord(byte: number | undefined): boolean {
  if (byte === undefined) return false;
  const lower = byte | 0x20;
  return (lower >= 0x61 && lower <= 0x7a) || (byte >= 0x30 && byte <= 0x39) || byte === 0x5f || byte >= 0x80;
}

export class StatementScan {
  #mode: Mode = 'code';
  #depth = 0;
  #comments = 0;
  #tag = '';
  /** The last two words of code, lower case: `BEGIN ATOMIC` opens a body. */
  #before = '';
  #atomic = 0;
  /** Whether backslashes escape in plain strings (`standard_conforming_strings` off). */
  backslashes = false;

  /** Whether anything but blanks and comments has been seen. */
  begun = false;

  reset(): void {
    this.#mode = 'code';
    this.#depth = 0;
    this.#atomic = 0;
    this.#before = '';
    this.begun = false;
  }

  /** Whether the bytes read last belong to no string, name or comment. */
  get inCode(): boolean {
    return this.#mode === 'code';
  }

  /** What the bytes end inside of, for an error. */
  get inside(): string | undefined {
    if (this.#mode !== 'code') return this.#mode;
    return this.begun ? 'statement' : undefined;
  }

  /**
   * @param from where the last call ended, or the statement begins
   * @param final no more bytes will come
   * @returns the position after the semicolon and true; or where to go on when more has come, and false. What is for
   *   psql, behind a backslash, is gone no further than.
   */
  advance(bytes: Uint8Array, from: number, to: number, final: boolean): { at: number; complete: boolean } {
    let at = from;
    while (at < to) {
      switch (this.#mode) {
        case 'code': {
          const next = this.#code(bytes, at, to, final);
          if (next.complete || next.at === at) return next;
          at = next.at;
          break;
        }
        case 'line-comment': {
          const end = bytes.indexOf(0x0a, at);
          if (end < 0 || end >= to) return { at: to, complete: false };
          at = end + 1;
          this.#mode = 'code';
          break;
        }
        case 'block-comment': {
          if (at + 1 >= to && !final) return { at, complete: false };
          if (bytes[at] === 0x2a && bytes[at + 1] === 0x2f) {
            this.#comments -= 1;
            at += 2;
            if (this.#comments === 0) this.#mode = 'code';
          } else if (bytes[at] === 0x2f && bytes[at + 1] === 0x2a) {
            this.#comments += 1;
            at += 2;
          } else at += 1;
          break;
        }
        case 'name':
        case 'string': {
          const end = bytes.indexOf(this.#mode === 'name' ? doubleQuote : quote, at);
          if (end < 0 || end >= to) return { at: to, complete: false };
          // A doubled quote is left and entered again, which comes to the same.
          at = end + 1;
          this.#mode = 'code';
          break;
        }
        case 'escape-string': {
          if (bytes[at] === backslash) {
            if (at + 1 >= to) return { at, complete: false };
            at += 2;
          } else if (bytes[at] === quote) {
            if (at + 1 >= to && !final) return { at, complete: false };
            if (bytes[at + 1] === quote) at += 2;
            else {
              at += 1;
              this.#mode = 'code';
            }
          } else at += 1;
          break;
        }
        case 'dollar': {
          const end = Buffer.from(bytes.buffer, bytes.byteOffset, to).indexOf(this.#tag, at, 'latin1');
          if (end < 0) return { at: Math.max(at, to - this.#tag.length + 1), complete: false };
          at = end + this.#tag.length;
          this.#mode = 'code';
          break;
        }
      }
    }
    return { at, complete: false };
  }

  #code(bytes: Uint8Array, from: number, to: number, final: boolean): { at: number; complete: boolean } {
    let at = from;
    while (at < to) {
      const byte = bytes[at] as number;
      if (isWord(byte)) {
        let end = at + 1;
        while (end < to && (isWord(bytes[end]) || bytes[end] === 0x24)) end += 1;
        if (end >= to && !final) return { at, complete: false };
        const escaping = end - at === 1 && (byte | 0x20) === 0x65 && bytes[end] === quote;
        this.#word(bytes, at, end);
        at = end;
        if (escaping) {
          this.#mode = 'escape-string';
          return { at: at + 1, complete: false };
        }
        continue;
      }
      switch (byte) {
        case quote:
          this.begun = true;
          this.#mode = this.backslashes ? 'escape-string' : 'string';
          return { at: at + 1, complete: false };
        case doubleQuote:
          this.begun = true;
          this.#mode = 'name';
          return { at: at + 1, complete: false };
        case 0x2d:
        case 0x2f: {
          if (at + 1 >= to && !final) return { at, complete: false };
          if (byte === 0x2d && bytes[at + 1] === 0x2d) {
            this.#mode = 'line-comment';
            return { at: at + 2, complete: false };
          }
          if (byte === 0x2f && bytes[at + 1] === 0x2a) {
            this.#mode = 'block-comment';
            this.#comments = 1;
            return { at: at + 2, complete: false };
          }
          break;
        }
        case 0x24: {
          let end = at + 1;
          while (end < to && isWord(bytes[end])) end += 1;
          if (end >= to && !final) return { at, complete: false };
          if (bytes[end] === 0x24 && !(bytes[at + 1] !== undefined && isDigit(bytes[at + 1] as number))) {
            this.begun = true;
            this.#mode = 'dollar';
            this.#tag = Buffer.from(bytes.subarray(at, end + 1)).toString('latin1');
            return { at: end + 1, complete: false };
          }
          break;
        }
        case backslash:
          // No operator of SQL has one: what follows is for psql.
          return { at, complete: false };
        case 0x28:
          this.#depth += 1;
          break;
        case 0x29:
          this.#depth = Math.max(0, this.#depth - 1);
          break;
        case 0x3b:
          if (this.#depth === 0 && this.#atomic === 0) return { at: at + 1, complete: true };
          break;
      }
      if (byte > 0x20) this.begun = true;
      at += 1;
    }
    return { at, complete: false };
  }

  #word(bytes: Uint8Array, from: number, to: number): void {
    this.begun = true;
    if (to - from > 6) {
      this.#before = '';
      return;
    }
    const word = String.fromCharCode(...bytes.subarray(from, to)).toLowerCase();
    if (word === 'atomic' && this.#before === 'begin') this.#atomic = 1;
    else if (this.#atomic > 0 && word === 'case') this.#atomic += 1;
    else if (this.#atomic > 0 && word === 'end') this.#atomic -= 1;
    this.#before = word;
  }
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

/** Position after the comment that begins at `from` with its slash; comments stand within comments. */
export function commentEnd(bytes: Uint8Array, from: number, to: number): number {
  let depth = 1;
  let at = from + 2;
  while (at < to && depth > 0) {
    if (bytes[at] === 0x2a && bytes[at + 1] === 0x2f) {
      depth -= 1;
      at += 2;
    } else if (bytes[at] === 0x2f && bytes[at + 1] === 0x2a) {
      depth += 1;
      at += 2;
    } else at += 1;
  }
  return Math.min(at, to);
}
