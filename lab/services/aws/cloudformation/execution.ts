/**
 * How a stack is made, changed and deleted, resource by resource, with what is undone after a failure.
 * User guide: "Stack failure options", "DeletionPolicy attribute", "Update behaviors of stack resources".
 */
import { randomUUID } from 'node:crypto';
import type { LabClock } from '../../clock/clock.ts';
import { type CallContext, LabAwsError } from '../protocol/service.ts';
import { type Change, changesBetween, startOf } from './changes.ts';
import type { Source, StackRecord } from './records.ts';
import type { Holdings } from './resources/resource-type.ts';
import { typeOf } from './resources/types.ts';
import type { Resource } from './template.ts';

/** Work in steps; between them time passes. */
export type Steps = Generator<void, void, void>;

export interface ExecutionOptions {
  readonly clock: LabClock;
  readonly holdings: Holdings;
  /** What the caller may do: a stack is made with the caller's own permissions. */
  readonly policies: CallContext;
  readonly stack: StackRecord;
}

type Verb = 'CREATE' | 'UPDATE' | 'DELETE';

export class Execution {
  readonly #options: ExecutionOptions;

  constructor(options: ExecutionOptions) {
    this.#options = options;
  }

  *create(source: Source): Steps {
    const { stack } = this.#options;
    this.#state('CREATE_IN_PROGRESS', 'User Initiated');
    stack.source = source;
    const made: Resource[] = [];
    for (const resource of source.template.resources()) {
      const failure = yield* this.#attempt('CREATE', resource);
      if (failure !== undefined) return yield* this.#rollBackCreation(made, resource);
      made.push(resource);
    }
    stack.outputs = source.template.outputs();
    this.#state('CREATE_COMPLETE');
  }

  *update(source: Source): Steps {
    const { stack } = this.#options;
    const before = stack.source;
    const changes = changesBetween(
      startOf(this.#resources(), source.revertsDrift, { holdings: this.#options.holdings, region: stack.region }),
      source.template.resources(),
    );
    this.#state('UPDATE_IN_PROGRESS', 'User Initiated');
    stack.updatedAt = this.#options.clock.now();
    const done: Change[] = [];
    for (const change of changes.filter((one) => one.action !== 'Remove')) {
      const failure = yield* this.#change(change);
      if (failure !== undefined) return yield* this.#rollBackUpdate(done, change);
      done.push(change);
    }
    this.#state('UPDATE_COMPLETE_CLEANUP_IN_PROGRESS');
    for (const { resource, before: old, replaced, action } of changes) {
      if (action === 'Remove') yield* this.#remove(resource, false);
      else if (replaced && old) yield* this.#removeReplaced(old);
    }
    stack.source = {
      ...source,
      capabilities: source.capabilities.length > 0 ? source.capabilities : (before?.capabilities ?? []),
    };
    stack.outputs = source.template.outputs();
    this.#state('UPDATE_COMPLETE');
  }

  *delete(): Steps {
    const { stack, clock } = this.#options;
    this.#state('DELETE_IN_PROGRESS', 'User Initiated');
    const failed: string[] = [];
    for (const resource of this.#resources().reverse()) {
      if ((yield* this.#remove(resource, false)) !== undefined) failed.push(resource.logicalId);
    }
    if (failed.length > 0)
      return this.#state('DELETE_FAILED', `The following resource(s) failed to delete: [${failed.join(', ')}]. `);
    yield;
    stack.deletedAt = clock.now();
    this.#state('DELETE_COMPLETE');
  }

  *#rollBackCreation(made: readonly Resource[], failed: Resource): Steps {
    const reason = `The following resource(s) failed to create: [${failed.logicalId}]. Rollback requested by user.`;
    this.#state('ROLLBACK_IN_PROGRESS', reason);
    for (const resource of [...made].reverse()) yield* this.#remove(resource, true);
    this.#options.stack.outputs = [];
    this.#state('ROLLBACK_COMPLETE');
  }

  *#rollBackUpdate(done: readonly Change[], failed: Change): Steps {
    const { logicalId } = failed.resource;
    const verb = failed.action === 'Add' ? 'create' : 'update';
    this.#state('UPDATE_ROLLBACK_IN_PROGRESS', `The following resource(s) failed to ${verb}: [${logicalId}]. `);
    for (const { before } of [failed, ...[...done].reverse()]) {
      if (before && done.some((one) => one.before === before)) yield* this.#attempt('UPDATE', before);
      else if (before) this.#event(before, 'UPDATE_COMPLETE');
    }
    this.#state('UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS');
    for (const { action, resource } of [...done].reverse()) if (action === 'Add') yield* this.#remove(resource, true);
    if (failed.action === 'Add') this.#options.stack.resources.delete(logicalId);
    this.#state('UPDATE_ROLLBACK_COMPLETE');
  }

  *#change(change: Change): Generator<void, string | undefined, void> {
    const { action, resource, before, replaced } = change;
    if (action === 'Add') return yield* this.#attempt('CREATE', resource);
    if (!replaced) return yield* this.#attempt('UPDATE', resource);
    this.#event(
      resource,
      'UPDATE_IN_PROGRESS',
      'Requested update requires the creation of a new physical resource; hence creating one.',
    );
    if (before?.physicalId !== resource.physicalId || before?.type !== resource.type)
      return yield* this.#attempt('CREATE', resource, 'UPDATE');
    const refusal = `CloudFormation cannot update a stack when a custom-named resource requires replacing. Rename ${resource.physicalId} and update the stack again.`;
    this.#event(resource, 'UPDATE_FAILED', refusal);
    return refusal;
  }

  /** @returns why it failed; undefined when it is done */
  *#attempt(verb: Verb, resource: Resource, shown: Verb = verb): Generator<void, string | undefined, void> {
    const { holdings, stack, policies } = this.#options;
    const type = typeOf(resource.type);
    this.#event(resource, `${shown}_IN_PROGRESS`);
    yield;
    try {
      if (verb === 'CREATE' && type.createAction !== undefined)
        policies.authorize({ action: type.createAction, resources: [resource.arn] });
      const perform = verb === 'CREATE' ? type.create : verb === 'UPDATE' ? type.update : type.remove;
      perform(resource, holdings, stack.region);
    } catch (error) {
      if (!(error instanceof LabAwsError)) throw error;
      const reason = reasonOf(resource, error);
      this.#event(resource, `${shown}_FAILED`, reason);
      return reason;
    }
    this.#event(resource, `${shown}_COMPLETE`);
    return undefined;
  }

  /** @param creating whether the operation that made the resource is rolled back */
  *#remove(resource: Resource, creating: boolean): Generator<void, string | undefined, void> {
    const { deletionPolicy: policy } = resource;
    const kept = policy === 'Retain' || (policy === 'RetainExceptOnCreate' && !creating);
    if (!kept) return yield* this.#attempt('DELETE', resource);
    this.#event(resource, 'DELETE_SKIPPED');
    return undefined;
  }

  /** The old one of a resource that was replaced. Its deletion fails without a word, as AWS has it. */
  *#removeReplaced(old: Resource): Steps {
    yield;
    if (old.deletionPolicy !== 'Delete') return;
    try {
      typeOf(old.type).remove(old, this.#options.holdings, this.#options.stack.region);
    } catch (error) {
      if (!(error instanceof LabAwsError)) throw error;
    }
  }

  /** The resources that exist now. */
  #resources(): Resource[] {
    return [...this.#options.stack.resources.values()]
      .filter(({ status }) => !/^DELETE_(COMPLETE|SKIPPED)$|^CREATE_FAILED$/.test(status))
      .map((one) => one.resource);
  }

  #event(resource: Resource, status: string, reason?: string): void {
    const { stack, clock } = this.#options;
    const { logicalId, physicalId, type } = resource;
    const at = clock.now();
    // A resource that is not made yet has no id.
    const known = status === 'CREATE_IN_PROGRESS' || status === 'CREATE_FAILED' ? '' : physicalId;
    stack.events.push({ id: `${logicalId}-${randomUUID()}`, logicalId, physicalId: known, type, status, reason, at });
    stack.resources.set(logicalId, { resource, status, reason, at });
  }

  #state(status: string, reason?: string): void {
    const { stack, clock } = this.#options;
    setState(stack, status, clock.now(), reason);
  }
}

export function setState(stack: StackRecord, status: string, at: Date, reason?: string): void {
  const { name, id } = stack;
  stack.status = status;
  stack.reason = reason;
  const type = 'AWS::CloudFormation::Stack';
  stack.events.push({ id: randomUUID(), logicalId: name, physicalId: id, type, status, reason, at });
}

/** The reason of a failed event: what the service of the resource answered, as its handler passes it on. */
function reasonOf({ type }: Resource, { code, message, status }: LabAwsError): string {
  const [, service = ''] = type.split('::');
  const handlerCode = status === 409 ? 'AlreadyExists' : status === 403 ? 'AccessDenied' : 'GeneralServiceException';
  const title = service === 'IAM' ? 'Iam' : service === 'SSM' ? 'Ssm' : service;
  const request = `Service: ${title}, Status Code: ${status}, Request ID: ${randomUUID()}`;
  return `Resource handler returned message: "${message} (${request})" (RequestToken: ${randomUUID()}, HandlerErrorCode: ${code === 'AlreadyExists' ? code : handlerCode})`;
}
