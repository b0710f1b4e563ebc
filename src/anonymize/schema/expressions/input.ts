/** The tokens of an expression, with where the reader is. */
import { Cursor } from '../../format/cursor.ts';
import type { Token } from '../../format/tokens.ts';
import { expressionTokens, type SqlDialect } from './lexer.ts';
import { call, type Expression } from './tree.ts';

/** Thrown where the next tokens are not understood; caught at the parentheses around them. */
export class NotUnderstood extends Error {}

/** Levels of parentheses that are followed. Real expressions are never nested so deeply, but a statement may say anything. */
const maxDepth = 100;

export class Input extends Cursor {
  readonly dialect: SqlDialect;
  #depth = 0;

  /** Reads on while operators bind more tightly than `floor`. */
  readonly #read: (input: Input, floor: number) => Expression;

  constructor(sql: string, dialect: SqlDialect, read: (input: Input, floor: number) => Expression) {
    super(sql, expressionTokens(sql, dialect));
    this.dialect = dialect;
    this.#read = read;
  }

  expression(floor = 0): Expression {
    return this.#read(this, floor);
  }

  /** Expressions between commas. */
  list(): Expression[] {
    const items: Expression[] = [];
    if (!this.isSign(0, ')') && !this.isSign(0, ']'))
      do items.push(this.expression());
      while (this.accept(','));
    return items;
  }

  /** Expressions in the parentheses or brackets that come next, as an array. */
  array(): Expression {
    return this.inside(() => call('array', ...this.list()));
  }

  /** @throws NotUnderstood when these words do not come next */
  expect(...words: string[]): void {
    if (!this.accept(...words)) throw new NotUnderstood();
  }

  /** The token that comes next. @throws NotUnderstood at the end */
  next(): Token {
    const token = this.token;
    if (token === undefined) throw new NotUnderstood();
    this.at += 1;
    return token;
  }

  /** Whether one of these keywords comes next. */
  isWord(...words: string[]): boolean {
    return this.token?.kind === 'word' && words.includes(this.token.text);
  }

  isSign(offset: number, text: string): boolean {
    const token = this.tokens[this.at + offset];
    return token?.kind === 'sign' && token.text === text;
  }

  /**
   * Reads what stands in the parentheses that come next.
   * @returns an unknown part when it is not understood; the reader is behind the parentheses then, too
   */
  inside(read: () => Expression): Expression {
    const start = this.at;
    const end = this.#closing();
    this.#depth += 1;
    try {
      if (this.#depth > maxDepth) throw new NotUnderstood();
      this.at += 1;
      const expression = read();
      if (this.at === end) return expression;
    } catch (error) {
      if (!(error instanceof NotUnderstood)) throw error;
    } finally {
      this.#depth -= 1;
      this.at = end + 1;
    }
    return this.unknown(start, end + 1);
  }

  /** The tokens between two positions as a part whose value is not known. */
  unknown(start: number, end: number): Expression {
    const part = new Cursor(this.sql, this.tokens, start, end);
    return { kind: 'unknown', sql: part.remainingSql(), columns: part.names() };
  }

  /** Position of the sign that closes the parenthesis or the bracket that comes next. */
  #closing(): number {
    let depth = 0;
    for (let at = this.at; at < this.end; at += 1) {
      const { kind, text } = this.tokens[at] as Token;
      if (kind !== 'sign') continue;
      if (text === '(' || text === '[') depth += 1;
      else if (text === ')' || text === ']') depth -= 1;
      if (depth === 0) return at;
    }
    throw new NotUnderstood();
  }
}
