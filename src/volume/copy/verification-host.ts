/** The verification host: started for a verification, and stopped again. */
import type { Instance } from '../../domain/ec2.ts';
import { tagNames } from '../../domain/tags.ts';
import type { Compute } from '../../ports/compute.ts';
import type { Hosts } from '../../ports/hosts.ts';
import type { WorkContext } from '../../runtime/context.ts';
import { BackupError } from '../../runtime/errors.ts';
import { type PollOptions, type Probe, paces, poll } from '../../runtime/poll.ts';
import { type Job, startMark } from '../maker.ts';

export interface HostPorts {
  readonly compute: Compute;
  readonly hosts: Hosts;
}

/** Without a signal in a clean-up, which goes on when the run is cancelled. */
export type HostContext = Omit<WorkContext, 'signal'> & Partial<Pick<WorkContext, 'signal'>>;

/** Seconds each wait may take; what takes longer is stuck. */
const instanceSeconds = 600;
const agentSeconds = 300;

/** Waits for a state of EC2, and logs each state on the way. */
export function waitFor<T>(
  what: Pick<PollOptions, 'what' | 'timeoutSeconds'> & { readonly id: string },
  { clock, logger, signal }: HostContext,
  probe: () => Promise<Probe<T>>,
): Promise<T> {
  const onChange = (state: string): void => logger.info(`${what.id}: ${state}`);
  return poll({ ...what, pace: paces.normal, clock, signal, onChange }, probe);
}

/** Starts the instance if it is stopped, tagged first so that a dead job's start is known. */
export async function startInstance(
  instance: Instance,
  job: Job,
  ports: HostPorts,
  context: HostContext,
): Promise<Instance> {
  const { compute } = ports;
  let current = instance;
  if (current.state === 'stopping') current = await instanceState(current.id, 'stopped', compute, context);
  if (current.state === 'stopped') {
    await markStart(current.id, job, compute);
    await compute.startInstance(current.id);
    context.logger.info(`starting ${current.id}`);
  }
  if (current.state !== 'running') current = await instanceState(current.id, 'running', compute, context);
  await agentOnline(current, agentSeconds, ports.hosts, context);
  return current;
}

export function agentOnline(
  { id, launchedAt }: Pick<Instance, 'id' | 'launchedAt'>,
  timeoutSeconds: number,
  hosts: Hosts,
  context: HostContext,
): Promise<void> {
  return waitFor({ id, what: `the SSM agent of ${id} to come online`, timeoutSeconds }, context, async () => {
    const { online, detail } = await hosts.reachable(id, launchedAt);
    return online ? { done: undefined } : { retry: detail };
  });
}

function instanceState(
  id: string,
  wanted: 'running' | 'stopped',
  compute: Compute,
  context: HostContext,
): Promise<Instance> {
  return waitFor({ id, what: `${id} to be ${wanted}`, timeoutSeconds: instanceSeconds }, context, async () => {
    const now = await compute.instance(id);
    if (now.state === wanted) return { done: now };
    if (now.state === 'terminated' || now.state === 'shutting-down')
      throw new BackupError({ what: `${id} is being terminated`, fix: 'name another verification host' });
    return { retry: now.state };
  });
}

/** Tags the instance with the job whose duty it is to stop it. */
export function markStart(id: string, job: Job, compute: Compute): Promise<void> {
  return compute.setTags(id, { [tagNames.startedBy]: startMark(job) });
}

/**
 * Stops the instance that a run of ours started, and takes its tag off once it is stopping.
 * @param mark the tag that tells who started it: with another one it was started again meanwhile, and is left alone
 */
export async function stopInstance(
  id: string,
  mark: string,
  { compute }: HostPorts,
  { logger }: HostContext,
): Promise<void> {
  const now = await compute.instance(id);
  if (now.tags[tagNames.startedBy] !== mark) return;
  if (now.state === 'running' || now.state === 'pending') {
    await compute.stopInstance(id);
    logger.info(`stopping ${id}`);
  }
  await compute.removeTags(id, [tagNames.startedBy]);
}
