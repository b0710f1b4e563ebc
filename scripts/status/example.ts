/** A year of backups that never were: for pictures of the status page and for its tests. The same input gives the same year. */
import type { BackupKind, KeptBackup, Proof } from '../../src/domain/backup.ts';
import { type Day, dayCodes, type History, remembered } from '../../src/watch/page/model/history.ts';
import type { PageFinding, PageInput, PagePromise } from '../../src/watch/page/model/input.ts';
import { sourceKey } from '../../src/watch/page/model/source.ts';
import { type ExampleSource, exampleSources } from './example-sources.ts';

const dayMs = 86_400_000;
const gib = 1024 ** 3;
const base = 'https://github.com/acme/infrastructure';
/** Days, or weeks, for which backups are kept. */
const kept: Readonly<Record<BackupKind, number>> = {
  'volume-snapshot': 30,
  'rotation-snapshot': 21,
  'database-dump': 45,
};
const workflows: Readonly<Record<BackupKind, string>> = {
  'volume-snapshot': 'infobright-backup.yml',
  'rotation-snapshot': 'ebs-rotate.yml',
  'database-dump': 'postgres-backup.yml',
};

/** @param now the moment as of which the page is written */
export function exampleInput(now: Date, sources = exampleSources): PageInput {
  const years = sources.map((one, at) => yearOf(one, now, random(at + 7)));
  const history: History = {
    format: 'holdfast-history/1',
    recordedAt: new Date(now.getTime() - dayMs).toISOString(),
    sources: Object.fromEntries(years.map(({ key, past }) => [key, remembered(past)])),
  };
  return {
    backups: years.flatMap(({ backups }) => backups),
    promises: years.flatMap(({ promise }) => promise ?? []),
    findings: years.flatMap(({ finding }) => finding ?? []),
    history,
    unread: [],
    now,
    settings: {
      title: 'acme/infrastructure',
      timeZone: 'UTC',
      repositoryUrl: base,
      docsUrl: 'https://github.com/acme/holdfast/blob/main/docs',
      receiptBucket: 'acme-backup-receipts',
      writtenBy: 'Holdfast',
      example: true,
    },
  };
}

/** Mulberry32. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

interface Year {
  readonly key: string;
  readonly backups: readonly KeptBackup[];
  readonly promise: PagePromise | undefined;
  readonly past: readonly (Day & { readonly date: string })[];
  readonly finding: PageFinding | undefined;
}

function yearOf(one: ExampleSource, now: Date, chance: () => number): Year {
  const named = {
    source: one.source,
    kind: one.kind,
    ...(one.kind === 'rotation-snapshot' ? { instanceId: `i-${one.source}` } : {}),
  };
  const runs = runsOf(one, now);
  const due = runs.filter((run) => run < now.getTime() && daysSince(run, now) <= (one.since ?? 366));
  const made = due.map((run, at) => ({ run, backup: backupOf(one, run, at === due.length - 1, now, chance) }));
  const keptDays = kept[one.kind] * (one.weekly ? 7 : 1);
  const finding = {
    ...named,
    trouble: 'missing',
    text: 'The run of 26 Nov 2026, 02:41 has made no backup. Nothing says why.',
  } as const;
  return {
    key: sourceKey(named),
    backups: made.flatMap(({ run, backup }) => (backup && daysSince(run, now) <= keptDays ? backup : [])),
    past: pastOf(made, now, one.at !== undefined),
    promise: one.at && {
      ...named,
      schedules: [`${one.at[0]} ${one.at[1]} * * ${one.weekly ? '0' : '*'} (UTC)`],
      runs: runs.map((run) => new Date(run).toISOString()),
      allowanceSeconds: 43_200,
      rpoSeconds: one.rpoSeconds,
      rtoSeconds: one.rtoSeconds,
      workflow: workflows[one.kind],
      repositoryUrl: base,
    },
    finding: one.silentDays !== undefined && one.at ? finding : undefined,
  };
}

const daysSince = (run: number, now: Date): number => (now.getTime() - run) / dayMs;

/** Promised runs of a year and of the next week. */
function runsOf({ at: [minute, hour] = [30, 1], weekly }: ExampleSource, now: Date): readonly number[] {
  const today = Math.floor(now.getTime() / dayMs) * dayMs;
  return Array.from({ length: 380 }, (_, at) => today + (at - 371) * dayMs + (hour * 60 + minute) * 60_000).filter(
    (run) => !weekly || new Date(run).getUTCDay() === 0,
  );
}

/** @returns undefined when the run made none */
function backupOf(
  one: ExampleSource,
  run: number,
  isLast: boolean,
  now: Date,
  chance: () => number,
): KeptBackup | undefined {
  const age = daysSince(run, now);
  const [luck, noise, lateness] = [chance(), chance(), chance()];
  if (age < (one.silentDays ?? 0) || (age > 3 && luck < 0.012)) return undefined;
  const bytes = Math.round((one.gib[0] + one.gib[1] * (1 - age / 365) + one.gib[0] * 0.004 * (noise - 0.5)) * gib);
  const late = lateness < 0.1 ? lateness * 90 * 3_600_000 : lateness * 600_000;
  const takenAt = new Date(Math.min(run + late, now.getTime() - 1_800_000)).toISOString();
  const proof = proofOf(one, { takenAt, bytes, age, isLast, luck, noise }, now);
  const id = 18_000_000_000 + Math.floor(run / 100_000);
  const labelled = age > 20 && age < 21 && one.kind === 'database-dump';
  return {
    source: one.source,
    kind: one.kind,
    takenAt,
    id: one.kind === 'database-dump' ? `receipts/${one.source}/dump-${takenAt}.json` : `snap-0${id.toString(16)}c4a1`,
    region: 'eu-central-1',
    ...(one.kind === 'rotation-snapshot' ? { instanceId: `i-${one.source}`, volumeId: `vol-${one.source}` } : {}),
    bytes,
    verdict: proof?.verdict ?? 'unproven',
    proofs: proof ? [proof] : [],
    pauseSeconds: one.pauseSeconds && one.pauseSeconds * (0.8 + 0.4 * noise),
    runUrl: `${base}/actions/runs/${id}`,
    pinned: labelled,
    label: labelled ? 'before-2.0' : undefined,
  };
}

interface Circumstances {
  readonly takenAt: string;
  readonly bytes: number;
  readonly age: number;
  readonly isLast: boolean;
  readonly luck: number;
  readonly noise: number;
}

function proofOf(one: ExampleSource, at: Circumstances, now: Date): Proof | undefined {
  if (!one.restore) return undefined;
  const seconds = (one.restore[0] + (one.restore[1] * at.bytes) / gib) * (0.94 + 0.12 * at.noise);
  const run = { key: base, url: `${base}/actions/runs/${18_000_000_000 + Math.round(at.age * 1000)}` };
  const ended = new Date(Math.min(Date.parse(at.takenAt) + seconds * 1400, now.getTime() - 60_000)).toISOString();
  if (at.isLast && one.bad) return { at: ended, verdict: 'bad', run, findings: [one.bad] };
  if (at.age > 2 && at.luck > 0.985)
    return { at: ended, verdict: 'unproven', run, findings: ['the scratch server could not be reached'] };
  if (at.age > 60 && at.luck > 0.982)
    return { at: ended, verdict: 'bad', run, findings: ['the row counts differ from those of the source'] };
  return { at: ended, verdict: 'good', run, recoverySeconds: seconds };
}

/** What earlier pages would have written down. */
function pastOf(
  made: readonly { readonly run: number; readonly backup: KeptBackup | undefined }[],
  now: Date,
  isPromised: boolean,
): readonly (Day & { readonly date: string })[] {
  const byDay = new Map(made.map(({ run, backup }) => [Math.floor(run / dayMs), backup]));
  const [first = 0, today] = [Math.min(...byDay.keys()), Math.floor(now.getTime() / dayMs)];
  return Array.from({ length: Math.max(0, today - first - 1) }, (_, at) => {
    const date = new Date((first + at) * dayMs).toISOString().slice(0, 10);
    if (!byDay.has(first + at) || (!isPromised && !byDay.get(first + at))) return { date, code: 'n' };
    const backup = byDay.get(first + at);
    const code = backup ? ({ good: 'p', bad: 'b', unproven: 't' } as const)[backup.verdict] : 'm';
    return {
      date,
      code: dayCodes.find((each) => each === code) ?? 'u',
      bytes: backup?.bytes,
      recoverySeconds: backup?.proofs[0]?.recoverySeconds,
      pauseSeconds: backup?.pauseSeconds,
    };
  });
}
