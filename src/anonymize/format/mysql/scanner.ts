/**
 * Finds where a statement ends, as the client of MySQL and MariaDB does (add_line in mysql.cc): at the delimiter, but not inside
 * strings, quoted names and comments. What a conditional comment holds is code. It can stop at any byte and go on when more
 * bytes have arrived.
 */

import { conditionalEnd, isBlank, isNameByte, longestOpening } from './lexical.ts';
import { isLead } from './modes.ts';

type Mode = 'code' | 'line-comment' | 'block-comment' | 'string' | 'name';

/** Why the scan ended: bytes are missing; the statement is complete; rows follow; a command for the client; a backslash. */
export type Stop = 'more' | 'end' | 'rows' | 'command' | 'backslash';

const newline = 0x0a;
const doubleQuote = 0x22;
const hash = 0x23;
const quote = 0x27;
const openParenthesis = 0x28;
const closeParenthesis = 0x29;
const star = 0x2a;
const hyphen = 0x2d;
const slash = 0x2f;
const backslash = 0x5c;
const backquote = 0x60;

/** Letters of the longest word that matters: `delimiter`. */
const longestWord = 9;

export class MysqlScanner {
  #mode: Mode = 'code';
  #delimiter = Buffer.from(';');
  /** The quote that ends the string or name. */
  #quote = quote;
  /** Whether the code is inside a conditional comment. */
  #conditional = false;
  #depth = 0;
  /** The first word of the statement, in lower case. */
  #first = '';
  /** Whether backslashes escape in strings. */
  backslashes = true;
  /** Whether double quotes enclose names. */
  ansiQuotes = false;
  /** The character set, where the second byte of a character may look like a backslash. */
  multibyte: string | undefined;
  /** Whether anything but blanks and comments has been seen. */
  begun = false;
  stop: Stop = 'more';

  /** @param begun whether the rest of a statement follows */
  reset(begun = false): void {
    this.#mode = 'code';
    this.#depth = 0;
    this.#first = '';
    this.begun = begun;
  }

  /** Starts a statement anew: after its end no conditional comment is open. */
  next(): void {
    this.#conditional = false;
    this.reset();
  }

  set delimiter(text: string) {
    this.#delimiter = Buffer.from(text, 'latin1');
  }

  /** What the bytes end inside of, for an error; undefined between statements. */
  get inside(): string | undefined {
    if (this.#mode !== 'code') return this.#mode;
    return this.begun ? 'statement' : undefined;
  }

  /**
   * Scans on; `stop` says why it ended.
   * @param from where the last call stopped, or the statement starts
   * @param final no more bytes will come
   * @returns the position after the delimiter, after VALUES, of a command; or where to go on when more bytes have arrived
   */
  advance(bytes: Buffer, from: number, to: number, final: boolean): number {
    this.stop = 'more';
    let at = from;
    while (at < to && this.stop === 'more') {
      const next = this.#step(bytes, at, to, final);
      if (next === at) break;
      at = next;
    }
    return at;
  }

  /** @returns `at` itself when more bytes are needed */
  #step(bytes: Buffer, at: number, to: number, final: boolean): number {
    switch (this.#mode) {
      case 'code':
        return this.#code(bytes, at, to, final);
      case 'line-comment':
        return this.#until(bytes.indexOf(newline, at), 1, to, to);
      case 'block-comment':
        // The end may be cut in two.
        return this.#until(bytes.indexOf('*/', at, 'latin1'), 2, to, Math.max(at, final ? to : to - 1));
      case 'name':
        // A doubled quote ends the mode and starts it again, which amounts to the same.
        return this.#until(bytes.indexOf(this.#quote, at), 1, to, to);
      case 'string':
        return this.#string(bytes, at, to, final);
    }
  }

  /** Ends the mode at `end` when that is before `to`. @param otherwise where to go on */
  #until(end: number, length: number, to: number, otherwise: number): number {
    if (end < 0 || end + length > to) return otherwise;
    this.#mode = 'code';
    return end + length;
  }

  #string(bytes: Uint8Array, from: number, to: number, final: boolean): number {
    let at = from;
    while (at < to) {
      const byte = bytes[at];
      const last = at + 1 >= to;
      if ((byte as number) > 0x80 && this.multibyte !== undefined && isLead(byte as number, this.multibyte)) {
        if (last) return final ? to : at;
        at += 2;
      } else if (byte === backslash && this.backslashes) {
        if (last) return final ? to : at;
        at += 2;
      } else if (byte !== this.#quote) at += 1;
      else if (last && !final) return at;
      else if (bytes[at + 1] === this.#quote && !last) at += 2;
      else {
        this.#mode = 'code';
        return at + 1;
      }
    }
    return at;
  }

  #code(bytes: Buffer, from: number, to: number, final: boolean): number {
    let at = from;
    while (at < to && this.#mode === 'code' && this.stop === 'more') {
      const byte = bytes[at] as number;
      let next: number;
      if (byte === this.#delimiter[0] && this.#mayBeDelimiter(bytes, at, to)) next = this.#atDelimiter(at, to, final);
      else next = isNameByte(byte) ? this.#word(bytes, at, to, final) : this.#sign(byte, bytes, at, to, final);
      if (next === at) break;
      at = next;
    }
    return at;
  }

  /** Whether the delimiter is here, or the beginning of it before the end of the bytes. */
  #mayBeDelimiter(bytes: Buffer, at: number, to: number): boolean {
    const length = Math.min(this.#delimiter.length, to - at);
    return bytes.compare(this.#delimiter, 0, length, at, at + length) === 0;
  }

  #atDelimiter(at: number, to: number, final: boolean): number {
    const end = at + this.#delimiter.length;
    if (end > to) return final ? to : at;
    this.stop = 'end';
    return end;
  }

  #word(bytes: Buffer, at: number, to: number, final: boolean): number {
    let end = at + 1;
    while (
      end < to &&
      isNameByte(bytes[end]) &&
      !(bytes[end] === this.#delimiter[0] && this.#mayBeDelimiter(bytes, end, to))
    )
      end += 1;
    if (end >= to && !final) return at;
    const word = end - at > longestWord ? '' : bytes.toString('latin1', at, end).toLowerCase();
    if (!this.begun) {
      this.begun = true;
      this.#first = word;
      if (word === 'delimiter') {
        this.stop = 'command';
        return at;
      }
    } else if (
      this.#depth === 0 &&
      (word === 'values' || word === 'value') &&
      (this.#first === 'insert' || this.#first === 'replace')
    )
      this.stop = 'rows';
    return end;
  }

  #sign(byte: number, bytes: Buffer, at: number, to: number, final: boolean): number {
    switch (byte) {
      case quote:
        return this.#enter('string', byte, at + 1);
      case doubleQuote:
        return this.#enter(this.ansiQuotes ? 'name' : 'string', byte, at + 1);
      case backquote:
        return this.#enter('name', byte, at + 1);
      case hash:
        this.#mode = 'line-comment';
        return at + 1;
      case hyphen:
      case slash:
      case star:
        return this.#comment(byte, bytes, at, to, final);
      case backslash:
        // No operator has a backslash: what follows is for the client.
        this.stop = 'backslash';
        return at;
      case openParenthesis:
        this.#depth += 1;
        break;
      case closeParenthesis:
        this.#depth = Math.max(0, this.#depth - 1);
        break;
    }
    if (byte > 0x20) this.begun = true;
    return at + 1;
  }

  #enter(mode: Mode, end: number, at: number): number {
    this.begun = true;
    this.#mode = mode;
    this.#quote = end;
    return at;
  }

  #comment(byte: number, bytes: Buffer, at: number, to: number, final: boolean): number {
    if (at + longestOpening >= to && !final) return at;
    const next = at + 1 < to ? bytes[at + 1] : undefined;
    if (byte === hyphen && next === hyphen && (!this.begun || at + 2 >= to || isBlank(bytes[at + 2]))) {
      this.#mode = 'line-comment';
      return at + 2;
    }
    if (byte === slash && next === star) {
      const code = conditionalEnd(bytes, at, to);
      if (code > 0) {
        this.#conditional = true;
        return code;
      }
      this.#mode = 'block-comment';
      return at + 2;
    }
    if (byte === star && next === slash && this.#conditional) {
      this.#conditional = false;
      return at + 2;
    }
    this.begun = true;
    return at + 1;
  }
}
