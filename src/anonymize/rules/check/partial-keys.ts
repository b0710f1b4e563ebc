/** Columns of which only some values must be unique: `UNIQUE (phone) WHERE phone <> ''`. */
import type { Catalogue } from '../../schema/catalogue.ts';
import type { Rule } from '../file/rule.ts';
import type { Transform } from '../transforms/transform.ts';

/** Whether an empty text stays empty in the column: many rows may have it, none of them in the index. */
export function staysEmpty(rule: Rule, catalogue: Catalogue, table: string, column: string): boolean {
  if (rule.kind !== 'pseudonym' && rule.kind !== 'hash') return false;
  return catalogue
    .linkedColumns(table, column)
    .some(
      (place) =>
        catalogue.column(place.table, place.column)?.type.base === 'text' &&
        catalogue.uniquesWith(place.table, place.column).some(({ where }) => where !== undefined),
    );
}

export function keepingEmpty(transform: Transform): Transform {
  return (bytes, from, to, out, by) => (from === to ? 'text' : transform(bytes, from, to, out, by));
}
