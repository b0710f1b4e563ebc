/** One command of SSM Run Command on one instance: sent, followed to its end, cancelled when the run is cancelled. */
import {
  CancelCommandCommand,
  GetCommandInvocationCommand,
  type GetCommandInvocationCommandOutput,
  SendCommandCommand,
} from '@aws-sdk/client-ssm';
import type { WorkContext } from '../../runtime/context.ts';
import { AwsError, explain } from '../../runtime/errors.ts';
import type { Logger } from '../../runtime/logger.ts';
import { type Probe, paces, poll } from '../../runtime/poll.ts';
import { documentMissing, missingDocument } from './missing-document.ts';
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

type Invocation = GetCommandInvocationCommandOutput;

/** @returns the invocation once it has ended, successfully or not */
export function runCommand(
  session: AwsSession,
  request: RunCommandRequest,
  context: Pick<WorkContext, 'clock' | 'logger'>,
): Promise<Invocation> {
  const ended = (invocation: Invocation): Probe<Invocation> =>
    pendingStatuses.has(invocation.Status ?? 'Pending')
      ? { retry: invocation.StatusDetails ?? 'Pending' }
      : { done: invocation };
  return follow(session, request, context, ended);
}

/**
 * Sends a command that goes on by itself.
 * @returns its id, once the agent has begun it
 * @throws AwsError when it ended before; then, and when it did not begin in time, it is cancelled
 */
export async function startCommand(
  session: AwsSession,
  request: RunCommandRequest,
  context: Pick<WorkContext, 'clock' | 'logger'>,
): Promise<string> {
  const begun = (invocation: Invocation): Probe<Invocation> => {
    const { Status = 'Pending' } = invocation;
    if (Status === 'InProgress') return { done: invocation };
    if (pendingStatuses.has(Status)) return { retry: invocation.StatusDetails ?? Status };
    throw invocationError(invocation, request.what, request.instanceId);
  };
  const { CommandId = '' } = await follow(session, request, context, begun, 'always');
  return CommandId;
}

/** @param cancel whether the command is cancelled whenever following it fails, or only with the run */
async function follow(
  session: AwsSession,
  request: RunCommandRequest,
  context: Pick<WorkContext, 'clock' | 'logger'>,
  judge: (invocation: Invocation) => Probe<Invocation>,
  cancel: 'always' | 'with-the-run' = 'with-the-run',
): Promise<Invocation> {
  const { signal } = request;
  const deliverySeconds = Math.max(30, request.deliverySeconds ?? 60);
  const commandId = await sendCommand(session, request, deliverySeconds);
  const askedAt = context.clock.now();
  const options = {
    what: request.what,
    // The agent ends the script itself; another half minute lets AWS report it.
    timeoutSeconds: deliverySeconds + request.timeoutSeconds + 30,
    pace: paces[request.pace],
    clock: context.clock,
    signal,
  };
  try {
    return await poll(options, () => askFor(commandId, askedAt, session, request, context, judge));
  } catch (error) {
    // A cancelled run leaves no script running; cancelling one that has ended does no harm.
    if (signal?.aborted || cancel === 'always')
      await cancelCommand(commandId, session, request.instanceId, context.logger);
    throw error;
  }
}

/** @returns the command's id */
async function sendCommand(session: AwsSession, request: RunCommandRequest, deliverySeconds: number): Promise<string> {
  const { what, signal } = request;
  // No client token exists for SendCommand.
  const repeat = request.repeat ?? 'again';
  try {
    const sent = await session.call({ operation: 'SendCommand', resource: what, signal, repeat }, (abortSignal) =>
      session.ssm.send(
        new SendCommandCommand({
          InstanceIds: [request.instanceId],
          Comment: request.comment.slice(0, 100),
          TimeoutSeconds: deliverySeconds,
          DocumentName: request.DocumentName,
          Parameters: request.Parameters,
        }),
        { abortSignal },
      ),
    );
    return sent.Command?.CommandId ?? '';
  } catch (error) {
    throw error instanceof AwsError && error.code === missingDocument
      ? documentMissing(request, session.region, error)
      : error;
  }
}

async function askFor(
  commandId: string,
  askedAt: Date,
  session: AwsSession,
  { what, instanceId, signal }: RunCommandRequest,
  { clock, logger }: Pick<WorkContext, 'clock' | 'logger'>,
  judge: (invocation: Invocation) => Probe<Invocation>,
): Promise<Probe<Invocation>> {
  const call = { operation: 'GetCommandInvocation', resource: `${what} (${commandId})`, signal };
  try {
    const invocation = await session.call(call, (abortSignal) =>
      session.ssm.send(new GetCommandInvocationCommand({ CommandId: commandId, InstanceId: instanceId }), {
        abortSignal,
      }),
    );
    const judged = judge(invocation);
    if ('retry' in judged) return judged;
    const stderr = errorOutput(invocation);
    if (stderr) logger.debug(`${what}: ${stderr}`);
    return { done: { ...invocation, StatusDetails: invocation.StatusDetails ?? invocation.Status } };
  } catch (error) {
    const waited = (clock.now().getTime() - askedAt.getTime()) / 1000;
    if (error instanceof AwsError && error.code === 'InvocationDoesNotExist' && waited < unknownForSeconds)
      return { retry: 'sent' };
    throw error;
  }
}

async function cancelCommand(
  commandId: string,
  session: AwsSession,
  instanceId: string,
  logger: Logger,
): Promise<void> {
  try {
    await session.call({ operation: 'CancelCommand', resource: commandId, repeat: 'once' }, (abortSignal) =>
      session.ssm.send(new CancelCommandCommand({ CommandId: commandId, InstanceIds: [instanceId] }), {
        abortSignal,
      }),
    );
  } catch (error) {
    logger.debug(`the command ${commandId} could not be cancelled: ${explain(error).what}`);
  }
}

/** The end of what the script wrote to standard error. */
export function errorOutput(invocation: Invocation): string {
  return (invocation.StandardErrorContent ?? '').slice(-2_000);
}

/** The error of an invocation that did not succeed. */
export function invocationError(invocation: Invocation, what: string, instanceId: string): AwsError {
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
