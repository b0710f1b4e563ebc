/** What a backup of a volume and its proof have to say: headline and figures. Plain text, not escaped. */

import type { Receipt } from '../../domain/receipt.ts';
import { describeShare } from '../../domain/share.ts';
import type { Verification } from '../../domain/verification.ts';
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatRate,
  formatTime,
  plural,
  secondsBetween,
} from '../../runtime/format.ts';
import type { Report } from '../report.ts';
import type { Fact } from './fact.ts';

/** The id of the snapshot this run is about, when it is known. */
export function snapshotId(report: Report): string | undefined {
  return report.verification?.snapshotId ?? report.receipt?.snapshot?.id;
}

export function volumeFacts(report: Report): readonly Fact[] {
  const { receipt, verification } = report;
  return [
    ...fact('Snapshot', snapshotId(report), true),
    ...(receipt ? backupFacts(receipt) : []),
    ...(verification ? proofFacts(verification, receipt) : []),
  ];
}

function fact(name: string, value: string | undefined, literal = false): readonly Fact[] {
  if (value === undefined) return [];
  return [literal ? { name, value, literal } : { name, value }];
}

function backupFacts({ host, quiesce, snapshot, fingerprint, takenAt, versions }: Receipt): readonly Fact[] {
  const { entries, seconds } = fingerprint.before;
  const tables = entries.filter((entry) => entry.kind === 'table').length;
  const pause =
    quiesce.pauseSeconds === undefined
      ? undefined
      : `${formatDuration(quiesce.pauseSeconds)} (${quiesce.mode}; lease ${formatDuration(quiesce.leaseSeconds)})`;
  const completedAfter =
    snapshot?.completedAt === undefined
      ? undefined
      : formatDuration(secondsBetween(snapshot.startedAt, snapshot.completedAt));
  return [
    ...fact('Point in time', takenAt === undefined ? undefined : formatTime(takenAt)),
    ...fact('Host', host.name === undefined ? host.instanceId : `${host.name} (${host.instanceId})`),
    ...fact('Volume', `${host.volumeId}, ${host.device} at ${host.mountPoint}, ${host.filesystem}`),
    ...fact('Size', `${formatBytes(host.usedBytes)} used of ${formatBytes(host.sizeBytes)}`),
    ...fact('Pause', pause),
    ...fact('Snapshot completed after', completedAfter),
    ...fact(
      'Fingerprint',
      `${plural(tables, 'table')}, ${plural(entries.length - tables, 'check')}, taken in ${formatDuration(seconds)}`,
    ),
    ...fact('Server', versions.server),
  ];
}

function proofFacts(verification: Verification, receipt: Receipt | undefined): readonly Fact[] {
  const { recoverySeconds, read, rows, serverVersion } = verification;
  const recovery =
    recoverySeconds === undefined
      ? undefined
      : `${formatDuration(recoverySeconds)} from asking for the volume to a served query`;
  const reading =
    read &&
    `${formatBytes(read.bytes)} in ${formatCount(read.files)} files, ${formatDuration(read.seconds)}, ${formatRate(read.bytes, read.seconds)}`;
  return [
    ...fact('Restored on', verification.instanceId),
    ...fact('Recovery time', recovery),
    ...fact('Read', reading),
    ...fact('Compared', rows && describeShare(rows)),
    ...fact('Server of the copy', serverVersion === receipt?.versions.server ? undefined : serverVersion),
  ];
}

export function snapshotHeadline({ source, outcome, receipt }: Report): string {
  switch (outcome) {
    case 'dry-run':
      return `Plan for the snapshot of ${source} (dry run, nothing was changed)`;
    case 'nothing-to-do':
      return `The snapshot of ${source} was taken already`;
    case 'failed':
      return receipt?.snapshot === undefined
        ? `The snapshot of ${source} was not taken`
        : `The snapshot of ${source} was started, but the run failed`;
    case 'done':
      return `Snapshot of ${source} taken`;
  }
}

export function verificationHeadline({ source, outcome, verdict, again }: Report): string {
  if (again && outcome !== 'dry-run') {
    const which = `The backup of ${source} of ${formatTime(again.takenAt ?? '')}`;
    if (verdict === 'bad') return `${which} is bad: restored and found wrong`;
    return verdict === 'good' ? `${which} is good still: restored and checked` : `${which} could not be proven again`;
  }
  if (outcome === 'dry-run') return `Plan for proving the backup of ${source} (dry run, nothing was changed)`;
  if (outcome === 'nothing-to-do') return `No backup of ${source} is without a verdict`;
  if (verdict === 'bad') return `The backup of ${source} is bad: restored and found wrong`;
  if (verdict !== 'good') return `The backup of ${source} is unproven: it could not be tested`;
  return outcome === 'done'
    ? `The backup of ${source} is good: restored and checked`
    : `The backup of ${source} is good, but the run failed afterwards`;
}
