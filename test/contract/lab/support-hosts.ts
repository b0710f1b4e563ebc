/** The AWS endpoints with the project's stack, doubles of its two hosts, and tokens of an issuer of their own. */
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EC2Client } from '@aws-sdk/client-ec2';
import { S3Client } from '@aws-sdk/client-s3';
import { SSMClient } from '@aws-sdk/client-ssm';
import { AssumeRoleWithWebIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { Host } from '../../../lab/hosts/host.ts';
import { loadStack } from '../../../lab/services/aws/cloudformation/stack.ts';
import { createEc2 } from '../../../lab/services/aws/ec2/ec2.ts';
import type { Seed } from '../../../lab/services/aws/ec2/model/seed.ts';
import { startAws } from '../../../lab/services/aws/endpoint/server.ts';
import { S3 } from '../../../lab/services/aws/s3/s3.ts';
import { createSsm, type SsmService } from '../../../lab/services/aws/ssm/ssm.ts';
import { Sts } from '../../../lab/services/aws/sts/sts.ts';
import type { LabClock } from '../../../lab/services/clock/clock.ts';
import { manualClock } from '../../../lab/services/clock/clock.ts';
import { openCallLog } from '../../../lab/services/http/call-log.ts';
import type { Faults } from '../../../lab/services/http/faults.ts';
import { faultRules } from '../../../lab/services/http/faults.ts';
import { serve } from '../http-server.ts';
import { accountId, bucket, region, subject } from './support-aws.ts';

export const source = 'i-0a5be1d9c3f2e7a01';
export const verification = 'i-0f84c6b27d1e93a02';
/** The data volume of the source. */
export const volume = 'vol-0bbbbbbbbbbbbbbb1';

const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });

const seed: Seed = {
  region,
  accountId,
  instances: [
    {
      id: source,
      name: 'ib01.prod',
      state: 'running',
      zone: 'us-east-1a',
      type: 'm5.large',
      tags: { 'holdfast:host': 'source' },
      rootVolumeId: 'vol-0aaaaaaaaaaaaaaa1',
      volumes: [{ id: volume, device: '/dev/sdf', image: { path: 'x', sizeGiB: 1 }, tags: {} }],
    },
    {
      id: verification,
      name: 'ib02.dev',
      state: 'running',
      zone: 'us-east-1a',
      type: 'm5.large',
      tags: { 'holdfast:host': 'verification' },
      rootVolumeId: 'vol-0aaaaaaaaaaaaaaa2',
      volumes: [],
    },
  ],
};

/** How both hosts behave, and what was run on them. */
export interface HostDouble {
  output: { stdout: string; stderr: string; exitCode: number };
  /** A volume is detached only by force. */
  mounted: boolean;
  /** Scripts do not end by themselves. */
  hangs: boolean;
  readonly runs: { environment: Readonly<Record<string, string>>; script: string; killed: boolean }[];
}

export interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface HostsUnderTest {
  readonly clock: LabClock;
  readonly faults: Faults;
  readonly host: HostDouble;
  readonly agents: Pick<SsmService, 'agentOffline' | 'agentVersion'>;
  readonly administrator: Keys;
  /** Clients with these keys, by default the administrator's; they try once. */
  ec2(who?: Keys): EC2Client;
  ssm(who?: Keys): SSMClient;
  s3(who?: Keys): S3Client;
  sts(who?: Keys): STSClient;
  /** A job's token. Claims replace the right ones; `key` replaces the key of the issuer that signs it. */
  token(claims?: Record<string, unknown>, key?: KeyObject): string;
  assume(role: 'backup' | 'verify', jwt?: string): Promise<Keys>;
  /** Lets lab time pass, and what it has started continue. */
  settle(milliseconds: number): Promise<void>;
  stop(): Promise<void>;
}

function hostOf(double: HostDouble): Host {
  return {
    instanceId: source,
    running: true,
    boot: async () => {},
    shutdown: async () => {},
    run: (script, environment, signal) =>
      new Promise((resolve) => {
        const entry = { environment, script, killed: false };
        double.runs.push(entry);
        if (!double.hangs) return resolve(double.output);
        signal.addEventListener('abort', () => {
          entry.killed = true;
          resolve({ stdout: '', stderr: '', exitCode: 137 });
        });
      }),
    attach: async () => {},
    detach: async (_id, { force }) => force || !double.mounted,
  };
}

export async function startHostsUnderTest(): Promise<HostsUnderTest> {
  const directory = mkdtempSync(join(tmpdir(), 'holdfast-aws-'));
  const jwks = { keys: [{ ...keys.publicKey.export({ format: 'jwk' }), kid: 'k1', alg: 'RS256', use: 'sig' }] };
  const issuer = await serve(() => ({ status: 200, body: jwks }));
  const issuerUrl = issuer.url;
  const clock = manualClock();
  const faults = faultRules();
  const host: HostDouble = {
    output: { stdout: '{"ok":true}', stderr: '', exitCode: 0 },
    mounted: false,
    hangs: false,
    runs: [],
  };
  const storage = { copy: async (image: { path: string; sizeGiB: number }) => image, remove: async () => {} };
  const hosts = { storage, host: () => hostOf(host) };
  const stack = loadStack(readFileSync('infra/holdfast.yml', 'utf8'), {
    region,
    accountId,
    parameters: { AllowedSubjects: subject, ReceiptBucketName: bucket },
  });
  const ec2 = createEc2({ clock, hosts, seed, pageSize: 5, snapshotsPerVolume: 3 });
  const ssm = createSsm({ clock, hosts, ec2, accountId, documents: stack.documents });
  const sts = new Sts({ clock, accountId, stack, issuer: issuerUrl });
  const aws = await startAws({
    log: openCallLog(join(directory, 'calls.jsonl')),
    faults,
    stack,
    sts,
    s3: new S3(join(directory, 's3'), stack.buckets),
    services: [ec2, ssm],
  });
  const { accessKeyId, secretAccessKey } = sts.administrator;
  const administrator: Keys = { accessKeyId, secretAccessKey };
  const settings = (credentials: Keys) => ({ region, endpoint: aws.url, credentials, maxAttempts: 1 });
  const token: HostsUnderTest['token'] = (claims = {}, key = keys.privateKey) => {
    const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const now = Math.floor(Date.now() / 1000);
    const text = `${part({ alg: 'RS256', kid: 'k1' })}.${part({ iss: issuerUrl, aud: 'sts.amazonaws.com', sub: subject, exp: now + 300, ...claims })}`;
    return `${text}.${sign('RSA-SHA256', Buffer.from(text), key).toString('base64url')}`;
  };
  return {
    clock,
    faults,
    host,
    agents: ssm,
    administrator,
    ec2: (who = administrator) => new EC2Client(settings(who)),
    ssm: (who = administrator) => new SSMClient(settings(who)),
    s3: (who = administrator) => new S3Client(settings(who)),
    sts: (who = administrator) => new STSClient(settings(who)),
    token,
    assume: async (role, jwt = token()) => {
      const client = new STSClient({ region, endpoint: aws.url, maxAttempts: 1 });
      const answer = await client.send(
        new AssumeRoleWithWebIdentityCommand({
          RoleArn: `arn:aws:iam::${accountId}:role/holdfast-${role}`,
          RoleSessionName: 'test',
          WebIdentityToken: jwt,
        }),
      );
      const given = answer.Credentials;
      return {
        accessKeyId: given?.AccessKeyId ?? '',
        secretAccessKey: given?.SecretAccessKey ?? '',
        sessionToken: given?.SessionToken ?? '',
      };
    },
    settle: async (milliseconds) => {
      for (let step = 0; step < 4; step += 1) {
        await new Promise((resolve) => setTimeout(resolve, 5));
        clock.advance(milliseconds / 4 + 1);
      }
      await new Promise((resolve) => setTimeout(resolve, 5));
    },
    stop: async () => {
      await aws.stop();
      await issuer.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
