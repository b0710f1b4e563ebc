/** What a catalogue needs of the definitions of a dialect. */
import type { NameScope } from '../format/name-scope.ts';
import type { Collation } from './collations.ts';
import type { DefinedColumn, DefinedTable } from './defined-table.ts';
import type { DefinedFunction } from './expressions/inline.ts';
import type { ColumnType } from './types.ts';

/** A column as its table defines it. */
interface TypedColumn {
  readonly name: string;
  /** As written. */
  readonly type: string;
  /** Canonical name, where its definition says one. */
  readonly collation?: string | undefined;
}

export interface TypeDefinitions {
  /** By full name. */
  readonly tables: ReadonlyMap<string, DefinedTable>;
  /** Reads one statement. Never throws. @param scope what names mean in it */
  read(sql: string, scope: NameScope): void;
  /** The table that has, or had, this full name. */
  find(name: string): DefinedTable | undefined;
  typeOf(table: DefinedTable, column: TypedColumn): ColumnType;
  /** A collation under which different texts are equal. @param name canonical */
  collationOf(table: DefinedTable, name: string): Collation | undefined;
  /** Whether the type itself refuses NULL. */
  refusesNull(table: DefinedTable, column: TypedColumn): boolean;
  /** The columns that a typed table has from its type. */
  attributesOf(table: DefinedTable): readonly DefinedColumn[];
  /** The function of the dump's own that an expression calls. @param name canonical, as written */
  functionNamed(name: string, args: number): DefinedFunction | undefined;
}
