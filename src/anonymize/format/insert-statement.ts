/** INSERT statements with rows, split into values. */
import { type Codec, textOf } from './codec.ts';
import { quotedEnd } from './lexical.ts';
import { canonicalNames, canonicalQualified, identifierPattern } from './names.ts';

const head = new RegExp(
  String.raw`^insert\s+into\s+(${identifierPattern}(?:\s*\.\s*${identifierPattern})*)\s*(?:\(((?:\s*${identifierPattern}\s*,?)*)\))?\s*(?:overriding\s+(?:system|user)\s+value\s*)?(values\b|default\s+values\b|select\b|with\b|\()`,
  'is',
);
/** Bytes that hold the names of any table and its columns: 1,600 columns with names of 63 bytes. */
const headLimit = 256 * 1024;

const doubleQuote = 0x22;
const quote = 0x27;
const openParenthesis = 0x28;
const closeParenthesis = 0x29;
const comma = 0x2c;
const colon = 0x3a;
const openBracket = 0x5b;
const closeBracket = 0x5d;

/** One value of a row: where its expression is, and where the text of its literal is. */
export interface InsertValue {
  start: number;
  end: number;
  codec: Codec;
  textStart: number;
  textEnd: number;
  /** `literal`: one string, maybe with a cast; `bare`: without quotes, such as a number or NULL; `expression`: the rest. */
  kind: 'literal' | 'bare' | 'expression';
}

/** The part of an INSERT before its rows. */
export interface InsertHead {
  /** Canonical. */
  readonly table: string;
  /** Canonical; undefined when the statement does not name them. */
  readonly columns: readonly string[] | undefined;
  /** Where the table's name is. */
  readonly nameStart: number;
  readonly nameEnd: number;
  /** Where the rows start. */
  readonly rows: number;
}

/** @returns undefined when the statement is not an INSERT with VALUES */
export function insertHead(bytes: Buffer, from: number, to: number): InsertHead | undefined {
  if (((bytes[from] as number) | 0x20) !== 0x69) return undefined;
  const text = bytes.toString('latin1', from, Math.min(to, from + headLimit));
  const match = head.exec(text);
  if (match === null || !/^values/i.test(match[3] ?? '')) return undefined;
  const [whole, name = '', columns] = match;
  const utf8 = (latin1: string): string => Buffer.from(latin1, 'latin1').toString('utf8');
  const nameStart = from + whole.indexOf(name);
  return {
    table: canonicalQualified(utf8(name)),
    columns: columns === undefined ? undefined : canonicalNames(utf8(columns)),
    nameStart,
    nameEnd: nameStart + name.length,
    rows: from + whole.length,
  };
}

/** Reads one row after another; `values` and `rowEnd` are those of the last row. */
export class InsertReader {
  readonly values: InsertValue[] = [];
  /** Position after the row's closing parenthesis. */
  rowEnd = 0;

  /**
   * Calls `visit` with the texts of each row. NULL is an empty text.
   * @param texts valid until the next row
   */
  eachRow(
    bytes: Buffer,
    from: number,
    to: number,
    visit: (table: string, columns: readonly string[] | undefined, texts: readonly Buffer[]) => void,
  ): void {
    const statement = insertHead(bytes, from, to);
    if (statement === undefined) return;
    let at = statement.rows;
    for (;;) {
      while (at < to && ((bytes[at] as number) <= 0x20 || bytes[at] === comma)) at += 1;
      if (bytes[at] !== openParenthesis) return;
      const count = this.readRow(bytes, at + 1, to, false);
      visit(
        statement.table,
        statement.columns,
        this.values.slice(0, count).map((value) => shownText(bytes, value)),
      );
      at = this.rowEnd;
    }
  }

  /**
   * Reads the values of one row.
   * @param from after the opening parenthesis
   * @param backslashes whether backslashes escape in plain strings
   * @returns the number of values
   */
  readRow(bytes: Buffer, from: number, to: number, backslashes: boolean): number {
    let count = 0;
    let at = from;
    for (;;) {
      at = readValue(bytes, at, to, backslashes, this.#value(count));
      count += 1;
      if (bytes[at] !== comma) break;
      at += 1;
    }
    this.rowEnd = at + 1;
    return count;
  }

  #value(index: number): InsertValue {
    let value = this.values[index];
    if (value === undefined) {
      value = { start: 0, end: 0, codec: 'string', textStart: 0, textEnd: 0, kind: 'bare' };
      this.values[index] = value;
    }
    return value;
  }
}

function shownText(bytes: Buffer, value: InsertValue): Buffer {
  const text = Buffer.from(textOf(bytes, value.textStart, value.textEnd, value.codec));
  return value.kind === 'bare' && /^null$/i.test(text.toString('latin1')) ? Buffer.alloc(0) : text;
}

/** Reads one value into `value`. @returns the position of the comma or parenthesis after it */
function readValue(bytes: Buffer, from: number, to: number, backslashes: boolean, value: InsertValue): number {
  let depth = 0;
  let literals = 0;
  /** Bytes of code that are neither a literal nor its prefix or cast. */
  let others = 0;
  let at = from;
  for (; at < to; at += 1) {
    const byte = bytes[at] as number;
    if (byte === quote) {
      const prefixed = at > from && ((bytes[at - 1] as number) | 0x20) === 0x65;
      const codec: Codec = backslashes || prefixed ? 'escape-string' : 'string';
      const end = quotedEnd(bytes, at, to, quote, codec);
      literals += 1;
      if (prefixed) others -= 1;
      if (depth === 0 && literals === 1) {
        value.codec = codec;
        value.textStart = at + 1;
        value.textEnd = end - 1;
      }
      at = end - 1;
    } else if (byte === doubleQuote) at = quotedEnd(bytes, at, to, doubleQuote, 'raw') - 1;
    else if (byte === openParenthesis || byte === openBracket) depth += 1;
    else if (depth === 0 && (byte === comma || byte === closeParenthesis)) break;
    else if (byte === closeParenthesis || byte === closeBracket) depth -= 1;
    else if (depth === 0 && byte === colon && bytes[at + 1] === colon) at = castEnd(bytes, at, to);
    else if (byte > 0x20) others += 1;
  }
  value.start = from;
  value.end = at;
  value.kind = literals === 1 && others === 0 ? 'literal' : literals === 0 ? 'bare' : 'expression';
  if (value.kind === 'bare') trim(bytes, value);
  return at;
}

/** Position of the last byte of the cast at `from` (`::numeric(8,2)`): a cast changes nothing of the literal's text. */
function castEnd(bytes: Uint8Array, from: number, to: number): number {
  let at = from + 1;
  while (at + 1 < to && bytes[at + 1] !== comma && bytes[at + 1] !== closeParenthesis) {
    if (bytes[at + 1] === openParenthesis) while (bytes[at + 1] !== closeParenthesis && at + 1 < to) at += 1;
    at += 1;
  }
  return at;
}

/** The text of a bare value is its expression without the blanks around it. */
function trim(bytes: Uint8Array, value: InsertValue): void {
  value.codec = 'raw';
  value.textStart = value.start;
  value.textEnd = value.end;
  while ((bytes[value.textStart] as number) <= 0x20 && value.textStart < value.textEnd) value.textStart += 1;
  while ((bytes[value.textEnd - 1] as number) <= 0x20 && value.textStart < value.textEnd) value.textEnd -= 1;
}
