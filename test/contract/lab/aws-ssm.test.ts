/** The lab's SSM, through the unmodified SDK: commands that are run, refused, cut off, killed. */
import {
  CancelCommandCommand,
  GetCommandInvocationCommand,
  SendCommandCommand,
  type SSMClient,
} from '@aws-sdk/client-ssm';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { errorName } from './support-aws.ts';
import { type HostsUnderTest, source, startHostsUnderTest } from './support-hosts.ts';

let lab: HostsUnderTest;
beforeEach(async () => {
  lab = await startHostsUnderTest();
});
afterEach(() => lab.stop());

describe('SSM', () => {
  const InstanceId = source;
  const inspect = {
    DocumentName: 'Holdfast-Inspect',
    InstanceIds: [InstanceId],
    Parameters: { MountPoint: ['/ibdata'], Service: ['mysqld-ib'], Socket: ['/tmp/mysql-ib.sock'] },
  };
  const send = async (client: SSMClient, more = {}) =>
    (await client.send(new SendCommandCommand({ ...inspect, ...more }))).Command?.CommandId ?? '';
  const invocation = (client: SSMClient, CommandId: string) =>
    client.send(new GetCommandInvocationCommand({ CommandId, InstanceId }));

  test('a command is unknown at first, then pending, then done; values travel in the environment', async () => {
    const client = lab.ssm();
    const id = await send(client);
    expect(await errorName(invocation(client, id))).toBe('InvocationDoesNotExist');
    lab.clock.advance(60);
    expect(await invocation(client, id)).toMatchObject({ Status: 'Pending', StandardOutputContent: '' });
    await lab.settle(300);
    expect(await invocation(client, id)).toMatchObject({
      Status: 'Success',
      StandardOutputContent: '{"ok":true}',
      ResponseCode: 0,
    });
    expect(lab.host.runs[0]?.environment).toMatchObject({
      SSM_MountPoint: '/ibdata',
      SSM_DefaultsFile: '',
      SSM_COMMAND_ID: id,
    });
    expect(lab.host.runs[0]?.script.startsWith('#!/bin/bash\n')).toBe(true);
  });

  test('an old agent runs the script without its parameters, and says so to nobody', async () => {
    lab.agents.agentVersion(source, '3.3.2745.0');
    const id = await send(lab.ssm());
    await lab.settle(300);
    expect(Object.keys(lab.host.runs[0]?.environment ?? {})).toEqual(['SSM_COMMAND_ID']);
    expect(await invocation(lab.ssm(), id)).toMatchObject({ Status: 'Success' });
  });

  test.each([
    [
      'a value that does not match its pattern',
      { Parameters: { ...inspect.Parameters, MountPoint: ['/a; rm -rf /'] } },
      'InvalidParameters',
    ],
    ['an unknown parameter', { Parameters: { ...inspect.Parameters, Extra: ['x'] } }, 'InvalidParameters'],
    ['an unknown document', { DocumentName: 'Holdfast-Nonsense' }, 'InvalidDocument'],
    ['an unknown instance', { InstanceIds: ['i-0123456789abcdef0'] }, 'InvalidInstanceId'],
  ])('%s is refused', async (_what, more, error) => {
    expect(await errorName(send(lab.ssm(), more))).toBe(error);
  });

  test('output is cut at the limits of SSM', async () => {
    lab.host.output = { stdout: 'x'.repeat(30_000), stderr: 'y'.repeat(10_000), exitCode: 1 };
    const client = lab.ssm();
    const id = await send(client);
    await lab.settle(400);
    const answer = await invocation(client, id);
    expect([answer.Status, answer.StandardOutputContent?.length, answer.StandardErrorContent?.length]).toEqual([
      'Failed',
      24_000,
      8_000,
    ]);
  });

  test('an offline agent never gets the command, which times out in delivery', async () => {
    const client = lab.ssm();
    lab.agents.agentOffline(InstanceId, true);
    lab.agents.agentOffline(InstanceId, false);
    await send(client);
    await lab.settle(400);
    lab.agents.agentOffline(InstanceId, true);
    const before = lab.host.runs.length;
    const id = await send(client, { TimeoutSeconds: 30 });
    for (let second = 0; second < 130; second += 1) lab.clock.advance(250);
    expect(await invocation(client, id)).toMatchObject({ Status: 'TimedOut', StatusDetails: 'DeliveryTimedOut' });
    expect(lab.host.runs).toHaveLength(before);
  });

  test('cancelling the command, or exceeding its execution time, kills the script', async () => {
    lab.host.hangs = true;
    const client = lab.ssm();
    const first = await send(client);
    const second = await send(client, { Parameters: { ...inspect.Parameters, executionTimeout: ['5'] } });
    await lab.settle(400);
    await client.send(new CancelCommandCommand({ CommandId: first }));
    await lab.settle(6000);
    expect(await invocation(client, first)).toMatchObject({ Status: 'Cancelled' });
    expect(await invocation(client, second)).toMatchObject({ Status: 'TimedOut', StatusDetails: 'ExecutionTimedOut' });
    expect(lab.host.runs.map((one) => one.killed)).toEqual([true, true]);
  });
});
