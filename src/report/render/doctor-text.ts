/** The doctor's findings in words: the headline, and one table for each area. */
import { countFindings, countUnseen, type Finding, type FindingStatus } from '../../domain/finding.ts';
import { plural } from '../../runtime/format.ts';
import type { Report } from '../report.ts';
import type { Detail } from './detail.ts';
import { code, markdown } from './escape.ts';
import { table } from './table.ts';

export const findingWords: Readonly<Record<FindingStatus, string>> = {
  ok: '✅ ok',
  warning: '⚠️ warning',
  failed: '❌ failed',
  'not-checked': '➖ not checked',
};

type Examined = Pick<Report, 'examination'>;

export function doctorHeadline({ examination }: Examined): string {
  if (examination === undefined) return 'The installation could not be examined';
  const { failed, warning, ok, 'not-checked': unread } = countFindings(examination);
  const rest = [plural(warning, 'warning'), `${ok} ok`].join(', ');
  if (failed > 0) return `The installation is broken: ${failed} failed, ${rest}, ${unread} not checked`;
  // What nobody has looked at may be broken.
  return countUnseen(examination) > 0
    ? `As far as could be seen, nothing is broken: ${unread} not checked, ${rest}`
    : `The installation is in order: ${rest}${unread > 0 ? `, ${unread} not checked, as expected` : ''}`;
}

export function doctorBlock({ examination = [] }: Examined, detail: Detail): string {
  const areas = [...new Set(examination.map(({ area }) => area))];
  return areas
    .map(
      (area) =>
        `### ${markdown(area, 80)}\n\n${areaTable(
          examination.filter((one) => one.area === area),
          detail,
        )}`,
    )
    .join('\n\n');
}

function areaTable(findings: readonly Finding[], detail: Detail): string {
  return table({
    headings: ['Status', 'What', 'Is', 'Should be', 'How to mend it'],
    items: findings,
    row: ({ status, subject, is, should, fix }) => [
      findingWords[status],
      markdown(subject, detail.cell),
      markdown(is, detail.cell),
      markdown(should, detail.cell),
      fix === undefined || status === 'ok' ? '' : code(fix, Math.max(detail.cell, 300)),
    ],
    limit: detail.rows,
    more: (left) => `${plural(left.length, 'more finding')} not shown; the output report has them all`,
  });
}
