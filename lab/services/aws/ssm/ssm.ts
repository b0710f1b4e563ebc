/** The lab's SSM: commands really run on the hosts, with the agent's delays, limits and ways to end. */
import { type AwsCall, type AwsService, type CallContext, LabAwsError } from '../protocol/service.ts';
import { Agents, type AgentsOptions } from './agents.ts';
import type { Command } from './command-run.ts';
import { Commands, type SsmDelays } from './commands.ts';
import type { DocumentContent } from './documents/document.ts';
import { Documents } from './documents/documents.ts';
import { runShellScript } from './documents/run-shell-script.ts';
import { vssContent, vssDocument } from './documents/vss.ts';
import { describeInstanceInformation } from './instance-information.ts';
import { listInvocations } from './list-invocations.ts';
import { ParameterStore } from './parameters.ts';

export interface SsmOptions extends AgentsOptions {
  readonly accountId: string;
  /** Documents that are in every region, from the start. */
  readonly documents: ReadonlyMap<string, DocumentContent>;
  /** Documents of the account's own. */
  readonly userDocuments?: ReadonlyMap<string, DocumentContent>;
  readonly delays?: Partial<SsmDelays>;
}

export interface SsmService extends AwsService {
  /** The documents of each region. */
  readonly documents: Documents;
  /** Cuts the agent of this instance off from SSM, or lets it back. */
  agentOffline(instanceId: string, offline: boolean): void;
  /** Gives the agent of this instance another version than usual. */
  agentVersion(instanceId: string, version: string): void;
  /** Whether Windows' writers fail to answer in time. */
  vssFails: boolean;
  /** Cancels every command that still runs. */
  stop(): void;
}

const defaultDelays: SsmDelays = { delivery: 150, deliverySpread: 100, unknown: 50 };
const defaultTimeoutSeconds = 3600;
/** Characters of a comment (SSM API reference, SendCommand). */
const commentLimit = 100;

export function createSsm(options: SsmOptions): SsmService {
  return new Ssm(options);
}

class Ssm implements SsmService {
  readonly name = 'ssm';
  readonly #options: SsmOptions;
  readonly documents: Documents;
  readonly #agents: Agents;
  readonly #parameters = new ParameterStore();
  readonly #commands: Commands;

  constructor(options: SsmOptions) {
    this.#options = options;
    this.documents = new Documents([
      ...options.documents,
      ...(options.userDocuments ?? []),
      ['AWS-RunShellScript', runShellScript],
      [vssDocument, vssContent],
    ]);
    this.#agents = new Agents(options);
    this.#commands = new Commands({
      ...options,
      agents: this.#agents,
      delays: { ...defaultDelays, ...options.delays },
      document: (name, region) => this.documents.get(region, name),
    });
  }

  get vssFails(): boolean {
    return this.#commands.vssFails;
  }

  set vssFails(fail: boolean) {
    this.#commands.vssFails = fail;
  }

  agentOffline(instanceId: string, offline: boolean): void {
    this.#agents.setLost(instanceId, offline);
  }

  agentVersion(instanceId: string, version: string): void {
    this.#agents.setVersion(instanceId, version);
  }

  stop(): void {
    this.#commands.stop();
  }

  async handle(call: AwsCall, policies: CallContext): Promise<unknown> {
    switch (call.operation) {
      case 'SendCommand':
        return this.#sendCommand(call, policies);
      case 'GetCommandInvocation':
        return this.#getCommandInvocation(call, policies);
      case 'ListCommandInvocations':
        return this.#listCommandInvocations(call, policies);
      case 'CancelCommand':
        return this.#cancelCommand(call, policies);
      case 'DescribeInstanceInformation':
        policies.authorize({ action: 'ssm:DescribeInstanceInformation', resources: ['*'] });
        return describeInstanceInformation(call, this.#options.ec2, this.#agents);
      case 'DescribeDocument':
      case 'GetDocument':
        return this.#readDocument(call, policies);
      case 'ListDocuments':
        policies.authorize({ action: 'ssm:ListDocuments', resources: ['*'] });
        return this.documents.list(call.region, call.parameters);
      case 'CreateDocument':
      case 'UpdateDocument':
      case 'DeleteDocument':
        return this.#writeDocument(call, policies);
      case 'PutParameter':
      case 'GetParametersByPath':
      case 'DeleteParameters':
        return this.#parameterCall(call, policies);
      default:
        throw new LabAwsError('UnknownOperationException', `the lab's SSM does not know ${call.operation}`);
    }
  }

  #parameterCall({ region, operation, parameters }: AwsCall, policies: CallContext) {
    const names = [parameters.Name ?? parameters.Path ?? parameters.Names].flat().map(String);
    const resources = names.map((one) => `arn:aws:ssm:${region}:${this.#options.accountId}:parameter${one}`);
    for (const resource of resources) policies.authorize({ action: `ssm:${operation}`, resources: [resource] });
    if (operation === 'PutParameter') return this.#parameters.put(region, parameters);
    return operation === 'DeleteParameters'
      ? this.#parameters.delete(region, parameters)
      : this.#parameters.byPath(region, parameters);
  }

  #sendCommand(call: AwsCall, policies: CallContext) {
    const command = call.parameters as Command;
    const { DocumentName: name = '', InstanceIds: ids = [], TimeoutSeconds, Comment = '' } = command;
    this.#authorizeDocument(call, policies, name, ids);
    this.documents.get(call.region, name);
    const { instances } = this.#options.ec2.world(call.region);
    if (ids.length === 0 || ids.some((id) => !instances.has(id) || !this.#agents.isKnown(id)))
      throw new LabAwsError('InvalidInstanceId', 'Instances not in a valid state for account');
    const timeout = Number(TimeoutSeconds ?? defaultTimeoutSeconds);
    if (!Number.isInteger(timeout) || timeout < 30 || timeout > 2_592_000)
      throw new LabAwsError('ValidationException', 'timeoutSeconds must be between 30 and 2592000');
    if (Comment.length > commentLimit)
      throw new LabAwsError('ValidationException', `comment must have length less than or equal to ${commentLimit}`);
    return { Command: this.#commands.send(call, command, timeout).view() };
  }

  #getCommandInvocation({ parameters }: AwsCall, policies: CallContext) {
    policies.authorize({ action: 'ssm:GetCommandInvocation', resources: ['*'] });
    const instanceId = String(parameters.InstanceId ?? '');
    return this.#commands.findInvocation(String(parameters.CommandId ?? ''), instanceId).invocationView(instanceId);
  }

  #listCommandInvocations({ parameters }: AwsCall, policies: CallContext) {
    policies.authorize({ action: 'ssm:ListCommandInvocations', resources: ['*'] });
    return listInvocations(parameters, this.#commands);
  }

  #cancelCommand({ parameters }: AwsCall, policies: CallContext) {
    policies.authorize({ action: 'ssm:CancelCommand', resources: ['*'] });
    const run = this.#commands.find(String(parameters.CommandId ?? ''));
    if (!run) throw new LabAwsError('InvalidCommandId', 'InvalidCommandId');
    this.#commands.cancel(run);
    return {};
  }

  #readDocument({ region, operation, parameters }: AwsCall, policies: CallContext) {
    const name = String(parameters.Name ?? '');
    policies.authorize({ action: `ssm:${operation}`, resources: [this.#documentArn(region, name)] });
    return operation === 'GetDocument' ? this.documents.content(region, name) : this.documents.describe(region, name);
  }

  /** What an operator does by hand. */
  #writeDocument({ region, operation, parameters }: AwsCall, policies: CallContext) {
    const name = String(parameters.Name ?? '');
    policies.authorize({ action: `ssm:${operation}`, resources: [this.#documentArn(region, name)] });
    if (operation === 'DeleteDocument') this.documents.remove(region, name);
    else {
      const content = JSON.parse(String(parameters.Content ?? '{}')) as DocumentContent;
      if (operation === 'CreateDocument') this.documents.create(region, name, content);
      else this.documents.update(region, name, content);
    }
    return operation === 'DeleteDocument'
      ? {}
      : { DocumentDescription: this.documents.describe(region, name).Document };
  }

  #documentArn(region: string, name: string): string {
    return `arn:aws:ssm:${region}:${this.#options.accountId}:document/${name}`;
  }

  /** Asks whether the caller may run the document on these instances. @throws LabAwsError */
  #authorizeDocument(call: AwsCall, policies: CallContext, name: string, ids: readonly string[]): void {
    const { accountId, ec2 } = this.#options;
    const action = `ssm:${call.operation}`;
    // AWS's own documents belong to no account.
    const owner = /^AWS(EC2)?-/.test(name) ? '' : accountId;
    policies.authorize({ action, resources: [`arn:aws:ssm:${call.region}:${owner}:document/${name}`] });
    for (const id of ids) {
      const tags = [...(ec2.world(call.region).instances.get(id)?.tags ?? [])].flatMap(([key, value]) => [
        [`ssm:resourceTag/${key}`, value],
        [`aws:ResourceTag/${key}`, value],
      ]);
      policies.authorize({
        action,
        resources: [`arn:aws:ec2:${call.region}:${accountId}:instance/${id}`],
        conditions: Object.fromEntries(tags),
      });
    }
  }
}
