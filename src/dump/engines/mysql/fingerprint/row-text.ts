/**
 * The statement that adds up a hash of each row of a table, in the server. The text of a row is unambiguous: numbers, or N for
 * NULL; short texts as quoted bytes; long ones as an MD5 alone, since a result beyond max_allowed_packet is NULL.
 *
 * Of a FLOAT, a dump holds the six digits that the server writes (MySQL manual, "Problems with Floating-Point Values"), so these
 * are compared. Of -0, it holds the sign, which is lost when the statement is read: -0 is the integer 0, negated (MySQL manual,
 * "Numeric Literals"). Of an ENUM or SET, it holds the text and not its number: whether an empty one is a member or an error value is
 * lost (MySQL manual, "The ENUM Type").
 */
import type { Column, Table } from '../catalogue.ts';
import { quoted, quotedPair } from '../names.ts';

/** Bytes of texts that are compared as they are. */
const shortText = 1024;
/** A row of more than this many bytes is compared by the MD5 of each column. */
const longRow = 1_000_000;

const asTheyAre = /int$|^(decimal|numeric|year)$/;
const withoutSignOfZero = /^(float|double|real)$/;
const asCharacters = /^(date|time|datetime|timestamp|uuid|inet4|inet6)$/;
const texts = /^(char|varchar|binary|varbinary|enum|set)$/;

function textOf({ name, type, octets, nullable }: Column, short: boolean): string {
  const column = quoted(name);
  const orN = (text: string): string => (nullable ? `IFNULL(${text},'N')` : text);
  if (asTheyAre.test(type)) return orN(column);
  if (withoutSignOfZero.test(type)) return orN(`IF(${column}=0,'0',${column})`);
  if (type === 'bit') return orN(`${column}+0`);
  if (asCharacters.test(type)) return orN(`CAST(${column} AS CHAR)`);
  // QUOTE gives the word NULL for it, without quotes.
  if (short && texts.test(type) && octets <= shortText) return `QUOTE(CAST(${column} AS BINARY))`;
  return orN(`MD5(${column})`);
}

/** Bytes that the longest text takes. */
const sizeOf = ({ type, octets }: Column): number => (texts.test(type) && octets <= shortText ? 2 * octets + 3 : 70);

/**
 * How hashes are added up: `sum` in one number of 64 bits; `pair` in two short ones, for servers that add up in 64 bits with a
 * sign (Infobright).
 */
export type HashForm = 'sum' | 'pair';

function sumOf(text: string, form: HashForm): string {
  const part = (from: number, length: number): string =>
    `COALESCE(SUM(CAST(CONV(SUBSTRING(MD5(${text}),${from},${length}),16,10) AS ${form === 'sum' ? 'UNSIGNED' : 'SIGNED'})),0)`;
  return form === 'sum' ? part(1, 16) : `CONCAT(${part(1, 7)},':',${part(8, 7)})`;
}

export interface RowStatementOptions {
  readonly form: HashForm;
  /** A sum for each column, too. */
  readonly columns?: boolean | undefined;
  /** Number of classes of rows by a hash of their key; undefined for none. A power of two, at most 4096. */
  readonly classes?: number | undefined;
  /** Of a table with system versioning, the rows of former times, too. */
  readonly history: boolean;
}

export interface RowStatement {
  /** Gives the class if there are classes, the number of rows, the sum, and those of the columns. */
  readonly sql: string;
  readonly columns: readonly string[];
}

/** Undefined when the table has no column that is compared. */
export function rowStatement(table: Table, options: RowStatementOptions): RowStatement {
  const { form, classes, history } = options;
  const compared = table.columns.filter(({ generated }) => !generated);
  const short = compared.reduce((sum, column) => sum + sizeOf(column), 0) < longRow;
  const past = table.kind === 'versioned' && history;
  const join = (parts: readonly string[]): string => `CONCAT(${parts.join(",',',")})`;
  const { start = 'ROW_START', end = 'ROW_END' } = table.period ?? {};
  // As text, which does not depend on whether the table has columns of its own for it.
  const period = past ? [start, end].map((name) => `CAST(${quoted(name)} AS CHAR)`) : [];
  const parts = [...compared.map((column) => textOf(column, short)), ...period];
  const text = parts.length === 0 ? "''" : join(parts);
  const keys = compared.filter(({ primary }) => primary);
  const key = keys.length === 0 ? text : join(keys.map((column) => textOf(column, short)));
  const ofColumns = options.columns ? compared : [];
  const figures = [
    'COUNT(*)',
    sumOf(text, form),
    ...ofColumns.map((column) => sumOf(textOf(column, short), form)),
  ].join(',');
  const from = `${quotedPair(table.database, table.name)}${past ? ' FOR SYSTEM_TIME ALL' : ''}`;
  return {
    sql:
      classes === undefined
        ? `SELECT ${figures} FROM ${from}`
        : `SELECT CONV(RIGHT(MD5(${key}),3),16,10)&${classes - 1},${figures} FROM ${from} GROUP BY 1`,
    columns: ofColumns.map(({ name }) => name),
  };
}

/** The form of the sum of a fingerprint, with which its copy must be read. */
export const formOf = (checksum: string): HashForm => (checksum.includes(':') ? 'pair' : 'sum');
