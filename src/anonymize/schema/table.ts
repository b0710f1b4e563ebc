/** Tables as rules see them: resolved, with everything that inheritance and partitions bring. All names are canonical. */
import type { Collation } from './collations.ts';
import type { ColumnType } from './types.ts';

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  readonly notNull: boolean;
  /** GENERATED ALWAYS AS (…): never in a row of the dump. */
  readonly generated: boolean;
  /** Its expression. */
  readonly generatedAs?: string | undefined;
  readonly default: string | undefined;
}

export interface Unique {
  readonly kind: 'primary' | 'unique' | 'index' | 'exclude';
  readonly name: string;
  /** Including columns inside expressions. */
  readonly columns: readonly string[];
  /** What must be unique, as written, where it may be expressions: `lower(email)`, `room WITH =`. */
  readonly parts?: readonly string[];
  /** Whether values that differ only in upper and lower case count as equal. */
  readonly ignoresCase: boolean;
  /** Canonical names of collations inside it. */
  readonly collated?: readonly string[];
  /** Under which it takes different texts for equal. */
  readonly collations?: readonly Collation[];
  /** The first characters that the index covers, by column, where it covers only these (MySQL). */
  readonly prefixes?: ReadonlyMap<string, number>;
  /** NULLS NOT DISTINCT: whether two NULLs count as equal. */
  readonly nullsNotDistinct?: boolean;
  /** Of an index or an exclusion over some rows: which (`deleted_at IS NULL`). */
  readonly where?: string;
}

export interface ForeignKey {
  readonly name: string;
  readonly columns: readonly string[];
  /** The referenced table. */
  readonly references: string;
  /** Its columns; empty for its primary key. */
  readonly referenced: readonly string[];
}

export interface Check {
  readonly name: string;
  readonly expression: string;
  readonly columns: readonly string[];
  /** NO INHERIT: whether tables that inherit from this one do not have it. */
  readonly isOwn?: boolean;
  /** NOT VALID: rows that a dump holds need not satisfy it. */
  readonly isLax?: boolean;
}

export interface PartitionKey {
  readonly strategy: 'range' | 'list' | 'hash';
  /** Including columns inside expressions. */
  readonly columns: readonly string[];
  /** What it is made of, as written: `email`, `split_part(email, '@', 2)`. */
  readonly parts: readonly string[];
  /** Whether values that differ only in upper and lower case belong to the same partition. */
  readonly ignoresCase: boolean;
}

export interface Table {
  readonly name: string;
  readonly columns: readonly Column[];
  readonly uniques: readonly Unique[];
  readonly foreignKeys: readonly ForeignKey[];
  readonly checks: readonly Check[];
  /** Columns that were renamed while rows were already in the dump: new names by old ones. */
  readonly renamed: ReadonlyMap<string, string>;
  readonly parent: string | undefined;
  readonly isPartition: boolean;
  readonly partitionKey: PartitionKey | undefined;
  /** Of a partition: `FOR VALUES IN ('…')`. */
  readonly bounds: string | undefined;
}

/** A column of a table, by name. */
export interface ColumnPlace {
  readonly table: string;
  readonly column: string;
}
