/**
 * Users' own SSM documents around a snapshot. The lease of a document is a command that waits on the host and then runs
 * `post-script` (src/host/hook-lease.ts): it needs neither this run nor anything on the host except the agent.
 */
import {
  CancelCommandCommand,
  type CommandInvocation,
  ListCommandInvocationsCommand,
  type ListCommandInvocationsCommandOutput,
} from '@aws-sdk/client-ssm';
import type { Tags } from '../../domain/ec2.ts';
import { hookLease } from '../../host/hook-lease.ts';
import type { HookCommand, Hooks } from '../../ports/hooks.ts';
import type { Clock } from '../../runtime/clock.ts';
import { AwsError } from '../../runtime/errors.ts';
import type { Logger } from '../../runtime/logger.ts';
import { invocationError, type RunCommandRequest, runCommand, startCommand } from './run-command.ts';
import type { AwsSession } from './session.ts';

export interface HooksOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly comment: string;
  /** Prefix of the stack's documents. */
  readonly documents: string;
  readonly signal?: AbortSignal | undefined;
}

/** AWS's document that freezes the VSS writers, makes the snapshots and thaws the writers (EC2 user guide, VSS snapshots). */
export const vssDocument = 'AWSEC2-CreateVssSnapshot';

/** Seconds within which the agent must have begun to wait: before that, nothing is quiesced. */
const armSeconds = 60;

/** Milliseconds after which a lease can no longer run: hook-lease.ts waits two hours at most. */
const longestLease = 3 * 3_600_000;

/** Statuses of a lease that may still resume the application (SSM user guide, command statuses). */
const live = new Set(['Pending', 'InProgress', 'Delayed', 'Cancelling']);

export class SsmHooks implements Hooks {
  readonly #session: AwsSession;
  readonly #options: HooksOptions;

  constructor(session: AwsSession, options: HooksOptions) {
    this.#session = session;
    this.#options = options;
  }

  async #command(
    request: Pick<RunCommandRequest, 'what' | 'instanceId' | 'DocumentName' | 'Parameters'>,
    seconds: number,
  ) {
    const invocation = await runCommand(
      this.#session,
      {
        ...request,
        comment: this.#options.comment,
        timeoutSeconds: seconds,
        pace: 'pause',
        // A user's document: nobody knows whether it may run twice.
        repeat: 'until-heard',
      },
      this.#options,
    );
    if (invocation.StatusDetails !== 'Success') throw invocationError(invocation, request.what, request.instanceId);
  }

  async run(instanceId: string, document: string, command: HookCommand, timeoutSeconds: number): Promise<void> {
    await this.#command(
      {
        what: `${document} (${command}) on ${instanceId}`,
        instanceId,
        DocumentName: document,
        Parameters: { command: [command] },
      },
      timeoutSeconds,
    );
  }

  async arm(instanceId: string, document: string, seconds: number): Promise<string> {
    const request = {
      what: `the lease of ${document} on ${instanceId}`,
      instanceId,
      DocumentName: this.#leaseDocument,
      Parameters: { Document: [document], LeaseSeconds: [String(Math.ceil(seconds))] },
      comment: this.#options.comment,
      timeoutSeconds: armSeconds,
      deliverySeconds: armSeconds,
      pace: 'pause' as const,
      repeat: 'until-heard' as const,
    } satisfies RunCommandRequest;
    return startCommand(this.#session, request, this.#options).catch((error: unknown) => {
      throw error instanceof AwsError && error.code === 'InvalidParameters' ? outsidePrefix(document, error) : error;
    });
  }

  get #leaseDocument(): string {
    const { documents } = this.#options;
    // With scripts that are sent along, the lease is still a document: a script of ours cannot run the user's.
    return `${documents === 'AWS-RunShellScript' ? 'Holdfast-' : documents}${hookLease}`;
  }

  async disarm(leaseId: string): Promise<void> {
    try {
      await this.#session.call({ operation: 'CancelCommand', resource: leaseId }, (abortSignal) =>
        this.#session.ssm.send(new CancelCommandCommand({ CommandId: leaseId }), { abortSignal }),
      );
    } catch (error) {
      // SSM forgets commands after 30 days.
      if (!(error instanceof AwsError && error.code === 'InvalidCommandId')) throw error;
    }
  }

  async leases(instanceId: string): Promise<string[]> {
    const invokedAfter = new Date(this.#options.clock.now().getTime() - longestLease).toISOString();
    const invocations: CommandInvocation[] = [];
    let token: string | undefined;
    do {
      const page: ListCommandInvocationsCommandOutput = await this.#session.call(
        { operation: 'ListCommandInvocations', resource: instanceId },
        (abortSignal) =>
          this.#session.ssm.send(
            new ListCommandInvocationsCommand({
              InstanceId: instanceId,
              Filters: [
                { key: 'DocumentName', value: this.#leaseDocument },
                { key: 'InvokedAfter', value: `${invokedAfter.slice(0, 19)}Z` },
              ],
              MaxResults: 50,
              NextToken: token,
            }),
            { abortSignal },
          ),
      );
      invocations.push(...(page.CommandInvocations ?? []));
      token = page.NextToken || undefined;
    } while (token !== undefined);
    return invocations.flatMap(({ CommandId, Status = '' }) => (CommandId && live.has(Status) ? [CommandId] : []));
  }

  async vss(
    instanceId: string,
    options: { description: string; excludeRoot: boolean; tags: Tags; timeoutSeconds: number },
  ): Promise<void> {
    // The document takes tags as `Key=a,Value=b;Key=c,Value=d`, so a value can contain neither `,` nor `;`.
    const tags = Object.entries(options.tags)
      .map(([key, value]) => `Key=${key},Value=${value.replace(/[,;]/g, ' ')}`)
      .join(';');
    await this.#command(
      {
        what: `${vssDocument} on ${instanceId}`,
        instanceId,
        DocumentName: vssDocument,
        Parameters: {
          ExcludeBootVolume: [options.excludeRoot ? 'True' : 'False'],
          description: [options.description.replace(/[^\w\s.:/=+@()-]/g, ' ')],
          tags: [tags],
        },
      },
      options.timeoutSeconds,
    );
  }
}

/** The lease's document refuses every document but those that the stack may run. */
function outsidePrefix(document: string, { operation, resource, requestId, cause }: AwsError): AwsError {
  return new AwsError({
    what: `${document} may not be run: its name does not begin with the prefix that the stack allows (parameter HookPrefix)`,
    operation,
    resource,
    requestId,
    code: 'InvalidParameters',
    kind: 'denied',
    outcome: 'not-done',
    cause,
    likelyCause: 'the tag Consistency_Document names a document that was not made for this (docs/rotation.md)',
    fix: `give the document a name such as HoldfastHook-${document}, and correct the tag`,
  });
}
