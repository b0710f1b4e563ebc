/** One sentence for a finished run, used as heading, issue comment and Slack text. Plain text, not escaped. */
import type { Report } from '../report.ts';
import { doctorHeadline } from './doctor-text.ts';
import { anonymizeHeadline, dumpHeadline } from './dump-text.ts';
import { evidenceHeadline } from './evidence-text.ts';
import { patrolHeadline } from './patrol-text.ts';
import { rotationHeadline } from './rotation-text.ts';
import { snapshotHeadline, verificationHeadline } from './volume-text.ts';
import { watchHeadline } from './watch-text.ts';

const headlines: Readonly<Record<Report['action'], (report: Report) => string>> = {
  'ib-snapshot': snapshotHeadline,
  'verify-volume': verificationHeadline,
  'ebs-rotate': rotationHeadline,
  'db-dump': dumpHeadline,
  anonymize: anonymizeHeadline,
  doctor: doctorHeadline,
  patrol: patrolHeadline,
  watchdog: watchHeadline,
  evidence: evidenceHeadline,
};

export function headline(report: Report): string {
  return headlines[report.action](report);
}

/** ✅, ❌, ⚠️ or ℹ️: what the reader's eye should find. */
export function mark(report: Report): string {
  if (report.verdict === 'bad') return '❌';
  if (report.outcome === 'failed') return '⚠️';
  if ((report.dump?.warnings.length ?? 0) > 0) return '⚠️';
  if (report.examination?.some(({ status }) => status === 'warning')) return '⚠️';
  if (report.watch?.rows.some(({ state }) => state !== 'good')) return '⚠️';
  return report.outcome === 'done' ? '✅' : 'ℹ️';
}
