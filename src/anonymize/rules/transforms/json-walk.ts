/** Walks through the bytes of JSON and visits its strings, numbers and literals, each with its place. */
import type { JsonPlace } from './json-path.ts';

/** Called with the bounds of each value, of a string with its quotes. Keys have the place []. */
export type VisitJson = (place: JsonPlace, start: number, end: number) => void;

const quote = 0x22;
const comma = 0x2c;
const colon = 0x3a;
const openBracket = 0x5b;
const backslash = 0x5c;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;

/** Bytes that end a number or a literal. */
const endsWord = Uint8Array.from({ length: 256 }, (_, byte) => (/[\s,\]}]/.test(String.fromCharCode(byte)) ? 1 : 0));

/** Thrown for what is not JSON. */
export class NotJson extends Error {}

/** @throws NotJson when the bytes are not JSON */
export function walkJson(bytes: Buffer, from: number, to: number, visit: VisitJson): void {
  new Walk(bytes, from, to, visit).value();
}

/** Whether the bytes stand for themselves inside a JSON string: ASCII without quotes, backslashes and control codes. */
export function isPlain(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) {
    const byte = bytes[at] as number;
    if (byte < 0x20 || byte >= 0x80 || byte === quote || byte === backslash) return false;
  }
  return true;
}

/** Whether a string without escapes is here, quotes included. */
export function isPlainString(bytes: Uint8Array, from: number, to: number): boolean {
  return bytes[from] === quote && to - from >= 2 && isPlain(bytes, from + 1, to - 1);
}

/** The content of a JSON string. @throws NotJson for an escape that JSON does not know */
export function parseString(raw: string): string {
  try {
    return JSON.parse(raw) as string;
  } catch {
    throw new NotJson();
  }
}

class Walk {
  readonly #bytes: Buffer;
  readonly #to: number;
  readonly #visit: VisitJson;
  readonly #place: (string | number)[] = [];
  #at: number;

  constructor(bytes: Buffer, from: number, to: number, visit: VisitJson) {
    this.#bytes = bytes;
    this.#at = from;
    this.#to = to;
    this.#visit = visit;
  }

  value(): void {
    this.#skipBlanks();
    const start = this.#at;
    const byte = start < this.#to ? this.#bytes[start] : undefined;
    if (byte === openBrace) this.#object();
    else if (byte === openBracket) this.#array();
    else {
      if (byte === quote) this.#string();
      else this.#word();
      this.#visit(this.#place, start, this.#at);
    }
  }

  #object(): void {
    this.#at += 1;
    this.#skipBlanks();
    if (this.#accept(closeBrace)) return;
    do {
      this.#skipBlanks();
      const key = this.#key();
      this.#skipBlanks();
      this.#expect(colon);
      this.#place.push(key);
      this.value();
      this.#place.pop();
      this.#skipBlanks();
    } while (this.#accept(comma));
    this.#expect(closeBrace);
  }

  #key(): string {
    const start = this.#at;
    this.#string();
    const key = isPlainString(this.#bytes, start, this.#at)
      ? this.#bytes.toString('latin1', start + 1, this.#at - 1)
      : parseString(this.#bytes.toString('utf8', start, this.#at));
    // No rule is about keys, but a key may hold an address.
    this.#visit([], start, this.#at);
    return key;
  }

  #array(): void {
    this.#at += 1;
    this.#skipBlanks();
    if (this.#accept(closeBracket)) return;
    let index = 0;
    do {
      this.#place.push(index);
      this.value();
      this.#place.pop();
      index += 1;
      this.#skipBlanks();
    } while (this.#accept(comma));
    this.#expect(closeBracket);
  }

  #string(): void {
    this.#expect(quote);
    while (this.#at < this.#to) {
      const byte = this.#bytes[this.#at];
      this.#at += byte === backslash ? 2 : 1;
      if (byte === quote) return;
    }
    throw new NotJson();
  }

  /** A number, true, false or null. */
  #word(): void {
    const start = this.#at;
    while (this.#at < this.#to && endsWord[this.#bytes[this.#at] as number] === 0) this.#at += 1;
    if (this.#at === start) throw new NotJson();
  }

  #accept(byte: number): boolean {
    if (this.#at >= this.#to || this.#bytes[this.#at] !== byte) return false;
    this.#at += 1;
    return true;
  }

  #expect(byte: number): void {
    if (!this.#accept(byte)) throw new NotJson();
  }

  #skipBlanks(): void {
    while (this.#at < this.#to && (this.#bytes[this.#at] as number) <= 0x20) this.#at += 1;
  }
}
