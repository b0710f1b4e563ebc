/**
 * A backup from start to end: find the source, find what an earlier attempt left, take the fingerprint, quiesce, snapshot,
 * resume, and write the receipt. Every decision is made in src/volume.
 */
import type { Instance } from '../../domain/ec2.ts';
import { instanceProblems } from '../../domain/instances.ts';
import type { PlanDecision } from '../../domain/plan.ts';
import type { Receipt } from '../../domain/receipt.ts';
import { deleteOn, receiptKey, snapshotsOf, tagNames } from '../../domain/tags.ts';
import type { Hosts } from '../../ports/hosts.ts';
import { type Resumed, resume } from '../../quiesce/pause.ts';
import { BackupError, ConfigurationError } from '../../runtime/errors.ts';
import { paces, poll } from '../../runtime/poll.ts';
import { type Course, decideCourse, snapshotPlan } from '../../volume/plan.ts';
import { decideHold, type HoldDecision, type Inspection, sourceProblems, withVolume } from '../../volume/source.ts';
import type { Settings } from './inputs.ts';
import { type Context, hostParameters, type Ports } from './ports.ts';
import { type Backup, followCourse } from './snapshot.ts';

export async function run(settings: Settings, ports: Ports, context: Context): Promise<void> {
  const { timeline } = context;
  const key = receiptKey(settings.source, context.run.id);
  const instance = await timeline.step('Find the source', () => findSource(settings, ports, context));
  const { inspection, hold } = await timeline.step('Inspect the host', () =>
    inspect(settings, instance, ports, context),
  );
  const course = await timeline.step('Find what an earlier attempt left', () =>
    findCourse(settings, key, ports, context),
  );
  await showPlan(
    snapshotPlan({
      course,
      hold,
      source: settings.source,
      instanceId: instance.id,
      volumeId: inspection.volumeIds[0] ?? '',
      mountPoint: settings.mountPoint,
      service: settings.service,
      mode: settings.quiesce,
      maxPauseSeconds: settings.maxPause,
      underLock: settings.fingerprintUnderLock,
      wait: settings.wait,
      deleteOn: deleteOn(context.clock.now(), settings.retentionDays),
    }),
    context,
  );
  if (settings.dryRun) {
    context.report({ outcome: 'dry-run' });
    return;
  }
  if (hold.kind === 'resume') {
    await timeline.step('Resume what a dead run left quiesced', () =>
      resumeHold(hold.hold.id, settings, instance, ports),
    );
  }
  const backup = await followCourse(course, { settings, ports, context, instance, inspection, key });
  if (settings.wait === 'completed') await complete(backup, key, settings, ports, context);
  if (backup.unlocked !== undefined) throw backup.unlocked;
  context.report({ outcome: course.kind === 'done' ? 'nothing-to-do' : 'done' });
}

async function findSource(settings: Settings, { compute }: Ports, { logger }: Context): Promise<Instance> {
  const instances = await compute.findInstances(settings.instance);
  const problems = instanceProblems(instances, settings.instance, 'source');
  const [instance] = instances;
  if (problems.length === 0 && instance !== undefined && instance.state !== 'running')
    problems.push(`instance: ${instance.id} is ${instance.state}, not running`);
  if (problems.length > 0 || instance === undefined)
    throw new ConfigurationError({ what: 'the source cannot be backed up', problems });
  logger.info(`${instance.id} (${instance.name ?? 'unnamed'}) in ${instance.zone}`);
  return instance;
}

async function findCourse(
  settings: Settings,
  key: string,
  { compute, receipts }: Ports,
  { run: own }: Context,
): Promise<Course> {
  const snapshots = await compute.snapshotsByTags({ ...snapshotsOf(settings.source), [tagNames.run]: own.key });
  return decideCourse({ snapshots, receipt: (await receipts.read(key))?.receipt });
}

async function showPlan(plan: readonly PlanDecision[], { report, logger }: Context): Promise<void> {
  report({ plan });
  await logger.group('Plan', async () => {
    for (const { decision, reason } of plan) logger.info(`${decision}: ${reason}`);
  });
}

interface InspectedSource {
  readonly inspection: Inspection;
  readonly hold: HoldDecision;
}

/** @throws ConfigurationError, BackupError when the source cannot be backed up as it is */
async function inspect(
  settings: Settings,
  instance: Instance,
  ports: Ports,
  context: Context,
): Promise<InspectedSource> {
  const { hosts, runs } = ports;
  const { logger, clock, signal, run: own } = context;
  await requireAgent(instance, hosts);
  const ask = (): Promise<Inspection> =>
    hosts.run(instance.id, { script: 'inspect', parameters: hostParameters(settings), timeoutSeconds: 60 }, signal);
  const inspection = await ask();
  const holder = inspection.hold === null ? 'over' : await runs.state(inspection.hold.run);
  const hold = decideHold(inspection.hold, own, holder, clock.now());
  if (hold.kind === 'refuse')
    throw new ConfigurationError({ what: 'the source cannot be backed up', problems: [hold.reason] });
  if (hold.kind === 'resume' && inspection.hold?.atRest) {
    // While it is quiesced nobody can judge whether it serves: that comes after the resume.
    logger.info(`the source is still quiesced: ${hold.reason}`);
    if (settings.dryRun) return { inspection, hold };
    await resumeHold(hold.hold.id, settings, instance, ports);
    return { inspection: await judge(await ask(), settings, instance, ports, context), hold: { kind: 'none' } };
  }
  return { inspection: await judge(inspection, settings, instance, ports, context), hold };
}

async function requireAgent(instance: Instance, hosts: Hosts): Promise<void> {
  const { online, detail } = await hosts.reachable(instance.id, instance.launchedAt);
  if (online) return;
  throw new BackupError({
    what: `${instance.id} is not reachable: ${detail}`,
    likelyCause:
      'the SSM agent is stopped, the instance has no instance profile, or the host cannot reach the SSM endpoint',
    fix: 'start the agent (systemctl start amazon-ssm-agent) and look at Fleet Manager; nothing was touched',
  });
}

/** @returns the inspection, when the source can be backed up */
async function judge(
  asked: Inspection,
  settings: Settings,
  instance: Instance,
  { compute }: Ports,
  { logger }: Context,
): Promise<Inspection> {
  const inspection = withVolume(asked, instance);
  const [volumeId = '', ...others] = inspection.volumeIds;
  const volume = volumeId !== '' && others.length === 0 ? await compute.volume(volumeId) : undefined;
  const problems = sourceProblems(inspection, instance, volume, settings.quiesce);
  if (problems.length > 0) throw new ConfigurationError({ what: 'the source cannot be backed up', problems });
  logger.info(
    `${settings.mountPoint} is ${volumeId} (${inspection.device}, ${inspection.filesystem}); the server is ${inspection.serverVersion}`,
  );
  return inspection;
}

function resumeHold(holdId: string, settings: Settings, instance: Instance, { hosts }: Ports): Promise<Resumed> {
  return resume({ instanceId: instance.id, holdId, hostParameters: hostParameters(settings) }, hosts);
}

/** Waits for the snapshot to be completed, in percent, and completes the receipt. */
async function complete(
  backup: Backup,
  key: string,
  settings: Settings,
  ports: Ports,
  context: Context,
): Promise<void> {
  const { timeline, clock } = context;
  if (backup.receipt.snapshot?.completedAt !== undefined) return;
  await timeline.step('Wait for the snapshot to be completed', async (note) => {
    await waitForSnapshot(backup.snapshot.id, settings, ports, context);
    note('100 %');
  });
  const { snapshot } = backup.receipt;
  const receipt: Receipt = {
    ...backup.receipt,
    ...(snapshot ? { snapshot: { ...snapshot, completedAt: clock.now().toISOString() } } : {}),
    timeline: timeline.steps,
  };
  await ports.receipts.write(key, receipt);
  context.report({ receipt });
}

function waitForSnapshot(id: string, settings: Settings, { compute }: Ports, context: Context): Promise<void> {
  const { clock, logger, signal } = context;
  return poll(
    {
      what: `${id} to be completed`,
      timeoutSeconds: settings.waitTimeout,
      pace: paces.long,
      clock,
      signal,
      onChange: (reason) => logger.info(reason),
    },
    async () => {
      const now = await compute.snapshot(id);
      if (now?.state === 'completed') return { done: undefined };
      if (now !== undefined && now.state !== 'error') return { retry: `${id}: ${now.progress} %` };
      throw new BackupError({
        what: `${id} ${now === undefined ? 'has vanished' : `ended in the state "error"${now.stateMessage ? `: ${now.stateMessage}` : ''}`}`,
        likelyCause:
          'AWS could not complete the snapshot (an unusable KMS key is the usual reason), or somebody deleted it',
        fix: 'look at the snapshot in the console, then run the workflow again; the source serves and was not harmed',
      });
    },
  );
}
