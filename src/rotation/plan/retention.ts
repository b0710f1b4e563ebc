/**
 * How long a snapshot is kept. That is decided once, when the snapshot is made, and written to its tag DeleteOn, where
 * anybody can read and change it.
 */
import { addDays, addMonths, monthOf, weekOf } from './dates.ts';

/** Days for which each snapshot is kept, weeks for the first of a week, months for the first of a month; 0 for none. */
export interface Retention {
  readonly days: number;
  readonly weeks: number;
  readonly months: number;
}

/** What a retention may be, for errors and the README. */
export const allowedRetention = 'days (1 to 3650), or tiers such as 7d 4w 12m (each 1 to 3650, at most once)';

const most = 3650;

/**
 * Reads `7`, or `7d 4w 12m` in any order; undefined when it is neither. Without `d`, a snapshot that is neither the first
 * of a week nor of a month is kept one day.
 */
export function parseRetention(text: string): Retention | undefined {
  const words = text
    .trim()
    .toLowerCase()
    .split(/[\s,]+/);
  const counts = { d: 0, w: 0, m: 0 };
  for (const word of words) {
    const [, digits, unit = 'd'] = /^(\d{1,4})([dwm])?$/.exec(word) ?? [];
    // For any other word the count is NaN, which is refused below.
    const count = Number(digits);
    const key = unit as keyof typeof counts;
    // A number without a unit must be the only one: in "7 4w" the 7 could mean anything.
    const bare = digits === word;
    if (!(count >= 1 && count <= most) || counts[key] > 0 || (bare && words.length > 1)) return undefined;
    counts[key] = count;
  }
  return { days: Math.max(1, counts.d), weeks: counts.w, months: counts.m };
}

/** As the tag has it: `7`, `7d 4w`. */
export function showRetention({ days, weeks, months }: Retention): string {
  if (weeks === 0 && months === 0) return String(days);
  return [`${days}d`, ...(weeks > 0 ? [`${weeks}w`] : []), ...(months > 0 ? [`${months}m`] : [])].join(' ');
}

export type Tier = 'daily' | 'weekly' | 'monthly';

/** An earlier set of snapshots of the same instance: its day, and the tiers it counts for. */
export interface EarlierSet {
  readonly day: string;
  readonly tiers: readonly Tier[];
}

/** The tiers of a set made on `day`: weekly and monthly when no earlier set counts for that week or month. */
export function tiersOf(retention: Retention, day: string, earlier: readonly EarlierSet[]): Tier[] {
  const covered = (tier: Tier, same: (other: string) => boolean): boolean =>
    earlier.some((set) => set.tiers.includes(tier) && same(set.day));
  const tiers: Tier[] = ['daily'];
  if (retention.weeks > 0 && !covered('weekly', (other) => weekOf(other) === weekOf(day))) tiers.push('weekly');
  if (retention.months > 0 && !covered('monthly', (other) => monthOf(other) === monthOf(day))) tiers.push('monthly');
  return tiers;
}

/** `YYYY-mm-dd`: the first day on which the snapshot may be deleted. */
export function deleteOnOf(retention: Retention, day: string, tiers: readonly Tier[]): string {
  const ends = [addDays(day, retention.days)];
  if (tiers.includes('weekly')) ends.push(addDays(day, retention.weeks * 7));
  if (tiers.includes('monthly')) ends.push(addMonths(day, retention.months));
  return ends.sort().at(-1) as string;
}

/** How many sets exist at any one time in the long run, with one set a day. */
export function steadyCount(retention: Retention): number {
  const horizon = Math.min(5000, Math.max(retention.days, retention.weeks * 7, retention.months * 31) + 1);
  const first = '2024-01-01';
  const today = addDays(first, horizon);
  const recent: EarlierSet[] = [];
  let held = 0;
  for (let count = 0; count <= horizon; count += 1) {
    const day = addDays(first, count);
    const tiers = tiersOf(retention, day, recent);
    recent.push({ day, tiers });
    // Only the sets of this month and this week affect the next one.
    if (recent.length > 40) recent.shift();
    if (deleteOnOf(retention, day, tiers) > today) held += 1;
  }
  return held;
}
