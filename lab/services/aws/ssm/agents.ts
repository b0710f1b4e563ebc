/** The SSM agents on the instances: which of them are online, what SSM shows of them, and their versions. */
import type { LabHosts } from '../../../hosts/host.ts';
import type { LabClock } from '../../clock/clock.ts';
import type { Ec2Service } from '../ec2/ec2.ts';

export interface AgentsOptions {
  readonly clock: LabClock;
  readonly hosts: LabHosts;
  readonly ec2: Ec2Service;
}

/** An agent pings when it starts, and then every five minutes (amazon-ssm-agent, HealthFrequencyMinutes). */
const pingInterval = 5 * 60_000;
/** What an agent has that nobody gave another version: the first one that exports parameters of the type ENV_VAR. */
const usualVersion = '3.3.2746.0';

export class Agents {
  readonly #clock: LabClock;
  /** When the agent of each running instance came online. */
  readonly #running = new Map<string, number>();
  /** When the agent of an instance that no longer runs was heard of last. */
  readonly #gone = new Map<string, number>();
  readonly #windows = new Set<string>();
  readonly #lost = new Set<string>();
  readonly #versions = new Map<string, string>();

  constructor({ clock, hosts, ec2 }: AgentsOptions) {
    this.#clock = clock;
    for (const region of ec2.regions) {
      for (const { id, state, platform } of ec2.world(region).instances.values()) {
        if (platform === 'windows') this.#windows.add(id);
        // Windows instances have no host in the lab; their agents are online all the same.
        if (state === 'running' && (platform === 'windows' || hosts.host(id))) this.#running.set(id, this.#now);
      }
    }
    ec2.switches.onInstance = (id, running) => {
      if (running) this.#running.set(id, this.#now);
      else if (this.#running.has(id)) {
        this.#gone.set(id, this.#lastPing(id) ?? this.#now);
        this.#running.delete(id);
      }
    };
  }

  get #now(): number {
    return this.#clock.now().getTime();
  }

  isWindows(id: string): boolean {
    return this.#windows.has(id);
  }

  /** Cuts the agent off from SSM, or lets it back. SSM shows at once that the connection is lost. */
  setLost(id: string, lost: boolean): void {
    if (lost) this.#lost.add(id);
    else this.#lost.delete(id);
  }

  setVersion(id: string, version: string): void {
    this.#versions.set(id, version);
  }

  version(id: string): string {
    return this.#versions.get(id) ?? usualVersion;
  }

  /** Whether the agent takes commands. */
  answers(id: string): boolean {
    return this.#running.has(id) && !this.#lost.has(id);
  }

  /** What SSM shows: an agent counts as online until it has missed a ping, also when its instance is long stopped. */
  shownOnline(id: string): boolean {
    const ping = this.#lastPing(id);
    return ping !== undefined && !this.#lost.has(id) && this.#now - ping <= pingInterval;
  }

  /** Whether SSM knows the agent: it is online now, or was so before. */
  isKnown(id: string): boolean {
    return this.#lastPing(id) !== undefined;
  }

  /** Undefined for an agent that was never online. */
  lastPing(id: string): Date | undefined {
    const ping = this.#lastPing(id);
    return ping === undefined ? undefined : new Date(ping);
  }

  #lastPing(id: string): number | undefined {
    const since = this.#running.get(id);
    if (since === undefined) return this.#gone.get(id);
    return since + Math.floor((this.#now - since) / pingInterval) * pingInterval;
  }
}
