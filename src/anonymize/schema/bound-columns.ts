/**
 * Columns of one table that a CHECK compares with each other, or of which it compares parts with each other (`mails[1] <> mails[2]`):
 * equal values must become equal in them, and different ones different.
 */
import { outsideChecks } from './expressions/inline.ts';
import { type Call, type Expression, partsOf, walk } from './expressions/tree.ts';
import type { Table } from './table.ts';
import type { TypeClass } from './types.ts';

export interface Binding {
  readonly columns: readonly string[];
  /** Whether values that differ only in upper and lower case count as equal. */
  readonly ignoresCase: boolean;
}

const comparing = new Set([
  '=',
  '<>',
  'any =',
  'all <>',
  'any <>',
  'all =',
  'is distinct',
  'nullif',
  '@>',
  '<@',
  '&&',
  'array_position',
]);
const matching = new Set(['like', 'ilike', '~', '~*', '!~', '!~*']);
/** Calls whose value is that of one of their arguments, but for its case and for blanks around it. */
const passing = new Set([
  'lower',
  'upper',
  'initcap',
  'btrim',
  'trim',
  'ltrim',
  'rtrim',
  'coalesce',
  'nullif',
  'array',
  'row',
  'collate',
  'binary',
  'ifnull',
  'lcase',
  'ucase',
  'array_remove',
  'array_append',
  'subscript',
]);
/** Calls whose value is a part of their first argument. */
const takingPart = new Set([
  'subscript',
  '->>',
  '->',
  '#>>',
  '#>',
  'jsonb_extract_path_text',
  'json_extract_path_text',
]);
const folding = new Set(['lower', 'upper', 'initcap', 'lcase', 'ucase', 'ilike', '~*', '!~*']);
const ofText: ReadonlySet<TypeClass> = new Set<TypeClass>(['text', 'other']);
const ofParts: ReadonlySet<TypeClass> = new Set<TypeClass>([...ofText, 'json']);

/** Reads an expression of a definition. */
export type ReadExpression = (sql: string) => Expression;

export function bindingsOf(table: Table, read: ReadExpression): readonly Binding[] {
  const held = new Map(
    table.columns.filter(({ type }) => ofText.has(type.base)).map((column) => [column.name, column]),
  );
  return table.checks
    .filter(({ columns }) => columns.length > 0)
    .flatMap(({ expression }) => {
      const bindings: Binding[] = [];
      walk(withGenerated(read(expression), table, read), (part) => {
        if (part.kind !== 'call' || !(comparing.has(part.name) || matching.has(part.name))) return;
        for (const whole of comparedParts(part)) {
          const column = table.columns.find(({ name, type }) => name === whole && ofParts.has(type.base));
          if (column !== undefined)
            bindings.push({ columns: [whole], ignoresCase: folds(part) || column.type.caseless });
        }
        const sides = part.args.map((one) => [...passed(one)].filter((name) => held.has(name)));
        const columns = [...new Set(sides.flat())];
        if (columns.length < 2 || sides.filter((side) => side.length > 0).length < 2) return;
        bindings.push({
          columns,
          ignoresCase: folds(part) || columns.some((name) => held.get(name)?.type.caseless === true),
        });
      });
      return bindings;
    });
}

/** The columns of which both sides of a comparison are parts. */
function comparedParts({ args }: Call): readonly string[] {
  const [left, right] = args.map((one) => wholesOf(one));
  return left === undefined || right === undefined ? [] : [...left].filter((name) => right.has(name));
}

/** The columns of which a value is a part, as it is or with another case. */
function wholesOf(expression: Expression): ReadonlySet<string> {
  if (expression.kind === 'call' && takingPart.has(expression.name)) {
    const of = expression.args[0] as Expression;
    return of.kind === 'call' && takingPart.has(of.name) ? wholesOf(of) : passed(of);
  }
  if (expression.kind === 'call' && !passing.has(expression.name)) return new Set();
  return new Set(partsOf(expression).flatMap((part) => [...wholesOf(part)]));
}

/** The columns whose values a part may have, as they are or with another case. */
function passed(expression: Expression): ReadonlySet<string> {
  if (expression.kind === 'column') return new Set([expression.name]);
  if (expression.kind === 'call' && !passing.has(expression.name)) return new Set();
  return new Set(partsOf(expression).flatMap((part) => [...passed(part)]));
}

function folds(expression: Expression): boolean {
  let found = false;
  walk(expression, (part) => {
    if (part.kind === 'call' && folding.has(part.name)) found = true;
  });
  return found;
}

/** The expression with generated columns replaced by what generates them. */
export function withGenerated(expression: Expression, table: Table, read: ReadExpression): Expression {
  switch (expression.kind) {
    case 'column': {
      const sql = table.columns.find(({ name }) => name === expression.name)?.generatedAs;
      // Generated columns are not made of others.
      return sql === undefined ? expression : outsideChecks(read(sql));
    }
    case 'cast':
      return { ...expression, of: withGenerated(expression.of, table, read) };
    case 'call':
      return { ...expression, args: expression.args.map((one) => withGenerated(one, table, read)) };
    default:
      return expression;
  }
}
