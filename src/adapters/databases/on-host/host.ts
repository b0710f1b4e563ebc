/** The host that an input names. */
import { instanceProblems } from '../../../domain/instances.ts';
import type { Compute } from '../../../ports/compute.ts';
import type { Hosts } from '../../../ports/hosts.ts';
import { BackupError, ConfigurationError } from '../../../runtime/errors.ts';
import { formatBytes } from '../../../runtime/format.ts';

/**
 * @returns the id of the instance that the input names
 * @throws ConfigurationError for a wrong instance; BackupError when it cannot be reached
 */
export async function findHost(instance: string, compute: Compute, hosts: Hosts): Promise<string> {
  const instances = await compute.findInstances(instance);
  const [host] = instances;
  // Without its tag SSM would refuse each command, with less of a reason.
  const problems = instanceProblems(instances, instance, 'source');
  if (problems.length > 0 || host === undefined)
    throw new ConfigurationError({ what: 'the database cannot be dumped on its host', problems });
  const { online, detail } = await hosts.reachable(host.id, host.launchedAt);
  if (!online)
    throw new BackupError({
      what: `${host.id} cannot be reached through SSM: ${detail}`,
      fix: 'start the instance and its SSM agent; it needs an instance profile that allows SSM',
      code: 'unreachable',
    });
  return host.id;
}

/** What a reader should know of the space for the archive. @param bytes of the database */
export function spaceNotes(
  { freeBytes }: { readonly freeBytes: number },
  bytes: number,
  folder: string,
  instanceId: string,
): readonly string[] {
  if (freeBytes >= bytes / 2) return [];
  return [
    `${folder} on ${instanceId} has ${formatBytes(freeBytes)} left for the archive of a database of ${formatBytes(bytes)}`,
  ];
}
