/** What a catalogue needs of the definitions of a dialect. */
import type { DefinedTable } from './defined-table.ts';
import type { ColumnType } from './types.ts';

/** A column as its table defines it. */
interface TypedColumn {
  readonly name: string;
  /** As written. */
  readonly type: string;
}

export interface TypeDefinitions {
  /** By canonical name. */
  readonly tables: ReadonlyMap<string, DefinedTable>;
  /** Reads one statement. Never throws. */
  read(sql: string): void;
  typeOf(table: DefinedTable, column: TypedColumn): ColumnType;
  /** Whether the type itself refuses NULL. */
  refusesNull(column: TypedColumn): boolean;
}
