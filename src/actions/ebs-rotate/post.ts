/**
 * The post step: ends every pause that this job may still hold. It runs after success, failure and cancellation; only a
 * lost runner skips it, and then the leases do their work.
 */
import { logger, readInput, readState, setFailed } from '../../adapters/github/toolkit.ts';
import { endPause, type Pause } from '../../quiesce/instance.ts';
import { renderError } from '../../runtime/errors.ts';
import { wire } from '../common/wiring.ts';
import { parseInputs } from './inputs.ts';
import { pausesState } from './state.ts';
import { hooksOf } from './wiring.ts';

try {
  const saved = readState(pausesState);
  const pauses = saved === '' ? [] : (JSON.parse(saved) as Pause[]);
  if (pauses.length === 0) {
    logger.info('nothing is at rest, so nothing is to be brought back');
  } else {
    const inputs = parseInputs(readInput);
    const { hosts, session, run } = wire('ebs-rotate', inputs);
    const hooks = hooksOf(session, run);
    for (const pause of pauses) {
      const { failures } = await endPause(pause, { hosts, hooks, documentSeconds: inputs['document-timeout'] });
      if (failures.length === 0) logger.info(`${pause.instanceId} is no longer at rest`);
      else setFailed(failures.join('\n'));
    }
  }
} catch (error) {
  setFailed(`the post step could not make sure that everything serves; the leases will\n${renderError(error)}`);
}
