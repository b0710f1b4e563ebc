/**
 * The version of a commit: vYEAR.MONTHDAY.NUMBER, such as v2026.1126.3 for the third commit of 26 November 2026. It follows from the
 * commit and its ancestors alone. So each commit has one version, whoever asks, however often and in whatever order; and it is
 * greater than those of all its ancestors, along whichever parent they are reached: versions on a branch that is only ever moved
 * forward never go back. It is a semantic version without leading zeros: 5 January is v2027.105.1.
 */

export interface Commit {
  readonly hash: string;
  /** When it came to be, in seconds since 1970 (committer date). */
  readonly at: number;
  readonly parents: readonly string[];
}

export interface Version {
  readonly tag: string;
  readonly hash: string;
}

const versionPattern = /^v(20\d\d)\.([1-9]\d{2,3})\.([1-9]\d*)$/;

/**
 * Its day is that of the newest of the commit and its ancestors; its number counts those of them whose day, found in the same way, is this one.
 * A descendant has all of these and itself, or a later day.
 *
 * @param history the commit, last, and all its ancestors, each after its parents
 */
export function versionOf(history: readonly Commit[]): string {
  const newest = new Map<string, number>();
  let day = '';
  const days = history.map(({ hash, at, parents }) => {
    const time = Math.max(at, ...parents.map((parent) => newest.get(parent) ?? 0));
    newest.set(hash, time);
    day = dayOf(time);
    return day;
  });
  return `v${day}.${days.filter((one) => one === day).length}`;
}

/** `2026.1126`, in UTC. */
function dayOf(seconds: number): string {
  const date = new Date(seconds * 1000);
  return `${date.getUTCFullYear()}.${(date.getUTCMonth() + 1) * 100 + date.getUTCDate()}`;
}

export function isVersion(tag: string): boolean {
  return versionPattern.test(tag);
}

/** Negative when `a` is the older version. @throws Error for what is no version */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [numbersOf(a), numbersOf(b)];
  for (const [index, value] of left.entries()) {
    const difference = value - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function numbersOf(tag: string): number[] {
  const parts = versionPattern.exec(tag);
  if (!parts) throw new Error(`not a version: ${tag}`);
  return parts.slice(1).map(Number);
}
