/**
 * The story of a backup: find the source, see what a dead run left, take the fingerprint, bring the source to rest,
 * snapshot it, bring it back, and describe what was taken. Every decision is made in src/snapshot.
 */
import type { Instance } from '../../domain/ec2.ts';
import type { Receipt } from '../../domain/receipt.ts';
import { deleteOn, receiptKey, snapshotsOf, tagNames } from '../../domain/tags.ts';
import { resume } from '../../quiesce/pause.ts';
import { BackupError, ConfigurationError } from '../../runtime/errors.ts';
import { paces, poll } from '../../runtime/poll.ts';
import { decideCourse, snapshotPlan } from '../../volume/plan.ts';
import {
  decideHold,
  type HoldDecision,
  type Inspection,
  instanceProblems,
  sourceProblems,
} from '../../volume/source.ts';
import { followCourse, type Taken } from './take.ts';
import { hostParameters, type Tools, type Wishes } from './wishes.ts';

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
    hosts.run(instance.id, { script: 'inspect', parameters: hostParameters(wishes), timeoutSeconds: 60 }, signal);
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
