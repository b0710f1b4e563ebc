/**
 * The story of a verification: choose a snapshot, sweep, bring up a copy on the verification instance, read all of it,
 * hold it against the fingerprint, write the verdict, and take everything down again.
 */
import type { Instance, Snapshot } from '../../domain/ec2.ts';
import { instanceProblems } from '../../domain/instances.ts';
import type { PlanDecision } from '../../domain/plan.ts';
import type { Receipt, Verdict } from '../../domain/receipt.ts';
import type { RunIdentity } from '../../domain/run.ts';
import { snapshotsOf, tagNames, verdictTags } from '../../domain/tags.ts';
import type { Verification } from '../../domain/verification.ts';
import type { Compute } from '../../ports/compute.ts';
import type { Runs } from '../../ports/github.ts';
import type { Hosts } from '../../ports/hosts.ts';
import type { Receipts } from '../../ports/receipts.ts';
import type { Clock } from '../../runtime/clock.ts';
import { BackupError, ConfigurationError } from '../../runtime/errors.ts';
import type { Logger } from '../../runtime/logger.ts';
import { paces, poll } from '../../runtime/poll.ts';
import type { Timeline } from '../../runtime/timeline.ts';
import { freeDevice, receiptProblem, unproven } from '../../volume/choose.ts';
import { expectations } from '../../volume/fingerprint.ts';
import { decideSweep, type Maker, makersToAsk, type Sweep, sweepPlan } from '../../volume/sweep.ts';
import { verdictOf } from '../../volume/verdict.ts';
import {
  attach,
  type MachineTools,
  removeVolume,
  startInstance,
  stopInstance,
  volumeReady,
} from '../../volume/verification-host.ts';
import { type CopyFindings, examine } from './examine.ts';

/** What the user decided, parsed. Durations are seconds. */
export interface Wishes {
  readonly source: string;
  readonly instance: string;
  readonly mountPoint: string;
  readonly service: string;
  readonly socket: string;
  readonly defaultsFile: string;
  /** An id, or undefined for the newest unproven one of the source. */
  readonly snapshotId: string | undefined;
  readonly volumeType: string;
  readonly initializationRate: number | undefined;
  readonly waitSeconds: number;
  readonly readSeconds: number;
  readonly dryRun: boolean;
}

export interface Tools {
  readonly compute: Compute;
  /** The same without the run's signal, for taking down what was brought up. */
  readonly cleanupCompute: Compute;
  readonly hosts: Hosts;
  readonly receipts: Receipts;
  readonly runs: Runs;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly timeline: Timeline;
  readonly signal: AbortSignal;
  readonly run: RunIdentity;
  /** Remembers, before anything is brought up, what the post step must take down. */
  readonly remember: (instanceId: string) => void;
  readonly found: (facts: Partial<Findings>) => void;
}

export interface Findings {
  readonly outcome: 'done' | 'dry-run' | 'nothing-to-do';
  readonly plan: readonly PlanDecision[];
  readonly receipt: Receipt;
  readonly receiptLocation: string;
  readonly snapshotId: string;
  readonly verification: Verification;
  readonly verdict: Verdict;
  readonly notes: readonly string[];
}

interface Choice {
  readonly snapshot: Snapshot;
  readonly receipt: Receipt;
  readonly receiptKey: string;
}

/** A live run's volume may be swept by others after this long, when nobody can say whether its run is over. */
const volumeLifetimeHours = 12;

export async function run(wishes: Wishes, tools: Tools): Promise<void> {
  const { timeline, logger } = tools;
  const choice = await timeline.step('Choose the snapshot', (note) => choose(wishes, tools, note));
  const instance = await timeline.step('Find the verification instance', () => findInstance(wishes, tools));
  const sweep = await timeline.step('Look for what dead runs left', () =>
    lookForLeftovers(instance, tools.compute, tools),
  );
  const plan = [...sweepPlan(sweep), ...(choice ? verificationPlan(choice, instance, sweep, wishes) : [])];
  tools.found({ plan, ...(choice ? { snapshotId: choice.snapshot.id, receipt: choice.receipt } : {}) });
  await logger.group('Plan', async () => {
    for (const one of plan) logger.info(`${one.decision}: ${one.reason}`);
    if (plan.length === 0) logger.info('nothing to do');
  });
  if (wishes.dryRun) {
    tools.found({ outcome: 'dry-run' });
    return;
  }
  tools.remember(instance.id);
  await sweepAll(sweep, instance, wishes, tools, choice === undefined);
  if (choice === undefined) {
    tools.found({ outcome: 'nothing-to-do' });
    return;
  }
  if (sweep.busy) {
    throw new BackupError({
      what: `the verification instance ${instance.id} is in use by ${sweep.busy}`,
      likelyCause: 'another verification is going on',
      fix: 'wait for it; give both workflows the same concurrency group',
    });
  }
  await verify(choice, instance, wishes, tools);
}

async function choose(wishes: Wishes, tools: Tools, note: (text: string) => void): Promise<Choice | undefined> {
  const { compute, logger } = tools;
  const candidates =
    wishes.snapshotId === undefined
      ? unproven(await compute.snapshotsByTags(snapshotsOf(wishes.source)))
      : [await named(wishes.snapshotId, wishes.source, tools)];
  const problems: string[] = [];
  for (const snapshot of candidates) {
    const key = snapshot.tags[tagNames.receipt] ?? '';
    const receipt = key === '' ? undefined : (await tools.receipts.read(key))?.receipt;
    const problem = receiptProblem(snapshot, receipt);
    if (problem === undefined && receipt) {
      note(snapshot.id);
      logger.info(`${snapshot.id}, begun ${snapshot.startedAt.toISOString()}`);
      return { snapshot: await completed(snapshot, wishes, tools), receipt, receiptKey: key };
    }
    problems.push(problem ?? '');
    logger.warning(`${problem}; not verified`);
  }
  if (wishes.snapshotId !== undefined) {
    throw new BackupError({
      what: problems[0] ?? 'it cannot be verified',
      likelyCause: 'the run that made it died, or its receipt was removed',
      fix: 'verify another snapshot, or take a new backup',
    });
  }
  note('none is without a verdict');
  tools.found({ notes: [`no snapshot of ${wishes.source} is waiting for its verdict`, ...problems] });
  return undefined;
}

async function named(id: string, source: string, { compute }: Tools): Promise<Snapshot> {
  const snapshot = await compute.snapshot(id);
  const problems: string[] = [];
  if (snapshot === undefined) problems.push(`snapshot-id: ${id} does not exist in this account and region`);
  else if (snapshot.tags[tagNames.madeBy] !== 'ib-snapshot')
    problems.push(`snapshot-id: ${id} was not made by ib-snapshot`);
  else if (snapshot.tags[tagNames.source] !== source) {
    problems.push(`snapshot-id: ${id} is of the source "${snapshot.tags[tagNames.source]}", not "${source}"`);
  }
  if (snapshot === undefined || problems.length > 0)
    throw new ConfigurationError({ what: 'this snapshot cannot be verified', problems });
  return snapshot;
}

/** A backup started with `wait: started` may still be pending: a volume can be made only once it is completed. */
function completed(snapshot: Snapshot, wishes: Wishes, { compute, clock, logger, signal }: Tools): Promise<Snapshot> {
  return poll(
    {
      what: `${snapshot.id} to be completed`,
      timeoutSeconds: wishes.waitSeconds,
      pace: paces.long,
      clock,
      signal,
      onChange: (seen) => logger.info(seen),
    },
    async () => {
      const now = await compute.snapshot(snapshot.id);
      if (now?.state === 'completed') return { done: now };
      if (now?.state !== 'pending') {
        throw new BackupError({
          what: `${snapshot.id} is ${now?.state ?? 'gone'}${now?.stateMessage ? `: ${now.stateMessage}` : ''}`,
          likelyCause: 'AWS could not complete it, or somebody deleted it',
          fix: 'take a new backup',
        });
      }
      return { retry: `${snapshot.id}: ${now.progress} %` };
    },
  );
}

async function findInstance(wishes: Wishes, { compute, logger }: Tools): Promise<Instance> {
  const found = await compute.findInstances(wishes.instance);
  const problems = instanceProblems(found, wishes.instance, 'verification');
  const [instance] = found;
  if (problems.length > 0 || instance === undefined)
    throw new ConfigurationError({ what: 'nothing can be verified', problems });
  logger.info(`${instance.id} (${instance.name ?? 'unnamed'}) in ${instance.zone} is ${instance.state}`);
  return instance;
}

type SweepTools = Pick<Tools, 'runs' | 'clock' | 'run'>;

export async function lookForLeftovers(
  instance: Instance,
  compute: Compute,
  { runs, clock, run: own }: SweepTools,
): Promise<Sweep> {
  const volumes = await compute.volumesByTags({ [tagNames.madeBy]: 'verify-volume' });
  const makers = new Map<string, Maker>();
  for (const key of makersToAsk(volumes, instance)) makers.set(key, key === own.key ? 'own' : await runs.state(key));
  return decideSweep({ volumes, instance, makers, now: clock.now() });
}

/** @param last whether nothing follows, so that an instance a dead run started is stopped here and now */
async function sweepAll(sweep: Sweep, instance: Instance, wishes: Wishes, tools: Tools, last: boolean): Promise<void> {
  if (sweep.remove.length > 0) {
    await tools.timeline.step('Sweep', async (note) => {
      for (const { volume, reason } of sweep.remove) {
        tools.logger.info(`${volume.id}: ${reason}`);
        await removeVolume(volume, wishes, tools);
      }
      note(sweep.remove.map(({ volume }) => volume.id).join(', '));
    });
  }
  if (last && sweep.inheritedStart !== undefined && sweep.busy === undefined) {
    await tools.timeline.step('Stop the instance that a dead run started', () => stopInstance(instance.id, tools));
  }
}

function verificationPlan({ snapshot }: Choice, instance: Instance, sweep: Sweep, wishes: Wishes): PlanDecision[] {
  const starts = instance.state !== 'running';
  return [
    ...(starts ? [{ decision: `start ${instance.id}`, reason: `it is ${instance.state}` }] : []),
    {
      decision: `create a ${wishes.volumeType} volume from ${snapshot.id}`,
      reason: `in ${instance.zone}, where ${instance.id} is`,
    },
    {
      decision: `attach it to ${instance.id} as ${freeDevice(instance) ?? '(no device name is free)'}`,
      reason: `mounted at ${wishes.mountPoint}`,
    },
    {
      decision: `start ${wishes.service} on it`,
      reason: 'read every file, run the checks, compare with the fingerprint',
    },
    { decision: `tag ${snapshot.id} with the verdict`, reason: 'unless the machinery stood in the way' },
    { decision: 'unmount, detach and delete the volume', reason: 'it is only for this verification' },
    ...(starts || sweep.inheritedStart
      ? [
          {
            decision: `stop ${instance.id}`,
            reason: sweep.inheritedStart ? `${sweep.inheritedStart} started it` : 'this run starts it',
          },
        ]
      : []),
  ];
}

async function verify(choice: Choice, instance: Instance, wishes: Wishes, tools: Tools): Promise<void> {
  const { clock, timeline } = tools;
  const startedAt = clock.now().toISOString();
  let verification: Verification | undefined;
  let failure: unknown;
  try {
    const findings = await restoreAndExamine(choice, instance, wishes, tools);
    const expected = expectations(choice.receipt.fingerprint);
    const compared = new Set(expected.filter((entry) => entry.values !== undefined).map((entry) => entry.name));
    verification = {
      verdict: verdictOf(findings.checks, compared),
      snapshotId: choice.snapshot.id,
      volumeId: findings.volumeId,
      instanceId: instance.id,
      startedAt,
      endedAt: clock.now().toISOString(),
      run: { key: tools.run.key, url: tools.run.url, attempt: tools.run.attempt },
      checks: findings.checks,
      ...(findings.read ? { read: findings.read } : {}),
      ...(findings.recoverySeconds === undefined ? {} : { recoverySeconds: findings.recoverySeconds }),
      ...(findings.serverVersion === undefined ? {} : { serverVersion: findings.serverVersion }),
      timeline: timeline.steps,
    };
    tools.found({ verification, verdict: verification.verdict });
    await record(verification, choice, tools);
  } catch (error) {
    failure = error;
    if (verification === undefined) tools.found({ verdict: 'unproven' });
  }
  try {
    await timeline.step('Take down the copy', () => takeDown(instance, wishes, tools));
  } catch (error) {
    failure ??= error;
    tools.logger.error(`taking down: ${(error as Error).message}; the next run sweeps`);
  }
  if (failure !== undefined) throw failure;
  if (verification !== undefined) conclude(verification);
}

/** The receipt first, the tags last: a snapshot that carries a verdict always has it in its receipt. */
async function record(verification: Verification, choice: Choice, tools: Tools): Promise<void> {
  const { verdict } = verification;
  if (verdict === 'unproven') return;
  await tools.timeline.step('Write the verdict', async (note) => {
    const kept = await tools.receipts.read(choice.receiptKey);
    const receipt: Receipt = { ...(kept?.receipt ?? choice.receipt), verdict, verification };
    const written = await tools.receipts.write(choice.receiptKey, receipt, kept?.etag);
    tools.found({ receipt, receiptLocation: written.location });
    await tools.compute.setTags(choice.snapshot.id, verdictTags(verdict));
    note(verdict);
  });
  tools.found({ outcome: 'done' });
}

function conclude({ verdict, checks, snapshotId }: Verification): void {
  if (verdict === 'good') return;
  const shown = checks.filter((check) => check.outcome === (verdict === 'bad' ? 'failed' : 'unproven'));
  const detail = shown.map((check) => `${check.name}: ${check.detail}`).join('\n');
  if (verdict === 'bad') {
    throw new BackupError({
      what: `${snapshotId} is bad: ${shown.length} of ${checks.length} checks failed`,
      likelyCause: shown[0] ? `${shown[0].name}: ${shown[0].detail}` : 'see the checks',
      fix: 'keep an older good snapshot from expiring, and look at the source (docs/runbook.md, "The metric is 0")',
      detail,
    });
  }
  throw new BackupError({
    what: `${snapshotId} stays unproven: ${shown[0] ? `${shown[0].name}: ${shown[0].detail}` : 'nothing could be compared'}`,
    likelyCause:
      shown.length > 0
        ? 'the machinery stood in the way of a check'
        : 'the fingerprint is empty, or everything in it moved while the backup was taken',
    fix: 'mend what stood in the way and run the verification again (docs/runbook.md, "Unproven")',
    detail,
  });
}

async function restoreAndExamine(
  choice: Choice,
  instance: Instance,
  wishes: Wishes,
  tools: Tools,
): Promise<CopyFindings & { volumeId: string }> {
  const { timeline, compute, run: own, clock } = tools;
  const started = await timeline.step('Start the verification instance', () => startInstance(instance, own.key, tools));
  const askedAt = clock.now().getTime();
  const volume = await timeline.step('Make a volume from the snapshot', async (note) => {
    const made = await compute.createVolume({
      snapshotId: choice.snapshot.id,
      zone: started.zone,
      type: wishes.volumeType,
      initializationRate: wishes.initializationRate,
      clientToken: clientToken(own, choice.snapshot.id),
      tags: {
        Name: `holdfast verification of ${wishes.source}`,
        [tagNames.madeBy]: 'verify-volume',
        [tagNames.source]: wishes.source,
        [tagNames.run]: own.key,
        [tagNames.attempt]: String(own.attempt),
        [tagNames.snapshot]: choice.snapshot.id,
        [tagNames.expires]: new Date(clock.now().getTime() + volumeLifetimeHours * 3_600_000).toISOString(),
      },
    });
    note(made.id);
    return volumeReady(made.id, tools);
  });
  await timeline.step('Attach it', async (note) => {
    const device = freeDevice(await compute.instance(started.id));
    if (device === undefined) throw new Error(`no device name from /dev/sdf to /dev/sdp is free on ${started.id}`);
    note(device);
    await attach(volume, started, device, tools);
  });
  return { ...(await examine(choice.receipt, volume, started, wishes, tools, askedAt)), volumeId: volume.id };
}

/** The same attempt never makes a second volume; a new attempt does, after sweeping the old one. */
function clientToken(own: RunIdentity, snapshotId: string): string {
  return `holdfast-${own.id}-${own.attempt}-${snapshotId}`.slice(0, 64);
}

type TakeDownTools = Pick<Tools, 'cleanupCompute' | 'hosts' | 'runs' | 'clock' | 'run' | 'logger'>;

/** Removes this run's volumes, then stops the instance if this run, or a dead one before it, started it. */
export async function takeDown(
  instance: Instance,
  wishes: Pick<Wishes, 'mountPoint' | 'service'>,
  tools: TakeDownTools,
): Promise<void> {
  const compute = tools.cleanupCompute;
  const machine: MachineTools = { compute, hosts: tools.hosts, clock: tools.clock, logger: tools.logger };
  const now = await compute.instance(instance.id);
  const left = await lookForLeftovers(now, compute, tools);
  const failures: unknown[] = [];
  for (const { volume } of left.remove) {
    await removeVolume(volume, wishes, machine).catch((error: unknown) => failures.push(error));
  }
  if (left.inheritedStart !== undefined && left.busy === undefined) {
    await stopInstance(now.id, machine).catch((error: unknown) => failures.push(error));
  }
  if (failures.length > 0) throw failures[0];
}
