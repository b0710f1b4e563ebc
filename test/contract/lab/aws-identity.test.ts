/** Signatures, sessions and policies of the lab's AWS, asked by the unmodified SDK clients. */
import { DeleteVolumeCommand, DescribeVolumesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { DescribeInstanceInformationCommand, SSMClient } from '@aws-sdk/client-ssm';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type AwsUnderTest, accountId, startAwsUnderTest } from './support-aws.ts';

let lab: AwsUnderTest;
beforeEach(async () => {
  lab = await startAwsUnderTest();
});
afterEach(() => lab.stop());

const describeVolumes = new DescribeVolumesCommand({});

describe('signatures', () => {
  test('the administrator is recognised by the key pair', async () => {
    const answer = await new STSClient(lab.administrator).send(new GetCallerIdentityCommand({}));
    expect(answer).toMatchObject({ Account: accountId, Arn: expect.stringContaining('administrator') });
  });

  test('parameters arrive nested, and the client can read the answer', async () => {
    const answer = await new EC2Client(lab.administrator).send(
      new DescribeVolumesCommand({ VolumeIds: ['vol-1'], Filters: [{ Name: 'tag:a<&>', Values: ['x y', 'ü"*'] }] }),
    );
    const said = answer.Volumes?.[0]?.Tags?.[0]?.Value ?? '';
    expect(JSON.parse(said)).toEqual({ VolumeId: ['vol-1'], Filter: [{ Name: 'tag:a<&>', Value: ['x y', 'ü"*'] }] });
  });

  test.each([
    ['a wrong secret', { secretAccessKey: 'wrong' }, 'SignatureDoesNotMatch'],
    ['an unknown key', { accessKeyId: 'AKIAUNKNOWN' }, 'AuthFailure'],
    ['a session token that is not the key’s', { sessionToken: 'stolen' }, 'AuthFailure'],
  ])('%s is refused and has no effect', async (_what, change, code) => {
    const credentials = { ...lab.administrator.credentials, ...change };
    await expect(new EC2Client({ ...lab.administrator, credentials }).send(describeVolumes)).rejects.toMatchObject({
      name: code,
    });
    expect(lab.effects()).toBe(0);
    expect(lab.log.records.at(-1)).toMatchObject({ endpoint: 'ec2', error: code });
  });

  test('a request from ten minutes ago is refused', async () => {
    const client = new EC2Client({ ...lab.administrator, systemClockOffset: -600_000 });
    await expect(client.send(describeVolumes)).rejects.toMatchObject({ name: 'SignatureDoesNotMatch' });
  });

  test('a lab with a time of its own judges signatures by it, and tells it', async () => {
    const days = 86_400_000 * 30;
    const moved = await startAwsUnderTest({ now: () => new Date(Date.now() + days) });
    try {
      const sent = (systemClockOffset: number) =>
        new EC2Client({ ...moved.administrator, systemClockOffset }).send(describeVolumes);
      await expect(sent(0)).rejects.toMatchObject({ name: 'SignatureDoesNotMatch' });
      await expect(sent(days)).resolves.toMatchObject({ Volumes: [{ VolumeId: 'vol-1' }] });
      const { headers } = await fetch(moved.aws.url, { method: 'POST', body: 'Action=DescribeVolumes' });
      expect(Math.abs(Date.parse(headers.get('date') ?? '') - Date.now() - days)).toBeLessThan(60_000);
    } finally {
      await moved.stop();
    }
  });

  test('a body that was changed after signing is refused', async () => {
    const client = new EC2Client(lab.administrator);
    client.middlewareStack.add(
      (next) => (call) => {
        const request = call.request as { body: string; headers: Record<string, string> };
        request.body += '&DryRun=true';
        request.headers['content-length'] = String(request.body.length);
        return next(call);
      },
      // After signing, just before it is sent.
      { step: 'deserialize', priority: 'low' },
    );
    await expect(client.send(describeVolumes)).rejects.toMatchObject({ name: 'SignatureDoesNotMatch' });
    expect(lab.effects()).toBe(0);
  });

  test('an unsigned request is refused', async () => {
    const answer = await fetch(lab.aws.url, { method: 'POST', body: 'Action=DescribeVolumes' });
    expect(answer.status).toBe(403);
    expect(await answer.text()).toContain('MissingAuthenticationToken');
  });
});

describe('sessions', () => {
  test('a job’s token is traded for a session of the role', async () => {
    const who = await new STSClient(await lab.session()).send(new GetCallerIdentityCommand({}));
    expect(who.Arn).toBe(`arn:aws:sts::${accountId}:assumed-role/keeper/night`);
  });

  test('the token is not in the call log', async () => {
    const token = lab.token();
    await lab.assume(token);
    expect(JSON.stringify(lab.log.records)).toContain('AssumeRoleWithWebIdentity');
    expect(JSON.stringify(lab.log.records)).not.toContain(token);
  });

  test('another audience is refused', async () => {
    await expect(lab.assume(lab.token('https://example.com'))).rejects.toMatchObject({ name: 'AccessDenied' });
  });

  test('another subject is refused, even one that differs only in case', async () => {
    for (const subject of ['repo:acme/backups:ref:refs/heads/other', 'repo:Acme/backups:ref:refs/heads/main']) {
      lab.github.oidc.subjectOverride = subject;
      await expect(lab.assume(lab.token())).rejects.toMatchObject({
        name: 'AccessDenied',
        message: 'Not authorized to perform sts:AssumeRoleWithWebIdentity',
      });
    }
  });

  test('a token whose claims were changed after signing is refused', async () => {
    const [head, body = '', signature] = lab.token('https://example.com').split('.');
    const claims = JSON.parse(Buffer.from(body, 'base64url').toString());
    const forged = Buffer.from(JSON.stringify({ ...claims, aud: 'sts.amazonaws.com' })).toString('base64url');
    await expect(lab.assume(`${head}.${forged}.${signature}`)).rejects.toMatchObject({
      name: 'InvalidIdentityTokenException',
    });
  });

  test('a token without a signature is refused', async () => {
    const [, body] = lab.token().split('.');
    const head = Buffer.from(JSON.stringify({ alg: 'none' })).toString('base64url');
    await expect(lab.assume(`${head}.${body}.`)).rejects.toMatchObject({ name: 'InvalidIdentityTokenException' });
  });

  test.each([899, 3601])('a session of %i seconds is refused', async (seconds) => {
    await expect(lab.assume(lab.token(), seconds)).rejects.toMatchObject({ name: 'ValidationError' });
  });

  test('an expired session is refused, as each service words it', async () => {
    const settings = await lab.session(900);
    await new EC2Client(settings).send(describeVolumes);
    lab.clock.advance(900_000);
    await expect(new EC2Client(settings).send(describeVolumes)).rejects.toMatchObject({ name: 'RequestExpired' });
    await expect(new SSMClient(settings).send(new DescribeInstanceInformationCommand({}))).rejects.toMatchObject({
      name: 'ExpiredTokenException',
    });
    await expect(new STSClient(settings).send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({
      name: expect.stringContaining('ExpiredToken'),
    });
  });

  test('the lab can shorten sessions, whatever the caller asks for', async () => {
    lab.sts.sessionSeconds = 10;
    const settings = await lab.session(3600);
    lab.clock.advance(10_000);
    await expect(new EC2Client(settings).send(describeVolumes)).rejects.toMatchObject({ name: 'RequestExpired' });
  });
});

describe('policies', () => {
  test('an allowed call is performed, and the log names the statement that allows it', async () => {
    await new EC2Client(await lab.session()).send(describeVolumes);
    expect(lab.log.records.at(-1)).toMatchObject({
      allowedBy: ['keeper/Describe'],
      caller: 'assumed-role/keeper/night',
    });
    expect(lab.aws.asked.all()).toEqual([
      expect.objectContaining({ by: 'keeper', action: 'ec2:DescribeVolumes', allowed: true }),
    ]);
  });

  test('a call that no statement allows is refused without effect', async () => {
    const call = new EC2Client(await lab.session()).send(new DeleteVolumeCommand({ VolumeId: 'vol-1' }));
    await expect(call).rejects.toMatchObject({
      name: 'UnauthorizedOperation',
      message: expect.stringContaining('ec2:DeleteVolume'),
    });
    expect(lab.effects()).toBe(0);
  });

  test('without its statement, the call is refused', async () => {
    const without = await startAwsUnderTest({ without: ['keeper/Describe'] });
    try {
      await expect(new EC2Client(await without.session()).send(describeVolumes)).rejects.toMatchObject({
        name: 'UnauthorizedOperation',
      });
    } finally {
      await without.stop();
    }
  });
});
