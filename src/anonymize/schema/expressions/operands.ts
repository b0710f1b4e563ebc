/** The operands of an expression: literals, columns, calls, parentheses, CASE, arrays. */
import { type Input, NotUnderstood } from './input.ts';
import { call, type Expression } from './tree.ts';
import { readType } from './type-names.ts';

const literal = (value: string | number | boolean | null): Expression => ({ kind: 'literal', value });

/** Binds more tightly than every operator but `::` and subscripts. */
const tightest = 13;

/** Words that are no columns. */
const reserved = new Set(
  'and or not is in like ilike similar between from then when else end as select where order group any all some collate isnull notnull using for'.split(
    ' ',
  ),
);
const constants: Readonly<Record<string, boolean | null>> = { true: true, false: false, null: null };
/** Calls without parentheses whose value depends on when and by whom they are made. */
const volatile = new Set(
  'current_date current_time current_timestamp localtime localtimestamp current_user session_user user current_role'.split(
    ' ',
  ),
);

export function readOperand(input: Input): Expression {
  const { token } = input;
  if (token === undefined) throw new NotUnderstood();
  if (token.kind === 'string') return readString(input);
  if (token.kind === 'number') {
    input.at += 1;
    return literal(Number(token.text));
  }
  if (token.kind === 'sign') return readSign(input, token.text);
  return token.kind === 'word' ? readWord(input, token.text) : readName(input);
}

function readString(input: Input): Expression {
  const token = input.next();
  // Bit strings and bytes are no text; of `U&'…'`, the escapes would have to be read.
  const isText = !/^([bx]|u&)'/i.test(input.sql.slice(token.start, token.end));
  return isText ? literal(token.text) : input.unknown(input.at - 1, input.at);
}

function readSign(input: Input, text: string): Expression {
  if (text === '(') return input.inside(() => readParentheses(input));
  if (text === '-' || text === '+') {
    input.at += 1;
    const operand = input.expression(tightest);
    return text === '+' ? operand : call('negative', operand);
  }
  // A parameter in the body of a function.
  if (text === '$' && input.tokens[input.at + 1]?.kind === 'number') {
    input.at += 1;
    return { kind: 'column', name: `$${input.next().text}` };
  }
  throw new NotUnderstood();
}

/** An expression, or a row of several. */
function readParentheses(input: Input): Expression {
  const first = input.expression();
  if (!input.isSign(0, ',')) return first;
  input.at += 1;
  return call('row', first, ...input.list());
}

function readWord(input: Input, word: string): Expression {
  const isCall = input.isSign(1, '(');
  if (word in constants && !isCall) {
    input.at += 1;
    return literal(constants[word] as boolean | null);
  }
  if (volatile.has(word) && !isCall) {
    input.at += 1;
    return { kind: 'unknown', sql: word, columns: [] };
  }
  if (word === 'case') return readCase(input);
  if (word === 'array' && input.isSign(1, '[')) {
    input.at += 1;
    return input.array();
  }
  const next = input.tokens[input.at + 1];
  // `_utf8mb4'…'` of MySQL, and `date '2020-01-01'`.
  if (next?.kind === 'string' && input.at + 1 < input.end) return readTyped(input, word);
  if (input.dialect === 'mysql' && word === 'binary') {
    input.at += 1;
    return call('binary', input.expression(tightest));
  }
  if (reserved.has(word) && !isCall) throw new NotUnderstood();
  return readName(input);
}

function readTyped(input: Input, word: string): Expression {
  if (word.startsWith('_')) {
    input.at += 1;
    return readString(input);
  }
  const type = readType(input);
  return { kind: 'cast', ...type, of: readString(input) };
}

function readCase(input: Input): Expression {
  input.expect('case');
  const compared = input.isWord('when') ? undefined : input.expression();
  const args: Expression[] = [];
  while (input.accept('when')) {
    const when = input.expression();
    input.expect('then');
    args.push(compared ? call('=', compared, when) : when, input.expression());
  }
  args.push(input.accept('else') ? input.expression() : literal(null));
  input.expect('end');
  return call('case', ...args);
}

/** A column, or a call. */
function readName(input: Input): Expression {
  const parts: string[] = [];
  do parts.push(input.name() ?? '');
  while (input.accept('.'));
  const last = parts.at(-1) as string;
  if (last === '') throw new NotUnderstood();
  if (!input.isSign(0, '(')) return { kind: 'column', name: last };
  const [schema] = parts;
  const name = parts.length === 1 || schema === 'pg_catalog' ? last.replaceAll('"', '') : parts.join('.');
  return input.inside(() => readArguments(input, name));
}

/** What stands in the parentheses of a call; some functions have words between their arguments. */
function readArguments(input: Input, name: string): Expression {
  switch (name) {
    case 'cast': {
      const of = input.expression();
      input.expect('as');
      return { kind: 'cast', ...readType(input), of };
    }
    case 'convert': {
      const of = input.expression();
      input.expect('using');
      input.next();
      return of;
    }
    case 'position':
      return readPosition(input);
    case 'trim':
      return readTrim(input);
    case 'substring':
      return readSubstring(input);
    default: {
      if (input.isWord('distinct', 'all', 'variadic')) throw new NotUnderstood();
      return call(name, ...input.list());
    }
  }
}

/** `position('@' in email)`; as a call with a comma, the text comes first (PostgreSQL before 14). */
function readPosition(input: Input): Expression {
  // Reads no IN as an operator.
  const first = input.expression(6);
  if (input.accept('in')) return call('strpos', input.expression(), first);
  input.expect(',');
  return call('strpos', first, input.expression());
}

function readTrim(input: Input): Expression {
  const side = input.accept('leading') ? 'ltrim' : input.accept('trailing') ? 'rtrim' : 'btrim';
  input.accept('both');
  if (input.accept('from')) return call(side, input.expression());
  const first = input.expression();
  if (input.accept('from')) return call(side, input.expression(), first);
  return input.accept(',') ? call(side, first, input.expression()) : call(side, first);
}

function readSubstring(input: Input): Expression {
  const args = [input.expression()];
  if (input.accept('for')) return call('substring', ...args, literal(1), input.expression());
  while (input.accept('from') || input.accept('for') || input.accept(',')) args.push(input.expression());
  return call('substring', ...args);
}
