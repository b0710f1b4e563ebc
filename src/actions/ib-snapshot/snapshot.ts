/** Takes the backup, or completes the one that a dead attempt left: fingerprint, pause, fingerprint, receipt. */
import type { Snapshot } from '../../domain/ec2.ts';
import type { Fingerprint, Receipt } from '../../domain/receipt.ts';
import { lockTags } from '../../domain/snapshot-lock.ts';
import { snapshotTags, tagNames } from '../../domain/tags.ts';
import { type PauseRequest, type PauseResult, pause, resume, takenWhileQuiesced } from '../../quiesce/pause.ts';
import { BackupError, ConfigurationError, explain } from '../../runtime/errors.ts';
import type { Course } from '../../volume/plan.ts';
import { holdId } from '../../volume/source.ts';
import { decideUnderLock } from '../../volume/under-lock.ts';
import { lockOf } from '../common/inputs.ts';
import { withDefinitions } from './definitions.ts';
import { lockBackup } from './lock.ts';
import { type Context, checksOf, hostParameters, methodOf, type SourceWork } from './ports.ts';
import { draftReceipt, takenReceipt } from './receipt.ts';

/** Seconds a fingerprint may take: it reads every table once. */
const fingerprintSeconds = 6 * 3600;

export interface Backup {
  readonly snapshot: Snapshot;
  readonly receipt: Receipt;
  /** Why the snapshot is not locked although it should be. */
  readonly unlocked?: BackupError | undefined;
}

/** Does what the plan says: nothing, completing, or taking. */
export async function followCourse(course: Course, work: SourceWork): Promise<Backup> {
  if (course.kind === 'done') {
    work.context.report({ receipt: course.receipt });
    return { ...course, unlocked: await lockBackup(course.snapshot, work) };
  }
  if (course.kind === 'complete') {
    const completed = await completeEarlier(course.snapshot, course.receipt, work);
    if (completed) return completed;
  }
  return takeBackup(work);
}

/** @param saved hold whose fingerprint was taken under the lock; empty to take one now */
async function fingerprint(work: SourceWork, saved: string, method = methodOf(work.settings)): Promise<Fingerprint> {
  const { settings, ports, context, instance } = work;
  const parameters = {
    Socket: settings.socket,
    DefaultsFile: settings.defaultsFile,
    Method: method,
    Checks: checksOf(settings),
    Saved: saved,
  };
  const command = { script: 'fingerprint', parameters, timeoutSeconds: fingerprintSeconds } as const;
  const print = await ports.hosts.run(instance.id, command, context.signal);
  return saved === '' ? withDefinitions(print, work) : print;
}

async function takeBackup(work: SourceWork): Promise<Backup> {
  const { settings, ports, context, instance, key } = work;
  const { timeline, run } = context;
  const before = await timeline.step('Take the fingerprint before the pause', async (note) => {
    const print = await fingerprint(work, '');
    note(`${print.entries.length} entries in ${print.seconds} s`);
    return print;
  });
  const lock = lockUseOf(work, before);
  const draft = draftReceipt(work, before, lock.notes);
  // Before the quiesce: if this run dies after the snapshot call, the next attempt finds what it needs to go on.
  const written = await timeline.step('Write the draft of the receipt', () => ports.receipts.write(key, draft));
  context.report({ receipt: draft, receiptLocation: written.location });

  const id = holdId(run.id, run.attempt, settings.source);
  ports.remember({ instanceId: instance.id, holdId: id, hostParameters: hostParameters(settings) });
  const result = await timeline.step('Pause', async (note) => {
    const done = await pause(pauseRequest(work, id, lock), ports, context);
    const { pauseMs } = done.resumed;
    note(`${pauseMs === null ? 'length unknown' : `${(pauseMs / 1000).toFixed(2)} s`}; ${done.snapshot.id}`);
    ports.forget();
    return done;
  });
  recordPause(result, context);
  if (!takenWhileQuiesced(result.snapshot, result.resumed)) await abandon(result.snapshot, draft, work);
  const unlocked = await lockBackup(result.snapshot, work);
  const { pauseMs } = result.resumed;
  const backup = await completeReceipt(
    work,
    draft,
    result.snapshot,
    pauseMs,
    lock.readSeconds === undefined ? undefined : id,
  );
  return { ...backup, unlocked };
}

function pauseRequest(
  { settings, context, instance, inspection, key }: SourceWork,
  hold: string,
  { readSeconds }: LockUse,
): PauseRequest {
  const volumeId = inspection.volumeIds[0] ?? '';
  const { run, clock } = context;
  return {
    instanceId: instance.id,
    volumeId,
    holdId: hold,
    run: run.key,
    mode: settings.quiesce,
    hostParameters: hostParameters(settings),
    underLock: readSeconds === undefined ? undefined : { Method: methodOf(settings), ReadSeconds: String(readSeconds) },
    maxPauseSeconds: settings.maxPause,
    description: `${settings.source}: ${inspection.mountPoint} of ${instance.name ?? instance.id} (${volumeId})`,
    tags: snapshotTags({
      source: settings.source,
      run,
      receiptKey: key,
      now: clock.now(),
      retentionDays: settings.retentionDays,
      extra: settings.tags,
      own: lockTags(lockOf(settings)),
    }),
  };
}

interface LockUse {
  /** Seconds that the session of the lock may read on; undefined when no fingerprint of its moment is taken. */
  readonly readSeconds: number | undefined;
  readonly notes: readonly string[];
}

/** @throws ConfigurationError when what was asked for cannot be done within the lease */
function lockUseOf({ settings, context }: SourceWork, before: Fingerprint): LockUse {
  const { fingerprintUnderLock: asked, quiesce: mode, maxPause: maxPauseSeconds } = settings;
  const decision = decideUnderLock({ asked, mode, maxPauseSeconds, before });
  if (decision.kind === 'refuse')
    throw new ConfigurationError({ what: 'the source cannot be backed up', problems: [decision.problem] });
  if (decision.kind === 'take') return { readSeconds: decision.readSeconds, notes: [] };
  if (decision.why !== undefined) context.logger.warning(decision.why);
  return { readSeconds: undefined, notes: decision.why === undefined ? [] : [decision.why] };
}

/** The host's own times of the pause, as steps of the timeline. */
function recordPause({ quiesced, resumed }: PauseResult, { timeline }: Context): void {
  const iso = (milliseconds: number): string => new Date(milliseconds).toISOString();
  const add = (name: string, from: number | null, to: number | null): void => {
    if (from !== null && to !== null)
      timeline.record({ name, startedAt: iso(from), endedAt: iso(to), outcome: 'done' });
  };
  add('on the host: quiesce', quiesced.pauseStartedMs, quiesced.atRestMs);
  add('quiesced', quiesced.atRestMs, resumed.resumeStartedMs);
  add('on the host: resume', resumed.resumeStartedMs, resumed.answeredMs);
}

/** The lease resumed the source first, so the snapshot cannot be trusted. @throws BackupError always */
async function abandon(snapshot: Snapshot, draft: Receipt, { settings, ports, key }: SourceWork): Promise<never> {
  const notes = ['the lease ended the pause before the snapshot call'];
  await ports.receipts.write(key, { ...draft, state: 'abandoned', notes });
  throw new BackupError({
    what: `the lease resumed the source before ${snapshot.id} was taken, so that snapshot is not of the quiesced source`,
    likelyCause: `stopping the service or the snapshot call took longer than max-pause (${settings.maxPause} s)`,
    fix: 'raise max-pause; the snapshot will expire by its DeleteOn tag and is never verified',
  });
}

/** Completes what a dead attempt left, but only if its snapshot was surely taken while the source was quiesced. */
async function completeEarlier(snapshot: Snapshot, draft: Receipt, work: SourceWork): Promise<Backup | undefined> {
  const { ports, context, settings, instance } = work;
  const attempt = Number(snapshot.tags[tagNames.attempt] ?? draft.run.attempt);
  const id = holdId(context.run.id, attempt, settings.source);
  const resumed = await context.timeline.step('Find how the earlier pause ended', () =>
    resume({ instanceId: instance.id, holdId: id, hostParameters: hostParameters(settings) }, ports.hosts),
  );
  const { pauseStartedMs, resumeStartedMs } = resumed;
  const at = snapshot.startedAt.getTime();
  // A second of tolerance: StartTime may be cut to whole seconds.
  if (pauseStartedMs === null || resumeStartedMs === null || at < pauseStartedMs - 1000 || at > resumeStartedMs) {
    context.logger.warning(
      `nothing shows that ${snapshot.id} of an earlier attempt was taken while the source was quiesced; taking another (it expires by its DeleteOn tag)`,
    );
    return undefined;
  }
  // Its session has gone on reading meanwhile.
  const { readSeconds } = lockUseOf(work, draft.fingerprint.before);
  const unlocked = await lockBackup(snapshot, work);
  const saved = readSeconds === undefined ? undefined : id;
  return { ...(await completeReceipt(work, draft, snapshot, resumed.pauseMs, saved)), unlocked };
}

/** @param saved hold whose session reads the tables as of its lock, when there is one */
async function completeReceipt(
  work: SourceWork,
  draft: Receipt,
  snapshot: Snapshot,
  pauseMs: number | null,
  saved: string | undefined,
): Promise<Backup> {
  const { ports, context, key } = work;
  // The draft may be of an earlier version, whose method the second fingerprint must share.
  const { method } = draft.fingerprint;
  const locked =
    saved === undefined
      ? { print: undefined, notes: [] }
      : await context.timeline.step('Read the fingerprint of the moment of the lock', () =>
          ofTheLock(work, saved, method),
        );
  return context.timeline.step('Take the fingerprint after the pause and write the receipt', async () => {
    const after = await fingerprint(work, '', method);
    const { steps } = context.timeline;
    const { print: underLock, notes } = locked;
    const receipt = takenReceipt(draft, { snapshot, pauseMs, underLock, after, timeline: steps, notes });
    const written = await ports.receipts.write(key, receipt);
    context.report({ receipt, receiptLocation: written.location });
    return { snapshot, receipt };
  });
}

/** Without it the backup is still good for what did not change around the pause. */
async function ofTheLock(
  work: SourceWork,
  saved: string,
  method: Receipt['fingerprint']['method'],
): Promise<{ readonly print: Fingerprint | undefined; readonly notes: readonly string[] }> {
  const { signal, logger } = work.context;
  try {
    return { print: await fingerprint(work, saved, method), notes: [] };
  } catch (error) {
    signal.throwIfAborted();
    const { what, detail } = explain(error);
    const why = `there is no fingerprint of the moment of the lock, so the copy is compared with what did not change around the pause: ${what}${detail ? `: ${detail}` : ''}`;
    logger.warning(why);
    return { print: undefined, notes: [why] };
  }
}
