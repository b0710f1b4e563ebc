/**
 * What the roles need only in rare moments (a cancelled command, a long reading, a host without serial numbers, a large answer,
 * an old dump), done by the actions' own code under the deployed policies: the scenarios do not show it.
 */
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import type { Host } from '../../lab/hosts/host.ts';
import { buckets } from '../../lab/privileges/installation.ts';
import { type EmptyAccount, startEmptyAccount } from '../../lab/privileges/stolen/account.ts';
import { hookDocument } from '../../lab/rehearsals/rotation/hook-document.ts';
import type { SnapshotSeed } from '../../lab/services/aws/ec2/model/seed.ts';
import { realClock } from '../../lab/services/clock/clock.ts';
import { withProgress } from '../../src/actions/verify-volume/progress.ts';
import { SsmClaims } from '../../src/adapters/aws/claims.ts';
import { Ec2Compute } from '../../src/adapters/aws/compute.ts';
import { SsmHooks } from '../../src/adapters/aws/hooks.ts';
import { SsmHosts } from '../../src/adapters/aws/hosts.ts';
import { S3Objects } from '../../src/adapters/aws/objects.ts';
import { AwsSession } from '../../src/adapters/aws/session.ts';
import type { DumpReceipt } from '../../src/domain/dump.ts';
import { lockedTags } from '../../src/domain/snapshot-lock.ts';
import { deleteExpired } from '../../src/dump/retention/deletion.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { FakeLogger } from '../fakes/clock.ts';
import { nothing, privileges } from '../scenario/support-privileges.ts';

const region = 'us-east-1';
const hosts = {
  source: { id: 'i-0a00000000000000a', tags: { 'holdfast:host': 'source', Backup: 'Yes' } },
  verification: { id: 'i-0b00000000000000b', tags: { 'holdfast:host': 'verification' } },
} as const;

/** Answers each script; one without an answer runs until it is killed. */
const answers: { next: ((environment: Readonly<Record<string, string>>) => unknown) | undefined } = { next: undefined };
const double: Host = {
  instanceId: hosts.source.id,
  running: true,
  boot: async () => {},
  shutdown: async () => {},
  run: (_script, environment, signal) =>
    new Promise((resolve) => {
      if (answers.next) return resolve({ stdout: JSON.stringify(answers.next(environment)), stderr: '', exitCode: 0 });
      signal.addEventListener('abort', () => resolve({ stdout: '', stderr: '', exitCode: 137 }));
    }),
  attach: async () => {},
  detach: async () => true,
};

const snapshots = ['snap-0a00000a', 'snap-0b00000b'] as const;

let account: EmptyAccount;
const before = process.env.AWS_ENDPOINT_URL;
const logger = new FakeLogger();

const instance = ({ id, tags }: (typeof hosts)[keyof typeof hosts], rootVolumeId: string) => ({
  id,
  name: id,
  state: 'running' as const,
  zone: `${region}a`,
  type: 'm5.large',
  tags,
  rootVolumeId,
  volumes: [],
});

const snapshot = (id: string): SnapshotSeed => ({
  id,
  volumeId: 'vol-0a00000a',
  startedAt: new Date(),
  sizeGiB: 8,
  tags: { Type: 'Automated', 'holdfast:made-by': 'ib-snapshot' },
});

beforeAll(async () => {
  const instances = [instance(hosts.source, 'vol-0a00000a'), instance(hosts.verification, 'vol-0b00000b')];
  account = await startEmptyAccount(
    { region, instances, snapshots: snapshots.map(snapshot) },
    {
      clock: realClock(),
      documents: new Map([[hookDocument.name, hookDocument.content]]),
      hosts: { storage: { copy: async (image) => image, remove: async () => {} }, host: () => double },
    },
  );
  process.env.AWS_ENDPOINT_URL = account.aws.url;
});

afterAll(async () => {
  if (before === undefined) delete process.env.AWS_ENDPOINT_URL;
  else process.env.AWS_ENDPOINT_URL = before;
  await account.stop();
});

function sessionOf(role: string): AwsSession {
  return new AwsSession({
    region,
    identity: {
      roleArn: `arn:aws:iam::123456789012:role/${role}`,
      sessionName: 'rare-calls',
      from: async () => account.token(role),
    },
    apiTimeoutSeconds: 10,
    transferTimeoutSeconds: 30,
    userAgent: 'test',
    clock: systemClock,
    logger,
  });
}

const hostsOf = (role: string): SsmHosts =>
  new SsmHosts(sessionOf(role), { documents: 'Holdfast-', clock: systemClock, logger, comment: 'rare calls' });

const readResult = {
  script: 'read-result',
  parameters: { Key: 'result-1-1', Offset: '0', Length: '10' },
  timeoutSeconds: 30,
} as const;
const listDisks = { script: 'list-disks', parameters: {}, timeoutSeconds: 30 } as const;

test.each([
  ['holdfast-backup', hosts.source, readResult],
  ['holdfast-dump', hosts.source, readResult],
  ['holdfast-rotate', hosts.source, listDisks],
  ['holdfast-verify', hosts.verification, listDisks],
] as const)('%s cancels the command that it waits for when its run is cancelled', async (role, host, command) => {
  answers.next = undefined;
  const cancel = new AbortController();
  const running = hostsOf(role).run(host.id, command, cancel.signal);
  const sent = () =>
    account.aws.asked.all().some((one) => one.by === role && one.action === 'ssm:GetCommandInvocation');
  while (!sent()) await new Promise((resolve) => setTimeout(resolve, 20));
  cancel.abort();
  await expect(running).rejects.toThrow();
  expect(account.aws.asked.all()).toContainEqual(
    expect.objectContaining({ by: role, action: 'ssm:CancelCommand', allowed: true }),
  );
});

test('the lease of a document of one’s own is set, found and ended', async () => {
  answers.next = undefined;
  const hooks = new SsmHooks(sessionOf('holdfast-rotate'), {
    clock: systemClock,
    logger,
    comment: 'rare calls',
    documents: 'Holdfast-',
  });
  const lease = await hooks.arm(hosts.source.id, hookDocument.name, 60);
  expect(await hooks.leases(hosts.source.id)).toEqual([lease]);
  await hooks.disarm(lease);
});

test('the rotation brings the tiers of a copy in step, and says that a snapshot was not quiesced', async () => {
  const compute = new Ec2Compute(sessionOf('holdfast-rotate'));
  for (const tags of [{ 'holdfast:keep': 'daily weekly' }, { 'holdfast:consistency': 'crash' }])
    await compute.setTags(snapshots[1], tags);
  expect(account.aws.ec2.world(region).snapshots.get(snapshots[1])?.tags.get('holdfast:consistency')).toBe('crash');
});

test('a slot is claimed, and the claims of old slots are deleted', async () => {
  const claims = new SsmClaims(sessionOf('holdfast-rotate'), new AbortController().signal);
  const claim = { run: 'acme/backups/actions/runs/1', attempt: 1, until: new Date() };
  expect(await claims.make('2026-11-01', 1, claim)).toBe(true);
  await claims.sweep('2026-11-02');
  expect([...(await claims.list('2026-11-01'))]).toEqual([]);
});

test.each(['holdfast-backup', 'holdfast-rotate'])(
  '%s locks a snapshot once, and cannot weaken the lock',
  async (role) => {
    const compute = new Ec2Compute(sessionOf(role));
    const id = snapshots[role === 'holdfast-backup' ? 0 : 1];
    await compute.lockSnapshot(id, { mode: 'governance', days: 7 });
    await compute.setTags(id, lockedTags(new Date()));
    await expect(compute.lockSnapshot(id, { mode: 'governance', days: 1 })).rejects.toMatchObject({ kind: 'denied' });
  },
);

test('a large answer of a dump is read piece by piece', async () => {
  const whole = Buffer.from(JSON.stringify({ state: 'running', filler: 'x'.repeat(30_000) }));
  const text = gzipSync(whole).toString('base64');
  const stored = {
    key: 'result-1-1',
    bytes: whole.length,
    sha256: createHash('sha256').update(whole).digest('hex'),
    encoding: 'gzip+base64',
    length: text.length,
  };
  answers.next = ({ SSM_Offset, SSM_Length }) =>
    SSM_Offset === undefined
      ? { stored }
      : { piece: text.slice(Number(SSM_Offset), Number(SSM_Offset) + Number(SSM_Length)) };
  const command = { script: 'dump-state', parameters: { DumpId: '1-1' }, timeoutSeconds: 30 } as const;
  // The answer itself is no dump's; what counts is that it came.
  await hostsOf('holdfast-dump')
    .run(hosts.source.id, command as never)
    .catch(() => undefined);
  expect(account.aws.asked.all()).toContainEqual(
    expect.objectContaining({
      by: 'holdfast-dump',
      resource: expect.stringMatching(/Holdfast-ReadResult$/),
      allowed: true,
    }),
  );
});

test('a long reading shows its progress', async () => {
  answers.next = () => ({ bytes: 1, totalBytes: 2 });
  jest.useFakeTimers({
    doNotFake: ['setTimeout', 'setImmediate', 'queueMicrotask', 'nextTick', 'Date', 'performance'],
  });
  try {
    await withProgress('vol-0123456789abcdef0', hosts.verification.id, hostsOf('holdfast-verify'), logger, async () => {
      jest.advanceTimersByTime(15_000);
      while (!logger.lines.some((line) => line.includes('read 50 %')))
        await new Promise((resolve) => setTimeout(resolve, 20));
    });
  } finally {
    jest.useRealTimers();
  }
});

test('an old dump is deleted: the versions that its receipt names, and the receipt', async () => {
  const { s3 } = account.administrator;
  const key = 'db/shop/2026-01-01.gz';
  const { VersionId: versionId } = await s3.send(
    new PutObjectCommand({ Bucket: buckets.dumps, Key: key, Body: 'old' }),
  );
  const receipt = { files: [{ bucket: buckets.dumps, key, versionId }] } as unknown as DumpReceipt;
  const objects = new S3Objects(sessionOf('holdfast-dump'), { logger });
  await deleteExpired(objects, buckets.receipts, { key: 'receipts/shop/2026-01-01.json', receipt } as never, []);
  expect(await objects.versions(buckets.dumps, key)).toEqual([]);
});

test('what these calls show of the policies still holds, and an independent evaluator decides the same', async () => {
  expect(await privileges(account, 'rare-calls')).toEqual(nothing);
});
