/**
 * The issue of an account whose kept backups nobody proves. The run that finds them does not fail: it would fail for ever, and hide what
 * fails besides. The issue is opened once, kept up to date without a word, and closed when a host is named for all, or they are accepted.
 */
import type { PatrolReport, UnprovenReport } from '../../domain/backup.ts';
import { formatTime, plural } from '../../runtime/format.ts';
import { code, markdown } from './escape.ts';
import { type ExistingIssue, type IssueDecision, issueLabel, issueMarker } from './issue.ts';

export interface UnprovenLinks {
  readonly runUrl: string;
  readonly runbookUrl?: string | undefined;
}

const failure = 'unproven';
const section = 'snapshots-and-copies-are-proven-by-nobody';
const title = 'Snapshots and copies are proven by nobody';

export const unprovenMarker = ({ account }: Pick<UnprovenReport, 'account'>): string => issueMarker(account, failure);

/** @param existing issues with the label, open and closed, in any order; others' issues among them are ignored */
export function decideUnprovenIssue(
  existing: readonly ExistingIssue[],
  patrol: PatrolReport & { readonly unproven: UnprovenReport },
  links: UnprovenLinks,
): IssueDecision {
  const { unproven, unread } = patrol;
  const marker = unprovenMarker(unproven);
  const [current] = existing
    .filter(({ body }) => body.startsWith(marker))
    .toSorted((a, b) => Number(b.state === 'open') - Number(a.state === 'open') || b.number - a.number);
  if (unproven.parts.length === 0) {
    if (current?.state !== 'open') return { kind: 'none', reason: 'every kept backup is proven, or accepted' };
    if (unread > 0) return { kind: 'none', reason: 'what could not be read may be unproven' };
    return { kind: 'close', numbers: [current.number], comment: `✅ ${whyOver(unproven)}\n\n${linkTo(links)}\n` };
  }
  const body = bodyOf(marker, patrol, links);
  if (current === undefined) return { kind: 'create', title, body, labels: [issueLabel] };
  const { number } = current;
  if (current.state === 'closed') {
    const comment = `⚠️ Again: ${sentence(patrol)}.\n\n${linkTo(links)}\n`;
    return { kind: 'reopen', number, body, comment };
  }
  // GitHub gives bodies back with other line ends.
  const before = current.body.replaceAll('\r\n', '\n').trim();
  if (before === body.trim()) return { kind: 'none', reason: `issue ${number} says it already` };
  const fresh = unproven.parts.filter(({ reason }) => !before.includes(reasonText(reason)));
  if (fresh.length === 0) return { kind: 'update', number, body };
  return { kind: 'update', number, body, comment: `⚠️ New:\n\n${rows(fresh)}\n\n${linkTo(links)}\n` };
}

function whyOver({ accepted }: UnprovenReport): string {
  return accepted === 0
    ? 'Over: every kept backup can be proven, and is proven in its turn.'
    : `Over: what nobody proves is accepted as unproven (${plural(accepted, 'backup')}).`;
}

const countOf = ({ parts }: UnprovenReport): number => parts.reduce((sum, { count }) => sum + count, 0);

const sentence = ({ unproven, kept }: PatrolReport & { readonly unproven: UnprovenReport }): string =>
  `Nobody proves ${countOf(unproven)} of ${plural(kept, 'kept backup')}: whether they can be restored is not known`;

const reasonText = (reason: string): string => markdown(reason, 400);

/** Reasons that are listed; what is not known of a volume may be said in many ways. */
const most = 40;

function rows(parts: UnprovenReport['parts']): string {
  const more = parts.slice(most);
  const rest = more.length === 0 ? [] : [`- and ${more.length} further reasons`];
  return [...parts.slice(0, most).map(({ reason, count }) => `- ${count}: ${reasonText(reason)}`), ...rest].join('\n');
}

/** Says nothing that changes from run to run, so that it is written again only when something happened. */
function bodyOf(
  marker: string,
  patrol: PatrolReport & { readonly unproven: UnprovenReport },
  { runbookUrl }: UnprovenLinks,
): string {
  const { parts, regions, oldest } = patrol.unproven;
  const lines = [
    `⚠️ **${sentence(patrol)}.**`,
    ...(oldest === undefined
      ? []
      : [
          `The oldest is ${markdown(oldest.id)} of ${markdown(oldest.source)} in ${markdown(oldest.region)}: ${
            oldest.proven ? 'its last proof is' : 'it was never proven, and is'
          } of ${formatTime(oldest.since)}.`,
        ]),
    rows(parts),
    `**Fix:** name a verification host for each region where one is missing: the variable \`HOLDFAST_VERIFIERS\` (input \`verifiers\`), such as ${code(`{ "${regions[0]}": "verify" }`)}. Or accept that nobody proves them: the variable \`HOLDFAST_ACCEPT_UNPROVEN\` (input \`accept-unproven\`) with ${code(regions.join(' '))}, or \`all\`.`,
    ...(runbookUrl === undefined || runbookUrl === ''
      ? []
      : [`[Run book](${runbookUrl.includes('#') ? runbookUrl : `${runbookUrl}#${section}`})`]),
    'No run fails for this. Holdfast keeps this text up to date, and closes the issue when a host is named for all of them, or they are accepted.',
  ];
  // Text from outside that quotes a marker must not make this issue another source's.
  return `${marker}\n\n${lines.join('\n\n').replaceAll('<!-- holdfast:', '<!--  holdfast:')}\n`;
}

const linkTo = ({ runUrl }: UnprovenLinks): string => `[Run](${runUrl})`;
