/** Waits for an operation on a stack, and prints what happens line by line. */
import { DescribeStackEventsCommand, type StackEvent } from '@aws-sdk/client-cloudformation';
import type { Account } from './account.ts';
import { awsProblem } from './problem.ts';
import { nounOf } from './words.ts';

const stackType = 'AWS::CloudFormation::Stack';

/** Ids of the events so far, so that those of the next operation can be told apart. */
export async function eventIds(account: Account, stackId: string): Promise<Set<string>> {
  return new Set((await events(account, stackId)).map((one) => one.EventId ?? ''));
}

export interface Ended {
  readonly status: string;
  /** Of the operation, oldest first. */
  readonly events: readonly StackEvent[];
}

/** @param stackId the ARN, since a deleted stack is found by it alone @param seen ids of earlier events @throws Problem */
export async function follow(
  account: Account,
  stackId: string,
  seen: Set<string>,
  print: (line: string, failed: boolean) => void,
): Promise<Ended> {
  const all: StackEvent[] = [];
  // From one second to five, so that long waits cost few calls.
  for (let wait = 250; ; wait = Math.min(5000, wait * 1.5)) {
    const fresh = (await events(account, stackId)).filter((one) => !seen.has(one.EventId ?? '')).reverse();
    for (const event of fresh) {
      seen.add(event.EventId ?? '');
      all.push(event);
      const { ResourceStatus: status = '', ResourceStatusReason: reason } = event;
      // One line for each resource is enough, when it is done.
      if (!status.endsWith('_IN_PROGRESS') || event.ResourceType === stackType)
        print(lineOf(event, reason), /FAILED|ROLLBACK/.test(status));
    }
    const last = all.filter((one) => one.ResourceType === stackType && one.PhysicalResourceId === stackId).at(-1);
    if (last && !last.ResourceStatus?.endsWith('_IN_PROGRESS'))
      return { status: last.ResourceStatus ?? '', events: all };
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
}

function lineOf(
  { Timestamp, ResourceStatus: status = 'CREATE_IN_PROGRESS', ResourceType, LogicalResourceId }: StackEvent,
  reason?: string,
): string {
  const time = (Timestamp ?? new Date()).toISOString().slice(11, 19);
  const noun = ResourceType === stackType ? 'stack' : nounOf(ResourceType);
  const failed = status.endsWith('_FAILED') && reason ? `: ${reason}` : '';
  return `${time}  ${status.padEnd(20)}  ${noun} ${LogicalResourceId}${failed}`;
}

async function events({ cloudformation }: Account, StackName: string): Promise<StackEvent[]> {
  try {
    const all: StackEvent[] = [];
    let NextToken: string | undefined;
    do {
      const page = await cloudformation.send(new DescribeStackEventsCommand({ StackName, NextToken }));
      all.push(...(page.StackEvents ?? []));
      NextToken = page.NextToken;
    } while (NextToken);
    return all;
  } catch (error) {
    throw awsProblem(error, 'reading the events of the stack');
  }
}
