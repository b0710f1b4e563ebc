/** What makes values of linked columns equal: how their types and indexes compare them. */
import type { Catalogue } from './catalogue.ts';
import { type Collation, type Folder, folder } from './collations.ts';
import type { ColumnPlace } from './table.ts';

export const lowerCase: Folder = (text) => text.toLowerCase();

/**
 * Turns texts that one of the columns takes for equal into the same text; undefined where only equal texts are. MySQL's collations
 * matter where columns are linked: in one column alone, no two texts are that differ only in accents and must be equal.
 */
export function foldingOf(catalogue: Catalogue, places: readonly ColumnPlace[]): Folder | undefined {
  const isMysql = catalogue.dialect.name === 'mysql';
  if (isMysql && places.length === 1) return undefined;
  const types = places.flatMap(({ table, column }) => catalogue.column(table, column)?.type.collation ?? []);
  const indexes = places.flatMap(({ table, column }) =>
    catalogue.uniquesWith(table, column).flatMap((unique) => unique.collations ?? []),
  );
  const own = new Map<string, Collation>([...types, ...indexes].map((one) => [JSON.stringify(one), one]));
  return joined([...own.values()].map(folder));
}

export function joined(folders: readonly (Folder | undefined)[]): Folder | undefined {
  const own = folders.filter((one) => one !== undefined);
  if (own.length === 0) return undefined;
  return (text) => own.reduce((folded, fold) => fold(folded), text);
}
