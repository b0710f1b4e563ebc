/** The cluster in which the deployment runs: a service with two pods, of which one is ready, as a rolling update leaves them. */
import type { MongodbServers } from '../../hosts/server-pairs.ts';
import { documentedRules } from '../../services/kubernetes/documented-role.ts';
import type { Account, ClusterOptions } from '../../services/kubernetes/model.ts';

export const namespace = 'ingest';
export const service = 'mongo-service';

export const backupAccount: Account = {
  name: 'system:serviceaccount:ingest:backup',
  token: 'a token that only the lab knows',
  rules: { [namespace]: documentedRules() },
};

/** Its programs run on this computer, where the server listens. */
export function ingestCluster({ source }: MongodbServers): ClusterOptions {
  const path = `${source.binaries}:/usr/bin:/bin`;
  return {
    pods: [
      { name: 'mongo-0', namespace, ready: false },
      { name: 'mongo-1', namespace, containers: [{ name: 'mongo', path }] },
    ],
    services: [{ name: service, namespace, pods: ['mongo-0', 'mongo-1'] }],
    accounts: [backupAccount],
  };
}
