/** Proposals as the document of a rules file. */
import type { RulesDocument } from '../rules/file/document.ts';
import type { Proposal } from './propose.ts';

export interface Proposed {
  readonly proposals: readonly Proposal[];
  /** Tables whose rows the dump holds without their definitions: those of extensions, such as PostGIS's spatial_ref_sys. */
  readonly undefinedTables: readonly string[];
}

export function documentOf({ proposals, undefinedTables }: Proposed): RulesDocument {
  const tables = Map.groupBy(proposals, ({ table }) => table);
  return {
    version: 1,
    // What columns such a table has is not known.
    'unknown-columns': undefinedTables.length > 0 ? 'emails' : 'fail',
    tables: Object.fromEntries(
      [...tables].map(([table, columns]) => [
        table,
        { columns: Object.fromEntries(columns.map(({ column, rule }) => [column, rule])) },
      ]),
    ),
  };
}
