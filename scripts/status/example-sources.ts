/** The sources of the example: of each kind, and in each state that a reader should have seen. */
import type { BackupKind } from '../../src/domain/backup.ts';

export interface ExampleSource {
  readonly source: string;
  readonly kind: BackupKind;
  /** Size at the start of the year, and growth within it. */
  readonly gib: readonly [number, number];
  /** Seconds that a restore takes at least, and seconds for each GiB; undefined where nothing is restored. */
  readonly restore?: readonly [number, number];
  /** Minute and hour; empty where nobody promises it any more. */
  readonly at: readonly [number, number] | undefined;
  /** Sundays only. */
  readonly weekly?: true;
  readonly rpoSeconds?: number;
  readonly rtoSeconds?: number;
  readonly pauseSeconds?: number;
  /** Days for which nothing has come. */
  readonly silentDays?: number;
  /** Why the newest backup is bad. */
  readonly bad?: string;
  /** Days since the first backup; a year and more without. */
  readonly since?: number;
}

const dump = { kind: 'database-dump' } as const;
const rotation = { kind: 'rotation-snapshot', at: [11, 1] } as const;
const sessions = 'table public.sessions: 118,204,881 rows in the copy, 118,204,902 in the source';
const hours = 3600;

export const exampleSources: readonly ExampleSource[] = [
  {
    ...dump,
    source: 'shop.prod',
    gib: [42, 11],
    restore: [200, 52],
    at: [17, 2],
    rpoSeconds: 26 * hours,
    rtoSeconds: hours,
  },
  {
    kind: 'volume-snapshot',
    source: 'ib01.prod',
    gib: [1800, 260],
    restore: [95, 0.02],
    at: [0, 0],
    pauseSeconds: 3.4,
    rtoSeconds: 900,
  },
  {
    ...dump,
    source: 'billing.prod',
    gib: [8.4, 1.9],
    restore: [40, 31],
    at: [41, 2],
    rpoSeconds: 26 * hours,
    silentDays: 2,
  },
  { ...dump, source: 'events.prod', gib: [131, 60], restore: [300, 24], at: [29, 3], bad: sessions },
  { ...dump, source: 'crm.prod', gib: [3.1, 0.4], restore: [20, 35], at: [5, 2] },
  { ...dump, source: 'wiki.internal', gib: [0.6, 0.1], restore: [9, 30], at: [23, 4], weekly: true },
  { ...rotation, source: 'web-1.prod', gib: [80, 6] },
  { ...rotation, source: 'jobs-1.prod', gib: [200, 12], since: 120 },
  { ...dump, source: 'legacy.prod', gib: [5, 0], restore: [30, 33], at: undefined, silentDays: 40 },
];

/** So many sources, for the size of the page. */
export function manySources(count: number): readonly ExampleSource[] {
  return Array.from({ length: count }, (_, at) => exampleSources[at % exampleSources.length])
    .filter((one) => one !== undefined)
    .map((one, at) => ({ ...one, source: one.source.replace('.', `-${at}.`) }));
}
