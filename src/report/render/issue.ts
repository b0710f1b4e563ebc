/**
 * The one issue of a source: opened by the first failure, updated while it fails, closed by the next verified success,
 * opened again on relapse. It is found by a hidden marker in its body and never by its title, which people may change.
 */

import { createHash } from 'node:crypto';
import { formatTime, plural } from '../../runtime/format.ts';
import { needsAttention, provesBackup, type Report, subjectOf } from '../report.ts';
import { headline } from './headline.ts';
import { renderClosing, renderIssueBody, renderRepetition, renderTitle } from './issue-text.ts';

/** The kind of failure an issue is kept for: one for the whole backup job of a source. */
export const failureKind = 'backup';

/** The label by which issues are looked up. */
export const issueLabel = 'holdfast';

export interface ExistingIssue {
  readonly number: number;
  readonly state: 'open' | 'closed';
  readonly body: string;
}

/** What earlier runs left in the issue's body. */
export interface IssueHistory {
  /** Failures since the issue was (re)opened, this one included. */
  readonly failures: number;
  /** ISO 8601: the first of them. */
  readonly since: string;
  /** Parts of the rotation that failed when they last ran; empty for the other actions. */
  readonly parts: readonly string[];
}

export type IssueDecision =
  | { readonly kind: 'none'; readonly reason: string }
  | { readonly kind: 'create'; readonly title: string; readonly body: string; readonly labels: readonly string[] }
  | {
      readonly kind: 'update' | 'reopen';
      readonly number: number;
      readonly body: string;
      /** Absent when this run has said so already. */
      readonly comment?: string;
    }
  | { readonly kind: 'close'; readonly numbers: readonly number[]; readonly comment: string };

/**
 * The hidden marker. Percent-encoding keeps `>` out, so that no name of a source can end the comment early; a long
 * name ends with its hash, so that sources that begin alike have issues of their own.
 */
export function issueMarker(source: string, failure: string = failureKind): string {
  const hash = source.length > 200 ? `…${createHash('sha256').update(source).digest('hex').slice(0, 16)}` : '';
  const name = `${source.slice(0, 200)}${hash}`;
  return `<!-- holdfast:source=${encodeURIComponent(name.toWellFormed())} failure=${failure} -->`;
}

const state = /<!-- holdfast:failures=(\d{1,9}) since=(\S{1,40}) last=(\S{1,400})(?: parts=([a-z,]{1,40}))? -->/;

function stateComment(report: Report, history: IssueHistory): string {
  return stateText(history, encodeURIComponent(runId(report)));
}

function stateText({ failures, since, parts }: IssueHistory, last: string): string {
  const failing = parts.length === 0 ? '' : ` parts=${parts.join(',')}`;
  return `<!-- holdfast:failures=${failures} since=${since} last=${last}${failing} -->`;
}

/** Identifies one run of one action, so that a repeated report adds no second comment. */
function runId(report: Report): string {
  // The end tells runs apart; in front are the owner and the repository, whose names may be long.
  return `${report.run.key}#${report.run.attempt} ${report.action}`.slice(-120).toWellFormed();
}

/**
 * What is to be done about the issue.
 * @param existing issues with the label, open and closed, in any order; others' issues among them are ignored
 */
export function decideIssue(existing: readonly ExistingIssue[], report: Report): IssueDecision {
  if (report.again && report.again.takenAt === undefined)
    return { kind: 'none', reason: 'no kept backup was found that an issue could be about' };
  const marker = issueMarker(subjectOf(report));
  const own = existing
    .filter((issue) => issue.body.includes(marker))
    .sort((a, b) => Number(b.state === 'open') - Number(a.state === 'open') || b.number - a.number);
  const open = own.filter((issue) => issue.state === 'open');
  const current = own[0];
  const [, failures, since, last, partsBefore = ''] = state.exec(current?.body ?? '') ?? [];
  const parts = partsFailing(report, current?.state === 'open' ? partsBefore : '');
  if (provesBackup(report)) {
    if (open.length === 0) return { kind: 'none', reason: 'no issue is open for this source' };
    if (parts.length === 0 || current === undefined) {
      return { kind: 'close', numbers: open.map((issue) => issue.number), comment: renderClosing(report) };
    }
    if (parts.join(',') === partsBefore)
      return { kind: 'none', reason: `${parts.join(', ')} still waits for a success` };
    const history = { failures: Number(failures), since: since ?? report.endedAt, parts };
    return {
      kind: 'update',
      number: current.number,
      body: current.body.replace(state, stateText(history, last ?? '-')),
    };
  }
  if (!needsAttention(report)) {
    return { kind: 'none', reason: `${headline(report)}: only a failure or a verified success changes the issue` };
  }
  const fresh: IssueHistory = { failures: 1, since: report.endedAt, parts };
  const body = (history: IssueHistory): string =>
    renderIssueBody(report, [marker, stateComment(report, history)], lineOf(history));
  if (current === undefined) {
    return { kind: 'create', title: renderTitle(report), body: body(fresh), labels: [issueLabel] };
  }
  if (current.state === 'closed') {
    return { kind: 'reopen', number: current.number, body: body(fresh), comment: renderRepetition(report, 'again') };
  }
  if (last === encodeURIComponent(runId(report))) {
    const history = { failures: Number(failures), since: since ?? report.endedAt, parts };
    return { kind: 'update', number: current.number, body: body(history) };
  }
  const history = { failures: Number(failures ?? 1) + 1, since: since ?? report.endedAt, parts };
  return { kind: 'update', number: current.number, body: body(history), comment: renderRepetition(report, 'still') };
}

/** What is still missing: what failed before and did not run now, and what failed now. */
function partsFailing({ rotation, outcome }: Report, before: string): string[] {
  const known = before.split(',').filter((part) => part !== '');
  if (rotation === undefined) return known;
  const missing = known.filter((part) => !rotation.ran.some((ran) => ran === part));
  const now = outcome === 'failed' && rotation.failed.length === 0 ? rotation.ran : rotation.failed;
  return [...new Set([...missing, ...now])].sort();
}

function lineOf(history: IssueHistory): string {
  return history.failures === 1
    ? `First seen ${formatTime(history.since)}.`
    : `${plural(history.failures, 'failure')} since ${formatTime(history.since)}; this text shows the latest.`;
}
