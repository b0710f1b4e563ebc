/** The plans of a rotation as lines: what changes, and why. What stays as it is is counted (rows.ts), not listed. */
import type { PlanDecision } from '../../domain/plan.ts';
import type { RotationPart } from '../../domain/rotation.ts';
import type { LockDecision } from '../execute/locks.ts';
import { nameOf } from '../plan/configuration.ts';
import type { CopyPlan } from '../plan/copy.ts';
import type { CreateDecision, CreatePlan } from '../plan/create.ts';
import type { ExpiryPlan } from '../plan/expire.ts';
import { shownOrigin } from '../plan/origin.ts';

/** One line of the plan as the output `plan` has it. */
export interface PlanLine extends PlanDecision {
  readonly part: RotationPart;
}

const line = (part: RotationPart, decision: string, reason: string): PlanLine => ({ part, decision, reason });

export function createLines(plan: CreatePlan): PlanLine[] {
  const repairs = plan.repairs.map(({ snapshotId, text }) =>
    line('create', `describe ${snapshotId}`, `a run died before it could set the description: ${text}`),
  );
  const sets = plan.decisions.flatMap((one) => (one.kind === 'create' ? [createLine(one)] : []));
  return [...repairs, ...sets];
}

function createLine({ instance, volumes, reason, deleteOn, vss, freeze, document }: CreateDecision): PlanLine {
  const how = vss ? ', with VSS' : freeze.length > 0 ? ', frozen' : '';
  const around = document === undefined ? '' : `, around ${document}`;
  return line(
    'create',
    `snapshot ${nameOf(instance)}: ${volumes.map(({ id }) => id).join(' ')}`,
    `${reason}; kept until ${deleteOn}${how}${around}`,
  );
}

/** Snapshots of dead runs that are not locked yet; those of this run are locked with their creation. */
export function lockLines(part: RotationPart, decisions: readonly LockDecision[], where = ''): PlanLine[] {
  return decisions.map(({ id, lock: { mode, days } }) =>
    line(part, `lock ${id}${where}`, `a run died before it could lock it: ${mode}, ${days} days`),
  );
}

export function copyLines(plan: CopyPlan): PlanLine[] {
  return [
    ...plan.copies.map(({ source, destination, kmsKeyId }) =>
      line(
        'copy',
        `copy ${source.id} to ${destination}`,
        `no copy there yet; key: ${kmsKeyId ?? "the region's default for EBS"}`,
      ),
    ),
    ...plan.retags.map(({ copy, destination, set, remove }) =>
      line(
        'copy',
        `tag ${copy.id} in ${destination}`,
        [
          ...Object.entries(set).map(([key, value]) => `${key}=${value}`),
          ...remove.map((key) => `without ${key}`),
        ].join(', '),
      ),
    ),
  ];
}

export function expiryLines(plan: ExpiryPlan): PlanLine[] {
  return plan.decisions.flatMap((one) =>
    one.kind === 'delete'
      ? [line('expire', `delete ${one.snapshot.id} of ${shownOrigin(one.snapshot)}`, one.reason)]
      : [],
  );
}
