/** What a catalogue needs of the definitions of a dialect. */
import type { NameScope } from '../format/name-scope.ts';
import type { DefinedColumn, DefinedTable } from './defined-table.ts';
import type { ColumnType } from './types.ts';

/** A column as its table defines it. */
interface TypedColumn {
  readonly name: string;
  /** As written. */
  readonly type: string;
}

export interface TypeDefinitions {
  /** By full name. */
  readonly tables: ReadonlyMap<string, DefinedTable>;
  /** Reads one statement. Never throws. @param scope what names mean in it */
  read(sql: string, scope: NameScope): void;
  /** The table that has, or had, this full name. */
  find(name: string): DefinedTable | undefined;
  typeOf(table: DefinedTable, column: TypedColumn): ColumnType;
  /** Whether the type itself refuses NULL. */
  refusesNull(table: DefinedTable, column: TypedColumn): boolean;
  /** The columns that a typed table has from its type. */
  attributesOf(table: DefinedTable): readonly DefinedColumn[];
}
