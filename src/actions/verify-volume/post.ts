/** The post step: removes what this job still has on the verification host, above all after a cancellation. */
import { Ec2Compute } from '../../adapters/aws/compute.ts';
import { currentRun, logger, readInput, readState, setFailed } from '../../adapters/github/toolkit.ts';
import { systemClock } from '../../runtime/clock.ts';
import { renderError } from '../../runtime/errors.ts';
import { openHosts, openRuns, openSession } from '../common/services.ts';
import { cleanUp } from './clean-up.ts';
import { inputs } from './inputs.ts';
import { copyState, type SavedCopy } from './state.ts';

try {
  const saved = readState(copyState);
  if (saved === '') {
    logger.info('no copy was created, so there is nothing to clean up');
  } else {
    const { instanceId, job } = JSON.parse(saved) as SavedCopy;
    const settings = inputs.parse(readInput);
    const run = currentRun();
    const session = openSession('verify-volume', settings, settings.awsRegion, run);
    const cleanupCompute = new Ec2Compute(session);
    const hosts = openHosts(session, 'verify-volume', settings, run);
    const ports = { cleanupCompute, hosts, runs: openRuns(settings) };
    const context = { clock: systemClock, logger, run, job };
    await cleanUp(await cleanupCompute.instance(instanceId), settings, ports, context);
    logger.info(`nothing of this job is left on ${instanceId}`);
  }
} catch (error) {
  setFailed(`the post step could not clean up everything; the next run sweeps the rest\n${renderError(error)}`);
}
