/**
 * Runs host scripts through SSM Run Command. The scripts are documents of the stack, so that the role may run these and
 * nothing else; sending their text through AWS-RunShellScript is a fallback that the user must choose.
 */
import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { DescribeInstanceInformationCommand } from '@aws-sdk/client-ssm';
import { type HostAnswer, type HostScript, parseAnswer } from '../../host/catalogue/catalogue.ts';
import type { HostCommand, Hosts } from '../../ports/hosts.ts';
import type { Clock } from '../../runtime/clock.ts';
import { HostError } from '../../runtime/errors.ts';
import type { Logger } from '../../runtime/logger.ts';
import { invocationError, runCommand } from './run-command.ts';
import type { AwsSession } from './session.ts';
import { shellCommands } from './shell-fallback.ts';

export interface SsmOptions {
  /** Prefix of the stack's documents, `Holdfast-`; or `AWS-RunShellScript`. */
  readonly documents: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Sent with every command, so that the host's SSM history names the run. */
  readonly comment: string;
}

/** Characters of a stored result fetched with each command: stdout is cut at 24,000. */
const pieceLength = 20_000;

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

  async run<S extends HostScript>(
    instanceId: string,
    command: HostCommand<S>,
    signal?: AbortSignal,
  ): Promise<HostAnswer<S>> {
    const { script } = command;
    const line = await this.#line(instanceId, command, signal);
    const result = parse(line, instanceId, script);
    const whole = isStored(result) ? await this.#fetch(instanceId, script, result, signal) : result;
    return checked(script, whole, instanceId);
  }

  /** The script's one line of output. */
  async #line(instanceId: string, command: HostCommand, signal: AbortSignal | undefined): Promise<string> {
    const { clock, logger, comment } = this.#options;
    // Every script can be run twice, so a lost answer of SendCommand is simply sent again.
    const invocation = await runCommand(
      this.#session,
      {
        what: `${command.script} on ${instanceId}`,
        instanceId,
        comment,
        ...this.#document(command),
        timeoutSeconds: command.timeoutSeconds,
        deliverySeconds: command.deliverySeconds,
        pace: command.pace ?? 'normal',
        signal,
      },
      { clock, logger },
    );
    const stdout = invocation.StandardOutputContent ?? '';
    const answered = invocation.StatusDetails === 'Failed' && stdout.trimStart().startsWith('{');
    if (invocation.StatusDetails === 'Success' || answered) return stdout;
    throw invocationError(invocation, `${command.script} on ${instanceId}`, instanceId);
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

  /** A result too long for SSM's output is stored on the host and read piece by piece. */
  async #fetch(
    instanceId: string,
    script: HostScript,
    { stored }: Stored,
    signal: AbortSignal | undefined,
  ): Promise<unknown> {
    let text = '';
    while (text.length < stored.length) {
      const parameters = { Key: stored.key, Offset: String(text.length), Length: String(pieceLength) };
      const command: HostCommand<'read-result'> = { script: 'read-result', parameters, timeoutSeconds: 30 };
      const line = parse(await this.#line(instanceId, command, signal), instanceId, 'read-result');
      const { piece } = checked('read-result', line, instanceId);
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
    throw unreadable(script, instanceId, `its answer is not one line of JSON: ${line.slice(0, 200) || '(nothing)'}`);
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

/** @throws HostError that names the script and the field when the answer does not fit the catalogue */
function checked<S extends HostScript>(script: S, value: unknown, instanceId: string): HostAnswer<S> {
  const result = parseAnswer(script, value);
  if ('answer' in result) return result.answer;
  throw unreadable(script, instanceId, `its answer does not fit: ${result.problems.join('; ')}`);
}

function unreadable(script: HostScript, instanceId: string, why: string): HostError {
  return new HostError({
    script,
    instanceId,
    code: 'unreadable-answer',
    message: why,
    detail: '',
  });
}
