/** What the watchdog's promises say of the runs of a year. */
import { slotOf } from '../../rotation/plan/dates.ts';
import { lastRuns, nextRuns } from '../../runtime/schedule/runs.ts';
import type { PromisedSchedule, PromisedSource } from '../promises/promise.ts';
import type { PagePromise } from './model/input.ts';

/** Of what runs more often than daily, the last weeks are known: finding a run costs half a millisecond. */
const mostRuns = 400;

/** @param source what is promised @param now the moment of the page */
export function pagePromise(source: PromisedSource, now: Date, known: KnownRuns): PagePromise {
  const { targets, schedules } = source;
  const lists = schedules.map((one) => runsOf(one, now, known));
  const runs = [...new Set(lists.flatMap(({ runs: some }) => some))].sort((a, b) => a - b);
  const since = Math.max(Date.parse(source.since), ...lists.flatMap(({ since: from }) => from ?? []));
  const path = schedules.find(({ until, workflow }) => until === undefined && workflow.startsWith(workflows))?.workflow;
  return {
    source: source.source,
    kind: source.kind,
    instanceId: source.instanceId,
    allDatabases: source.allDatabases,
    targetsOfDatabases: source.targetsOfDatabases,
    goneDatabases: source.goneDatabases,
    schedules: [
      ...new Set(
        schedules
          .filter(({ until }) => until === undefined)
          .map(({ expression, timeZone }) => `${expression} (${timeZone})`),
      ),
    ],
    runs: runs.map((run) => new Date(run).toISOString()),
    since: new Date(since).toISOString(),
    allowanceSeconds: targets.allowanceSeconds,
    rpoSeconds: targets.rpoSeconds,
    rtoSeconds: targets.rtoSeconds,
    workflow: path?.slice(workflows.length),
  };
}

const workflows = '.github/workflows/';

/** Runs by schedule, which many sources share. */
export type KnownRuns = Map<string, Runs>;

export interface Runs {
  readonly runs: readonly number[];
  /** When not all runs are known: the first one that is. */
  readonly since: number | undefined;
}

/** The runs between the first reading of a schedule and its end, and the next one; of those that share a slot, the first. */
function runsOf(schedule: PromisedSchedule, now: Date, known: KnownRuns): Runs {
  const { expression, timeZone, slot, since } = schedule;
  const key = [expression, timeZone, slot?.everyHours, slot?.timeZone, since].join(' ');
  const all = known.get(key) ?? runsAround(schedule, now);
  known.set(key, all);
  const until = schedule.until === undefined ? Number.POSITIVE_INFINITY : Date.parse(schedule.until);
  const runs = all.runs.filter((run) => run >= Date.parse(since) && run <= until);
  return { runs, since: all.since };
}

function runsAround(schedule: PromisedSchedule, now: Date): Runs {
  const { past, isWhole } = lastYear(schedule, now);
  const { slot } = schedule;
  const slots = new Set<string>();
  const runs = [...past, ...nextRuns(schedule, 2, now)]
    .filter((run) => {
      const own = slot === undefined ? run.toISOString() : slotOf(run, slot.timeZone, slot.everyHours);
      const isFirst = !slots.has(own);
      slots.add(own);
      return isFirst;
    })
    .map((run) => run.getTime());
  return { runs, since: isWhole ? undefined : past[0]?.getTime() };
}

const yearMs = 367 * 86_400_000;
/** Runs found at a time. */
const batch = 32;

/** The runs of the last year since the schedule was read first, oldest first, and whether these are all. */
function lastYear(schedule: PromisedSchedule, now: Date): { past: readonly Date[]; isWhole: boolean } {
  const from = Math.max(Date.parse(schedule.since), now.getTime() - yearMs);
  const past: Date[] = [];
  // A run at this very time counts.
  let before = new Date(now.getTime() + 1000);
  while (past.length < mostRuns) {
    const some = lastRuns(schedule, batch, before);
    past.push(...some);
    before = some.at(-1) ?? before;
    if (some.length < batch || before.getTime() < from) return { past: past.reverse(), isWhole: true };
  }
  return { past: past.reverse(), isWhole: false };
}
