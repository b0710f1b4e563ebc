/**
 * The version of a commit on `main`: vYEAR.MONTHDAY.NUMBER, such as v2026.1126.3 for the third commit of 26 November 2026.
 * It follows from the history alone. So each commit has one version, whoever asks, however often and in whatever order, and a
 * later commit has a greater one. It is a semantic version without leading zeros: 5 January is v2027.105.1.
 */

/** A commit of the branch itself (`git log --first-parent`). */
export interface Commit {
  readonly hash: string;
  /** When it came to be, in seconds since 1970 (committer date). */
  readonly at: number;
}

export interface Version {
  readonly tag: string;
  readonly hash: string;
}

const versionPattern = /^v(20\d\d)\.([1-9]\d{2,3})\.([1-9]\d*)$/;

/**
 * @param history the branch, oldest first
 * @returns the version of each commit, in the same order
 */
export function versions(history: readonly Commit[]): Version[] {
  let day = '';
  let newest = 0;
  let number = 0;
  return history.map(({ hash, at }) => {
    // A commit that claims to be older than the one before it belongs to that one's day: versions never go back.
    newest = Math.max(newest, at);
    const today = dayOf(newest);
    number = today === day ? number + 1 : 1;
    day = today;
    return { tag: `v${day}.${number}`, hash };
  });
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
