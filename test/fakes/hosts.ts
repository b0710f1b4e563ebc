import type { Fingerprint } from '../../src/domain/receipt.ts';
import { type HostAnswer, type HostScript, parseAnswer } from '../../src/host/catalogue/catalogue.ts';
import type { HostCommand, Hosts } from '../../src/ports/hosts.ts';
import { AwsError, HostError } from '../../src/runtime/errors.ts';
import type { Hold } from '../../src/volume/source.ts';
import type { FakeClock } from './clock.ts';

interface Ended {
  readonly by: 'this' | 'lease';
  readonly startedMs: number;
  readonly resumeMs: number;
}

/** What a fake host answers must fit the catalogue, as a real one's must. */
export function fakeAnswer<S extends HostScript>(script: S, value: unknown): HostAnswer<S> {
  const result = parseAnswer(script, value);
  if ('answer' in result) return result.answer;
  throw new Error(`the fake's answer to ${script} does not fit: ${result.problems.join('; ')}`);
}

/** The host scripts' promises in memory: one source with a lease, one verification host with a mount. */
export class FakeHosts implements Hosts {
  readonly ran: string[] = [];
  hold: Hold | undefined;
  mounted: string | undefined;
  offline = false;
  rows = 10;
  copyRows: number | undefined;
  readonly #ended = new Map<string, Ended>();
  readonly #clock: FakeClock;
  readonly #sourceId: string;

  constructor(clock: FakeClock, sourceId: string) {
    this.#clock = clock;
    this.#sourceId = sourceId;
  }

  get serves(): boolean {
    this.#lease();
    return this.hold === undefined;
  }

  #lease(): void {
    const { hold } = this;
    if (hold && hold.leaseUntilMs <= this.#clock.now().getTime()) this.#end(hold, 'lease', hold.leaseUntilMs);
  }

  #end(hold: Hold, by: 'this' | 'lease', at: number): void {
    this.#ended.set(hold.id, { by, startedMs: hold.sinceMs, resumeMs: at });
    this.hold = undefined;
  }

  async reachable(): Promise<{ online: boolean; detail: string }> {
    return this.offline
      ? { online: false, detail: 'its SSM agent is ConnectionLost' }
      : { online: true, detail: 'its SSM agent is Online' };
  }

  async run<S extends HostScript>(
    instanceId: string,
    command: HostCommand<S>,
    signal?: AbortSignal,
  ): Promise<HostAnswer<S>> {
    signal?.throwIfAborted();
    if (this.offline) {
      throw new AwsError({
        what: 'DeliveryTimedOut',
        operation: 'SendCommand',
        resource: instanceId,
        requestId: 'r',
        code: 'DeliveryTimedOut',
        kind: 'other',
        outcome: 'maybe-done',
      });
    }
    this.#lease();
    this.ran.push(command.script);
    return fakeAnswer(command.script, this.#answer(instanceId, command.script, command.parameters));
  }

  #answer(instanceId: string, script: HostScript, parameters: Readonly<Record<string, string | undefined>>): unknown {
    const now = this.#clock.now().getTime();
    switch (script) {
      case 'inspect':
        return {
          host: 'ib01',
          mountPoint: '/ibdata',
          mounted: this.hold?.mode !== 'stop',
          isRoot: false,
          device: '/dev/nvme1n1',
          volumeIds: ['vol-data'],
          filesystem: 'xfs',
          sizeBytes: 1000,
          usedBytes: 100,
          serviceState: this.hold ? 'inactive' : 'active',
          answers: !this.hold,
          serverVersion: '10.11',
          icm: null,
          hold: this.hold ?? null,
        };
      case 'fingerprint':
        return this.#fingerprint(instanceId);
      case 'quiesce': {
        if (this.hold && this.hold.id !== parameters.HoldId) throw this.#error(script, instanceId, 'held');
        const leaseUntilMs = now + Number(parameters.LeaseSeconds) * 1000;
        this.hold ??= {
          id: parameters.HoldId ?? '',
          run: parameters.Run ?? '',
          mode: parameters.Mode as 'stop',
          sinceMs: now,
          leaseUntilMs,
          atRest: true,
        };
        this.#clock.advance(500);
        return {
          holdId: parameters.HoldId,
          device: '/dev/nvme1n1',
          leaseArmedMs: now,
          pauseStartedMs: now,
          serviceStoppedMs: now,
          atRestMs: now,
        };
      }
      case 'resume': {
        if (this.hold?.id === parameters.HoldId && this.hold) this.#end(this.hold, 'this', now);
        const ended = this.#ended.get(parameters.HoldId ?? '');
        const by = ended === undefined ? 'nothing-held' : ended.by;
        const resumeMs = ended?.resumeMs ?? null;
        return {
          holdId: parameters.HoldId,
          resumed: by === 'this',
          by,
          leaseFired: by === 'lease',
          pauseStartedMs: ended?.startedMs ?? null,
          resumeStartedMs: resumeMs,
          mountedMs: resumeMs,
          answeredMs: resumeMs,
          pauseMs: ended ? ended.resumeMs - ended.startedMs : null,
          mounted: true,
          answers: true,
        };
      }
      case 'mount-copy':
        if (this.mounted && this.mounted !== parameters.VolumeId)
          throw this.#error(script, instanceId, 'mount-point-busy');
        this.mounted = parameters.VolumeId;
        return { device: '/dev/nvme2n1', filesystem: 'xfs', sizeBytes: 1000, usedBytes: 100, fileCount: 3 };
      case 'start-copy':
        return { startedMs: now, answeredMs: now, firstQueryMs: now, serverVersion: '10.11' };
      case 'read-data':
        return { files: 3, bytes: 100, seconds: 1, errors: [] };
      case 'check-icm':
        return { installed: false, tables: 0, corruptions: 0, output: '' };
      case 'release-copy':
        if (this.mounted === parameters.VolumeId) this.mounted = undefined;
        return { serviceStopped: true, unmounted: true };
      default:
        return { bytes: 0, totalBytes: 0 };
    }
  }

  #fingerprint(instanceId: string): Fingerprint {
    const rows = instanceId === this.#sourceId ? this.rows : (this.copyRows ?? this.rows);
    const entry = {
      name: 'ads.clicks',
      kind: 'table' as const,
      engine: 'InnoDB',
      method: 'checksum' as const,
      rows: String(rows),
      values: { checksum: String(rows * 7) },
    };
    return { takenAt: this.#clock.now().toISOString(), seconds: 1, serverVersion: '10.11', entries: [entry] };
  }

  #error(script: string, instanceId: string, code: string): HostError {
    return new HostError({ script, instanceId, code, message: code, detail: '' });
  }
}
