/** Hosts that freeze and thaw, and SSM documents with their leases, in memory: they keep what the real ones promise. */
import type { Tags } from '../../src/domain/ec2.ts';
import type { HostAnswer, HostScript } from '../../src/host/catalogue/catalogue.ts';
import type { HookCommand, Hooks } from '../../src/ports/hooks.ts';
import type { HostCommand, Hosts } from '../../src/ports/hosts.ts';
import type { Clock } from '../../src/runtime/clock.ts';
import { AwsError, HostError } from '../../src/runtime/errors.ts';
import { fakeAnswer } from './hosts.ts';

interface Hold {
  readonly id: string;
  readonly untilMs: number;
  readonly sinceMs: number;
}

/** Disks without serial numbers. */
const xenDisks = ['xvda', 'xvdf'].map((name) => ({ name, bytes: 8 * 1024 ** 3, volumeId: null }));

/** Filesystems of several instances; a hold ends by itself at the end of its lease. */
export class FakeFreezer implements Hosts {
  readonly holds = new Map<string, Hold>();
  readonly refuses = new Set<string>();
  /** Whether the region has no documents of ours. */
  documentsMissing = false;
  /** The disks that the last freeze named. */
  devices: string | undefined;
  readonly #ended = new Map<string, { by: 'this' | 'lease' | 'nothing-held'; atMs: number | null; sinceMs: number }>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Instances that are frozen now. */
  get frozen(): string[] {
    for (const [instanceId, hold] of this.holds)
      if (hold.untilMs <= this.#clock.now().getTime()) this.#end(instanceId, hold, 'lease', hold.untilMs);
    return [...this.holds.keys()];
  }

  #end(instanceId: string, hold: Hold, by: 'this' | 'lease', atMs: number): void {
    this.holds.delete(instanceId);
    this.#ended.set(hold.id, { by, atMs, sinceMs: hold.sinceMs });
  }

  async reachable(): Promise<{ online: boolean; detail: string }> {
    return { online: true, detail: 'its SSM agent is Online' };
  }

  async run<S extends HostScript>(instanceId: string, command: HostCommand<S>): Promise<HostAnswer<S>> {
    if (this.documentsMissing) throw documentMissing(command.script, instanceId);
    const parameters: Readonly<Record<string, string | undefined>> = command.parameters;
    if (command.script === 'list-disks') return fakeAnswer(command.script, { disks: xenDisks });
    this.devices = command.script === 'freeze' ? parameters.Devices : this.devices;
    if (command.script === 'freeze') return fakeAnswer(command.script, this.#freeze(instanceId, parameters));
    return fakeAnswer(command.script, this.#thaw(instanceId, parameters.HoldId ?? ''));
  }

  #freeze(instanceId: string, parameters: Readonly<Record<string, string | undefined>>): unknown {
    if (this.refuses.has(instanceId)) {
      throw new AwsError({
        what: 'the agent does not answer',
        operation: 'SendCommand',
        resource: instanceId,
        requestId: 'r',
        code: 'DeliveryTimedOut',
        kind: 'other',
        outcome: 'maybe-done',
      });
    }
    const { HoldId = '', LeaseSeconds, NotAfterMs } = parameters;
    const now = this.#clock.now().getTime();
    const held = this.#heldBy(instanceId);
    if (this.#ended.has(HoldId) || now > Number(NotAfterMs))
      throw new HostError({ script: 'freeze', instanceId, code: 'too-late', message: 'over', detail: '' });
    // What a dead run left frozen is thawed first.
    if (held !== undefined && held.id !== HoldId) this.#end(instanceId, held, 'this', now);
    if (held?.id !== HoldId)
      this.holds.set(instanceId, { id: HoldId, sinceMs: now, untilMs: now + Number(LeaseSeconds) * 1000 });
    return { holdId: HoldId, frozen: ['/data'], skipped: [] };
  }

  #thaw(instanceId: string, id: string): unknown {
    const held = this.#heldBy(instanceId);
    const resumed = held?.id === id;
    if (held && resumed) this.#end(instanceId, held, 'this', this.#clock.now().getTime());
    const end = this.#ended.get(id) ?? { by: 'nothing-held' as const, atMs: null, sinceMs: 0 };
    // A freeze that is still on its way must find that it is too late.
    this.#ended.set(id, end);
    return {
      holdId: id,
      resumed,
      by: end.by,
      leaseFired: end.by === 'lease',
      resumeStartedMs: end.atMs,
      pauseMs: end.atMs === null ? null : end.atMs - end.sinceMs,
    };
  }

  #heldBy(instanceId: string): Hold | undefined {
    return this.frozen.includes(instanceId) ? this.holds.get(instanceId) : undefined;
  }
}

/** Applications quiesced by a document; AWS resumes them at the end of the lease. */
export class FakeHooks implements Hooks {
  readonly #quiesced = new Set<string>();
  readonly #leases = new Map<string, { instanceId: string; atMs: number }>();
  readonly ran: string[] = [];
  /** Instances on which documents end badly. */
  readonly broken = new Set<string>();
  /** Whether the region lacks the documents. */
  documentsMissing = false;
  /** Volumes of the instances with Windows. */
  readonly windows = new Map<string, { readonly root: string; readonly data: readonly string[] }>();
  readonly vssSnapshots: { readonly volumeId: string; readonly description: string; readonly tags: Tags }[] = [];
  readonly #clock: Clock;
  #next = 1;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Instances whose application is quiesced now. */
  get quiesced(): string[] {
    for (const [id, lease] of this.#leases) {
      if (lease.atMs > this.#clock.now().getTime()) continue;
      this.#quiesced.delete(lease.instanceId);
      this.#leases.delete(id);
    }
    return [...this.#quiesced];
  }

  async run(instanceId: string, document: string, command: HookCommand): Promise<void> {
    this.ran.push(`${instanceId} ${document} ${command}`);
    this.#refuseBroken(instanceId, document);
    if (command === 'pre-script') this.#quiesced.add(instanceId);
    else this.#quiesced.delete(instanceId);
  }

  async arm(instanceId: string, _document: string, seconds: number): Promise<string> {
    if (this.documentsMissing) throw documentMissing('HookLease', instanceId);
    const id = `lease-${this.#next++}`;
    this.#leases.set(id, { instanceId, atMs: this.#clock.now().getTime() + seconds * 1000 });
    return id;
  }

  async disarm(leaseId: string): Promise<void> {
    this.#leases.delete(leaseId);
  }

  async leases(instanceId: string): Promise<string[]> {
    const now = this.#clock.now().getTime();
    return [...this.#leases].filter(([, one]) => one.instanceId === instanceId && one.atMs > now).map(([id]) => id);
  }

  async vss(
    instanceId: string,
    { description, excludeRoot, tags }: { description: string; excludeRoot: boolean; tags: Tags },
  ): Promise<void> {
    if (this.documentsMissing) throw documentMissing('AWSEC2-CreateVssSnapshot', instanceId);
    const instance = this.windows.get(instanceId);
    if (instance === undefined) throw new Error(`${instanceId} does not have Windows`);
    this.#refuseBroken(instanceId, 'AWSEC2-CreateVssSnapshot');
    for (const volumeId of [...(excludeRoot ? [] : [instance.root]), ...instance.data])
      this.vssSnapshots.push({ volumeId, description, tags: { ...tags, AppConsistent: 'True' } });
  }

  #refuseBroken(instanceId: string, document: string): void {
    if (this.documentsMissing) throw documentMissing(document, instanceId);
    if (!this.broken.has(instanceId)) return;
    throw new AwsError({
      what: `${document} ended as Failed`,
      operation: 'SendCommand',
      resource: instanceId,
      requestId: 'r',
      code: 'Failed',
      kind: 'other',
      outcome: 'maybe-done',
    });
  }
}

function documentMissing(document: string, instanceId: string): AwsError {
  return new AwsError({
    what: `the SSM document ${document} does not exist in us-east-1`,
    operation: 'SendCommand',
    resource: instanceId,
    requestId: 'r',
    code: 'InvalidDocument',
    kind: 'other',
    outcome: 'not-done',
    fix: 'add them: npm run deploy -- --region us-east-1',
  });
}
