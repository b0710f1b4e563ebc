/** One sentence for a finished run, used as heading, issue comment and Slack text. Plain text, not escaped. */

import type { RotationReport } from '../../domain/rotation.ts';
import { formatCount, plural } from '../../runtime/format.ts';
import type { Report } from '../report.ts';
import { anonymizeHeadline, dumpHeadline } from './dump-text.ts';

/** What this run of an action is about, in the words of its users. */
export function headline(report: Report): string {
  const { source } = report;
  if (report.action === 'ebs-rotate') return rotationHeadline(report);
  if (report.action === 'db-dump') return dumpHeadline(report);
  if (report.action === 'anonymize') return anonymizeHeadline(report);
  if (report.action === 'verify-volume') {
    switch (report.outcome) {
      case 'dry-run':
        return `Plan for proving the backup of ${source} (dry run, nothing was changed)`;
      case 'nothing-to-do':
        return `No backup of ${source} waits to be proven`;
      default:
        if (report.verdict === 'good') {
          return report.outcome === 'done'
            ? `The backup of ${source} is good: restored and checked`
            : `The backup of ${source} is good, but the run failed afterwards`;
        }
        return report.verdict === 'bad'
          ? `The backup of ${source} is bad: restored and found wrong`
          : `The backup of ${source} is unproven: it could not be tried`;
    }
  }
  switch (report.outcome) {
    case 'dry-run':
      return `Plan for the snapshot of ${source} (dry run, nothing was changed)`;
    case 'nothing-to-do':
      return `The snapshot of ${source} was taken already`;
    case 'failed':
      return report.receipt?.snapshot === undefined
        ? `The snapshot of ${source} was not taken`
        : `The snapshot of ${source} was started, but the run failed`;
    case 'done':
      return `Snapshot of ${source} taken`;
  }
}

function rotationHeadline({ rotation, outcome, source }: Report): string {
  if (rotation?.comparison !== undefined) return `What another default retention would change for ${source}`;
  if (outcome === 'dry-run') return `Plan for the ${source} (dry run, nothing was changed)`;
  if (outcome === 'nothing-to-do' && rotation) return `Nothing is to be done for the ${source}`;
  if (rotation === undefined)
    return outcome === 'done' ? `The regions of the ${source} are found` : `The ${source} were not rotated`;
  const counts = [
    ...(rotation.ran.includes('create') ? [`${formatCount(snapshotsIn(rotation))} created`] : []),
    ...(rotation.ran.includes('copy') ? [`${formatCount(rotation.copied.length)} copied`] : []),
    ...(rotation.ran.includes('expire') ? [`${formatCount(rotation.expired.length)} expired`] : []),
  ].join(', ');
  const trouble = rotation.failures.length + rotation.problems.length;
  return outcome === 'failed'
    ? `${upper(source)}: ${counts}; ${plural(trouble, 'thing needs', 'things need')} attention`
    : `${upper(source)}: ${counts}`;
}

/** Snapshots of all sets. */
export function snapshotsIn(rotation: RotationReport): number {
  return rotation.created.reduce((all, one) => all + one.snapshotIds.length, 0);
}

function upper(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** ✅, ❌, ⚠️ or ℹ️: what the reader's eye should find. */
export function mark(report: Report): string {
  if (report.verdict === 'bad') return '❌';
  if (report.outcome === 'failed') return '⚠️';
  if ((report.dump?.warnings.length ?? 0) > 0) return '⚠️';
  return report.outcome === 'done' ? '✅' : 'ℹ️';
}
