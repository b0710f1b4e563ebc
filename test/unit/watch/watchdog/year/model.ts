/**
 * What must be told at a time: docs/watching.md once more, run by run and without the product's code. A schedule is promised from the
 * first look on GitHub that finds it, until the first that does not.
 */
import { midnightOn, runsOf } from './calendar.ts';
import type { Made, Snapshot } from './chance.ts';
import { day, files, holds, hour, type Line, type Machine, machines, minute, slotZone, wantedOf } from './customer.ts';

interface KnownLine {
  readonly line: Line;
  readonly since: number;
  until?: number;
}

interface Known {
  readonly since: number;
  readonly lines: Map<string, KnownLine>;
  /** When its targets were read. */
  readonly readAt: number;
}

/** What is kept of a source, or of a volume, in the order in which it appears. */
interface Kept {
  readonly takenAt: number;
  readonly appearsAt: number;
  readonly lostAt?: number;
  readonly good: boolean;
  readonly restoreSeconds?: number;
}

/** A dump may be dated before its run: the clock of its server is not GitHub's. */
const tolerance = 10 * minute;
const noRun = Number.NEGATIVE_INFINITY;

export class Model {
  #sources: ReadonlyMap<string, Known> = new Map();
  #machines: ReadonlyMap<Machine, Known> = new Map();
  #readAt: number | undefined;
  readonly #made: ReadonlyMap<string, readonly Kept[]>;
  readonly #snapshots: ReadonlyMap<string, readonly Kept[]>;

  constructor(made: readonly Made[], snapshots: readonly Snapshot[]) {
    this.#made = Map.groupBy(made, ({ source }) => source);
    const completed = snapshots.filter(({ good }) => good);
    this.#snapshots = Map.groupBy(completed, ({ volumeId }) => volumeId);
  }

  /** The watchdog on GitHub looks. */
  read(time: number): void {
    this.#readAt = time;
    const now = files.filter((file) => holds(file, time));
    const sources = new Map<string, readonly Line[]>();
    for (const { lines, jobs } of now)
      for (const job of jobs)
        if (holds(job, time) && lines.length > 0)
          sources.set(job.source, [...(sources.get(job.source) ?? []), ...lines]);
    // A target for the age promises its source by itself.
    for (const source of this.#sources.keys())
      if (!sources.has(source) && wantedOf(source, time).rpo !== undefined) sources.set(source, []);
    this.#sources = follow(this.#sources, sources, time);
    const rotation = now.find(({ path }) => path === 'rotation.yml')?.lines ?? [];
    const present = machines.filter((machine) => holds(machine, time));
    const tagged = present.map((machine) => [machine, machine.tags.Backup === undefined ? [] : rotation] as const);
    this.#machines = follow(this.#machines, new Map(tagged), time);
  }

  /** Titles of what is wrong. @param inStack whether the function looks, which sees also that nobody on GitHub does */
  at(time: number, inStack: boolean): ReadonlySet<string> {
    const found = new Set<string>();
    for (const [source, known] of this.#sources) {
      const kept = keptAt(this.#made.get(source) ?? [], time);
      const wanted = wantedOf(source, known.readAt);
      if (kept.newest.takenAt < dueOf(known, wanted.allowance * hour, time) - tolerance)
        found.add(`Backup of ${source} is missing`);
      if (isOlder(kept.proven?.takenAt ?? known.since, wanted.rpo, time))
        found.add(`Newest proven backup of ${source} is too old`);
      if ((kept.proven?.restoreSeconds ?? 0) > (wanted.rto ?? Number.POSITIVE_INFINITY) * 3600)
        found.add(`Restore of ${source} takes too long`);
    }
    for (const [machine, known] of this.#machines) {
      // The function sees at once that an instance is gone.
      if (inStack && !holds(machine, time)) continue;
      const wanted = wantedOf(machine.name, known.readAt);
      const due = dueOf(known, wanted.allowance * hour, time);
      const from = due === noRun ? noRun : midnightOn(slotZone, due);
      const patience = Math.max(wanted.allowance, wanted.rpo ?? 0) * hour;
      for (const volume of machine.volumes) {
        const { newest } = keptAt(this.#snapshots.get(volume) ?? [], time);
        const isMissing = known.lines.size === 0 ? time >= known.since + patience : newest.takenAt < from;
        if (isMissing) found.add(`Backup of the volumes of ${machine.name} is missing`);
        const counting = newest.takenAt === noRun ? known.since : newest.takenAt;
        if (known.lines.size > 0 && isOlder(counting, wanted.rpo, time))
          found.add(`Newest proven backup of the volumes of ${machine.name} is too old`);
      }
    }
    if (inStack && this.#readAt !== undefined && time >= (Math.floor(this.#readAt / day) + 3) * day)
      found.add('No watchdog looks at acme/backups');
    return found;
  }
}

function follow<T>(
  before: ReadonlyMap<T, Known>,
  now: ReadonlyMap<T, readonly Line[]>,
  time: number,
): ReadonlyMap<T, Known> {
  const nameOf = ({ cron, timeZone }: Line): string => `${cron} ${timeZone}`;
  return new Map(
    [...now].map(([key, found]) => {
      const known = before.get(key);
      const lines = new Map(known?.lines);
      // One that ended and came back is another.
      for (const [name, one] of [...lines])
        if (one.until !== undefined && name === nameOf(one.line) && lines.delete(name))
          lines.set(`${one.since} ${name}`, one);
      for (const line of found) if (!lines.has(nameOf(line))) lines.set(nameOf(line), { line, since: time });
      const names = new Set(found.map(nameOf));
      for (const [name, one] of lines) if (!names.has(name)) one.until ??= time;
      return [key, { since: known?.since ?? time, lines, readAt: time }];
    }),
  );
}

/** The newest promised run whose allowance is over. */
function dueOf({ lines }: Known, allowance: number, time: number): number {
  const runs = [...lines.values()].map(({ line, since, until = Number.POSITIVE_INFINITY }) => {
    const last = lastAt(runsOf(line), Math.min(time - allowance, until));
    return last === undefined || last < since ? noRun : last;
  });
  return Math.max(noRun, ...runs);
}

function lastAt(times: readonly number[], limit: number): number | undefined {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] as number) <= limit) low = middle + 1;
    else high = middle;
  }
  return times[low - 1];
}

/** Backups that are looked back on: a late run may be overtaken, and some are not proven. */
const enough = 8;

function keptAt(
  all: readonly Kept[],
  time: number,
): { readonly newest: Pick<Kept, 'takenAt'>; readonly proven?: Kept } {
  let [low, high] = [0, all.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((all[middle] as Kept).appearsAt <= time) low = middle + 1;
    else high = middle;
  }
  const there = all
    .slice(Math.max(0, low - enough), low)
    .filter(({ lostAt = Number.POSITIVE_INFINITY }) => lostAt > time)
    .toSorted((a, b) => b.takenAt - a.takenAt);
  const proven = there.find(({ good }) => good);
  return { newest: there[0] ?? { takenAt: noRun }, ...(proven && { proven }) };
}

const isOlder = (takenAt: number, hours: number | undefined, time: number): boolean =>
  hours !== undefined && takenAt + hours * hour < time;
