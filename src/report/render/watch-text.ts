/** What the watchdog found, in words: the headline, and the table of all sources. */
import type { WatchedRow } from '../../domain/watching.ts';
import { formatTime, plural } from '../../runtime/format.ts';
import type { Report } from '../report.ts';
import type { Detail } from './detail.ts';
import { markdown } from './escape.ts';
import { table } from './table.ts';

type Watched = Pick<Report, 'watch'>;

const stateWords: Readonly<Record<WatchedRow['state'], string>> = {
  good: '✅ as promised',
  failed: '❌',
  unknown: '➖ not known',
};
const order: readonly WatchedRow['state'][] = ['failed', 'unknown', 'good'];

export function watchHeadline({ watch }: Watched): string {
  if (watch === undefined) return 'The backups could not be watched';
  const of = (state: WatchedRow['state']): number => watch.rows.filter((one) => one.state === state).length;
  const [failed, unknown] = [of('failed'), of('unknown')];
  if (failed > 0)
    return `${plural(failed, 'source')} of ${watch.rows.length} ${failed === 1 ? 'has' : 'have'} no backup as promised`;
  if (unknown > 0) return `Nobody can say whether ${plural(unknown, 'source')} of ${watch.rows.length} is backed up`;
  return watch.rows.length === 0
    ? 'No source is promised a backup'
    : `All ${watch.rows.length} sources are backed up as promised`;
}

export function watchBlock({ watch }: Watched, detail: Detail): string {
  if (watch === undefined) return '';
  const rows = watch.rows.toSorted((a, b) => order.indexOf(a.state) - order.indexOf(b.state));
  const sources = table({
    headings: ['State', 'Source', 'Newest backup', 'Last proven', 'Promised', 'Next', 'Target'],
    items: rows,
    row: (one) => [
      one.state === 'good' && one.why === ''
        ? stateWords.good
        : `${stateWords[one.state]} ${markdown(one.why, detail.cell)}`,
      `${markdown(one.source, detail.cell)} (${one.kind})`,
      timeOr(one.newest, 'none'),
      one.kind === 'rotation-snapshot' && one.proven === undefined ? '' : timeOr(one.proven, 'never'),
      timeOr(one.due, 'not yet'),
      timeOr(one.next, 'never'),
      markdown(one.target, detail.cell),
    ],
    limit: detail.rows,
    more: (left) => `${plural(left.length, 'more source')} not shown; the output report has them all`,
  });
  return [
    sources === '' ? '' : `### Sources\n\n${sources}`,
    list('To correct', watch.problems, detail),
    list('Could not be read', watch.unread, detail),
    list('Not looked into', watch.notLookedInto ?? [], detail),
  ]
    .filter((block) => block !== '')
    .join('\n\n');
}

const timeOr = (time: string | undefined, without: string): string =>
  time === undefined ? without : formatTime(time).replace(/:\d\d UTC$/, ' UTC');

function list(title: string, items: readonly string[], detail: Detail): string {
  if (items.length === 0) return '';
  const shown = items.slice(0, detail.rows).map((one) => `- ${markdown(one, detail.cell * 2)}`);
  if (items.length > shown.length) shown.push(`- … ${items.length - shown.length} more`);
  return `### ${title}\n\n${shown.join('\n')}`;
}
