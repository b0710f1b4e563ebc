/** A PostgreSQL server with the sample database, and what the repository needs to back it up. */
import { source } from '../../hosts/pair.ts';
import type { LabSeed, SeededParts } from '../seed.ts';
import { fillDatabase } from './sample/fill.ts';

/** @param megabytes size of a plain dump of the database: 5 or more */
export function postgresSeed(megabytes: number): LabSeed {
  return {
    database: {
      name: 'infinite',
      fill: async (server, name, report) => {
        report(`filling the database with sample rows (${megabytes} MB)`);
        await fillDatabase(server, name, { megabytes });
      },
    },
    variables,
    secrets,
  };
}

function variables({ aws, databases }: SeededParts): Record<string, string> {
  return {
    HOLDFAST_DUMP_ROLE: aws.roles.DumpRole ?? '',
    HOLDFAST_DUMP_BUCKET: aws.dumpBucket,
    HOLDFAST_DUMP_WORK_DIRECTORY: databases?.workDirectory ?? '',
    // The lab uses the PostgreSQL that is installed.
    HOLDFAST_INSTALL_CLIENT: 'false',
    HOLDFAST_DATABASES: JSON.stringify([
      { source: 'infinite.prod', name: 'infinite-prod', secret: 'INFINITE_PROD_URL' },
      // The same database once more, dumped on its host, and restored on a server that the action starts.
      {
        source: 'infinite.host',
        name: 'infinite-host',
        instance: source.name,
        database: databases?.name,
        'host-port': String(databases?.source.port),
        'scratch-secret': 'INFINITE_HOST_SCRATCH_URL',
      },
    ]),
  };
}

function secrets({ databases }: SeededParts): Record<string, string> {
  if (databases === undefined) return {};
  return {
    INFINITE_PROD_URL: databases.source.url(databases.name),
    HOLDFAST_SCRATCH_URL: databases.scratch.url(),
    HOLDFAST_ANONYMIZE_KEY: 'a key that only the lab knows',
  };
}
