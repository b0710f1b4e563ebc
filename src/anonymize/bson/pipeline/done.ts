/** What a run has done. */
import type { CollectionPlan } from '../fields/collection-plan.ts';
import type { BsonCounts } from '../rewrite/bson-counts.ts';

export interface Done {
  /** By `database.collection`. */
  readonly plans: ReadonlyMap<string, CollectionPlan>;
  readonly counts: BsonCounts;
  /** By how many bytes the documents of each collection have become longer. */
  readonly grown: ReadonlyMap<string, number>;
}
