/**
 * Definitions in a form that they keep when they are dumped, restored and shown again, also by another series of the same server.
 * Each rule has its reason beside it.
 */

import { namePattern, quoted, unquoted } from '../names.ts';
import { withoutOwnDatabase } from '../sql/own-database.ts';

/** Quoted text, a name, or a version comment's mark: what a rule about words must not touch. */
const token = /'(?:[^'\\]|\\[\s\S]|'')*'|"(?:[^"\\]|\\[\s\S]|"")*"|`(?:[^`]|``)*`/g;

/** Changes what stands between quoted texts and names. */
function betweenQuotes(sql: string, change: (words: string) => string): string {
  let result = '';
  let from = 0;
  for (const { 0: text, index } of sql.matchAll(token)) {
    result += change(sql.slice(from, index)) + text;
    from = index + text.length;
  }
  return result + change(sql.slice(from));
}

const rules: readonly (readonly [RegExp, string])[] = [
  // Comments with versions are code. MariaDB's have an M.
  [/\/\*M?!\d{0,6} ?/g, ' '],
  [/\*\//g, ' '],
  // The next value belongs to the rows, and moves while they are dumped.
  [/ AUTO_INCREMENT=\d+/g, ''],
  // MySQL 8.0.19 shows no display width of integers, except of tinyint(1) and with ZEROFILL, and of no year.
  [/\b((?:tiny|small|medium|big)?int)\(\d+\)(?!( unsigned)? zerofill)/g, '$1'],
  [/\byear\(4\)/g, 'year'],
  // utf8 has been shown as utf8mb3 since MySQL 8.0.28 and MariaDB 10.6.
  [/\b(CHARSET=|CHARACTER SET |COLLATE=?\s?)utf8(?=_|\b)(?!mb)/g, '$1utf8mb3'],
];

/**
 * A statement that makes a table, a sequence or a view, without its own database before names. MariaDB writes that before a sequence
 * from which a default draws, and before columns of a view whose account is gone or may not read them (sql/item.cc,
 * Item_ident::print), which the copy's account may.
 */
export function normalTable(sql: string, database: string): string {
  const text = betweenQuotes(sql, (words) =>
    rules.reduce((all, [pattern, instead]) => all.replace(pattern, instead), words).replace(/\s+/g, ' '),
  );
  return withoutOwnDatabase(text, quoted(database))
    .replace(/\s*;?\s*$/, '')
    .trim();
}

/** At the head of a statement, also where comments with versions divide that; not in a text that follows. */
const definer = new RegExp(
  `^(\\s*(?:/\\*!\\d+ )?CREATE\\s+(?:OR\\s+REPLACE\\s+)?(?:ALGORITHM\\s*=\\s*\\w+\\s+)?(?:\\*/\\s*/\\*!\\d+ )?)DEFINER\\s*=\\s*(${namePattern})(?:@(${namePattern}))?\\s*`,
);

/** The account that an object was defined by, as statements name it: `joe@%`. */
export function definerOf(sql: string): string | undefined {
  const [, , user, host] = definer.exec(sql.slice(0, 4096)) ?? [];
  if (user === undefined) return undefined;
  return host === undefined ? unquoted(user) : `${unquoted(user)}@${unquoted(host)}`;
}

/** Without the account, which a dump leaves out. */
export function normalView(sql: string, database: string): string {
  const text = sql.slice(0, 4096).replace(definer, '$1') + sql.slice(4096);
  return normalTable(text, database).replace(/^CREATE OR REPLACE /, 'CREATE ');
}

/** A statement that makes a routine, a trigger or an event: its text is kept as it was written. */
export function normalProgram(sql: string): string {
  const head = sql
    .slice(0, 4096)
    .replace(definer, '$1')
    .replace(/^\s*CREATE\s+/i, '');
  return `CREATE ${head}${sql.slice(4096)}`.replace(/[\s;]+$/, '');
}

/** What a program is bound to when it is made, beside its text. */
export interface Attributes {
  readonly sqlMode?: string | undefined;
  readonly timeZone?: string | undefined;
  readonly charset?: string | undefined;
  readonly collation?: string | undefined;
}

/** Modes that a later series does not have: 8.0 has none of these (MySQL 8.0 release notes, "Removed"). */
const removedModes =
  /^(NO_AUTO_CREATE_USER|DB2|MAXDB|MSSQL|MYSQL323|MYSQL40|ORACLE|POSTGRESQL|NO_FIELD_OPTIONS|NO_KEY_OPTIONS|NO_TABLE_OPTIONS)$/;

export function normalMode(mode: string, family: 'mysql' | 'mariadb'): string {
  return mode
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '' && one !== 'NO_AUTO_CREATE_USER' && !(family === 'mysql' && removedModes.test(one)))
    .sort()
    .join(',');
}

export const withMb3 = (charset: string): string => charset.replace(/^utf8(?=_|$)/, 'utf8mb3');

/** The definition with its attributes, one a line. */
export function withAttributes(sql: string, attributes: Attributes, family: 'mysql' | 'mariadb'): string {
  const { sqlMode, timeZone, charset, collation } = attributes;
  return [
    sql,
    ...(sqlMode === undefined ? [] : [`-- sql_mode: ${normalMode(sqlMode, family)}`]),
    ...(timeZone === undefined ? [] : [`-- time_zone: ${timeZone}`]),
    ...(charset === undefined ? [] : [`-- character_set_client: ${withMb3(charset)}`]),
    ...(collation === undefined ? [] : [`-- collation_connection: ${withMb3(collation)}`]),
  ].join('\n');
}

const attributeLines = /(?:\n-- (?:sql_mode|time_zone|character_set_client|collation_connection|order): .*)+$/;

/** Takes the attributes off again, which no server words otherwise. */
export function textAndAttributes(definition: string): {
  readonly text: string;
  readonly attributes: string;
  readonly sqlMode: string | undefined;
} {
  const attributes = attributeLines.exec(definition)?.[0] ?? '';
  return {
    text: definition.slice(0, definition.length - attributes.length),
    attributes,
    sqlMode: /\n-- sql_mode: (.*)/.exec(attributes)?.[1],
  };
}
