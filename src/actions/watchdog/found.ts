/** What a look has found, for the page and the metrics, which tell of all repositories of the account. */
import type { BackupInventory } from '../../domain/backup.ts';
import { noPromises, parsePromises } from '../../watch/promises/promise.ts';
import type { PromisesNow } from '../../watch/promises/read.ts';
import { watch } from '../../watch/watchdog/watchdog.ts';
import type { WatchedSource } from '../../watch/watchdog/watched.ts';

export interface Found {
  readonly promises: Pick<PromisesNow, 'text' | 'unread' | 'problems'>;
  readonly inventory: BackupInventory;
  readonly now: Date;
}

/** The sources of each repository that promises something, this one's as they were just read. */
export function ofAllRepositories({
  promises,
  inventory,
  now,
}: Found): readonly { readonly name: string; readonly sources: readonly WatchedSource[] }[] {
  const { repositories } = parsePromises(promises.text) ?? noPromises;
  return Object.entries(repositories).map(([name, sources]) => ({
    name,
    sources: watch({ promises: sources, inventory, now }),
  }));
}
