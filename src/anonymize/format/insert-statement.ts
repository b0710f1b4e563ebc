/** The rows of INSERT statements, taken apart into values. */

import { type Codec, textOf } from './codec.ts';
import { quotedEnd } from './literals.ts';
import { canonicalQualified, identifierPattern } from './names.ts';

const head = new RegExp(
  String.raw`^insert\s+into\s+(${identifierPattern}(?:\s*\.\s*${identifierPattern})*)\s*(?:\(((?:\s*${identifierPattern}\s*,?)*)\))?\s*(?:overriding\s+(?:system|user)\s+value\s*)?(values\b|default\s+values\b|select\b|with\b|\()`,
  'is',
);
/** Bytes in which the names of a table and its columns must fit: 1,600 columns with names of 63 bytes. */
const headLimit = 256 * 1024;
const quote = 0x27;

/** One value of a row: where its expression stands, and where the text of its literal. */
export interface Value {
  start: number;
  end: number;
  codec: Codec;
  textStart: number;
  textEnd: number;
  kind: 'literal' | 'bare' | 'expression';
}

/** Begin of an INSERT with rows. */
export interface InsertHead {
  /** Canonical. */
  readonly table: string;
  /** Canonical; undefined when the statement does not name them. */
  readonly columns: readonly string[] | undefined;
  /** Where the name of the table stands. */
  readonly nameStart: number;
  readonly nameEnd: number;
  /** Where the rows begin. */
  readonly rows: number;
}

/** @returns undefined when the statement is no INSERT with VALUES */
export function insertHead(bytes: Buffer, from: number, to: number): InsertHead | undefined {
  if (((bytes[from] as number) | 0x20) !== 0x69) return undefined;
  const text = bytes.toString('latin1', from, Math.min(to, from + headLimit));
  const match = head.exec(text);
  if (match === null || !/^values/i.test(match[3] ?? '')) return undefined;
  const utf8 = (latin1: string): string => Buffer.from(latin1, 'latin1').toString('utf8');
  return {
    table: canonicalQualified(utf8(match[1] ?? '')),
    columns: match[2]?.match(new RegExp(identifierPattern, 'gs'))?.map((one) => canonicalQualified(utf8(one))),
    nameStart: from + match[0].indexOf(match[1] ?? ''),
    nameEnd: from + match[0].indexOf(match[1] ?? '') + (match[1] ?? '').length,
    rows: from + match[0].length,
  };
}

/** Reads one row after the other; the values of the last one read. */
export class InsertValues {
  readonly values: Value[] = [];
  /** Position after the row's parenthesis. */
  rowEnd = 0;

  /** Calls `visit` with the texts of each row; NULL is empty. Strings are taken as the standard has them. */
  each(
    bytes: Buffer,
    from: number,
    to: number,
    visit: (table: string, columns: readonly string[] | undefined, values: readonly Buffer[]) => void,
  ): void {
    const begin = insertHead(bytes, from, to);
    if (begin === undefined) return;
    let at = begin.rows;
    for (;;) {
      while (at < to && ((bytes[at] as number) <= 0x20 || bytes[at] === 0x2c)) at += 1;
      if (bytes[at] !== 0x28) return;
      const count = this.row(bytes, at + 1, to, false);
      const texts = this.values.slice(0, count).map((value) => {
        const shown = Buffer.from(textOf(bytes, value.textStart, value.textEnd, value.codec));
        return value.kind === 'bare' && /^null$/i.test(shown.toString('latin1')) ? Buffer.alloc(0) : shown;
      });
      visit(begin.table, begin.columns, texts);
      at = this.rowEnd;
    }
  }

  /** Reads the values of one row. @returns how many there are */
  row(bytes: Buffer, from: number, to: number, backslashes: boolean): number {
    let count = 0;
    let at = from;
    for (;;) {
      const value = this.#value(count);
      value.start = at;
      let depth = 0;
      let literals = 0;
      let others = 0;
      for (; at < to; at += 1) {
        const byte = bytes[at] as number;
        if (byte === quote) {
          const escaping = backslashes || (((bytes[at - 1] as number) | 0x20) === 0x65 && at - 1 >= value.start);
          const codec: Codec = escaping ? 'escape-string' : 'string';
          const end = quotedEnd(bytes, at, to, quote, codec);
          literals += 1;
          if (escaping && !backslashes) others -= 1;
          if (depth === 0 && literals === 1) Object.assign(value, { codec, textStart: at + 1, textEnd: end - 1 });
          at = end - 1;
        } else if (byte === 0x22) at = quotedEnd(bytes, at, to, 0x22, 'raw') - 1;
        else if (byte === 0x28 || byte === 0x5b) depth += 1;
        else if (depth === 0 && (byte === 0x2c || byte === 0x29)) break;
        else if (byte === 0x29 || byte === 0x5d) depth -= 1;
        else if (byte === 0x3a && bytes[at + 1] === 0x3a && depth === 0) {
          // A cast after the literal changes nothing of its text.
          at += 1;
          while (at + 1 < to && !(bytes[at + 1] === 0x2c || bytes[at + 1] === 0x29)) {
            if (bytes[at + 1] === 0x28) while (bytes[at + 1] !== 0x29 && at + 1 < to) at += 1;
            at += 1;
          }
        } else if (byte > 0x20) others += 1;
      }
      value.end = at;
      value.kind = literals === 1 && others === 0 ? 'literal' : literals === 0 ? 'bare' : 'expression';
      if (value.kind === 'bare') trim(bytes, value);
      count += 1;
      if (bytes[at] !== 0x2c) break;
      at += 1;
    }
    this.rowEnd = at + 1;
    return count;
  }

  #value(index: number): Value {
    let value = this.values[index];
    if (value === undefined) {
      value = { start: 0, end: 0, codec: 'string', textStart: 0, textEnd: 0, kind: 'bare' };
      this.values[index] = value;
    }
    return value;
  }
}

function trim(bytes: Uint8Array, value: Value): void {
  value.codec = 'raw';
  value.textStart = value.start;
  value.textEnd = value.end;
  while ((bytes[value.textStart] as number) <= 0x20 && value.textStart < value.textEnd) value.textStart += 1;
  while ((bytes[value.textEnd - 1] as number) <= 0x20 && value.textStart < value.textEnd) value.textEnd -= 1;
}
