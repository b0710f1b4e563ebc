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

/** What is wrong with one part of a source. */
export interface PartFailure {
  /** When it began (ISO 8601). */
  readonly since: string;
  readonly what: string;
  readonly likelyCause?: string | undefined;
  readonly fix?: string | undefined;
}

/** A database of a server or a volume of an instance, which is judged by itself. */
export interface TroublePart {
  /** `srv/orders`, or `vol-1`: stays when the instance of a volume is renamed. */
  readonly id: string;
  /** `srv/orders`, or `volume vol-1 of web`. */
  readonly name: string;
  /** Undefined for one that does not fail in this way. */
  readonly failure?: PartFailure | undefined;
  /** It cannot be said whether it fails. */
  readonly isUnknown: boolean;
  /** Point in time of its newest backup (ISO 8601). */
  readonly newest?: string | undefined;
}

export interface FailingPart extends TroublePart {
  readonly failure: PartFailure;
}

export const isFailing = (part: TroublePart): part is FailingPart => part.failure !== undefined;

/** Parts that a sentence names beside the first. */
const mostNamed = 5;

/** `a, b and 3 more`. */
export function someOf(names: readonly string[]): string {
  const more = names.length > mostNamed ? ` and ${names.length - mostNamed} more` : '';
  return `${names.slice(0, mostNamed).join(', ')}${more}`;
}

/** The failure that began first, with the names of the other parts that have it. @returns undefined without any */
export function inOne(parts: readonly FailingPart[]): PartFailure | undefined {
  const [first, ...others] = parts.toSorted(
    (a, b) => Date.parse(a.failure.since) - Date.parse(b.failure.since) || (a.name < b.name ? -1 : 1),
  );
  if (first === undefined || others.length === 0) return first?.failure;
  const also = `; the same of ${someOf(others.map(({ name }) => name).toSorted())}`;
  return { ...first.failure, what: `${first.failure.what}${also}` };
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
  /** All parts of a source that has several, also those that do not fail: each is told when it joins, and when it came back. */
  readonly parts?: readonly TroublePart[] | undefined;
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
  /** The troubles that this run told first; all of them where the issues could not be kept. Undefined before that. */
  readonly told?: readonly SourceTrouble[] | undefined;
}
