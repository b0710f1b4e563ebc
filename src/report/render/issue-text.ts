/** The words of the issue: title, body, comments. Bounded by GitHub's limits, escaped, without a decision in them. */

import { formatTime } from '../../runtime/format.ts';
import type { Report } from '../report.ts';
import type { Detail } from './detail.ts';
import { doctorBlock } from './doctor-text.ts';
import { markdown, oneLine } from './escape.ts';
import { facts } from './facts.ts';
import { headline, mark } from './headline.ts';
import { troubleBlock } from './rotation-text.ts';
import { checksBlock, errorBlock, factsBlock, linksLine } from './summary.ts';

/** GitHub refuses a longer body or comment. Characters, counted as GitHub does at worst: UTF-16 units. */
export const bodyLimit = 65_536;
const titleLimit = 200;

const levels: readonly Detail[] = [
  { rows: 40, cell: 200, output: 12_000, steps: 0 },
  { rows: 15, cell: 120, output: 4_000, steps: 0 },
  { rows: 3, cell: 60, output: 300, steps: 0 },
];

/** Titles are plain text for GitHub; only line breaks and length matter. The same for every failure of a source. */
export function renderTitle(report: Report): string {
  const title =
    report.action === 'ebs-rotate'
      ? `Rotation of the ${oneLine(report.source)} fails`
      : report.action === 'doctor'
        ? 'The installation of Holdfast is broken'
        : report.action === 'patrol'
          ? 'Kept backups are not proven'
          : report.action === 'watchdog'
            ? 'Watching the backups fails'
            : report.action === 'evidence'
              ? 'The evidence of backups cannot be made'
              : report.again
                ? `Kept backup of ${oneLine(report.source)} of ${formatTime(report.again.takenAt ?? '')} is not proven`
                : `Backup of ${oneLine(report.source)} fails`;
  return title.length <= titleLimit ? title : `${title.slice(0, titleLimit - 1).toWellFormed()}…`;
}

function fitting(render: (detail: Detail) => string, otherwise: string): string {
  for (const detail of levels) {
    const text = render(detail);
    if (text.length <= bodyLimit) return text;
  }
  return otherwise;
}

const join = (blocks: readonly string[]): string => `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
const sentence = (report: Report): string => `${mark(report)} **${markdown(headline(report), 200)}.**`;

const closedWhen: Partial<Record<Report['action'], string>> = {
  'ebs-rotate': 'everything that failed has succeeded',
  doctor: 'the doctor finds nothing broken',
  patrol: 'every kept backup is what it was, and its last proof is young enough',
  watchdog: 'everything that it watches can be read again',
  evidence: 'it is made again',
};

/** Text from outside that quotes a marker must not make this issue another source's. */
const unmarked = (blocks: readonly string[]): string =>
  `\n${join(blocks).replaceAll('<!-- holdfast:', '<!--  holdfast:')}`;

/**
 * @param hidden HTML comments that must stay whole: they come first, before anything from outside
 * @param history one line on how often and since when
 */
export function renderIssueBody(report: Report, hidden: readonly string[], history: string): string {
  const head = [hidden.join('\n'), sentence(report), history];
  return fitting(
    (detail) =>
      join(head) +
      unmarked([
        errorBlock(report, detail),
        checksBlock(report.verification?.checks ?? [], detail),
        report.rotation ? troubleBlock(report.rotation, detail) : '',
        doctorBlock(report, detail),
        factsBlock(report, detail),
        linksLine(report),
        `Holdfast keeps this text up to date, and closes the issue when ${report.again ? 'this backup has been proven again' : (closedWhen[report.action] ?? 'a backup of this source has been verified again')}.`,
      ]),
    join(head),
  );
}

/** The comment on a repetition. @param how `still` failing, or failing `again` after it had been good */
export function renderRepetition(report: Report, how: 'still' | 'again'): string {
  const head = [
    how === 'again'
      ? `Failing again since ${formatTime(report.endedAt)}.`
      : `Still failing at ${formatTime(report.endedAt)}.`,
    sentence(report),
  ];
  return fitting(
    (detail) =>
      join([...head, errorBlock(report, { ...detail, output: Math.min(detail.output, 2_000) }), linksLine(report)]),
    join(head),
  );
}

/** The last comment: what proved that the source has a good backup again. */
export function renderClosing(report: Report): string {
  const wanted = new Set(['Snapshot', 'Point in time', 'Recovery time', 'Read', 'Created', 'Copied', 'Expired']);
  const lines = facts(report)
    .filter((fact) => wanted.has(fact.name))
    .map((fact) => `- ${fact.name}: ${markdown(fact.value, 200)}`);
  return join([sentence(report), lines.join('\n'), linksLine(report)]);
}
