/**
 * The post step: resumes what this job may still hold quiesced, and gives its claim up. It runs after success, failure and cancellation; only a
 * lost runner skips it, and then the leases resume the sources.
 */
import { SsmClaims } from '../../adapters/aws/claims.ts';
import { currentRun, logger, readInput, readState, setFailed } from '../../adapters/github/toolkit.ts';
import type { RunIdentity } from '../../domain/run.ts';
import { resumeInstance } from '../../quiesce/instance.ts';
import { systemClock } from '../../runtime/clock.ts';
import { explain, renderError } from '../../runtime/errors.ts';
import { openHosts, openSession } from '../common/services.ts';
import { inputs } from './inputs.ts';
import { claimState, releaseSaved } from './saved-claims.ts';
import { holdsState, readHolds } from './state.ts';
import { openHooks } from './wiring.ts';

/** Milliseconds for which the claim is looked at. */
const listing = 20_000;

try {
  const holds = readHolds(readState(holdsState));
  const claim = readState(claimState);
  if (holds.length === 0 && claim === '') {
    logger.info('nothing is quiesced or claimed, so there is nothing to resume');
  } else {
    const settings = inputs.parse(readInput);
    const run = currentRun();
    const session = openSession('ebs-rotate', settings, settings.awsRegion, run);
    const ports = { hosts: openHosts(session, 'ebs-rotate', settings, run), hooks: openHooks(session, settings, run) };
    for (const hold of holds) {
      const { failures } = await resumeInstance(hold, settings.documentTimeout, ports);
      if (failures.length === 0) logger.info(`${hold.instanceId} is resumed`);
      else setFailed(failures.map(renderError).join('\n'));
    }
    // The sources come first.
    await giveUp(claim, new SsmClaims(session, AbortSignal.timeout(listing)), run);
  }
} catch (error) {
  setFailed(
    `the post step could not make sure that every source serves; the leases will resume them\n${renderError(error)}`,
  );
}

/** A claim ends by itself, so it fails no job. */
async function giveUp(saved: string, claims: SsmClaims, run: RunIdentity): Promise<void> {
  try {
    const slot = await releaseSaved(saved, claims, { run, clock: systemClock });
    if (slot !== undefined) logger.info(`the snapshots of ${slot} are no longer claimed`);
  } catch (error) {
    logger.info(`the claim ends by itself: ${explain(error).what}`);
  }
}
