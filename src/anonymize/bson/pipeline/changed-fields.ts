/** Tells which fields may hold other values than before: all others came through as they were. */
import type { ChangedColumns } from '../../pipeline/changed-columns.ts';
import type { Done } from './done.ts';

/** By collection, its fields with changes; all of a collection's documents that stayed are equal in the others. */
export function changedFields({ plans, counts }: Done): ChangedColumns {
  const changed = new Map<string, Set<string>>([...plans.keys()].map((name) => [name, new Set<string>()]));
  for (const { table, column, count } of counts.changes.columns()) if (count > 0) changed.get(table)?.add(column);
  return changed;
}
