/** What the definitions ask of the addresses in a column and in those that are linked to it. */
import { nobody } from '../../emails/replacement.ts';
import type { Catalogue } from '../../schema/catalogue.ts';
import type { Folder } from '../../schema/collations.ts';
import { isComparedWithEmails } from '../../schema/compared-emails.ts';
import { foldingOf, joined, lowerCase } from '../../schema/folding.ts';
import { narrowest, nestedRoom } from '../../schema/nested-room.ts';
import type { ColumnPlace } from '../../schema/table.ts';
import { checkedLength } from './length-limits.ts';

export interface GroupNeeds {
  /** Whether addresses must stay distinct: because of a constraint, or since definitions compare them. */
  readonly distinct: boolean;
  /** Makes addresses the same that must become equal; undefined where only equal ones must. */
  readonly fold: Folder | undefined;
  /** Characters of the narrowest column. */
  readonly maxCharacters: number;
  /** Characters in which distinct addresses must differ: fewer than the column's own where an index covers only their beginning. */
  readonly room: number;
}

const domainLength = nobody.domain.length + 1;

/** Characters of the narrowest of these columns, by its type or by a CHECK. */
export function roomOf(catalogue: Catalogue, places: readonly ColumnPlace[]): number {
  return Math.min(
    ...places.map(({ table, column }) =>
      Math.min(
        catalogue.column(table, column)?.type.maxCharacters ?? Number.POSITIVE_INFINITY,
        checkedLength(catalogue, table, column),
      ),
    ),
  );
}

export function needsOf(catalogue: Catalogue, table: string, column: string): GroupNeeds {
  const places = catalogue.linkedColumns(table, column);
  const uniques = places.flatMap((place) =>
    catalogue.uniquesWith(place.table, place.column).map((unique) => ({ unique, place })),
  );
  const maxCharacters = roomOf(catalogue, places);
  const bound = places.flatMap((place) => catalogue.boundBy(place.table, place.column) ?? []);
  const prefixes = uniques.map(({ unique, place }) => unique.prefixes?.get(place.column) ?? Number.POSITIVE_INFINITY);
  const nested = places.map((place) => {
    const type = catalogue.column(place.table, place.column)?.type;
    return narrowest(type && nestedRoom(type));
  });
  const compared = places.flatMap((place) => {
    const own = catalogue.column(place.table, place.column);
    return own !== undefined && isComparedWithEmails(catalogue, place.table, own) ? [own] : [];
  });
  const ignoresCase =
    // The labels of an enumeration are always written as they are.
    compared.some(({ type }) => type.caseless && type.enumeration === undefined) ||
    uniques.some(({ unique }) => unique.ignoresCase) ||
    bound.some((one) => one.ignoresCase) ||
    places.some((place) => catalogue.keyIgnoresCase(place.table, place.column));
  return {
    distinct: uniques.length > 0 || bound.length > 0 || compared.length > 0,
    fold: joined([ignoresCase ? lowerCase : undefined, foldingOf(catalogue, places)]),
    maxCharacters,
    room: Math.min(maxCharacters, ...nested, ...prefixes.map((prefix) => prefix + domainLength)),
  };
}
