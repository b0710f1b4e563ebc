/** What the leak check may find: by column, table, kind and pattern. */
import type { LeakKind } from './leak-kinds.ts';

export interface Allowance {
  /** `table.column` as the file writes it; with full names once it was compared with the dump. Undefined for all columns. */
  readonly column: string | undefined;
  /** Full name of the table, or `(definitions)` or `(names)`; undefined for all. */
  readonly table: string | undefined;
  /** Undefined for all kinds. */
  readonly kind: LeakKind | undefined;
  /** What the whole finding must match; undefined for anything. */
  readonly pattern: RegExp | undefined;
}
