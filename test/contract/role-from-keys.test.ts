/** A role assumed with access keys (input role-from: keys): renewed as with the token, and refusals in words. */
import { DescribeVolumesCommand } from '@aws-sdk/client-ec2';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type AccessKeys, roleCredentials } from '../../src/adapters/aws/credentials.ts';
import { AwsSession } from '../../src/adapters/aws/session.ts';
import type { Clock } from '../../src/runtime/clock.ts';
import { explain } from '../../src/runtime/errors.ts';
import { FakeLogger } from '../fakes/clock.ts';
import { type AwsUnderTest, accountId, region, stackWithUsers, startAwsUnderTest } from './lab/support-aws.ts';

const trusting = `arn:aws:iam::${accountId}:role/holdfast-dump`;
let lab: AwsUnderTest;
let endpoint: string | undefined;
beforeEach(async () => {
  lab = await startAwsUnderTest({ deployed: stackWithUsers() });
  endpoint = process.env.AWS_ENDPOINT_URL;
  process.env.AWS_ENDPOINT_URL = lab.aws.url;
});
afterEach(async () => {
  if (endpoint === undefined) delete process.env.AWS_ENDPOINT_URL;
  else process.env.AWS_ENDPOINT_URL = endpoint;
  await lab.stop();
});

const clock = (): Clock => ({ now: () => lab.clock.now(), sleep: async () => {} });

function keysOf({ accessKeyId, secretAccessKey }: Omit<AccessKeys, 'sessionToken'>): AccessKeys {
  return { accessKeyId, secretAccessKey };
}

function assume(from: AccessKeys, roleArn = trusting) {
  const identity = { roleArn, sessionName: 'night', from };
  return roleCredentials(identity, {
    region,
    apiTimeoutSeconds: 10,
    userAgent: 'test',
    clock: clock(),
    logger: new FakeLogger(),
  });
}

const assumptions = (): number => lab.log.records.filter(({ operation }) => operation === 'AssumeRole').length;

describe('a role assumed with access keys', () => {
  test('gives a session, which is renewed only as it nears its end', async () => {
    const credentials = assume(keysOf(lab.sts.addUser('holdfast-dumps-rw')));
    const first = await credentials();
    expect(await credentials()).toEqual(first);
    lab.clock.advance(3_500_000);
    expect((await credentials()).accessKeyId).not.toBe(first.accessKeyId);
    expect(assumptions()).toBe(2);
  });

  test('a session that AWS no longer accepts is renewed within a call', async () => {
    const identity = { roleArn: trusting, sessionName: 'night', from: keysOf(lab.sts.addUser('holdfast-dumps-rw')) };
    const options = { region, apiTimeoutSeconds: 10, userAgent: 'test', clock: clock(), logger: new FakeLogger() };
    const session = new AwsSession({ ...options, transferTimeoutSeconds: 10, identity });
    const describeVolumes = () =>
      session.call({ operation: 'DescribeVolumes', resource: 'all' }, () =>
        session.ec2.send(new DescribeVolumesCommand({})),
      );
    // The role may describe nothing: the refusal names the role, so the session was accepted.
    await expect(describeVolumes()).rejects.toMatchObject({
      what: expect.stringContaining('assumed-role/holdfast-dump'),
    });
    lab.clock.advance(3_700_000);
    await expect(describeVolumes()).rejects.toMatchObject({
      what: expect.stringContaining('assumed-role/holdfast-dump'),
    });
    expect(assumptions()).toBe(2);
  });

  test('keys of another user are refused, and the error names the user and the way out', async () => {
    const failure = await assume(keysOf(lab.sts.addUser('holdfast-dumps-ro')))().catch(explain);
    expect(failure).toMatchObject({
      what: expect.stringContaining(`user/holdfast-dumps-ro is not authorized to perform: sts:AssumeRole`),
      likelyCause: expect.stringContaining('trust policy does not name the user'),
      fix: expect.stringContaining('role-from: token'),
    });
    expect(assumptions()).toBe(1);
  });

  test('the user assumes no other role of the stack, and without Users=yes not even this one', async () => {
    const keys = () => keysOf(lab.sts.addUser('holdfast-dumps-rw'));
    for (const role of ['holdfast-backup', 'holdfast-verify', 'holdfast-rotate'])
      await expect(assume(keys(), trusting.replace('holdfast-dump', role))()).rejects.toThrow(/not authorized/);
    await lab.stop();
    const { template, parameters } = stackWithUsers();
    lab = await startAwsUnderTest({ deployed: { template, parameters: { ...parameters, Users: 'no' } } });
    process.env.AWS_ENDPOINT_URL = lab.aws.url;
    await expect(assume(keys())()).rejects.toThrow(/not authorized/);
  });

  test('deleted keys are called that at once, without new attempts', async () => {
    const user = lab.sts.addUser('holdfast-dumps-rw');
    lab.sts.removeKey(user.accessKeyId);
    const failure = await assume(keysOf(user))().catch(explain);
    expect(failure).toMatchObject({
      what: expect.stringContaining('does not accept the access keys'),
      fix: expect.stringContaining('npm run setup'),
    });
  });

  test('a wrong secret is called that, and never shown', async () => {
    const { accessKeyId } = lab.sts.addUser('holdfast-dumps-rw');
    const failure = await assume({ accessKeyId, secretAccessKey: 'not-the-secret' })().catch(explain);
    expect(failure).toMatchObject({ what: expect.stringContaining('does not accept the access keys') });
    expect(JSON.stringify(failure)).not.toContain('not-the-secret');
  });
});
