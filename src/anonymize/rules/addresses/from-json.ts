/** Texts that an expression takes out of JSON. */
import { columnsIn, type Expression, stringsIn } from '../../schema/expressions/tree.ts';
import type { Column, Table } from '../../schema/table.ts';
import { holdsAddresses } from './address-columns.ts';

/** What takes a text out of JSON: the text is the address. */
export const fromJson = /^(->>?|#>>?|jsonb?_extract_path(_text)?|json_unquote|json_extract|json_value)$/;

/** Whether a CHECK sees addresses in JSON alone: it mentions an at sign, and no column that holds addresses as they are. */
export function isAboutJson(expression: Expression, table: Table): boolean {
  const names = columnsIn(expression);
  const columns = table.columns.filter((column) => names.has(column.name));
  return (
    columns.some(isJson) && !columns.some(holdsAddresses) && stringsIn(expression).some((text) => text.includes('@'))
  );
}

export function isJson({ type, generated }: Column): boolean {
  return type.base === 'json' && !generated;
}

/** With the columns themselves instead of what is taken out of their JSON. */
export function withoutJson(expression: Expression, table: Table): Expression {
  if (expression.kind === 'cast') return { ...expression, of: withoutJson(expression.of, table) };
  if (expression.kind !== 'call') return expression;
  const args = expression.args.map((one) => withoutJson(one, table));
  const [first] = args;
  if (!fromJson.test(expression.name) || first?.kind !== 'column') return { ...expression, args };
  const column = table.columns.find(({ name }) => name === first.name);
  if (column !== undefined && isJson(column)) return first;
  return { ...expression, args };
}
