/** The lab's AWS and GitHub in this process, for the real adapters. Time moves when somebody sleeps; hosts are doubles. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Host, LabHosts } from '../../../lab/hosts/host.ts';
import { type LabAccount, startAccount } from '../../../lab/services/aws/account.ts';
import type { Seed } from '../../../lab/services/aws/ec2/model/seed.ts';
import type { DocumentContent } from '../../../lab/services/aws/ssm/documents/document.ts';
import { type LabClock, manualClock } from '../../../lab/services/clock/clock.ts';
import { type GitHubLab, startGitHub } from '../../../lab/services/github/server.ts';
import { faultRules } from '../../../lab/services/http/faults.ts';
import { AwsSession } from '../../../src/adapters/aws/session.ts';
import type { Clock } from '../../../src/runtime/clock.ts';
import { FakeLogger } from '../../fakes/clock.ts';

type Promised<T> = T | Promise<T>;

/** Runs nothing: a test says what a script answers with, and sees what was asked for. */
export interface DoubleHost {
  readonly id: string;
  /** @returns the exit status, and the line that the script prints */
  run(
    script: string,
    environment: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promised<{ exitCode: number; stdout: string }>;
}

function hostsOf(doubles: readonly DoubleHost[]): LabHosts {
  const hosts = doubles.map(
    (one): Host => ({
      instanceId: one.id,
      running: true,
      boot: async () => {},
      shutdown: async () => {},
      run: async (script, environment, signal) => ({ stderr: '', ...(await one.run(script, environment, signal)) }),
      attach: async () => {},
      detach: async () => true,
    }),
  );
  return {
    storage: { copy: async (image) => image, remove: async () => {} },
    host: (instanceId) => hosts.find((host) => host.instanceId === instanceId),
  };
}

export interface Services {
  readonly aws: LabAccount;
  readonly github: GitHubLab;
  readonly session: AwsSession;
  readonly labClock: LabClock;
  readonly clock: Clock;
  stop(): Promise<void>;
}

export interface ServicesOptions {
  readonly instances?: Seed['instances'];
  /** More of the base region, and others. */
  readonly regions?: Seed['regions'];
  readonly hosts?: readonly DoubleHost[];
  /** SSM documents of the account's own. */
  readonly documents?: ReadonlyMap<string, DocumentContent>;
}

export async function startServices(options: ServicesOptions = {}): Promise<Services> {
  const directory = mkdtempSync(join(tmpdir(), 'holdfast-ports-'));
  const labClock = manualClock();
  const calls = { log: { path: '/dev/null', records: [], add: () => {} }, faults: faultRules() };
  const github = await startGitHub({ ...calls, repository: { owner: 'acme', name: 'backups', ownerId: 1, id: 2 } });
  const aws = await startAccount({
    ...calls,
    directory,
    clock: labClock,
    issuer: github.oidc.issuer,
    subject: 'repo:acme/backups:ref:refs/heads/main',
    planSubject: 'repo:acme/backups:pull_request',
    hosts: hostsOf(options.hosts ?? []),
    seed: { instances: options.instances ?? [], regions: options.regions ?? [] },
    documents: options.documents,
  });
  const environment = {
    AWS_ENDPOINT_URL: aws.url,
    AWS_ACCESS_KEY_ID: aws.administrator.accessKeyId,
    AWS_SECRET_ACCESS_KEY: aws.administrator.secretAccessKey,
  };
  Object.assign(process.env, environment);
  const clock: Clock = {
    now: () => labClock.now(),
    sleep: async (milliseconds, signal) => {
      signal?.throwIfAborted();
      labClock.advance(milliseconds);
    },
  };
  const session = new AwsSession({
    region: 'us-east-1',
    identity: undefined,
    apiTimeoutSeconds: 10,
    transferTimeoutSeconds: 30,
    userAgent: 'test',
    clock,
    logger: new FakeLogger(),
  });
  return {
    aws,
    github,
    session,
    labClock,
    clock,
    stop: async () => {
      for (const name of Object.keys(environment)) delete process.env[name];
      await aws.stop();
      await github.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
