/** The lab's SSM over its EC2, without HTTP: agents, Windows instances, documents of a region. */
import { beforeEach, expect, test } from '@jest/globals';
import { createEc2, type Ec2Service } from '../../../lab/services/aws/ec2/ec2.ts';
import type { Parameters } from '../../../lab/services/aws/protocol/service.ts';
import { createSsm, type SsmService } from '../../../lab/services/aws/ssm/ssm.ts';
import { manualClock } from '../../../lab/services/clock/clock.ts';

const region = 'eu-west-1';
const [windows, stopped, bare] = ['i-00000000000000001', 'i-00000000000000002', 'i-00000000000000003'];
const volume = 'vol-0000000000000000b';
const clock = manualClock();
const instance = (id: string, digit: string) => ({
  id,
  name: id,
  state: 'running' as const,
  zone: 'eu-west-1a',
  type: 'm5.large',
  tags: {},
  rootVolumeId: `vol-000000000000000${digit}`.padEnd(21, '0'),
  volumes: [],
});

let ec2: Ec2Service;
let ssm: SsmService;
beforeEach(() => {
  const hosts = {
    storage: { copy: async (image: { path: string; sizeGiB: number }) => image, remove: async () => {} },
    host: () => undefined,
  };
  const data = { id: volume, device: 'xvdf', sizeGiB: 1, tags: {} };
  const instances = [
    { ...instance(windows, '1'), platform: 'windows' as const, volumes: [data] },
    { ...instance(stopped, '2'), platform: 'windows' as const, state: 'stopped' as const },
    instance(bare, '3'),
  ];
  const seed = { region: 'us-east-1', accountId: '123456789012', instances: [], regions: [{ region, instances }] };
  ec2 = createEc2({ clock, hosts, seed });
  ssm = createSsm({ clock, hosts, ec2, accountId: seed.accountId, documents: new Map() });
});

async function call<T>(operation: string, parameters: Parameters): Promise<T> {
  const identity = { arn: 'arn', account: '123456789012', role: undefined };
  const request = { service: 'ssm', region, operation, parameters, identity, requestId: 'r' };
  return (await ssm.handle(request, { authorize: () => {} })) as T;
}

const vss = { DocumentName: 'AWSEC2-CreateVssSnapshot', InstanceIds: [windows] };

/** Sends the command and lets it end. */
async function ended(command: Parameters): Promise<Record<string, unknown>> {
  const { Command } = await call<{ Command: { CommandId: string } }>('SendCommand', command);
  clock.advance(1000);
  // What the document does takes no lab time.
  await new Promise((resolve) => setImmediate(resolve));
  return call('GetCommandInvocation', { CommandId: Command.CommandId, InstanceId: windows });
}

test('agents of running instances are listed with their platform; an instance without a host has none', async () => {
  const list = async () =>
    (await call<{ InstanceInformationList: object[] }>('DescribeInstanceInformation', {})).InstanceInformationList;
  expect(await list()).toEqual([
    expect.objectContaining({ InstanceId: windows, PingStatus: 'Online', PlatformType: 'Windows' }),
  ]);
  ssm.agentOffline(windows, true);
  expect(await list()).toEqual([expect.objectContaining({ InstanceId: windows, PingStatus: 'ConnectionLost' })]);
});

test('an agent counts as online until it has missed its ping, also when its instance is stopped; a new start pings at once', async () => {
  const shown = async () =>
    (
      await call<{ InstanceInformationList: { PingStatus: string; LastPingDateTime: number }[] }>(
        'DescribeInstanceInformation',
        {},
      )
    ).InstanceInformationList.map(({ PingStatus, LastPingDateTime }) => [PingStatus, LastPingDateTime * 1000 - began]);
  const began = clock.now().getTime();
  clock.advance(7 * 60_000);
  expect(await shown()).toEqual([['Online', 5 * 60_000]]);
  ec2.switches.onInstance(windows, false);
  clock.advance(3 * 60_000);
  expect(await shown()).toEqual([['Online', 5 * 60_000]]);
  clock.advance(1);
  expect(await shown()).toEqual([['ConnectionLost', 5 * 60_000]]);
  ec2.switches.onInstance(windows, true);
  expect(await shown()).toEqual([['Online', 10 * 60_000 + 1]]);
});

test.each([stopped, bare])('a command to %s, whose agent was never online, is refused', async (id) => {
  await expect(call('SendCommand', { ...vss, InstanceIds: [id] })).rejects.toMatchObject({ code: 'InvalidInstanceId' });
});

test('the VSS document creates tagged snapshots of the data volumes', async () => {
  const parameters = { ExcludeBootVolume: ['True'], tags: ['Key=run,Value=7'] };
  expect(await ended({ ...vss, Parameters: parameters })).toMatchObject({ Status: 'Success', ResponseCode: 0 });
  const [snapshot, ...more] = [...ec2.world(region).snapshots.values()].filter((one) => one.volumeId === volume);
  expect(more).toEqual([]);
  expect(Object.fromEntries(snapshot?.tags ?? [])).toEqual({ run: '7', AppConsistent: 'True' });
});

test.each([
  ['its tags are not Key=…,Value=…', () => ({ ...vss, Parameters: { tags: ['run=7'] } }), 'The tag run=7 is not'],
  [
    'the writers do not answer',
    () => {
      ssm.vssFails = true;
      return vss;
    },
    'VSS writers timed out',
  ],
])('the VSS document fails when %s', async (_what, command, error) => {
  expect(await ended(command())).toMatchObject({
    Status: 'Failed',
    ResponseCode: 1,
    StandardErrorContent: expect.stringContaining(error),
  });
});

test('any other document cannot be delivered to Windows', async () => {
  const command = { DocumentName: 'AWS-RunShellScript', InstanceIds: [windows], Parameters: { commands: ['true'] } };
  expect(await ended(command)).toMatchObject({ Status: 'Failed', StatusDetails: 'Undeliverable' });
});

test("the account's own documents may be missing in a region, AWS's are everywhere", async () => {
  const own = { DocumentName: 'Holdfast-Freeze', InstanceIds: [windows] };
  await expect(call('SendCommand', own)).rejects.toMatchObject({ code: 'InvalidDocument' });
  await expect(call('SendCommand', vss)).resolves.toMatchObject({
    Command: { DocumentName: 'AWSEC2-CreateVssSnapshot', InstanceIds: [windows] },
  });
});

test('the commands of an instance are listed by document and time, the newest first', async () => {
  const first = await ended(vss);
  const second = await ended(vss);
  const list = async (more: Parameters) =>
    (
      await call<{ CommandInvocations: { CommandId: string }[] }>('ListCommandInvocations', {
        InstanceId: windows,
        ...more,
      })
    ).CommandInvocations.map(({ CommandId }) => CommandId);
  expect(await list({})).toEqual([second.CommandId, first.CommandId]);
  expect(await list({ Filters: [{ key: 'DocumentName', value: 'Holdfast-HookLease' }] })).toEqual([]);
  const now = clock.now().toISOString();
  expect(await list({ Filters: [{ key: 'InvokedAfter', value: now }] })).toEqual([]);
});

test('parameters that are not there are told apart from those that were deleted; both lists are always there', async () => {
  // Source: SSM API reference, DeleteParameters; empty as https://github.com/aws/aws-cli/blob/1.16.313/awscli/examples/ssm/delete-parameters.rst.
  await call('PutParameter', { Name: '/holdfast/a', Type: 'String', Value: 'v' });
  const gone = await call('DeleteParameters', { Names: ['/holdfast/a', '/holdfast/none'] });
  expect(gone).toEqual({ DeletedParameters: ['/holdfast/a'], InvalidParameters: ['/holdfast/none'] });
  await expect(call('GetParametersByPath', { Path: '/holdfast' })).resolves.toEqual({ Parameters: [] });
  await call('PutParameter', { Name: '/holdfast/b', Type: 'String', Value: 'v' });
  const all = await call('DeleteParameters', { Names: ['/holdfast/b'] });
  expect(all).toEqual({ DeletedParameters: ['/holdfast/b'], InvalidParameters: [] });
});
