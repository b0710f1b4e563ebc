/** What a schedule of GitHub means, as far as the doctor asks: how far apart its runs are, and whether it is on the hour. */

/** The cron texts of a workflow file. */
export function schedulesOf(text: string): readonly string[] {
  return [...text.matchAll(/^\s*-?\s*cron:\s*(?:"([^"]+)"|'([^']+)'|([^#\n]+))/gm)].map(([, a, b, c]) =>
    (a ?? b ?? c ?? '').trim(),
  );
}

/** Hours from one run to the next, at most: a day, a week, or a month; undefined for a text that is no schedule. */
export function longestGapHours(cron: string): number | undefined {
  const [minute, hour, day, month, weekday, ...rest] = cron.split(/\s+/);
  if (minute === undefined || hour === undefined || day === undefined || month === undefined || weekday === undefined)
    return undefined;
  if (rest.length > 0) return undefined;
  if (month !== '*') return 366 * 24;
  if (day !== '*' && weekday === '*') return 31 * 24;
  if (weekday !== '*') return /^(\*|1-5|[0-6](,[0-6]){3,})/.test(weekday) ? 72 : 7 * 24;
  return 24;
}

/** GitHub delays and drops most runs at the top of the hour (GitHub docs, "Events that trigger workflows", schedule). */
export function isOnTheHour(cron: string): boolean {
  return /^0\s/.test(cron);
}
