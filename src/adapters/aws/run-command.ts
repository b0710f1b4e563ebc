/** One command of SSM Run Command on one instance: sent, followed to its end, cancelled when the run is cancelled. */
import {
  CancelCommandCommand,
  GetCommandInvocationCommand,
  type GetCommandInvocationCommandOutput,
  SendCommandCommand,
} from '@aws-sdk/client-ssm';
import type { Clock } from '../../runtime/clock.ts';
import { AwsError } from '../../runtime/errors.ts';
import type { Logger } from '../../runtime/logger.ts';
import { type Probe, paces, poll } from '../../runtime/poll.ts';
import type { AwsSession } from './session.ts';

export interface RunCommandRequest {
  /** For errors: "quiesce on i-1". */
  readonly what: string;
  readonly instanceId: string;
  readonly comment: string;
  readonly DocumentName: string;
  readonly Parameters: Record<string, string[]>;
  /** Seconds the document may run once delivered. */
  readonly timeoutSeconds: number;
  /** Seconds the command may wait for the agent; 30 at least, as AWS demands. */
  readonly deliverySeconds?: number | undefined;
  readonly pace: keyof typeof paces;
  /** Whether a lost answer is sent again; only for what can be run twice. */
  readonly repeat?: 'again' | 'until-heard';
  readonly signal?: AbortSignal | undefined;
}

/** For a moment after SendCommand, GetCommandInvocation does not know the command (SSM user guide). */
const unknownForSeconds = 60;

const pendingStatuses = new Set(['Pending', 'InProgress', 'Delayed', 'Cancelling']);

/** @returns the invocation as it ended, well or not */
export async function runCommand(
  session: AwsSession,
  request: RunCommandRequest,
  { clock, logger }: { clock: Clock; logger: Logger },
): Promise<GetCommandInvocationCommandOutput> {
  const { what, instanceId, signal } = request;
  const deliverySeconds = Math.max(30, request.deliverySeconds ?? 60);
  // No client token exists for SendCommand.
  const repeat = request.repeat ?? 'again';
  const sent = await session.call({ operation: 'SendCommand', resource: what, signal, repeat }, (abortSignal) =>
    session.ssm.send(
      new SendCommandCommand({
        InstanceIds: [instanceId],
        Comment: request.comment.slice(0, 100),
        TimeoutSeconds: deliverySeconds,
        DocumentName: request.DocumentName,
        Parameters: request.Parameters,
      }),
      { abortSignal },
    ),
  );
  const commandId = sent.Command?.CommandId ?? '';
  const askedAt = clock.now().getTime();
  try {
    return await poll(
      {
        what,
        // The agent ends the script itself; half a minute more lets AWS say so.
        timeoutSeconds: deliverySeconds + request.timeoutSeconds + 30,
        pace: paces[request.pace],
        clock,
        signal,
      },
      async (): Promise<Probe<GetCommandInvocationCommandOutput>> => {
        try {
          const invocation = await session.call(
            { operation: 'GetCommandInvocation', resource: `${what} (${commandId})`, signal },
            (abortSignal) =>
              session.ssm.send(new GetCommandInvocationCommand({ CommandId: commandId, InstanceId: instanceId }), {
                abortSignal,
              }),
          );
          const status = invocation.Status ?? 'Pending';
          if (pendingStatuses.has(status)) return { retry: invocation.StatusDetails ?? status };
          const stderr = errorOutput(invocation);
          if (stderr) logger.debug(`${what}: ${stderr}`);
          return { done: { ...invocation, StatusDetails: invocation.StatusDetails ?? status } };
        } catch (error) {
          const waited = (clock.now().getTime() - askedAt) / 1000;
          const young =
            error instanceof AwsError && error.code === 'InvocationDoesNotExist' && waited < unknownForSeconds;
          if (young) return { retry: 'sent' };
          throw error;
        }
      },
    );
  } catch (error) {
    // A cancelled run leaves no script running; cancelling one that has ended does no harm.
    if (signal?.aborted) await cancel();
    throw error;
  }

  async function cancel(): Promise<void> {
    try {
      await session.call({ operation: 'CancelCommand', resource: commandId, repeat: 'once' }, (abortSignal) =>
        session.ssm.send(new CancelCommandCommand({ CommandId: commandId, InstanceIds: [instanceId] }), {
          abortSignal,
        }),
      );
    } catch (error) {
      logger.debug(`the command ${commandId} could not be cancelled: ${(error as Error).message}`);
    }
  }
}

function errorOutput(invocation: GetCommandInvocationCommandOutput): string {
  return (invocation.StandardErrorContent ?? '').slice(-2_000);
}

/** The error of an invocation that did not succeed. */
export function invocationError(
  invocation: GetCommandInvocationCommandOutput,
  what: string,
  instanceId: string,
): AwsError {
  const status = invocation.StatusDetails ?? 'Failed';
  const stderr = errorOutput(invocation);
  const exit =
    invocation.ResponseCode && invocation.ResponseCode > 0 ? ` with exit status ${invocation.ResponseCode}` : '';
  return new AwsError({
    what: `${what} ended as ${status}${exit}${stderr ? `: ${stderr}` : ''}`,
    operation: 'SendCommand',
    resource: instanceId,
    requestId: invocation.CommandId,
    code: status,
    kind: 'other',
    outcome: 'maybe-done',
    ...(causes[status] ?? {}),
  });
}

/** What these statuses of an invocation mean for the reader (SSM user guide, command statuses). */
const causes: Readonly<Record<string, { likelyCause: string; fix: string }>> = {
  DeliveryTimedOut: {
    likelyCause:
      'the SSM agent did not fetch the command in time: it is stopped, overloaded, or cut off from the endpoint',
    fix: 'look at the agent on the host (systemctl status amazon-ssm-agent); the command may still have run',
  },
  ExecutionTimedOut: {
    likelyCause: 'the script took longer than its time limit',
    fix: 'raise the time-out input of this step',
  },
  TimedOut: { likelyCause: 'the script took longer than its time limit', fix: 'raise the time-out input of this step' },
  Undeliverable: {
    likelyCause: 'the instance is gone, or its agent does not answer',
    fix: 'look at the instance in Fleet Manager',
  },
};
