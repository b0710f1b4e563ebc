/** Where the tools of an engine run when it is not the runner: in a pod, in a container of the runner, or on a host. */
import type { HostDumpOptions } from '../../../adapters/databases/on-host/commands.ts';
import { containerPlace } from '../../../adapters/kubernetes/container.ts';
import { podPlace } from '../../../adapters/kubernetes/pod.ts';
import type { RemotePlace } from '../../../ports/remote.ts';
import type { Settings } from '../inputs.ts';
import { locationOf } from '../ports.ts';

/** Finds the place, at the first call; one run stays with the pod that it has found. Undefined: the tools run on the runner. */
export function placeOf(settings: Settings, signal: AbortSignal): (() => Promise<RemotePlace>) | undefined {
  const open = opener(settings, signal);
  let opened: Promise<RemotePlace> | undefined;
  if (open === undefined) return undefined;
  return () => {
    opened ??= open();
    return opened;
  };
}

function opener(settings: Settings, signal: AbortSignal): (() => Promise<RemotePlace>) | undefined {
  const { kubeService, kubePod, kubeNamespace, kubeContext, kubeContainer, container, instance } = settings;
  const environment = clientEnvironment();
  if (kubeService !== '' || kubePod !== '')
    return () =>
      podPlace({
        service: kubeService || undefined,
        pod: kubePod || undefined,
        namespace: kubeNamespace || undefined,
        context: kubeContext || undefined,
        container: kubeContainer || undefined,
        environment,
        signal,
      });
  // With an instance, the container is one of that host.
  if (container !== '' && instance === '') return async () => containerPlace({ container, environment });
  return undefined;
}

/** A host on which the database is dumped, over SSM. */
export function hostOptions(settings: Settings): Omit<HostDumpOptions, 'format'> {
  const { instance, container, hostFolder, keepOnHost, hostTimeout, bucket } = settings;
  const { source, name } = locationOf(settings);
  // Each database of a host has a folder of its own.
  const folder = `${hostFolder}/${name}`;
  return { instance, container, folder, source, name, keep: keepOnHost, timeoutSeconds: hostTimeout, bucket };
}

/** All that a client may need, such as its kubeconfig and what its credentials plugin reads; but no input, which may be a secret. */
function clientEnvironment(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => {
      const [name, value] = entry;
      return value !== undefined && !name.startsWith('INPUT_');
    }),
  );
}
