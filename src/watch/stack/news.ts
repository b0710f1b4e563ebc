/** What is wrong now, and what of it nobody has been told yet. Pure: the same year tells the same mails. */
import { promisesKey } from '../../domain/tags.ts';
import { titleOf } from '../../report/render/watch-title.ts';
import { formatTime } from '../../runtime/format.ts';
import { keyOf, type Promises } from '../promises/promise.ts';
import { troublesOf } from '../watchdog/troubles.ts';
import type { WatchedSource } from '../watchdog/watched.ts';
import type { Told, ToldTrouble, Trouble } from './told.ts';

const day = 86_400_000;

/** What a repository promises, and how it stands. */
export interface WatchedRepository {
  readonly name: string;
  readonly sources: readonly WatchedSource[];
}

export interface Look {
  readonly repositories: readonly WatchedRepository[];
  /** What is promised; `missing` without the document, `unreadable` when it is none that this version understands. */
  readonly promises: Promises | 'missing' | 'unreadable';
  /** Days after which it is told that no watchdog on GitHub has looked. */
  readonly silentDays: number;
  readonly now: Date;
}

export interface OverTrouble extends ToldTrouble {
  /** Why it is over. */
  readonly because: string;
}

export interface News {
  /** Told for the first time. */
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
  const now = new Map([...silences(look, before.began), ...failures(look)].map((one) => [one.key, one]));
  const known = new Set(before.open.flatMap(({ key, unsure }) => (unsure ? [] : [key])));
  const begun = [...now.values()].filter(({ key }) => !known.has(key));
  const over = before.open.flatMap((one): readonly OverTrouble[] => {
    const because = now.has(one.key) ? undefined : whyOver(one, look);
    return because === undefined ? [] : [{ ...one, because }];
  });
  const sent = new Set([...over, ...begun].map(({ key }) => key));
  const stay = before.open.filter(({ key }) => !sent.has(key));
  const fresh = begun.map(({ key, title, since }): ToldTrouble => ({ key, title, since, toldAt: at }));
  const unsure = [...over.map(({ because: _because, ...one }) => one), ...fresh].map((one) => ({
    ...one,
    unsure: true as const,
  }));
  return {
    begun,
    over,
    meanwhile: { ...before, open: [...stay, ...unsure] },
    after: { ...before, open: [...stay, ...fresh] },
  };
}

function failures({ repositories }: Look): readonly Trouble[] {
  return repositories.flatMap(({ name, sources }) =>
    sources.flatMap(troublesOf).map((trouble) => {
      const { since, what, likelyCause, fix } = trouble;
      const shown = { title: titleOf(trouble), since, what: `${what} (promised by ${name})` };
      return { key: `${trouble.failure} ${trouble.key}`, ...shown, likelyCause, fix };
    }),
  );
}

/** Nobody on GitHub looks: then what is promised is as old as the last look. */
function silences({ promises, silentDays, now }: Look, began: string): readonly Trouble[] {
  if (promises === 'unreadable')
    return [
      {
        key: 'promises',
        title: 'What is promised cannot be read',
        since: now.toISOString(),
        what: `${promisesKey} in the receipt bucket is no document that this watchdog understands, so that nothing is watched`,
        likelyCause: 'the watchdog on GitHub is of a newer version than the stack',
        fix: 'deploy the stack again, from the version that the workflows use: npm run deploy',
      },
    ];
  if (promises === 'missing') {
    if (now.getTime() < Date.parse(began) + silentDays * day) return [];
    return [
      {
        key: 'promises',
        title: 'Nothing says what is promised',
        since: began,
        what: `there is no ${promisesKey} in the receipt bucket, so that nothing is watched`,
        likelyCause: 'watchdog.yml has never run on GitHub, or the object was deleted',
        fix: 'set up watchdog.yml and start it once: gh workflow run watchdog.yml',
      },
    ];
  }
  return Object.entries(promises.readOn ?? {}).flatMap(([name, readOn]): readonly Trouble[] => {
    // The last look was at some time of that day.
    const since = Date.parse(readOn) + day;
    if (now.getTime() < since + silentDays * day || !promises.repositories[name]?.length) return [];
    return [
      {
        key: `silent ${name}`,
        title: `No watchdog looks at ${name}`,
        since: new Date(since).toISOString(),
        what: `watchdog.yml of ${name} ran last on ${readOn}; what is promised is as it was read then`,
        likelyCause: `GitHub no longer starts scheduled workflows of ${name} (it disables them after 60 days without activity), watchdog.yml fails, or the repository is gone`,
        fix: `gh run list --repo ${name} --workflow watchdog.yml; if it is disabled: gh workflow enable --repo ${name} watchdog.yml; if the repository is gone: delete ${promisesKey}, which the other repositories write again`,
      },
    ];
  });
}

/** @returns undefined while nobody can say that it is over */
function whyOver({ key }: ToldTrouble, { promises, repositories }: Look): string | undefined {
  if (key === 'promises') return 'what is promised can be read again';
  if (typeof promises === 'string') return undefined;
  if (key.startsWith('silent ')) {
    const readOn = promises.readOn?.[key.slice('silent '.length)];
    return readOn === undefined ? 'the repository promises nothing any more' : `watchdog.yml ran on ${readOn}`;
  }
  const own = repositories
    .flatMap(({ sources }) => sources)
    .filter(({ promised }) => key.slice(key.indexOf(' ') + 1) === keyOf(promised));
  if (own.length === 0) return 'nobody promises this backup any more';
  if (own.some(({ unknown }) => unknown !== undefined)) return undefined;
  const newest = own[0]?.newest?.takenAt;
  return newest === undefined ? 'nothing is due' : `the newest backup is of ${formatTime(newest)}`;
}
