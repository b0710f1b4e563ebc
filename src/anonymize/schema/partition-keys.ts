/**
 * Which partitions hold no address in the columns that decide where a row belongs: their rows stay where they are. Read from the
 * rows of COPY, when the definitions are read; of a pipe, and of INSERT, it is not known.
 */
import type { Catalogue } from './catalogue.ts';
import { holdsText } from './column-kinds.ts';

const tab = 0x09;
const newline = 0x0a;
const backslash = 0x5c;
const letterN = 0x4e;

/**
 * Bytes without which a value holds no address in any disguise: the at sign itself, what escapes it (a backslash, `%40`, `&#64;`,
 * `=40`), and the first byte of the other at signs of Unicode (U+FF20, U+FE6B) in UTF-8.
 */
const telltale = new Uint8Array(256);
for (const byte of [0x40, backslash, 0x25, 0x26, 0x3d, 0xef]) telltale[byte] = 1;

export class PartitionKeys {
  readonly #catalogue: Catalogue;
  #table = '';
  /** Whether a column decides, by its place in the row; undefined for tables that are no partitions, or whose keys are no texts. */
  #decides: readonly boolean[] | undefined;
  #column = 0;
  #clean = true;

  constructor(catalogue: Catalogue) {
    this.#catalogue = catalogue;
  }

  /** @param columns of the COPY; undefined for all that are in its rows */
  begin(table: string, columns: readonly string[] | undefined): void {
    const keys = this.#catalogue.partitionColumns(table);
    const defined = this.#catalogue.table(table)?.columns ?? [];
    const texts = new Set(defined.filter((one) => keys.has(one.name) && holdsText(one)).map((one) => one.name));
    const names = columns ?? defined.filter((one) => !one.generated).map((one) => one.name);
    this.#decides = texts.size > 0 ? names.map((name) => texts.has(name)) : undefined;
    this.#table = table;
    this.#column = 0;
    this.#clean = true;
  }

  /** Any part of the rows. */
  rows(bytes: Buffer, from: number, to: number): void {
    const decides = this.#decides;
    if (decides === undefined || !this.#clean) return;
    let column = this.#column;
    for (let at = from; at < to; at += 1) {
      const byte = bytes[at] as number;
      if (byte === tab) column += 1;
      else if (byte === newline) column = 0;
      else if (telltale[byte] === 1 && decides[column] !== false && !isNull(bytes, at, to)) {
        this.#clean = false;
        return;
      }
    }
    this.#column = column;
  }

  end(): void {
    if (this.#decides !== undefined) this.#catalogue.noteKeys(this.#table, this.#clean);
    this.#decides = undefined;
  }
}

/** `\N` as a whole value; at the end of a piece, anything that begins so. */
function isNull(bytes: Buffer, at: number, to: number): boolean {
  const before = bytes[at - 1];
  const after = bytes[at + 2];
  return (
    bytes[at] === backslash &&
    bytes[at + 1] === letterN &&
    at + 2 < to &&
    (before === undefined || before === tab || before === newline) &&
    (after === tab || after === newline)
  );
}
