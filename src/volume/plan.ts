/** What a backup run will do, decided from what is there: which snapshot to go on with, or that a new one is due. */
import { newestFirst, type Snapshot } from '../domain/ec2.ts';
import type { PlanDecision } from '../domain/plan.ts';
import type { Receipt } from '../domain/receipt.ts';
import type { HoldDecision } from './source.ts';

export type Course =
  /** Nothing is left to do: this run's backup is complete. */
  | { readonly kind: 'done'; readonly snapshot: Snapshot; readonly receipt: Receipt }
  /** A dead attempt made the snapshot; its second fingerprint and its receipt are still missing. */
  | { readonly kind: 'complete'; readonly snapshot: Snapshot; readonly receipt: Receipt }
  | { readonly kind: 'take' };

export interface EarlierAttempt {
  /** Snapshots that carry this run's key and source. */
  readonly snapshots: readonly Snapshot[];
  /** The receipt under this run's key. */
  readonly receipt: Receipt | undefined;
}

/** Where an earlier attempt of this very run stopped. Rule 1 of the design: a run that is started again goes on from there. */
export function decideCourse(earlier: EarlierAttempt): Course {
  const [newest] = newestFirst(earlier.snapshots.filter((one) => one.state !== 'error'));
  const { receipt } = earlier;
  if (newest === undefined || receipt === undefined || receipt.state === 'abandoned') return { kind: 'take' };
  if (receipt.state === 'taken') {
    const same = earlier.snapshots.find((one) => one.id === receipt.snapshot?.id && one.state !== 'error');
    return same ? { kind: 'done', snapshot: same, receipt } : { kind: 'take' };
  }
  return { kind: 'complete', snapshot: newest, receipt };
}

export interface PlanFacts {
  readonly course: Course;
  readonly hold: HoldDecision;
  readonly source: string;
  readonly instanceId: string;
  readonly volumeId: string;
  readonly mountPoint: string;
  readonly service: string;
  readonly mode: 'stop' | 'freeze';
  readonly maxPauseSeconds: number;
  /** Whether the copy is to be compared with the tables as they were at the lock. */
  readonly underLock: 'auto' | 'true' | 'false';
  readonly wait: 'completed' | 'started';
  readonly deleteOn: string;
}

/** The plan as it is printed before anything is changed; a dry run ends there. */
export function snapshotPlan(facts: PlanFacts): PlanDecision[] {
  const plan: PlanDecision[] = [];
  if (facts.hold.kind === 'resume') {
    plan.push({
      decision: `resume ${facts.instanceId}`,
      reason: `it is held by ${facts.hold.hold.id}: ${facts.hold.reason}`,
    });
  }
  if (facts.course.kind === 'done') {
    return [
      ...plan,
      { decision: `keep ${facts.course.snapshot.id}`, reason: 'an earlier attempt of this run took and described it' },
    ];
  }
  if (facts.course.kind === 'complete') {
    return [
      ...plan,
      {
        decision: `complete ${facts.course.snapshot.id}`,
        reason: 'an earlier attempt of this run made it and died before its receipt was complete',
      },
    ];
  }
  return [
    ...plan,
    { decision: `fingerprint ${facts.source}`, reason: 'what the restored copy must match' },
    {
      decision: `set the lease on ${facts.instanceId}`,
      reason: `the source comes back after ${facts.maxPauseSeconds} s even if nobody resumes it`,
    },
    { decision: `quiesce ${facts.instanceId}`, reason: quiesceReason(facts) },
    { decision: `snapshot ${facts.volumeId}`, reason: `to be kept until ${facts.deleteOn}` },
    { decision: `resume ${facts.instanceId}`, reason: 'as soon as the snapshot call has returned' },
    ...(facts.wait === 'completed'
      ? [{ decision: 'wait for the snapshot', reason: 'until AWS has completed it' }]
      : []),
  ];
}

function quiesceReason({ mode, underLock, service, mountPoint }: PlanFacts): string {
  if (mode === 'freeze') {
    const read = underLock === 'false' ? '' : ', read those that have no snapshot';
    return `lock the tables of ${service}${read}, and freeze ${mountPoint}`;
  }
  const lock = underLock === 'true' ? `lock all tables and read them (this lengthens the pause), ` : '';
  return `${lock}stop ${service} and unmount ${mountPoint}`;
}
