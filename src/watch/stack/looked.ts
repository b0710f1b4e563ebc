/** What a look has read, and judged. */
import type { Promises } from '../promises/promise.ts';
import type { WatchedSource } from '../watchdog/watched.ts';

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
