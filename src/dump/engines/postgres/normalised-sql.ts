/**
 * Statements of definitions in the form that they keep when they are restored and dumped again. PostgreSQL prints some things
 * otherwise once it has parsed its own text; each rule here was seen on databases that were restored faithfully.
 */

/** @param statement as pg_dump writes it, with its semicolon */
export function normalised(statement: string): string {
  return inheritedColumnsSorted(castsWithinArrays(statement.trim()));
}

/** The end of quoted text, of a comment, or of one other character. */
const token = /'(?:[^']|'')*'|"(?:[^"]|"")*"|\$(\w*)\$[\s\S]*?\$\1\$|[\s\S]/y;
const arrayCast = '(ARRAY[';

/**
 * Rewrites `(ARRAY[a, b])::text[]` to `ARRAY[(a)::text, (b)::text]`. `IN` over `varchar` is printed in the first form, and in
 * the second after a restore: the parser moves the cast of an array constructor to its elements (`transformTypeCast` in
 * PostgreSQL's src/backend/parser/parse_expr.c).
 */
function castsWithinArrays(sql: string): string {
  if (!sql.includes(arrayCast)) return sql;
  let result = '';
  for (let at = 0; at < sql.length; ) {
    const cast = sql.startsWith(arrayCast, at) ? arrayCastAt(sql, at) : undefined;
    const end = cast?.end ?? tokenEnd(sql, at);
    result += cast ? `ARRAY[${cast.elements.map((one) => castOf(one, cast.type)).join(', ')}]` : sql.slice(at, end);
    at = end;
  }
  return result;
}

/** An element that is an array itself passes the cast on. */
function castOf(element: string, type: string): string {
  const inner = /^ARRAY\[/.test(element) ? listAt(element, 'ARRAY['.length) : undefined;
  if (inner && inner.end === element.length)
    return `ARRAY[${inner.elements.map((one) => castOf(one, type)).join(', ')}]`;
  return `(${castsWithinArrays(element)})::${type}`;
}

interface ArrayCast {
  readonly elements: readonly string[];
  /** Of the elements: `text`, `character varying(10)`. */
  readonly type: string;
  readonly end: number;
}

function arrayCastAt(sql: string, at: number): ArrayCast | undefined {
  const list = listAt(sql, at + arrayCast.length);
  const match = list && /\)::((?:"(?:[^"]|"")*"|[\w. (),])+?)\[\]/y;
  if (!match) return undefined;
  match.lastIndex = list.end;
  const type = match.exec(sql)?.[1];
  return type === undefined ? undefined : { elements: list.elements, type, end: match.lastIndex };
}

/** The elements of a list up to its closing bracket, and where it ends. */
function listAt(sql: string, from: number): { elements: string[]; end: number } | undefined {
  const elements: string[] = [];
  let depth = 0;
  let start = from;
  for (let at = from; at < sql.length; at = tokenEnd(sql, at)) {
    const character = sql[at] as string;
    if (depth === 0 && (character === ',' || character === ']')) {
      elements.push(sql.slice(start, at).trim());
      start = at + 1;
      if (character === ']') return { elements, end: at + 1 };
    } else if ('[('.includes(character)) depth += 1;
    else if ('])'.includes(character)) depth -= 1;
  }
  return undefined;
}

function tokenEnd(sql: string, at: number): number {
  token.lastIndex = at;
  token.exec(sql);
  return Math.max(token.lastIndex, at + 1);
}

/**
 * A table that was made an heir later has its columns in its own order; restored, those of its parents come first
 * (`MergeAttributes` in PostgreSQL's src/backend/commands/tablecmds.c).
 */
function inheritedColumnsSorted(sql: string): string {
  const match = /^(CREATE (?:\w+ )*TABLE [^\n]*\(\n)([\s\S]*)(\n\)\nINHERITS \([\s\S]*)$/.exec(sql);
  if (!match) return sql;
  const [, begin = '', columns = '', end = ''] = match;
  return `${begin}${columns
    .split(/,\n(?= {4}\S)/)
    .sort()
    .join(',\n')}${end}`;
}
