/** A source in full: its year, its sizes and restore times, what went wrong, and what is kept. Closed unless it is in trouble. */
import { lastProof } from '../../../domain/backup.ts';
import { formatBytes, formatDuration, plural } from '../../../runtime/format.ts';
import { codeOf } from '../model/calendar.ts';
import { dayNumber } from '../model/days.ts';
import { fewestMeasurements } from '../model/forecast.ts';
import { isTroubled } from '../model/model.ts';
import type { SourceModel } from '../model/source.ts';
import { countWords, year } from './calendar-svg.ts';
import { chart, pointsOf } from './chart-svg.ts';
import type { PageContext } from './context.ts';
import { type Html, html } from './html.ts';
import { icon } from './icons.ts';
import { failures, keptTable } from './lists.ts';
import { ageWords, kindWords, stateWords, type TimeWords, targetWords, tones } from './words.ts';

export function details(context: PageContext): Html {
  const { sources } = context.model;
  if (sources.length === 0) return html``;
  return html`<section aria-labelledby="each"><h2 id="each">Each source</h2>${sources.map((one) => detail(one, context))}</section>`;
}

function detail(source: SourceModel, context: PageContext): Html {
  const tone = tones[source.state];
  return html`<details id="${context.anchor(source.key)}"${isTroubled(source) && html` open`}><summary><h3>${icon(tone)}${source.source} <span class="kind">${kindWords[source.kind]}</span> <span class="tag ${tone}">${stateWords[source.state]}</span></h3></summary><div class="body">${facts(
    source,
    context,
  )}<figure><figcaption>The year, a day in each cell: ${countWords(source.year)}.</figcaption>${year(source.year)}</figure><div class="figures">${sizes(source, context)}${times(source, context)}</div>${failures(source, context)}${keptTable(source, context)}</div></details>`;
}

function facts(source: SourceModel, { time }: PageContext): Html {
  const { promise, target, newestGood, newest, copies } = source;
  const proof = newestGood && lastProof(newestGood);
  const regions = [...new Set(copies.map(({ region }) => region))];
  const rows: readonly (readonly [string, Html | string | undefined])[] = [
    [
      'Promised',
      promise?.schedules.length ? promise.schedules.join(', ') : promise ? 'no schedule' : 'nobody promises it',
    ],
    [
      'Target',
      target &&
        `${ageWords(target.seconds)}, ${target.from === 'rpo' ? 'set for this source' : 'by its schedule and what a run may be late'}`,
    ],
    ['Newest backup', newest && time(newest.takenAt)],
    ['Newest proven', newestGood && newestGood !== newest ? time(newestGood.takenAt) : undefined],
    ['Proven at', proof && time(proof.at)],
    ['Proofs', proofWords(source, time)],
    ['Copies', regions.length > 0 ? `${copies.length} in ${regions.join(', ')}` : undefined],
    ['Restore', forecastWords(source)],
    ['Note', promise?.notes?.join('; ')],
  ];
  return html`<dl>${rows.filter(([, value]) => value !== undefined && value !== '').map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

/** Of all that is kept: how much is proven, and how long ago at most. */
function proofWords({ backups, copies }: SourceModel, time: TimeWords): string | undefined {
  const kept = [...backups, ...copies];
  const proven = kept.flatMap((one) => (codeOf(one) === 'p' ? (lastProof(one)?.at ?? []) : []));
  const [oldest] = proven.toSorted();
  return oldest && `${proven.length} of ${kept.length} kept are proven, the one longest ago at ${time(oldest)}`;
}

/** How long a restore would take, with its spread and where that comes from. */
export function forecastWords({ forecast, measured, promise }: SourceModel): string | undefined {
  if (measured.length === 0) return undefined;
  if (!forecast) return `no forecast: ${measured.length} of the ${fewestMeasurements} measured restores that it needs`;
  const { seconds, from, until, measurements, bySize, beyond } = forecast;
  const rto = promise?.rtoSeconds;
  const against =
    rto === undefined
      ? ''
      : until > rto
        ? `; the target of ${targetWords(rto)} may be missed`
        : `; target ${targetWords(rto)}`;
  const spread =
    formatDuration(from) === formatDuration(until) ? '' : ` (${formatDuration(from)} to ${formatDuration(until)})`;
  const how = bySize ? ' at its present size' : '';
  const caution = beyond ? ', a size that was never restored' : '';
  return `would take about ${formatDuration(seconds)}${spread}${how}${caution}, by ${plural(measurements, 'measured restore')}${against}`;
}

function sizes({ year: days, growth, bytes }: SourceModel, { room }: PageContext): Html {
  const points = days.flatMap(({ date, bytes: value }) =>
    value === undefined ? [] : [{ day: dayNumber(date), value }],
  );
  const [first, last] = [points[0], points.at(-1)];
  if (bytes === undefined || !first || !last || points.length < 2) return html``;
  const grows =
    growth === undefined || Math.abs(growth) * 30 < bytes / 1000
      ? ''
      : `; ${growth > 0 ? 'grows' : 'shrinks'} by ${formatBytes(Math.abs(growth) * 30)} in 30 days`;
  const caption = `Size: ${formatBytes(bytes)}, ${formatBytes(first.value)} ${plural(last.day - first.day, 'day')} before${grows}.`;
  const picture = chart({
    label: 'Size over the year',
    points,
    days: span(days),
    format: formatBytes,
    as: 'line',
    every: room.chartDays,
  });
  return html`<figure><figcaption>${caption}</figcaption>${picture}</figure>`;
}

function times({ year: days, measured, forecast, promise }: SourceModel, { dayOf, room }: PageContext): Html {
  if (measured.length < 2) return html``;
  const seconds = measured.map((one) => one.seconds);
  const [least, most] = [Math.min(...seconds), Math.max(...seconds)];
  const caption = `Recovery time: ${formatDuration(seconds[0] ?? 0)} last, ${formatDuration(least)} to ${formatDuration(most)} in ${plural(measured.length, 'restore')}.`;
  const picture = chart({
    label: 'Recovery time over the year',
    points: pointsOf(measured, dayOf),
    days: span(days),
    format: formatDuration,
    limit: promise?.rtoSeconds,
    expected: forecast,
    as: 'points',
    every: room.chartDays,
  });
  return html`<figure><figcaption>${caption}</figcaption>${picture}</figure>`;
}

function span(days: readonly { readonly date: string }[]): readonly [number, number] {
  return [dayNumber(days[0]?.date ?? ''), dayNumber(days.at(-1)?.date ?? '')];
}
