/**
 * The story of a backup: find the source, see what a dead run left, take the fingerprint, bring the source to rest,
 * snapshot it, bring it back, and describe what was taken. Every decision is made in src/snapshot.
 */
import type { Clock, Compute, Hosts, Instance, Logger, Receipts, Runs, Snapshot } from '../../ports.ts';
import type { Fingerprint, QuiesceMode, Receipt } from '../../report/receipt.ts';
import type { PlanDecision } from '../../report/report.ts';
import { BackupError, ConfigurationError } from '../../runtime/errors.ts';
import { paces, poll } from '../../runtime/poll.ts';
import type { Timeline } from '../../runtime/timeline.ts';
import { type PauseResult, pause, resume, takenAtRest } from '../../snapshot/pause.ts';
import { type Course, decideCourse, snapshotPlan } from '../../snapshot/plan.ts';
import {
  decideHold,
  type HoldDecision,
  type Inspection,
  instanceProblems,
  sourceProblems,
} from '../../snapshot/source.ts';
import { deleteOn, type RunIdentity, receiptKey, snapshotsOf, snapshotTags, tagNames } from '../../snapshot/tags.ts';

/** What the user decided, parsed. Durations are seconds. */
export interface Wishes {
  readonly source: string;
  readonly region: string;
  readonly instance: string;
  readonly mountPoint: string;
  readonly service: string;
  readonly socket: string;
  readonly defaultsFile: string;
  readonly mode: QuiesceMode;
  readonly maxPauseSeconds: number;
  /** base64 of the gzipped checks file, or empty. */
  readonly checks: string;
  readonly method: 'auto' | 'aggregates';
  readonly underLock: boolean;
  readonly wait: 'completed' | 'started';
  readonly waitSeconds: number;
  readonly retentionDays: number;
  readonly tags: Readonly<Record<string, string>>;
  readonly dryRun: boolean;
}

export interface Tools {
  readonly compute: Compute;
  readonly hosts: Hosts;
  readonly receipts: Receipts;
  readonly runs: Runs;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly timeline: Timeline;
  readonly signal: AbortSignal;
  readonly run: RunIdentity;
  readonly version: string;
  /** Remembers, before the side effect, what the post step must undo. */
  readonly remember: (hold: { instanceId: string; holdId: string; hostParameters: Record<string, string> }) => void;
  /** Told that the source is back, so that the post step has nothing to do. */
  readonly forget: () => void;
  /** Told of everything worth reporting as soon as it is known, so that a failed run reports it too. */
  readonly found: (facts: Partial<Findings>) => void;
}

export interface Findings {
  readonly outcome: 'done' | 'dry-run' | 'nothing-to-do';
  readonly plan: readonly PlanDecision[];
  readonly receipt: Receipt;
  readonly receiptLocation: string;
}

/** Seconds a fingerprint may take: it reads every table once. */
const fingerprintSeconds = 6 * 3600;

export async function run(wishes: Wishes, tools: Tools): Promise<void> {
  const { compute, receipts, timeline, clock, logger } = tools;
  const key = receiptKey(wishes.source, tools.run.id);

  const instance = await timeline.step('Find the source', () => findSource(wishes, tools));
  const { inspection, hold } = await timeline.step('Ask the host', () => ask(wishes, instance, tools));
  const volumeId = inspection.volumeIds[0] ?? '';

  const course = await timeline.step('Look for what an earlier attempt left', async () => {
    const mine = { ...snapshotsOf(wishes.source), [tagNames.run]: tools.run.key };
    const [snapshots, kept] = [await compute.snapshotsByTags(mine), await receipts.read(key)];
    return decideCourse({ snapshots, receipt: kept?.receipt });
  });

  const plan = snapshotPlan({
    course,
    hold,
    source: wishes.source,
    instanceId: instance.id,
    volumeId,
    mountPoint: wishes.mountPoint,
    service: wishes.service,
    mode: wishes.mode,
    maxPauseSeconds: wishes.maxPauseSeconds,
    wait: wishes.wait,
    deleteOn: deleteOn(clock.now(), wishes.retentionDays),
  });
  tools.found({ plan });
  await logger.group('Plan', async () => {
    for (const one of plan) logger.info(`${one.decision}: ${one.reason}`);
  });
  if (wishes.dryRun) {
    tools.found({ outcome: 'dry-run' });
    return;
  }

  if (hold.kind === 'resume') {
    await timeline.step('Resume what a dead run left at rest', () =>
      resume({ instanceId: instance.id, holdId: hold.hold.id, hostParameters: hostParameters(wishes) }, tools),
    );
  }
  const taken = await followCourse(course, { wishes, tools, instance, inspection, key });
  if (wishes.wait === 'started') {
    tools.found({ outcome: course.kind === 'done' ? 'nothing-to-do' : 'done' });
    return;
  }
  await complete(taken, key, wishes, tools);
  tools.found({ outcome: course.kind === 'done' ? 'nothing-to-do' : 'done' });
}

function hostParameters(wishes: Wishes): Record<string, string> {
  return {
    MountPoint: wishes.mountPoint,
    Service: wishes.service,
    Socket: wishes.socket,
    DefaultsFile: wishes.defaultsFile,
  };
}

async function findSource(wishes: Wishes, { compute, logger }: Tools): Promise<Instance> {
  const found = await compute.findInstances(wishes.instance);
  const problems = instanceProblems(found, wishes.instance, 'source');
  const [instance] = found;
  if (problems.length > 0 || instance === undefined) {
    throw new ConfigurationError({ what: 'the source cannot be backed up', problems });
  }
  if (instance.state !== 'running') {
    throw new ConfigurationError({
      what: 'the source cannot be backed up',
      problems: [`instance: ${instance.id} is ${instance.state}, not running`],
    });
  }
  logger.info(`${instance.id} (${instance.name ?? 'unnamed'}) in ${instance.zone}`);
  return instance;
}

async function ask(
  wishes: Wishes,
  instance: Instance,
  tools: Tools,
): Promise<{ inspection: Inspection; hold: HoldDecision }> {
  const { compute, hosts, logger, runs, clock, signal } = tools;
  const reach = await hosts.reachable(instance.id);
  if (!reach.online) {
    throw new BackupError({
      what: `${instance.id} is not reachable: ${reach.detail}`,
      likelyCause:
        'the SSM agent is stopped, the instance has no instance profile, or the host has no way to the SSM endpoint',
      fix: 'start the agent (systemctl start amazon-ssm-agent) and look at Fleet Manager; nothing was touched',
    });
  }
  const inspect = (): Promise<Inspection> =>
    hosts.run<Inspection>(
      instance.id,
      { script: 'inspect', parameters: hostParameters(wishes), timeoutSeconds: 60 },
      signal,
    );
  const inspection = await inspect();
  const holder = inspection.hold === null ? 'over' : await runs.state(inspection.hold.run);
  const hold = decideHold(inspection.hold, tools.run.key, holder, clock.now());
  if (hold.kind === 'refuse')
    throw new ConfigurationError({ what: 'the source cannot be backed up', problems: [hold.reason] });
  if (hold.kind === 'resume' && inspection.hold?.atRest) {
    // Still at rest, so it cannot be judged by whether it serves: that comes after it was resumed.
    logger.info(`the source is still at rest: ${hold.reason}`);
    if (wishes.dryRun) return { inspection, hold };
    await resume({ instanceId: instance.id, holdId: hold.hold.id, hostParameters: hostParameters(wishes) }, tools);
    return judge(await inspect(), { kind: 'none' });
  }
  return judge(inspection, hold);

  async function judge(
    answer: Inspection,
    decided: HoldDecision,
  ): Promise<{ inspection: Inspection; hold: HoldDecision }> {
    const volume = answer.volumeIds.length === 1 ? await compute.volume(answer.volumeIds[0] ?? '') : undefined;
    const problems = sourceProblems(answer, instance, volume, wishes.mode);
    if (problems.length > 0) throw new ConfigurationError({ what: 'the source cannot be backed up', problems });
    logger.info(
      `${wishes.mountPoint} is ${answer.volumeIds[0]} (${answer.device}, ${answer.filesystem}); the server is ${answer.serverVersion}`,
    );
    return { inspection: answer, hold: decided };
  }
}

interface Scene {
  readonly wishes: Wishes;
  readonly tools: Tools;
  readonly instance: Instance;
  readonly inspection: Inspection;
  readonly key: string;
}

interface Taken {
  readonly snapshot: Snapshot;
  readonly receipt: Receipt;
}

async function followCourse(course: Course, scene: Scene): Promise<Taken> {
  if (course.kind === 'done') {
    scene.tools.found({ receipt: course.receipt });
    return course;
  }
  if (course.kind === 'complete') {
    const completed = await completeDead(course.snapshot, course.receipt, scene);
    if (completed) return completed;
  }
  return take(scene);
}

function fingerprint(scene: Scene, saved: string): Promise<Fingerprint> {
  const { wishes, tools, instance } = scene;
  return tools.hosts.run<Fingerprint>(
    instance.id,
    {
      script: 'fingerprint',
      parameters: {
        Socket: wishes.socket,
        DefaultsFile: wishes.defaultsFile,
        Method: wishes.method,
        Checks: wishes.checks,
        Saved: saved,
      },
      timeoutSeconds: fingerprintSeconds,
    },
    tools.signal,
  );
}

/** A hold's id names run and attempt, so that the host can tell a repeated command from another run's. */
function holdId(run: RunIdentity, attempt: number): string {
  return `${run.id}-${attempt}`;
}

async function take(scene: Scene): Promise<Taken> {
  const { wishes, tools, instance, inspection, key } = scene;
  const { timeline, receipts, clock, run } = tools;
  const before = await timeline.step('Take the fingerprint before the pause', async (note) => {
    const print = await fingerprint(scene, '');
    note(`${print.entries.length} entries in ${print.seconds} s`);
    return print;
  });
  const draft = draftReceipt(scene, before);
  // Before the quiesce: if this run dies after the snapshot call, the next attempt finds what it needs to go on.
  const written = await timeline.step('Write the draft of the receipt', () => receipts.write(key, draft));
  tools.found({ receipt: draft, receiptLocation: written.location });

  const id = holdId(run, run.attempt);
  tools.remember({ instanceId: instance.id, holdId: id, hostParameters: hostParameters(wishes) });
  const volumeId = inspection.volumeIds[0] ?? '';
  const result = await timeline.step('Pause', async (note) => {
    const done = await pause(
      {
        instanceId: instance.id,
        volumeId,
        holdId: id,
        run: run.key,
        mode: wishes.mode,
        hostParameters: hostParameters(wishes),
        underLock: wishes.underLock ? { Method: wishes.method, Checks: wishes.checks } : undefined,
        maxPauseSeconds: wishes.maxPauseSeconds,
        description: `${wishes.source}: ${inspection.mountPoint} of ${instance.name ?? instance.id} (${volumeId})`,
        tags: snapshotTags({
          source: wishes.source,
          run,
          receiptKey: key,
          now: clock.now(),
          retentionDays: wishes.retentionDays,
          extra: wishes.tags,
        }),
      },
      tools,
    );
    note(
      `${done.resumed.pauseMs === null ? 'length unknown' : `${(done.resumed.pauseMs / 1000).toFixed(2)} s`}; ${done.snapshot.id}`,
    );
    tools.forget();
    return done;
  });
  recordPause(result, tools);
  if (!takenAtRest(result.snapshot, result.resumed)) {
    await receipts.write(key, {
      ...draft,
      state: 'abandoned',
      notes: ['the lease ended the pause before the snapshot call'],
    });
    throw new BackupError({
      what: `the lease brought the source back before ${result.snapshot.id} was taken, so that snapshot is not of the source at rest`,
      likelyCause: `stopping the service or the snapshot call took longer than max-pause (${wishes.maxPauseSeconds} s)`,
      fix: 'raise max-pause; the snapshot will expire by its DeleteOn tag and is never verified',
    });
  }
  return describe(scene, draft, result.snapshot, result.resumed.pauseMs, wishes.underLock ? id : undefined);
}

/** The host's own times of the pause, as steps of the timeline. */
function recordPause({ quiesced, resumed }: PauseResult, { timeline }: Tools): void {
  const iso = (milliseconds: number): string => new Date(milliseconds).toISOString();
  const add = (name: string, from: number | null, to: number | null): void => {
    if (from !== null && to !== null)
      timeline.record({ name, startedAt: iso(from), endedAt: iso(to), outcome: 'done' });
  };
  add('on the host: bring to rest', quiesced.pauseStartedMs, quiesced.atRestMs);
  add('at rest', quiesced.atRestMs, resumed.resumeStartedMs);
  add('on the host: bring back', resumed.resumeStartedMs, resumed.answeredMs);
}

/** What a dead attempt left is completed only if its snapshot was surely taken while the source was at rest. */
async function completeDead(snapshot: Snapshot, draft: Receipt, scene: Scene): Promise<Taken | undefined> {
  const { tools, wishes, instance } = scene;
  const id = holdId(tools.run, Number(snapshot.tags[tagNames.attempt] ?? draft.run.attempt));
  const resumed = await tools.timeline.step('Ask how the earlier pause ended', () =>
    resume({ instanceId: instance.id, holdId: id, hostParameters: hostParameters(wishes) }, tools),
  );
  const { pauseStartedMs, resumeStartedMs } = resumed;
  const at = snapshot.startedAt.getTime();
  // A second of tolerance: StartTime may be cut to whole seconds.
  if (pauseStartedMs === null || resumeStartedMs === null || at < pauseStartedMs - 1000 || at > resumeStartedMs) {
    tools.logger.warning(
      `${snapshot.id} of an earlier attempt cannot be shown to be of the source at rest; taking another (it expires by its DeleteOn tag)`,
    );
    return undefined;
  }
  return describe(scene, draft, snapshot, resumed.pauseMs, undefined);
}

async function describe(
  scene: Scene,
  draft: Receipt,
  snapshot: Snapshot,
  pauseMs: number | null,
  saved: string | undefined,
): Promise<Taken> {
  const { tools, key } = scene;
  return tools.timeline.step('Take the fingerprint after the pause and write the receipt', async () => {
    const underLock = saved === undefined ? undefined : await fingerprint(scene, saved);
    const after = await fingerprint(scene, '');
    const receipt: Receipt = {
      ...draft,
      state: 'taken',
      takenAt: snapshot.startedAt.toISOString(),
      quiesce: { ...draft.quiesce, ...(pauseMs === null ? {} : { pauseSeconds: pauseMs / 1000 }) },
      fingerprint: { ...draft.fingerprint, ...(underLock ? { underLock } : {}), after },
      snapshot: { id: snapshot.id, startedAt: snapshot.startedAt.toISOString(), sizeGiB: snapshot.sizeGiB },
      timeline: tools.timeline.steps,
    };
    const written = await tools.receipts.write(key, receipt);
    tools.found({ receipt, receiptLocation: written.location });
    return { snapshot, receipt };
  });
}

/** Waits for the snapshot to be completed, in percent, and completes the receipt. */
async function complete(taken: Taken, key: string, wishes: Wishes, tools: Tools): Promise<void> {
  const { compute, timeline, logger, clock } = tools;
  if (taken.receipt.snapshot?.completedAt !== undefined) return;
  await timeline.step('Wait for the snapshot to be completed', (note) =>
    poll(
      {
        what: `${taken.snapshot.id} to be completed`,
        timeoutSeconds: wishes.waitSeconds,
        pace: paces.long,
        clock,
        signal: tools.signal,
        onChange: (seen) => logger.info(seen),
      },
      async () => {
        const now = await compute.snapshot(taken.snapshot.id);
        if (now?.state === 'completed') {
          note('100 %');
          return { done: undefined };
        }
        if (now === undefined || now.state === 'error') {
          throw new BackupError({
            what: `${taken.snapshot.id} ${now === undefined ? 'has vanished' : `ended in the state "error"${now.stateMessage ? `: ${now.stateMessage}` : ''}`}`,
            likelyCause:
              'AWS could not complete the snapshot (an unusable KMS key is the usual reason), or somebody deleted it',
            fix: 'look at the snapshot in the console, then run the workflow again; the source serves and was not harmed',
          });
        }
        return { retry: `${taken.snapshot.id}: ${now.progress} %` };
      },
    ),
  );
  const { snapshot } = taken.receipt;
  const receipt: Receipt = {
    ...taken.receipt,
    ...(snapshot ? { snapshot: { ...snapshot, completedAt: clock.now().toISOString() } } : {}),
    timeline: timeline.steps,
  };
  await tools.receipts.write(key, receipt);
  tools.found({ receipt });
}

function draftReceipt(scene: Scene, before: Fingerprint): Receipt {
  const { wishes, tools, instance, inspection } = scene;
  return {
    format: 'holdfast-receipt/1',
    source: wishes.source,
    kind: 'volume-snapshot',
    state: 'draft',
    run: { key: tools.run.key, url: tools.run.url, attempt: tools.run.attempt },
    host: {
      instanceId: instance.id,
      ...(instance.name === undefined ? {} : { name: instance.name }),
      region: wishes.region,
      mountPoint: inspection.mountPoint,
      device: inspection.device,
      volumeId: inspection.volumeIds[0] ?? '',
      filesystem: inspection.filesystem,
      sizeBytes: inspection.sizeBytes,
      usedBytes: inspection.usedBytes,
      service: wishes.service,
    },
    versions: { holdfast: tools.version, server: inspection.serverVersion },
    quiesce: { mode: wishes.mode, leaseSeconds: wishes.maxPauseSeconds },
    fingerprint: { method: wishes.method, checks: wishes.checks, before },
    files: [],
    timeline: tools.timeline.steps,
    verdict: 'unproven',
    notes: [],
  };
}
