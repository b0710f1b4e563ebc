import { gzipSync } from 'node:zlib';
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

/** A command as it arrived at the host. */
export interface SentCommand {
  readonly script: HostScript;
  readonly parameters: Readonly<Record<string, string | undefined>>;
}

/** What a fake host answers must fit the catalogue, as a real one's must. */
export function fakeAnswer<S extends HostScript>(script: S, value: unknown): HostAnswer<S> {
  const result = parseAnswer(script, value);
  if ('answer' in result) return result.answer;
  throw new Error(`the fake's answer to ${script} does not fit: ${result.problems.join('; ')}`);
}

/**
 * The host scripts in memory: one source with a lease, one verification host with a mount. What must hold for a hold and a command
 * is in test/contract/ports/hosts.ts.
 */
export class FakeHosts implements Hosts {
  readonly ran: string[] = [];
  /** Every command that arrived. */
  readonly sent: SentCommand[] = [];
  /** Answers of scripts that the fake does not play (those of dumps), or plays otherwise; undefined leaves it to the fake. */
  script: (command: SentCommand) => unknown = () => undefined;
  hold: Hold | undefined;
  mounted: string | undefined;
  offline = false;
  /** Whether the source's database answers once it was resumed. */
  answers = true;
  rows = 10;
  copyRows: number | undefined;
  /** What the hold that is now has answered with. */
  #held: unknown;
  readonly #ended = new Map<string, Ended>();
  readonly #clock: FakeClock;
  readonly #sourceId: string;

  constructor(clock: FakeClock, sourceId: string) {
    this.#clock = clock;
    this.#sourceId = sourceId;
  }

  get serves(): boolean {
    this.#endOverdue();
    return this.hold === undefined;
  }

  /** Ends a hold whose lease is over. */
  #endOverdue(): void {
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
    this.#endOverdue();
    const { script, parameters } = command;
    this.ran.push(script);
    this.sent.push({ script, parameters });
    return fakeAnswer(script, this.script({ script, parameters }) ?? this.#answer(instanceId, script, parameters));
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
        return this.#fingerprint(instanceId, parameters.Method);
      case 'definitions':
        return this.#definitions();
      case 'quiesce':
        return this.#quiesce(instanceId, parameters, now);
      case 'resume':
        return this.#resume(parameters.HoldId ?? '', now);
      case 'mount-copy':
        if (this.mounted && this.mounted !== parameters.VolumeId)
          throw this.#error(script, instanceId, 'mount-point-busy');
        this.mounted = parameters.VolumeId;
        return { device: '/dev/nvme2n1', filesystem: 'xfs', sizeBytes: 1000, usedBytes: 100, fileCount: 3 };
      case 'start-copy':
        return { startedMs: now, answeredMs: now, firstQueryMs: now, serverVersion: '10.11' };
      case 'check-filesystems':
        return {
          disk: '/dev/nvme2n1',
          seconds: 1,
          parts: [
            {
              ...{ partition: 0, bytes: 1000, filesystem: 'xfs', table: '', journal: true, checker: 'xfs_repair -n' },
              // xfs_repair refuses what is mounted (libxfs, platform_check_mount).
              ...(parameters.TotalSeconds === '0' ? { status: null } : { status: this.mounted ? 1 : 0 }),
              output: this.mounted ? "fatal error -- couldn't initialize XFS library" : '',
            },
          ],
        };
      case 'read-data':
        return { files: 3, bytes: 100, seconds: 1, errors: [] };
      case 'check-tables':
        return {
          ...{
            seconds: 1,
            died: null,
            outOfTime: false,
            nonce: 'holdfast-1-1',
            dataDir: '/ibdata/',
            pageSize: '16384',
          },
          output: gzipSync('holdfast-1-1\tcheck\t616473\t636c69636b73\nads.clicks\tcheck\tstatus\tOK\n').toString(
            'base64',
          ),
        };
      case 'check-pages':
        return { tool: null, checked: false, files: 0, bytes: 0, seconds: 0, failed: [], unclear: [], notReached: 0 };
      case 'check-icm':
        return { installed: false, tables: 0, corruptions: 0, output: '' };
      case 'release-copy':
        if (this.mounted === parameters.VolumeId) this.mounted = undefined;
        return { serviceStopped: true, unmounted: true };
      default:
        return { bytes: 0, totalBytes: 0 };
    }
  }

  #quiesce(instanceId: string, parameters: Readonly<Record<string, string | undefined>>, now: number): unknown {
    const { HoldId = '', Run = '', Mode, LeaseSeconds, NotAfterMs } = parameters;
    if (this.#ended.has(HoldId) || now > Number(NotAfterMs)) throw this.#error('quiesce', instanceId, 'too-late');
    if (this.hold && this.hold.id !== HoldId) throw this.#error('quiesce', instanceId, 'held');
    if (this.hold) return this.#held;
    const leaseUntilMs = now + Number(LeaseSeconds) * 1000;
    this.hold = { id: HoldId, run: Run, mode: Mode as 'stop', sinceMs: now, leaseUntilMs, atRest: true };
    const times = { leaseArmedMs: now, pauseStartedMs: now, serviceStoppedMs: now, atRestMs: now };
    this.#held = { holdId: HoldId, device: '/dev/nvme1n1', ...times };
    this.#clock.advance(500);
    return this.#held;
  }

  #resume(holdId: string, now: number): unknown {
    const resumed = this.hold?.id === holdId;
    if (this.hold && resumed) this.#end(this.hold, 'this', now);
    const ended = this.#ended.get(holdId);
    const resumeMs = ended?.resumeMs ?? null;
    return {
      holdId,
      resumed,
      by: ended?.by ?? 'nothing-held',
      leaseFired: ended?.by === 'lease',
      pauseStartedMs: ended?.startedMs ?? null,
      resumeStartedMs: resumeMs,
      mountedMs: resumeMs,
      answeredMs: resumeMs,
      pauseMs: ended ? ended.resumeMs - ended.startedMs : null,
      mounted: true,
      answers: this.answers,
    };
  }

  #fingerprint(instanceId: string, method: string | undefined): Fingerprint {
    const rows = instanceId === this.#sourceId ? this.rows : (this.copyRows ?? this.rows);
    const table = { name: 'ads.clicks', kind: 'table' as const, engine: 'InnoDB', rows: String(rows) };
    const list: [string, string, string][] = [['0', String(rows), String(rows * 7)]];
    const entry =
      method === 'rows'
        ? { ...table, method: 'rows' as const, values: {}, ranges: { column: 'id', bits: 4, list } }
        : { ...table, method: 'checksum' as const, values: { checksum: String(rows * 7) } };
    return {
      takenAt: this.#clock.now().toISOString(),
      seconds: 1,
      lockedSeconds: 0,
      serverVersion: '10.11',
      entries: [entry],
    };
  }

  #definitions(): unknown {
    const nonce = 'holdfast-1-1';
    const lines = [`${nonce}\tdatabase\t616473`, 'ads\tCREATE DATABASE `ads`', `${nonce}\tend`, ''];
    return {
      takenAt: this.#clock.now().toISOString(),
      seconds: 1,
      serverVersion: '10.11',
      account: 'root@localhost',
      lowerCaseTableNames: 0,
      nonce,
      output: gzipSync(lines.join('\n')).toString('base64'),
    };
  }

  #error(script: string, instanceId: string, code: string): HostError {
    return new HostError({ script, instanceId, code, message: code, detail: '' });
  }
}
