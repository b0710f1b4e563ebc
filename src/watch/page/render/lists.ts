/** What went wrong with a source, and what is kept of it. */
import type { KeptBackup } from '../../../domain/backup.ts';
import { clip } from '../../../report/render/escape.ts';
import { formatBytes, plural } from '../../../runtime/format.ts';
import { type CalendarDay, codeOf } from '../model/calendar.ts';
import { dayNumber } from '../model/days.ts';
import type { DayCode } from '../model/history.ts';
import { isProvenKind, type SourceModel } from '../model/source.ts';
import type { PageContext } from './context.ts';
import { type Html, html, link } from './html.ts';
import { dayWords, shortDate } from './words.ts';

/** Days in a row that went the same way. */
interface Stretch {
  readonly code: DayCode;
  readonly from: string;
  readonly until: string;
}

/** The failures of the year, newest first: what the calendar shows, in words. */
export function failures(source: SourceModel, { dayOf, model, room }: PageContext): Html {
  const codes: readonly DayCode[] = isProvenKind(source.kind) ? ['b', 'm', 't'] : ['b', 'm'];
  const all = stretches(source.year.filter(({ code }) => codes.includes(code)));
  if (all.length === 0) return html`<p>Nothing went wrong in the year.</p>`;
  const today = model.days.at(-1) ?? '';
  const byDay = Map.groupBy(source.backups, ({ takenAt }) => dayOf(takenAt));
  const items = all.slice(0, room.failures).map(({ code, from, until }) => {
    const when = from === until ? shortDate(from, today) : `${shortDate(from, today)} to ${shortDate(until, today)}`;
    const backup = byDay.get(until)?.find((one) => codeOf(one) === code);
    return html`<li><b>${when}</b>: ${dayWords[code]}${backup && why(backup, room.finding)}</li>`;
  });
  const left = all.length - items.length;
  return html`<h4>What went wrong</h4><ul class="failures">${items}${left > 0 && html`<li>and ${left} more before that</li>`}</ul>`;
}

function why(backup: KeptBackup, longest: number): Html {
  const proof = backup.proofs[0];
  const text = backup.problem ?? proof?.findings?.[0];
  const url = proof?.run.url ?? backup.runUrl;
  return html`${text !== undefined && `: ${clip(text, longest)}`}${url !== undefined && html` (${link(url, 'run')})`}`;
}

/** @returns newest first */
function stretches(days: readonly CalendarDay[]): readonly Stretch[] {
  const found: Stretch[] = [];
  for (const { date, code } of days) {
    const last = found.at(-1);
    if (last?.code === code && dayNumber(date) === dayNumber(last.until) + 1)
      found.splice(-1, 1, { ...last, until: date });
    else found.push({ code, from: date, until: date });
  }
  return found.reverse();
}

/** The newest backups, and those that are pinned or have a label. */
export function keptTable({ backups, source }: SourceModel, { time, room: { kept } }: PageContext): Html {
  if (backups.length === 0) return html``;
  const shown = [
    ...backups.slice(0, kept),
    ...backups
      .slice(kept)
      .filter(({ pinned, label }) => pinned || label !== undefined)
      .slice(0, kept),
  ];
  const left = backups.length - shown.length;
  const rows = shown.map((one) => {
    const proof = one.proofs[0];
    return html`<tr><th scope="row">${link(one.runUrl, time(one.takenAt))}</th><td>${dayWords[codeOf(one)]}${proof && html` <small>${time(proof.at)}</small>`}</td><td>${one.bytes === undefined ? '' : formatBytes(one.bytes)}</td><td>${marks(one)}</td></tr>`;
  });
  return html`<table class="kept"><caption>${plural(backups.length, 'backup')} of ${source} kept${left > 0 && `; ${left} more are not listed`}</caption><thead><tr><th scope="col">Taken</th><th scope="col">State, last proof</th><th scope="col">Size</th><th scope="col">Pin, label</th></tr></thead><tbody>${rows}</tbody></table>`;
}

function marks({ pinned, label }: KeptBackup): string {
  return [pinned ? 'pinned' : '', label ?? ''].filter((one) => one !== '').join(', ');
}
