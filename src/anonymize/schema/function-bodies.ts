/** The body of a function as one expression, where it is one (PostgreSQL manual, "CREATE FUNCTION" and "Control Structures"). */
import { Cursor } from '../format/cursor.ts';
import { tokenize } from '../format/tokens.ts';
import { substituted } from './expressions/inline.ts';
import { parseExpression } from './expressions/parse.ts';
import { call, type Expression } from './expressions/tree.ts';

/** Statements that are followed: branches of IF multiply them. */
const maxStatements = 60;

/** @param cursor behind the parameters of CREATE FUNCTION. @returns undefined for a body that does more */
export function bodyOf(cursor: Cursor): Expression | undefined {
  let language = 'sql';
  for (; !cursor.done; cursor.at += 1) {
    if (cursor.accept('language')) language = cursor.name() ?? cursor.token?.text ?? '';
    if (cursor.accept('return')) return single(cursor.remainingSql());
    if (cursor.accept('begin', 'atomic')) return ofAtomic(cursor);
    if (cursor.accept('as') && cursor.token?.kind === 'string') {
      const body = cursor.token.text;
      cursor.at += 1;
      // `LANGUAGE` may come behind the body.
      while (!cursor.done && !cursor.accept('language')) cursor.at += 1;
      if (!cursor.done) language = cursor.name() ?? cursor.token?.text ?? '';
      return language === 'sql' ? ofSql(body) : language === 'plpgsql' ? ofPlpgsql(body) : undefined;
    }
  }
  return undefined;
}

function ofSql(body: string): Expression | undefined {
  const cursor = new Cursor(body, tokenize(body));
  if (!cursor.accept('select')) return undefined;
  const query = cursor.until(';');
  cursor.accept(';');
  return cursor.done ? single(query.remainingSql()) : undefined;
}

function ofAtomic(cursor: Cursor): Expression | undefined {
  if (cursor.accept('return')) return single(cursor.until(';').remainingSql());
  if (!cursor.accept('select')) return undefined;
  const query = cursor.until(';');
  return cursor.accept(';') && cursor.accept('end') ? single(query.remainingSql()) : undefined;
}

/** The only column of a query without FROM, or what RETURN gives; its name does not matter. */
function single(sql: string): Expression | undefined {
  const bare = sql.replace(/;\s*$/, '').replace(/\s+as\s+("[^"]+"|\w+)\s*$/i, '');
  const expression = parseExpression(bare);
  return expression.kind === 'unknown' ? undefined : expression;
}

/** What plpgsql knows of its variables: their values as expressions of the parameters. */
type Variables = ReadonlyMap<string, Expression>;

/** Thrown for what is more than assignments, IF and RETURN. */
class OtherStatement extends Error {}

function ofPlpgsql(body: string): Expression | undefined {
  try {
    return new Program(body).result();
  } catch (error) {
    if (error instanceof OtherStatement) return undefined;
    throw error;
  }
}

type Statement =
  | { readonly kind: 'return'; readonly value: Expression }
  | { readonly kind: 'set'; readonly name: string; readonly value: Expression }
  | { readonly kind: 'if'; readonly branches: readonly Branch[] };

interface Branch {
  /** Undefined for ELSE. */
  readonly when: Expression | undefined;
  readonly statements: readonly Statement[];
}

class Program {
  readonly #cursor: Cursor;
  #followed = 0;

  constructor(body: string) {
    this.#cursor = new Cursor(body, tokenize(body));
  }

  result(): Expression {
    const cursor = this.#cursor;
    const variables = cursor.accept('declare') ? this.#declarations() : new Map<string, Expression>();
    if (!cursor.accept('begin')) throw new OtherStatement();
    const statements = this.#statements();
    if (!cursor.accept('end')) throw new OtherStatement();
    return this.#run(statements, variables);
  }

  /** `name type [:= value];` up to BEGIN. */
  #declarations(): Variables {
    const variables = new Map<string, Expression>();
    while (!this.#cursor.done && !this.#cursor.isNext('begin')) {
      const part = this.#cursor.until(';');
      this.#cursor.accept(';');
      const name = part.name() ?? '';
      const value = /(?::=|\bdefault\b|=)([\s\S]*)$/i.exec(part.remainingSql())?.[1];
      const given: Expression = value === undefined ? { kind: 'literal', value: null } : parseExpression(value);
      variables.set(name, substituted(given, variables));
    }
    return variables;
  }

  #statements(): readonly Statement[] {
    const statements: Statement[] = [];
    const cursor = this.#cursor;
    while (!cursor.done && !['end', 'else', 'elsif', 'elseif'].some((word) => cursor.isNext(word)))
      statements.push(this.#statement());
    return statements;
  }

  #statement(): Statement {
    const cursor = this.#cursor;
    if (cursor.accept('if')) return this.#branches();
    const returns = cursor.accept('return');
    const part = cursor.until(';');
    cursor.accept(';');
    if (returns) return { kind: 'return', value: parseExpression(part.remainingSql()) };
    const name = part.name();
    if (name === undefined || !(part.accept(':', '=') || part.accept('='))) throw new OtherStatement();
    return { kind: 'set', name, value: parseExpression(part.remainingSql()) };
  }

  #branches(): Statement {
    const cursor = this.#cursor;
    const branches: Branch[] = [];
    do {
      const when = parseExpression(cursor.until('then').remainingSql());
      cursor.accept('then');
      branches.push({ when, statements: this.#statements() });
    } while (cursor.accept('elsif') || cursor.accept('elseif'));
    if (cursor.accept('else')) branches.push({ when: undefined, statements: this.#statements() });
    if (!cursor.accept('end', 'if', ';')) throw new OtherStatement();
    return { kind: 'if', branches };
  }

  #run(statements: readonly Statement[], variables: Variables): Expression {
    const [first, ...rest] = statements;
    this.#followed += 1;
    if (first === undefined || this.#followed > maxStatements) throw new OtherStatement();
    if (first.kind === 'return') return substituted(first.value, variables);
    if (first.kind === 'set')
      return this.#run(rest, new Map([...variables, [first.name, substituted(first.value, variables)]]));
    const args = first.branches.flatMap(({ when, statements: own }) => [
      ...(when === undefined ? [] : [substituted(when, variables)]),
      this.#run([...own, ...rest], variables),
    ]);
    if (args.length % 2 === 0) args.push(this.#run(rest, variables));
    return call('case', ...args);
  }
}
