/**
 * What is missing: every promised source against the backups that exist. Nothing here reads anything: the same decision is made in a
 * workflow and in a function inside the stack.
 */
import { type BackupInventory, type KeptBackup, lastProof, type UnreadPart } from '../../domain/backup.ts';
import { receiptFolder } from '../../domain/tags.ts';
import { explainInLine } from '../../runtime/errors.ts';
import { formatTime } from '../../runtime/format.ts';
import { showDuration } from '../../runtime/inputs.ts';
import type { PromisedSource } from '../promises/promise.ts';
import { clockTolerance, type DueRun, newestDue, nextPromised } from './due.ts';
import { partsOf } from './parts.ts';
import { together } from './together.ts';
import type { WatchedSource, WatchFailure } from './watched.ts';

export interface WatchInput {
  readonly promises: readonly PromisedSource[];
  readonly inventory: Pick<BackupInventory, 'backups' | 'unread'>;
  readonly now: Date;
}

export function watch({ promises, inventory, now }: WatchInput): readonly WatchedSource[] {
  const dumps = promises.filter(({ kind, allDatabases }) => kind === 'database-dump' && allDatabases !== true);
  const alone = new Set(dumps.map(({ source }) => source));
  const decide = (promised: PromisedSource): WatchedSource => {
    const own = inventory.backups.filter((one) => isOf(one, promised));
    const judge = (one: PromisedSource, backups: readonly KeptBackup[]): WatchedSource => {
      const hidden = inventory.unread.filter((part) => mayHide(part, one));
      return watchSource(one, backups, hidden, now);
    };
    const { parts, notes } = partsOf(promised, own, alone);
    const judged = parts.map((part) => ({ ...judge(part.promised, part.backups), id: part.id, name: part.name }));
    const whole = judged.length === 0 ? judge(promised, own) : together(promised, judged, now);
    const all = [...notes, ...(whole.notes ?? [])];
    return all.length === 0 ? whole : { ...whole, notes: all };
  };
  return promises.map((promised) => {
    try {
      return decide(promised);
    } catch (error) {
      // A promise that nobody can judge, such as one that another version wrote, costs no other source its watch.
      return { promised, failures: [], unknown: `what is promised cannot be judged: ${explainInLine(error)}` };
    }
  });
}

/** Whether a backup is of a source. @param promised its promise */
export function isOf(backup: KeptBackup, promised: PromisedSource): boolean {
  const { source, kind, instanceId, allDatabases } = promised;
  if (backup.kind !== kind) return false;
  // An instance keeps its id when its name changes.
  if (instanceId !== undefined && backup.instanceId !== undefined) return backup.instanceId === instanceId;
  return backup.source === source || (allDatabases === true && backup.source.startsWith(`${source}/`));
}

/** Whether backups of a source may exist in what could not be read. */
export function mayHide(
  { hides, region, folder }: UnreadPart,
  { kind, source, region: own, allDatabases }: PromisedSource,
): boolean {
  if (!hides.includes(kind)) return false;
  if (region !== undefined && own !== undefined && region !== own) return false;
  if (folder === undefined) return true;
  return folder === receiptFolder(source) || (allDatabases === true && folder.startsWith(receiptFolder(source)));
}

const isGood = ({ verdict }: KeptBackup): boolean => verdict === 'good';

const newestOf = (backups: readonly KeptBackup[]): KeptBackup | undefined =>
  backups.reduce<KeptBackup | undefined>(
    (best, one) => (best && Date.parse(best.takenAt) >= Date.parse(one.takenAt) ? best : one),
    undefined,
  );

function watchSource(
  promised: PromisedSource,
  own: readonly KeptBackup[],
  hidden: readonly UnreadPart[],
  now: Date,
): WatchedSource {
  // By a clock that is wrong: nobody knows when it was taken, and it would hide every miss until then.
  const inFuture = own.filter(({ takenAt }) => Date.parse(takenAt) > now.getTime() + clockTolerance);
  const known = inFuture.length === 0 ? own : own.filter((one) => !inFuture.includes(one));
  const whole = known.filter(({ problem }) => problem === undefined);
  const newest = newestOf(whole);
  const proven = newestOf(whole.filter(isGood));
  const due = newestDue(promised, now);
  const next = nextPromised(promised, now);
  const damaged = newestOf(known.filter(({ problem }) => problem));
  const facts: Facts = { promised, newest, proven, damaged, due, now };
  const failures = failuresOf(facts);
  const unsure = hidden.length > 0 && failures.some(({ kind }) => kind !== 'too-slow');
  const unknown = [
    ...(unsure ? hidden.map(({ what, reason }) => `${what} could not be read: ${reason}`) : []),
    ...doubts(facts, whole, failures),
  ];
  return {
    promised,
    newest,
    proven,
    due: due && new Date(due.at).toISOString(),
    next: next === undefined ? undefined : new Date(next).toISOString(),
    failures: unsure ? [] : failures,
    late: late(facts, whole),
    ...notesOf(promised, newestOf(inFuture)),
    unknown: unknown.length > 0 ? unknown.join('; ') : undefined,
  };
}

const failuresOf = (facts: Facts): readonly WatchFailure[] =>
  [missing(facts), tooOld(facts), tooSlow(facts)].flatMap((one) => one ?? []);

/**
 * What fails although all is there that nobody could look at, fails in any case. What fails only without that may fail.
 * @returns why nobody could look; empty where it makes no difference
 */
function doubts(facts: Facts, whole: readonly KeptBackup[], sure: readonly WatchFailure[]): readonly string[] {
  const reasons = new Set(whole.flatMap(({ unseen }) => unseen ?? []));
  if (reasons.size === 0) return [];
  const seen = whole.filter(({ unseen }) => unseen === undefined);
  const worst = failuresOf({ ...facts, newest: newestOf(seen), proven: newestOf(seen.filter(isGood)) });
  const isSure = (kind: string): boolean => kind === 'too-slow' || sure.some((one) => one.kind === kind);
  return worst.every(({ kind }) => isSure(kind)) ? [] : [...reasons];
}

function notesOf({ source }: PromisedSource, future: KeptBackup | undefined): Pick<WatchedSource, 'notes'> {
  if (future === undefined) return {};
  return {
    notes: [
      `a backup of ${source} says that it was taken at ${formatTime(future.takenAt)}, which is to come: it counts as none; the clock where it was made is wrong`,
    ],
  };
}

interface Facts {
  readonly promised: PromisedSource;
  readonly newest: KeptBackup | undefined;
  readonly proven: KeptBackup | undefined;
  /** The newest one that cannot be restored as it should. */
  readonly damaged: KeptBackup | undefined;
  readonly due: DueRun | undefined;
  readonly now: Date;
}

function missing(facts: Facts): WatchFailure | undefined {
  const { promised, newest, damaged, due, now } = facts;
  const { source, schedules, targets, since } = promised;
  if (due === undefined) {
    // Nobody promised a run of it: of a tagged instance, the tag does.
    const patience = Math.max(targets.allowanceSeconds, targets.rpoSeconds ?? 0);
    const wanted = Date.parse(since) + patience * 1000 <= now.getTime();
    if (schedules.length > 0 || newest !== undefined || !wanted) return undefined;
    if (promised.byTarget === true)
      return {
        kind: 'missing',
        since,
        what: `${source} has a target, has never been backed up, and no schedule backs it up`,
        ...onlyTarget(source),
      };
    return {
      kind: 'missing',
      since,
      what: `${source} is tagged, has never been backed up, and no schedule backs it up`,
      likelyCause: 'no workflow of this repository rotates its region or names the instance',
      fix: 'tag it Backup=Yes and rotate its region (docs/rotation.md), name it as the instance of the workflow that backs it up, or remove Backup and holdfast:rpo',
    };
  }
  if (newest !== undefined && Date.parse(newest.takenAt) >= due.from) return undefined;
  const run = `the run promised for ${formatTime(new Date(due.at).toISOString())} made none within ${showDuration(targets.allowanceSeconds)}`;
  const spoilt = damaged !== undefined && Date.parse(damaged.takenAt) >= due.from;
  return {
    kind: 'missing',
    since: new Date(due.at).toISOString(),
    what: spoilt
      ? `the backup of ${source} of ${formatTime(damaged.takenAt)} cannot be restored: ${damaged.problem}`
      : newest === undefined
        ? `${source} has never been backed up: ${run}`
        : `no backup of ${source} since ${formatTime(newest.takenAt)}: ${run}`,
    ...(spoilt ? {} : cause(promised)),
  };
}

function onlyTarget(source: string): Pick<WatchFailure, 'likelyCause' | 'fix'> {
  return {
    likelyCause: `its workflow was deleted or renamed, or ${source} is not how its backups are called`,
    fix: `back it up on a schedule; where nobody needs it any more, or the name is wrong, correct or remove ${source} in targets (HOLDFAST_TARGETS)`,
  };
}

function late({ promised, due }: Facts, whole: readonly KeptBackup[]): string | undefined {
  if (due === undefined) return undefined;
  const kept = whole.map(({ takenAt }) => Date.parse(takenAt)).filter((at) => at >= due.from);
  const { allowanceSeconds } = promised.targets;
  const first = Math.min(...kept);
  if (kept.length === 0 || first <= due.at + allowanceSeconds * 1000) return undefined;
  const time = (at: number) => formatTime(new Date(at).toISOString());
  return `the run promised for ${time(due.at)} made its backup at ${time(first)}, later than ${showDuration(allowanceSeconds)}`;
}

function cause({ disabled, schedules }: PromisedSource): Pick<WatchFailure, 'likelyCause' | 'fix'> {
  const [first] = schedules;
  const file = first?.workflow.split('/').at(-1);
  if (disabled !== undefined)
    return {
      likelyCause:
        disabled === 'disabled_inactivity'
          ? `GitHub disabled ${file}: the repository had no activity for 60 days`
          : `${file} is ${disabled}`,
      fix: `gh workflow enable ${file}`,
    };
  if (first === undefined || first.workflow === 'targets') return {};
  return {
    likelyCause: `GitHub started no run of ${file}, or the run failed (then it has an issue of its own)`,
    fix: `gh run list --workflow ${file}; start one: gh workflow run ${file}`,
  };
}

function tooOld({ promised, newest, proven, now }: Facts): WatchFailure | undefined {
  const { rpoSeconds } = promised.targets;
  if (rpoSeconds === undefined) return undefined;
  // Nobody proves the snapshots of a rotation by itself.
  const rotation = promised.kind === 'rotation-snapshot';
  const counting = rotation ? newest : proven;
  // That a tagged instance has none is told as missing.
  if (newest === undefined && promised.schedules.length === 0) return undefined;
  const since = Date.parse(counting?.takenAt ?? promised.since) + rpoSeconds * 1000;
  if (since >= now.getTime()) return undefined;
  const what = rotation ? 'backup' : 'proven backup';
  const target = `the target is ${showDuration(rpoSeconds)}`;
  return {
    kind: 'too-old',
    since: new Date(since).toISOString(),
    what:
      counting === undefined
        ? `${promised.source} has no ${what}; ${target}`
        : `the newest ${what} of ${promised.source} is of ${formatTime(counting.takenAt)}; ${target}`,
    ...(promised.byTarget === true
      ? onlyTarget(promised.source)
      : { fix: 'see why newer backups are missing or not proven: their issues, and the summaries of their runs' }),
  };
}

function tooSlow({ promised, proven }: Facts): WatchFailure | undefined {
  const { rtoSeconds } = promised.targets;
  const proof = proven && lastProof(proven);
  if (rtoSeconds === undefined || proof?.recoverySeconds === undefined || proof.recoverySeconds <= rtoSeconds)
    return undefined;
  return {
    kind: 'too-slow',
    since: proof.at,
    what: `the last restore of ${promised.source} took ${showDuration(Math.round(proof.recoverySeconds))}; the target is ${showDuration(rtoSeconds)}`,
    fix: 'a larger host or volume for the restore, a parallel restore (archive-format directory), or another target',
  };
}
