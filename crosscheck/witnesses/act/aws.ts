/** What the actions of Holdfast back up in a workflow: the lab's AWS, with a tagged instance and two buckets, and a small database. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres } from '../../../lab/hosts/postgres/server.ts';
import { ensurePrerequisites } from '../../../lab/hosts/prerequisites.ts';
import { region } from '../../../lab/services/aws/account.ts';
import { startLabAccount } from '../../lib/lab-account.ts';
import { environmentOf } from '../../lib/s3.ts';

export interface Surroundings {
  /** Variables of every step, by which the SDK finds AWS. */
  readonly environment: Readonly<Record<string, string>>;
  /** The context `vars`. */
  readonly vars: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
}

export const nothing: Surroundings = {
  environment: {},
  vars: { WORD: 'of the repository' },
  secrets: { GIVEN: 'a secret of two-words' },
};

const instance = {
  ...{ id: 'i-0a1b2c3d4e5f60718', name: 'db01', state: 'running' as const, zone: 'us-east-1a', type: 'm5.large' },
  tags: { Backup: 'Yes', Retention: '7d 4w' },
  rootVolumeId: 'vol-0a1b2c3d4e5f60711',
  volumes: [{ id: 'vol-0a1b2c3d4e5f60712', device: '/dev/sdf', sizeGiB: 20, tags: {} }],
};
/** A host whose agent never answers. */
const silent = {
  ...{ id: 'i-0a1b2c3d4e5f60719', name: 'ib01', state: 'running' as const, zone: 'us-east-1a', type: 'm5.large' },
  tags: { 'holdfast:host': 'source' },
  rootVolumeId: 'vol-0a1b2c3d4e5f60714',
  volumes: [{ id: 'vol-0a1b2c3d4e5f60715', device: '/dev/sdf', sizeGiB: 20, tags: {} }],
};
const due = {
  ...{ id: 'snap-0a1b2c3d4e5f60713', volumeId: instance.rootVolumeId, sizeGiB: 8, startedAt: new Date('2026-01-01') },
  tags: { Type: 'Automated', DeleteOn: '2026-01-08' },
};

/** An AWS for one run: the next one finds nothing of it. */
export async function withAws<T>(databaseUrl: (name?: string) => string, work: (around: Surroundings) => Promise<T>) {
  const lab = await startLabAccount({
    seed: { instances: [], regions: [{ region, instances: [instance, silent], snapshots: [due] }] },
    // Its stack, with a role that a user with access keys may assume: act has no tokens of jobs.
    ...{ stack: 'deployed', parameters: { Users: 'yes' } },
    ...{ subject: 'repo:acme/backups:ref:refs/heads/main', planSubject: 'repo:acme/backups:pull_request' },
  });
  const { s3, sts, roles, dumpBucket, receiptBucket } = lab.account;
  const user = sts.addUser('holdfast-dumps-rw');
  for (const name of ['dumps', 'receipts']) s3.create({ name, versioned: true, lifecycle: [] }, region);
  try {
    return await work({
      environment: environmentOf(lab),
      vars: {
        ...{ AWS_REGION: region, DATABASE_URL: databaseUrl('shop'), SCRATCH_URL: databaseUrl() },
        ...{ ROLE: roles.DumpRole ?? '', BUCKET: dumpBucket, RECEIPT_BUCKET: receiptBucket },
      },
      secrets: {
        ...{ DATABASE_URL: databaseUrl('shop'), SERVER_URL: databaseUrl(), SCRATCH_URL: databaseUrl() },
        ...{ KEY_ID: user.accessKeyId, KEY: user.secretAccessKey },
      },
    });
  } finally {
    await lab.stop();
  }
}

/** A server of PostgreSQL with the database `shop`. */
export async function startShop() {
  ensurePrerequisites();
  const directory = mkdtempSync(join(tmpdir(), 'holdfast-act-shop-'));
  // The server's account works in it, too.
  chmodSync(directory, 0o755);
  const postgres = await startPostgres({ directory: join(directory, 'postgres') });
  await postgres.createDatabase('shop');
  await postgres.sql(
    "CREATE TABLE users (id integer PRIMARY KEY, email text); INSERT INTO users VALUES (1, 'jane@corp.example'), (2, NULL)",
    'shop',
  );
  return {
    url: (name?: string) => postgres.url(name),
    stop: async () => {
      await postgres.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
