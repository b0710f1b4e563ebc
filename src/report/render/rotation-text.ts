/** What a rotation has to say: headline, figures, and what was created, copied, expired, kept and why, and what it costs. */

import type { CostEstimate, KeptRow, RotationReport } from '../../domain/rotation.ts';
import { formatCount, formatDuration, plural } from '../../runtime/format.ts';
import type { Report } from '../report.ts';
import type { Detail } from './detail.ts';
import { code, markdown } from './escape.ts';
import type { Fact } from './fact.ts';
import { table } from './table.ts';

const section = (title: string, content: string): string => (content === '' ? '' : `### ${title}\n\n${content}`);

/** What needs a person comes first. */
export function rotationBlock({ rotation }: Report, detail: Detail): string {
  if (rotation === undefined) return '';
  return [
    troubleBlock(rotation, detail),
    comparisonBlock(rotation, detail),
    createdBlock(rotation, detail),
    copiedBlock(rotation, detail),
    waitingBlock(rotation, detail),
    expiredBlock(rotation, detail),
    section(`Kept (${formatCount(sum(rotation.kept))})`, reasons(rotation.kept, detail)),
    section('Instances without a new snapshot', reasons(rotation.skipped, detail)),
    rotation.cost === undefined ? '' : section('Cost of what is kept', costLine(rotation.cost)),
  ]
    .filter((block) => block !== '')
    .join('\n\n');
}

const notShown = (what: string, many?: string) => (items: readonly unknown[]) =>
  `${plural(items.length, `more ${what}`, many && `more ${many}`)} not shown`;

function createdBlock({ created }: RotationReport, { rows, cell }: Detail): string {
  const content = table({
    headings: ['Instance', 'Snapshots', 'Consistency', 'Pause', 'Kept until', 'Notes'],
    items: created,
    row: ({ instance, snapshotIds, consistency, pauseSeconds, deleteOn, notes }) => [
      markdown(instance, cell),
      snapshotIds.length > 3 ? formatCount(snapshotIds.length) : snapshotIds.map((id) => code(id)).join(' '),
      consistency,
      pauseSeconds === undefined ? '–' : formatDuration(pauseSeconds),
      deleteOn,
      markdown(notes.join('; '), cell),
    ],
    limit: rows,
    more: notShown('instance'),
  });
  return section(`Created (${formatCount(created.length)})`, content);
}

function copiedBlock({ copied }: RotationReport, { rows }: Detail): string {
  const content = table({
    headings: ['Snapshot', 'To', 'Copy'],
    items: copied,
    row: (one) => [code(one.source), one.destination, code(one.id)],
    limit: rows,
    more: notShown('copy', 'copies'),
  });
  return section(`Copied (${formatCount(copied.length)})`, content);
}

function waitingBlock({ waiting }: RotationReport, { rows, cell }: Detail): string {
  const content = table({
    headings: ['To', 'Snapshots', 'Why'],
    items: waiting,
    row: (one) => [one.destination, formatCount(one.count), markdown(one.reason, cell)],
    limit: rows,
  });
  return section('Left for the next run', content);
}

function expiredBlock({ expired }: RotationReport, { rows, cell }: Detail): string {
  const content = table({
    headings: ['Snapshot', 'Volume', 'Why'],
    items: expired,
    row: (one) => [code(one.id), code(one.volumeId), markdown(one.reason, cell)],
    limit: rows,
    more: notShown('snapshot'),
  });
  return section(`Expired (${formatCount(expired.length)})`, content);
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
    return section('What the other default changes', 'Nothing: no instance of this region uses the default.');
  }
  const [before, after] = [
    comparison.reduce((all, one) => all + one.heldBefore, 0),
    comparison.reduce((all, one) => all + one.heldAfter, 0),
  ];
  const difference = after - before;
  return section(
    'What the other default changes',
    [
      `${plural(comparison.length, 'instance')} of this region ${comparison.length === 1 ? 'uses' : 'use'} the default. Held at any one time: ${formatCount(before)} snapshots before, ${formatCount(after)} after (${difference >= 0 ? '+' : '−'}${formatCount(Math.abs(difference))}). Snapshots that exist keep the date they have.`,
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

/** Only the parts that ran: a run of `copy` says nothing of what might be due. */
export function rotationFacts(rotation: RotationReport): readonly Fact[] {
  const ran = (part: RotationReport['ran'][number]): boolean => rotation.ran.includes(part);
  const left = rotation.waiting.reduce((all, one) => all + one.count, 0);
  const kept = rotation.kept.reduce((all, one) => all + one.count, 0);
  const found: Fact[] = [
    { name: 'Region', value: rotation.region },
    { name: 'Slot', value: rotation.slot },
  ];
  if (ran('create')) {
    const instances = plural(rotation.created.length, 'instance');
    found.push({ name: 'Created', value: `${plural(snapshotsIn(rotation), 'snapshot')} of ${instances}` });
  }
  if (ran('copy')) {
    const retagged = rotation.retagged === 0 ? '' : `, ${plural(rotation.retagged, 'copy', 'copies')} brought in step`;
    const waiting = left === 0 ? '' : `, ${formatCount(left)} left for the next run`;
    found.push({ name: 'Copied', value: `${plural(rotation.copied.length, 'snapshot')}${waiting}${retagged}` });
  }
  if (ran('expire')) {
    found.push({ name: 'Expired', value: plural(rotation.expired.length, 'snapshot') });
    found.push({ name: 'Kept', value: plural(kept, 'snapshot') });
  }
  return found;
}

export function rotationHeadline({ rotation, outcome, source }: Report): string {
  if (rotation?.comparison !== undefined) return `What another default retention would change for ${source}`;
  if (outcome === 'dry-run') return `Plan for the ${source} (dry run, nothing was changed)`;
  if (outcome === 'nothing-to-do' && rotation) return `Nothing to do for the ${source}`;
  if (rotation === undefined)
    return outcome === 'done' ? `Found the regions of the ${source}` : `The ${source} were not rotated`;
  const counts = [
    ...(rotation.ran.includes('create') ? [`${formatCount(snapshotsIn(rotation))} created`] : []),
    ...(rotation.ran.includes('copy') ? [`${formatCount(rotation.copied.length)} copied`] : []),
    ...(rotation.ran.includes('expire') ? [`${formatCount(rotation.expired.length)} expired`] : []),
  ].join(', ');
  const trouble = rotation.failures.length + rotation.problems.length;
  return outcome === 'failed'
    ? `${upper(source)}: ${counts}; ${plural(trouble, 'thing needs', 'things need')} attention`
    : `${upper(source)}: ${counts}`;
}

/** Snapshots of all sets. */
export function snapshotsIn(rotation: RotationReport): number {
  return rotation.created.reduce((all, one) => all + one.snapshotIds.length, 0);
}

function upper(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
