/**
 * What one run of an action has to say, as data. Summary, issue, Slack message and Datadog series are rendered from it
 * by pure functions: `renderSummary` (summary.ts), `decideIssue` (issue.ts), `renderSlack` (slack.ts), `renderSeries`
 * (datadog.ts).
 */
import type { PatrolReport, ProvenAgain } from '../domain/backup.ts';
import type { DumpReport, ListedDatabase, MaskedReport } from '../domain/dump.ts';
import type { Finding } from '../domain/finding.ts';
import type { PlanDecision } from '../domain/plan.ts';
import type { Receipt } from '../domain/receipt.ts';
import type { RotationReport } from '../domain/rotation.ts';
import type { Step } from '../domain/step.ts';
import type { Verdict } from '../domain/verdict.ts';
import type { Verification } from '../domain/verification.ts';
import type { WatchReport } from '../domain/watching.ts';

export type ActionName =
  | 'ib-snapshot'
  | 'verify-volume'
  | 'ebs-rotate'
  | 'db-dump'
  | 'anonymize'
  | 'doctor'
  | 'patrol'
  | 'watchdog'
  | 'evidence';

/**
 * `done`: the work is finished; `failed`: an error, a bad backup, or a verdict that could not be reached;
 * `dry-run`: the plan was printed and nothing changed; `nothing-to-do`: everything was already as it should be.
 */
export type Outcome = 'done' | 'failed' | 'dry-run' | 'nothing-to-do';

/** An error as a reader needs it. The fields are those of the errors in runtime/errors.ts. */
export interface ReportedError {
  /** What happened, in one sentence. */
  readonly what: string;
  readonly likelyCause?: string | undefined;
  readonly fix?: string | undefined;
  /** The end of the output that shows it. */
  readonly detail?: string | undefined;
  /** The code of a host script (`held`) or AWS's own name of the error; leads to a section of the run book. */
  readonly code?: string | undefined;
}

/** Where an action ran. */
export interface ReportedRun {
  /** `owner/repo/actions/runs/ID`: the same for all attempts. */
  readonly key: string;
  readonly url: string;
  readonly attempt: number;
}

export interface Report {
  readonly action: ActionName;
  readonly source: string;
  readonly outcome: Outcome;
  /** A run that changes nothing: what it finds is in its summary and nowhere else. */
  readonly dryRun?: boolean | undefined;
  readonly run: ReportedRun;
  /** ISO 8601. */
  readonly startedAt: string;
  /** ISO 8601. */
  readonly endedAt: string;
  readonly plan: readonly PlanDecision[];
  readonly timeline: readonly Step[];
  /** The verdict this run reached. Absent for ib-snapshot, which reaches none. */
  readonly verdict?: Verdict | undefined;
  /** The receipt as this run left it. */
  readonly receipt?: Receipt | undefined;
  /** Where the receipt is kept: `s3://bucket/receipts/source/run.json`. */
  readonly receiptLocation?: string | undefined;
  readonly verification?: Verification | undefined;
  /** What ebs-rotate did. */
  readonly rotation?: RotationReport | undefined;
  /** A kept backup that was proven, in place of a new one: the run is about that backup. */
  readonly again?: ProvenAgain | undefined;
  /** What db-dump made, or proved again. */
  readonly dump?: DumpReport | undefined;
  /** What patrol found. */
  readonly patrol?: PatrolReport | undefined;
  /** The databases of a server that db-dump listed, in place of a dump. */
  readonly databases?: readonly ListedDatabase[] | undefined;
  /** What anonymize did. */
  readonly masked?: MaskedReport | undefined;
  /** What doctor found. */
  readonly examination?: readonly Finding[] | undefined;
  /** What watchdog found. */
  readonly watch?: WatchReport | undefined;
  /** The innermost step that failed. */
  readonly failingStep?: string | undefined;
  readonly error?: ReportedError | undefined;
  /** The page of the run book (input `runbook-url`). */
  readonly runbookUrl?: string | undefined;
  /** Anything else a reader should know: what was swept, warnings, what was skipped and why. */
  readonly notes?: readonly string[] | undefined;
}

/** What an issue is kept for: the source, or one kept backup of it. */
export function subjectOf({ source, again }: Report): string {
  return again === undefined
    ? source
    : `${source}, backup of ${again.takenAt ?? 'no time'}${again.id ? ` (${again.id})` : ''}`;
}

/** Whether this run is a failure that somebody has to look at. */
export function needsAttention(report: Report): boolean {
  return report.outcome === 'failed';
}

/**
 * Whether this run shows that what its issue is about is over: the source has a verified backup again, or the parts of
 * the rotation that ran did all they had to.
 */
export function provesBackup(report: Report): boolean {
  if (report.action === 'ebs-rotate') return report.outcome === 'done' || report.outcome === 'nothing-to-do';
  if (report.action === 'anonymize' || report.action === 'doctor') return report.outcome === 'done';
  if (report.action === 'patrol' || report.action === 'watchdog' || report.action === 'evidence')
    return report.outcome === 'done';
  // The list of a server's databases is a source of its own, whose issue says that it could not be read.
  if (report.databases) return report.outcome === 'done';
  return report.outcome === 'done' && report.verdict === 'good';
}
