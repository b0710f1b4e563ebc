/**
 * Days as cells, each state with a shape of its own. Cells of one state are one path: `M3 0h7` are seven weeks of Mondays, which the
 * dashes of the stroke cut into days. So a year of fifty sources stays short.
 */
import type { CalendarDay } from '../model/calendar.ts';
import { dayNumber, weekday } from '../model/days.ts';
import { type DayCode, dayCodes } from '../model/history.ts';
import { Html, html } from './html.ts';
import { dayWords, monthWord } from './words.ts';

interface Cell {
  readonly column: number;
  readonly row: number;
  readonly code: DayCode;
}

/**
 * Strokes that lie on each other, the first below: a cross on a filled cell, and a smaller square that empties a filled one. Each is
 * dashed along the same line, so that a year in which all is bad is as short as a good one.
 */
const layers: Partial<Readonly<Record<DayCode, readonly string[]>>> = { b: ['b', 'b1', 'b2'], m: ['m', 'm1'] };

function paths(cells: readonly Cell[]): readonly Html[] {
  return dayCodes.flatMap((code) => {
    const own = cells.filter((cell) => cell.code === code);
    if (own.length === 0) return [];
    const path = lines(own);
    return (layers[code] ?? [code]).map((layer) => html`<path class="c ${layer}" d="${path}"/>`);
  });
}

/** Cells that follow each other in a row are one line. */
function lines(cells: readonly Cell[]): string {
  const sorted = cells.toSorted((a, b) => a.row - b.row || a.column - b.column);
  let path = '';
  for (let at = 0; at < sorted.length; ) {
    const { column = 0, row = 0 } = sorted[at] ?? {};
    let length = 1;
    while (sorted[at + length]?.row === row && sorted[at + length]?.column === column + length) length += 1;
    path += `M${column} ${row}h${length}`;
    at += length;
  }
  return path;
}

/** `341 proven, 2 bad, 9 missed`. */
export function countWords(days: readonly Pick<CalendarDay, 'code'>[]): string {
  const counts = dayCodes.flatMap((code) => {
    const count = days.filter((day) => day.code === code).length;
    return count > 0 ? [`${count} ${dayWords[code]}`] : [];
  });
  return counts.join(', ');
}

/** The last days in one row, oldest first. */
export function strip(days: readonly CalendarDay[]): Html {
  const cells = days.map(({ code }, column) => ({ column, row: 0, code }));
  return html`<svg class="strip" role="img" aria-label="${countWords(days)}" viewBox="0 -.5 ${days.length} 1">${paths(cells)}</svg>`;
}

type DatedCell = Cell & { readonly date: string };

/** The weeks of a half of the year: columns from one to another. Weeks begin on Monday. */
function half(days: readonly CalendarDay[], which: 0 | 1): readonly DatedCell[] {
  const [first, last] = [days[0], days.at(-1)];
  if (!first || !last) return [];
  const start = dayNumber(first.date) - weekday(first.date);
  const columnOf = (date: string): number => Math.floor((dayNumber(date) - start) / 7);
  const middle = Math.ceil((columnOf(last.date) + 1) / 2);
  return days
    .map(({ date, code }) => ({ date, code, row: weekday(date), column: columnOf(date) - which * middle }))
    .filter(({ column }) => (which === 0 ? column < middle : column >= 0));
}

/** Names of months and weekdays, which are the same for each source: they stand once in the page. */
export function calendarDefinitions(dates: readonly string[]): Html {
  const days = dates.map((date) => ({ date, code: 'u' as const }));
  const halves = ([0, 1] as const).map((which) => {
    const months = half(days, which).filter(({ date }) => date.endsWith('-01'));
    const names = months.map(
      ({ column, row, date }) => html`<text x="${row === 0 ? column : column + 1}" y="-.9">${monthWord(date)}</text>`,
    );
    return html`<g id="w${which}">${names}${weekdays}</g>`;
  });
  return html`<svg class="defs" aria-hidden="true"><defs>${halves}</defs></svg>`;
}

const weekdays = new Html(
  '<text x="-2.5" y=".3">Mon</text><text x="-2.5" y="2.3">Wed</text><text x="-2.5" y="4.3">Fri</text>',
);

/** A year in two halves, which stand side by side, or below each other on a phone. */
export function year(days: readonly CalendarDay[]): Html {
  const halves = ([0, 1] as const).map((which) => {
    const cells = half(days, which);
    const [from = '', until = ''] = [cells[0]?.date, cells.at(-1)?.date];
    const span = `${monthWord(from)} ${from.slice(0, 4)} to ${monthWord(until)} ${until.slice(0, 4)}`;
    return html`<svg class="weeks" role="img" aria-label="${span}: ${countWords(cells)}" viewBox="-2.5 -2 30 8.7"><use href="#w${which}"/>${paths(cells)}</svg>`;
  });
  return html`<div class="year">${halves}</div>`;
}

/** One cell of a state, for the legend. */
export function sample(code: DayCode): Html {
  return html`<svg class="sample" aria-hidden="true" viewBox="0 -.5 1 1">${paths([{ column: 0, row: 0, code }])}</svg>`;
}
