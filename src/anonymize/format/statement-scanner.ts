/**
 * Finds where a SQL statement ends, as psql does: not at a semicolon inside a string, a quoted name, a comment, a
 * dollar-quoted body, parentheses or `BEGIN ATOMIC … END`. It can stop at any byte and go on when more bytes have arrived.
 */
import { isDigitByte, isWordByte } from './lexical.ts';

type Mode = 'code' | 'line-comment' | 'block-comment' | 'string' | 'escape-string' | 'name' | 'dollar';

const newline = 0x0a;
const doubleQuote = 0x22;
const dollar = 0x24;
const quote = 0x27;
const openParenthesis = 0x28;
const closeParenthesis = 0x29;
const star = 0x2a;
const hyphen = 0x2d;
const slash = 0x2f;
const semicolon = 0x3b;
const backslash = 0x5c;

/** Letters of the longest word that matters: `atomic`. */
const longestWord = 6;

export class StatementScanner {
  #mode: Mode = 'code';
  #complete = false;
  /** Open parentheses. */
  #depth = 0;
  /** Open block comments: they nest. */
  #comments = 0;
  /** The tag that ends the dollar-quoted body. */
  #tag = '';
  /** The last word of code, in lower case: `BEGIN ATOMIC` opens a body. */
  #lastWord = '';
  /** Words END that are still to come, for BEGIN ATOMIC and each CASE in it. */
  #openBodies = 0;
  /** Whether backslashes escape in plain strings (`standard_conforming_strings` off). */
  backslashes = false;
  /** Whether anything but blanks and comments has been seen. */
  begun = false;

  reset(): void {
    this.#mode = 'code';
    this.#depth = 0;
    this.#openBodies = 0;
    this.#lastWord = '';
    this.begun = false;
  }

  /** Whether the scanner is outside strings, names and comments. */
  get inCode(): boolean {
    return this.#mode === 'code';
  }

  /** What the bytes end inside of, for an error; undefined between statements. */
  get inside(): string | undefined {
    if (this.#mode !== 'code') return this.#mode;
    return this.begun ? 'statement' : undefined;
  }

  /**
   * Scans on. Stops at a backslash in code: what follows is for psql.
   * @param from where the last call stopped, or the statement starts
   * @param final no more bytes will come
   * @returns the position after the semicolon and `complete: true`; otherwise where to go on when more bytes have arrived
   */
  advance(bytes: Uint8Array, from: number, to: number, final: boolean): { at: number; complete: boolean } {
    this.#complete = false;
    let at = from;
    while (at < to && !this.#complete) {
      const next = this.#step(bytes, at, to, final);
      if (next === at) break;
      at = next;
    }
    return { at, complete: this.#complete };
  }

  /** Goes to the end of the current mode, or as far as the bytes allow. @returns `at` itself when more bytes are needed */
  #step(bytes: Uint8Array, at: number, to: number, final: boolean): number {
    switch (this.#mode) {
      case 'code':
        return this.#code(bytes, at, to, final);
      case 'line-comment':
        return this.#until(newline, bytes, at, to);
      // A doubled quote ends the mode and starts it again, which amounts to the same.
      case 'name':
        return this.#until(doubleQuote, bytes, at, to);
      case 'string':
        return this.#until(quote, bytes, at, to);
      case 'escape-string':
        return this.#escapeString(bytes, at, to, final);
      case 'block-comment':
        return this.#blockComment(bytes, at, to, final);
      case 'dollar':
        return this.#dollarBody(bytes, at, to);
    }
  }

  #until(delimiter: number, bytes: Uint8Array, at: number, to: number): number {
    const end = bytes.indexOf(delimiter, at);
    if (end < 0 || end >= to) return to;
    this.#mode = 'code';
    return end + 1;
  }

  #escapeString(bytes: Uint8Array, from: number, to: number, final: boolean): number {
    let at = from;
    while (at < to) {
      const byte = bytes[at];
      const last = at + 1 >= to;
      if (byte === backslash) {
        if (last) return at;
        at += 2;
      } else if (byte !== quote) at += 1;
      else if (last && !final) return at;
      else if (bytes[at + 1] === quote) at += 2;
      else {
        this.#mode = 'code';
        return at + 1;
      }
    }
    return at;
  }

  #blockComment(bytes: Uint8Array, from: number, to: number, final: boolean): number {
    let at = from;
    while (at < to) {
      if (at + 1 >= to && !final) return at;
      if (bytes[at] === star && bytes[at + 1] === slash) {
        at += 2;
        this.#comments -= 1;
        if (this.#comments === 0) {
          this.#mode = 'code';
          return at;
        }
      } else if (bytes[at] === slash && bytes[at + 1] === star) {
        at += 2;
        this.#comments += 1;
      } else at += 1;
    }
    return at;
  }

  #dollarBody(bytes: Uint8Array, at: number, to: number): number {
    const end = Buffer.from(bytes.buffer, bytes.byteOffset, to).indexOf(this.#tag, at, 'latin1');
    // The tag may be cut in two.
    if (end < 0) return Math.max(at, to - this.#tag.length + 1);
    this.#mode = 'code';
    return end + this.#tag.length;
  }

  #code(bytes: Uint8Array, from: number, to: number, final: boolean): number {
    let at = from;
    while (at < to && this.#mode === 'code' && !this.#complete) {
      const byte = bytes[at] as number;
      const next = isWordByte(byte) ? this.#word(bytes, at, to, final) : this.#sign(byte, bytes, at, to, final);
      if (next === at) break;
      at = next;
    }
    return at;
  }

  #word(bytes: Uint8Array, at: number, to: number, final: boolean): number {
    let end = at + 1;
    while (end < to && (isWordByte(bytes[end]) || bytes[end] === dollar)) end += 1;
    if (end >= to && !final) return at;
    this.begun = true;
    this.#noteWord(bytes, at, end);
    const opensString = end - at === 1 && ((bytes[at] as number) | 0x20) === 0x65 && bytes[end] === quote;
    return opensString ? this.#enter('escape-string', end + 1) : end;
  }

  /** Counts the bodies that `BEGIN ATOMIC` opens and END closes. */
  #noteWord(bytes: Uint8Array, from: number, to: number): void {
    if (to - from > longestWord) {
      this.#lastWord = '';
      return;
    }
    const word = String.fromCharCode(...bytes.subarray(from, to)).toLowerCase();
    if (word === 'atomic' && this.#lastWord === 'begin') this.#openBodies = 1;
    else if (this.#openBodies > 0 && word === 'case') this.#openBodies += 1;
    else if (this.#openBodies > 0 && word === 'end') this.#openBodies -= 1;
    this.#lastWord = word;
  }

  #sign(byte: number, bytes: Uint8Array, at: number, to: number, final: boolean): number {
    switch (byte) {
      case quote:
        return this.#enter(this.backslashes ? 'escape-string' : 'string', at + 1);
      case doubleQuote:
        return this.#enter('name', at + 1);
      case hyphen:
      case slash:
        return this.#commentOrOperator(byte, bytes, at, to, final);
      case dollar:
        return this.#dollarTag(bytes, at, to, final);
      case backslash:
        // No SQL operator has a backslash: what follows is for psql.
        return at;
      case openParenthesis:
        this.#depth += 1;
        break;
      case closeParenthesis:
        this.#depth = Math.max(0, this.#depth - 1);
        break;
      case semicolon:
        if (this.#depth > 0 || this.#openBodies > 0) break;
        this.#complete = true;
        return at + 1;
    }
    if (byte > 0x20) this.begun = true;
    return at + 1;
  }

  #enter(mode: Mode, at: number): number {
    this.begun = true;
    this.#mode = mode;
    return at;
  }

  #commentOrOperator(byte: number, bytes: Uint8Array, at: number, to: number, final: boolean): number {
    if (at + 1 >= to && !final) return at;
    const next = bytes[at + 1];
    if (byte === hyphen && next === hyphen) this.#mode = 'line-comment';
    else if (byte === slash && next === star) {
      this.#mode = 'block-comment';
      this.#comments = 1;
    } else {
      this.begun = true;
      return at + 1;
    }
    return at + 2;
  }

  /** `$$` or `$tag$` opens a body; `$1` is a parameter. */
  #dollarTag(bytes: Uint8Array, at: number, to: number, final: boolean): number {
    let end = at + 1;
    while (end < to && isWordByte(bytes[end])) end += 1;
    if (end >= to && !final) return at;
    this.begun = true;
    if (bytes[end] !== dollar || isDigitByte(bytes[at + 1])) return at + 1;
    this.#tag = Buffer.from(bytes.subarray(at, end + 1)).toString('latin1');
    return this.#enter('dollar', end + 1);
  }
}
