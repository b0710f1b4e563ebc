/** The patrol's lab for the scenario: one source of each kind, a verification host in a second region, and backups made old. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DeleteObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { repositoryRoot } from '../../lab/directory.ts';
import { type Lab, startLab } from '../../lab/lab.ts';
import { mongodbSeed } from '../../lab/rehearsals/mongodb/seed.ts';
import { mysqlSeed } from '../../lab/rehearsals/mysql/seed.ts';
import { postgresSeed } from '../../lab/rehearsals/postgres/seed.ts';
import { rotationSeed } from '../../lab/rehearsals/rotation/seed.ts';
import type { LabSeed, SeededParts } from '../../lab/rehearsals/seed.ts';
import { ireland, sydney, virginia } from './support-rotation.ts';

/** The host in Ireland, where copies are proven. */
export const abroad = { id: 'i-0d1b7c5e93f4a2c03', name: 'ib02.eu' } as const;

const seeds = [postgresSeed(5), mysqlSeed(1), mongodbSeed(1), rotationSeed] as const;
const together = (pick: (seed: LabSeed) => Readonly<Record<string, string>> | undefined) =>
  Object.assign({}, ...seeds.map(pick)) as Record<string, string>;

const seed: LabSeed = {
  ...Object.assign({}, ...seeds),
  // Of Sydney nobody names a verification host.
  sourceTags: { Backup: 'Yes', Retention: '60', Copy_Dest: `${ireland}, ${sydney}`, Exclude_Volumes: 'root' },
  regions: () => [
    { region: sydney, instances: [] },
    {
      region: ireland,
      instances: [
        {
          ...abroad,
          state: 'stopped',
          zone: `${ireland}a`,
          type: 'm5.large',
          tags: { 'holdfast:host': 'verification' },
          rootVolumeId: 'vol-0e4b8d62a17c953f1',
          volumes: [],
        },
      ],
    },
  ],
  verificationHosts: [abroad],
  variables: (parts: SeededParts) => ({
    ...together(({ variables }) => variables?.(parts)),
    HOLDFAST_WATCH_ROLE: parts.aws.roles.WatchRole ?? '',
    HOLDFAST_VERIFIERS: JSON.stringify({ [virginia]: 'ib02.dev', [ireland]: abroad.name }),
    HOLDFAST_PATROL_DAYS: '30',
  }),
  secrets: (parts: SeededParts) => together(({ secrets }) => secrets?.(parts)),
};

/** Starts the lab. Ireland has the documents, as `npm run deploy -- --region` adds them. */
export async function startPatrol(): Promise<Lab> {
  const lab = await startLab({ seed });
  const template = readFileSync(join(repositoryRoot, 'infra', 'holdfast.yml'), 'utf8');
  lab.aws.cloudformation.deploy('holdfast', ireland, template, { Parts: 'documents' });
  return lab;
}

const day = 86_400_000;
const earlier = (time: string | Date, days: number): string =>
  new Date(new Date(time).getTime() - days * day).toISOString();

/**
 * As if all that is kept had been made, and proven, so many days before, and by an earlier version of ib-snapshot, which did not write
 * how long a snapshot is kept: receipts and snapshots say so.
 */
export async function makeOlder(lab: Lab, days: number): Promise<void> {
  for (const [key, text] of Object.entries(await lab.state.receipts()))
    await putReceipt(
      lab,
      key,
      text
        .replaceAll(/"(\d{4}-\d\d-\d\dT[\d:.]+Z)"/g, (_, time) => `"${earlier(time, days)}"`)
        .replace(/ "deleteOn": "[^"]*",\n/, '\n'),
    );
  for (const region of [virginia, ireland, sydney]) {
    const { snapshots } = lab.aws.ec2.world(region);
    for (const one of [...snapshots.values()]) {
      for (const [name, value] of one.tags)
        if (/^\d{4}-\d\d-\d\dT/.test(value)) one.tags.set(name, earlier(value, days));
      snapshots.set(one.id, { ...one, startedAt: new Date(earlier(one.startedAt, days)) });
    }
  }
}

const client = (lab: Lab): S3Client =>
  new S3Client({ region: virginia, endpoint: lab.aws.url, forcePathStyle: true, credentials: lab.aws.administrator });

async function putReceipt(lab: Lab, Key: string, Body: string): Promise<void> {
  await client(lab).send(new PutObjectCommand({ Bucket: lab.aws.receiptBucket, Key, Body }));
}

/** What the run book says to do about a snapshot that is lost for good. */
export async function removeReceipt(lab: Lab, Key: string): Promise<void> {
  await client(lab).send(new DeleteObjectCommand({ Bucket: lab.aws.receiptBucket, Key }));
}

/** As in a bucket without versions, where somebody has put another object. @returns puts the dump back */
export async function replaceDump(lab: Lab, key: string): Promise<() => void> {
  const { objects } = lab.aws.s3.bucket(lab.aws.dumpBucket);
  const before = objects.get(key) ?? [];
  await client(lab).send(new PutObjectCommand({ Bucket: lab.aws.dumpBucket, Key: key, Body: 'another' }));
  const other = objects.get(key)?.at(-1);
  if (other === undefined || before.length !== 1) throw new Error(`not one version of ${key}`);
  objects.set(
    key,
    before.map(({ versionId, tags }) => ({ ...other, versionId, tags })),
  );
  return () => void objects.set(key, before);
}
