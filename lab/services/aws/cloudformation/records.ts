/** What CloudFormation keeps of stacks and change sets. */
import { LabAwsError } from '../protocol/service.ts';
import type { Change } from './changes.ts';
import type { Output, Resource, Template } from './template.ts';

export interface StackEvent {
  readonly id: string;
  readonly logicalId: string;
  readonly physicalId: string;
  readonly type: string;
  readonly status: string;
  readonly reason: string | undefined;
  readonly at: Date;
}

export interface StackResource {
  resource: Resource;
  status: string;
  reason: string | undefined;
  at: Date;
}

/** What a stack is made from. */
export interface Source {
  readonly template: Template;
  /** As given, without defaults. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly capabilities: readonly string[];
  /** Whether what is gone from the account is made again (user guide, "Using drift-aware change sets"). */
  readonly revertsDrift?: boolean;
}

export interface ChangeSet {
  readonly id: string;
  readonly name: string;
  readonly type: 'CREATE' | 'UPDATE';
  readonly description: string | undefined;
  readonly source: Source;
  readonly changes: readonly Change[];
  /** Resources that cannot be made, as early validation words it. */
  readonly conflicts: readonly Conflict[];
  readonly at: Date;
  status: 'CREATE_IN_PROGRESS' | 'CREATE_COMPLETE' | 'FAILED';
  reason: string | undefined;
  executionStatus: 'UNAVAILABLE' | 'AVAILABLE' | 'EXECUTE_COMPLETE';
}

export interface Conflict {
  readonly resource: Resource;
  readonly reason: string;
}

export interface StackRecord {
  readonly id: string;
  readonly name: string;
  readonly region: string;
  readonly createdAt: Date;
  updatedAt: Date | undefined;
  deletedAt: Date | undefined;
  status: string;
  reason: string | undefined;
  /** Undefined while the stack is under review: it has nothing yet. */
  source: Source | undefined;
  outputs: readonly Output[];
  readonly resources: Map<string, StackResource>;
  /** Oldest first. */
  readonly events: StackEvent[];
  readonly changeSets: Map<string, ChangeSet>;
}

/** Whether nothing may be asked of the stack now but to wait. */
export function isBusy({ status }: StackRecord): boolean {
  return status.endsWith('_IN_PROGRESS') && status !== 'REVIEW_IN_PROGRESS';
}

export function notFound(name: string): LabAwsError {
  return new LabAwsError('ValidationError', `Stack with id ${name} does not exist`);
}

/** Stacks in one region, those that were deleted included. */
export class Stacks {
  readonly #all: StackRecord[] = [];

  get all(): readonly StackRecord[] {
    return this.#all;
  }

  add(stack: StackRecord): void {
    this.#all.push(stack);
  }

  /** By name, of those that exist; by ARN, also of those that were deleted. */
  find(region: string, nameOrId: string): StackRecord | undefined {
    return this.#all.find(
      (one) => one.region === region && (one.id === nameOrId || (one.name === nameOrId && one.deletedAt === undefined)),
    );
  }

  /** @throws LabAwsError ValidationError */
  get(region: string, nameOrId: string): StackRecord {
    const found = this.find(region, nameOrId);
    if (!found) throw notFound(nameOrId);
    return found;
  }

  /** @throws LabAwsError ChangeSetNotFound */
  changeSet(region: string, nameOrId: string, stackName: string): { stack: StackRecord; changeSet: ChangeSet } {
    for (const stack of this.#all) {
      if (stack.region !== region || (stackName !== '' && stack.name !== stackName && stack.id !== stackName)) continue;
      const changeSet = [...stack.changeSets.values()].find((one) => one.id === nameOrId || one.name === nameOrId);
      if (changeSet && stack.deletedAt === undefined) return { stack, changeSet };
    }
    throw new LabAwsError('ChangeSetNotFound', `ChangeSet [${nameOrId}] does not exist`, 404);
  }
}
