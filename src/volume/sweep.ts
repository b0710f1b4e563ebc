/** Finding what dead runs left behind. Only what carries Holdfast's own tags is ever touched. */
import type { Instance, Volume } from '../domain/ec2.ts';
import type { PlanDecision } from '../domain/plan.ts';
import { tagNames } from '../domain/tags.ts';
import { copyTags, type Job, type Maker, makerOf, type RunState, starterOf, stateOf, wordsOf } from './maker.ts';

export interface SweepFacts {
  readonly volumes: readonly Volume[];
  readonly instance: Instance;
  /** The job that asks. */
  readonly own: Job;
  /** What is known of other runs, by their keys. */
  readonly runs: ReadonlyMap<string, RunState>;
  readonly now: Date;
}

export interface Sweep {
  readonly remove: readonly { readonly volume: Volume; readonly reason: string }[];
  readonly keep: readonly { readonly volume: Volume; readonly reason: string }[];
  /** The tag by which this job, or a dead one, started the verification instance: stopping it is now this job's duty. */
  readonly inheritedStart: string | undefined;
  /** Who else uses the verification instance. */
  readonly busy: Job | undefined;
}

/** Other runs that a sweep must know the state of. */
export function runsToAsk(volumes: readonly Volume[], instance: Instance, own: Job): string[] {
  const makers = volumes.map(({ tags }) => makerOf(tags));
  const runs = [...makers, starterOf(instance.tags[tagNames.startedBy] ?? '')].map(({ key }) => key);
  return [...new Set(runs)].filter((run) => run !== '' && run !== own.key);
}

export function decideSweep({ volumes, instance, own, runs, now }: SweepFacts): Sweep {
  const remove: { volume: Volume; reason: string }[] = [];
  const keep: { volume: Volume; reason: string }[] = [];
  let busy: Job | undefined;
  for (const volume of volumes) {
    if (volume.tags[tagNames.madeBy] !== 'verify-volume' || volume.state === 'deleting' || volume.state === 'deleted')
      continue;
    const made = makerOf(volume.tags);
    const maker = stateOf(made, own, runs);
    const reason = whyRemoved(volume, { made, maker, own, now });
    if (reason !== undefined) remove.push({ volume, reason });
    else {
      keep.push({ volume, reason: whyKept(made, maker, own) });
      if (isUsedOn(volume, instance, maker)) busy = made;
    }
  }
  const mark = instance.tags[tagNames.startedBy];
  const starter = mark === undefined ? undefined : stateOf(starterOf(mark), own, runs);
  const ours = starter === 'own' || starter === 'over' || (starter === 'unknown' && busy === undefined);
  return { remove, keep, inheritedStart: ours ? mark : undefined, busy };
}

interface Made {
  readonly made: Job;
  readonly maker: Maker;
  readonly own: Job;
  readonly now: Date;
}

function whyRemoved({ tags }: Volume, { made, maker, own, now }: Made): string | undefined {
  if (maker === 'own') return 'this job made it';
  if (maker === 'over')
    return made.key === own.key ? 'an earlier attempt of this run left it' : `the run ${made.key} is over and left it`;
  const expires = Date.parse(tags[tagNames.expires] ?? '');
  if (maker !== 'unknown' || !(expires < now.getTime())) return undefined;
  return `made by ${made.key || 'an unnamed run'}, which expired at ${new Date(expires).toISOString()}`;
}

function whyKept(made: Job, maker: Maker, own: Job): string {
  if (maker !== 'alive') return `nobody can say whether the run ${made.key} is over`;
  return made.key === own.key ? `${wordsOf(made, own)} made it` : `the run ${made.key} is still running`;
}

/** A living job's copy counts from its making on: the job starts the host for it, and attaches it once it is ready. */
function isUsedOn({ attachment, tags }: Volume, { id }: Instance, maker: Maker): boolean {
  if (attachment !== undefined) return attachment.instanceId === id;
  return maker === 'alive' && tags[copyTags.instance] === id;
}

export function sweepPlan(sweep: Sweep): PlanDecision[] {
  return [
    ...sweep.remove.map(({ volume, reason }) => ({ decision: `sweep ${volume.id}`, reason })),
    ...sweep.keep.map(({ volume, reason }) => ({ decision: `leave ${volume.id}`, reason })),
  ];
}
