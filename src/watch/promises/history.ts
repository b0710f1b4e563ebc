/** Since when something is promised: what was read now, beside what was read before. */
import { keyOf, type PromisedSchedule, type PromisedSource } from './promise.ts';

/** A source as it is read now, before anybody knows since when. */
export type ReadSource = Omit<PromisedSource, 'since' | 'schedules' | 'volumes' | 'goneDatabases'> & {
  readonly volumes?: readonly string[] | undefined;
  readonly schedules: readonly Omit<PromisedSchedule, 'since' | 'until'>[];
};

/** Days for which a schedule that is no longer there is remembered: its last run may still be owed. */
const rememberedDays = 62;

/**
 * What is new is promised from now on, so that no run of before is missed. What is gone from a source that is still promised was promised
 * until now; a source that is gone is not promised any more.
 */
export function withHistory(
  read: readonly ReadSource[],
  before: readonly PromisedSource[],
  now: Date,
): readonly PromisedSource[] {
  const known = new Map(before.map((one) => [keyOf(one), one]));
  const at = now.toISOString();
  const oldest = new Date(now.getTime() - rememberedDays * 86_400_000).toISOString();
  return read.map((source) => {
    const earlier = known.get(keyOf(source));
    const past = earlier?.schedules ?? [];
    const current = source.schedules.map((one): PromisedSchedule => {
      const same = past.find((other) => other.until === undefined && isSame(other, one));
      return { ...one, since: same?.since ?? at };
    });
    const ended = past
      .filter((one) => one.until !== undefined || !source.schedules.some((other) => isSame(one, other)))
      .map((one) => ({ ...one, until: one.until ?? at }))
      .filter(({ until }) => until > oldest);
    const { volumes, ...rest } = source;
    return {
      ...rest,
      schedules: [...current, ...ended],
      since: earlier?.since ?? at,
      ...(volumes === undefined
        ? {}
        : { volumes: Object.fromEntries(volumes.toSorted().map((id) => [id, earlier?.volumes?.[id] ?? at])) }),
      ...(source.allDatabases === true && earlier?.goneDatabases ? { goneDatabases: earlier.goneDatabases } : {}),
    };
  });
}

type Timed = Pick<PromisedSchedule, 'expression' | 'timeZone' | 'slot'>;

function isSame(one: Timed, other: Timed): boolean {
  return (
    one.expression === other.expression &&
    one.timeZone === other.timeZone &&
    one.slot?.everyHours === other.slot?.everyHours &&
    one.slot?.timeZone === other.slot?.timeZone
  );
}
