/** One source of the document. */
import { clip } from '../../../report/render/escape.ts';
import { formatBytes, formatCount, plural } from '../../../runtime/format.ts';
import { type Html, html, link } from '../../page/render/html.ts';
import { kindWords } from '../../page/render/words.ts';
import type { EvidenceDocumentBackup, EvidenceSource } from '../document.ts';
import { length, moment } from './words.ts';

/** Backups listed on paper; all are in the data. */
const mostListed = 400;
/** A finding says what is wrong in its first words. */
const longestFinding = 200;

export function sourceSection(source: EvidenceSource, at: number): Html {
  const id = `s${at + 1}`;
  return html`<section class="source" aria-labelledby="${id}"><h2 id="${id}">${source.source}</h2>${facts(source)}${unknown(source)}${gaps(source)}${backups(source)}</section>`;
}

function facts(source: EvidenceSource): Html {
  const { runs, restoreTimes, schedules, names, copies } = source;
  const rows: readonly (readonly [string, string | Html])[] = [
    ['Kind', `${kindWords[source.kind]}${source.instance ? `, instance ${source.instance}` : ''}`],
    ...(names.length > 0 ? [['Also named', names.join(', ')] as const] : []),
    ['Promised by', source.repository ?? 'nobody today'],
    ['Schedule', schedules.length === 0 ? 'none known' : html`${schedules.map(scheduleLine)}`],
    ...(source.allowanceSeconds === undefined ? [] : [['Allowance', length(source.allowanceSeconds)] as const]),
    ...(source.rpoSeconds === undefined ? [] : [['Oldest proven backup allowed', length(source.rpoSeconds)] as const]),
    [
      'Promised runs',
      `${plural(runs.promised, 'run')}: ${runs.made} with a backup, ${runs.recorded} written down as such, ${runs.missed} missed, ${runs.unknown} not known, ${runs.notDue} not due yet`,
    ],
    ['Restore times', restoreWords(restoreTimes)],
    ...(copies.length > 0
      ? [['Copies', copies.map((one) => `${one.region}: ${formatCount(one.backups)}`).join(', ')] as const]
      : []),
  ];
  return html`<dl>${rows.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`;
}

function scheduleLine({
  expression,
  timeZone,
  workflow,
  everyHours,
  since,
  until,
}: EvidenceSource['schedules'][number]): Html {
  const slot = everyHours === undefined ? '' : `, one backup in ${everyHours} hours`;
  return html`<div><code>${expression}</code> (${timeZone})${slot}, ${workflow}, read since ${since.slice(0, 10)}${until !== undefined && ` until ${until.slice(0, 10)}`}</div>`;
}

function restoreWords({
  measured,
  shortest,
  median,
  longest,
  target,
  beyondTarget,
}: EvidenceSource['restoreTimes']): string {
  const aim = target === undefined ? '' : `; target ${length(target)}`;
  if (shortest === undefined || median === undefined || longest === undefined) return `none measured${aim}`;
  const beyond = beyondTarget === undefined ? '' : `, ${beyondTarget} beyond it`;
  return `${plural(measured, 'measurement')}: ${length(shortest)} to ${length(longest)}, median ${length(median)}${aim}${beyond}`;
}

function unknown({ notKnown }: EvidenceSource): Html {
  return notKnown.length === 0 ? html`` : html`<ul>${notKnown.map((one) => html`<li>${one}</li>`)}</ul>`;
}

function gaps({ gaps: all, runs }: EvidenceSource): Html {
  if (all.length === 0) return runs.promised === 0 ? html`` : html`<p>No promised run is known to be missed.</p>`;
  const rows = all.map(
    (gap) =>
      html`<tr><th scope="row">${moment(gap.from)}${gap.part !== undefined && html`<br>${gap.part}`}</th><td>${gap.until ? moment(gap.until) : gap.open ? 'still open' : 'not known'}</td><td>${gap.seconds === undefined ? 'not known' : length(gap.seconds)}</td><td>${gap.missedRuns}</td><td>${gap.lastBackup ? moment(gap.lastBackup) : 'none known'}</td></tr>`,
  );
  const head = ['Missed run', 'Next backup', 'Length', 'Runs missed', 'Last backup before'];
  return html`<h3>Gaps</h3><table><caption>${plural(all.length, 'gap')}</caption><thead><tr>${head.map((one) => html`<th scope="col">${one}</th>`)}</tr></thead><tbody>${rows}</tbody></table>`;
}

function backups({ backups: all }: EvidenceSource): Html {
  if (all.length === 0) return html`<p>No backup taken in the period is known any more.</p>`;
  const left = all.length - mostListed;
  const head = ['Taken', 'Size', 'Kept', 'Proof', 'Compared', 'Restore'];
  return html`<h3>Backups and proofs</h3><table><caption>${plural(all.length, 'backup')}, newest first${left > 0 && `; the ${left} oldest are in evidence.json alone`}</caption><thead><tr>${head.map((one) => html`<th scope="col">${one}</th>`)}</tr></thead><tbody>${all.slice(0, mostListed).map(backupRow)}</tbody></table>`;
}

function backupRow(one: EvidenceDocumentBackup): Html {
  const { proofs, verdict, compared } = one;
  const proof = proofs.find((any) => any.verdict !== 'unproven') ?? proofs[0];
  const why = one.problem ?? (verdict === 'good' ? undefined : proof?.findings[0]);
  const mark = [one.pinned ? 'pinned' : '', one.label ?? ''].filter((text) => text !== '').join(', ');
  const kept = one.kept ? `yes${mark && `, ${mark}`}` : `until ${one.deletedAt?.slice(0, 10) ?? 'a day not known'}`;
  const words = { good: 'good', bad: html`<span class="bad">bad</span>`, unproven: proof ? 'not tried' : 'none' }[
    verdict
  ];
  return html`<tr><th scope="row">${link(one.run, moment(one.takenAt))}</th><td>${one.bytes === undefined ? '' : formatBytes(one.bytes)}</td><td>${kept}</td><td>${words}${proof && html` ${link(proof.run, moment(proof.at))}`}${proofs.length > 1 && ` (${proofs.length} proofs)`}${why !== undefined && html`<br>${clip(why, longestFinding)}`}</td><td>${compared.map((part) => `${part.what}: ${formatCount(part.compared)}`).join('; ')}</td><td>${proof?.recoverySeconds === undefined ? '' : length(proof.recoverySeconds)}</td></tr>`;
}
