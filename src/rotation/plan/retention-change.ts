/** What another default retention would change, for the review of a pull request. */
import type { RetentionChangeRow } from '../../domain/rotation.ts';
import { type Configuration, nameOf } from './configuration.ts';
import { type CreateFacts, planCreate } from './create.ts';
import { addDays } from './dates.ts';
import { type Retention, showRetention, steadyCount } from './retention.ts';
import { configurationTags } from './tags.ts';

/**
 * Plans the next slot that is surely free with both defaults. Instances with a tag Retention of their own are not in the
 * result, because the default does not affect them.
 */
export function retentionChange(facts: CreateFacts, before: Retention, after: Retention): RetentionChangeRow[] {
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
  const [oldPlan, newPlan] = [plan(before), plan(after)];
  const [oldCount, newCount] = [steadyCount(before), steadyCount(after)];
  return oldPlan.flatMap((one, index) => {
    const other = newPlan[index];
    if (one.kind !== 'create' || other?.kind !== 'create') return [];
    return [
      {
        instance: nameOf(one.instance),
        before: showRetention(before),
        after: showRetention(after),
        deleteOnBefore: one.deleteOn,
        deleteOnAfter: other.deleteOn,
        heldBefore: oldCount * one.volumes.length,
        heldAfter: newCount * other.volumes.length,
      },
    ];
  });
}
