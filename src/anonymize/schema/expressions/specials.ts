/** What gives something else than NULL for NULL, or does not need all of its arguments. */
import { ignoresCase } from './caseless.ts';
import { and, compare, not, or, type Truth, truthOf } from './compare.ts';
import type { Expression } from './tree.ts';
import { isArray, type Known, type Scope, type SqlValue, textOf, unknown } from './values.ts';

/** Computes a part of an expression. */
export type Evaluate = (expression: Expression, scope: Scope) => SqlValue;

type Special = (args: readonly Expression[], scope: Scope, evaluate: Evaluate) => SqlValue;

const operand = (expression: Expression | undefined, scope: Scope, evaluate: Evaluate): SqlValue =>
  expression ? evaluate(expression, scope) : null;

const truth = (expression: Expression | undefined, scope: Scope, evaluate: Evaluate): Truth =>
  truthOf(operand(expression, scope, evaluate));

function distinct([one, other]: readonly Expression[], scope: Scope, evaluate: Evaluate): Truth {
  if (one === undefined || other === undefined) return unknown;
  const a = evaluate(one, scope);
  const b = evaluate(other, scope);
  if (a === unknown || b === unknown) return unknown;
  return a === null || b === null ? a !== b : not(compare('=', a, b, ignoresCase([one, other], scope)));
}

function coalesce(args: readonly Expression[], scope: Scope, evaluate: Evaluate): SqlValue {
  for (const one of args) {
    const value = evaluate(one, scope);
    if (value !== null) return value;
  }
  return null;
}

function chosen(args: readonly Expression[], scope: Scope, evaluate: Evaluate): SqlValue {
  for (let index = 0; index + 1 < args.length; index += 2) {
    const when = truth(args[index], scope, evaluate);
    if (when === unknown) return unknown;
    if (when === true) return evaluate(args[index + 1] as Expression, scope);
  }
  return args.length % 2 === 1 ? evaluate(args.at(-1) as Expression, scope) : null;
}

function concat(args: readonly Expression[], scope: Scope, evaluate: Evaluate): SqlValue {
  const values = args.map((one) => evaluate(one, scope));
  if (scope.dialect === 'mysql' && values.includes(null)) return null;
  const texts = values.map((value) => (value === null ? '' : textOf(value)));
  return texts.includes(undefined) ? unknown : texts.join('');
}

function concatWithSeparator(args: readonly Expression[], scope: Scope, evaluate: Evaluate): SqlValue {
  const [separator = null, ...values] = args.map((one) => evaluate(one, scope));
  if (separator === null) return null;
  const texts = [separator, ...values.filter((value) => value !== null)].map((value) => textOf(value as SqlValue));
  return texts.includes(undefined) ? unknown : texts.slice(1).join(texts[0]);
}

/** Only with `%s` and `%%`: what is quoted depends on the server's words. */
function formatted(args: readonly Expression[], scope: Scope, evaluate: Evaluate): SqlValue {
  const [pattern = null, ...values] = args.map((one) => evaluate(one, scope));
  if (pattern === null) return null;
  const template = textOf(pattern);
  const texts = values.map((value) => (value === null ? '' : textOf(value)));
  if (template === undefined || texts.includes(undefined) || /%(?![s%]|\d+\$s)/.test(template.replaceAll('%%', '')))
    return unknown;
  let at = 0;
  let isShort = false;
  const text = template.replace(/%(?:%|(?:(\d+)\$)?s)/g, (sign, position?: string) => {
    if (sign === '%%') return '%';
    at = position === undefined ? at + 1 : Number(position);
    const value = texts[at - 1];
    if (value === undefined) isShort = true;
    return value ?? '';
  });
  return isShort ? unknown : text;
}

/** The least or the greatest of some values; NULL does not count. */
function extreme(operator: '<' | '>', args: readonly Expression[], scope: Scope, evaluate: Evaluate): SqlValue {
  const values = args.map((one) => evaluate(one, scope)).filter((value) => value !== null);
  if (scope.dialect === 'mysql' && values.length < args.length) return null;
  let found: SqlValue = values[0] ?? null;
  for (const value of values.slice(1)) {
    const isBeyond = compare(operator, value, found, ignoresCase(args, scope));
    if (isBeyond === unknown) return unknown;
    if (isBeyond === true) found = value;
  }
  return found;
}

function counted(
  args: readonly Expression[],
  scope: Scope,
  evaluate: Evaluate,
  wanted: (value: SqlValue) => boolean,
): SqlValue {
  const values = args.map((one) => evaluate(one, scope));
  return values.includes(unknown) ? unknown : values.filter(wanted).length;
}

function textJoined(a: SqlValue, b: SqlValue): SqlValue {
  const first = textOf(a);
  const second = textOf(b);
  return first === undefined || second === undefined ? unknown : first + second;
}

function joined([one, other]: readonly Expression[], scope: Scope, evaluate: Evaluate): SqlValue {
  const a = operand(one, scope, evaluate);
  const b = operand(other, scope, evaluate);
  if (isArray(a) || isArray(b)) {
    const items: SqlValue[] = [];
    for (const part of [a, b] as readonly SqlValue[])
      if (isArray(part)) items.push(...part);
      else items.push(part);
    return items;
  }
  if (a === null || b === null) return null;
  return textJoined(a, b);
}

/** Whether an array contains all, or any, elements of another. */
function contains(outer: SqlValue, inner: SqlValue, all: boolean): Truth {
  if (outer === null || inner === null) return null;
  if (!isArray(outer) || !isArray(inner)) return unknown;
  const found = inner.map((item) =>
    outer
      .map((one) => compare('=', one, item, false))
      .map((one) => one ?? false)
      .reduce<Truth>(or, false),
  );
  return all ? found.reduce<Truth>(and, true) : found.reduce<Truth>(or, false);
}

const both = (args: readonly Expression[], scope: Scope, evaluate: Evaluate): [SqlValue, SqlValue] => [
  operand(args[0], scope, evaluate),
  operand(args[1], scope, evaluate),
];

export const specials: Readonly<Record<string, Special>> = {
  and: ([one, other], scope, evaluate) => and(truth(one, scope, evaluate), truth(other, scope, evaluate)),
  or: ([one, other], scope, evaluate) => or(truth(one, scope, evaluate), truth(other, scope, evaluate)),
  xor: ([one, other], scope, evaluate) =>
    not(compare('=', truth(one, scope, evaluate) as Known, truth(other, scope, evaluate) as Known, false)),
  not: ([one], scope, evaluate) => not(truth(one, scope, evaluate)),
  'is null': ([one], scope, evaluate) => {
    const value = operand(one, scope, evaluate);
    return value === unknown ? unknown : value === null;
  },
  isnull: (args, scope, evaluate) => specials['is null']?.(args, scope, evaluate) ?? unknown,
  'is true': ([one], scope, evaluate) => {
    const value = truth(one, scope, evaluate);
    return value === unknown ? unknown : value === true;
  },
  'is false': ([one], scope, evaluate) => {
    const value = truth(one, scope, evaluate);
    return value === unknown ? unknown : value === false;
  },
  'is distinct': distinct,
  coalesce,
  ifnull: coalesce,
  case: chosen,
  if: chosen,
  nullif: (args, scope, evaluate) => {
    const same = truth({ kind: 'call', name: '=', args }, scope, evaluate);
    return same === unknown ? unknown : same === true ? null : evaluate(args[0] as Expression, scope);
  },
  concat,
  concat_ws: concatWithSeparator,
  format: (args, scope, evaluate) => (scope.dialect === 'mysql' ? unknown : formatted(args, scope, evaluate)),
  least: (args, scope, evaluate) => extreme('<', args, scope, evaluate),
  greatest: (args, scope, evaluate) => extreme('>', args, scope, evaluate),
  '||': joined,
  array: (args, scope, evaluate) => args.map((one) => evaluate(one, scope)),
  row: (args, scope, evaluate) => args.map((one) => evaluate(one, scope)),
  binary: ([one], scope, evaluate) => operand(one, scope, evaluate),
  collate: ([one], scope, evaluate) => operand(one, scope, evaluate),
  num_nulls: (args, scope, evaluate) => counted(args, scope, evaluate, (value) => value === null),
  num_nonnulls: (args, scope, evaluate) => counted(args, scope, evaluate, (value) => value !== null),
  '@>': (args, scope, evaluate) => {
    const [outer, inner] = both(args, scope, evaluate);
    return contains(outer, inner, true);
  },
  '<@': (args, scope, evaluate) => {
    const [inner, outer] = both(args, scope, evaluate);
    return contains(outer, inner, true);
  },
  '&&': (args, scope, evaluate) => {
    const [one, other] = both(args, scope, evaluate);
    return contains(one, other, false);
  },
  subscript: (args, scope, evaluate) => {
    const [array, index] = both(args, scope, evaluate);
    if (array === null || index === null) return null;
    return isArray(array) && typeof index === 'number' ? (array[index - 1] ?? null) : unknown;
  },
  array_position: (args, scope, evaluate) => {
    const [array, value] = both(args, scope, evaluate);
    if (array === null) return null;
    if (!isArray(array) || array.includes(unknown) || value === unknown || args.length > 2) return unknown;
    const index = array.indexOf(value);
    return index < 0 ? null : index + 1;
  },
};
