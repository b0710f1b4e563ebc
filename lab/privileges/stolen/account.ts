/** An account without hosts, and a stolen session of each of its roles. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EC2Client } from '@aws-sdk/client-ec2';
import { S3Client } from '@aws-sdk/client-s3';
import { SSMClient } from '@aws-sdk/client-ssm';
import { AssumeRoleWithWebIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { LabHosts } from '../../hosts/host.ts';
import { type LabAccount, region, startAccount } from '../../services/aws/account.ts';
import type { RegionSeed } from '../../services/aws/ec2/model/seed.ts';
import type { DocumentContent } from '../../services/aws/ssm/documents/document.ts';
import { type LabClock, manualClock } from '../../services/clock/clock.ts';
import { type GitHubLab, startGitHub } from '../../services/github/server.ts';
import { openCallLog } from '../../services/http/call-log.ts';
import { faultRules } from '../../services/http/faults.ts';
import { everything, functionRole } from '../installation.ts';

/** Clients with one set of credentials. Each call is tried once. */
export interface Clients {
  readonly ec2: EC2Client;
  readonly s3: S3Client;
  readonly ssm: SSMClient;
}

export interface EmptyAccount {
  readonly aws: LabAccount;
  /** Stands still until it is moved on. */
  readonly clock: LabClock;
  /** May do anything: sets up what is to be destroyed, and looks what is left of it. */
  readonly administrator: Clients;
  /** An identity token of the job that may assume the role. */
  token(role: string): string;
  /** What whoever has stolen a session of the role has. */
  session(role: string): Promise<Clients>;
  stop(): Promise<void>;
}

const noHosts: LabHosts = {
  storage: {
    copy: async () => {
      throw new Error('no volume here has an image');
    },
    remove: async () => {},
  },
  host: () => undefined,
};

interface Options {
  /** Default: one that stands still. */
  readonly clock?: LabClock;
  /** Default: none. */
  readonly hosts?: LabHosts;
  /** Pieces of the policies that count as absent. */
  readonly without?: readonly string[];
  /** SSM documents of the account's own, by name. */
  readonly documents?: ReadonlyMap<string, DocumentContent>;
}

export async function startEmptyAccount(seed: RegionSeed, options: Options = {}): Promise<EmptyAccount> {
  const { clock = manualClock(), hosts = noHosts, documents } = options;
  const directory = mkdtempSync(join(tmpdir(), 'holdfast-stolen-'));
  const calls = { log: openCallLog(join(directory, 'calls.jsonl')), faults: faultRules() };
  const repository = { owner: 'acme', name: 'backups', ownerId: 1, id: 2 };
  const github = await startGitHub({ ...calls, repository });
  const aws = await startAccount({
    ...calls,
    clock,
    directory,
    hosts,
    issuer: github.oidc.issuer,
    subject: github.oidc.subject({ event: 'schedule', ref: 'refs/heads/main' }),
    planSubject: github.oidc.subject({ event: 'pull_request', ref: 'refs/pull/1/merge' }),
    seed: { instances: [], regions: [seed] },
    parameters: everything,
    documents,
    without: options.without,
  });
  const common = { region, endpoint: aws.url, maxAttempts: 1, forcePathStyle: true };
  const clients = (credentials: Credentials): Clients => ({
    ec2: new EC2Client({ ...common, credentials }),
    s3: new S3Client({ ...common, credentials }),
    ssm: new SSMClient({ ...common, credentials }),
  });
  return {
    aws,
    clock,
    administrator: clients(aws.administrator),
    token: (role) => tokenFor(role, github),
    session: async (role) => {
      if (role !== functionRole) return clients(await assume(role, aws, tokenFor(role, github)));
      const arn = aws.roles.WatchdogFunctionRole ?? '';
      const { sessionToken = '', ...keys } = aws.sts.sessionForService(arn, 'lambda.amazonaws.com', 'stolen');
      return clients({ ...keys, sessionToken });
    },
    stop: async () => {
      await aws.stop();
      await github.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

function tokenFor(role: string, { oidc }: GitHubLab): string {
  const [event, ref] =
    role === 'holdfast-plan' ? ['pull_request', 'refs/pull/1/merge'] : ['schedule', 'refs/heads/main'];
  const job = {
    runId: 1,
    runNumber: 1,
    runAttempt: 1,
    job: 'any',
    workflow: 'Any',
    workflowPath: '.github/workflows/any.yml',
  };
  const sha = '0'.repeat(40);
  const jobWorkflow = { ref: 'acme/backups/.github/workflows/any.yml@refs/heads/main', sha };
  return oidc.token(
    { ...job, jobWorkflow, event, ref, sha, actor: 'thief', permissions: { 'id-token': 'write' } },
    'sts.amazonaws.com',
  );
}

async function assume(role: string, aws: LabAccount, token: string): Promise<Credentials> {
  const sts = new STSClient({
    region,
    endpoint: aws.url,
    credentials: { accessKeyId: 'none', secretAccessKey: 'none' },
  });
  const RoleArn = `arn:aws:iam::123456789012:role/${role}`;
  const answer = await sts.send(
    new AssumeRoleWithWebIdentityCommand({ RoleArn, RoleSessionName: 'stolen', WebIdentityToken: token }),
  );
  sts.destroy();
  const { AccessKeyId, SecretAccessKey, SessionToken } = answer.Credentials ?? {};
  if (!AccessKeyId || !SecretAccessKey || !SessionToken) throw new Error(`no session of ${role}`);
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
}
