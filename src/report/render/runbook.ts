/** Which section of the run book (docs/runbook.md) answers which trouble. A test holds the two together. */
import type { Report } from '../report.ts';

/** Sections of their own, by the heading's anchor, for codes of host scripts and names of AWS errors. */
const sections: Readonly<Record<string, string>> = {
  held: 'held',
  'too-late': 'too-late',
  'quiesce-failed': 'quiesce-failed',
  'resume-failed': 'the-source-did-not-come-back',
  'agent-too-old': 'agent-too-old',
  lacks: 'lacks',
  installation: 'installation',
  'device-not-found': 'device-not-found',
  'mount-point-busy': 'mount-point-busy',
  'mount-failed': 'mount-failed',
  'mount-refused': 'mount-failed',
  'partition-not-found': 'partition-not-found',
  'service-refused-data': 'service-failed',
  'filesystem-damaged': 'mount-failed',
  'service-failed': 'service-failed',
  'copy-changes': 'copy-changes',
  'still-busy': 'still-busy',
  deadline: 'a-wait-did-not-end',
  cancelled: 'the-run-was-cancelled',
  'mass-expiry': 'mass-expiry',
  claimed: 'claimed',
  'not-locked': 'not-locked',
  InvalidDocument: 'a-document-is-missing',
  'no-identity-token': 'no-identity-token',
  'disk-full': 'disk-full',
  'version-mismatch': 'version-mismatch',
  'tool-missing': 'version-mismatch',
  'tool-unsafe': 'version-mismatch',
  locked: 'locked',
  'restore-refused': 'a-restore-is-refused',
  'dump-unproven': 'the-dump-is-unproven',
  'exec-cut': 'exec-cut',
  leak: 'leak',
  patrol: 'kept-backups-are-not-proven',
};

/** Of a backup that was good once. */
const keptSection = 'a-kept-backup-is-lost-or-bad';

/** AWS's many names for "you may not". */
const refused = /^(UnauthorizedOperation|AccessDenied(Exception)?|AuthFailure|InvalidIdentityToken)$/;
const expired = /^(ExpiredToken(Exception)?|RequestExpired)$/;
const throttled = /Throttl|^(RequestLimitExceeded|TooManyRequestsException|SnapshotCreationPerVolumeRateExceeded)$/;

/** The anchor in the run book for what this report says. */
export function runbookSection(report: Report): string {
  if (report.again && (report.verdict === 'bad' || report.error?.code === 'kept-gone')) return keptSection;
  if (report.verdict === 'bad') return report.action === 'db-dump' ? 'the-dump-is-bad' : 'the-verdict-is-bad';
  const code = report.error?.code;
  if (code !== undefined) {
    const own = Object.hasOwn(sections, code) ? sections[code] : undefined;
    if (own !== undefined) return own;
    if (refused.test(code)) return 'aws-refused-a-call';
    if (expired.test(code)) return 'credentials-ran-out';
    if (throttled.test(code)) return 'aws-throttles';
  }
  if (report.action === 'ebs-rotate') return 'the-rotation-fails';
  if (report.action === 'watchdog' || report.action === 'evidence') return 'the-watchdog-fails';
  if (report.action === 'db-dump') return 'the-dump-fails';
  if (report.action === 'anonymize') return 'the-anonymisation-fails';
  return report.action === 'verify-volume' ? 'the-verdict-is-unproven' : 'the-snapshot-was-not-taken';
}

/** Every anchor `runbookSection` can give. */
export const runbookSections: readonly string[] = [
  ...new Set(Object.values(sections)),
  keptSection,
  'the-verdict-is-bad',
  'the-verdict-is-unproven',
  'the-snapshot-was-not-taken',
  'the-rotation-fails',
  'the-watchdog-fails',
  'a-backup-is-missing',
  'a-restore-takes-too-long',
  'the-dump-is-bad',
  'the-dump-fails',
  'the-anonymisation-fails',
  'aws-refused-a-call',
  'credentials-ran-out',
  'aws-throttles',
];

/** The link to the right section; as given when the address has a fragment of its own; undefined without one. */
export function runbookLink(report: Report): string | undefined {
  const url = report.runbookUrl;
  if (url === undefined || url === '') return undefined;
  return url.includes('#') ? url : `${url}#${runbookSection(report)}`;
}
