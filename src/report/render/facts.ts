/** The figures of a run (pause, sizes, recovery time, read speed) as pairs of name and value, plain text. */

import type { RotationReport } from '../../domain/rotation.ts';
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
import { dumpFacts } from './dump-text.ts';
import { snapshotsIn } from './headline.ts';

export interface Fact {
  readonly name: string;
  readonly value: string;
  /** Shown as code: ids, paths. */
  readonly literal?: boolean;
}

/** The id of the snapshot this run is about, when it is known. */
export function snapshotId(report: Report): string | undefined {
  return report.verification?.snapshotId ?? report.receipt?.snapshot?.id;
}

/** What was done, in the order a reader asks for it. */
export function facts(report: Report): readonly Fact[] {
  const { receipt, verification } = report;
  const found: Fact[] = [];
  const add = (name: string, value: string | undefined, literal = false): void => {
    if (value !== undefined) found.push(literal ? { name, value, literal } : { name, value });
  };
  if (report.rotation) return rotationFacts(report.rotation);
  if (report.action === 'db-dump' || report.action === 'anonymize') {
    found.push(...dumpFacts(report));
    add('Whole run', formatDuration(secondsBetween(report.startedAt, report.endedAt)));
    add('Receipt', report.receiptLocation, true);
    return found;
  }
  add('Snapshot', snapshotId(report), true);
  if (receipt) {
    const { host, quiesce, snapshot, fingerprint } = receipt;
    add('Point in time', receipt.takenAt === undefined ? undefined : formatTime(receipt.takenAt));
    add('Host', host.name === undefined ? host.instanceId : `${host.name} (${host.instanceId})`);
    add('Volume', `${host.volumeId}, ${host.device} at ${host.mountPoint}, ${host.filesystem}`);
    add('Size', `${formatBytes(host.usedBytes)} used of ${formatBytes(host.sizeBytes)}`);
    if (quiesce.pauseSeconds !== undefined) {
      add(
        'Pause',
        `${formatDuration(quiesce.pauseSeconds)} (${quiesce.mode}; lease ${formatDuration(quiesce.leaseSeconds)})`,
      );
    }
    if (snapshot?.completedAt !== undefined) {
      add('Snapshot completed after', formatDuration(secondsBetween(snapshot.startedAt, snapshot.completedAt)));
    }
    const { entries, seconds } = fingerprint.before;
    const tables = entries.filter((entry) => entry.kind === 'table').length;
    add(
      'Fingerprint',
      `${plural(tables, 'table')}, ${plural(entries.length - tables, 'check')}, taken in ${formatDuration(seconds)}`,
    );
    add('Server', receipt.versions.server);
  }
  if (verification) {
    add('Restored on', verification.instanceId);
    if (verification.recoverySeconds !== undefined) {
      add(
        'Recovery time',
        `${formatDuration(verification.recoverySeconds)} from asking for the volume to a served query`,
      );
    }
    if (verification.read) {
      const { bytes, files, seconds } = verification.read;
      add(
        'Read',
        `${formatBytes(bytes)} in ${formatCount(files)} files, ${formatDuration(seconds)}, ${formatRate(bytes, seconds)}`,
      );
    }
    if (verification.serverVersion !== receipt?.versions.server) add('Server of the copy', verification.serverVersion);
  }
  add('Whole run', formatDuration(secondsBetween(report.startedAt, report.endedAt)));
  add('Receipt', report.receiptLocation, true);
  return found;
}

/** Only the parts that ran: a run of `copy` says nothing of what might be due. */
function rotationFacts(rotation: RotationReport): readonly Fact[] {
  const ran = (part: RotationReport['ran'][number]): boolean => rotation.ran.includes(part);
  const left = rotation.waiting.reduce((all, one) => all + one.count, 0);
  const kept = rotation.kept.reduce((all, one) => all + one.count, 0);
  const found: Fact[] = [
    { name: 'Region', value: rotation.region },
    { name: 'Slot', value: rotation.slot },
  ];
  if (ran('create')) {
    const instances = plural(rotation.created.length, 'instance');
    found.push({ name: 'Created', value: `${plural(snapshotsIn(rotation), 'snapshot')} of ${instances}` });
  }
  if (ran('copy')) {
    const retagged = rotation.retagged === 0 ? '' : `, ${plural(rotation.retagged, 'copy', 'copies')} brought in step`;
    const waiting = left === 0 ? '' : `, ${formatCount(left)} left for the next run`;
    found.push({ name: 'Copied', value: `${plural(rotation.copied.length, 'snapshot')}${waiting}${retagged}` });
  }
  if (ran('expire')) {
    found.push({ name: 'Expired', value: plural(rotation.expired.length, 'snapshot') });
    found.push({ name: 'Kept', value: plural(kept, 'snapshot') });
  }
  return found;
}
