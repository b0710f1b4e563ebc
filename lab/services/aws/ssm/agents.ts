/** The SSM agents on the instances: which of them are online, and when each was heard of last. */
import type { LabHosts } from '../../../hosts/host.ts';
import type { LabClock } from '../../clock/clock.ts';
import type { Ec2Service } from '../ec2/ec2.ts';

export interface AgentsOptions {
  readonly clock: LabClock;
  readonly hosts: LabHosts;
  readonly ec2: Ec2Service;
}

export class Agents {
  readonly #clock: LabClock;
  readonly #running = new Set<string>();
  readonly #windows = new Set<string>();
  readonly #lost = new Set<string>();
  readonly #lastPing = new Map<string, Date>();

  constructor({ clock, hosts, ec2 }: AgentsOptions) {
    this.#clock = clock;
    for (const region of ec2.regions) {
      for (const { id, state, platform } of ec2.world(region).instances.values()) {
        if (platform === 'windows') this.#windows.add(id);
        // Windows instances have no host in the lab; their agents are online all the same.
        if (state === 'running' && (platform === 'windows' || hosts.host(id))) this.#running.add(id);
      }
    }
    ec2.switches.onInstance = (id, running) => void (running ? this.#running.add(id) : this.#running.delete(id));
  }

  isWindows(id: string): boolean {
    return this.#windows.has(id);
  }

  /** Cuts the agent off from SSM, or lets it back. */
  setLost(id: string, lost: boolean): void {
    if (lost) this.#lost.add(id);
    else this.#lost.delete(id);
  }

  isOnline(id: string): boolean {
    const online = this.#running.has(id) && !this.#lost.has(id);
    if (online) this.#lastPing.set(id, this.#clock.now());
    return online;
  }

  /** Whether SSM knows the agent: it is online now, or was so before. */
  isKnown(id: string): boolean {
    return this.isOnline(id) || this.#lastPing.has(id);
  }

  /** Undefined for an agent that was never online. */
  lastPing(id: string): Date | undefined {
    return this.#lastPing.get(id);
  }
}
