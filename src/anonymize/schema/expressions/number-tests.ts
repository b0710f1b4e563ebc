/** What an expression says of one number, without its tree: evaluating that for each value takes as long as all else done to it. */
import { and, compare, isComparison, type Truth } from './compare.ts';
import { evaluate } from './evaluate.ts';
import type { SqlDialect } from './lexer.ts';
import { columnsIn, type Expression } from './tree.ts';
import { unknown } from './values.ts';

export type NumberTest = (value: number) => Truth;

/** What a comparison says when its sides change places. */
const turned: Readonly<Record<string, string>> = { '=': '=', '<>': '<>', '<': '>', '>': '<', '<=': '>=', '>=': '<=' };

/**
 * @param expression over one column
 * @returns what `evaluate` says of a number; undefined where it does not only compare the column with numbers
 */
export function numberTest(expression: Expression, dialect: SqlDialect): NumberTest | undefined {
  if (expression.kind !== 'call') return undefined;
  const { name, args } = expression;
  if (name === 'and') {
    const tests = args.map((one) => numberTest(one, dialect)).filter((test) => test !== undefined);
    if (tests.length < args.length) return undefined;
    return (value) => tests.reduce<Truth>((truth, test) => and(truth, test(value)), true);
  }
  const [one, other] = args;
  if (!isComparison(name) || one === undefined || other === undefined || args.length !== 2) return undefined;
  if (one.kind === 'column') return comparison(name, other, dialect);
  return other.kind === 'column' ? comparison(turned[name] ?? name, one, dialect) : undefined;
}

function comparison(name: string, other: Expression, dialect: SqlDialect): NumberTest | undefined {
  if (columnsIn(other).size > 0) return undefined;
  const limit = evaluate(other, { valueOf: () => unknown, dialect });
  return typeof limit === 'number' ? (value) => compare(name, value, limit, false) : undefined;
}
