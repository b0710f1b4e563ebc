/**
 * Runs host scripts through SSM Run Command. The scripts are documents of the stack, so that the role may run these and
 * nothing else; sending their text through AWS-RunShellScript is a fallback that the user must choose.
 */
import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import {
  CancelCommandCommand,
  DescribeInstanceInformationCommand,
  GetCommandInvocationCommand,
  type GetCommandInvocationCommandOutput,
  SendCommandCommand,
} from '@aws-sdk/client-ssm';
import type { HostCommand, HostScript, Hosts } from '../../ports.ts';
import type { Clock } from '../../runtime/clock.ts';
import { AwsError, HostError } from '../../runtime/errors.ts';
import type { Logger } from '../../runtime/logger.ts';
import { type Probe, paces, poll } from '../../runtime/poll.ts';
import type { AwsSession } from './session.ts';
import { shellCommands } from './shell-fallback.ts';

export interface SsmOptions {
  /** Prefix of the stack's documents, `Holdfast-`; or `AWS-RunShellScript`. */
  readonly documents: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Said with every command, so that the host's SSM history names the run. */
  readonly comment: string;
}

/** GetCommandInvocation knows nothing of a command for a moment after SendCommand (SSM user guide). */
const unknownForSeconds = 60;
/** Characters of a stored result fetched with each command: stdout is cut at 24,000. */
const pieceLength = 20_000;

const statesOfWaiting = new Set(['Pending', 'InProgress', 'Delayed', 'Cancelling']);

interface Stored {
  readonly stored: { readonly key: string; readonly sha256: string; readonly length: number };
}

export class SsmHosts implements Hosts {
  readonly #session: AwsSession;
  readonly #options: SsmOptions;

  constructor(session: AwsSession, options: SsmOptions) {
    this.#session = session;
    this.#options = options;
  }

  async reachable(instanceId: string): Promise<{ online: boolean; detail: string }> {
    const answer = await this.#session.call(
      { operation: 'DescribeInstanceInformation', resource: instanceId },
      (abortSignal) =>
        this.#session.ssm.send(
          new DescribeInstanceInformationCommand({ Filters: [{ Key: 'InstanceIds', Values: [instanceId] }] }),
          {
            abortSignal,
          },
        ),
    );
    const agent = answer.InstanceInformationList?.[0];
    if (agent === undefined) return { online: false, detail: 'no SSM agent has registered for it' };
    const since = agent.LastPingDateTime ? `, last heard of at ${agent.LastPingDateTime.toISOString()}` : '';
    return { online: agent.PingStatus === 'Online', detail: `its SSM agent is ${agent.PingStatus}${since}` };
  }

  async run<T>(instanceId: string, command: HostCommand, signal?: AbortSignal): Promise<T> {
    const line = await this.#line(instanceId, command, signal);
    const result = parse(line, instanceId, command.script);
    return (isStored(result) ? await this.#fetch(instanceId, command.script, result, signal) : result) as T;
  }

  /** The script's one line of output. */
  async #line(instanceId: string, command: HostCommand, signal: AbortSignal | undefined): Promise<string> {
    const what = `${command.script} on ${instanceId}`;
    const deliverySeconds = Math.max(30, command.deliverySeconds ?? 60);
    // No client token exists for SendCommand; every script can be run twice, so a lost answer is simply sent again.
    const sent = await this.#session.call({ operation: 'SendCommand', resource: what, signal }, (abortSignal) =>
      this.#session.ssm.send(
        new SendCommandCommand({
          InstanceIds: [instanceId],
          Comment: this.#options.comment.slice(0, 100),
          TimeoutSeconds: deliverySeconds,
          ...this.#document(command),
        }),
        { abortSignal },
      ),
    );
    const commandId = sent.Command?.CommandId ?? '';
    const askedAt = this.#options.clock.now().getTime();
    try {
      return await poll(
        {
          what,
          // The agent ends the script itself; half a minute more lets AWS say so.
          timeoutSeconds: deliverySeconds + command.timeoutSeconds + 30,
          pace: paces[command.pace ?? 'normal'],
          clock: this.#options.clock,
          signal,
        },
        async (): Promise<Probe<string>> => {
          try {
            const invocation = await this.#session.call(
              { operation: 'GetCommandInvocation', resource: `${what} (${commandId})`, signal },
              (abortSignal) =>
                this.#session.ssm.send(
                  new GetCommandInvocationCommand({ CommandId: commandId, InstanceId: instanceId }),
                  { abortSignal },
                ),
            );
            return this.#judge(invocation, instanceId, command.script);
          } catch (error) {
            const waited = (this.#options.clock.now().getTime() - askedAt) / 1000;
            const young =
              error instanceof AwsError && error.code === 'InvocationDoesNotExist' && waited < unknownForSeconds;
            if (young) return { retry: 'sent' };
            throw error;
          }
        },
      );
    } catch (error) {
      // A cancelled run leaves no script behind; a script that ended is beyond cancelling, which does no harm.
      if (signal?.aborted) await this.#cancel(commandId, instanceId);
      throw error;
    }
  }

  #judge(invocation: GetCommandInvocationCommandOutput, instanceId: string, script: HostScript): Probe<string> {
    const status = invocation.StatusDetails ?? invocation.Status ?? 'Pending';
    if (statesOfWaiting.has(invocation.Status ?? 'Pending')) return { retry: status };
    const stdout = invocation.StandardOutputContent ?? '';
    const stderr = (invocation.StandardErrorContent ?? '').slice(-2_000);
    if (stderr) this.#options.logger.debug(`${script} on ${instanceId}: ${stderr}`);
    if (status === 'Success') return { done: stdout };
    if (status === 'Failed' && stdout.trimStart().startsWith('{')) return { done: stdout };
    throw new AwsError({
      what: `${script} on ${instanceId} ended as ${status}${invocation.ResponseCode && invocation.ResponseCode > 0 ? ` with exit status ${invocation.ResponseCode}` : ''}${stderr ? `: ${stderr}` : ''}`,
      operation: 'SendCommand',
      resource: instanceId,
      requestId: invocation.CommandId,
      code: status,
      kind: 'other',
      outcome: 'maybe-done',
      ...(causes[status] ?? {}),
    });
  }

  async #cancel(commandId: string, instanceId: string): Promise<void> {
    try {
      await this.#session.call({ operation: 'CancelCommand', resource: commandId, repeat: 'once' }, (abortSignal) =>
        this.#session.ssm.send(new CancelCommandCommand({ CommandId: commandId, InstanceIds: [instanceId] }), {
          abortSignal,
        }),
      );
    } catch (error) {
      this.#options.logger.debug(`the command ${commandId} could not be cancelled: ${(error as Error).message}`);
    }
  }

  #document(command: HostCommand): { DocumentName: string; Parameters: Record<string, string[]> } {
    const executionTimeout = [String(Math.ceil(command.timeoutSeconds))];
    if (this.#options.documents === 'AWS-RunShellScript') {
      const commands = shellCommands(command.script, command.parameters);
      return { DocumentName: 'AWS-RunShellScript', Parameters: { commands, executionTimeout } };
    }
    const parameters = Object.entries(command.parameters).map(([name, value]) => [name, [value]]);
    return {
      DocumentName: `${this.#options.documents}${pascalCase(command.script)}`,
      Parameters: { ...Object.fromEntries(parameters), executionTimeout },
    };
  }

  /** A result too long for SSM's output waits on the host and is read piece by piece. */
  async #fetch(
    instanceId: string,
    script: HostScript,
    { stored }: Stored,
    signal: AbortSignal | undefined,
  ): Promise<unknown> {
    let text = '';
    while (text.length < stored.length) {
      const parameters = { Key: stored.key, Offset: String(text.length), Length: String(pieceLength) };
      const command: HostCommand = { script: 'read-result', parameters, timeoutSeconds: 30 };
      const { piece } = parse(await this.#line(instanceId, command, signal), instanceId, 'read-result') as {
        piece: string;
      };
      if (!piece) break;
      text += piece;
    }
    const bytes = gunzipSync(Buffer.from(text, 'base64'));
    if (createHash('sha256').update(bytes).digest('hex') !== stored.sha256) {
      throw unreadable(script, instanceId, 'its stored result arrived damaged (SHA-256 differs)');
    }
    return parse(bytes.toString('utf8'), instanceId, script);
  }
}

/** What the unusual endings of an invocation mean, for the reader (SSM user guide, command statuses). */
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

function pascalCase(name: string): string {
  return name.replace(/(^|-)([a-z])/g, (_all, _dash, letter: string) => letter.toUpperCase());
}

function isStored(result: unknown): result is Stored {
  return typeof (result as Stored | undefined)?.stored === 'object';
}

function parse(line: string, instanceId: string, script: HostScript): unknown {
  let value: { error?: { code?: string; message?: string; detail?: string } };
  try {
    value = JSON.parse(line) as typeof value;
  } catch {
    throw unreadable(
      script,
      instanceId,
      `it answered with something other than one line of JSON: ${line.slice(0, 200) || '(nothing)'}`,
    );
  }
  if (value.error) {
    throw new HostError({
      script,
      instanceId,
      code: value.error.code ?? 'unknown',
      message: value.error.message ?? 'the script failed without saying why',
      detail: value.error.detail ?? '',
    });
  }
  return value;
}

function unreadable(script: HostScript, instanceId: string, why: string): HostError {
  return new HostError({
    script,
    instanceId,
    code: 'unreadable-answer',
    message: `${script} on ${instanceId}: ${why}`,
    detail: '',
  });
}
