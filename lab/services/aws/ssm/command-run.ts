/** One command: sent, fetched by the agent, run on the host, ended in one of SSM's ways. */
import type { Host } from '../../../hosts/host.ts';
import type { LabClock } from '../../clock/clock.ts';
import { exportsParameters, type Work } from './documents/document.ts';

/** The parameters of SendCommand that the lab knows. */
export interface Command {
  readonly DocumentName?: string;
  readonly InstanceIds?: readonly string[];
  readonly Parameters?: Readonly<Record<string, readonly string[]>>;
  readonly TimeoutSeconds?: number;
  readonly Comment?: string;
}

type Status = 'Pending' | 'InProgress' | 'Success' | 'Failed' | 'TimedOut' | 'Cancelled';

interface Invocation {
  status: Status;
  details: string;
  stdout: string;
  stderr: string;
  responseCode: number;
  startedAt: Date | undefined;
  endedAt: Date | undefined;
}

/** Characters of output that SSM keeps (SSM user guide); it drops the rest. */
const stdoutLimit = 24_000;
const stderrLimit = 8_000;

export function stillOpen(status: Status): boolean {
  return status === 'Pending' || status === 'InProgress';
}

interface CommandOptions {
  readonly id: string;
  readonly name: string;
  readonly instanceIds: readonly string[];
  readonly comment: string;
  readonly timeoutSeconds: number;
  readonly at: Date;
  /** The steps, which run one after the other. */
  readonly work: readonly Work[];
}

export class CommandRun {
  readonly id: string;
  readonly instanceIds: readonly string[];
  readonly timeoutSeconds: number;
  readonly at: Date;
  readonly #options: CommandOptions;
  readonly #invocations = new Map<string, Invocation>();
  readonly #killers = new Map<string, AbortController>();

  constructor(options: CommandOptions) {
    this.#options = options;
    this.id = options.id;
    this.instanceIds = options.instanceIds;
    this.timeoutSeconds = options.timeoutSeconds;
    this.at = options.at;
    for (const id of options.instanceIds) {
      this.#invocations.set(id, {
        status: 'Pending',
        details: 'Pending',
        stdout: '',
        stderr: '',
        responseCode: -1,
        startedAt: undefined,
        endedAt: undefined,
      });
    }
  }

  invocation(id: string): Invocation {
    const invocation = this.#invocations.get(id);
    if (!invocation) throw new Error(`the command ${this.id} is not for ${id}`);
    return invocation;
  }

  runningOn(id: string): boolean {
    return this.#invocations.get(id)?.status === 'InProgress';
  }

  /** Runs the steps on the host. When the time of one is over, its whole process group is killed. */
  async start(id: string, host: Host, clock: LabClock, agentVersion: string): Promise<void> {
    const invocation = this.invocation(id);
    Object.assign(invocation, { status: 'InProgress', details: 'InProgress', startedAt: clock.now() });
    const outcomes: string[] = [];
    try {
      for (const work of this.#options.work) {
        outcomes.push(await this.#step(id, work, host, clock, agentVersion));
        if (!stillOpen(invocation.status)) return;
      }
      const worst = outcomes.find((one) => one === 'ExecutionTimedOut') ?? outcomes.find((one) => one !== 'Success');
      const details = worst ?? 'Success';
      this.end(id, details === 'ExecutionTimedOut' ? 'TimedOut' : (details as Status), details, clock.now());
    } catch (error) {
      // The host went away while the script ran.
      invocation.stderr = String(error);
      this.end(id, 'Failed', 'Undeliverable', clock.now());
    }
  }

  /** @returns how the step ended, as SSM words it */
  async #step(id: string, work: Work, host: Host, clock: LabClock, agentVersion: string): Promise<string> {
    const invocation = this.invocation(id);
    const environment = exportsParameters(agentVersion) ? work.environment : {};
    const killer = new AbortController();
    this.#killers.set(id, killer);
    const cancelTimer = clock.after(work.executionSeconds * 1000, () => killer.abort('ExecutionTimedOut'));
    try {
      const result = await host.run(work.script, { ...environment, SSM_COMMAND_ID: this.id }, killer.signal);
      invocation.stdout = `${invocation.stdout}${result.stdout}`.slice(0, stdoutLimit);
      invocation.stderr = `${invocation.stderr}${result.stderr}`.slice(0, stderrLimit);
      if (killer.signal.aborted) return String(killer.signal.reason);
      invocation.responseCode = result.exitCode;
      return result.exitCode === 0 ? 'Success' : 'Failed';
    } finally {
      cancelTimer();
      this.#killers.delete(id);
    }
  }

  end(id: string, status: Status, details: string, at: Date): void {
    const invocation = this.invocation(id);
    if (stillOpen(invocation.status)) Object.assign(invocation, { status, details, endedAt: at });
  }

  /** A pending command never runs, a running one is killed, an ended one stays as it is. */
  cancel(id: string, at: Date): void {
    this.end(id, 'Cancelled', 'Cancelled', at);
    this.#killers.get(id)?.abort('Cancelled');
  }

  view() {
    const { id, name, instanceIds, comment, timeoutSeconds, at } = this.#options;
    return {
      CommandId: id,
      DocumentName: name,
      Comment: comment,
      InstanceIds: instanceIds,
      Status: 'Pending',
      StatusDetails: 'Pending',
      RequestedDateTime: at.getTime() / 1000,
      TimeoutSeconds: timeoutSeconds,
      TargetCount: instanceIds.length,
    };
  }

  /** As ListCommandInvocations shows it without its details. */
  listedView(id: string) {
    const one = this.invocation(id);
    return {
      CommandId: this.id,
      InstanceId: id,
      Comment: this.#options.comment,
      DocumentName: this.#options.name,
      DocumentVersion: '$DEFAULT',
      RequestedDateTime: this.at.getTime() / 1000,
      Status: one.status,
      StatusDetails: one.details,
    };
  }

  /** As GetCommandInvocation shows it. */
  invocationView(id: string) {
    const one = this.invocation(id);
    const open = stillOpen(one.status);
    const { RequestedDateTime: _listedOnly, ...listed } = this.listedView(id);
    return {
      ...listed,
      PluginName: this.#options.work.at(-1)?.name,
      ResponseCode: one.responseCode,
      // Empty until the command has ended.
      StandardOutputContent: open ? '' : one.stdout,
      StandardErrorContent: open ? '' : one.stderr,
      ...(one.startedAt ? { ExecutionStartDateTime: one.startedAt.toISOString() } : {}),
      ...(one.endedAt ? { ExecutionEndDateTime: one.endedAt.toISOString() } : {}),
    };
  }
}
