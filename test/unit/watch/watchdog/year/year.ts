/** The year, hour by hour: what happens, who looks when, and what is told to whom. */
import { seededRandom } from '../../patrol/seeded-random.ts';
import { looksOnGitHub, type Made, madeInYear, type Snapshot, snapshotsInYear } from './chance.ts';
import { day, end, holds, hour, machines, minute, repositoryAt, start } from './customer.ts';
import { Model } from './model.ts';
import { World } from './world.ts';

/** A time at which one of the two looks, and what must have been told then. */
export interface Look {
  readonly time: number;
  readonly inStack: boolean;
  readonly wanted: string;
  /** Whether something must be told that the look before had not to tell, or something is over. */
  readonly isNews: boolean;
  /** Whether it may see what GitHub tells otherwise than the look before. */
  readonly isChanged: boolean;
  /** Whether the function dies once its mail is sent. */
  readonly dies: boolean;
}

const textOf = (titles: Iterable<string>): string => [...titles].toSorted().join('\n');

/** The function looks at the same minute as the watchdog on GitHub, where that is not late: then both must agree. */
function looksOf(made: readonly Made[], snapshots: readonly Snapshot[], chance: () => number): readonly Look[] {
  const times = looksOnGitHub(chance).map((time) => ({ time, inStack: false }));
  for (let time = start + 41 * minute; time < end; time += hour) times.push({ time, inStack: true });
  const model = new Model(made, snapshots);
  const last = { true: '', false: '' };
  let repository: unknown;
  return times
    .toSorted((a, b) => a.time - b.time || Number(a.inStack) - Number(b.inStack))
    .map(({ time, inStack }) => {
      if (!inStack) model.read(time);
      const wanted = textOf(model.at(time, inStack));
      const isNews = wanted !== last[`${inStack}`];
      last[`${inStack}`] = wanted;
      const now = inStack
        ? repository
        : [repositoryAt(time), ...machines.filter((one) => holds(one, time))].map((one) => idOf(one)).join();
      const isChanged = now !== repository;
      repository = now;
      return { time, inStack, wanted, isNews, isChanged, dies: inStack && isNews && chance() < 0.1 };
    });
}

const ids = new Map<unknown, number>();
function idOf(one: unknown): number {
  ids.set(one, ids.get(one) ?? ids.size);
  return ids.get(one) as number;
}

/** The leap day, and the changes of the clock in Europe, America and Australia, each with the days around it. */
const special = ['02-29', '03-12', '03-26', '04-02', '10-01', '10-29', '11-05'].map((date) =>
  Date.parse(`2028-${date}T12:00:00Z`),
);

const isWholeDay = (time: number): boolean =>
  Math.floor((time - start) / day) % 40 === 0 || special.some((noon) => Math.abs(time - noon) < day);

/**
 * The looks where something is new, the last before each, the first on GitHub of each day, and all of some days. What is told stays from
 * look to look, so that what would be told between two of them is seen, too.
 */
function awake(looks: readonly Look[]): readonly Look[] {
  const days = new Set<number>();
  return [true, false]
    .flatMap((inStack) => {
      const own = looks.filter((look) => look.inStack === inStack);
      return own.filter(({ time, isNews, isChanged }, at) => {
        const today = Math.floor(time / day);
        const isFirst = !inStack && !days.has(today);
        if (isFirst) days.add(today);
        const isBeside = inStack && (own[at + 1]?.isNews === true || own[at - 1]?.dies === true);
        return isNews || isChanged || isFirst || isWholeDay(time) || isBeside;
      });
    })
    .toSorted((a, b) => a.time - b.time || Number(a.inStack) - Number(b.inStack));
}

export interface Year {
  readonly looks: readonly Look[];
  readonly made: readonly Made[];
  readonly snapshots: readonly Snapshot[];
}

/** @param whole whether every look is lived, not only those where something may happen */
export function yearOf(seed: number, whole: boolean): Year {
  const chance = seededRandom(seed);
  const made = madeInYear(chance);
  const snapshots = snapshotsInYear(chance);
  const looks = looksOf(made, snapshots, chance);
  return { made, snapshots, looks: whole ? looks : awake(looks) };
}

/** Lets everything happen until each look, and looks. @param seen is told after each */
export async function live({ looks, made, snapshots }: Year, seen: (look: Look, world: World) => void): Promise<void> {
  const world = new World();
  const events = [
    ...made.map((one) => [one.appearsAt, () => world.appear(one)] as const),
    ...made.flatMap((one) => (one.lostAt === undefined ? [] : [[one.lostAt, () => world.lose(one)] as const])),
    ...snapshots.map((one) => [one.takenAt, () => world.rotate(one)] as const),
    ...machines.flatMap((one) => [
      ...(one.from === undefined ? [] : [[one.from, () => world.begin(one)] as const]),
      ...(one.to === undefined ? [] : [[one.to, () => world.end(one)] as const]),
    ]),
  ].toSorted(([a], [b]) => a - b);
  let next = 0;
  for (const look of looks) {
    for (; (events[next]?.[0] ?? end) <= look.time; next += 1) {
      const [time, happen] = events[next] as (typeof events)[number];
      world.at(time);
      happen();
    }
    world.at(look.time);
    if (look.inStack) await world.lookInStack(look.dies);
    else await world.lookOnGitHub();
    seen(look, world);
  }
}
