/** Computes an expression with SQL's three-valued logic, and a fourth value for what is not known. */

import { ignoresCase } from './caseless.ts';
import { cast } from './casts.ts';
import { and, compare, isComparison, not, or, type Truth, truthOf } from './compare.ts';
import { callFunction } from './functions.ts';
import { matching } from './matching.ts';
import { specials } from './specials.ts';
import type { Call, Expression } from './tree.ts';
import { isArray, type Scope, type SqlValue, unknown } from './values.ts';

/** Never throws. @returns what the server would compute; `unknown` where that cannot be told */
export function evaluate(expression: Expression, scope: Scope): SqlValue {
  switch (expression.kind) {
    case 'literal':
      return expression.value;
    case 'column':
      return scope.valueOf(expression.name);
    case 'unknown':
      return unknown;
    case 'cast':
      return cast(evaluate(expression.of, scope), expression.to, expression.length);
    case 'call':
      return evaluateCall(expression, scope);
  }
}

function evaluateCall(call: Call, scope: Scope): SqlValue {
  const special = specials[call.name];
  if (special) return special(call.args, scope, evaluate);
  const [quantifier, operator] = call.name.split(' ', 2);
  if ((quantifier === 'any' || quantifier === 'all') && operator !== undefined)
    return quantified(quantifier, call.name.slice(4), call.args, scope);
  const values = call.args.map((one) => evaluate(one, scope));
  const [one = null, other = null] = values;
  if (isComparison(call.name) && values.length === 2)
    return compare(call.name, one, other, ignoresCase(call.args, scope));
  if (values.includes(null)) return null;
  if (values.includes(unknown)) return unknown;
  return matching(call, values, scope) ?? callFunction(call.name, values);
}

function quantified(quantifier: 'any' | 'all', operator: string, args: readonly Expression[], scope: Scope): SqlValue {
  const [compared, list] = args as readonly [Expression, Expression];
  const array = evaluate(list, scope);
  if (array === null) return null;
  if (!isArray(array)) return unknown;
  const caseless = ignoresCase(args, scope);
  const value = evaluate(compared, scope);
  const truths = array.map((item): Truth => {
    if (isComparison(operator)) return compare(operator, value, item, caseless);
    const isNegative = operator.startsWith('not ');
    const name = isNegative ? operator.slice(4) : operator;
    const result = truthOf(evaluateCall({ kind: 'call', name, args: [constant(value), constant(item)] }, scope));
    return isNegative ? not(result) : result;
  });
  return quantifier === 'any' ? truths.reduce<Truth>(or, false) : truths.reduce<Truth>(and, true);
}

/** A value as an expression. */
function constant(value: SqlValue): Expression {
  if (value === unknown) return { kind: 'unknown', sql: '', columns: [] };
  return isArray(value)
    ? { kind: 'call', name: 'array', args: value.map(constant) }
    : { kind: 'literal', value: value as string };
}
