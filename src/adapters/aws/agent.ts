/** What SSM shows of an instance's agent, and whether a command can be sent to it. */
import type { InstanceInformation } from '@aws-sdk/client-ssm';
import { isOlder, leastAgentVersion } from '../../domain/agent.ts';
import { BackupError } from '../../runtime/errors.ts';

/**
 * Whether the agent answers now. SSM shows an agent as online until it has missed its ping, which comes every five minutes
 * (amazon-ssm-agent, HealthFrequencyMinutes): of an instance that was stopped and started again, a ping from before the
 * launch says nothing.
 */
export function agentState(
  agent: InstanceInformation | undefined,
  launchedAt: Date | undefined,
): { online: boolean; detail: string } {
  if (agent === undefined) return { online: false, detail: 'no SSM agent has registered for it' };
  const ping = agent.LastPingDateTime;
  const since = ping ? `, last heard of at ${ping.toISOString()}` : '';
  const detail = `its SSM agent is ${agent.PingStatus}${since}`;
  if (agent.PingStatus !== 'Online') return { online: false, detail };
  // AWS gives the time of the launch in whole seconds.
  if (launchedAt !== undefined && (ping === undefined || ping.getTime() < launchedAt.getTime()))
    return { online: false, detail: `${detail}, which was before it was started at ${launchedAt.toISOString()}` };
  return { online: true, detail };
}

/**
 * An older agent ignores `interpolationType`: the script would run without its parameters.
 * @throws BackupError
 */
export function requireAgentVersion(instanceId: string, version: string | undefined): void {
  if (version === undefined || !isOlder(version, leastAgentVersion)) return;
  throw new BackupError({
    what: `the SSM agent of ${instanceId} is version ${version}, and Holdfast's documents need ${leastAgentVersion} or later; nothing was sent to it`,
    likelyCause:
      'the agent came with the image and was never updated; it would run the scripts without their parameters',
    fix: 'update it (Run Command, AWS-UpdateSSMAgent, or the package amazon-ssm-agent), or turn on automatic updates in Fleet Manager',
    code: 'agent-too-old',
  });
}
