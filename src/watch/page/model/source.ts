/** One source as the page shows it. */
import { type BackupKind, type KeptBackup, lastProof } from '../../../domain/backup.ts';
import { type CalendarDay, calendar, codeOf } from './calendar.ts';
import { type DayOf, dayNumber } from './days.ts';
import { type Forecast, forecast, growth, type Measurement } from './forecast.ts';
import { type History, recalled } from './history.ts';
import type { PageFinding, PagePromise, Trouble } from './input.ts';

/**
 * - `proven`: the newest backup that counts is proven, and young enough.
 * - `waiting`: its first backup is not due, or not proven yet.
 * - `taken`: snapshots of a rotation are taken as promised; nobody restores them.
 * - `retired`: nobody promises it any more, and backups are kept.
 */
export type SourceState = Trouble | 'proven' | 'waiting' | 'taken' | 'retired';

export interface TroubleFound {
  readonly trouble: Trouble;
  readonly text: string;
}

export interface SourceModel {
  readonly key: string;
  readonly source: string;
  readonly kind: BackupKind;
  readonly state: SourceState;
  /** Worst first. */
  readonly troubles: readonly TroubleFound[];
  readonly promise: PagePromise | undefined;
  /** All that is kept, copies left out, newest first. */
  readonly backups: readonly KeptBackup[];
  readonly newest: KeptBackup | undefined;
  /** The newest one that is good. */
  readonly newestGood: KeptBackup | undefined;
  /** Seconds since the newest backup that counts: of kinds that are proven, since the newest good one. */
  readonly age: number | undefined;
  /** What the age may be, and whether that is a target of the source or follows from its schedule. */
  readonly target: { readonly seconds: number; readonly from: 'rpo' | 'schedule' } | undefined;
  readonly pauseSeconds: number | undefined;
  /** Of the last restore that was measured. */
  readonly recovery: Measurement | undefined;
  readonly bytes: number | undefined;
  readonly copies: readonly KeptBackup[];
  readonly year: readonly CalendarDay[];
  readonly measured: readonly Measurement[];
  readonly forecast: Forecast | undefined;
  /** Bytes a day. */
  readonly growth: number | undefined;
}

/** What tells one source from all others. An instance keeps its history when its name changes. */
export function sourceKey(one: {
  readonly kind: BackupKind;
  readonly source: string;
  readonly instanceId?: string | undefined;
}): string {
  return `${one.kind} ${(one.kind === 'rotation-snapshot' ? one.instanceId : undefined) ?? one.source}`;
}

/** Worst first. */
export const troubleOrder: readonly Trouble[] = ['bad', 'missing', 'too-old', 'unproven', 'too-slow', 'unknown'];

/** Whether each backup of a kind is restored; snapshots of a rotation are not. */
export function isProvenKind(kind: BackupKind): boolean {
  return kind !== 'rotation-snapshot';
}

export interface SourceInput {
  readonly key: string;
  readonly backups: readonly KeptBackup[];
  readonly promise: PagePromise | undefined;
  readonly findings: readonly PageFinding[];
  readonly history: History | undefined;
  readonly days: readonly string[];
  readonly dayOf: DayOf;
  readonly now: Date;
}

/** @returns undefined without a name: neither a backup, nor a promise, nor a finding */
export function sourceModel(input: SourceInput): SourceModel | undefined {
  const { key, promise, findings, history, days, dayOf, now } = input;
  const sorted = input.backups.toSorted((a, b) => Date.parse(b.takenAt) - Date.parse(a.takenAt));
  const backups = sorted.filter(({ copyOf }) => !copyOf);
  const [newest] = backups;
  const named = newest ?? promise ?? findings[0] ?? sorted[0];
  if (!named) return undefined;
  const { source, kind } = named;
  const past = recalled(history, key);
  const year = calendar({ backups, promise, past, recordedAt: history?.recordedAt, days, dayOf, now });
  const newestGood = backups.find((one) => codeOf(one) === 'p');
  const counts = isProvenKind(kind) ? newestGood : newest;
  const troubles = troublesOf(findings, newest);
  const measured = measurements(backups, year, dayOf);
  const bytes = backups.find((one) => one.bytes !== undefined)?.bytes;
  return {
    key,
    source,
    kind,
    state: troubles[0]?.trouble ?? stateWithoutTrouble({ kind, promise, newestGood, newest }),
    troubles,
    promise,
    backups,
    newest,
    newestGood,
    age: counts && Math.max(0, (now.getTime() - Date.parse(counts.takenAt)) / 1000),
    target: targetOf(promise),
    pauseSeconds: backups.find((one) => one.pauseSeconds !== undefined)?.pauseSeconds,
    recovery: measured[0],
    bytes,
    copies: sorted.filter(({ copyOf }) => copyOf),
    year,
    measured,
    forecast: forecast(measured, bytes),
    growth: growth(
      year.flatMap(({ date, bytes: size }) => (size === undefined ? [] : { day: dayNumber(date), bytes: size })),
    ),
  };
}

function stateWithoutTrouble(one: Pick<SourceModel, 'kind' | 'promise' | 'newestGood' | 'newest'>): SourceState {
  if (!one.promise) return 'retired';
  if (!one.newest) return 'waiting';
  if (isProvenKind(one.kind)) return one.newestGood ? 'proven' : 'waiting';
  return codeOf(one.newest) === 'p' ? 'proven' : 'taken';
}

/** What the watchdog found, and what the newest backup itself says: a first trouble of each kind, worst first. */
function troublesOf(findings: readonly PageFinding[], newest: KeptBackup | undefined): readonly TroubleFound[] {
  const all = [...findings.map(({ trouble, text }) => ({ trouble, text })), ...(newest ? ownTroubles(newest) : [])];
  return troubleOrder.flatMap((trouble) => all.filter((one) => one.trouble === trouble).slice(0, 1));
}

function ownTroubles(newest: KeptBackup): readonly TroubleFound[] {
  if (newest.problem !== undefined)
    return [{ trouble: 'bad', text: `The newest backup cannot be restored: ${newest.problem}` }];
  const proof = lastProof(newest) ?? newest.proofs[0];
  const verdict = proof?.verdict ?? newest.verdict;
  const why = proof?.findings?.[0];
  if (verdict === 'bad')
    return [{ trouble: 'bad', text: `The newest backup was restored and found wrong${why ? `: ${why}` : '.'}` }];
  // One that nobody has tried yet may be under proof at this moment; when it stays so, its age tells.
  if (verdict === 'unproven' && isProvenKind(newest.kind) && newest.proofs.length > 0)
    return [{ trouble: 'unproven', text: `The newest backup could not be proven${why ? `: ${why}` : '.'}` }];
  return [];
}

/** Enough for a week from Monday to Friday; more would remember a schedule that was changed. */
const runsThatTell = 8;

/** A target of the source's own, or else the longest time between two promised runs and what a run may be late. */
function targetOf(promise: PagePromise | undefined): SourceModel['target'] {
  if (!promise) return undefined;
  if (promise.rpoSeconds !== undefined) return { seconds: promise.rpoSeconds, from: 'rpo' };
  const runs = promise.runs.slice(-runsThatTell).map((run) => Date.parse(run));
  const gaps = runs.slice(1).map((run, at) => run - (runs[at] ?? run));
  if (gaps.length === 0) return undefined;
  return { seconds: gaps.reduce((a, b) => Math.max(a, b)) / 1000 + promise.allowanceSeconds, from: 'schedule' };
}

/** Restores that were measured, newest first: of backups that are kept, and of days that are remembered. */
function measurements(
  backups: readonly KeptBackup[],
  year: readonly CalendarDay[],
  dayOf: DayOf,
): readonly Measurement[] {
  const kept = backups.flatMap(({ proofs, bytes }) =>
    proofs.flatMap(({ at, verdict, recoverySeconds: seconds }) =>
      verdict === 'good' && seconds !== undefined ? [{ at, bytes, seconds }] : [],
    ),
  );
  const oldest = backups.at(-1);
  const since = oldest ? dayOf(oldest.takenAt) : '9999';
  const past = year.flatMap(({ date, bytes, recoverySeconds: seconds }) =>
    date < since && seconds !== undefined ? [{ at: `${date}T12:00:00.000Z`, bytes, seconds }] : [],
  );
  return [...kept, ...past].sort((a, b) => b.at.localeCompare(a.at));
}
