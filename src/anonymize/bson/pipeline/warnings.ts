/** What a user should know of a result that is otherwise in order. */
import { labels } from '../../rules/plan/plan.ts';
import type { Collections } from '../fields/collections.ts';
import { allFields } from '../fields/field-tree.ts';
import type { Done } from './done.ts';

/** @param sampled whether only a sample of replaced values was compared */
export function warningsOf(done: Done, collections: Collections, sampled: boolean): string[] {
  return [
    ...uniqueFields(done),
    ...unsuited(done),
    ...unmet(done),
    ...users(done),
    ...capped(done, collections),
    ...(sampled
      ? [
          'there are more than a quarter of a million different values: a sample of the replaced values was searched for in other fields',
        ]
      : []),
  ];
}

function uniqueFields({ counts }: Done): string[] {
  return counts.changes
    .columns()
    .filter(({ rule }) => rule === labels.uniqueEmails)
    .map(
      ({ table, column, count }) =>
        `${table}.${column} must stay distinct: ${count.toLocaleString('en-US')} addresses became distinct addresses under example.com`,
    );
}

function unsuited({ counts }: Done): string[] {
  return counts
    .allUnsuited()
    .map(
      ({ collection, field, type, count }) =>
        `${collection}.${field.path}: ${count.toLocaleString('en-US')} values of the type ${type} became null, since ${field.plan.label} is not for that type`,
    );
}

/** Rules whose field no document has: it may be misspelt. */
function unmet({ plans, counts }: Done): string[] {
  return [...plans.values()].flatMap((plan) => {
    const met = new Set([...allFields(plan.root)].map(({ rule }) => rule));
    if (counts.documents(plan.name) === 0 || plan.rows === 'drop') return [];
    return (plan.rules?.fields ?? [])
      .filter((_, index) => !met.has(index))
      .map(
        ([path]) => `${plan.name}.${path}: no document has this field, for which there is a rule; check its spelling`,
      );
  });
}

function users({ plans, counts }: Done): string[] {
  return [...plans.values()]
    .filter(({ name, isUsers, rows }) => isUsers && rows === 'keep' && counts.documents(name) > 0)
    .map(
      ({ name }) =>
        `${name} holds the server's users with the hashes of their passwords; rows: drop for ${name} leaves them out`,
    );
}

function capped({ grown }: Done, collections: Collections): string[] {
  return [...grown]
    .filter(([name, bytes]) => bytes > 0 && collections.get(name)?.capped === true)
    .map(
      ([name, bytes]) =>
        `${name} is capped, and has become ${bytes.toLocaleString('en-US')} bytes longer: a restore may leave its oldest documents out`,
    );
}
