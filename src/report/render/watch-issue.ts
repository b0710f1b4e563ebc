/**
 * The issues of the watchdog: one for each source and failure. It is opened once, kept up to date without a word while the failure lasts,
 * and closed when it is over: nobody wants a comment every hour. Of a source that has several parts, a comment says which joined, and which
 * came back.
 */
import type { SourceTrouble, WatchedRow, WatchReport } from '../../domain/watching.ts';
import { formatTime } from '../../runtime/format.ts';
import { markdown, plainText } from './escape.ts';
import { type ExistingIssue, type IssueDecision, issueLabel, issueMarker } from './issue.ts';
import { changeOf, markerOfParts } from './watch-issue-parts.ts';
import { titleOf } from './watch-title.ts';

export interface WatchLinks {
  readonly runUrl: string;
  readonly runbookUrl?: string | undefined;
}

/** A decision, and the trouble that it tells first, of some parts perhaps; undefined for what was told before, or is over. */
export interface WatchDecision {
  readonly decision: IssueDecision;
  readonly tells?: SourceTrouble | undefined;
}

const failures = ['missing', 'too-old', 'too-slow', 'to-correct'] as const;
const sectionOf: Readonly<Record<string, string>> = {
  missing: 'a-backup-is-missing',
  'too-old': 'a-backup-is-missing',
  'too-slow': 'a-restore-takes-too-long',
  'to-correct': 'a-backup-is-missing',
};

/** Whether an issue is one of the watchdog's. */
export function isWatchIssue(body: string): boolean {
  return new RegExp(`^<!-- holdfast:source=\\S+ failure=(${failures.join('|')}) -->`).test(body);
}

export function decideWatchIssues(
  existing: readonly ExistingIssue[],
  { rows, troubles, unjudged = [] }: WatchReport,
  links: WatchLinks,
): readonly WatchDecision[] {
  const own = existing.filter(({ body }) => isWatchIssue(body));
  const wanted = new Map(troubles.map((one) => [issueMarker(one.key, one.failure), one]));
  const unsure = [...unjudged, ...rows.flatMap(({ key, state }) => (state === 'unknown' ? [key] : []))];
  const unknown = new Set(unsure.flatMap((key) => failures.map((failure) => issueMarker(key, failure))));
  const known = new Map(
    rows.flatMap((row) => failures.map((failure) => [issueMarker(row.key, failure), row] as const)),
  );
  const told = [...wanted].map(([marker, trouble]) => tell(own, marker, trouble, links));
  const over = own.flatMap(({ number, state, body }): readonly WatchDecision[] => {
    const marker = body.split(/\r?\n/, 1)[0] ?? '';
    if (state === 'closed' || wanted.has(marker) || unknown.has(marker)) return [];
    const row = known.get(marker);
    const comment = marker.endsWith(' failure=to-correct -->') ? 'Over: it can be understood.' : whyOver(row);
    return [{ decision: { kind: 'close', numbers: [number], comment: `✅ ${comment}\n\n${linkTo(links)}\n` } }];
  });
  return [...told, ...over];
}

function whyOver(row: WatchedRow | undefined): string {
  if (row === undefined) return 'No workflow, tag or target of this repository promises this backup any more.';
  const source = markdown(row.source, 200);
  return row.newest === undefined
    ? `Over: no backup of ${source} is due.`
    : `Over: the newest backup of ${source} is of ${formatTime(row.newest)}.`;
}

function tell(own: readonly ExistingIssue[], marker: string, trouble: SourceTrouble, links: WatchLinks): WatchDecision {
  const [current] = own
    .filter(({ body }) => body.startsWith(marker))
    .toSorted((a, b) => Number(b.state === 'open') - Number(a.state === 'open') || b.number - a.number);
  const change = changeOf(current?.state === 'open' ? current.body : undefined, trouble);
  const body = bodyOf([marker, ...markerOfParts(change.failing)], trouble, links);
  if (current === undefined) {
    const title = titleOf(trouble).slice(0, 200);
    return { decision: { kind: 'create', title, body, labels: [issueLabel] }, tells: trouble };
  }
  const { number } = current;
  if (current.state === 'closed') {
    const comment = `⚠️ Again: ${markdown(trouble.what, 600)}.\n\n${linkTo(links)}\n`;
    return { decision: { kind: 'reopen', number, body, comment }, tells: trouble };
  }
  if (change.text !== '')
    return {
      decision: { kind: 'update', number, body, comment: `${change.text}\n\n${linkTo(links)}\n` },
      ...(change.joined === undefined ? {} : { tells: { ...trouble, ...change.joined } }),
    };
  // GitHub gives bodies back with other line ends.
  const same = current.body.replaceAll('\r\n', '\n').trim() === body.trim();
  return {
    decision: same ? { kind: 'none', reason: `issue ${number} says it already` } : { kind: 'update', number, body },
  };
}

/** Says nothing that changes from hour to hour, so that it is written again only when something happened. */
function bodyOf(
  markers: readonly string[],
  { failure, what, since, likelyCause, fix }: SourceTrouble,
  { runbookUrl }: WatchLinks,
): string {
  const lines = [
    `⚠️ **${markdown(what, 600)}.**`,
    ...(since === undefined ? [] : [`Since ${formatTime(since)}.`]),
    ...(likelyCause === undefined ? [] : [`**Likely cause:** ${markdown(likelyCause, 600)}`]),
    ...(fix === undefined ? [] : [`**Fix:** ${markdown(plainText(fix), 600)}`]),
    ...(runbookUrl === undefined || runbookUrl === ''
      ? []
      : [`[Run book](${runbookUrl.includes('#') ? runbookUrl : `${runbookUrl}#${sectionOf[failure] ?? ''}`})`]),
    failure === 'to-correct'
      ? 'Holdfast keeps this text up to date, and closes the issue when it is corrected.'
      : 'Holdfast keeps this text up to date, and closes the issue when the backup has come.',
  ];
  // Text from outside that quotes a marker must not make this issue another source's.
  return `${markers.join('\n')}\n\n${lines.join('\n\n').replaceAll('<!-- holdfast:', '<!--  holdfast:')}\n`;
}

const linkTo = ({ runUrl }: WatchLinks): string => `[Run](${runUrl})`;
