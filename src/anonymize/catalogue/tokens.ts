/** One SQL statement as tokens. Comments and blanks are left out. */
import { canonicalName } from './names.ts';

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
  /\s+|--[^\n]*|\/\*[\s\S]*?\*\/|([eE]'(?:[^'\\]|\\[\s\S]|'')*'|(?:[bBxXnN]|[uU]&)?'(?:[^']|'')*')|(\$(?:[A-Za-z_\x80-\uffff][\w\x80-\uffff]*)?\$)|("(?:[^"]|"")*")|([A-Za-z_\x80-\uffff][\w$\x80-\uffff]*)|(\d[\d.]*(?:[eE][+-]?\d+)?)|([\s\S])/y;

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
        text: string.slice(string.indexOf("'") + 1, -1).replaceAll("''", "'"),
        start,
        end,
      });
    else if (dollar !== undefined) {
      const close = sql.indexOf(dollar, end);
      const content = sql.slice(end, close < 0 ? sql.length : close);
      end = close < 0 ? sql.length : close + dollar.length;
      pattern.lastIndex = end;
      tokens.push({ kind: 'string', text: content, start, end });
    } else if (quoted !== undefined)
      tokens.push({ kind: 'name', text: quoted.slice(1, -1).replaceAll('""', '"'), start, end });
    else if (word !== undefined) tokens.push({ kind: 'word', text: word.toLowerCase(), start, end });
    else if (number !== undefined) tokens.push({ kind: 'number', text: number, start, end });
    else if (!/^(\s|--|\/\*)/.test(whole)) tokens.push({ kind: 'sign', text: whole, start, end });
  }
  return tokens;
}

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

  /** Whether these keywords or signs come next; if so they are taken. */
  take(...words: string[]): boolean {
    const all = words.every((word, index) => {
      const token = this.at + index < this.end ? this.tokens[this.at + index] : undefined;
      return token !== undefined && (token.kind === 'word' || token.kind === 'sign') && token.text === word;
    });
    if (all) this.at += words.length;
    return all;
  }

  peek(word: string): boolean {
    const token = this.token;
    return token !== undefined && (token.kind === 'word' || token.kind === 'sign') && token.text === word;
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

  /** Canonical names of all words and quoted names that are left: what an expression may speak of. */
  names(): string[] {
    const names: string[] = [];
    for (let index = this.at; index < this.end; index += 1) {
      const token = this.tokens[index] as Token;
      if (token.kind === 'word' || token.kind === 'name') names.push(canonicalName(token.text));
    }
    return names;
  }
}
