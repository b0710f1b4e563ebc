/** The lab's CloudFormation: stacks and change sets, which pass through their states as time passes. */
import { randomUUID } from 'node:crypto';
import type { LabClock } from '../../clock/clock.ts';
import { type AwsCall, type AwsService, type CallContext, LabAwsError } from '../protocol/service.ts';
import { changesBetween, startOf } from './changes.ts';
import { Execution, type Steps, setState } from './execution.ts';
import { type Handler, readingHandlers } from './reading.ts';
import { type ChangeSet, type Conflict, isBusy, type Source, type StackRecord, Stacks } from './records.ts';
import { readSource, type SourceContext, type TemplateStore } from './requests.ts';
import type { Holdings } from './resources/resource-type.ts';
import { typeOf } from './resources/types.ts';
import { Template } from './template.ts';

export interface CloudFormationOptions {
  readonly clock: LabClock;
  readonly accountId: string;
  readonly holdings: Holdings;
  readonly store: TemplateStore;
  /** Milliseconds between the steps of an operation; default 4. */
  readonly delay?: number;
}

const anybody: CallContext = { authorize: () => {} };
/** States in which a stack takes no update. API reference, UpdateStack; user guide, "Stack status codes". */
const cannotUpdate = /^(ROLLBACK_COMPLETE|ROLLBACK_FAILED|CREATE_FAILED|DELETE_FAILED|REVIEW_IN_PROGRESS)$/;

export class CloudFormation implements AwsService {
  readonly name = 'cloudformation';
  readonly #options: CloudFormationOptions;
  readonly stacks = new Stacks();
  /** Whether change sets look for resources that exist already (user guide, "Validate stack deployments"). */
  earlyValidation = true;
  readonly #handlers: Readonly<Record<string, Handler>>;

  constructor(options: CloudFormationOptions) {
    this.#options = options;
    const context = (policies: CallContext) => this.#context(policies);
    this.#handlers = {
      ...readingHandlers(this.stacks, context),
      CreateChangeSet: (call, policies) => this.#createChangeSet(call, policies),
      ExecuteChangeSet: (call, policies) => this.#executeChangeSet(call, policies),
      DeleteChangeSet: (call) => this.#deleteChangeSet(call),
      CreateStack: (call, policies) => this.#createStack(call, policies),
      UpdateStack: (call, policies) => this.#updateStack(call, policies),
      DeleteStack: (call, policies) => this.#deleteStack(call, policies),
    };
  }

  async handle(call: AwsCall, policies: CallContext): Promise<unknown> {
    const handler = this.#handlers[call.operation];
    if (!handler) throw new LabAwsError('InvalidAction', `the lab's CloudFormation does not know ${call.operation}`);
    const stackName =
      String(call.parameters.StackName ?? '*').split('/')[1] ?? String(call.parameters.StackName ?? '*');
    policies.authorize({
      action: `cloudformation:${call.operation}`,
      resources: [`arn:aws:cloudformation:${call.region}:${this.#options.accountId}:stack/${stackName}/*`],
    });
    return handler(call, policies);
  }

  /** Deploys a template at once: the stack is complete when this returns. @throws Error when it does not become so */
  deploy(name: string, region: string, text: string, parameters: Readonly<Record<string, string>>): StackRecord {
    const stack = this.#add(name, region);
    const { accountId } = this.#options;
    const template = new Template(text, { region, accountId, parameters, stackName: name, stackId: stack.id });
    template.checkRules();
    const source = { template, parameters, capabilities: ['CAPABILITY_NAMED_IAM'] };
    for (const _step of this.#execution(stack, anybody).create(source));
    const failed = stack.events.find((one) => one.status === 'CREATE_FAILED');
    if (failed) throw new Error(`the stack ${name} does not deploy: ${failed.logicalId}: ${failed.reason}`);
    return stack;
  }

  #execution(stack: StackRecord, policies: CallContext): Execution {
    const { clock, holdings } = this.#options;
    return new Execution({ clock, holdings, policies, stack });
  }

  /** Takes the first step now, and the others as time passes. */
  #run(steps: Steps): void {
    const { clock, delay = 4 } = this.#options;
    const step = (): void => {
      if (!steps.next().done) clock.after(delay, step);
    };
    step();
  }

  #add(name: string, region: string): StackRecord {
    const stack: StackRecord = {
      id: `arn:aws:cloudformation:${region}:${this.#options.accountId}:stack/${name}/${randomUUID()}`,
      name,
      region,
      createdAt: this.#options.clock.now(),
      updatedAt: undefined,
      deletedAt: undefined,
      status: 'REVIEW_IN_PROGRESS',
      reason: undefined,
      source: undefined,
      outputs: [],
      resources: new Map(),
      events: [],
      changeSets: new Map(),
    };
    this.stacks.add(stack);
    return stack;
  }

  #stack({ region, parameters }: AwsCall): StackRecord {
    return this.stacks.get(region, String(parameters.StackName ?? ''));
  }

  #context(policies: CallContext): SourceContext {
    const { accountId, store } = this.#options;
    return { accountId, store, policies };
  }

  #createChangeSet(call: AwsCall, policies: CallContext) {
    const { region, parameters } = call;
    const name = stackName(parameters.StackName);
    const type = parameters.ChangeSetType === 'CREATE' ? 'CREATE' : 'UPDATE';
    const existing = this.stacks.find(region, name);
    if (type === 'CREATE' && existing && existing.status !== 'REVIEW_IN_PROGRESS')
      throw new LabAwsError(
        'ValidationError',
        `Stack [${name}] already exists and cannot be created again with the changeSet [${parameters.ChangeSetName}].`,
      );
    if (type === 'UPDATE' && !existing) throw new LabAwsError('ValidationError', `Stack [${name}] does not exist`);
    if (type === 'UPDATE' && existing) checkUpdatable(existing);
    // Nothing is left of a change set that is refused, nor of a stack for it.
    const probe = existing ?? { ...this.#add(name, region) };
    const source = this.#readOrForget(call, probe, existing, policies);
    const stack = this.stacks.get(region, name);
    return this.#addChangeSet(stack, type, source, parameters);
  }

  #readOrForget(call: AwsCall, probe: StackRecord, existing: StackRecord | undefined, policies: CallContext): Source {
    try {
      return readSource(call, probe, this.#context(policies));
    } catch (error) {
      if (!existing) this.stacks.get(call.region, probe.name).deletedAt = this.#options.clock.now();
      throw error;
    }
  }

  #addChangeSet(stack: StackRecord, type: 'CREATE' | 'UPDATE', source: Source, parameters: AwsCall['parameters']) {
    const { clock, accountId, holdings, delay = 4 } = this.#options;
    const name = String(parameters.ChangeSetName ?? '');
    if (stack.changeSets.has(name)) throw new LabAwsError('AlreadyExistsException', `ChangeSet ${name} already exists`);
    const wanted = source.template.resources();
    const known = [...stack.resources.values()].filter(isThere).map((one) => one.resource);
    const changes = changesBetween(startOf(known, source.revertsDrift, { holdings, region: stack.region }), wanted);
    const changeSet: ChangeSet = {
      id: `arn:aws:cloudformation:${stack.region}:${accountId}:changeSet/${name}/${randomUUID()}`,
      name,
      type,
      description: parameters.Description === undefined ? undefined : String(parameters.Description),
      source,
      changes,
      conflicts: this.earlyValidation ? this.#conflicts(stack, changes) : [],
      at: clock.now(),
      status: 'CREATE_IN_PROGRESS',
      reason: undefined,
      executionStatus: 'UNAVAILABLE',
    };
    stack.changeSets.set(name, changeSet);
    if (type === 'CREATE' && stack.events.length === 0)
      setState(stack, 'REVIEW_IN_PROGRESS', clock.now(), 'User Initiated');
    clock.after(delay, () => finish(changeSet, stack));
    return { Id: changeSet.id, StackId: stack.id };
  }

  #conflicts(stack: StackRecord, changes: ChangeSet['changes']): Conflict[] {
    const { holdings } = this.#options;
    return changes.flatMap(({ action, resource }) =>
      action === 'Add' && typeOf(resource.type).exists?.(resource, holdings, stack.region)
        ? [
            {
              resource,
              reason: `Resource of type '${resource.type}' with identifier '${resource.physicalId}' already exists.`,
            },
          ]
        : [],
    );
  }

  #changeSet({ region, parameters }: AwsCall) {
    return this.stacks.changeSet(region, String(parameters.ChangeSetName ?? ''), String(parameters.StackName ?? ''));
  }

  #executeChangeSet(call: AwsCall, policies: CallContext) {
    const { stack, changeSet } = this.#changeSet(call);
    if (changeSet.executionStatus !== 'AVAILABLE')
      throw new LabAwsError(
        'InvalidChangeSetStatus',
        `ChangeSet [${changeSet.id}] cannot be executed in its current status of [${changeSet.status}]`,
      );
    if (changeSet.type === 'UPDATE') checkUpdatable(stack);
    changeSet.executionStatus = 'EXECUTE_COMPLETE';
    stack.changeSets.clear();
    const execution = this.#execution(stack, policies);
    this.#run(changeSet.type === 'CREATE' ? execution.create(changeSet.source) : execution.update(changeSet.source));
    return {};
  }

  /** A stack under review stays, empty, when its change set is deleted. */
  #deleteChangeSet(call: AwsCall) {
    const { stack, changeSet } = this.#changeSet(call);
    stack.changeSets.delete(changeSet.name);
    return {};
  }

  #createStack(call: AwsCall, policies: CallContext) {
    const name = stackName(call.parameters.StackName);
    if (this.stacks.find(call.region, name))
      throw new LabAwsError('AlreadyExistsException', `Stack [${name}] already exists`);
    const stack = this.#add(name, call.region);
    const source = this.#readOrForget(call, stack, undefined, policies);
    this.#run(this.#execution(stack, policies).create(source));
    return { StackId: stack.id };
  }

  #updateStack(call: AwsCall, policies: CallContext) {
    const stack = this.#stack(call);
    checkUpdatable(stack);
    const source = readSource(call, stack, this.#context(policies));
    const changes = changesBetween(
      [...stack.resources.values()].filter(isThere).map((one) => one.resource),
      source.template.resources(),
    );
    if (changes.length === 0 && sameOutputs(stack, source))
      throw new LabAwsError('ValidationError', 'No updates are to be performed.');
    this.#run(this.#execution(stack, policies).update(source));
    return { StackId: stack.id };
  }

  /** A stack that does not exist is deleted without complaint. */
  #deleteStack(call: AwsCall, policies: CallContext): undefined {
    const stack = this.stacks.find(call.region, String(call.parameters.StackName ?? ''));
    if (!stack || stack.deletedAt) return undefined;
    if (isBusy(stack) && stack.status !== 'DELETE_IN_PROGRESS')
      throw new LabAwsError(
        'ValidationError',
        `Stack [${stack.name}] cannot be deleted while in status ${stack.status}`,
      );
    this.#run(this.#execution(stack, policies).delete());
    return undefined;
  }
}

function finish(changeSet: ChangeSet, stack: StackRecord): void {
  const failure = failureOf(changeSet, stack);
  changeSet.status = failure === undefined ? 'CREATE_COMPLETE' : 'FAILED';
  changeSet.reason = failure;
  if (failure === undefined) changeSet.executionStatus = 'AVAILABLE';
}

function failureOf({ conflicts, changes, source }: ChangeSet, stack: StackRecord): string | undefined {
  if (conflicts.length > 0)
    return 'The following hook(s)/validation failed: [AWS::EarlyValidation::ResourceExistenceCheck]. To troubleshoot Early Validation errors, use the DescribeEvents API for detailed failure information.';
  if (changes.length === 0 && sameOutputs(stack, source))
    return "The submitted information didn't contain changes. Submit different information to create a change set.";
  return undefined;
}

function sameOutputs(stack: StackRecord, source: Source): boolean {
  return stack.source !== undefined && JSON.stringify(stack.outputs) === JSON.stringify(source.template.outputs());
}

function isThere({ status }: { readonly status: string }): boolean {
  return !/^DELETE_(COMPLETE|SKIPPED)$|^CREATE_FAILED$/.test(status);
}

/** @throws LabAwsError ValidationError */
function checkUpdatable(stack: StackRecord): void {
  if (!isBusy(stack) && !cannotUpdate.test(stack.status)) return;
  throw new LabAwsError('ValidationError', `Stack:${stack.id} is in ${stack.status} state and can not be updated.`);
}

/** @throws LabAwsError ValidationError */
function stackName(value: unknown): string {
  const name = String(value ?? '');
  if (/^[A-Za-z][A-Za-z0-9-]{0,127}$/.test(name) || name.startsWith('arn:')) return name;
  throw new LabAwsError(
    'ValidationError',
    `1 validation error detected: Value '${name}' at 'stackName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*`,
  );
}
