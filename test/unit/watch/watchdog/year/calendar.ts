/** When lines of schedules run, by the clock of their zones, without a library for cron; and what chance makes of the runs. */
import { type Day, day, end, type Line, minute, start } from './customer.ts';

const formats = new Map<string, Intl.DateTimeFormat>();

/** How far a zone is ahead of UTC at a time, in milliseconds. */
function aheadOf(timeZone: string, time: number): number {
  const known = formats.get(timeZone);
  const format = known ?? new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' });
  if (known === undefined) formats.set(timeZone, format);
  const [, sign = '+', hours = '0', minutes = '0'] = /GMT([+-])(\d\d):(\d\d)/.exec(format.format(time)) ?? [];
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * minute;
}

/** The time at which the clock of a zone shows something: the first of two, and the end of the gap where it never does. @param clock as if of UTC */
export function timeOn(timeZone: string, clock: number): number {
  const times = [clock - day, clock + day].map((around) => clock - aheadOf(timeZone, around));
  const right = times.filter((time) => time + aheadOf(timeZone, time) === clock);
  if (right.length > 0) return Math.min(...right);
  let [before, after] = [Math.min(...times), Math.max(...times)];
  const ahead = aheadOf(timeZone, before);
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (aheadOf(timeZone, middle) === ahead) before = middle;
    else after = middle;
  }
  return after;
}

const midnights = new Map<string, number>();

/** When the day of a zone began, at a time. */
export function midnightOn(timeZone: string, time: number): number {
  const key = `${timeZone} ${time}`;
  const found = midnights.get(key) ?? timeOn(timeZone, Math.floor((time + aheadOf(timeZone, time)) / day) * day);
  midnights.set(key, found);
  return found;
}

const known = new Map<string, readonly number[]>();

/** All runs of a line in the year, in order. */
export function runsOf({ cron, timeZone, at, on = () => true }: Line): readonly number[] {
  const key = `${cron} ${timeZone}`;
  const found = known.get(key);
  if (found !== undefined) return found;
  const runs: number[] = [];
  for (let date = start - day; date <= end; date += day) {
    const one = new Date(date);
    const parts: Day = { month: one.getUTCMonth() + 1, date: one.getUTCDate(), weekday: one.getUTCDay() };
    if (!on(parts)) continue;
    for (const clock of at) {
      const [hours = 0, minutes = 0] = clock.split(':').map(Number);
      const time = timeOn(timeZone, date + (hours * 60 + minutes) * minute);
      if (time >= start && time < end) runs.push(time);
    }
  }
  known.set(key, runs);
  return runs;
}
