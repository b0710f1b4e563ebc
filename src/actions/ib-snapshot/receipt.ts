/** The receipt of a volume's backup: as a draft before the pause, and once the snapshot is taken. */
import type { Snapshot } from '../../domain/ec2.ts';
import type { Fingerprint, Receipt } from '../../domain/receipt.ts';
import type { Step } from '../../domain/step.ts';
import { deleteOn } from '../../domain/tags.ts';
import { version } from '../../runtime/version.ts';
import { definitionNotes } from './definitions.ts';
import { checksOf, methodOf, type SourceWork } from './ports.ts';

/** @param notes what a reader of the backup should know */
export function draftReceipt(
  { settings, context, instance, inspection }: SourceWork,
  before: Fingerprint,
  notes: readonly string[],
): Receipt {
  const { run, timeline } = context;
  return {
    format: 'holdfast-receipt/1',
    source: settings.source,
    kind: 'volume-snapshot',
    state: 'draft',
    run: { key: run.key, url: run.url, attempt: run.attempt },
    host: {
      instanceId: instance.id,
      ...(instance.name === undefined ? {} : { name: instance.name }),
      region: settings.awsRegion,
      mountPoint: inspection.mountPoint,
      device: inspection.device,
      ...(inspection.partition === undefined ? {} : { partition: inspection.partition }),
      volumeId: inspection.volumeIds[0] ?? '',
      filesystem: inspection.filesystem,
      sizeBytes: inspection.sizeBytes,
      usedBytes: inspection.usedBytes,
      service: settings.service,
    },
    versions: { holdfast: version, server: inspection.serverVersion },
    quiesce: { mode: settings.quiesce, leaseSeconds: settings.maxPause },
    fingerprint: { method: methodOf(settings), checks: checksOf(settings), before },
    files: [],
    timeline: timeline.steps,
    deleteOn: deleteOn(context.clock.now(), settings.retentionDays),
    verdict: 'unproven',
    notes: [...notes, ...definitionNotes(before)],
  };
}

interface Taken {
  readonly snapshot: Snapshot;
  /** By the host's clock; null when the host does not know. */
  readonly pauseMs: number | null;
  readonly underLock: Fingerprint | undefined;
  readonly after: Fingerprint;
  readonly timeline: readonly Step[];
  readonly notes: readonly string[];
}

export function takenReceipt(draft: Receipt, { snapshot, pauseMs, underLock, after, timeline, notes }: Taken): Receipt {
  const takenAt = snapshot.startedAt.toISOString();
  return {
    ...draft,
    state: 'taken',
    takenAt,
    quiesce: { ...draft.quiesce, ...(pauseMs === null ? {} : { pauseSeconds: pauseMs / 1000 }) },
    fingerprint: { ...draft.fingerprint, ...(underLock ? { underLock } : {}), after },
    snapshot: { id: snapshot.id, startedAt: takenAt, sizeGiB: snapshot.sizeGiB },
    timeline,
    notes: [...new Set([...draft.notes, ...notes, ...definitionNotes(after)])],
  };
}
