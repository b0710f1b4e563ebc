/** Restores the snapshot on the verification host, examines the copy, writes the verdict, and cleans up. */
import { randomUUID } from 'node:crypto';
import type { Instance, Volume } from '../../domain/ec2.ts';
import type { Receipt } from '../../domain/receipt.ts';
import { rowShare } from '../../domain/share.ts';
import { tagNames } from '../../domain/tags.ts';
import type { Verification } from '../../domain/verification.ts';
import { BackupError, explain } from '../../runtime/errors.ts';
import { freeDevice } from '../../volume/choose.ts';
import { diskOfCopy, disksBefore } from '../../volume/copy/device.ts';
import { startInstance } from '../../volume/copy/verification-host.ts';
import { attach, volumeReady } from '../../volume/copy/volume.ts';
import { expectations } from '../../volume/fingerprint/expectations.ts';
import { copyTags, tagsOfMaker } from '../../volume/maker.ts';
import { verificationVerdict } from '../../volume/verdict.ts';
import type { Choice } from './choose.ts';
import { cleanUp, jobOf } from './clean-up.ts';
import { type CopyFindings, examineCopy } from './examine.ts';
import { examineFilesystems } from './examine-filesystems.ts';
import type { Settings } from './inputs.ts';
import type { Context, Ports } from './ports.ts';
import { recordAttempt, writeVerdict } from './record.ts';

/** A live run's volume may be swept by others after this long, when nobody can say whether its run is over. */
const volumeLifetimeHours = 12;

export async function verify(
  choice: Choice,
  instance: Instance,
  settings: Settings,
  ports: Ports,
  context: Context,
): Promise<void> {
  const { timeline, logger, clock, report } = context;
  const startedAt = clock.now().toISOString();
  let verification: Verification | undefined;
  let failure: unknown;
  try {
    const findings = await restoreAndExamine(choice, instance, settings, ports, context);
    verification = describeVerification(findings, { choice, instance, startedAt }, context);
    report({ verification, verdict: verification.verdict });
    await writeVerdict({ verification, unsupported: findings.unsupported }, choice, ports, context);
  } catch (error) {
    failure = error;
    if (verification === undefined) {
      report({ verdict: 'unproven' });
      await recordAttempt(error, choice, ports, context);
    }
  }
  try {
    await timeline.step('Remove the copy', () => cleanUp(instance, settings, ports, context));
  } catch (error) {
    failure ??= error;
    logger.error(`the copy could not be removed: ${explain(error).what}; the next run sweeps it`);
  }
  if (failure !== undefined) throw failure;
  if (verification !== undefined) requireGood(verification);
}

interface RestoredCopy extends CopyFindings {
  readonly volumeId: string;
  /** Checks of which at least one must have passed. */
  readonly decisive: ReadonlySet<string>;
  readonly unsupported?: readonly string[];
}

function describeVerification(
  findings: RestoredCopy,
  { choice, instance, startedAt }: { choice: Choice; instance: Instance; startedAt: string },
  { clock, run, timeline }: Context,
): Verification {
  const { volumeId, checks, read, recoverySeconds, serverVersion } = findings;
  const rows = rowShare(checks);
  return {
    verdict: verificationVerdict(checks, findings.decisive),
    snapshotId: choice.snapshot.id,
    volumeId,
    instanceId: instance.id,
    startedAt,
    endedAt: clock.now().toISOString(),
    run: { key: run.key, url: run.url, attempt: run.attempt },
    checks,
    ...(read ? { read } : {}),
    ...(rows ? { rows } : {}),
    ...(recoverySeconds === undefined ? {} : { recoverySeconds }),
    ...(serverVersion === undefined ? {} : { serverVersion }),
    timeline: timeline.steps,
  };
}

/** @throws BackupError unless the verdict is good */
function requireGood({ verdict, checks, snapshotId }: Verification): void {
  if (verdict === 'good') return;
  const shown = checks.filter((check) => check.outcome === (verdict === 'bad' ? 'failed' : 'unproven'));
  const detail = shown.map((check) => `${check.name}: ${check.detail}`).join('\n');
  const [first] = shown;
  if (verdict === 'bad') {
    throw new BackupError({
      what: `${snapshotId} is bad: ${shown.length} of ${checks.length} checks failed`,
      likelyCause: first ? `${first.name}: ${first.detail}` : 'see the checks',
      fix: 'keep an older good snapshot from expiring, and look at the source (docs/runbook.md, "The metric is 0")',
      detail,
    });
  }
  throw new BackupError({
    what: `${snapshotId} stays unproven: ${first ? `${first.name}: ${first.detail}` : 'nothing could be compared'}`,
    likelyCause: first
      ? 'the machinery stood in the way of a check'
      : 'the fingerprint is empty, or everything in it changed while the backup was taken',
    fix: 'remove what stood in the way and run the verification again (docs/runbook.md, "The verdict is unproven")',
    detail,
  });
}

async function restoreAndExamine(
  choice: Choice,
  instance: Instance,
  settings: Settings,
  ports: Ports,
  context: Context,
): Promise<RestoredCopy> {
  const { timeline, clock } = context;
  const started = await timeline.step('Start the verification host', () =>
    startInstance(instance, jobOf(context), ports, context),
  );
  const askedAt = clock.now();
  const volume = await timeline.step('Make a volume from the snapshot', async (note) => {
    const made = await createVolume(choice, started, settings, ports, context);
    note(made.id);
    return volumeReady(made.id, ports, context);
  });
  const disk = await timeline.step('Attach it', async (note) => {
    const before = await disksBefore(started, ports, context);
    const device = freeDevice(await ports.compute.instance(started.id));
    if (device === undefined)
      throw new BackupError({
        what: `no device name from /dev/sdf to /dev/sdp is free on ${started.id}`,
        fix: 'detach a volume from the verification host',
      });
    note(device);
    await attach(volume, started, device, ports, context);
    return diskOfCopy(volume, started.id, before, ports, context);
  });
  const copy = { volume, instance: started, disk };
  if (choice.receipt === undefined)
    return { ...(await examineFilesystems(copy, settings, ports, context)), volumeId: volume.id };
  const { receipt } = choice;
  const findings = await examineCopy({ ...copy, receipt, askedAt }, settings, ports, context);
  return { ...findings, decisive: comparableNames(receipt), volumeId: volume.id };
}

/** Names of the entries whose values can be compared at all. */
function comparableNames({ fingerprint, quiesce }: Receipt): ReadonlySet<string> {
  const expected = expectations(fingerprint, quiesce.mode);
  return new Set(expected.filter((entry) => entry.values !== undefined).map((entry) => entry.name));
}

function createVolume(
  { snapshot }: Choice,
  instance: Instance,
  settings: Settings,
  { compute }: Ports,
  context: Context,
): Promise<Volume> {
  return compute.createVolume({
    snapshotId: snapshot.id,
    zone: instance.zone,
    type: settings.volumeType,
    initializationRate: settings.volumeInitializationRate,
    // One volume for each verification, however often the call is repeated.
    clientToken: randomUUID(),
    tags: {
      Name: `holdfast verification of ${settings.source}`,
      [tagNames.madeBy]: 'verify-volume',
      [tagNames.source]: settings.source,
      ...tagsOfMaker(jobOf(context)),
      [copyTags.instance]: instance.id,
      [tagNames.snapshot]: snapshot.id,
      [tagNames.expires]: new Date(context.clock.now().getTime() + volumeLifetimeHours * 3_600_000).toISOString(),
    },
  });
}
