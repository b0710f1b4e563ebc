/** The most characters that a CHECK allows: `char_length(email) <= 40`. */
import type { Catalogue } from '../../schema/catalogue.ts';
import type { Expression } from '../../schema/expressions/tree.ts';
import type { Table } from '../../schema/table.ts';
import { checksOfTable } from './check-expressions.ts';

const lengths = new Set(['length', 'char_length', 'character_length', 'octet_length']);
/** The operator as it reads with its sides changed. */
const turned: Readonly<Record<string, string>> = { '>=': '<=', '>': '<', '=': '=', '<=': '>=', '<': '>' };

const known = new WeakMap<Table, ReadonlyMap<string, number>>();

/** Characters of the column that its CHECKs allow; infinite without such a CHECK. */
export function checkedLength(catalogue: Catalogue, table: string, column: string): number {
  const defined = catalogue.table(table);
  if (defined === undefined) return Number.POSITIVE_INFINITY;
  let limits = known.get(defined);
  if (limits === undefined) {
    limits = limitsOf(defined, catalogue);
    known.set(defined, limits);
  }
  return limits.get(column) ?? Number.POSITIVE_INFINITY;
}

function limitsOf(table: Table, catalogue: Catalogue): ReadonlyMap<string, number> {
  const limits = new Map<string, number>();
  for (const { expression, isLax } of checksOfTable(table, catalogue))
    for (const part of isLax ? [] : conjuncts(expression)) {
      const limit = limitIn(part);
      if (limit) limits.set(limit.column, Math.min(limit.most, limits.get(limit.column) ?? Number.POSITIVE_INFINITY));
    }
  return limits;
}

function conjuncts(expression: Expression): readonly Expression[] {
  return expression.kind === 'call' && expression.name === 'and' ? expression.args.flatMap(conjuncts) : [expression];
}

function limitIn(part: Expression): { readonly column: string; readonly most: number } | undefined {
  if (part.kind !== 'call' || part.args.length !== 2) return undefined;
  const [one, other] = part.args as [Expression, Expression];
  const column = measured(one) ?? measured(other);
  const operator = measured(one) === undefined ? turned[part.name] : part.name;
  const constant = [one, other].find((side) => side.kind === 'literal');
  const most = constant?.kind === 'literal' && typeof constant.value === 'number' ? constant.value : undefined;
  if (column === undefined || most === undefined) return undefined;
  if (operator === '<=' || operator === '=') return { column, most };
  return operator === '<' ? { column, most: most - 1 } : undefined;
}

/** The column whose length this is. */
function measured(expression: Expression): string | undefined {
  if (expression.kind !== 'call' || !lengths.has(expression.name)) return undefined;
  let [inner] = expression.args;
  while (inner?.kind === 'cast' && inner.length === undefined) inner = inner.of;
  return inner?.kind === 'column' ? inner.name : undefined;
}
