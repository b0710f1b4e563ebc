/**
 * Days as cells, each state with a shape of its own. Cells of one state are one path: `M3 0v7` is a week of them, which the dashes of the
 * stroke cut into days. So a year of fifty sources stays short.
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

/** Shapes that a stroke along the cells makes, by the class in the style sheet; the others are drawn one by one. */
const drawn: Partial<Readonly<Record<DayCode, string>>> = {
  // A cross, and an empty square.
  b: 'm-.3 .1l.6 .6m0-.6l-.6 .6',
  m: 'm-.34 .08h.68v.68h-.68z',
};

/** The path of the cells of one state. Cells that follow each other in a column are one line. */
function pathOf(cells: readonly Cell[], code: DayCode): string {
  const own = cells.filter((cell) => cell.code === code);
  const shape = drawn[code];
  if (shape !== undefined) return own.map(({ column, row }) => `M${column} ${row}${shape}`).join('');
  let path = '';
  for (let at = 0; at < own.length; ) {
    const start = own[at];
    if (!start) break;
    let length = 1;
    while (own[at + length]?.column === start.column && own[at + length]?.row === start.row + length) length += 1;
    path += `M${start.column} ${start.row}v${length}`;
    at += length;
  }
  return path;
}

function paths(cells: readonly Cell[]): readonly Html[] {
  return dayCodes
    .filter((code) => cells.some((cell) => cell.code === code))
    .flatMap((code) => {
      const path = html`<path class="c ${code}" d="${pathOf(cells, code)}"/>`;
      // A bad day is a filled cell with a cross on it.
      return code === 'b' ? [html`<path class="c bb" d="${solid(cells)}"/>`, path] : [path];
    });
}

const solid = (cells: readonly Cell[]): string =>
  cells
    .filter(({ code }) => code === 'b')
    .map(({ column, row }) => `M${column} ${row}v1`)
    .join('');

/** `341 days proven, 2 bad, 9 missed`. */
export function countWords(days: readonly CalendarDay[]): string {
  const counts = dayCodes.flatMap((code) => {
    const count = days.filter((day) => day.code === code).length;
    return count > 0 ? [`${count} ${dayWords[code]}`] : [];
  });
  return counts.join(', ');
}

/** The last days in one row, oldest first. */
export function strip(days: readonly CalendarDay[]): Html {
  const cells = days.map(({ code }, column) => ({ column, row: 0, code }));
  return html`<svg class="strip" role="img" aria-label="Last ${days.length} days: ${countWords(days)}" viewBox="-.5 0 ${days.length} 1">${paths(cells)}</svg>`;
}

/** A year in two halves, which stand side by side, or below each other on a phone. Weeks are columns, and begin on Monday. */
export function year(days: readonly CalendarDay[]): Html {
  const first = days[0];
  if (!first) return html``;
  const start = dayNumber(first.date) - weekday(first.date);
  const cells = days.map(({ date, code }) => ({
    column: Math.floor((dayNumber(date) - start) / 7),
    row: weekday(date),
    code,
    date,
  }));
  const columns = (cells.at(-1)?.column ?? 0) + 1;
  const middle = Math.ceil(columns / 2);
  return html`<div class="year">${half(cells, 0, middle)}${half(cells, middle, columns)}</div>`;
}

function half(cells: readonly (Cell & { readonly date: string })[], from: number, until: number): Html {
  const own = cells
    .filter(({ column }) => column >= from && column < until)
    .map((cell) => ({ ...cell, column: cell.column - from }));
  const [first, last] = [own[0], own.at(-1)];
  if (!first || !last) return html``;
  const months = own
    .filter(({ date }) => date.endsWith('-01'))
    .filter(({ column }) => column < until - from - 1)
    .map(
      ({ column, row, date }) =>
        html`<text x="${row === 0 ? column - 0.5 : column + 0.5}" y="-.4">${monthWord(date)}</text>`,
    );
  const label = `${monthWord(first.date)} ${first.date.slice(0, 4)} to ${monthWord(last.date)} ${last.date.slice(0, 4)}`;
  const text = countWords(own);
  return html`<svg class="weeks" role="img" aria-label="${label}: ${text}" viewBox="-2.6 -1.5 30 8.7">${months}${weekdays}${paths(own)}</svg>`;
}

const weekdays = new Html(
  '<text x="-2.6" y=".8">Mon</text><text x="-2.6" y="2.8">Wed</text><text x="-2.6" y="4.8">Fri</text>',
);

/** One cell of a state, for the legend. */
export function sample(code: DayCode): Html {
  return html`<svg class="sample" aria-hidden="true" viewBox="-.5 0 1 1">${paths([{ column: 0, row: 0, code }])}</svg>`;
}
