/**
 * The lab's EC2 in this process, without hosts, for tests that run hundreds of rotations: the real adapters talk to it
 * over HTTP, and time stands still between steps.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LabHosts } from '../../lab/hosts/host.ts';
import { loadStack } from '../../lab/services/aws/cloudformation/stack.ts';
import { createEc2, type Ec2Service } from '../../lab/services/aws/ec2/ec2.ts';
import type { RegionSeed } from '../../lab/services/aws/ec2/model/seed.ts';
import type { Ec2Options } from '../../lab/services/aws/ec2/options.ts';
import { startAws } from '../../lab/services/aws/endpoint/server.ts';
import { S3 } from '../../lab/services/aws/s3/s3.ts';
import { Sts } from '../../lab/services/aws/sts/sts.ts';
import type { LabClock } from '../../lab/services/clock/clock.ts';
import { manualClock } from '../../lab/services/clock/clock.ts';
import { startGitHub } from '../../lab/services/github/server.ts';
import type { CallLog } from '../../lab/services/http/call-log.ts';
import { openCallLog } from '../../lab/services/http/call-log.ts';
import type { Faults } from '../../lab/services/http/faults.ts';
import { faultRules } from '../../lab/services/http/faults.ts';
import { createEc2Regions } from '../../src/adapters/aws/ec2-regions.ts';
import { AwsSession } from '../../src/adapters/aws/session.ts';
import type { Ec2Regions } from '../../src/ports/ec2-region.ts';
import { decisiveTags } from '../../src/rotation/plan/tags.ts';
import type { Clock } from '../../src/runtime/clock.ts';
import type { Logger } from '../../src/runtime/logger.ts';

export const accountId = '123456789012';

const noHosts: LabHosts = {
  storage: {
    copy: async () => {
      throw new Error('no volume here has an image');
    },
    remove: async () => {},
  },
  host: () => undefined,
};

export interface Ec2Lab {
  readonly ec2: Ec2Service;
  readonly clock: LabClock;
  /** The lab's time as the product sees it; a sleep moves it on. */
  readonly time: Clock;
  readonly log: CallLog;
  readonly faults: Faults;
  /** Opens new sessions, as a new process does. */
  openRegions(home: string, logger: Logger): Ec2Regions;
  stop(): Promise<void>;
}

export async function startEc2Lab(
  regions: readonly RegionSeed[],
  options: Omit<Partial<Ec2Options>, 'clock' | 'hosts' | 'seed'> = {},
): Promise<Ec2Lab> {
  const directory = mkdtempSync(join(tmpdir(), 'holdfast-ec2-'));
  const clock = manualClock();
  const log = openCallLog(join(directory, 'calls.jsonl'));
  const faults = faultRules();
  const github = await startGitHub({ log, faults, repository: { owner: 'acme', name: 'backups', ownerId: 1, id: 2 } });
  const [first] = regions;
  if (first === undefined) throw new Error('the lab needs at least one region');
  const stack = loadStack(readFileSync('infra/holdfast.yml', 'utf8'), {
    region: first.region,
    accountId,
    parameters: { AllowedSubjects: 'repo:acme/backups:ref:refs/heads/main', ReceiptBucketName: 'receipts' },
  });
  const ec2 = createEc2({
    clock,
    hosts: noHosts,
    seed: { region: first.region, accountId, instances: [], regions },
    pageSize: 1000,
    ...options,
  });
  const sts = new Sts({ clock, accountId, stack, issuer: github.oidc.issuer });
  const s3 = new S3(join(directory, 's3'), stack.buckets);
  const aws = await startAws({ log, faults, stack, sts, s3, services: [ec2], without: [] });
  const environment = {
    AWS_ENDPOINT_URL: aws.url,
    AWS_ACCESS_KEY_ID: sts.administrator.accessKeyId,
    AWS_SECRET_ACCESS_KEY: sts.administrator.secretAccessKey,
  };
  Object.assign(process.env, environment);
  const time: Clock = {
    now: () => clock.now(),
    sleep: async (milliseconds, signal) => {
      signal?.throwIfAborted();
      clock.advance(milliseconds);
    },
  };
  return {
    ec2,
    clock,
    time,
    log,
    faults,
    openRegions: (home, logger) =>
      createEc2Regions({
        home,
        tagsToKeep: decisiveTags,
        session: (region) =>
          new AwsSession({
            region,
            identity: undefined,
            apiTimeoutSeconds: 10,
            transferTimeoutSeconds: 30,
            userAgent: 'test',
            clock: time,
            logger,
          }),
      }),
    stop: async () => {
      for (const name of Object.keys(environment)) delete process.env[name];
      await aws.stop();
      await github.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
