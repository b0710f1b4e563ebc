/** The rotation's plans and effects as the rows of a report. */

import type { PlanDecision } from '../../domain/plan.ts';
import type { CopiedRow, CreatedRow, ExpiredRow, KeptRow, WaitingRow } from '../../domain/rotation.ts';
import type { CopyPlan, WaitDecision } from '../plan/copy.ts';
import type { CreatePlan } from '../plan/create.ts';
import type { ExpiryDecision, ExpiryPlan } from '../plan/expire.ts';
import type { Copied, Deletions } from './changes.ts';
import type { TakenSet } from './snapshot-set.ts';

/** One line of the plan as the output `plan` has it. */
export interface PlanLine extends PlanDecision {
  readonly part: 'create' | 'copy' | 'expire';
}

const nameOf = ({ id, name }: { id: string; name: string | undefined }): string =>
  name === undefined ? id : `${id} (${name})`;

/** Only what changes something: what stays is counted, not listed. */
export function createLines(plan: CreatePlan): PlanLine[] {
  const repairs = plan.repairs.map(({ snapshotId, text }) => ({
    part: 'create' as const,
    decision: `describe ${snapshotId}`,
    reason: `a run died before it could say: ${text}`,
  }));
  const sets = plan.decisions.flatMap((one) => {
    if (one.kind === 'skip') return [];
    const rest = one.vss ? ', with VSS' : one.freeze.length > 0 ? ', frozen' : '';
    const document = one.document === undefined ? '' : `, around ${one.document}`;
    return [
      {
        part: 'create' as const,
        decision: `snapshot ${nameOf(one.instance)}: ${one.volumes.map(({ id }) => id).join(' ')}`,
        reason: `${one.reason}; kept until ${one.deleteOn}${rest}${document}`,
      },
    ];
  });
  return [...repairs, ...sets];
}

export function copyLines(plan: CopyPlan): PlanLine[] {
  return [
    ...plan.copies.map((one) => ({
      part: 'copy' as const,
      decision: `copy ${one.source.id} to ${one.destination}`,
      reason: `no copy there yet; key ${one.kmsKeyId ?? "the region's default for EBS"}`,
    })),
    ...plan.retags.map((one) => ({
      part: 'copy' as const,
      decision: `tag ${one.copy.id} in ${one.destination}`,
      reason: [
        ...Object.entries(one.set).map(([key, value]) => `${key}=${value}`),
        ...one.remove.map((key) => `without ${key}`),
      ].join(', '),
    })),
  ];
}

export function expiryLines(plan: ExpiryPlan): PlanLine[] {
  return plan.decisions.flatMap((one) =>
    one.kind === 'delete'
      ? [
          {
            part: 'expire' as const,
            decision: `delete ${one.snapshot.id} of ${one.snapshot.volumeId}`,
            reason: one.reason,
          },
        ]
      : [],
  );
}

export function createdRow({ decision, snapshots, consistency, pauseMs, notes }: TakenSet): CreatedRow {
  return {
    instance: nameOf(decision.instance),
    volumes: decision.volumes.length,
    snapshotIds: snapshots.map(({ id }) => id),
    consistency,
    pauseSeconds: pauseMs === undefined ? undefined : pauseMs / 1000,
    deleteOn: decision.deleteOn,
    notes,
  };
}

/** Rows by reason, the most frequent first, each with a few examples. */
function grouped(items: readonly { readonly reason: string; readonly example: string }[], examples = 3): KeptRow[] {
  const rows = new Map<string, { count: number; examples: string[] }>();
  for (const { reason, example } of items) {
    const row = rows.get(reason) ?? { count: 0, examples: [] };
    rows.set(reason, row);
    row.count += 1;
    if (row.examples.length < examples) row.examples.push(example);
  }
  return [...rows]
    .map(([reason, row]) => ({ reason, ...row }))
    .sort((a, b) => b.count - a.count || a.reason.localeCompare(b.reason));
}

export function skippedRows(plan: CreatePlan): KeptRow[] {
  return grouped(
    plan.decisions.flatMap((one) =>
      one.kind === 'skip' ? [{ reason: one.reason, example: nameOf(one.instance) }] : [],
    ),
  );
}

/** What stays and why; of what is merely not due nobody needs an example, of what should have gone everybody does. */
export function keptRows(
  decisions: readonly ExpiryDecision[],
  refused: readonly { readonly id: string; readonly reason: string }[],
): KeptRow[] {
  const kept = decisions.flatMap((one) =>
    one.kind === 'keep' && one.reason !== 'not automated'
      ? [{ reason: one.reason, example: one.detail === '' ? one.snapshot.id : `${one.snapshot.id} (${one.detail})` }]
      : [],
  );
  return grouped([...kept, ...refused.map(({ id, reason }) => ({ reason, example: id }))], 5).map((row) =>
    row.reason === 'not due' ? { ...row, examples: [] } : row,
  );
}

export function waitingRows(waiting: readonly WaitDecision[]): WaitingRow[] {
  const rows = new Map<string, WaitingRow>();
  for (const { destination, reason } of waiting) {
    const key = `${destination} ${reason}`;
    rows.set(key, { destination, reason, count: (rows.get(key)?.count ?? 0) + 1 });
  }
  return [...rows.values()];
}

export function copiedRows(copied: readonly Copied[]): CopiedRow[] {
  return copied.map(({ decision, id }) => ({ source: decision.source.id, destination: decision.destination, id }));
}

export function expiredRows(expired: Deletions): ExpiredRow[] {
  return expired.map(({ snapshot, reason }) => ({ id: snapshot.id, volumeId: snapshot.volumeId, reason }));
}
