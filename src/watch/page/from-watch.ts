/** The page of what the watchdog has read and found. */
import type { BackupInventory } from '../../domain/backup.ts';
import type { PromisedSource } from '../promises/promise.ts';
import type { WatchedSource, WatchFailure } from '../watchdog/watched.ts';
import type { History } from './model/history.ts';
import type { PageFinding, PageInput, PagePromise, PageSettings } from './model/input.ts';
import { type KnownRuns, pagePromise } from './promised.ts';

/** What the workflows of one repository promise, with what was found. */
export interface WatchedRepository {
  /** `https://github.com/OWNER/REPO`. */
  readonly url?: string | undefined;
  readonly sources: readonly WatchedSource[];
}

export interface Watched {
  readonly repositories: readonly WatchedRepository[];
  readonly inventory: Pick<BackupInventory, 'backups' | 'unread'>;
  /** What could not be read beside backups: workflow files, variables. */
  readonly problems: readonly string[];
  readonly history: History | undefined;
  readonly now: Date;
  readonly settings: PageSettings;
}

export function inputOf({ repositories, inventory, problems, history, now, settings }: Watched): PageInput {
  const known: KnownRuns = new Map();
  return {
    backups: inventory.backups,
    promises: repositories.flatMap(({ url, sources }) =>
      sources.map(({ promised, notes }) => ({
        ...readablePromise(promised, now, known),
        repositoryUrl: url,
        notes,
      })),
    ),
    findings: repositories.flatMap(({ sources }) => sources.flatMap(findingsOf)),
    history,
    unread: [...inventory.unread.map(({ what, reason }) => `${what}: ${reason}`), ...problems],
    now,
    settings,
  };
}

/** A schedule that nobody can read has no runs on the page; the source's finding says why. */
function readablePromise(promised: PromisedSource, now: Date, known: KnownRuns): PagePromise {
  try {
    return pagePromise(promised, now, known);
  } catch {
    return pagePromise({ ...promised, schedules: [] }, now, known);
  }
}

/** Of the databases of a server each has its own, as each has its own place on the page. */
function findingsOf({ promised, parts, ...whole }: WatchedSource): readonly PageFinding[] {
  const { source, kind, instanceId, allDatabases } = promised;
  const each = allDatabases === true && parts !== undefined ? parts : [{ ...whole, name: source }];
  return each.flatMap(({ name, failures, unknown }) => {
    const place = { source: name, kind, instanceId };
    const found = failures.map((failure) => ({ ...place, trouble: failure.kind, text: sentences(failure) }));
    return unknown === undefined ? found : [...found, { ...place, trouble: 'unknown' as const, text: `${unknown}.` }];
  });
}

function sentences({ what, likelyCause, fix }: WatchFailure): string {
  return [`${what}.`, likelyCause && `Likely cause: ${likelyCause}.`, fix && `To mend it: ${fix}.`]
    .filter((one) => one !== undefined && one !== '')
    .join(' ');
}
