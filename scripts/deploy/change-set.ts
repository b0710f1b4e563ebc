/** A change set: made, waited for, and deleted. */
import {
  type Change,
  CreateChangeSetCommand,
  type CreateChangeSetCommandInput,
  DeleteChangeSetCommand,
  DeleteStackCommand,
  DescribeChangeSetCommand,
  DescribeEventsCommand,
  waitUntilStackDeleteComplete,
} from '@aws-sdk/client-cloudformation';
import type { Account } from './account.ts';
import { causeLines } from './failures.ts';
import { awsProblem, Problem } from './problem.ts';

export interface PlannedChanges {
  readonly changeSet: string;
  /** Nothing to do. Outputs alone may change: then `changes` is empty, and this is false. */
  readonly empty: boolean;
  readonly changes: readonly Change[];
}

type Input = Pick<
  CreateChangeSetCommandInput,
  'StackName' | 'ChangeSetType' | 'DeploymentMode' | 'Parameters' | 'TemplateBody' | 'TemplateURL'
>;

/** @throws Problem when CloudFormation refuses the change set; nothing is left of it then */
export async function planChanges(account: Account, input: Input): Promise<PlannedChanges> {
  const { cloudformation } = account;
  const ChangeSetName = `holdfast-${new Date().toISOString().replaceAll(/[^0-9]/g, '')}`;
  try {
    const { Id = '' } = await cloudformation.send(
      new CreateChangeSetCommand({
        ...input,
        ChangeSetName,
        Capabilities: ['CAPABILITY_NAMED_IAM'],
        Description: 'npm run deploy',
      }),
    );
    return await settle(account, Id);
  } catch (error) {
    throw awsProblem(error, `planning the changes of the stack ${input.StackName}`);
  }
}

async function settle(account: Account, id: string): Promise<PlannedChanges> {
  const { cloudformation } = account;
  for (;;) {
    const answer = await cloudformation.send(new DescribeChangeSetCommand({ ChangeSetName: id }));
    const { Status = '', StatusReason = '' } = answer;
    if (Status === 'CREATE_COMPLETE') return { changeSet: id, empty: false, changes: await allChanges(account, id) };
    if (Status === 'FAILED') {
      if (/didn't contain changes|No updates are to be performed/.test(StatusReason))
        return { changeSet: id, empty: true, changes: [] };
      throw new Problem(`CloudFormation refuses these changes: ${await reasonsOf(account, id, StatusReason)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

async function allChanges({ cloudformation }: Account, id: string): Promise<Change[]> {
  const all: Change[] = [];
  let NextToken: string | undefined;
  do {
    const page = await cloudformation.send(new DescribeChangeSetCommand({ ChangeSetName: id, NextToken }));
    all.push(...(page.Changes ?? []));
    NextToken = page.NextToken;
  } while (NextToken);
  return all;
}

/** Early validation tells what it has found through DescribeEvents only (user guide, "Validate stack deployments"). */
async function reasonsOf({ cloudformation }: Account, id: string, reason: string): Promise<string> {
  if (!/validation/i.test(reason)) return reason;
  const events = await cloudformation
    .send(new DescribeEventsCommand({ ChangeSetName: id, Filters: { FailedEvents: true } }))
    .catch(() => undefined);
  const found = (events?.OperationEvents ?? []).flatMap(({ LogicalResourceId, ValidationStatusReason }) =>
    ValidationStatusReason ? [{ id: LogicalResourceId ?? '', reason: ValidationStatusReason }] : [],
  );
  if (found.length === 0) return reason;
  return ['', ...causeLines(found)].join('\n');
}

/** Deletes the change set, and with it a stack that was made only to hold it. */
export async function discardChanges(
  { cloudformation }: Account,
  {
    StackName,
    changeSet,
    madeStack,
  }: { readonly StackName: string; readonly changeSet?: string; readonly madeStack: boolean },
): Promise<void> {
  try {
    if (changeSet) await cloudformation.send(new DeleteChangeSetCommand({ ChangeSetName: changeSet }));
    if (!madeStack) return;
    await cloudformation.send(new DeleteStackCommand({ StackName }));
    await waitUntilStackDeleteComplete(
      { client: cloudformation, maxWaitTime: 300, minDelay: 1, maxDelay: 5 },
      { StackName },
    );
  } catch (error) {
    throw awsProblem(error, `deleting what the plan has made of the stack ${StackName}`);
  }
}
