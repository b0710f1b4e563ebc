/** Two servers that speak MongoDB's protocol, one of them in a pod, and what the repository needs to back it up. */
import type { LabSeed, SeededParts } from '../seed.ts';
import { backupAccount, ingestCluster, namespace, service } from './cluster.ts';
import { fillSample } from './sample.ts';

export const mongodbSource = 'ingest.prod';
/** One of its databases. */
export const crmSource = 'crm.prod';

/** @param megabytes about the size of the dump before compression, 1 or more */
export function mongodbSeed(megabytes: number): LabSeed {
  return {
    mongodb: async (server, report) => {
      report(`filling FerretDB with sample documents (${megabytes} MB)`);
      await fillSample(server, megabytes);
    },
    cluster: ({ mongodb }) => {
      if (mongodb === undefined) throw new Error('this seed has a MongoDB');
      return ingestCluster(mongodb);
    },
    variables,
    secrets,
  };
}

function variables({ aws, mongodb }: SeededParts): Record<string, string> {
  return {
    HOLDFAST_DUMP_ROLE: aws.roles.DumpRole ?? '',
    HOLDFAST_DUMP_BUCKET: aws.dumpBucket,
    HOLDFAST_DUMP_WORK_DIRECTORY: mongodb?.workDirectory ?? '',
    // The lab uses the tools that it has built, and has no containers for jobs.
    HOLDFAST_INSTALL_CLIENT: 'false',
    HOLDFAST_MONGODB_SCRATCH_IMAGE: 'none',
    HOLDFAST_MONGODB_DATABASES: JSON.stringify([
      // In a pod; the prefix is what the old system called BACKUP_DIR.
      {
        source: mongodbSource,
        secret: 'INGEST_PROD_URL',
        'kube-service': service,
        'kube-namespace': namespace,
        prefix: 'db/prod/',
      },
      // One of its databases, from the runner, as an archive stream.
      { source: crmSource, name: 'crm', secret: 'CRM_PROD_URL', 'keep-as': 'versions', 'archive-format': 'archive' },
    ]),
  };
}

function secrets({ mongodb, cluster }: SeededParts): Record<string, string> {
  if (mongodb === undefined || cluster === undefined) return {};
  return {
    // As the pod sees it.
    INGEST_PROD_URL: mongodb.source.url(),
    CRM_PROD_URL: mongodb.source.url('crm'),
    HOLDFAST_MONGODB_SCRATCH_URL: mongodb.scratch.url(),
    KUBECONFIG: cluster.kubeconfig(backupAccount),
    HOLDFAST_ANONYMIZE_KEY: 'a key that only the lab knows',
  };
}
