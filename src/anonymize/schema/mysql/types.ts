/** Column types of MySQL and MariaDB, as far as rules need them (MySQL manual, "Data Types"). */
import { Cursor } from '../../format/cursor.ts';
import { tokenizeMysql } from '../../format/mysql/tokens.ts';
import type { Token } from '../../format/tokens.ts';
import { mysqlCollation } from '../collations.ts';
import { type ColumnType, plain, type TypeClass } from '../types.ts';

const classes: readonly (readonly [RegExp, TypeClass])[] = [
  [/^(var)?char$|^(tiny|medium|long)?text$|^(character|nchar|nvarchar|national|long)$/, 'text'],
  // Bytes are written as they are, like texts.
  [/^(var)?binary$|^(tiny|medium|long)?blob$/, 'text'],
  [/^json$/, 'json'],
  [/^((tiny|small|medium|big)int|int|integer|serial|int[1-4]|int8)$/, 'integer'],
  [/^(decimal|numeric|dec|fixed|float|double|real)$/, 'number'],
  [/^date$/, 'date'],
  [/^(datetime|timestamp)$/, 'timestamp'],
  [/^uuid$/, 'uuid'],
  [/^(bool|boolean)$/, 'boolean'],
];

/** Bytes that the smallest types of text take. */
const tinyLength = 255;

/** How a column's values are compared, where its own definition does not say it. */
export interface TableCollation {
  readonly charset: string | undefined;
  readonly collation: string | undefined;
}

/**
 * @param written such as `varchar(40) CHARACTER SET latin1 COLLATE latin1_bin`
 * @param table how the table's columns are compared that do not say it themselves
 */
export function mysqlType(written: string, table: TableCollation, isJson: boolean): ColumnType {
  const cursor = new Cursor(written, tokenizeMysql(written));
  const first = cursor.token?.text ?? '';
  cursor.at += 1;
  cursor.accept('varying');
  const group = cursor.group();
  const words = cursor.tokens.map((token) => token.text.toLowerCase());
  const base = isJson ? 'json' : (classes.find(([pattern]) => pattern.test(first))?.[1] ?? 'other');
  const binary = /^(var)?binary$|blob$/.test(first);
  const isText = base === 'text' || first === 'enum' || first === 'set';
  const collation = binary || !isText ? 'binary' : collationOf(words, table);
  return {
    ...plain,
    written,
    underlying: written,
    base,
    binary,
    collation: isText && !/(_bin|_cs|^binary)$/i.test(collation) ? mysqlCollation(collation) : undefined,
    caseless: isText && !/(_bin|_cs|^binary)$/i.test(collation),
    // UCA 9.0.0 and the collations named so do not pad; nor do bytes (MySQL manual, "The binary Collation").
    padded: isText && !/_0900_|_nopad_|^binary$/i.test(collation),
    maxCharacters: roomOf(first, group),
    enumeration: first === 'enum' || first === 'set' ? labelsOf(group) : undefined,
  };
}

/** A collation, or the name of a character set, whose default one ignores case. */
function collationOf(words: readonly string[], table: TableCollation): string {
  const after = (word: string): string | undefined => words[words.indexOf(word) + 1];
  if (words.includes('collate')) return after('collate') ?? '';
  if (words.includes('charset')) return after('charset') ?? '';
  if (words.includes('set') && words.includes('character')) return words[words.indexOf('character') + 2] ?? '';
  return table.collation ?? table.charset ?? '';
}

function roomOf(first: string, group: Cursor | undefined): number | undefined {
  if (/^tiny(text|blob)$/.test(first)) return tinyLength;
  if (!/^((var)?(char|binary)|character|nchar|nvarchar|national)$/.test(first)) return undefined;
  const length = group?.token;
  return length?.kind === 'number' ? Number(length.text) : 1;
}

function labelsOf(group: Cursor | undefined): readonly string[] {
  const tokens: readonly Token[] = group?.tokens.slice(group.at, group.end) ?? [];
  return tokens.filter((token) => token.kind === 'string').map((token) => token.text);
}
