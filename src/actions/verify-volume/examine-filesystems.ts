/**
 * Examines a volume that has no fingerprint, such as a snapshot of the rotation: each of its filesystems is mounted, which replays its
 * journal, read to its end, unmounted, and checked by its own checker, which writes nothing.
 */
import type { Instance, Volume } from '../../domain/ec2.ts';
import type { CheckResult } from '../../domain/verification.ts';
import type { HostAnswer, HostParameters, HostScript } from '../../host/catalogue/catalogue.ts';
import { HostError } from '../../runtime/errors.ts';
import { plural } from '../../runtime/format.ts';
import {
  decisiveNames,
  judgePartRead,
  judgeParts,
  mountable,
  type Part,
  partName,
  unsupportedIn,
} from '../../volume/copy/filesystems.ts';
import type { CopyFindings } from './examine.ts';
import { failedCheck } from './failed-check.ts';
import type { Settings } from './inputs.ts';
import type { Context, Ports } from './ports.ts';
import { withProgress } from './progress.ts';

export interface FilesystemFindings extends CopyFindings {
  /** Checks of which at least one must have passed. */
  readonly decisive: ReadonlySet<string>;
  /** What this version cannot look into: trying again would say the same. */
  readonly unsupported: readonly string[];
}

/** Seconds for lists of partitions, mounts and unmounts. */
const listSeconds = 120;
const mountSeconds = 600;
const releaseSeconds = 300;
/** Seconds that the script may need beyond the checks themselves. */
const graceSeconds = 120;

export interface BareCopy {
  readonly volume: Volume;
  readonly instance: Instance;
  /** Name of its disk on the host where it has no serial number; empty where it has. */
  readonly disk: string;
}

export async function examineFilesystems(
  copy: BareCopy,
  settings: Settings,
  ports: Pick<Ports, 'hosts'>,
  context: Context,
): Promise<FilesystemFindings> {
  const { timeline, logger } = context;
  const host = new CopyHost(copy, settings, ports, context);
  const found = await timeline.step('Find the filesystems', async (note) => {
    const { parts } = await host.filesystems(0);
    note(parts.map((part) => `${partName(part)}: ${part.filesystem || 'none'}`).join(', '));
    return parts;
  });
  const checks: CheckResult[] = [];
  const read = { bytes: 0, files: 0, seconds: 0 };
  for (const part of mountable(found))
    await timeline.step(`Mount and read ${partName(part)}`, async (note) => {
      const mounted = await host.mount(part);
      checks.push(mounted);
      if (mounted.outcome !== 'passed') return note(mounted.detail);
      const answer = await host.read();
      checks.push(judgePartRead(part, answer));
      note(plural(answer.files, 'file'));
      for (const field of ['bytes', 'files', 'seconds'] as const) read[field] += answer[field];
      await host.release();
    });
  const parts = await timeline.step('Check the filesystems', async () => {
    const answer = await host.filesystems(settings.readTimeout);
    return answer.parts;
  });
  checks.push(...judgeParts(parts));
  for (const { name, outcome, detail } of checks)
    if (outcome !== 'passed') logger.warning(`${name}: ${outcome}: ${detail}`);
  return { checks, read, decisive: decisiveNames(parts), unsupported: unsupportedIn(parts) };
}

/** The verification host, as far as the filesystems of one copy need it. */
class CopyHost {
  readonly #copy: BareCopy;
  readonly #settings: Settings;
  readonly #ports: Pick<Ports, 'hosts'>;
  readonly #context: Context;

  constructor(copy: BareCopy, settings: Settings, ports: Pick<Ports, 'hosts'>, context: Context) {
    this.#copy = copy;
    this.#settings = settings;
    this.#ports = ports;
    this.#context = context;
  }

  #run<S extends HostScript>(
    script: S,
    parameters: HostParameters<S>,
    timeoutSeconds: number,
    pace: 'normal' | 'long' = 'normal',
  ): Promise<HostAnswer<S>> {
    const { instance } = this.#copy;
    return this.#ports.hosts.run(instance.id, { script, parameters, timeoutSeconds, pace }, this.#context.signal);
  }

  get #place(): HostParameters<'read-data'> {
    return { VolumeId: this.#copy.volume.id, MountPoint: this.#settings.mountPoint };
  }

  /** @param seconds that the checkers may take; 0 only lists */
  filesystems(seconds: number): Promise<HostAnswer<'check-filesystems'>> {
    const parameters = {
      VolumeId: this.#copy.volume.id,
      WaitSeconds: '60',
      Device: this.#copy.disk,
      TotalSeconds: String(seconds),
    };
    return this.#run('check-filesystems', parameters, seconds === 0 ? listSeconds : seconds + graceSeconds, 'long');
  }

  /** @returns the check that it mounts; damage is a failed one @throws what the machinery did not do */
  async mount(part: Part): Promise<CheckResult> {
    const parameters = {
      ...this.#place,
      WaitSeconds: '60',
      Device: this.#copy.disk,
      Partition: String(part.partition),
      Filesystem: part.filesystem,
    };
    const name = `${partName(part)} mounts`;
    try {
      const { filesystem, device } = await this.#run('mount-copy', parameters, mountSeconds);
      return { name, outcome: 'passed', detail: `${filesystem} on ${device}` };
    } catch (error) {
      if (!(error instanceof HostError)) throw error;
      return { ...failedCheck(error), name };
    }
  }

  read(): Promise<HostAnswer<'read-data'>> {
    const { volume, instance } = this.#copy;
    return withProgress(volume.id, instance.id, this.#ports.hosts, this.#context.logger, () =>
      this.#run('read-data', this.#place, this.#settings.readTimeout, 'long'),
    );
  }

  async release(): Promise<void> {
    await this.#run('release-copy', { ...this.#place, Service: this.#settings.service }, releaseSeconds);
  }
}
