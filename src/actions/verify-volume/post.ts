/** The post step: takes down what this run still has up, after a cancellation above all; later runs sweep the rest. */
import { logger, readInput, readState, setFailed } from '../../adapters/github/toolkit.ts';
import { systemClock } from '../../runtime/clock.ts';
import { renderError } from '../../runtime/errors.ts';
import { wire } from '../common/wiring.ts';
import { parseInputs } from './inputs.ts';
import { takeDown } from './run.ts';
import { instanceState } from './state.ts';

try {
  const id = readState(instanceState);
  if (id === '') {
    logger.info('nothing was brought up, so nothing is to be taken down');
  } else {
    const inputs = parseInputs(readInput);
    const { hosts, runs, run, compute } = wire('verify-volume', inputs);
    const cleanupCompute = compute();
    const instance = await cleanupCompute.instance(id);
    const wishes = { mountPoint: inputs['mount-point'], service: inputs.service };
    await takeDown(instance, wishes, { cleanupCompute, hosts, runs, run, clock: systemClock, logger });
    logger.info(`nothing of this run is left on ${id}`);
  }
} catch (error) {
  setFailed(`the post step could not take down everything; the next run sweeps it\n${renderError(error)}`);
}
