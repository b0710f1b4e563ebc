/** Puts AWS and the machine room together, and gives the command what it needs of them. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bridgeToHost } from './hosts/bridge.ts';
import { damage } from './hosts/database.ts';
import { cacheFolder, createMachineRoom } from './hosts/pair.ts';
import { startDatabases } from './hosts/postgres/databases.ts';
import { accountId, type Machines, region, source, verification, zone } from './machines.ts';
import { estate } from './rehearsals/rotation/seed.ts';
import { loadStack } from './services/aws/cloudformation/stack.ts';
import { createEc2 } from './services/aws/ec2/ec2.ts';
import type { RegionSeed, Seed } from './services/aws/ec2/model/seed.ts';
import type { Ec2Options } from './services/aws/ec2/options.ts';
import { startAws } from './services/aws/endpoint/server.ts';
import { S3 } from './services/aws/s3/s3.ts';
import { sampleDocument } from './services/aws/ssm/sample-document.ts';
import { createSsm } from './services/aws/ssm/ssm.ts';
import { Sts } from './services/aws/sts/sts.ts';
import type { LabClock } from './services/clock/clock.ts';
import type { CallLog } from './services/http/call-log.ts';
import type { Faults } from './services/http/faults.ts';

export interface AssemblyOptions {
  readonly directory: string;
  readonly clock: LabClock;
  readonly log: CallLog;
  readonly faults: Faults;
  /** GitHub's issuer, whose tokens the roles trust. */
  readonly issuer: string;
  /** The subject that the trust policies name. */
  readonly subject: string;
  readonly onProgress: (text: string) => void;
  /** `policy/Sid` of statements that count as absent. */
  readonly without?: readonly string[];
  /** How EC2 behaves, for tests that cannot wait, or that want its limits. */
  readonly ec2?: Pick<Ec2Options, 'delays' | 'buckets' | 'snapshotsPerVolume' | 'pageSize'>;
  /** The rotation's estate beside the two hosts: the whole one (estate.ts), or what is given; the source is tagged for it. */
  readonly estate?: true | readonly RegionSeed[];
  /** A PostgreSQL with the sample database, and one for restores. */
  readonly databases?: { readonly megabytes: number };
  /** Subjects of pull requests, for the role that only looks. */
  readonly planSubject: string;
}

const receiptBucket = 'holdfast-receipts-lab';
const dumpBucket = 'holdfast-dumps-lab';
const dataVolume = 'vol-0d47f2a9e61b8c302';
const template = fileURLToPath(new URL('../infra/holdfast.yml', import.meta.url));
const query = `#!/bin/sh
exec mariadb --socket=/tmp/mysql-ib.sock --connect-timeout=2 --batch --skip-column-names --execute 'SELECT 1'`;

export async function assembleMachines(options: AssemblyOptions): Promise<Machines> {
  const { clock, log, faults, directory } = options;
  const room = await createMachineRoom({
    directory,
    cache: cacheFolder(dirname(directory)),
    source: { ...source, volumeId: dataVolume },
    verification,
    say: options.onProgress,
  });
  try {
    const stack = loadStack(readFileSync(template, 'utf8'), {
      region,
      accountId,
      parameters: {
        AllowedSubjects: options.subject,
        PlanSubjects: options.planSubject,
        ReceiptBucketName: receiptBucket,
        DumpBucketName: dumpBucket,
      },
    });
    const common = { zone, type: 'm5.large' };
    const data = { id: dataVolume, device: '/dev/sdf', image: room.data, tags: { Name: `${source.name} data` } };
    const seed: Seed = {
      region,
      accountId,
      instances: [
        {
          ...common,
          ...source,
          state: 'running',
          tags: {
            'holdfast:host': 'source',
            ...(options.estate
              ? {
                  Backup: 'Yes',
                  Retention: '7d 4w 12m',
                  Copy_Dest: 'eu-west-1',
                  Consistency: 'freeze',
                  Consistency_Document: sampleDocument.name,
                }
              : {}),
          },
          rootVolumeId: 'vol-0b1e5a7d20c94f301',
          volumes: [data],
        },
        {
          ...common,
          ...verification,
          state: 'stopped',
          tags: { 'holdfast:host': 'verification' },
          rootVolumeId: 'vol-0c92e8b41f73da303',
          volumes: [],
        },
      ],
      ...(options.estate ? { regions: options.estate === true ? estate(clock.now()) : options.estate } : {}),
    };
    // Of so many snapshots nobody wants to watch each: they are completed sooner.
    const delays = options.estate ? { delays: { snapshot: 1000, copy: 1000 }, pageSize: 1000 } : {};
    const ec2 = createEc2({ clock, hosts: room, seed, ...delays, ...options.ec2 });
    const ssm = createSsm({
      clock,
      hosts: room,
      ec2,
      accountId,
      documents: stack.documents,
      userDocuments: new Map([[sampleDocument.name, sampleDocument.content]]),
    });
    const sts = new Sts({ clock, accountId, stack, issuer: options.issuer });
    const s3 = new S3(join(directory, 's3'), stack.buckets);
    const aws = await startAws({
      log,
      faults,
      stack,
      sts,
      s3,
      services: [ec2, ssm],
      without: options.without ?? [],
    });
    const { switches } = ec2;
    const databases = options.databases
      ? await startDatabases(directory, { ...options.databases, sockets: room.sockets }, options.onProgress)
      : undefined;
    const bridge = databases ? await bridgeToHost(room, source.id, aws.url) : undefined;
    return {
      url: aws.url,
      ec2,
      administrator: sts.administrator,
      roles: Object.fromEntries(stack.roles.map((role) => [role.logicalId, role.arn])),
      receiptBucket,
      dumpBucket,
      s3: s3.store,
      databases,
      neededStatements: aws.neededStatements,
      statements: stack.roles.flatMap((role) =>
        role.policies.flatMap((policy) => policy.statements.map((one) => `${policy.name}/${one.Sid}`)),
      ),
      get onVolumeFilled() {
        return switches.onVolumeFilled;
      },
      set onVolumeFilled(hook) {
        switches.onVolumeFilled = hook;
      },
      get snapshotsFail() {
        return switches.snapshotsFail;
      },
      set snapshotsFail(fail) {
        switches.snapshotsFail = fail;
      },
      get detachStuck() {
        return switches.detachStuck;
      },
      set detachStuck(stuck) {
        switches.detachStuck = stuck;
      },
      get vssFails() {
        return ssm.vssFails;
      },
      set vssFails(fail) {
        ssm.vssFails = fail;
      },
      get sessionSeconds() {
        return sts.sessionSeconds;
      },
      set sessionSeconds(seconds) {
        sts.sessionSeconds = seconds;
      },
      agentOffline: (id, offline) => ssm.agentOffline(id, offline),
      damage,
      runOnSource: (script) => hostOf(source.id).run(script, {}, AbortSignal.timeout(60_000)),
      sourceAnswers: async () => (await hostOf(source.id).run(query, {}, AbortSignal.timeout(5000))).exitCode === 0,
      stop: async () => {
        ssm.stop();
        await aws.stop();
        await bridge?.stop();
        await databases?.stop();
        await room.stop();
      },
    };
  } catch (error) {
    await room.stop();
    throw error;
  }

  function hostOf(id: string) {
    const host = room.host(id);
    if (!host) throw new Error(`there is no host behind ${id}`);
    return host;
  }
}
