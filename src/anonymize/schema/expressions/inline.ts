/** Puts the bodies of a dump's own functions in place of their calls. */
import { call, type Expression } from './tree.ts';

export interface DefinedFunction {
  /** Names of the parameters, empty for one without; undefined where they are not understood. */
  readonly parameters: readonly string[] | undefined;
  /** Whether it gives NULL, uncalled, where an argument is NULL. */
  readonly isStrict: boolean;
  /** Undefined for a body that is more than an expression. */
  readonly body: Expression | undefined;
}

/** The function that the dump defines under this name; undefined for one of the server's own. */
export type FindFunction = (name: string, args: number) => DefinedFunction | undefined;

/** Calls of functions inside each other that are followed. */
const maxDepth = 8;

export function inlined(expression: Expression, find: FindFunction, depth = 0): Expression {
  if (expression.kind === 'cast') return { ...expression, of: inlined(expression.of, find, depth) };
  if (expression.kind !== 'call') return expression;
  const args = expression.args.map((one) => inlined(one, find, depth));
  const known = depth < maxDepth ? find(expression.name, args.length) : undefined;
  if (known?.body === undefined || known.parameters === undefined) return { ...expression, args };
  const values = new Map<string, Expression>();
  known.parameters.forEach((name, index) => {
    values.set(`$${index + 1}`, args[index] as Expression);
    if (name !== '') values.set(name, args[index] as Expression);
  });
  const body = inlined(substituted(outsideChecks(known.body), values), find, depth + 1);
  if (!known.isStrict) return body;
  const isNull = args.map((one) => call('is null', one)).reduce((one, other) => call('or', one, other));
  return call('case', isNull, { kind: 'literal', value: null }, body);
}

/** With other expressions in place of its columns. */
export function substituted(expression: Expression, values: ReadonlyMap<string, Expression>): Expression {
  switch (expression.kind) {
    case 'column':
      return values.get(expression.name) ?? expression;
    case 'cast':
      return { ...expression, of: substituted(expression.of, values) };
    case 'call':
      return { ...expression, args: expression.args.map((one) => substituted(one, values)) };
    case 'unknown':
      return {
        ...expression,
        columns: expression.columns.flatMap((name) => {
          const value = values.get(name);
          return value?.kind === 'column' ? [value.name] : [];
        }),
      };
    default:
      return expression;
  }
}

/** Addresses in it become the usual one, and not each one of its own as inside CHECK. */
export function outsideChecks(expression: Expression): Expression {
  if (expression.kind === 'literal') return { ...expression, outside: true };
  if (expression.kind === 'cast') return { ...expression, of: outsideChecks(expression.of) };
  if (expression.kind === 'call') return { ...expression, args: expression.args.map(outsideChecks) };
  return expression;
}
