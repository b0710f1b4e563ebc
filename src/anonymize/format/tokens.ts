/** Splits a SQL statement into tokens, without comments and blanks. */
import { folded, unescapedName } from './names.ts';

export interface Token {
  /** `word`: a keyword or an unquoted name; `name`: a quoted name; `string`: a literal in quotes or dollars; `sign`: the rest. */
  readonly kind: 'word' | 'name' | 'string' | 'number' | 'sign';
  /** A word in lower case, a name without its quotes, the content of a string, a sign. */
  readonly text: string;
  /** A word as written, where its case matters when it is a name: PostgreSQL folds those without quotes. */
  readonly written?: string;
  /** Position in the statement. */
  readonly start: number;
  readonly end: number;
}

const pattern =
  /\s+|--[^\n]*|\/\*|([eE]'(?:[^'\\]|\\[\s\S]|'')*'|(?:[bBxXnN]|[uU]&)?'(?:[^']|'')*')|(\$(?:[A-Za-z_\x80-\uffff][\w\x80-\uffff]*)?\$)|((?:[uU]&)?"(?:[^"]|"")*")|([A-Za-z_\x80-\uffff][\w$\x80-\uffff]*)|(\d[\d.]*(?:[eE][+-]?\d+)?)|([\s\S])/y;

/** Never throws: a character that is not an SQL token becomes a sign. */
export function tokenize(sql: string): Token[] {
  const tokens: Token[] = [];
  pattern.lastIndex = 0;
  while (pattern.lastIndex < sql.length) {
    const start = pattern.lastIndex;
    const match = pattern.exec(sql);
    if (match === null) break;
    const [whole, string, dollar, quoted, word, number] = match;
    let end = start + whole.length;
    if (string !== undefined) tokens.push({ kind: 'string', text: content(string), start, end });
    else if (dollar !== undefined) {
      const close = sql.indexOf(dollar, end);
      const text = sql.slice(end, close < 0 ? sql.length : close);
      end = close < 0 ? sql.length : close + dollar.length;
      pattern.lastIndex = end;
      tokens.push({ kind: 'string', text, start, end });
    } else if (quoted !== undefined) tokens.push({ kind: 'name', text: nameText(quoted), start, end });
    else if (word !== undefined) tokens.push({ kind: 'word', text: folded(word), start, end });
    else if (number !== undefined) tokens.push({ kind: 'number', text: number, start, end });
    else if (whole === '/*') pattern.lastIndex = afterComment(sql, end);
    else if (!/^(\s|--)/.test(whole)) tokens.push({ kind: 'sign', text: whole, start, end });
  }
  return tokens;
}

function nameText(quoted: string): string {
  const text = quoted.slice(quoted.indexOf('"') + 1, -1).replaceAll('""', '"');
  return quoted.startsWith('"') ? text : unescapedName(text);
}

/** Position after a block comment. Block comments nest. */
function afterComment(sql: string, from: number): number {
  const signs = /\/\*|\*\//g;
  signs.lastIndex = from;
  for (let depth = 1; depth > 0; ) {
    const sign = signs.exec(sql);
    if (sign === null) return sql.length;
    depth += sign[0] === '/*' ? 1 : -1;
  }
  return signs.lastIndex;
}

const escapes: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

/** The text of a literal, but for the escapes of `U&''`, which stay. */
function content(literal: string): string {
  const text = literal.slice(literal.indexOf("'") + 1, -1);
  if (!/^e/i.test(literal)) return text.replaceAll("''", "'");
  const escaped = /''|\\(?:([0-7]{1,3})|x([0-9a-f]{1,2})|u([0-9a-f]{4})|U([0-9a-f]{8})|([\s\S]))/gi;
  return text.replace(escaped, (whole, octal?: string, hex?: string, short?: string, long?: string, one?: string) => {
    if (whole === "''") return "'";
    if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8));
    const code = Number.parseInt(hex ?? short ?? long ?? '', 16);
    if (Number.isNaN(code)) return escapes[one ?? ''] ?? one ?? '';
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
