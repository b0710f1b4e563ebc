/** Finding what dead runs left behind. Only what carries Holdfast's own tags is ever touched. */
import type { Instance, Volume } from '../domain/ec2.ts';
import type { PlanDecision } from '../domain/plan.ts';
import { tagNames } from '../domain/tags.ts';

/** What is known of the run that made a thing. `own` is an earlier attempt of this run, or this one in its post step. */
export type Maker = 'own' | 'over' | 'alive' | 'unknown';

export interface SweepFacts {
  readonly volumes: readonly Volume[];
  readonly instance: Instance;
  /** By run key. */
  readonly makers: ReadonlyMap<string, Maker>;
  readonly now: Date;
}

export interface Sweep {
  readonly remove: readonly { readonly volume: Volume; readonly reason: string }[];
  readonly keep: readonly { readonly volume: Volume; readonly reason: string }[];
  /** The dead run that started the verification instance: stopping it is now this run's duty. */
  readonly inheritedStart: string | undefined;
  /** Set when a living run uses the verification instance. */
  readonly busy: string | undefined;
}

/** The runs that a sweep must know the state of. */
export function makersToAsk(volumes: readonly Volume[], instance: Instance): string[] {
  const runs = volumes.map((volume) => volume.tags[tagNames.run] ?? '');
  return [...new Set([...runs, instance.tags[tagNames.startedBy] ?? ''])].filter((run) => run !== '');
}

export function decideSweep({ volumes, instance, makers, now }: SweepFacts): Sweep {
  const remove: { volume: Volume; reason: string }[] = [];
  const keep: { volume: Volume; reason: string }[] = [];
  let busy: string | undefined;
  for (const volume of volumes) {
    if (volume.tags[tagNames.madeBy] !== 'verify-volume' || volume.state === 'deleting' || volume.state === 'deleted')
      continue;
    const run = volume.tags[tagNames.run] ?? '';
    const maker = makers.get(run) ?? 'unknown';
    const expires = Date.parse(volume.tags[tagNames.expires] ?? '');
    if (maker === 'own') remove.push({ volume, reason: 'this run made it' });
    else if (maker === 'over') remove.push({ volume, reason: `the run ${run} is over and left it` });
    else if (maker === 'unknown' && expires < now.getTime()) {
      remove.push({
        volume,
        reason: `made by ${run || 'an unnamed run'}, which expired at ${new Date(expires).toISOString()}`,
      });
    } else {
      keep.push({
        volume,
        reason: maker === 'alive' ? `the run ${run} is still running` : `nobody can say whether the run ${run} is over`,
      });
      if (volume.attachment?.instanceId === instance.id) busy = run;
    }
  }
  const startedBy = instance.tags[tagNames.startedBy];
  const starter = startedBy === undefined ? undefined : (makers.get(startedBy) ?? 'unknown');
  const dead = starter === 'own' || starter === 'over' || (starter === 'unknown' && busy === undefined);
  return { remove, keep, inheritedStart: dead ? startedBy : undefined, busy };
}

export function sweepPlan(sweep: Sweep): PlanDecision[] {
  return [
    ...sweep.remove.map(({ volume, reason }) => ({ decision: `sweep ${volume.id}`, reason })),
    ...sweep.keep.map(({ volume, reason }) => ({ decision: `leave ${volume.id}`, reason })),
  ];
}
