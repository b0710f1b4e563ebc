/** The CHECKs of a dump as expressions: those of its tables, and those of its domains for each column that has such a type. */
import { withGenerated } from '../../schema/bound-columns.ts';
import type { Catalogue } from '../../schema/catalogue.ts';
import { columnsIn, type Expression } from '../../schema/expressions/tree.ts';
import type { Table } from '../../schema/table.ts';

export interface CheckExpression {
  readonly table: Table;
  /** Columns that are in the rows of a dump. */
  readonly columns: readonly string[];
  readonly expression: Expression;
  /** For messages: `CHECK users_email_check (email ~ '…')`. */
  readonly what: string;
  /** Whether the rows of a dump need not satisfy it (NOT VALID). */
  readonly isLax: boolean;
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
        };
      }),
    );
  return [...own, ...ofDomains];
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
