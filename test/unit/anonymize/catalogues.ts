/** Catalogues made of statements, and what they say of public.t. */
import { Catalogue } from '../../../src/anonymize/schema/catalogue.ts';
import type { Column } from '../../../src/anonymize/schema/table.ts';

export function catalogue(...statements: string[]): Catalogue {
  const made = new Catalogue();
  for (const statement of statements) made.read(statement);
  return made;
}

export function column(made: Catalogue, name: string, table = 'public.t'): Column {
  const known = made.column(table, name);
  if (known === undefined) throw new Error(`${table} has no ${name}`);
  return known;
}

export const names = (made: Catalogue, table = 'public.t') => made.table(table)?.columns.map((one) => one.name);
/** A table public.t with these elements. */
export const table = (...elements: string[]): string => `CREATE TABLE public.t (\n    ${elements.join(',\n    ')}\n)`;
