/** Which promised run counts at a time. */
import { slotOf } from '../../rotation/plan/dates.ts';
import { lastRuns, nextRuns } from '../../runtime/schedule/runs.ts';
import type { PromisedSchedule, PromisedSource, Slot } from '../promises/promise.ts';

export interface DueRun {
  /** When the run was promised, epoch ms. */
  readonly at: number;
  /** A backup from this time on keeps the promise, epoch ms: the run itself, or the beginning of its slot. */
  readonly from: number;
}

/** How far the clock of a database server may be behind or ahead, by which dumps say when they were taken. */
export const clockTolerance = 10 * 60_000;

/**
 * The newest promised run whose allowance is over: whoever keeps this promise has kept all earlier ones.
 * @returns undefined when none was promised yet
 */
export function newestDue({ schedules, targets }: PromisedSource, now: Date): DueRun | undefined {
  const limit = now.getTime() - targets.allowanceSeconds * 1000;
  return schedules
    .flatMap((one) => dueOf(one, limit) ?? [])
    .reduce<DueRun | undefined>((best, one) => (best === undefined || one.from > best.from ? one : best), undefined);
}

/** The next promised run; undefined when there is none. */
export function nextPromised({ schedules }: PromisedSource, now: Date): number | undefined {
  const next = schedules
    .filter(({ until }) => until === undefined)
    .map((one) => intervalAt(one, now.getTime(), aroundNow).next)
    .filter(Number.isFinite);
  return next.length === 0 ? undefined : Math.min(...next);
}

function dueOf(schedule: PromisedSchedule, limit: number): DueRun | undefined {
  const end = schedule.until === undefined ? limit : Math.min(limit, Date.parse(schedule.until));
  const run = intervalAt(schedule, end, aroundDue).last;
  return run === undefined || run < Date.parse(schedule.since) ? undefined : dueRun(schedule, run);
}

/** @param run when the schedule runs, epoch ms */
export function dueRun({ slot }: Pick<PromisedSchedule, 'slot'>, run: number): DueRun {
  return { at: run, from: slot === undefined ? run - clockTolerance : startOfSlot(run, slot) };
}

/** The runs of a slot share its beginning, which costs a hundred steps to find. */
const slots = new Map<string, { readonly slot: string; readonly start: number }>();

interface Interval {
  readonly last: number | undefined;
  readonly next: number;
}

/** Looking for a run costs half a millisecond: until the next run, the last one stays the same. */
const aroundDue = new Map<string, Interval>();
const aroundNow = new Map<string, Interval>();

/** The last run at a time or before it, and the next one after it. */
function intervalAt(schedule: PromisedSchedule, time: number, remembered: Map<string, Interval>): Interval {
  // Of one that ended, the time stands still.
  const key = `${schedule.expression} ${schedule.timeZone} ${schedule.until ?? ''}`;
  const known = remembered.get(key);
  if (known !== undefined && time >= (known.last ?? Number.NEGATIVE_INFINITY) && time < known.next) return known;
  const after = (at: number): number => nextRuns(schedule, 1, new Date(at))[0]?.getTime() ?? Number.POSITIVE_INFINITY;
  // Time goes on: mostly one run further.
  const further = known !== undefined && time >= known.next ? after(known.next) : time;
  if (known !== undefined && further > time) {
    const one = { last: known.next, next: further };
    remembered.set(key, one);
    return one;
  }
  const found = {
    // A run at this very time counts: the library looks at whole seconds before.
    last: lastRuns(schedule, 1, new Date(time + 1000))[0]?.getTime(),
    next: after(time),
  };
  remembered.set(key, found);
  return found;
}

/** When the slot of a run began. Hours of every zone begin at a quarter of an hour of UTC. */
function startOfSlot(run: number, { everyHours, timeZone }: Slot): number {
  const slot = slotOf(new Date(run), timeZone, everyHours);
  const key = `${everyHours} ${timeZone}`;
  const known = slots.get(key);
  if (known?.slot === slot) return known.start;
  const quarter = 15 * 60_000;
  let start = Math.floor(run / quarter) * quarter;
  while (slotOf(new Date(start - 1), timeZone, everyHours) === slot) start -= quarter;
  slots.set(key, { slot, start });
  return start;
}
