/** The plans and results of a rotation as the rows of its report. */
import type { CopiedRow, CreatedRow, ExpiredRow, KeptRow, WaitingRow } from '../../domain/rotation.ts';
import type { Copied } from '../execute/copies.ts';
import type { DeletionResults } from '../execute/deletions.ts';
import type { SnapshotSet } from '../execute/snapshot-set.ts';
import { nameOf } from '../plan/configuration.ts';
import type { WaitDecision } from '../plan/copy.ts';
import type { CreatePlan } from '../plan/create.ts';
import type { DeleteDecision, ExpiryDecision } from '../plan/expire.ts';
import { shownOrigin } from '../plan/origin.ts';

export function createdRow({ decision, snapshots, consistency, pauseMs, notes }: SnapshotSet): CreatedRow {
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

export function skippedRows(plan: CreatePlan): KeptRow[] {
  return groupByReason(
    plan.decisions.flatMap((one) =>
      one.kind === 'skip' ? [{ reason: one.reason, example: nameOf(one.instance) }] : [],
    ),
    3,
  );
}

export function copiedRows(copied: readonly Copied[]): CopiedRow[] {
  return copied.map(({ decision, id }) => ({ source: decision.source.id, destination: decision.destination, id }));
}

export function waitingRows(waiting: readonly WaitDecision[]): WaitingRow[] {
  const rows = new Map<string, WaitingRow>();
  for (const { destination, reason } of waiting) {
    const key = `${destination} ${reason}`;
    rows.set(key, { destination, reason, count: (rows.get(key)?.count ?? 0) + 1 });
  }
  return [...rows.values()];
}

export function expiredRows(deleted: readonly DeleteDecision[]): ExpiredRow[] {
  return deleted.map(({ snapshot, reason }) => ({ id: snapshot.id, volumeId: shownOrigin(snapshot), reason }));
}

/**
 * The snapshots that stay, by reason. What is merely not due needs no examples; what is due and stays does.
 * @param refused those that AWS did not delete
 */
export function keptRows(decisions: readonly ExpiryDecision[], refused: DeletionResults['kept']): KeptRow[] {
  const kept = decisions.flatMap((one) =>
    one.kind === 'keep' && one.reason !== 'not automated'
      ? [{ reason: one.reason, example: one.detail === '' ? one.snapshot.id : `${one.snapshot.id} (${one.detail})` }]
      : [],
  );
  return groupByReason([...kept, ...refused.map(({ id, reason }) => ({ reason, example: id }))], 5).map((row) =>
    row.reason === 'not due' ? { ...row, examples: [] } : row,
  );
}

/** Rows by reason, the most frequent first, each with a few examples. */
function groupByReason(
  items: readonly { readonly reason: string; readonly example: string }[],
  mostExamples: number,
): KeptRow[] {
  const rows = new Map<string, { count: number; examples: string[] }>();
  for (const { reason, example } of items) {
    const row = rows.get(reason) ?? { count: 0, examples: [] };
    rows.set(reason, row);
    row.count += 1;
    if (row.examples.length < mostExamples) row.examples.push(example);
  }
  return [...rows]
    .map(([reason, row]) => ({ reason, ...row }))
    .sort((a, b) => b.count - a.count || a.reason.localeCompare(b.reason));
}
