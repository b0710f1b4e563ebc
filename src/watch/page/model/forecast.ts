/**
 * How long a restore would take, from restores that were measured.
 *
 * A line through size and time is fitted by the median of the slopes between all pairs of measurements (Theil-Sen), which a few odd
 * ones do not bend. Where sizes hardly differ there is no slope, and the median time counts. The spread is what measured restores
 * deviated from it: of the middle 80 %, or of all when there are fewer than ten.
 */

export interface Measurement {
  /** ISO 8601. */
  readonly at: string;
  readonly bytes?: number | undefined;
  readonly seconds: number;
}

export interface Forecast {
  readonly seconds: number;
  /** Where restores like those measured would lie. */
  readonly from: number;
  readonly until: number;
  readonly measurements: number;
  /** Whether the size counts; otherwise it is the median of the times. */
  readonly bySize: boolean;
  /** Whether the size is beyond those that were measured by more than a tenth. */
  readonly beyond: boolean;
}

/** Fewer say nothing of a spread. */
export const fewestMeasurements = 5;
/** More change nothing, and pairs grow with their square. */
const mostMeasurements = 120;
/** Sizes that differ by less tell noise from nothing. */
const leastGrowth = 1.1;

/** @returns undefined without enough measurements */
export function forecast(measured: readonly Measurement[], bytes: number | undefined): Forecast | undefined {
  const newest = measured.toSorted((a, b) => b.at.localeCompare(a.at)).slice(0, mostMeasurements);
  if (newest.length < fewestMeasurements) return undefined;
  const sized = newest.flatMap((one) => (one.bytes === undefined ? [] : [[one.bytes, one.seconds] as const]));
  const sizes = sized.map(([size]) => size);
  const [smallest, largest] = [Math.min(...sizes), Math.max(...sizes)];
  const bySize = bytes !== undefined && sized.length >= fewestMeasurements && largest >= smallest * leastGrowth;
  if (!bySize) {
    const seconds = median(newest.map((one) => one.seconds));
    return around(
      seconds,
      newest.map((one) => one.seconds - seconds),
      { bySize: false, beyond: false },
    );
  }
  // Nobody restores more in less time: a falling line is chance, or a faster host.
  const slope = Math.max(0, median(slopes(sized)));
  const start = median(sized.map(([size, seconds]) => seconds - slope * size));
  const deviations = sized.map(([size, seconds]) => seconds - (start + slope * size));
  const beyond = bytes > largest * 1.1 || bytes < smallest / 1.1;
  return around(Math.max(0, start + slope * bytes), deviations, { bySize, beyond });
}

function slopes(points: readonly (readonly [number, number])[]): number[] {
  return points.flatMap(([x1, y1], at) =>
    points.slice(at + 1).flatMap(([x2, y2]) => (x1 === x2 ? [] : [(y2 - y1) / (x2 - x1)])),
  );
}

function around(seconds: number, deviations: readonly number[], how: Pick<Forecast, 'bySize' | 'beyond'>): Forecast {
  const sorted = deviations.toSorted((a, b) => a - b);
  const share = sorted.length < 10 ? 0 : 0.1;
  return {
    seconds,
    from: Math.max(0, seconds + Math.min(0, quantile(sorted, share))),
    until: seconds + Math.max(0, quantile(sorted, 1 - share)),
    measurements: sorted.length,
    ...how,
  };
}

export function median(values: readonly number[]): number {
  return quantile(
    values.toSorted((a, b) => a - b),
    0.5,
  );
}

/** Between the two values around it, where there is none at that place. */
function quantile(sorted: readonly number[], share: number): number {
  const at = (sorted.length - 1) * share;
  const [low = 0, high = low] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]];
  return low + (high - low) * (at - Math.floor(at));
}

/** Bytes a day by which a source grows (Theil-Sen); undefined below a month of sizes. */
export function growth(sizes: readonly { readonly day: number; readonly bytes: number }[]): number | undefined {
  const newest = sizes.slice(-mostMeasurements);
  const [first, last] = [newest[0], newest.at(-1)];
  if (!first || !last || newest.length < 10 || last.day - first.day < 30) return undefined;
  return median(slopes(newest.map(({ day, bytes }) => [day, bytes] as const)));
}
