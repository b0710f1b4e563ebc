/**
 * The post step: resumes whatever this job still holds at rest. It runs after success, failure and cancellation; only a
 * lost runner skips it, and then the lease on the host does its work.
 */
import { logger, readInput, readState, setFailed } from '../../adapters/github/toolkit.ts';
import { resume } from '../../quiesce/pause.ts';
import { renderError } from '../../runtime/errors.ts';
import { wire } from '../common/wiring.ts';
import { parseInputs } from './inputs.ts';
import { type Held, heldState } from './state.ts';

try {
  const saved = readState(heldState);
  if (saved === '') {
    logger.info('nothing was brought to rest, so nothing is to be resumed');
  } else {
    const held = JSON.parse(saved) as Held;
    const resumed = await resume(held, wire('ib-snapshot', parseInputs(readInput)));
    const how = resumed.resumed
      ? 'was still at rest and is resumed'
      : resumed.by === 'lease'
        ? 'was resumed by its lease'
        : 'serves';
    logger.info(`the source on ${held.instanceId} ${how}`);
  }
} catch (error) {
  setFailed(
    `the post step could not make sure that the source serves; the lease on the host will\n${renderError(error)}`,
  );
}
