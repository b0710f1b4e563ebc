/** The objects of a cluster, and the discovery documents by which kubectl finds them. */
import type { ClusterOptions, ContainerDefinition, PodDefinition, ServiceDefinition } from './model.ts';

export const namespaceOf = ({ namespace = 'default' }: { readonly namespace?: string }): string => namespace;

export const containersOf = ({ containers }: PodDefinition): readonly ContainerDefinition[] =>
  containers ?? [{ name: 'main' }];

/** Of each group that the lab serves, its resources. */
const resources = {
  v1: [
    { name: 'pods', singularName: 'pod', kind: 'Pod', shortNames: ['po'], verbs: ['get', 'list'] },
    { name: 'pods/exec', singularName: '', kind: 'PodExecOptions', verbs: ['create', 'get'] },
    { name: 'services', singularName: 'service', kind: 'Service', shortNames: ['svc'], verbs: ['get', 'list'] },
  ],
  'discovery.k8s.io/v1': [
    { name: 'endpointslices', singularName: 'endpointslice', kind: 'EndpointSlice', verbs: ['get', 'list'] },
  ],
} as const;

/** A discovery document, which every known account may read (ClusterRole system:discovery); undefined for another path. */
export function discovery(path: string, minor: number): unknown {
  switch (path) {
    case '/version':
      return { major: '1', minor: String(minor), gitVersion: `v1.${minor}.0`, platform: 'linux/amd64' };
    case '/api':
      return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] };
    case '/apis': {
      const version = { groupVersion: 'discovery.k8s.io/v1', version: 'v1' };
      const group = { name: 'discovery.k8s.io', versions: [version], preferredVersion: version };
      return { kind: 'APIGroupList', apiVersion: 'v1', groups: [group] };
    }
    case '/api/v1':
      return resourceList('v1');
    case '/apis/discovery.k8s.io/v1':
      return resourceList('discovery.k8s.io/v1');
    default:
      return undefined;
  }
}

function resourceList(groupVersion: keyof typeof resources): unknown {
  const list = resources[groupVersion].map((resource) => ({ ...resource, namespaced: true }));
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion, resources: list };
}

export function podObject(pod: PodDefinition): unknown {
  const { name, ready = true } = pod;
  return {
    kind: 'Pod',
    apiVersion: 'v1',
    metadata: { name, namespace: namespaceOf(pod), uid: `uid-${name}` },
    spec: { containers: containersOf(pod).map((container) => ({ name: container.name, image: 'lab' })) },
    status: { phase: 'Running', conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
  };
}

export function serviceObject(service: ServiceDefinition): unknown {
  const { name } = service;
  const metadata = { name, namespace: namespaceOf(service) };
  return { kind: 'Service', apiVersion: 'v1', metadata, spec: { clusterIP: '10.0.0.1' } };
}

/** The slice of a service (discovery.k8s.io/v1). */
export function sliceObject(service: ServiceDefinition, { pods }: ClusterOptions): unknown {
  const namespace = namespaceOf(service);
  const { name } = service;
  return {
    kind: 'EndpointSlice',
    apiVersion: 'discovery.k8s.io/v1',
    metadata: { name: `${name}-x7kp2`, namespace, labels: { 'kubernetes.io/service-name': name } },
    addressType: 'IPv4',
    endpoints: service.pods.map((pod, index) => {
      const { ready = true } = pods.find((one) => one.name === pod && namespaceOf(one) === namespace) ?? {};
      return {
        addresses: [`10.1.0.${index + 1}`],
        conditions: { ready, serving: ready, terminating: false },
        targetRef: { kind: 'Pod', namespace, name: pod },
      };
    }),
    ports: [{ port: 27017 }],
  };
}
