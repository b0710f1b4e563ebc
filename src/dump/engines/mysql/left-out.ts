/** Views and tables that cannot be read, of which a dump is made without them. */
import type { UnreadFact } from '../../../domain/dump.ts';
import type { Catalogue, StoredObject, Table } from './catalogue.ts';

export interface LeftOut extends Pick<Table, 'database' | 'name' | 'shown' | 'kind'> {
  /** What the server says of it. */
  readonly why: string;
  readonly fix: string;
}

/** `db.name`, as the tools name it. */
export const plainName = ({ database, name }: Pick<Table, 'database' | 'name'>): string => `${database}.${name}`;

const isIn = (leftOut: readonly LeftOut[], database: string, name: string | undefined): boolean =>
  leftOut.some((one) => one.database === database && one.name === name);

/** What is dumped: the tools leave out the triggers of a table that they leave out. */
export function withoutLeftOut(catalogue: Catalogue, leftOut: readonly LeftOut[]): Catalogue {
  if (leftOut.length === 0) return catalogue;
  return {
    ...catalogue,
    tables: catalogue.tables.filter(({ database, name }) => !isIn(leftOut, database, name)),
    objects: catalogue.objects.filter(({ database, table }) => !isIn(leftOut, database, table)),
  };
}

const triggersOf = (leftOut: readonly LeftOut[], { objects }: Catalogue): readonly StoredObject[] =>
  objects.filter(({ database, table }) => isIn(leftOut, database, table));

/** What no proof can speak of. @param catalogue with what is left out */
export function unreadOf(leftOut: readonly LeftOut[], catalogue: Catalogue): readonly UnreadFact[] {
  return [
    ...leftOut.map(({ kind, shown, why, fix }) => ({
      what: `${kind === 'versioned' ? 'TABLE' : kind.toUpperCase()} ${shown}`,
      why: `it is not in the dump, since the server cannot read it: ${why}; ${fix}`,
    })),
    ...triggersOf(leftOut, catalogue).map(({ shown }) => ({
      what: `TRIGGER ${shown}`,
      why: 'it is not in the dump, since its table is not',
    })),
  ];
}

export function notesOn(leftOut: readonly LeftOut[]): readonly string[] {
  return leftOut.map(
    ({ kind, shown, why, fix }) =>
      `the ${kind === 'versioned' ? 'table' : kind} ${shown} cannot be read, so it is not in the dump: ${why} (${fix})`,
  );
}
