/** What conditions are made of. */
import type { Catalogue } from '../../schema/catalogue.ts';
import type { SqlValue } from '../../schema/expressions/values.ts';
import type { ColumnPlace, Table } from '../../schema/table.ts';

export interface CheckOptions {
  readonly catalogue: Catalogue;
  /** The tables whose conditions are wanted. */
  readonly tables: readonly Table[];
  /** What becomes of a string in a definition: the addresses in it are replaced there, too. @param outside of CHECK */
  readonly rewritten: (text: string, outside?: boolean) => string;
  /** The value that a rule puts into a column, whatever was there: `unknown` for a rule that makes others; undefined without such a rule. */
  readonly ruled: (place: ColumnPlace) => SqlValue | undefined;
}
