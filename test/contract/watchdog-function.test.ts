/**
 * The function of infra/holdfast.yml, as it is in the template: started by its rule in a process of its own, under its own role, against
 * the lab's AWS. SNS is a stand-in that keeps what would have been sent.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type LabAccount, startAccount } from '../../lab/services/aws/account.ts';
import { realClock } from '../../lab/services/clock/clock.ts';
import { openCallLog } from '../../lab/services/http/call-log.ts';
import { type Faults, faultRules } from '../../lab/services/http/faults.ts';
import { promisesKey } from '../../src/domain/tags.ts';
import { type PromisedSource, renderPromises } from '../../src/watch/promises/promise.ts';
import { parseTold, toldKey } from '../../src/watch/stack/told.ts';
import { nothing, privileges } from '../scenario/support-privileges.ts';

const rule = 'holdfast-watchdog';
const day = 86_400_000;
const ago = (days: number): string => new Date(Date.now() - days * day).toISOString();
const asked: LabAccount[] = [];

let aws: LabAccount;
let s3: S3Client;
let faults: Faults;
let directory: string;

async function start(without: readonly string[] = []): Promise<void> {
  directory = mkdtempSync(join(tmpdir(), 'holdfast-watchdog-'));
  faults = faultRules();
  aws = await startAccount({
    ...{ directory, faults, without, clock: realClock(), log: openCallLog(join(directory, 'calls.jsonl')) },
    ...{
      issuer: 'https://github.example',
      subject: 'repo:a/b:ref:refs/heads/main',
      planSubject: 'repo:a/b:pull_request',
    },
    hosts: { storage: { copy: async (image) => image, remove: async () => {} }, host: () => undefined },
    seed: { instances: [], regions: [{ region: 'us-east-1', instances: [web] }] },
    parameters: { WatchdogEmail: 'ops@example.com' },
  });
  const { url: endpoint, administrator: credentials } = aws;
  s3 = new S3Client({ region: 'us-east-1', endpoint, forcePathStyle: true, credentials });
}

const web = {
  id: 'i-0aaaaaaaaaaaaaaaa',
  name: 'web',
  state: 'running' as const,
  zone: 'us-east-1a',
  type: 't3.small',
  tags: { Name: 'web', Backup: 'Yes' },
  rootVolumeId: 'vol-0aaaaaaaaaaaaaaaa',
  volumes: [],
};

async function stop(): Promise<void> {
  s3.destroy();
  asked.push(aws);
  await aws.stop();
  rmSync(directory, { recursive: true, force: true });
}

beforeEach(() => start());
afterEach(stop);

const put = (Key: string, Body: string) => s3.send(new PutObjectCommand({ Bucket: aws.receiptBucket, Key, Body }));
async function stored(Key: string): Promise<string | undefined> {
  const answer = await s3.send(new GetObjectCommand({ Bucket: aws.receiptBucket, Key })).catch(() => undefined);
  return answer?.Body?.transformToString('utf8');
}

const hourly = { expression: '7 * * * *', timeZone: 'UTC', workflow: '.github/workflows/a.yml', since: ago(3) };
const orders: PromisedSource = {
  ...{ source: 'orders', kind: 'database-dump' as const, schedules: [hourly], since: ago(3) },
  targets: { allowanceSeconds: 7200 },
};
const webSource: PromisedSource = {
  ...{ source: 'web', kind: 'rotation-snapshot' as const, region: 'us-east-1', instanceId: web.id },
  ...{ schedules: [hourly], since: ago(3), targets: { allowanceSeconds: 7200 } },
};

const promise = (sources: readonly PromisedSource[], readOn = ago(0).slice(0, 10)) =>
  put(
    promisesKey,
    renderPromises({
      format: 'holdfast-promises/1',
      repositories: { 'acme/backups': sources },
      readOn: { 'acme/backups': readOn },
    }),
  );

const dump = (takenAt: string, files: readonly unknown[] = []) =>
  put(
    'receipts/orders/dump-20260101T000000Z-1-1.json',
    JSON.stringify({
      ...{ format: 'holdfast-receipt/1', kind: 'database-dump', source: 'orders', engine: 'postgres', state: 'taken' },
      ...{ takenAt, run: { key: 'acme/backups/actions/runs/1', url: 'https://github.com/acme', attempt: 1 } },
      ...{ files, proof: [], timeline: [], verdict: 'good', bucket: aws.dumpBucket },
    }),
  );

const subjects = (): readonly string[] => aws.topics.messages.map(({ subject }) => subject);

test('a missing backup is told once, and once more when it came', async () => {
  await promise([orders, webSource]);
  await dump(ago(2));
  const first = await aws.lambda.fire(rule);
  expect(first).toMatchObject({ result: { sources: 2, open: 2 } });
  expect(aws.topics.messages).toHaveLength(1);
  const [mail] = aws.topics.messages;
  expect(mail?.subject).toBe('Holdfast: Backup of orders is missing (and 1 more)');
  expect(mail?.text).toMatch(
    /^Backup of orders is missing\n {2}What: no backup of orders since .*: the run promised for /,
  );
  expect(mail?.text).toContain('Backup of the volumes of web is missing\n');
  expect(mail?.text).toContain('promised by acme/backups');
  expect(mail?.text).toMatch(/in the stack holdfast \(account 123456789012, us-east-1\)/);

  expect(await aws.lambda.fire(rule)).toMatchObject({ result: { told: [], over: [], open: 2 } });
  await dump(ago(0));
  expect((await aws.lambda.fire(rule)).error).toBeUndefined();
  expect(subjects().slice(1)).toEqual(['Holdfast: Over: Backup of orders is missing']);
  expect(parseTold(await stored(toldKey))?.open).toMatchObject([{ key: `missing rotation-snapshot ${web.id}` }]);
});

test('a dump whose object is gone does not count, and neither does an instance that is gone', async () => {
  await promise([orders, { ...webSource, instanceId: 'i-0bbbbbbbbbbbbbbbb' }]);
  await dump(ago(0), [
    { kind: 'archive', bucket: aws.dumpBucket, key: 'db/orders.dump', versionId: 'v1', size: 5, sha256: '' },
  ]);
  expect(await aws.lambda.fire(rule)).toMatchObject({ result: { sources: 1, told: ['Backup of orders is missing'] } });
  expect(aws.topics.messages[0]?.text).toContain('cannot be restored: s3://');
});

test('that nobody on GitHub looks any more is told, and when somebody does again', async () => {
  await dump(ago(0));
  await promise([orders], ago(2).slice(0, 10));
  expect(await aws.lambda.fire(rule)).toMatchObject({ result: { told: [] } });
  await promise([orders], ago(3).slice(0, 10));
  expect(await aws.lambda.fire(rule)).toMatchObject({ result: { told: ['No watchdog looks at acme/backups'] } });
  expect(aws.topics.messages[0]?.text).toContain(`ran last on ${ago(3).slice(0, 10)}`);
  await promise([orders]);
  await aws.lambda.fire(rule);
  expect(subjects().at(-1)).toBe('Holdfast: Over: No watchdog looks at acme/backups');
});

test('without what is promised it says so, after two days', async () => {
  expect(await aws.lambda.fire(rule)).toMatchObject({ result: { sources: 0, told: [] } });
  const told = parseTold(await stored(toldKey));
  await put(toldKey, JSON.stringify({ ...told, began: ago(2.1) }));
  await aws.lambda.fire(rule);
  expect(subjects()).toEqual(['Holdfast: Nothing says what is promised']);
  await promise([]);
  await aws.lambda.fire(rule);
  expect(subjects().at(-1)).toBe('Holdfast: Over: Nothing says what is promised');
});

test('a mail that was not accepted is sent by the next look, and a throttled one at once', async () => {
  await promise([orders]);
  faults.add({
    ...{ name: 'refused', endpoint: 'sns', operation: 'Publish' },
    effect: { kind: 'refuse', status: 403, code: 'AuthorizationError', message: 'no' },
  });
  const refused = await aws.lambda.fire(rule);
  expect(refused.error).toMatch(/^AwsError: Publish for arn:aws:sns:us-east-1:123456789012:holdfast-watchdog failed/);
  expect(refused.log).toContain('ERROR {"what":"Publish for arn:aws:sns:');
  // Written down is that nobody knows whether it was sent.
  expect(parseTold(await stored(toldKey))?.open).toMatchObject([{ key: 'missing database-dump orders', unsure: true }]);
  faults.add({ name: 'slow', endpoint: 'sns', operation: 'Publish', effect: { kind: 'throttle' } });
  expect(await aws.lambda.fire(rule)).toMatchObject({ result: { told: ['Backup of orders is missing'] } });
  expect(subjects()).toEqual(['Holdfast: Backup of orders is missing']);
  expect(parseTold(await stored(toldKey))?.open[0]).not.toHaveProperty('unsure');
});

test.each([
  ['holdfast-watchdog-function/LookAround ec2:DescribeSnapshots', /nobody can say whether 2 sources are backed up/],
  ['holdfast-watchdog-function/ReadReceipts', /GetObject for s3:\/\/holdfast-receipts-lab\/watch\//],
  ['holdfast-watchdog-function/KeepTold', /PutObject for s3:\/\/holdfast-receipts-lab\/watch\/told.json/],
  ['holdfast-watchdog-function/SendMails', /Publish for arn:aws:sns:/],
])('without %s it fails, which the alarm tells', async (piece, message) => {
  await stop();
  await start([piece]);
  await promise([{ ...orders, kind: 'volume-snapshot' }, webSource]);
  expect((await aws.lambda.fire(rule)).error).toMatch(message);
});

test('only the rule of the stack may start it, and only Lambda may have its role', async () => {
  await expect(aws.lambda.fire('another')).rejects.toThrow('there is no rule another');
  const role = aws.roles.WatchdogFunctionRole ?? '';
  expect(() => aws.sts.sessionForService(role, 'ec2.amazonaws.com', 'x')).toThrow(/cannot be assumed/);
});

test('its role may do nothing that no look needs', async () => {
  const whole = { ...aws, asked: { all: () => asked.slice(0, 5).flatMap((one) => one.asked.all()) } };
  expect(await privileges({ aws: whole } as unknown as Parameters<typeof privileges>[0], 'watchdog-function')).toEqual(
    nothing,
  );
});
