/**
 * How long a snapshot is kept. The decision falls once, when the snapshot is made, and stands in its tag DeleteOn, so
 * that anybody can read it and change it.
 */
import { addDays, addMonths, monthOf, weekOf } from './dates.ts';

/** Days each snapshot is kept, weeks the first of a week, months the first of a month; 0 for no such keep. */
export interface Retention {
  readonly days: number;
  readonly weeks: number;
  readonly months: number;
}

/** Words for an error: what `Retention` may be. */
export const allowedRetention = 'days from 1 to 3650, or keeps such as 7d 4w 12m (each from 1 to 3650, once)';

const most = 3650;

/**
 * `7`, or `7d 4w 12m` in any order; undefined when it is neither. Without `d` a snapshot that no weekly or monthly keep
 * holds stays one day.
 */
export function parseRetention(text: string): Retention | undefined {
  const words = text
    .trim()
    .toLowerCase()
    .split(/[\s,]+/);
  const counts = { d: 0, w: 0, m: 0 };
  for (const word of words) {
    const [, digits, unit = 'd'] = /^(\d{1,4})([dwm])?$/.exec(word) ?? [];
    // Of a word that is none of these the count is no number, and refused below.
    const count = Number(digits);
    const key = unit as keyof typeof counts;
    // A bare number stands alone: in "7 4w" nobody could say what the 7 was meant to be.
    const bare = digits === word;
    if (!(count >= 1 && count <= most) || counts[key] > 0 || (bare && words.length > 1)) return undefined;
    counts[key] = count;
  }
  return { days: Math.max(1, counts.d), weeks: counts.w, months: counts.m };
}

/** As the tag would say it: `7`, `7d 4w`. */
export function showRetention({ days, weeks, months }: Retention): string {
  if (weeks === 0 && months === 0) return String(days);
  return [`${days}d`, ...(weeks > 0 ? [`${weeks}w`] : []), ...(months > 0 ? [`${months}m`] : [])].join(' ');
}

export type Tier = 'daily' | 'weekly' | 'monthly';

/** An earlier set of snapshots of the same instance: its day, and the tiers that it stands for. */
export interface EarlierSet {
  readonly day: string;
  readonly tiers: readonly Tier[];
}

/** The tiers of a set made on `day`: weekly and monthly when no earlier set stands for that week or month. */
export function tiersOf(retention: Retention, day: string, earlier: readonly EarlierSet[]): Tier[] {
  const stands = (tier: Tier, same: (other: string) => boolean): boolean =>
    earlier.some((set) => set.tiers.includes(tier) && same(set.day));
  const tiers: Tier[] = ['daily'];
  if (retention.weeks > 0 && !stands('weekly', (other) => weekOf(other) === weekOf(day))) tiers.push('weekly');
  if (retention.months > 0 && !stands('monthly', (other) => monthOf(other) === monthOf(day))) tiers.push('monthly');
  return tiers;
}

/** `YYYY-mm-dd`: the first day on which the snapshot may be deleted. */
export function deleteOnOf(retention: Retention, day: string, tiers: readonly Tier[]): string {
  const ends = [addDays(day, retention.days)];
  if (tiers.includes('weekly')) ends.push(addDays(day, retention.weeks * 7));
  if (tiers.includes('monthly')) ends.push(addMonths(day, retention.months));
  return ends.sort().at(-1) as string;
}

/** Sets that this retention holds at any one time once it has had its time, with one set a day. */
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
    // Only this month's and this week's sets decide about the next.
    if (recent.length > 40) recent.shift();
    if (deleteOnOf(retention, day, tiers) > today) held += 1;
  }
  return held;
}
