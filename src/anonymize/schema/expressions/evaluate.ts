/** Computes an expression with SQL's three-valued logic, and a fourth value for what is not known. */
import type { Expression } from './tree.ts';
import { type Scope, type SqlValue, unknown } from './values.ts';

/** Never throws. @returns what the server would compute; `unknown` where that cannot be told */
export function evaluate(expression: Expression, scope: Scope): SqlValue {
  if (expression.kind === 'column') return scope.valueOf(expression.name);
  return expression.kind === 'literal' ? expression.value : unknown;
}
