/** Reads an expression as pg_dump prints it and as people write it: the operators, by what binds more tightly. */
import { Input, NotUnderstood } from './input.ts';
import type { SqlDialect } from './lexer.ts';
import { readOperand } from './operands.ts';
import { call, type Expression } from './tree.ts';
import { readType } from './type-names.ts';

export type { SqlDialect } from './lexer.ts';

/** Never throws: what is not understood becomes a part whose value is not known. */
export function parseExpression(sql: string, dialect: SqlDialect = 'postgresql'): Expression {
  const input = new Input(sql, dialect, readExpression);
  try {
    const expression = input.expression();
    if (input.done) return expression;
  } catch (error) {
    if (!(error instanceof NotUnderstood)) throw error;
  }
  return input.unknown(0, input.end);
}

const not = (expression: Expression): Expression => call('not', expression);

/** How tightly operators bind (PostgreSQL's manual, "Operator Precedence"). */
const binds = {
  or: 1,
  and: 2,
  not: 3,
  is: 4,
  comparison: 5,
  like: 6,
  other: 7,
  sum: 8,
  product: 9,
  collate: 12,
  subscript: 14,
};

const comparisons = new Set(['=', '<>', '!=', '<', '>', '<=', '>=', '<=>']);
/** What pg_dump prints for LIKE and its kin. */
const names: Readonly<Record<string, string>> = {
  '!=': '<>',
  '~~': 'like',
  '~~*': 'ilike',
  '!~~': 'not like',
  '!~~*': 'not ilike',
};

/** @param floor reads on while operators bind more tightly than this */
function readExpression(input: Input, floor: number): Expression {
  let left =
    input.accept('not') || (input.dialect === 'mysql' && input.accept('!'))
      ? not(input.expression(binds.not))
      : readOperand(input);
  for (;;) {
    const more = readMore(input, left, floor);
    if (more === undefined) return left;
    left = more;
  }
}

/** Reads an operator and what follows it. @returns undefined when none comes that binds tightly enough */
function readMore(input: Input, left: Expression, floor: number): Expression | undefined {
  const { token } = input;
  if (token === undefined) return undefined;
  if (token.kind === 'word') return readWord(input, left, token.text, floor);
  if (token.kind !== 'sign') return undefined;
  if (token.text === '::') {
    input.at += 1;
    return { kind: 'cast', ...readType(input), of: left };
  }
  if (token.text === '[')
    return call(
      'subscript',
      left,
      input.inside(() => input.expression()),
    );
  if (/^[),;\]]$/.test(token.text) || token.text === '.') return undefined;
  return readOperator(input, left, token.text, floor);
}

function readOperator(input: Input, left: Expression, text: string, floor: number): Expression | undefined {
  const isMysql = input.dialect === 'mysql';
  const logical = isMysql ? { '||': 'or', '&&': 'and' }[text] : undefined;
  const power = logical ? binds[logical as 'or' | 'and'] : powerOf(text);
  if (power <= floor) return undefined;
  input.at += 1;
  if (logical) return call(logical, left, input.expression(power));
  const name = names[text] ?? text;
  if (input.isWord('any', 'some', 'all') && input.isSign(1, '(')) {
    const quantifier = input.next().text === 'all' ? 'all' : 'any';
    return call(
      `${quantifier} ${name}`,
      left,
      input.inside(() => input.expression()),
    );
  }
  if (isMysql && input.accept('binary'))
    return call(name, call('binary', left), call('binary', input.expression(power)));
  const right = input.expression(power);
  if (name === '<=>') return not(call('is distinct', left, right));
  return name.startsWith('not ') ? not(call(name.slice(4), left, right)) : call(name, left, right);
}

function powerOf(operator: string): number {
  if (comparisons.has(operator)) return binds.comparison;
  if (operator === '+' || operator === '-') return binds.sum;
  return operator === '*' || operator === '/' || operator === '%' ? binds.product : binds.other;
}

function readWord(input: Input, left: Expression, word: string, floor: number): Expression | undefined {
  if (word === 'or' || word === 'and') {
    if (binds[word] <= floor) return undefined;
    input.at += 1;
    return call(word, left, input.expression(binds[word]));
  }
  if (word === 'collate') {
    input.at += 1;
    const collation = input.qualified() ?? '';
    return call('collate', left, { kind: 'literal', value: collation });
  }
  if (word === 'operator' && input.isSign(1, '(')) return readNamedOperator(input, left, floor);
  if (word === 'is' || word === 'isnull' || word === 'notnull')
    return floor < binds.is ? readIs(input, left) : undefined;
  return floor < binds.like ? readLike(input, left) : undefined;
}

/** `OPERATOR(public.=)`, as pg_dump prints an operator of an extension. */
function readNamedOperator(input: Input, left: Expression, floor: number): Expression | undefined {
  if (binds.other <= floor) return undefined;
  input.at += 2;
  while (input.token?.kind !== 'sign') {
    input.next();
    input.expect('.');
  }
  const operator = input.next().text;
  input.expect(')');
  const name = names[operator] ?? operator;
  if (input.isWord('any', 'some', 'all') && input.isSign(1, '(')) {
    const quantifier = input.next().text === 'all' ? 'all' : 'any';
    return call(
      `${quantifier} ${name}`,
      left,
      input.inside(() => input.expression()),
    );
  }
  const right = input.expression(binds.other);
  return name.startsWith('not ') ? not(call(name.slice(4), left, right)) : call(name, left, right);
}

function readIs(input: Input, left: Expression): Expression {
  if (input.accept('isnull')) return call('is null', left);
  if (input.accept('notnull')) return not(call('is null', left));
  input.expect('is');
  const negated = input.accept('not');
  const positive = readIsWhat(input, left);
  return negated ? not(positive) : positive;
}

function readIsWhat(input: Input, left: Expression): Expression {
  for (const word of ['null', 'true', 'false', 'unknown'])
    if (input.accept(word)) return call(word === 'unknown' ? 'is null' : `is ${word}`, left);
  input.expect('distinct', 'from');
  return call('is distinct', left, input.expression(binds.comparison));
}

/** BETWEEN, IN, LIKE and their kin, each also with NOT. */
function readLike(input: Input, left: Expression): Expression | undefined {
  const start = input.at;
  const negated = input.accept('not');
  const positive = readLikeWhat(input, left);
  if (positive === undefined) input.at = start;
  return positive && negated ? not(positive) : positive;
}

function readLikeWhat(input: Input, left: Expression): Expression | undefined {
  if (input.accept('between')) {
    if (input.accept('symmetric')) throw new NotUnderstood();
    input.accept('asymmetric');
    const low = input.expression(binds.like);
    input.expect('and');
    return call('and', call('>=', left, low), call('<=', left, input.expression(binds.like)));
  }
  if (input.isWord('in') && input.isSign(1, '(')) {
    input.at += 1;
    return call('any =', left, input.array());
  }
  if (input.accept('like')) {
    if (input.dialect === 'mysql' && input.accept('binary'))
      return call('like', call('binary', left), ...readPattern(input));
    return call('like', left, ...readPattern(input));
  }
  if (input.accept('ilike')) return call('ilike', left, ...readPattern(input));
  if (input.accept('similar', 'to')) return call('~', left, call('similar_to_escape', ...readPattern(input)));
  if (input.dialect === 'mysql' && (input.accept('regexp') || input.accept('rlike')))
    return call('regexp', left, input.expression(binds.like));
  return undefined;
}

/** A pattern, and the character that escapes in it. */
function readPattern(input: Input): Expression[] {
  const pattern = input.expression(binds.like);
  return input.accept('escape') ? [pattern, input.expression(binds.like)] : [pattern];
}
