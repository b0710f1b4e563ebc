/** The CHECKs of a dump as expressions: those of its tables, and those of its domains for each column that has such a type. */
import { withGenerated } from '../../schema/bound-columns.ts';
import type { Catalogue } from '../../schema/catalogue.ts';
import { columnsIn, type Expression } from '../../schema/expressions/tree.ts';
import type { Table } from '../../schema/table.ts';
import type { ColumnType } from '../../schema/types.ts';

export interface CheckExpression {
  readonly table: Table;
  /** Columns that are in the rows of a dump. */
  readonly columns: readonly string[];
  readonly expression: Expression;
  /** For messages: `CHECK users_email_check (email ~ '…')`. */
  readonly what: string;
  /** Whether the rows of a dump need not satisfy it (NOT VALID). */
  readonly isLax: boolean;
  /** Whether it is about parts of the column's values: elements of an array, fields of a composite type. */
  readonly ofParts?: boolean;
}

/** Characters of an expression that a message shows. */
const maxShown = 300;

function shown(expression: string): string {
  const line = expression.replaceAll(/\s+/g, ' ');
  return line.length > maxShown ? `${line.slice(0, maxShown)} …` : line;
}

/** All CHECKs of a table. */
export function checksOfTable(table: Table, catalogue: Catalogue): readonly CheckExpression[] {
  const read = (sql: string): Expression => catalogue.expression(sql);
  const inRows = new Set(table.columns.filter((column) => !column.generated).map(({ name }) => name));
  const own = table.checks.map(({ name, expression: sql, isLax = false }): CheckExpression => {
    const expression = withGenerated(read(sql), table, read);
    const columns = [...columnsIn(expression)].filter((column) => inRows.has(column));
    return { table, columns, expression, isLax, what: `CHECK ${name === '' ? '' : `${name} `}(${shown(sql)})` };
  });
  const ofDomains = table.columns
    .filter((column) => inRows.has(column.name))
    .flatMap(({ name, type }) =>
      type.checks.map((sql): CheckExpression => {
        const expression = named(read(sql), name);
        return {
          table,
          columns: [name],
          expression,
          isLax: false,
          what: `CHECK of the type ${type.written} (${shown(sql)})`,
          ofParts: isOfElements(type),
        };
      }),
    );
  return [...own, ...ofDomains];
}

/** The CHECKs of the domains of which values of a table's columns are made: each part with text satisfies them on its own. */
export function checksOfParts(table: Table, catalogue: Catalogue): readonly CheckExpression[] {
  return table.columns
    .filter(({ generated }) => !generated)
    .flatMap(({ name, type }) =>
      partsOf(type, new Set())
        .filter(({ base, checks }) => base === 'text' && checks.length > 0)
        .flatMap(({ written, checks }) =>
          checks.flatMap((sql): readonly CheckExpression[] => {
            if (isOfElements(type) && type.checks.includes(sql)) return [];
            const what = `CHECK of the type ${written} in ${type.written} (${shown(sql)})`;
            const expression = named(catalogue.expression(sql), name);
            return [{ table, columns: [name], expression, isLax: false, what, ofParts: true }];
          }),
        ),
    );
}

/** Whether the CHECKs of an array are those of its elements; a domain over an array has its own. */
function isOfElements({ written }: ColumnType): boolean {
  return /\]\s*$/.test(written);
}

/** @param known types that were followed: a type may be made of itself */
function partsOf({ inside }: ColumnType, known: Set<string>): readonly ColumnType[] {
  if (inside === undefined) return [];
  const parts = inside.kind === 'composite' ? inside.fields() : [inside.of()];
  return parts.flatMap((part) => {
    if (known.has(part.written)) return [];
    known.add(part.written);
    return part.inside === undefined ? [part] : partsOf(part, known);
  });
}

/** The CHECK of a domain for a column: VALUE is its value. */
function named(expression: Expression, column: string): Expression {
  switch (expression.kind) {
    case 'column':
      return expression.name === 'value' ? { ...expression, name: column } : expression;
    case 'cast':
      return { ...expression, of: named(expression.of, column) };
    case 'call':
      return { ...expression, args: expression.args.map((one) => named(one, column)) };
    default:
      return expression;
  }
}
