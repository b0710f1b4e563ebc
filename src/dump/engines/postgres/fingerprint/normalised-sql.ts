/**
 * Statements of definitions in the form that they keep when they are restored and dumped again. PostgreSQL prints some things
 * otherwise once it has parsed its own text; each rule here was seen on databases that were restored faithfully.
 */

/** @param statement as pg_dump writes it, with its semicolon */
export function normalised(statement: string): string {
  let sql = withoutReindexing(statement.trim());
  // Each round moves one cast of an array inwards, which may bring another one into its place.
  for (let before = ''; sql !== before; ) {
    before = sql;
    sql = castsWithinArrays(sql);
  }
  return inheritedColumnsSorted(sql);
}

/**
 * The name that an index has for its users. While `REINDEX CONCURRENTLY` exchanges two, pg_dump may write the name that one of
 * them has for a moment.
 */
export function lastingName(index: string): string {
  return index.replace(/_cc(?:new|old)\d*$/, '');
}

function withoutReindexing(sql: string): string {
  return sql.replace(/^(CREATE (?:UNIQUE )?INDEX (?:"(?:[^"]|"")*?|\w+?))_cc(?:new|old)\d*("? ON )/, '$1$2');
}

/** Quoted text, or one character. */
const token = /'[^']*(?:''[^']*)*'|"[^"]*(?:""[^"]*)*"|\$(\w*)\$[\s\S]*?\$\1\$|[\s\S]/y;

/**
 * Rewrites `(ARRAY[a, b])::text[]` to `ARRAY[(a)::text, (b)::text]`, and the same without parentheses. `IN` over `varchar` is
 * printed in the first form, and in the second after a restore: the parser moves the cast of an array constructor to its
 * elements (`transformTypeCast` in PostgreSQL's src/backend/parser/parse_expr.c).
 */
function castsWithinArrays(sql: string): string {
  if (!sql.includes('ARRAY[')) return sql;
  let result = '';
  for (let at = 0; at < sql.length; ) {
    const cast = arrayCastAt(sql, at);
    const end = cast?.end ?? tokenEnd(sql, at);
    result += cast?.sql ?? sql.slice(at, end);
    at = end;
  }
  return result;
}

/** The forms of an array constructor with a cast. PostgreSQL prints expressions of statistics without parentheses. */
const forms = [
  { open: '(ARRAY[', close: ')::', cast: (element: string, type: string) => `(${element})::${type}` },
  { open: 'ARRAY[', close: '::', cast: (element: string, type: string) => `${element}::${type}` },
] as const;
/** The elements' type: `text`, `character varying(10)`, `app."Mood"`. */
const arrayType = /^((?:"(?:[^"]|"")*"|\w+)(?:\.(?:"(?:[^"]|"")*"|\w+))?(?: [a-z]+)*(?:\([\d,]+\))?(?: [a-z]+)*)\[\]/;
/** Longer than the name of any type with its schema: 63 bytes each, which quotes may double. */
const maxType = 300;

interface Rewritten {
  readonly sql: string;
  /** Where the text that it replaces ends. */
  readonly end: number;
}

function arrayCastAt(sql: string, at: number): Rewritten | undefined {
  for (const { open, close, cast } of forms) {
    const list = sql.startsWith(open, at) ? listAt(sql, at + open.length) : undefined;
    if (!list || !sql.startsWith(close, list.end)) continue;
    const from = list.end + close.length;
    const [whole, type] = arrayType.exec(sql.slice(from, from + maxType)) ?? [];
    if (whole === undefined || type === undefined) continue;
    // An element that is an array itself passes the cast on.
    const castTo = (element: string): string => {
      const plain = castsWithinArrays(element);
      const inner = innerList(plain);
      return inner ? arrayOf(inner) : cast(plain, type);
    };
    const arrayOf = (elements: readonly string[]): string => `ARRAY[${elements.map(castTo).join(', ')}]`;
    return { sql: arrayOf(list.elements), end: from + whole.length };
  }
  return undefined;
}

function innerList(element: string): readonly string[] | undefined {
  const list = element.startsWith('ARRAY[') ? listAt(element, 'ARRAY['.length) : undefined;
  return list?.end === element.length ? list.elements : undefined;
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
