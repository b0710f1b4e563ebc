/** Figures over the year, as a line or as points; the caption beside it says the same in words. */
import type { DayOf } from '../model/days.ts';
import { dayNumber } from '../model/days.ts';
import { type Measurement, median } from '../model/forecast.ts';
import { type Html, html } from './html.ts';
import { monthWord } from './words.ts';

export interface Point {
  /** Number of the day. */
  readonly day: number;
  readonly value: number;
}

export interface Chart {
  /** What it is: the caption beside it says the same in words. */
  readonly label: string;
  readonly points: readonly Point[];
  /** Numbers of the first and the last day. */
  readonly days: readonly [number, number];
  readonly format: (value: number) => string;
  /** A limit, drawn as a dashed line. */
  readonly limit?: number | undefined;
  /** What is expected at the end, with its spread. */
  readonly expected?: { readonly from: number; readonly until: number } | undefined;
  /** Points are measured one by one; a line is a state that lasts. */
  readonly as: 'line' | 'points';
  /** Days for each value that is shown. */
  readonly every: number;
}

const [width, height] = [300, 60];

/** One value for so many days: of a year, one a week is as much as can be seen. */
export function thinned(points: readonly Point[], end: number, every: number): readonly Point[] {
  const parts = Map.groupBy(points, ({ day }) => Math.floor((end - day) / every));
  return [...parts.values()]
    .map((some) => ({ day: some.at(-1)?.day ?? 0, value: median(some.map(({ value }) => value)) }))
    .sort((a, b) => a.day - b.day);
}

/** @returns nothing below two points: they make no picture */
export function chart({ label, points, days: [first, last], format, limit, expected, as, every }: Chart): Html {
  const shown = thinned(points, last, every);
  if (shown.length < 2) return html``;
  const values = shown.map(({ value }) => value);
  const top = Math.max(...values, limit ?? 0, expected?.until ?? 0) * 1.08 || 1;
  const x = (day: number): number => Math.round(((day - first) / (last - first || 1)) * width);
  const y = (value: number): number => Math.round(height - (value / top) * height);
  const places = shown.map(({ day, value }) => [x(day), y(value)] as const);
  const [start, end] = [points[0], points.at(-1)];
  return html`<svg class="chart" role="img" aria-label="${label}" viewBox="-3 -16 360 94"><use href="#axis"/>${
    expected && html`<path class="band" d="M${width} ${y(expected.until)}h10V${y(expected.from)}h-10z"/>`
  }${
    limit !== undefined &&
    html`<path class="limit" d="M0 ${y(limit)}H${width}"/><text x="315" y="${y(limit) + 4}">target</text>`
  }<path class="${as}" d="${pathOf(places, as)}"/><text x="${x(start?.day ?? first)}" y="${above(y(start?.value ?? 0))}">${format(start?.value ?? 0)}</text><text class="end" x="${width}" y="${above(y(end?.value ?? 0))}">${format(end?.value ?? 0)}</text></svg>`;
}

/** Where a text stands above a line. */
function above(y: number): number {
  return Math.max(-4, y - 9);
}

/** In steps from one place to the next, which is shorter. */
function pathOf(places: readonly (readonly [number, number])[], as: Chart['as']): string {
  return places
    .map(([x, y], at) => {
      const [beforeX, beforeY] = places[at - 1] ?? [0, 0];
      if (at === 0) return `M${x} ${y}${as === 'points' ? 'h0' : ''}`;
      const step = `${x - beforeX}${y < beforeY ? '' : ' '}${y - beforeY}`;
      return as === 'points' ? `m${step}h0` : `${at === 1 ? 'l' : ' '}${step}`;
    })
    .join('');
}

/** The axis with its months, which is the same in each chart: it stands once in the page. */
export function chartDefinitions(dates: readonly string[]): Html {
  const [first = '', last = ''] = [dates[0], dates.at(-1)];
  return html`<svg class="defs" aria-hidden="true"><defs><g id="axis"><path class="axis" d="M0 ${height}H${width}"/><text x="0" y="74">${monthOf(first)}</text><text class="end" x="${width}" y="74">${monthOf(last)}</text></g></defs></svg>`;
}

function monthOf(date: string): string {
  return `${monthWord(date)} ${date.slice(0, 4)}`;
}

export function pointsOf(measured: readonly Measurement[], dayOf: DayOf): readonly Point[] {
  return measured.map(({ at, seconds }) => ({ day: dayNumber(dayOf(at)), value: seconds })).reverse();
}
