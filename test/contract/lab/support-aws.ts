/** The AWS endpoint with a small stack, an EC2 that only echoes, and settings for clients. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AssumeRoleWithWebIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { CloudFormation } from '../../../lab/services/aws/cloudformation/cloudformation.ts';
import { holdingsOf } from '../../../lab/services/aws/cloudformation/resources/holdings.ts';
import { loadStack } from '../../../lab/services/aws/cloudformation/stack.ts';
import { CloudTrail } from '../../../lab/services/aws/cloudtrail/cloudtrail.ts';
import { EventHistory } from '../../../lab/services/aws/cloudtrail/history.ts';
import { type AwsLab, startAws } from '../../../lab/services/aws/endpoint/server.ts';
import { Iam } from '../../../lab/services/aws/iam/iam.ts';
import { Identities } from '../../../lab/services/aws/iam/identities.ts';
import { Functions } from '../../../lab/services/aws/lambda/functions.ts';
import type { AwsService } from '../../../lab/services/aws/protocol/service.ts';
import { S3 } from '../../../lab/services/aws/s3/s3.ts';
import { Sns } from '../../../lab/services/aws/sns/sns.ts';
import { Topics } from '../../../lab/services/aws/sns/topics.ts';
import { Documents } from '../../../lab/services/aws/ssm/documents/documents.ts';
import { Sts } from '../../../lab/services/aws/sts/sts.ts';
import type { LabClock } from '../../../lab/services/clock/clock.ts';
import { manualClock } from '../../../lab/services/clock/clock.ts';
import { type GitHubLab, startGitHub } from '../../../lab/services/github/server.ts';
import type { CallLog } from '../../../lab/services/http/call-log.ts';
import { openCallLog } from '../../../lab/services/http/call-log.ts';
import type { Faults } from '../../../lab/services/http/faults.ts';
import { faultRules } from '../../../lab/services/http/faults.ts';
import { identity, repository } from './support-github.ts';

export const accountId = '123456789012';
export const region = 'us-east-1';
export const bucket = 'receipts-test';
export const roleArn = `arn:aws:iam::${accountId}:role/keeper`;
export const subject = 'repo:acme/backups:ref:refs/heads/main';

export const template = `
Parameters:
  Subjects: { Type: CommaDelimitedList }
  Bucket: { Type: String, Default: ${bucket} }
Resources:
  Keeper:
    Type: AWS::IAM::Role
    Properties:
      RoleName: keeper
      MaxSessionDuration: 3600
      AssumeRolePolicyDocument:
        Statement:
          - Effect: Allow
            Principal: { Federated: !Sub 'arn:\${AWS::Partition}:iam::\${AWS::AccountId}:oidc-provider/token.actions.githubusercontent.com' }
            Action: sts:AssumeRoleWithWebIdentity
            Condition:
              StringEquals:
                token.actions.githubusercontent.com:aud: sts.amazonaws.com
                token.actions.githubusercontent.com:sub: !Ref Subjects
      Policies:
        - PolicyName: keeper
          PolicyDocument:
            Statement:
              - { Sid: Describe, Effect: Allow, Action: 'ec2:Describe*', Resource: '*' }
              - Sid: Objects
                Effect: Allow
                Action: [s3:GetObject, s3:GetObjectVersion, s3:PutObject]
                Resource: !Sub 'arn:aws:s3:::\${Bucket}/receipts/*'
              - { Sid: Listing, Effect: Allow, Action: s3:ListBucket, Resource: !Sub 'arn:aws:s3:::\${Bucket}' }
  Store:
    Type: AWS::S3::Bucket
    Properties: { BucketName: !Ref Bucket, VersioningConfiguration: { Status: Enabled } }
`;

export interface AwsUnderTest {
  readonly aws: AwsLab;
  readonly clock: LabClock;
  readonly log: CallLog;
  readonly faults: Faults;
  readonly github: GitHubLab;
  readonly sts: Sts;
  readonly s3: S3;
  readonly topics: Topics;
  /** How many calls the echoing EC2 has performed. */
  readonly effects: () => number;
  /** Settings of a client with the administrator's key pair, which tries each call once. */
  readonly administrator: ClientSettings;
  token(audience?: string): string;
  assume(token: string, seconds?: number): ReturnType<STSClient['send']>;
  /** Settings of a client in a session of the role. */
  session(seconds?: number): Promise<ClientSettings>;
  stop(): Promise<void>;
}

interface ClientSettings {
  readonly region: string;
  readonly endpoint: string;
  readonly maxAttempts: number;
  readonly forcePathStyle: boolean;
  readonly credentials: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
}

/** The stack of infra/holdfast.yml with its users, whose keys may be traded for the role for dumps. */
export const stackWithUsers = (): Deployed => ({
  template: readFileSync('infra/holdfast.yml', 'utf8'),
  parameters: {
    AllowedSubjects: subject,
    ReceiptBucketName: bucket,
    DumpBucketName: 'dumps-test',
    Users: 'yes',
  },
});

interface Deployed {
  readonly template: string;
  readonly parameters: Readonly<Record<string, string>>;
}

interface Options {
  readonly without?: readonly string[];
  /** Default: the small template. */
  readonly deployed?: Deployed;
  /** The time by which signatures are judged. */
  readonly now?: () => Date;
}

export async function startAwsUnderTest(options: Options = {}): Promise<AwsUnderTest> {
  const directory = mkdtempSync(join(tmpdir(), 'holdfast-aws-'));
  const clock = manualClock();
  const log = openCallLog(join(directory, 'calls.jsonl'));
  const faults = faultRules();
  const github = await startGitHub({ log, faults, repository });
  const deployed = options.deployed ?? { template, parameters: { Subjects: subject } };
  const stack = loadStack(deployed.template, { region, accountId, parameters: deployed.parameters });
  const sts = new Sts({ clock, accountId, stack, issuer: github.oidc.issuer });
  let effects = 0;
  const ec2: AwsService = {
    name: 'ec2',
    handle: async (call, context) => {
      context.authorize({ action: `ec2:${call.operation}`, resources: ['*'] });
      effects += 1;
      return { volumeSet: [{ volumeId: 'vol-1', tagSet: [{ key: 'said', value: JSON.stringify(call.parameters) }] }] };
    },
  };
  const ssm: AwsService = { name: 'ssm', handle: async () => ({ InstanceInformationList: [] }) };
  const s3 = new S3(join(directory, 's3'), stack.buckets);
  const iam = new Identities(accountId);
  const topics = new Topics();
  const holdings = holdingsOf({
    ...{ iam, store: s3.store, documents: new Documents([]) },
    ...{ topics, functions: new Functions() },
  });
  const store = { read: (from: string, key: string) => s3.store.text(from, key) };
  const cloudformation = new CloudFormation({ clock, accountId, holdings, store });
  const now = options.now ?? (() => new Date());
  const history = new EventHistory(now);
  const aws = await startAws({
    log,
    faults,
    stack,
    sts,
    s3,
    services: [ec2, ssm, new Iam(iam), cloudformation, new Sns(topics), new CloudTrail(history, now)],
    history,
    without: options.without ?? [],
    now: options.now,
  });
  const common = { region, endpoint: aws.url, maxAttempts: 1, forcePathStyle: true };
  const unsigned = new STSClient({ ...common, credentials: { accessKeyId: 'none', secretAccessKey: 'none' } });
  const assume = (WebIdentityToken: string, DurationSeconds?: number) =>
    unsigned.send(
      new AssumeRoleWithWebIdentityCommand({
        RoleArn: roleArn,
        RoleSessionName: 'night',
        WebIdentityToken,
        DurationSeconds,
      }),
    );
  const token = (audience = 'sts.amazonaws.com') => github.oidc.token(identity({ 'id-token': 'write' }), audience);
  const { accessKeyId, secretAccessKey } = sts.administrator;
  return {
    aws,
    clock,
    log,
    faults,
    github,
    sts,
    s3,
    topics,
    effects: () => effects,
    administrator: { ...common, credentials: { accessKeyId, secretAccessKey } },
    token,
    assume,
    session: async (seconds) => {
      const given = (await assume(token(), seconds)).Credentials;
      if (!given?.AccessKeyId || !given.SecretAccessKey || !given.SessionToken) throw new Error('no credentials');
      return {
        ...common,
        credentials: {
          accessKeyId: given.AccessKeyId,
          secretAccessKey: given.SecretAccessKey,
          sessionToken: given.SessionToken,
        },
      };
    },
    stop: async () => {
      unsigned.destroy();
      await aws.stop();
      await github.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** The name of the error that a call ends with. */
export function errorName(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'no error',
    (error: Error) => error.name,
  );
}
