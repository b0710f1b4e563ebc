/** The lab's SSM: commands really run on the hosts, with the agent's delays, limits and endings. */
import { randomUUID } from 'node:crypto';
import type { LabClock, MachineRoom } from '../../contracts.ts';
import type { Ec2Service } from '../ec2/ec2.ts';
import { type AwsCall, type AwsService, type CallContext, LabAwsError } from '../service.ts';
import { type Command, CommandRun, stillOpen } from './command.ts';
import { checkParameters, type DocumentContent, runShellScript, workOf } from './documents.ts';

export interface SsmDelays {
  /** Milliseconds until the agent has fetched a command: the least, and what is added at most. */
  readonly delivery: number;
  readonly deliverySpread: number;
  /** Milliseconds in which GetCommandInvocation does not know of a command. */
  readonly unknown: number;
}

export interface SsmOptions {
  readonly clock: LabClock;
  readonly room: MachineRoom;
  readonly ec2: Ec2Service;
  readonly accountId: string;
  readonly documents: ReadonlyMap<string, DocumentContent>;
  readonly delays?: Partial<SsmDelays>;
}

export interface SsmService extends AwsService {
  /** Whether the agent of this instance is lost. */
  agentOffline(instanceId: string, offline: boolean): void;
  /** Ends every command still running, for stopping the lab. */
  stop(): void;
}

/** Commands an agent runs at once (amazon-ssm-agent, CommandWorkersLimit). */
const workers = 5;
const agentVersion = '3.3.2746.0';

export function createSsm(options: SsmOptions): SsmService {
  const { clock, room, ec2 } = options;
  const delays: SsmDelays = { delivery: 150, deliverySpread: 100, unknown: 50, ...options.delays };
  const documents = new Map([...options.documents, ['AWS-RunShellScript', runShellScript]]);
  const commands = new Map<string, CommandRun>();
  const lost = new Set<string>();
  const online = new Set<string>();
  const lastPing = new Map<string, Date>();
  for (const seed of [...ec2.world('us-east-1').instances.values()]) if (seed.state === 'running') online.add(seed.id);
  ec2.switches.onInstance = (id, running) => void (running ? online.add(id) : online.delete(id));

  const isOnline = (id: string): boolean => {
    const yes = online.has(id) && !lost.has(id);
    if (yes) lastPing.set(id, clock.now());
    return yes;
  };

  const send = (call: AwsCall, context: CallContext): unknown => {
    const parameters = call.parameters as unknown as Command;
    const name = parameters.DocumentName ?? '';
    const ids = parameters.InstanceIds ?? [];
    const world = ec2.world(call.region);
    const account = name.startsWith('AWS-') ? '' : options.accountId;
    context.authorize({
      action: 'ssm:SendCommand',
      resources: [`arn:aws:ssm:${call.region}:${account}:document/${name}`],
    });
    for (const id of ids) {
      const tags = [...(world.instances.get(id)?.tags ?? [])].flatMap(([key, value]) => [
        [`ssm:resourceTag/${key}`, value],
        [`aws:ResourceTag/${key}`, value],
      ]);
      context.authorize({
        action: 'ssm:SendCommand',
        resources: [`arn:aws:ec2:${call.region}:${options.accountId}:instance/${id}`],
        conditions: Object.fromEntries(tags),
      });
    }
    const document = documents.get(name);
    if (!document) throw new LabAwsError('InvalidDocument', `Document with name ${name} does not exist.`);
    if (ids.length === 0 || ids.some((id) => !world.instances.has(id) || (!lastPing.has(id) && !isOnline(id)))) {
      throw new LabAwsError('InvalidInstanceId', 'Instances not in a valid state for account');
    }
    const timeout = Number(parameters.TimeoutSeconds ?? 3600);
    if (!Number.isInteger(timeout) || timeout < 30 || timeout > 2_592_000)
      throw new LabAwsError('ValidationException', 'timeoutSeconds must be between 30 and 2592000');
    if ((parameters.Comment ?? '').length > 100)
      throw new LabAwsError('ValidationException', 'comment must have length less than or equal to 100');
    const work = workOf(document, checkParameters(document, parameters.Parameters ?? {}));
    const run = new CommandRun({
      id: randomUUID(),
      name,
      instanceIds: ids,
      comment: parameters.Comment ?? '',
      timeoutSeconds: timeout,
      at: clock.now(),
      work,
    });
    commands.set(run.id, run);
    for (const id of ids) deliver(run, id);
    return { Command: run.view() };
  };

  /** The agent asks for work; while it is lost the command waits, until its delivery time is over. */
  const deliver = (run: CommandRun, id: string): void => {
    const giveUpAt = clock.now().getTime() + run.timeoutSeconds * 1000;
    const attempt = (): void => {
      if (run.invocation(id).status !== 'Pending') return;
      const busy = [...commands.values()].filter((other) => other.runningOn(id)).length >= workers;
      if (isOnline(id) && !busy) {
        const host = room.host(id);
        if (host?.running) {
          void run.start(id, host, clock);
          return;
        }
      }
      if (clock.now().getTime() >= giveUpAt) run.end(id, 'TimedOut', 'DeliveryTimedOut', clock.now());
      else clock.after(Math.min(250, giveUpAt - clock.now().getTime()), attempt);
    };
    clock.after(delays.delivery + Math.random() * delays.deliverySpread, attempt);
  };

  const find = (parameters: { CommandId?: string; InstanceId?: string }): { run: CommandRun; id: string } => {
    const run = commands.get(parameters.CommandId ?? '');
    const id = parameters.InstanceId ?? '';
    const young = run && clock.now().getTime() - run.at.getTime() < delays.unknown;
    if (!run?.instanceIds.includes(id) || young)
      throw new LabAwsError('InvocationDoesNotExist', 'InvocationDoesNotExist');
    return { run, id };
  };

  const operations: Readonly<Record<string, (call: AwsCall, context: CallContext) => unknown>> = {
    SendCommand: send,
    GetCommandInvocation(call, context) {
      context.authorize({ action: 'ssm:GetCommandInvocation', resources: ['*'] });
      const { run, id } = find(call.parameters);
      return run.invocationView(id);
    },
    ListCommandInvocations(call, context) {
      context.authorize({ action: 'ssm:ListCommandInvocations', resources: ['*'] });
      const run = commands.get(String(call.parameters.CommandId ?? ''));
      return { CommandInvocations: run ? run.instanceIds.map((id) => run.invocationView(id)) : [] };
    },
    CancelCommand(call, context) {
      context.authorize({ action: 'ssm:CancelCommand', resources: ['*'] });
      const run = commands.get(String(call.parameters.CommandId ?? ''));
      if (!run) throw new LabAwsError('InvalidCommandId', 'InvalidCommandId');
      for (const id of run.instanceIds) run.cancel(id, clock.now());
      return {};
    },
    DescribeInstanceInformation(call, context) {
      context.authorize({ action: 'ssm:DescribeInstanceInformation', resources: ['*'] });
      const filters = (call.parameters.Filters ?? []) as { Key: string; Values: string[] }[];
      const unknown = filters.find((filter) => filter.Key !== 'InstanceIds' && filter.Key !== 'PingStatus');
      if (unknown) throw new LabAwsError('InvalidFilterKey', `The filter ${unknown.Key} is not known`);
      const all = [...ec2.world(call.region).instances.values()]
        .filter((one) => lastPing.has(one.id) || isOnline(one.id))
        .map((one) => ({
          InstanceId: one.id,
          PingStatus: isOnline(one.id) ? 'Online' : 'ConnectionLost',
          LastPingDateTime: (lastPing.get(one.id)?.getTime() ?? 0) / 1000,
          AgentVersion: agentVersion,
          PlatformType: 'Linux',
        }));
      const found = all.filter((one) =>
        filters.every((filter) =>
          filter.Values.includes(filter.Key === 'InstanceIds' ? one.InstanceId : one.PingStatus),
        ),
      );
      const from = Number(call.parameters.NextToken ?? 0);
      const size = Number(call.parameters.MaxResults ?? 10);
      return {
        InstanceInformationList: found.slice(from, from + size),
        ...(from + size < found.length ? { NextToken: String(from + size) } : {}),
      };
    },
    DescribeDocument(call, context) {
      const name = String(call.parameters.Name ?? '');
      context.authorize({
        action: 'ssm:DescribeDocument',
        resources: [`arn:aws:ssm:${call.region}:${options.accountId}:document/${name}`],
      });
      if (!documents.has(name)) throw new LabAwsError('InvalidDocument', `Document with name ${name} does not exist.`);
      return { Document: { Name: name, Status: 'Active', DocumentType: 'Command', SchemaVersion: '2.2' } };
    },
  };

  return {
    name: 'ssm',
    agentOffline: (id, offline) => void (offline ? lost.add(id) : lost.delete(id)),
    stop: () => {
      for (const run of commands.values())
        for (const id of run.instanceIds) if (stillOpen(run.invocation(id).status)) run.cancel(id, clock.now());
    },
    async handle(call, context) {
      const operation = operations[call.operation];
      if (!operation)
        throw new LabAwsError('UnknownOperationException', `the lab's SSM does not know ${call.operation}`);
      return operation(call, context);
    },
  };
}
