/** Which pod of a service is taken. */
import { BackupError } from '../../runtime/errors.ts';
import { askKubectl, type PodOptions } from './kubectl.ts';

/** What is read of an EndpointSlice (Kubernetes API reference, discovery.k8s.io/v1). */
interface Slices {
  readonly items?: readonly {
    readonly endpoints?: readonly {
      readonly conditions?: { readonly ready?: boolean; readonly terminating?: boolean };
      readonly targetRef?: { readonly kind?: string; readonly name?: string };
    }[];
  }[];
}

/** The ready pod of a service whose name is first, so that each run takes the same. @throws BackupError without one */
export async function choosePod(options: PodOptions): Promise<string> {
  const { service = '', namespace } = options;
  const where = `${service}${namespace === undefined ? '' : ` (namespace ${namespace})`}`;
  const answer = await askKubectl(options, `the search for the pods of the service ${where}`, [
    ...['get', 'endpointslices.discovery.k8s.io', `--selector=kubernetes.io/service-name=${service}`],
    '--output=json',
  ]);
  const { ready, others } = podsOf(JSON.parse(answer) as Slices);
  const [chosen] = ready;
  if (chosen !== undefined) return chosen;
  throw new BackupError({
    what: `the service ${where} has no ready pod`,
    likelyCause:
      others.length > 0
        ? `none of its pods is ready: ${others.join(', ')}`
        : 'there is no such service in that namespace, or no pod has the labels that it selects',
    fix: `look at them with: kubectl get endpointslices,pods${namespace === undefined ? '' : ` --namespace ${namespace}`}`,
    code: 'no-pod',
  });
}

/** Without the condition, a pod counts as ready (API reference: "unknown" is to be taken as ready). */
export function podsOf({ items = [] }: Slices): {
  readonly ready: readonly string[];
  readonly others: readonly string[];
} {
  const ready = new Set<string>();
  const others = new Set<string>();
  for (const { endpoints } of items)
    for (const { conditions = {}, targetRef } of endpoints ?? []) {
      if (targetRef?.kind !== 'Pod' || !targetRef.name) continue;
      const usable = conditions.ready !== false && conditions.terminating !== true;
      (usable ? ready : others).add(targetRef.name);
    }
  return { ready: [...ready].sort(), others: [...others].filter((name) => !ready.has(name)).sort() };
}
