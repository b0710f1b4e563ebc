/** The lab's SSM: commands really run on the hosts, with the agent's delays, limits and endings. */
import { randomUUID } from 'node:crypto';
import type { LabHosts } from '../../../hosts/host.ts';
import type { LabClock } from '../../clock/clock.ts';
import type { Ec2Service } from '../ec2/ec2.ts';
import { type AwsCall, type AwsService, type CallContext, LabAwsError } from '../protocol/service.ts';
import { type AssociationRequest, Associations } from './associations.ts';
import { type Command, CommandRun, stillOpen } from './command.ts';
import { checkParameters, type DocumentContent, runShellScript, workOf } from './documents.ts';
import { vssCall, vssContent, vssDocument } from './vss.ts';

export interface SsmDelays {
  /** Milliseconds until the agent has fetched a command: the least, and what is added at most. */
  readonly delivery: number;
  readonly deliverySpread: number;
  /** Milliseconds in which GetCommandInvocation does not know of a command. */
  readonly unknown: number;
}

export interface SsmOptions {
  readonly clock: LabClock;
  readonly hosts: LabHosts;
  readonly ec2: Ec2Service;
  readonly accountId: string;
  readonly documents: ReadonlyMap<string, DocumentContent>;
  /** Documents of the account's own beside those of the stack. */
  readonly userDocuments?: ReadonlyMap<string, DocumentContent>;
  readonly delays?: Partial<SsmDelays>;
}

export interface SsmService extends AwsService {
  /** Whether the agent of this instance is lost. */
  agentOffline(instanceId: string, offline: boolean): void;
  /** Whether Windows' writers do not answer in time. */
  vssFails: boolean;
  /** Ends every command still running, for stopping the lab. */
  stop(): void;
}

/** Commands an agent runs at once (amazon-ssm-agent, CommandWorkersLimit). */
const workers = 5;
const agentVersion = '3.3.2746.0';
/** What is not run on a host at all. */
const noWork = { script: '', environment: {}, executionSeconds: 3600 };
/** State Manager acts for whoever made the association. */
const nobody = { arn: 'arn:aws:iam::ssm', account: '', role: undefined };

export function createSsm(options: SsmOptions): SsmService {
  const { clock, hosts, ec2 } = options;
  const delays: SsmDelays = { delivery: 150, deliverySpread: 100, unknown: 50, ...options.delays };
  const documents = new Map([
    ...options.documents,
    ...(options.userDocuments ?? []),
    ['AWS-RunShellScript', runShellScript],
    [vssDocument, vssContent],
  ]);
  let vssFails = false;
  const commands = new Map<string, CommandRun>();
  const lost = new Set<string>();
  const online = new Set<string>();
  const lastPing = new Map<string, Date>();
  for (const seed of [...ec2.world('us-east-1').instances.values()])
    if (seed.state === 'running' && hosts.host(seed.id)) online.add(seed.id);
  ec2.switches.onInstance = (id, running) => void (running ? online.add(id) : online.delete(id));

  const windows = new Set<string>();

  const isOnline = (id: string): boolean => {
    const yes = (online.has(id) && !lost.has(id)) || windows.has(id);
    if (yes) lastPing.set(id, clock.now());
    return yes;
  };

  /** Asks whether the caller may run the document on these instances. */
  const authorize = (
    action: string,
    call: AwsCall,
    context: CallContext,
    name: string,
    ids: readonly string[],
  ): void => {
    const account = /^AWS(EC2)?-/.test(name) ? '' : options.accountId;
    context.authorize({ action, resources: [`arn:aws:ssm:${call.region}:${account}:document/${name}`] });
    for (const id of ids) {
      const tags = [...(ec2.world(call.region).instances.get(id)?.tags ?? [])].flatMap(([key, value]) => [
        [`ssm:resourceTag/${key}`, value],
        [`aws:ResourceTag/${key}`, value],
      ]);
      context.authorize({
        action,
        resources: [`arn:aws:ec2:${call.region}:${options.accountId}:instance/${id}`],
        conditions: Object.fromEntries(tags),
      });
    }
  };

  const documentOf = (name: string): DocumentContent => {
    const document = documents.get(name);
    if (!document) throw new LabAwsError('InvalidDocument', `Document with name ${name} does not exist.`);
    return document;
  };

  const send = (call: AwsCall, context: CallContext): unknown => {
    const parameters = call.parameters as unknown as Command;
    const name = parameters.DocumentName ?? '';
    const ids = parameters.InstanceIds ?? [];
    const world = ec2.world(call.region);
    authorize('ssm:SendCommand', call, context, name, ids);
    documentOf(name);
    for (const id of ids) if (world.instances.get(id)?.platform === 'windows') windows.add(id);
    if (ids.length === 0 || ids.some((id) => !world.instances.has(id) || (!lastPing.has(id) && !isOnline(id)))) {
      throw new LabAwsError('InvalidInstanceId', 'Instances not in a valid state for account');
    }
    const timeout = Number(parameters.TimeoutSeconds ?? 3600);
    if (!Number.isInteger(timeout) || timeout < 30 || timeout > 2_592_000)
      throw new LabAwsError('ValidationException', 'timeoutSeconds must be between 30 and 2592000');
    if ((parameters.Comment ?? '').length > 100)
      throw new LabAwsError('ValidationException', 'comment must have length less than or equal to 100');
    return { Command: dispatch(call, parameters, timeout).view() };
  };

  /** A command begins: for SendCommand, or because an association's time has come. */
  const dispatch = (
    call: Pick<AwsCall, 'region' | 'identity' | 'requestId'>,
    parameters: Command,
    timeoutSeconds: number,
  ): CommandRun => {
    const name = parameters.DocumentName ?? '';
    const document = documentOf(name);
    const values = checkParameters(document, parameters.Parameters ?? {});
    const ids = parameters.InstanceIds ?? [];
    const run = new CommandRun({
      id: randomUUID(),
      name,
      instanceIds: ids,
      comment: parameters.Comment ?? '',
      timeoutSeconds,
      at: clock.now(),
      work: name === vssDocument ? noWork : workOf(document, values),
    });
    commands.set(run.id, run);
    for (const id of ids) {
      if (windows.has(id)) clock.after(1000, () => void onWindows(call, run, id, name, values));
      else deliver(run, id);
    }
    return run;
  };

  /** The lab has no Windows: only the VSS document is acted out there. */
  const onWindows = async (
    call: Pick<AwsCall, 'region' | 'identity' | 'requestId'>,
    run: CommandRun,
    id: string,
    name: string,
    values: Readonly<Record<string, readonly string[]>>,
  ): Promise<void> => {
    if (name !== vssDocument) return run.end(id, 'Failed', 'Undeliverable', clock.now());
    const why = vssFails ? 'VSS writers timed out' : await vssSnapshots();
    run.invocation(id).stderr = why;
    run.invocation(id).responseCode = why === '' ? 0 : 1;
    run.end(id, why === '' ? 'Success' : 'Failed', why === '' ? 'Success' : 'Failed', clock.now());

    async function vssSnapshots(): Promise<string> {
      try {
        // By the instance's own role, of which the lab knows nothing.
        await ec2.handle(vssCall(call, id, values), { authorize: () => {} });
        return '';
      } catch (error) {
        return (error as Error).message;
      }
    }
  };

  const associations = new Associations(clock, (region, request) => {
    const call = { region, identity: nobody, requestId: randomUUID() };
    const command = {
      DocumentName: request.Name ?? '',
      InstanceIds: request.Targets?.[0]?.Values ?? [],
      ...(request.Parameters ? { Parameters: request.Parameters } : {}),
      Comment: `association ${request.AssociationName ?? ''}`,
    };
    dispatch(call, command, 3600);
  });

  /** The agent asks for work; while it is lost the command waits, until its delivery time is over. */
  const deliver = (run: CommandRun, id: string): void => {
    const giveUpAt = clock.now().getTime() + run.timeoutSeconds * 1000;
    const attempt = (): void => {
      if (run.invocation(id).status !== 'Pending') return;
      const busy = [...commands.values()].filter((other) => other.runningOn(id)).length >= workers;
      if (isOnline(id) && !busy) {
        const host = hosts.host(id);
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
    CreateAssociation(call, context) {
      const request = call.parameters as AssociationRequest;
      const { ids } = Associations.check(request);
      authorize('ssm:CreateAssociation', call, context, request.Name ?? '', ids);
      checkParameters(documentOf(request.Name ?? ''), request.Parameters ?? {});
      return associations.create(call.region, request);
    },
    DeleteAssociation(call, context) {
      const id = String(call.parameters.AssociationId ?? '');
      context.authorize({
        action: 'ssm:DeleteAssociation',
        resources: [`arn:aws:ssm:${call.region}:${options.accountId}:association/${id}`],
      });
      associations.delete(call.region, id);
      return {};
    },
    ListAssociations(call, context) {
      context.authorize({ action: 'ssm:ListAssociations', resources: ['*'] });
      return associations.list(call.region, call.parameters);
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
    get vssFails() {
      return vssFails;
    },
    set vssFails(fail) {
      vssFails = fail;
    },
    stop: () => {
      associations.stop();
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
