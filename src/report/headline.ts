/** One sentence for a finished run, used as heading, issue comment and Slack text. Plain text, not escaped. */
import type { Report } from './report.ts';

/** What this run of an action is about, in the words of its users. */
export function headline(report: Report): string {
  const { source } = report;
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

/** ✅, ❌, ⚠️ or ℹ️: what the reader's eye should find. */
export function mark(report: Report): string {
  if (report.verdict === 'bad') return '❌';
  if (report.outcome === 'failed') return '⚠️';
  return report.outcome === 'done' ? '✅' : 'ℹ️';
}
