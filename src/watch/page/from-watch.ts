/** The page of what the watchdog has read and found. */
import type { BackupInventory } from '../../domain/backup.ts';
import type { WatchedSource, WatchFailure } from '../watchdog/watchdog.ts';
import type { History } from './model/history.ts';
import type { PageFinding, PageInput, PageSettings } from './model/input.ts';
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
      sources.map(({ promised }) => ({ ...pagePromise(promised, now, known), repositoryUrl: url })),
    ),
    findings: repositories.flatMap(({ sources }) => sources.flatMap(findingsOf)),
    history,
    unread: [...inventory.unread.map(({ what, reason }) => `${what}: ${reason}`), ...problems],
    now,
    settings,
  };
}

function findingsOf({ promised, failures, unknown }: WatchedSource): readonly PageFinding[] {
  const { source, kind, instanceId } = promised;
  const found = failures.map((failure) => ({
    source,
    kind,
    instanceId,
    trouble: failure.kind,
    text: sentences(failure),
  }));
  return unknown === undefined
    ? found
    : [...found, { source, kind, instanceId, trouble: 'unknown', text: `${unknown}.` }];
}

function sentences({ what, likelyCause, fix }: WatchFailure): string {
  return [`${what}.`, likelyCause && `Likely cause: ${likelyCause}.`, fix && `To mend it: ${fix}.`]
    .filter((one) => one !== undefined && one !== '')
    .join(' ');
}
