/** The rotation's part of the summary: what was created, copied, expired, kept and why, and what it costs. */

import type { CostEstimate, KeptRow, RotationReport } from '../../domain/rotation.ts';
import { formatCount, formatDuration, plural } from '../../runtime/format.ts';
import type { Report } from '../report.ts';
import type { Detail } from './detail.ts';
import { code, markdown } from './escape.ts';
import { table } from './table.ts';

const section = (title: string, content: string): string => (content === '' ? '' : `### ${title}\n\n${content}`);

/** What needs a person comes first. */
export function rotationBlock(report: Report, detail: Detail): string {
  const { rotation } = report;
  if (rotation === undefined) return '';
  const { cell } = detail;
  const left = (what: string) => (items: readonly unknown[]) => `${plural(items.length, `more ${what}`)} not shown`;
  return [
    troubleBlock(rotation, detail),
    comparisonBlock(rotation, detail),
    section(
      `Created (${formatCount(rotation.created.length)})`,
      table({
        headings: ['Instance', 'Snapshots', 'Consistency', 'At rest', 'Kept until', 'Notes'],
        items: rotation.created,
        row: (one) => [
          markdown(one.instance, cell),
          one.snapshotIds.length > 3
            ? formatCount(one.snapshotIds.length)
            : one.snapshotIds.map((id) => code(id)).join(' '),
          one.consistency,
          one.pauseSeconds === undefined ? '–' : formatDuration(one.pauseSeconds),
          one.deleteOn,
          markdown(one.notes.join('; '), cell),
        ],
        limit: detail.rows,
        more: left('instance'),
      }),
    ),
    section(
      `Copied (${formatCount(rotation.copied.length)})`,
      table({
        headings: ['Snapshot', 'To', 'Copy'],
        items: rotation.copied,
        row: (one) => [code(one.source), one.destination, code(one.id)],
        limit: detail.rows,
        more: left('copy'),
      }),
    ),
    section(
      'Left for the next run',
      table({
        headings: ['To', 'Snapshots', 'Why'],
        items: rotation.waiting,
        row: (one) => [one.destination, formatCount(one.count), markdown(one.reason, cell)],
        limit: detail.rows,
      }),
    ),
    section(
      `Expired (${formatCount(rotation.expired.length)})`,
      table({
        headings: ['Snapshot', 'Volume', 'Why'],
        items: rotation.expired,
        row: (one) => [code(one.id), code(one.volumeId), markdown(one.reason, cell)],
        limit: detail.rows,
        more: left('snapshot'),
      }),
    ),
    section(`Kept (${formatCount(sum(rotation.kept))})`, reasons(rotation.kept, detail)),
    section('Instances without a new snapshot', reasons(rotation.skipped, detail)),
    rotation.cost === undefined ? '' : section('Cost of what is kept', costLine(rotation.cost)),
  ]
    .filter((block) => block !== '')
    .join('\n\n');
}

/** Tags that nobody can follow, and calls that failed. */
export function troubleBlock(rotation: RotationReport, detail: Detail): string {
  return section(
    `Needs attention (${formatCount(rotation.problems.length + rotation.failures.length)})`,
    table({
      headings: ['Where', 'What is wrong'],
      items: [...rotation.failures, ...rotation.problems],
      row: (one) => [markdown(one.resource, detail.cell), markdown(one.what, detail.cell * 2)],
      limit: detail.rows,
      more: (items) => `${plural(items.length, 'more')} not shown; the log has them all`,
    }),
  );
}

function comparisonBlock({ comparison }: RotationReport, detail: Detail): string {
  if (comparison === undefined) return '';
  if (comparison.length === 0) {
    return section('What the other default changes', 'Nothing: no instance of this region goes by the default.');
  }
  const [before, after] = [
    comparison.reduce((all, one) => all + one.heldBefore, 0),
    comparison.reduce((all, one) => all + one.heldAfter, 0),
  ];
  const difference = after - before;
  return section(
    'What the other default changes',
    [
      `${plural(comparison.length, 'instance')} of this region ${comparison.length === 1 ? 'goes' : 'go'} by the default. Held at any one time: ${formatCount(before)} snapshots before, ${formatCount(after)} after (${difference >= 0 ? '+' : '−'}${formatCount(Math.abs(difference))}). Snapshots that exist keep the date they have.`,
      table({
        headings: [
          'Instance',
          'Retention before',
          'after',
          'Next one kept until, before',
          'after',
          'Held before',
          'after',
        ],
        items: comparison,
        row: (one) => [
          markdown(one.instance, detail.cell),
          one.before,
          one.after,
          one.deleteOnBefore,
          one.deleteOnAfter,
          formatCount(one.heldBefore),
          formatCount(one.heldAfter),
        ],
        limit: detail.rows,
        more: (items) => `${plural(items.length, 'more instance')} not shown`,
      }),
    ].join('\n\n'),
  );
}

function reasons(rows: readonly KeptRow[], detail: Detail): string {
  return table({
    headings: ['Why', 'Count', 'Among them'],
    items: rows,
    row: (one) => [
      markdown(one.reason, detail.cell),
      formatCount(one.count),
      one.examples.map((text) => code(text, detail.cell)).join(', '),
    ],
    limit: detail.rows,
  });
}

const sum = (rows: readonly KeptRow[]): number => rows.reduce((all, one) => all + one.count, 0);

/** `12 snapshots of 4 volumes, 120 to 480 GiB: $6.00 to $24.00 a month`. */
export function costLine({ snapshots, volumes, lowGiB, highGiB, price }: CostEstimate): string {
  const gib = (value: number): string => `${formatCount(Math.ceil(value))} GiB`;
  const dollars = (value: number): string =>
    `$${(value * price).toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
  return `${plural(snapshots, 'snapshot')} of ${plural(volumes, 'volume')}: from ${gib(lowGiB)} (${dollars(lowGiB)} a month) if nothing changed between them to ${gib(highGiB)} (${dollars(highGiB)} a month) if everything did, at $${price} a GiB and month. AWS tells what the increments hold only on the bill.`;
}
