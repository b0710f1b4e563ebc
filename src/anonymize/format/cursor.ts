/** Walks over the tokens of a statement. */
import { canonicalName } from './names.ts';
import type { Token } from './tokens.ts';

/** What may follow the first word of a type, as in `timestamp without time zone`. */
const typeWords = new Set(['varying', 'precision', 'with', 'without', 'time', 'zone']);

export class Cursor {
  readonly sql: string;
  readonly tokens: readonly Token[];
  at: number;
  readonly end: number;
  readonly #fullName: (name: string) => string;

  /** @param fullName the full name of the table that the statement names so */
  constructor(
    sql: string,
    tokens: readonly Token[],
    at = 0,
    end: number = tokens.length,
    fullName: (name: string) => string = (name) => name,
  ) {
    this.sql = sql;
    this.tokens = tokens;
    this.at = at;
    this.end = end;
    this.#fullName = fullName;
  }

  get token(): Token | undefined {
    return this.at < this.end ? this.tokens[this.at] : undefined;
  }

  get done(): boolean {
    return this.at >= this.end;
  }

  /** Whether these keywords or signs come next. */
  isNext(...words: string[]): boolean {
    return words.every((word, index) => {
      const token = this.at + index < this.end ? this.tokens[this.at + index] : undefined;
      return token !== undefined && (token.kind === 'word' || token.kind === 'sign') && token.text === word;
    });
  }

  /** Moves past these keywords or signs if they come next. @returns whether they did */
  accept(...words: string[]): boolean {
    const next = this.isNext(...words);
    if (next) this.at += words.length;
    return next;
  }

  /** Moves past the name that comes next. @returns its canonical form; undefined when no name comes */
  name(): string | undefined {
    const token = this.token;
    if (token === undefined || (token.kind !== 'word' && token.kind !== 'name')) return undefined;
    this.at += 1;
    return canonicalName(token.written ?? token.text);
  }

  /** Like `name`, with the schema in front. */
  qualified(): string | undefined {
    let name = this.name();
    while (name !== undefined && this.accept('.')) name = `${name}.${this.name() ?? ''}`;
    return name;
  }

  /** Moves past the name of a table that exists. @returns its full name */
  table(): string | undefined {
    const name = this.qualified();
    return name === undefined ? undefined : this.#fullName(name);
  }

  /** The name that comes next, without moving past it. */
  peekName(): string | undefined {
    return this.#part(this.at, this.end).name();
  }

  /** Moves up to one of these words, or to the end; parentheses are passed as a whole. @returns what was passed */
  until(...words: string[]): Cursor {
    const start = this.at;
    while (!this.done && !words.some((word) => this.isNext(word))) if (this.group() === undefined) this.at += 1;
    return this.#part(start, this.at);
  }

  /** Whether the word is among the remaining tokens. */
  has(word: string): boolean {
    return this.tokens.slice(this.at, this.end).some((token) => token.kind === 'word' && token.text === word);
  }

  #part(from: number, to: number): Cursor {
    return new Cursor(this.sql, this.tokens, from, to, this.#fullName);
  }

  /** Moves past the parentheses that come next. @returns a cursor over their content; undefined when none come */
  group(): Cursor | undefined {
    if (!this.isNext('(')) return undefined;
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
    const inside = this.#part(start, this.at);
    this.at = Math.min(this.at + 1, this.end);
    return inside;
  }

  /** Like `group`, without moving. */
  ahead(): Cursor | undefined {
    const start = this.at;
    const group = this.group();
    this.at = start;
    return group;
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
        parts.push(this.#part(start, index));
        start = index + 1;
      }
    }
    if (start < this.end) parts.push(this.#part(start, this.end));
    return parts;
  }

  /** The SQL of the remaining tokens. */
  remainingSql(): string {
    const last = this.tokens[this.end - 1];
    return this.token === undefined || last === undefined ? '' : this.sql.slice(this.token.start, last.end);
  }

  /**
   * Moves past tokens, and past parentheses as a whole, until `stop` holds.
   * @param stop called before each token, with whether any has been passed
   * @returns the SQL of what was passed
   */
  sqlUntil(stop: (begun: boolean) => boolean): string {
    const start = this.token?.start ?? 0;
    let end = start;
    while (this.token !== undefined && !stop(end > start)) {
      if (this.group() === undefined) this.at += 1;
      end = this.tokens[this.at - 1]?.end ?? end;
    }
    return this.sql.slice(start, end);
  }

  /** Canonical names among the remaining tokens that may be columns: all but those of types and functions. */
  names(): string[] {
    const names = new Set<string>();
    const cursor = this.#part(this.at, this.end);
    while (!cursor.done) {
      const cast = cursor.accept(':', ':');
      if (cast || cursor.accept('collate')) {
        cursor.qualified();
        while (cast && cursor.token?.kind === 'word' && typeWords.has(cursor.token.text)) cursor.at += 1;
        continue;
      }
      const name = cursor.name();
      if (name === undefined) cursor.at += 1;
      else if (!cursor.isNext('(')) names.add(name);
    }
    return [...names];
  }

  /** Canonical names of the collations among the remaining tokens. */
  collations(): string[] {
    const names: string[] = [];
    const cursor = new Cursor(this.sql, this.tokens, this.at, this.end);
    while (!cursor.done) {
      const name = cursor.accept('collate') ? cursor.qualified() : undefined;
      if (name === undefined) cursor.at += 1;
      else names.push(name);
    }
    return names;
  }

  /** Whether the function is called in the remaining tokens. */
  calls(name: string): boolean {
    for (let index = this.at; index + 1 < this.end; index += 1) {
      const [token, next] = [this.tokens[index] as Token, this.tokens[index + 1] as Token];
      if (token.kind === 'word' && token.text === name && next.kind === 'sign' && next.text === '(') return true;
    }
    return false;
  }
}
