/** Proposals as the document of a rules file. */
import type { RulesDocument } from '../rules/file/document.ts';
import type { Proposal } from './propose.ts';

export function documentOf(proposals: readonly Proposal[]): RulesDocument {
  const tables = Map.groupBy(proposals, ({ table }) => table);
  return {
    version: 1,
    'unknown-columns': 'fail',
    tables: Object.fromEntries(
      [...tables].map(([table, columns]) => [
        table,
        { columns: Object.fromEntries(columns.map(({ column, rule }) => [column, rule])) },
      ]),
    ),
  };
}
