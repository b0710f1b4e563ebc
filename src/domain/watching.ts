/** What the watchdog found, as reports show it: see src/watch/watchdog for how it is decided. */

/** A source that is promised a backup. */
export interface WatchedRow {
  /** Tells it from all others, also from one of another kind with the same name: `database-dump orders`. */
  readonly key: string;
  readonly source: string;
  readonly kind: string;
  /** Of a rotation: two instances may be called alike. */
  readonly instanceId?: string | undefined;
  /** `unknown`: something could not be read. */
  readonly state: 'good' | 'failed' | 'unknown';
  /** Points in time of the newest backup, and of the newest proven one (ISO 8601). */
  readonly newest?: string | undefined;
  readonly proven?: string | undefined;
  /** The promised run that counts now, and the next one (ISO 8601). */
  readonly due?: string | undefined;
  readonly next?: string | undefined;
  /** `within 12h; newest proven 26h; restore 2h`. */
  readonly target: string;
  /** Why it is not good; empty when it is. */
  readonly why: string;
}

/** Something that is wrong with a source. There is one issue for each. */
export interface SourceTrouble {
  /** Of its row. */
  readonly key: string;
  readonly source: string;
  /** `missing`, `too-old` or `too-slow`; `to-correct` of what is told to the watchdog itself. */
  readonly failure: string;
  /** When it began (ISO 8601); undefined where nobody knows. */
  readonly since?: string | undefined;
  readonly what: string;
  readonly likelyCause?: string | undefined;
  readonly fix?: string | undefined;
}

export interface WatchReport {
  readonly rows: readonly WatchedRow[];
  readonly troubles: readonly SourceTrouble[];
  /** What a person has to correct in workflow files, tags and targets. */
  readonly problems: readonly string[];
  /** What could not be read, with the reason. */
  readonly unread: readonly string[];
  /** What scheduled jobs use in files that nobody reads: whether it makes backups is not known. */
  readonly notLookedInto?: readonly string[] | undefined;
  /** Keys of which it cannot be said whether their failures are over. */
  readonly unjudged?: readonly string[] | undefined;
  /** The troubles that this run told first. Undefined until the issues are up to date. */
  readonly told?: readonly SourceTrouble[] | undefined;
}
