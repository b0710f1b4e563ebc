/**
 * The post step: resumes what this job may still hold. It runs after success, failure and cancellation; only a lost
 * runner skips it, and then the lease on the host resumes the source.
 */
import { currentRun, logger, readInput, readState, setFailed } from '../../adapters/github/toolkit.ts';
import { resume } from '../../quiesce/pause.ts';
import { renderError } from '../../runtime/errors.ts';
import { openHosts, openSession } from '../common/services.ts';
import { inputs } from './inputs.ts';
import { type Held, heldState } from './state.ts';

try {
  const saved = readState(heldState);
  if (saved === '') {
    logger.info('the source was not quiesced, so there is nothing to resume');
  } else {
    const held = JSON.parse(saved) as Held;
    const settings = inputs.parse(readInput);
    const run = currentRun();
    const session = openSession('ib-snapshot', settings, settings.awsRegion, run);
    const resumed = await resume(held, openHosts(session, 'ib-snapshot', settings, run));
    const how = resumed.resumed
      ? 'was still quiesced and is resumed'
      : resumed.by === 'lease'
        ? 'was resumed by its lease'
        : 'serves';
    logger.info(`the source on ${held.instanceId} ${how}`);
  }
} catch (error) {
  setFailed(
    `the post step could not make sure that the source serves; the lease on the host will resume it\n${renderError(error)}`,
  );
}
