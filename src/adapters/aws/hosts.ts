/**
 * Runs host scripts through SSM Run Command. The scripts are documents of the stack, so that the role may run these and
 * nothing else; sending their text through AWS-RunShellScript is a fallback that the user must choose.
 */
import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { DescribeInstanceInformationCommand } from '@aws-sdk/client-ssm';
import { type HostAnswer, type HostScript, parseAnswer } from '../../host/catalogue/catalogue.ts';
import { parseOutput, type ScriptOutput, type StoredAnswer } from '../../host/catalogue/output.ts';
import type { HostCommand, Hosts } from '../../ports/hosts.ts';
import type { Clock } from '../../runtime/clock.ts';
import { HostError } from '../../runtime/errors.ts';
import type { Logger } from '../../runtime/logger.ts';
import { agentState, requireAgentVersion } from './agent.ts';
import { errorOutput, invocationError, runCommand } from './run-command.ts';
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

/** Characters of a stored answer fetched with each command: stdout is cut at 24,000. */
const pieceLength = 20_000;

const fallbackDocument = 'AWS-RunShellScript';

export class SsmHosts implements Hosts {
  readonly #session: AwsSession;
  readonly #options: SsmOptions;

  constructor(session: AwsSession, options: SsmOptions) {
    this.#session = session;
    this.#options = options;
  }

  async reachable(instanceId: string, launchedAt?: Date): Promise<{ online: boolean; detail: string }> {
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
    const state = agentState(agent, launchedAt);
    // AWS-RunShellScript needs no variables. An agent that does not answer may have been updated since.
    if (state.online && this.#options.documents !== fallbackDocument)
      requireAgentVersion(instanceId, agent?.AgentVersion);
    return state;
  }

  async run<S extends HostScript>(
    instanceId: string,
    command: HostCommand<S>,
    signal?: AbortSignal,
  ): Promise<HostAnswer<S>> {
    const { script } = command;
    const { stdout, stderr } = await this.#output(instanceId, command, signal);
    const output = read(stdout, instanceId, script, stderr);
    if (output.kind === 'answer') return checked(script, output.value, instanceId);
    const line = await this.#fetch(instanceId, script, output.stored, signal);
    const whole = read(line, instanceId, script);
    if (whole.kind === 'answer') return checked(script, whole.value, instanceId);
    throw unreadable(script, instanceId, 'its stored answer names another stored answer');
  }

  /** The script's one line of output, and the end of its standard error. */
  async #output(
    instanceId: string,
    command: HostCommand,
    signal: AbortSignal | undefined,
  ): Promise<{ stdout: string; stderr: string }> {
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
    if (invocation.StatusDetails === 'Success' || answered) return { stdout, stderr: errorOutput(invocation) };
    throw invocationError(invocation, `${command.script} on ${instanceId}`, instanceId);
  }

  #document(command: HostCommand): { DocumentName: string; Parameters: Record<string, string[]> } {
    const executionTimeout = [String(Math.ceil(command.timeoutSeconds))];
    if (this.#options.documents === fallbackDocument) {
      const commands = shellCommands(command.script, command.parameters);
      return { DocumentName: fallbackDocument, Parameters: { commands, executionTimeout } };
    }
    const parameters = Object.entries(command.parameters).map(([name, value]) => [name, [value]]);
    return {
      DocumentName: `${this.#options.documents}${pascalCase(command.script)}`,
      Parameters: { ...Object.fromEntries(parameters), executionTimeout },
    };
  }

  /** An answer too long for SSM's output is stored on the host and read piece by piece. @returns its text */
  async #fetch(
    instanceId: string,
    script: HostScript,
    { key, sha256, length }: StoredAnswer,
    signal: AbortSignal | undefined,
  ): Promise<string> {
    let text = '';
    while (text.length < length) {
      const parameters = { Key: key, Offset: String(text.length), Length: String(pieceLength) };
      const { piece } = await this.run(instanceId, { script: 'read-result', parameters, timeoutSeconds: 30 }, signal);
      if (piece === '') break;
      text += piece;
    }
    if (text.length !== length)
      throw unreadable(script, instanceId, `its stored answer has ${text.length} of ${length} characters`);
    const bytes = inflated(text);
    if (bytes === undefined || createHash('sha256').update(bytes).digest('hex') !== sha256)
      throw unreadable(script, instanceId, 'its stored answer arrived damaged (SHA-256 differs)');
    return bytes.toString('utf8');
  }
}

/** @returns undefined when it is not the base64 of a whole gzip stream */
function inflated(text: string): Buffer | undefined {
  try {
    return gunzipSync(Buffer.from(text, 'base64'));
  } catch {
    return undefined;
  }
}

function pascalCase(name: string): string {
  return name.replace(/(^|-)([a-z])/g, (_all, _dash, letter: string) => letter.toUpperCase());
}

/** @throws HostError when the script reports an error, or prints what cannot be read */
function read(
  line: string,
  instanceId: string,
  script: HostScript,
  stderr = '',
): Extract<ScriptOutput, { kind: 'answer' | 'stored' }> {
  const output = parseOutput(line);
  if (output.kind === 'failed')
    throw new HostError({ script, instanceId, ...withErrorOutput(output.error, stderr.trimEnd()) });
  if (output.kind === 'unreadable') throw unreadable(script, instanceId, output.why);
  return output;
}

/** A script that ended unexpectedly knows no more than its status: what went wrong is at the end of its standard error. */
function withErrorOutput(error: Extract<ScriptOutput, { kind: 'failed' }>['error'], stderr: string) {
  if (error.code !== 'script-failed' || stderr === '') return error;
  const last = stderr.slice(stderr.lastIndexOf('\n') + 1);
  return { ...error, message: `${error.message}: ${last}`, detail: stderr };
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
