/** All sources in one table; on a phone each row is a card. */
import { formatBytes, formatDuration } from '../../../runtime/format.ts';
import { codeOf } from '../model/calendar.ts';
import type { SourceModel } from '../model/source.ts';
import { isProvenKind } from '../model/source.ts';
import { strip } from './calendar-svg.ts';
import type { PageContext } from './context.ts';
import { type Html, html } from './html.ts';
import { icon } from './icons.ts';
import { ageWords, kindWords, stateWords, targetWords, tones } from './words.ts';

const none = html`<span class="none">none</span>`;

const columns = ['Source', 'State', 'Last proven', 'Pause', 'Recovery', 'Size', 'Last 30 days'];

export function overview(context: PageContext): Html {
  const { sources } = context.model;
  if (sources.length === 0) return html``;
  // A style sheet that makes cards of the rows takes their roles from them, so they stand here.
  return html`<section aria-labelledby="sources"><h2 id="sources">All sources</h2><table class="overview" role="table"><caption>Each source with its newest proven backup. Of snapshots of the rotation, which nobody restores, it is the newest that was taken.</caption><thead role="rowgroup"><tr role="row">${columns.map(
    (name) => html`<th scope="col" role="columnheader">${name}</th>`,
  )}</tr></thead><tbody role="rowgroup">${sources.map((one) => row(one, context))}</tbody></table></section>`;
}

function row(source: SourceModel, context: PageContext): Html {
  const tone = tones[source.state];
  const { pauseSeconds, recovery, bytes, promise } = source;
  const rto = promise?.rtoSeconds;
  const tooLong = recovery !== undefined && rto !== undefined && recovery.seconds > rto;
  const cells = [
    html`${icon(tone)} ${stateWords[source.state]}`,
    age(source),
    pauseSeconds === undefined ? none : formatDuration(pauseSeconds),
    recovery === undefined
      ? none
      : html`${formatDuration(recovery.seconds)}${rto !== undefined && html` <small${tooLong && html` class="over"`}>of ${targetWords(rto)}</small>`}`,
    bytes === undefined ? none : formatBytes(bytes),
    strip(source.year.slice(-30)),
  ];
  return html`<tr role="row"><th scope="row" role="rowheader"><a href="#${context.anchor(source.key)}">${source.source}</a> <small>${kindWords[source.kind]}</small></th>${cells.map(
    (cell) => html`<td role="cell">${cell}</td>`,
  )}</tr>`;
}

/** The age with a bar of what it may be, which is full when the target is reached. */
function age({ age: seconds, target, kind, backups, newest }: SourceModel): Html {
  if (seconds === undefined)
    return html`<span class="none">${backups.length > 0 && isProvenKind(kind) ? 'never' : 'none'}</span>`;
  // What counts of a rotation is the newest snapshot, proven or not.
  const taken = !isProvenKind(kind) && newest !== undefined && codeOf(newest) !== 'p' && 'taken ';
  if (target === undefined) return html`${taken}${ageWords(seconds)}`;
  const over = seconds > target.seconds;
  const share = Math.round(Math.min(1, seconds / target.seconds) * 60);
  return html`${taken}${ageWords(seconds)} <small${over && html` class="over"`}>${over ? 'over' : 'of'} ${ageWords(target.seconds)}</small><svg class="bar${over && ' over'}" aria-hidden="true" viewBox="0 0 60 4" preserveAspectRatio="none"><path d="M0 0h60v4H0z"/><path class="v" d="M0 0h${share}v4H0z"/></svg>`;
}
