/** Taking the backup, or completing the one that a dead attempt left: fingerprint, pause, fingerprint, receipt. */
import type { Instance, Snapshot } from '../../domain/ec2.ts';
import type { Fingerprint, Receipt } from '../../domain/receipt.ts';
import type { RunIdentity } from '../../domain/run.ts';
import { snapshotTags, tagNames } from '../../domain/tags.ts';
import { type PauseResult, pause, resume, takenAtRest } from '../../quiesce/pause.ts';
import { BackupError } from '../../runtime/errors.ts';
import type { Course } from '../../volume/plan.ts';
import type { Inspection } from '../../volume/source.ts';
import { hostParameters, type Tools, type Wishes } from './wishes.ts';

/** Seconds a fingerprint may take: it reads every table once. */
const fingerprintSeconds = 6 * 3600;

interface Scene {
  readonly wishes: Wishes;
  readonly tools: Tools;
  readonly instance: Instance;
  readonly inspection: Inspection;
  readonly key: string;
}

export interface Taken {
  readonly snapshot: Snapshot;
  readonly receipt: Receipt;
}

/** Goes where the plan says: nothing, completing, or taking. */
export async function followCourse(course: Course, scene: Scene): Promise<Taken> {
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
  return tools.hosts.run(
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
