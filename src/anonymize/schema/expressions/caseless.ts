/** Which comparisons ignore upper and lower case. */
import type { Expression } from './tree.ts';
import type { Scope } from './values.ts';

/** Whether texts are compared without regard to case: of citext, and by MySQL's collations. */
export function ignoresCase(args: readonly Expression[], scope: Scope): boolean {
  const caseless = args.map((one) => isCaseless(one, scope));
  if (scope.dialect === 'mysql')
    return caseless.includes(true) && !args.some((one) => one.kind === 'call' && one.name === 'binary');
  // citext beside text is compared as text (PostgreSQL's manual, "citext"); a bare literal takes the type of the other side.
  return (
    caseless.includes(true) &&
    args.every((one, index) => caseless[index] || one.kind === 'literal' || isArrayOfLiterals(one))
  );
}

function isArrayOfLiterals(one: Expression): boolean {
  return (
    one.kind === 'call' &&
    one.name === 'array' &&
    one.args.every((item) => item.kind === 'literal' || (item.kind === 'cast' && /^citext/.test(item.to)))
  );
}

function isCaseless(one: Expression, scope: Scope): boolean {
  if (one.kind === 'column') return scope.ignoresCase?.(one.name) ?? false;
  if (one.kind === 'cast') return /^citext/.test(one.to);
  if (one.kind !== 'call') return false;
  if (one.name === 'collate') return isCaseless(one.args[0] as Expression, scope);
  return (
    (scope.dialect === 'mysql' || one.name === 'array') &&
    one.args.length > 0 &&
    one.args.some((part) => isCaseless(part, scope))
  );
}
