/** What an update would do to the resources of a stack: a change set's content. */
import { isDeepStrictEqual } from 'node:util';
import type { Holdings } from './resources/resource-type.ts';
import { typeOf } from './resources/types.ts';
import type { Resource } from './template.ts';

export interface Change {
  readonly action: 'Add' | 'Modify' | 'Remove';
  readonly resource: Resource;
  /** What the resource is before the change; undefined for one that is added. */
  readonly before: Resource | undefined;
  readonly replaced: boolean;
  /** The properties that change. */
  readonly properties: readonly string[];
  /** Whether the deletion policy changes. */
  readonly policyChanges: boolean;
}

/**
 * What an update begins with: as the stack has it, or in the account, for a drift-aware change set. The lab notices only that
 * something is gone, and only of types that it can ask for by name.
 */
export function startOf(
  resources: readonly Resource[],
  revertsDrift: boolean | undefined,
  { holdings, region }: { readonly holdings: Holdings; readonly region: string },
): readonly Resource[] {
  if (!revertsDrift) return resources;
  return resources.filter((one) => typeOf(one.type).exists?.(one, holdings, region) ?? true);
}

/** @param from what there is @param to what there shall be, in the order of creation */
export function changesBetween(from: readonly Resource[], to: readonly Resource[]): Change[] {
  const old = new Map(from.map((one) => [one.logicalId, one]));
  const wanted = new Set(to.map((one) => one.logicalId));
  const added = { replaced: false, properties: [], policyChanges: false };
  const removed = from
    .filter((one) => !wanted.has(one.logicalId))
    .reverse()
    .map((resource): Change => ({ action: 'Remove', resource, before: resource, ...added }));
  const others = to.flatMap((resource): Change[] => {
    const before = old.get(resource.logicalId);
    if (!before) return [{ action: 'Add', resource, before: undefined, ...added }];
    const names = new Set([...Object.keys(before.properties), ...Object.keys(resource.properties)]);
    const properties = [...names].filter(
      (name) => !isDeepStrictEqual(before.properties[name], resource.properties[name]),
    );
    const policyChanges = before.deletionPolicy !== resource.deletionPolicy;
    if (properties.length === 0 && !policyChanges && before.type === resource.type) return [];
    const { replacing } = typeOf(resource.type);
    const replaced = before.type !== resource.type || properties.some((name) => replacing.includes(name));
    return [{ action: 'Modify', resource, before, replaced, properties, policyChanges }];
  });
  return [...others, ...removed];
}
