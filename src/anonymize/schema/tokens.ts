/** One SQL statement as tokens. Comments and blanks are left out. */
import { canonicalName, folded } from '../format/names.ts';

export interface Token {
  /** `word`: a keyword or an unquoted name; `name`: quoted; `string`: any literal in quotes or dollars; `sign`: the rest. */
  readonly kind: 'word' | 'name' | 'string' | 'number' | 'sign';
  /** A word in lower case, a name without its quotes, a string's content, a sign. */
  readonly text: string;
  /** Where it stands in the statement. */
  readonly start: number;
  readonly end: number;
}

const pattern =
  /\s+|--[^\n]*|\/\*|([eE]'(?:[^'\\]|\\[\s\S]|'')*'|(?:[bBxXnN]|[uU]&)?'(?:[^']|'')*')|(\$(?:[A-Za-z_\x80-\uffff][\w\x80-\uffff]*)?\$)|("(?:[^"]|"")*")|([A-Za-z_\x80-\uffff][\w$\x80-\uffff]*)|(\d[\d.]*(?:[eE][+-]?\d+)?)|([\s\S])/y;

/** Never throws: what is no token of SQL becomes a sign. */
export function tokenize(sql: string): Token[] {
  const tokens: Token[] = [];
  pattern.lastIndex = 0;
  while (pattern.lastIndex < sql.length) {
    const start = pattern.lastIndex;
    const match = pattern.exec(sql);
    if (match === null) break;
    const [whole, string, dollar, quoted, word, number] = match;
    let end = start + whole.length;
    if (string !== undefined)
      tokens.push({
        kind: 'string',
        text: content(string),
        start,
        end,
      });
    else if (dollar !== undefined) {
      const close = sql.indexOf(dollar, end);
      const text = sql.slice(end, close < 0 ? sql.length : close);
      end = close < 0 ? sql.length : close + dollar.length;
      pattern.lastIndex = end;
      tokens.push({ kind: 'string', text, start, end });
    } else if (quoted !== undefined)
      tokens.push({ kind: 'name', text: quoted.slice(1, -1).replaceAll('""', '"'), start, end });
    else if (word !== undefined) tokens.push({ kind: 'word', text: folded(word), start, end });
    else if (number !== undefined) tokens.push({ kind: 'number', text: number, start, end });
    else if (whole === '/*') pattern.lastIndex = afterComment(sql, end);
    else if (!/^(\s|--)/.test(whole)) tokens.push({ kind: 'sign', text: whole, start, end });
  }
  return tokens;
}

/** Where a comment in slashes ends, with those that stand in it. */
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

/** What a literal says; the escapes of `U&''` are left as they are. */
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

/** What may follow the first word of a type, as in `timestamp without time zone`. */
const typeWords = new Set(['varying', 'precision', 'with', 'without', 'time', 'zone']);

/** Walks over the tokens of a statement. */
export class Cursor {
  readonly sql: string;
  readonly tokens: readonly Token[];
  at: number;
  readonly end: number;

  constructor(sql: string, tokens: readonly Token[], at = 0, end: number = tokens.length) {
    this.sql = sql;
    this.tokens = tokens;
    this.at = at;
    this.end = end;
  }

  get token(): Token | undefined {
    return this.at < this.end ? this.tokens[this.at] : undefined;
  }

  get done(): boolean {
    return this.at >= this.end;
  }

  /** Takes these keywords or signs if they come next. */
  take(...words: string[]): boolean {
    const all = this.comes(...words);
    if (all) this.at += words.length;
    return all;
  }

  /** Whether these keywords or signs come next. */
  comes(...words: string[]): boolean {
    return words.every((word, index) => {
      const token = this.at + index < this.end ? this.tokens[this.at + index] : undefined;
      return token !== undefined && (token.kind === 'word' || token.kind === 'sign') && token.text === word;
    });
  }

  peek(word: string): boolean {
    return this.comes(word);
  }

  /** The canonical form of the name that comes next; undefined when none does. */
  name(): string | undefined {
    const token = this.token;
    if (token === undefined || (token.kind !== 'word' && token.kind !== 'name')) return undefined;
    this.at += 1;
    return canonicalName(token.text);
  }

  /** A name with its schema. */
  qualified(): string | undefined {
    let name = this.name();
    while (name !== undefined && this.take('.')) name = `${name}.${this.name() ?? ''}`;
    return name;
  }

  /** What stands in the parentheses that come next, which are taken; undefined when none do. */
  group(): Cursor | undefined {
    if (!this.peek('(')) return undefined;
    const start = this.at + 1;
    let depth = 0;
    for (; this.at < this.end; this.at += 1) {
      const { kind, text } = this.tokens[this.at] as Token;
      if (kind !== 'sign') continue;
      if (text === '(') depth += 1;
      else if (text === ')') {
        depth -= 1;
        if (depth === 0) break;
      }
    }
    const inside = new Cursor(this.sql, this.tokens, start, this.at);
    this.at = Math.min(this.at + 1, this.end);
    return inside;
  }

  /** The parts between commas outside of parentheses. */
  parts(): Cursor[] {
    const parts: Cursor[] = [];
    let start = this.at;
    let depth = 0;
    for (let index = this.at; index < this.end; index += 1) {
      const { kind, text } = this.tokens[index] as Token;
      if (kind !== 'sign') continue;
      if (text === '(' || text === '[') depth += 1;
      else if (text === ')' || text === ']') depth -= 1;
      else if (text === ',' && depth === 0) {
        parts.push(new Cursor(this.sql, this.tokens, start, index));
        start = index + 1;
      }
    }
    if (start < this.end) parts.push(new Cursor(this.sql, this.tokens, start, this.end));
    return parts;
  }

  /** The SQL of the tokens that are left. */
  rest(): string {
    const last = this.tokens[this.end - 1];
    return this.token === undefined || last === undefined ? '' : this.sql.slice(this.token.start, last.end);
  }

  /** Canonical names of the words and quoted names that are left, but for types and functions: maybe columns. */
  names(): string[] {
    const names = new Set<string>();
    const rest = new Cursor(this.sql, this.tokens, this.at, this.end);
    while (!rest.done) {
      const typed = rest.take(':', ':');
      if (typed || rest.take('collate')) {
        rest.qualified();
        while (typed && rest.token?.kind === 'word' && typeWords.has(rest.token.text)) rest.at += 1;
        continue;
      }
      const name = rest.name();
      if (name === undefined) rest.at += 1;
      else if (!rest.peek('(')) names.add(name);
    }
    return [...names];
  }

  /** Whether the function is called in what is left. */
  calls(name: string): boolean {
    for (let index = this.at; index + 1 < this.end; index += 1) {
      const [token, next] = [this.tokens[index] as Token, this.tokens[index + 1] as Token];
      if (token.kind === 'word' && token.text === name && next.kind === 'sign' && next.text === '(') return true;
    }
    return false;
  }
}
