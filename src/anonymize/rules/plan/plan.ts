/** What is to be done with each table's rows and columns: the rules file and the catalogue, made ready for the stream. */

import type { Replace } from '../../emails/replacement.ts';
import type { Transform } from '../transforms/transform.ts';

/** The name under which reports count what is not in a table's rows: definitions, comments, functions. */
export const definitionsPart = '(definitions)';

/** What becomes of one column. */
export interface ColumnPlan {
  readonly name: string;
  /** The rule's name, for the counts of the report: `addresses`, `unique addresses`, `pseudonym`. */
  readonly label: string;
  /** `keep`: left as it is; `addresses`: only addresses are replaced; otherwise the whole value is. */
  readonly treatment: 'keep' | 'addresses' | Transform;
  readonly replace: Replace;
  /** How often PostgreSQL has escaped the text within itself: 1 for arrays and composite values, 2 for both. */
  readonly nesting: number;
  /** Characters that the column takes. */
  readonly maxCharacters: number;
  /** Whether an ordinary address in it can be replaced without a look at the rest of the value. */
  readonly quick: boolean;
  /** Whether numbers of people may stand in it: not in UUIDs, numbers and dates. */
  readonly holdsText: boolean;
  /** The column of this table that the rule goes by. */
  readonly by: string | undefined;
  /** Whether values equal to one of this column's count as leaks where they stand elsewhere. */
  readonly replaced: boolean;
}

export interface TablePlan {
  /** Canonical name. */
  readonly name: string;
  readonly rows: 'keep' | 'drop' | { readonly share: number; readonly by: string };
  /** Whether a value has to be looked at for another reason than an address in it. */
  readonly byRow: boolean;
  /** Whether it matters in which column an address stands. */
  readonly byColumn: boolean;
  column(name: string): ColumnPlan;
  /** Columns in the order of the table, for rows that do not name them; undefined when nobody knows. COPY has no generated ones. */
  readonly columns: readonly string[] | undefined;
  /** The same with generated columns, for which INSERT has the word DEFAULT. */
  readonly allColumns: readonly string[] | undefined;
  /** The partitioned table that the rows are written to instead, since changed values may belong elsewhere. */
  readonly writeTo: string | undefined;
}

export interface Plan {
  table(name: string): TablePlan;
  /** The replacement for what stands outside of rows. */
  readonly replace: Replace;
  /**
   * The one inside of CHECK, of enumerations and of lists of partitions, where addresses must stay unlike each other: in
   * CHECK nobody@example.com would also be what `VALUE <> …` refuses in every row.
   */
  readonly replaceApart: Replace;
  /** Keyed hash that decides which rows a sample keeps. */
  readonly sampled: (value: Buffer) => number;
}
