/** Resolves a table's definition: inherited columns, types that the dump defines, what generated columns make unique. */
import type { TypeDefinitions } from './catalogue-definitions.ts';
import type { DefinedColumn, DefinedTable } from './defined-table.ts';
import type { Check, Column, Table, Unique } from './table.ts';

export interface Lookup {
  readonly types: Pick<TypeDefinitions, 'typeOf' | 'refusesNull' | 'attributesOf' | 'collationOf'>;
  /** A table from which this one inherits, resolved. */
  readonly parent: (name: string) => Table | undefined;
  /** The name that a table has now, which may have had another. */
  readonly nameOf: (name: string) => string;
}

export function resolveTable(defined: DefinedTable, lookup: Lookup): Table {
  const columns = resolveColumns(defined, lookup);
  const names = new Set(columns.map((column) => column.name));
  const caseless = new Set(columns.filter((column) => column.type.caseless).map((column) => column.name));
  const existing = (given: readonly string[]): string[] => given.filter((name) => names.has(name));
  return {
    name: defined.name,
    columns,
    uniques: defined.uniques.map((unique) =>
      collated(resolveUnique(unique, defined, existing, caseless), defined, lookup),
    ),
    foreignKeys: defined.foreignKeys.map((key) => ({ ...key, references: lookup.nameOf(key.references) })),
    checks: [
      ...defined.checks.map((check) => ({ ...check, columns: existing(check.columns) })),
      ...inheritedChecks(defined, lookup),
    ],
    renamed: defined.renamed,
    parent: defined.parents[0] === undefined ? undefined : lookup.nameOf(defined.parents[0]),
    isPartition: defined.isPartition,
    partitionKey: defined.partitionKey && { ...defined.partitionKey, columns: existing(defined.partitionKey.columns) },
    bounds: defined.bounds,
  };
}

/** The CHECKs of the parents; pg_dump repeats those of a partition's parent, but not those of others. */
function inheritedChecks(defined: DefinedTable, { parent }: Lookup): Check[] {
  const own = new Set(defined.checks.map(({ expression }) => expression));
  return defined.parents.flatMap(
    (name) => parent(name)?.checks.filter((check) => !check.isOwn && !own.has(check.expression)) ?? [],
  );
}

/** The columns of the parents or of the table's type, then the table's own; its own properties go first. */
function resolveColumns(defined: DefinedTable, lookup: Lookup): Column[] {
  const columns = new Map<string, Column>();
  for (const parent of defined.parents)
    for (const column of lookup.parent(parent)?.columns ?? [])
      if (!columns.has(column.name)) columns.set(column.name, column);
  for (const column of lookup.types.attributesOf(defined)) columns.set(column.name, ownColumn(column, defined, lookup));
  for (const column of defined.columns) {
    const inherited = columns.get(column.name);
    if (column.type !== '') columns.set(column.name, ownColumn(column, defined, lookup));
    else if (inherited) columns.set(column.name, extended(inherited, column));
  }
  const primary = new Set(defined.uniques.filter(({ kind }) => kind === 'primary').flatMap((unique) => unique.columns));
  return [...columns.values()].map((column) => (primary.has(column.name) ? { ...column, notNull: true } : column));
}

function ownColumn(column: DefinedColumn, table: DefinedTable, { types }: Lookup): Column {
  const { name, notNull, generated, generatedAs, default: value } = column;
  return {
    name,
    type: types.typeOf(table, column),
    notNull: notNull || types.refusesNull(table, column),
    generated,
    generatedAs,
    default: value,
  };
}

/** An inherited column with what the table adds to it. */
function extended(inherited: Column, { notNull, generated, default: value }: DefinedColumn): Column {
  return {
    ...inherited,
    notNull: notNull || inherited.notNull,
    generated: generated || inherited.generated,
    default: value ?? inherited.default,
  };
}

/**
 * A unique constraint on a generated column also constrains the columns in its expression: only those are in the rows of
 * the dump.
 */
function resolveUnique(
  unique: Unique,
  defined: DefinedTable,
  existing: (names: readonly string[]) => string[],
  caseless: ReadonlySet<string>,
): Unique {
  const generated = defined.columns.filter((column) => column.generated && unique.columns.includes(column.name));
  return {
    ...unique,
    parts: unique.parts ?? unique.columns,
    columns: existing([...new Set([...unique.columns, ...generated.flatMap((column) => column.generatedFrom)])]),
    ignoresCase:
      unique.ignoresCase ||
      generated.some((column) => column.generatedIgnoresCase) ||
      unique.columns.some((name) => caseless.has(name)),
  };
}

/** With the collations that its expressions name, where different texts are equal under them. */
function collated(unique: Unique, defined: DefinedTable, { types }: Lookup): Unique {
  const collations = (unique.collated ?? []).flatMap((name) => types.collationOf(defined, name) ?? []);
  return collations.length > 0 ? { ...unique, collations } : unique;
}
