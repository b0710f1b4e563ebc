/** What the doctor reads of the watchdogs, from the lab's SNS, CloudFormation and S3. */
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { SdkInspection } from '../../../src/adapters/aws/inspection/inspection.ts';
import { promisesKey } from '../../../src/domain/tags.ts';
import { type Services, startServices } from './services.ts';

const topicArn = 'arn:aws:sns:us-east-1:123456789012:holdfast-watchdog';

let services: Services;
let inspection: SdkInspection;
beforeAll(async () => {
  services = await startServices();
  inspection = new SdkInspection('your credentials', 'us-east-1', () => services.session);
});
afterAll(() => services.stop());

test('who is subscribed, and who has confirmed it; nothing of a topic that is gone', async () => {
  const { topics } = services.aws;
  expect(await inspection.subscriptions(topicArn)).toBeUndefined();
  topics.arns.add(topicArn);
  expect(await inspection.subscriptions(topicArn)).toEqual([]);
  const mail = { topicArn, protocol: 'email' };
  topics.subscriptions.set(`${topicArn}:1`, { ...mail, endpoint: 'ops&more@acme.example' });
  topics.subscriptions.set(`${topicArn}:2`, { ...mail, endpoint: 'ada@acme.example', confirmed: true });
  expect(await inspection.subscriptions(topicArn)).toEqual([
    { topicArn, endpoint: 'ops&more@acme.example', confirmed: false },
    { topicArn, endpoint: 'ada@acme.example', confirmed: true },
  ]);
});

test('what is promised, once it is written', async () => {
  const { aws, session } = services;
  expect(await inspection.text(aws.receiptBucket, promisesKey)).toBeUndefined();
  await session.s3.send(new PutObjectCommand({ Bucket: aws.receiptBucket, Key: promisesKey, Body: '{"a":1}' }));
  expect(await inspection.text(aws.receiptBucket, promisesKey)).toBe('{"a":1}');
});

test('parameters of the stack', async () => {
  expect((await inspection.stack('holdfast'))?.parameters).toMatchObject({
    ReceiptBucketName: services.aws.receiptBucket,
  });
});
