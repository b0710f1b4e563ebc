/** A table as single statements define it, before types and inheritance are resolved. */
import type { Check, ForeignKey, PartitionKey, Unique } from './table.ts';

export interface DefinedColumn {
  readonly name: string;
  /** As written; empty when the statement only adds to an inherited column. */
  readonly type: string;
  notNull: boolean;
  generated: boolean;
  /** Of a generated column: the columns in its expression, and whether that ignores upper and lower case. */
  generatedFrom: readonly string[];
  generatedIgnoresCase: boolean;
  default: string | undefined;
}

export interface DefinedTable {
  readonly name: string;
  readonly columns: DefinedColumn[];
  readonly uniques: Unique[];
  readonly foreignKeys: ForeignKey[];
  readonly checks: Check[];
  readonly parents: string[];
  isPartition: boolean;
  partitionKey: PartitionKey | undefined;
  /** Of a partition: `FOR VALUES …`. */
  bounds: string | undefined;
}

export function newTable(name: string): DefinedTable {
  return {
    name,
    columns: [],
    uniques: [],
    foreignKeys: [],
    checks: [],
    parents: [],
    isPartition: false,
    partitionKey: undefined,
    bounds: undefined,
  };
}

export function newColumn(name: string, type: string): DefinedColumn {
  return {
    name,
    type,
    notNull: false,
    generated: false,
    generatedFrom: [],
    generatedIgnoresCase: false,
    default: undefined,
  };
}

/** The column of that name. An inherited one is added, without a type. */
export function ownOrInherited(table: DefinedTable, name: string): DefinedColumn {
  const known = table.columns.find((column) => column.name === name);
  if (known) return known;
  const added = newColumn(name, '');
  table.columns.push(added);
  return added;
}

export function addParent(table: DefinedTable, parent: string | undefined): void {
  if (parent !== undefined && !table.parents.includes(parent)) table.parents.push(parent);
}

export function attach(partition: DefinedTable, parent: string | undefined): void {
  partition.parents.splice(0, partition.parents.length, ...(parent === undefined ? [] : [parent]));
  partition.isPartition = true;
}
