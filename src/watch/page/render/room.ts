/**
 * How much the page says of each source. Of many it says less: fifty in trouble, with a year of data, stay below 300 KB, which a phone
 * loads also in a bad net. What it leaves out it counts.
 */
export interface Room {
  /** Cards with all their steps; those after them have the trouble and the command alone. */
  readonly fullCards: number;
  /** Failures of a source in words. */
  readonly failures: number;
  /** Letters of a finding, which says what is wrong in its first words; the rest is in the run. */
  readonly finding: number;
  /** Newest backups in a table, and as many pinned ones. */
  readonly kept: number;
  /** Days for each value of a chart. */
  readonly chartDays: number;
}

/** More sources than these are many. */
const few = 20;

export function roomFor(sources: number): Room {
  return sources <= few
    ? { fullCards: few, failures: 8, finding: 160, kept: 3, chartDays: 7 }
    : { fullCards: 6, failures: 4, finding: 60, kept: 1, chartDays: 28 };
}
