/** Commands from sending to their end: delivered to the agents, a few at a time on each instance. */
import { randomUUID } from 'node:crypto';
import type { LabHosts } from '../../../hosts/host.ts';
import type { LabClock } from '../../clock/clock.ts';
import type { Ec2Service } from '../ec2/ec2.ts';
import { type AwsCall, LabAwsError } from '../protocol/service.ts';
import type { Agents } from './agents.ts';
import { type Command, CommandRun, stillOpen } from './command-run.ts';
import { checkParameters, type DocumentContent, type Values, type Work, workOf } from './documents/document.ts';
import { vssCall, vssDocument } from './documents/vss.ts';

export interface SsmDelays {
  /** Milliseconds until the agent has fetched a command: at least, and what is added at most. */
  readonly delivery: number;
  readonly deliverySpread: number;
  /** Milliseconds for which GetCommandInvocation does not know a new command. */
  readonly unknown: number;
}

export interface CommandsOptions {
  readonly clock: LabClock;
  readonly hosts: LabHosts;
  readonly ec2: Ec2Service;
  readonly agents: Agents;
  readonly delays: SsmDelays;
  /** @throws LabAwsError for an unknown name */
  readonly document: (name: string, region: string) => DocumentContent;
}

/** On whose behalf a command runs, and where. */
export type Origin = Pick<AwsCall, 'region' | 'identity' | 'requestId'>;

/** Commands that an agent runs at once (amazon-ssm-agent, CommandWorkersLimit). */
const workers = 5;
/** Milliseconds after which an agent that could not take a command asks again. */
const retryDelay = 250;
/** Milliseconds that the VSS document takes. */
const vssDuration = 1000;
/** Of a document that no host runs. */
const noWork: readonly Work[] = [];

export class Commands {
  /** Whether Windows' writers fail to answer in time. */
  vssFails = false;
  readonly #options: CommandsOptions;
  readonly #runs = new Map<string, CommandRun>();

  constructor(options: CommandsOptions) {
    this.#options = options;
  }

  /** @throws LabAwsError for an unknown document or invalid parameters */
  send(origin: Origin, command: Command, timeoutSeconds: number): CommandRun {
    const { clock, agents, document } = this.#options;
    const { DocumentName: name = '', InstanceIds: instanceIds = [], Parameters = {}, Comment: comment = '' } = command;
    const find = (one: string): DocumentContent => document(one, origin.region);
    const content = find(name);
    const values = checkParameters(content, Parameters);
    const work = name === vssDocument ? noWork : workOf(content, values, find);
    const run = new CommandRun({ id: randomUUID(), name, instanceIds, comment, timeoutSeconds, at: clock.now(), work });
    this.#runs.set(run.id, run);
    for (const id of instanceIds) {
      if (agents.isWindows(id))
        clock.after(vssDuration, () => void this.#performOnWindows(origin, run, id, name, values));
      else this.#deliver(run, id);
    }
    return run;
  }

  find(commandId: string): CommandRun | undefined {
    return this.#runs.get(commandId);
  }

  /** Every command to the instance, the newest first. */
  of(instanceId: string): readonly CommandRun[] {
    return [...this.#runs.values()].filter((run) => run.instanceIds.includes(instanceId)).toReversed();
  }

  /** As GetCommandInvocation finds it. @throws LabAwsError while the command is too new, and when there is none */
  findInvocation(commandId: string, instanceId: string): CommandRun {
    const { clock, delays } = this.#options;
    const run = this.#runs.get(commandId);
    const tooNew = run && clock.now().getTime() - run.at.getTime() < delays.unknown;
    if (!run?.instanceIds.includes(instanceId) || tooNew)
      throw new LabAwsError('InvocationDoesNotExist', 'InvocationDoesNotExist');
    return run;
  }

  cancel(run: CommandRun): void {
    for (const id of run.instanceIds) run.cancel(id, this.#options.clock.now());
  }

  /** Cancels every command that has not ended. */
  stop(): void {
    for (const run of this.#runs.values()) {
      if (run.instanceIds.some((id) => stillOpen(run.invocation(id).status))) this.cancel(run);
    }
  }

  /** The agent fetches the command once it is online and has a free worker, unless the delivery timeout comes first. */
  #deliver(run: CommandRun, id: string): void {
    const { clock, hosts, agents, delays } = this.#options;
    const giveUpAt = clock.now().getTime() + run.timeoutSeconds * 1000;
    const attempt = (): void => {
      if (run.invocation(id).status !== 'Pending') return;
      const host = hosts.host(id);
      if (agents.answers(id) && host?.running && !this.#isBusy(id)) {
        void run.start(id, host, clock, agents.version(id));
        return;
      }
      const left = giveUpAt - clock.now().getTime();
      if (left <= 0) run.end(id, 'TimedOut', 'DeliveryTimedOut', clock.now());
      else clock.after(Math.min(retryDelay, left), attempt);
    };
    clock.after(delays.delivery + Math.random() * delays.deliverySpread, attempt);
  }

  #isBusy(id: string): boolean {
    return [...this.#runs.values()].filter((other) => other.runningOn(id)).length >= workers;
  }

  /** Performs the VSS document; the lab runs no other on Windows. */
  async #performOnWindows(origin: Origin, run: CommandRun, id: string, name: string, values: Values): Promise<void> {
    const { clock } = this.#options;
    if (name !== vssDocument) return run.end(id, 'Failed', 'Undeliverable', clock.now());
    const error = this.vssFails ? 'VSS writers timed out' : await this.#vssSnapshots(origin, id, values);
    const status = error === '' ? 'Success' : 'Failed';
    Object.assign(run.invocation(id), { stderr: error, responseCode: error === '' ? 0 : 1 });
    run.end(id, status, status, clock.now());
  }

  /** @returns why it failed; empty when it did not */
  async #vssSnapshots(origin: Origin, id: string, values: Values): Promise<string> {
    try {
      // The document uses the instance's own role, which the lab does not have.
      await this.#options.ec2.handle(vssCall(origin, id, values), { authorize: () => {} });
      return '';
    } catch (error) {
      return (error as Error).message;
    }
  }
}
