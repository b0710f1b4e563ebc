/** Two MariaDB servers, and what the repository needs to back one of them up. */
import type { LabSeed, SeededParts } from '../seed.ts';
import { fillSample } from './sample.ts';

export const mysqlSource = 'shop.prod';

/** @param megabytes about the size of the dump, 1 or more */
export function mysqlSeed(megabytes: number): LabSeed {
  return {
    mysql: async (server, report) => {
      report(`filling MariaDB with sample rows (${megabytes} MB)`);
      await fillSample(server, megabytes);
    },
    variables,
    secrets,
  };
}

function variables({ aws, mysql }: SeededParts): Record<string, string> {
  return {
    HOLDFAST_DUMP_ROLE: aws.roles.DumpRole ?? '',
    HOLDFAST_DUMP_BUCKET: aws.dumpBucket,
    HOLDFAST_DUMP_WORK_DIRECTORY: mysql?.workDirectory ?? '',
    // The lab uses the client that is installed, and has no containers for jobs.
    HOLDFAST_INSTALL_CLIENT: 'false',
    HOLDFAST_MYSQL_SCRATCH_IMAGE: 'none',
    HOLDFAST_MYSQL_DATABASES: JSON.stringify([
      { source: mysqlSource, name: 'shop-prod', secret: 'SHOP_PROD_URL', client: 'mariadb' },
      // One of the server's databases.
      { source: 'crm.prod', name: 'crm-prod', secret: 'CRM_PROD_URL', client: 'mariadb' },
    ]),
  };
}

function secrets({ mysql }: SeededParts): Record<string, string> {
  if (mysql === undefined) return {};
  const { source, scratch } = mysql;
  // The account that dumps has the rights that the page asks for, and no others.
  const url = new URL(source.url());
  url.username = 'backup';
  return {
    SHOP_PROD_URL: url.href,
    CRM_PROD_URL: Object.assign(new URL(url.href), { pathname: '/crm' }).href,
    HOLDFAST_MYSQL_SCRATCH_URL: scratch.url(),
    HOLDFAST_ANONYMIZE_KEY: 'a key that only the lab knows',
  };
}
