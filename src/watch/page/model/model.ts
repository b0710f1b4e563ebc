/** The whole page as data: every source, and what the reader must know first. Pure; the clock is in the input. */
import type { KeptBackup } from '../../../domain/backup.ts';
import { daysIn, yearUntil } from './days.ts';
import { type History, historyIn, remembered, succeeding } from './history.ts';
import type { PageFinding, PageInput, PagePromise, PageSettings } from './input.ts';
import { type SourceModel, sourceKey, sourceModel, troubleOrder } from './source.ts';

export interface PageModel {
  /** Those in trouble first, then by name. */
  readonly sources: readonly SourceModel[];
  readonly troubled: readonly SourceModel[];
  readonly proven: number;
  /** Taken, and not restored by anybody. */
  readonly taken: number;
  readonly retired: number;
  /** Dates of the year, oldest first. */
  readonly days: readonly string[];
  readonly unread: readonly string[];
  readonly now: Date;
  readonly settings: PageSettings;
  /** What earlier pages wrote down. */
  readonly history: History | undefined;
}

export function pageModel(input: PageInput): PageModel {
  const { settings, now, unread } = input;
  const dayOf = daysIn(settings.timeZone);
  const days = yearUntil(dayOf(now));
  const history = historyIn(input.history, settings.timeZone);
  const sources = groups(input)
    .flatMap((group) => sourceModel({ ...group, history, days, dayOf, now }) ?? [])
    .sort((a, b) => rank(a) - rank(b) || a.source.localeCompare(b.source, 'en') || a.key.localeCompare(b.key, 'en'));
  const count = (state: SourceModel['state']): number => sources.filter((one) => one.state === state).length;
  return {
    sources,
    troubled: sources.filter(isTroubled),
    proven: count('proven'),
    taken: count('taken'),
    retired: count('retired'),
    days,
    unread,
    now,
    settings,
    history: input.history,
  };
}

/** Whether somebody must do something about it. */
export function isTroubled({ troubles }: Pick<SourceModel, 'troubles'>): boolean {
  return troubles.length > 0;
}

function rank({ troubles, state }: SourceModel): number {
  if (troubles[0]) return troubleOrder.indexOf(troubles[0].trouble);
  return troubleOrder.length + (state === 'retired' ? 1 : 0);
}

/** What is to be remembered of this page for later ones; sources without a known day in the year are forgotten. */
export function historyOf({ sources, now, days, settings, history }: PageModel): History {
  const known = sources.filter(({ year }) => year.some(({ code }) => code !== 'u'));
  return succeeding(history, {
    recordedAt: now.toISOString(),
    sources: Object.fromEntries(known.map(({ key, year }) => [key, remembered(year)])),
    timeZone: settings.timeZone,
    today: days.at(-1) ?? '',
  });
}

interface Group {
  readonly key: string;
  readonly backups: readonly KeptBackup[];
  readonly promise: PagePromise | undefined;
  readonly findings: readonly PageFinding[];
}

/** What a server promises of one of its databases; nothing of one that is no longer on it, until it is dumped again. */
function ofDatabase({ backups, promise }: Group): PagePromise | undefined {
  const [newest] = backups.toSorted((a, b) => Date.parse(b.takenAt) - Date.parse(a.takenAt));
  if (promise?.allDatabases !== true || newest === undefined) return promise;
  const gone = promise.goneDatabases?.[newest.source];
  if (gone !== undefined && Date.parse(newest.takenAt) < Date.parse(gone)) return undefined;
  // What is noted of the server is of its other databases.
  return { ...promise, notes: undefined, ...promise.targetsOfDatabases?.[newest.source] };
}

/** Backups, promises and findings of each source together. */
function groups({ backups, promises, findings }: PageInput): readonly Group[] {
  const backupsByKey = Map.groupBy(backups, sourceKey);
  const keys = new Map<string, string>();
  for (const [key, some] of backupsByKey) for (const { kind, source } of some) keys.set(`${kind} ${source}`, key);
  const servers = promises.filter(({ allDatabases }) => allDatabases);
  const serverOf = ({ kind, source }: Pick<KeptBackup, 'kind' | 'source'>): PagePromise | undefined =>
    servers.find((one) => one.kind === kind && source.startsWith(`${one.source}/`));
  // A promise or a finding may know the name alone where snapshots know the instance.
  const keyOf = (one: PagePromise | PageFinding): string => {
    const key = sourceKey(one);
    return backupsByKey.has(key) ? key : (keys.get(`${one.kind} ${one.source}`) ?? key);
  };
  const promisesByKey = Map.groupBy(promises, keyOf);
  const findingsByKey = Map.groupBy(findings, keyOf);
  const all = new Set([...backupsByKey.keys(), ...promisesByKey.keys(), ...findingsByKey.keys()]);
  const found = [...all].map((key) => {
    const own = backupsByKey.get(key) ?? [];
    const promise = promisesByKey.get(key)?.[0] ?? (own[0] && serverOf(own[0]));
    return { key, backups: own, promise, findings: findingsByKey.get(key) ?? [] };
  });
  // A server itself is shown while none of its databases is, or when something is wrong with it.
  const shown = new Set(found.filter(({ backups: some }) => some.length > 0).map(({ promise }) => promise));
  return found
    .filter(
      ({ backups: some, promise, findings: wrong }) =>
        some.length > 0 || wrong.length > 0 || !(promise?.allDatabases && shown.has(promise)),
    )
    .map((group) => ({ ...group, promise: ofDatabase(group) }));
}
