/** What another default retention would change, for the review of a pull request. */
import type { ComparisonRow } from '../../domain/rotation.ts';
import type { Configuration } from './configuration.ts';
import { type CreateFacts, planCreate } from './create.ts';
import { addDays } from './dates.ts';
import { type Retention, showRetention, steadyCount } from './retention.ts';
import { configurationTags } from './tags.ts';

/**
 * Plans the next slot that is surely free with both defaults. Instances with a Retention of their own are not touched
 * by a default, so they are not in the result.
 */
export function compareRetention(facts: CreateFacts, before: Retention, after: Retention): ComparisonRow[] {
  const byDefault = facts.configurations.filter(
    ({ instance }) => (instance.tags[configurationTags.retention] ?? '').trim() === '',
  );
  const slot = addDays(facts.slot.slice(0, 10), 1);
  const plan = (retention: Retention) =>
    planCreate({
      ...facts,
      slot,
      configurations: byDefault.map((one): Configuration => ({ ...one, retention })),
    }).decisions;
  const [old, fresh] = [plan(before), plan(after)];
  const [oldCount, freshCount] = [steadyCount(before), steadyCount(after)];
  return old.flatMap((one, index) => {
    const other = fresh[index];
    if (one.kind !== 'create' || other?.kind !== 'create') return [];
    const { id, name } = one.instance;
    return [
      {
        instance: name === undefined ? id : `${id} (${name})`,
        before: showRetention(before),
        after: showRetention(after),
        deleteOnBefore: one.deleteOn,
        deleteOnAfter: other.deleteOn,
        heldBefore: oldCount * one.volumes.length,
        heldAfter: freshCount * other.volumes.length,
      },
    ];
  });
}
