/** What of all that is wrong nobody has been told yet. Pure: the same year tells the same mails. */
import { inOne, someOf } from '../../domain/watching.ts';
import { formatTime } from '../../runtime/format.ts';
import { keyOf } from '../promises/promise.ts';
import type { WatchedSource } from '../watchdog/watched.ts';
import type { Look } from './looked.ts';
import type { Told, ToldTrouble, Trouble } from './told.ts';
import { type Wrong, wrongNow } from './wrong.ts';

export interface OverTrouble extends Pick<Trouble, 'key' | 'title' | 'since' | 'parts'> {
  /** Why it is over. */
  readonly because: string;
  /** Parts of the same source that fail in the same way as before. */
  readonly still: readonly string[];
}

export interface News {
  /** Told for the first time; the parts of a source that began to fail are one. */
  readonly begun: readonly Trouble[];
  readonly over: readonly OverTrouble[];
  /** What is told while this news is being sent. */
  readonly meanwhile: Told;
  /** What is told once it has been sent. */
  readonly after: Told;
}

/** @param told undefined before the first look */
export function newsOf(told: Told | undefined, look: Look): News {
  const at = look.now.toISOString();
  const before = told ?? { format: 'holdfast-told/1' as const, began: at, open: [] };
  // Several repositories may promise the same source.
  const now = new Map(wrongNow(look, before.began).map((one) => [idOf(one.trouble.key, one.part?.id), one]));
  const idOfTold = ({ key, part }: ToldTrouble): string => idOf(key, part);
  const known = new Set(before.open.flatMap((one) => (one.unsure ? [] : [idOfTold(one)])));
  const begun = [...now].flatMap(([id, one]) => (known.has(id) ? [] : [one]));
  // A source was told as a whole, and now each part is: an earlier version did, or nobody knew its parts.
  const byPart = new Set([...now.values()].flatMap(({ part, trouble }) => (part === undefined ? [] : [trouble.key])));
  const open = before.open.filter(({ key, part }) => part !== undefined || !byPart.has(key));
  const over = open.flatMap((one) => {
    const because = now.has(idOfTold(one)) ? undefined : whyOver(one, look);
    return because === undefined ? [] : [{ ...one, because }];
  });
  const fresh = begun.map((one) => toldNow(one, at));
  const sent = new Set([...over, ...fresh].map(idOfTold));
  const stay = open.filter((one) => !sent.has(idOfTold(one)));
  const unsure = [...over.map(({ because: _because, ...one }) => one), ...fresh].map((one) => ({
    ...one,
    unsure: true as const,
  }));
  return {
    begun: grouped(begun, ({ trouble }) => trouble.key).map(toldTogether),
    over: grouped(over, ({ key }) => key).map((some) => overTogether(some, [...stay, ...fresh])),
    meanwhile: { ...before, open: [...stay, ...unsure] },
    after: { ...before, open: [...stay, ...fresh] },
  };
}

const idOf = (key: string, part = ''): string => `${key}\n${part}`;

const grouped = <T>(all: readonly T[], keyOfOne: (one: T) => string): readonly Some<T>[] =>
  [...Map.groupBy(all, keyOfOne).values()] as unknown as readonly Some<T>[];

type Some<T> = readonly [T, ...T[]];

function toldNow({ trouble, part, titleOfAll }: Wrong, toldAt: string): ToldTrouble {
  const { key, title, since } = trouble;
  return { key, ...(part === undefined ? {} : { part: part.id, titleOfAll }), title, since, toldAt };
}

/** What began to fail of one source. */
function toldTogether(some: Some<Wrong>): Trouble {
  const [{ trouble, titleOfAll = trouble.title, repository }] = some;
  const parts = some.flatMap(({ part }) => part ?? []);
  const worst = inOne(parts);
  if (worst === undefined) return trouble;
  const title = parts.length === 1 ? trouble.title : titleOfAll;
  const what = `${worst.what} (promised by ${repository})`;
  return { ...trouble, ...worst, title, what, parts: parts.map(({ id }) => id) };
}

/** What is over of one source. @param lasting what is told and not over */
function overTogether(
  some: Some<ToldTrouble & { readonly because: string }>,
  lasting: readonly ToldTrouble[],
): OverTrouble {
  const [{ key, title, since, because, titleOfAll = title }] = some;
  const parts = some.flatMap(({ part }) => part ?? []);
  const still = lasting.flatMap((one) => (one.key === key ? (one.part ?? []) : [])).toSorted();
  if (parts.length < 2) return { key, title, since, because, still, ...(parts.length === 0 ? {} : { parts }) };
  const first = some.map((one) => one.since).toSorted((a, b) => Date.parse(a) - Date.parse(b))[0] ?? since;
  const reasons = some.map((one) => `${one.part}: ${one.because}`).toSorted();
  return { key, title: titleOfAll, since: first, because: someOf(reasons), still, parts };
}

/** @returns undefined while nobody can say that it is over */
function whyOver({ key, part }: ToldTrouble, { promises, repositories }: Look): string | undefined {
  if (key === 'promises') return 'what is promised can be read again';
  if (typeof promises === 'string') return undefined;
  if (key.startsWith('silent ')) {
    const readOn = promises.readOn?.[key.slice('silent '.length)];
    return readOn === undefined ? 'the repository promises nothing any more' : `watchdog.yml ran on ${readOn}`;
  }
  const whole = repositories
    .flatMap(({ sources }) => sources)
    .filter(({ promised }) => key.slice(key.indexOf(' ') + 1) === keyOf(promised));
  // Parts are judged by themselves: what is unknown of one keeps no other open.
  const own = whole.flatMap((one): readonly Judged[] =>
    part === undefined || one.parts === undefined ? [one] : one.parts.filter(({ id }) => id === part),
  );
  if (own.length === 0) return 'nobody promises this backup any more';
  if (own.some(({ unknown }) => unknown !== undefined)) return undefined;
  const newest = own[0]?.newest?.takenAt;
  return newest === undefined ? 'nothing is due' : `the newest backup is of ${formatTime(newest)}`;
}

type Judged = Pick<WatchedSource, 'newest' | 'unknown'>;
