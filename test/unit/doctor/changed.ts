/** A sound installation with one thing changed. */
import { examine } from '../../../src/doctor/examine.ts';
import type { Inventory } from '../../../src/doctor/inventory.ts';
import { read } from '../../../src/doctor/reading.ts';
import type { Finding } from '../../../src/domain/finding.ts';
import * as given from './sound.ts';

const { sound } = given;

/** What is broken, in which installation, and what the finding says of it. */
export type Broken = readonly [what: string, inventory: Inventory, status: Finding['status'], is: RegExp, fix: RegExp];

export function change<K extends keyof Inventory>(
  part: K,
  by: Partial<Inventory[K]>,
  of: Inventory = sound,
): Inventory {
  return { ...of, [part]: { ...(of[part] as object), ...by } };
}

/** Everything that is not in order. */
export function trouble(inventory: Inventory): readonly Finding[] {
  return examine(inventory).filter(({ status }) => status !== 'ok');
}

export const withVariables = (by: Readonly<Record<string, string>>, of = sound): Inventory =>
  change('configuration', { variables: read({ ...given.variables, ...by }) }, of);
export const withRegion = (by: object): Inventory => ({ ...sound, regions: [{ ...given.region, ...by }] });
export const withBucket = (by: object): Inventory => ({ ...sound, buckets: [given.bucket(by)] });
export const withWorkflow = (by: object): Inventory => ({ ...sound, workflows: read([given.workflow(by)]) });
export const withRole = (by: object, of = sound): Inventory =>
  change('identity', { roles: [{ ...given.role, ...by }] }, of);
export const tagged = (tags: object): Inventory =>
  withRegion({ instances: read([{ ...given.source, tags: { ...tags } }, given.verification]) });
export const withSource = (by: object): Inventory =>
  withRegion({ instances: read([{ ...given.source, ...by }, given.verification]) });
export const withAgent = (by: object): Inventory =>
  withRegion({ agents: read([given.agent('i-01', by), given.agent('i-02')]) });
export const run = (by: object) => ({ runs: [{ ...given.workflow().runs[0], ...by }] });
