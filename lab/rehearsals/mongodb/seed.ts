/** Two servers that speak MongoDB's protocol, and what the repository needs to back one of them up. */
import type { LabSeed, SeededParts } from '../seed.ts';
import { fillSample } from './sample.ts';

export const mongodbSource = 'ingest.prod';

/** @param megabytes about the size of the dump before compression, 1 or more */
export function mongodbSeed(megabytes: number): LabSeed {
  return {
    mongodb: async (server, report) => {
      report(`filling FerretDB with sample documents (${megabytes} MB)`);
      await fillSample(server, megabytes);
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
      // What the old system called BACKUP_DIR.
      { source: mongodbSource, secret: 'INGEST_PROD_URL', prefix: 'db/prod/' },
      // One of its databases, as an archive stream.
      { source: 'crm.prod', name: 'crm', secret: 'CRM_PROD_URL', 'keep-as': 'versions', 'archive-format': 'archive' },
    ]),
  };
}

function secrets({ mongodb }: SeededParts): Record<string, string> {
  if (mongodb === undefined) return {};
  return {
    INGEST_PROD_URL: mongodb.source.url(),
    CRM_PROD_URL: mongodb.source.url('crm'),
    HOLDFAST_MONGODB_SCRATCH_URL: mongodb.scratch.url(),
    HOLDFAST_ANONYMIZE_KEY: 'a key that only the lab knows',
  };
}
