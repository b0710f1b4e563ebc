/** A table as single statements define it, before types and inheritance are resolved. */
import { type NameScope, serverScope } from '../format/name-scope.ts';
import type { Check, ForeignKey, PartitionKey, Unique } from './table.ts';

export interface DefinedColumn {
  name: string;
  /** As written; empty when the statement only adds to an inherited column. */
  type: string;
  /** Canonical name of its collation. */
  collation?: string | undefined;
  notNull: boolean;
  generated: boolean;
  /** Of a generated column: the columns in its expression, and whether that ignores upper and lower case. */
  generatedFrom: readonly string[];
  generatedIgnoresCase: boolean;
  generatedAs: string | undefined;
  default: string | undefined;
}

export interface DefinedTable {
  /** Full name. */
  name: string;
  /** What names of types mean in its definition. */
  readonly scope: NameScope;
  /** The composite type of a typed table (OF), as written. */
  of: string | undefined;
  /** New names of columns by old ones. */
  readonly renamed: Map<string, string>;
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

export function newTable(name: string, scope: NameScope = serverScope): DefinedTable {
  return {
    name,
    scope,
    of: undefined,
    renamed: new Map(),
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
    generatedAs: undefined,
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
