/** The post step: removes what this run still has on the verification host, above all after a cancellation. */
import { Ec2Compute } from '../../adapters/aws/compute.ts';
import { currentRun, logger, readInput, readState, setFailed } from '../../adapters/github/toolkit.ts';
import { systemClock } from '../../runtime/clock.ts';
import { renderError } from '../../runtime/errors.ts';
import { openHosts, openRuns, openSession } from '../common/services.ts';
import { cleanUp } from './clean-up.ts';
import { inputs } from './inputs.ts';
import { instanceState } from './state.ts';

try {
  const id = readState(instanceState);
  if (id === '') {
    logger.info('no copy was created, so there is nothing to clean up');
  } else {
    const settings = inputs.parse(readInput);
    const run = currentRun();
    const session = openSession('verify-volume', settings, settings.awsRegion, run);
    const cleanupCompute = new Ec2Compute(session);
    const hosts = openHosts(session, 'verify-volume', settings, run);
    const ports = { cleanupCompute, hosts, runs: openRuns(settings) };
    await cleanUp(await cleanupCompute.instance(id), settings, ports, { clock: systemClock, logger, run });
    logger.info(`nothing of this run is left on ${id}`);
  }
} catch (error) {
  setFailed(`the post step could not clean up everything; the next run sweeps the rest\n${renderError(error)}`);
}
