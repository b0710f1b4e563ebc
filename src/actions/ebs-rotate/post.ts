/**
 * The post step: resumes what this job may still hold quiesced. It runs after success, failure and cancellation; only a
 * lost runner skips it, and then the leases resume the sources.
 */
import { currentRun, logger, readInput, readState, setFailed } from '../../adapters/github/toolkit.ts';
import { resumeInstance } from '../../quiesce/instance.ts';
import { renderError } from '../../runtime/errors.ts';
import { openHosts, openSession } from '../common/services.ts';
import { inputs } from './inputs.ts';
import { holdsState, readHolds } from './state.ts';
import { openHooks } from './wiring.ts';

try {
  const holds = readHolds(readState(holdsState));
  if (holds.length === 0) {
    logger.info('nothing is quiesced, so there is nothing to resume');
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
  }
} catch (error) {
  setFailed(
    `the post step could not make sure that every source serves; the leases will resume them\n${renderError(error)}`,
  );
}
