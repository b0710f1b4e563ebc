/**
 * Examines the copy on the verification host: mounts it, starts its service, compares it with the fingerprint, reads all
 * of it. Damage becomes a failed check; trouble with the machinery is thrown.
 */
import type { Instance, Volume } from '../../domain/ec2.ts';
import { hostPathPattern } from '../../domain/patterns.ts';
import type { Receipt } from '../../domain/receipt.ts';
import type { CheckResult } from '../../domain/verification.ts';
import type { HostAnswer, HostParameters, HostScript } from '../../host/catalogue/catalogue.ts';
import type { HostCommand } from '../../ports/hosts.ts';
import { explainInLine, HostError } from '../../runtime/errors.ts';
import { partitionOf } from '../../volume/copy/device.ts';
import { judgePages } from '../../volume/copy/page-checks.ts';
import { judgeTables, readOnSource } from '../../volume/copy/table-checks.ts';
import { compareDefinitions, withoutDefinitions } from '../../volume/definitions/compare.ts';
import { readDefinitions } from '../../volume/definitions/read.ts';
import { compareFingerprints } from '../../volume/fingerprint/compare.ts';
import { expectations } from '../../volume/fingerprint/expectations.ts';
import { judgeShare } from '../../volume/fingerprint/share.ts';
import { judgeIcm, judgeRead } from '../../volume/verdict.ts';
import { failedCheck } from './failed-check.ts';
import type { Settings } from './inputs.ts';
import type { Context, Ports } from './ports.ts';
import { withProgress } from './progress.ts';

export interface CopyFindings {
  readonly checks: readonly CheckResult[];
  readonly read?: { readonly bytes: number; readonly files: number; readonly seconds: number };
  readonly recoverySeconds?: number;
  readonly serverVersion?: string;
}

export interface Copy {
  readonly receipt: Receipt;
  readonly volume: Volume;
  readonly instance: Instance;
  /** Name of its disk on the host where it has no serial number; empty where it has. */
  readonly disk: string;
  /** When the volume was asked for, by the runner's clock: the recovery time starts there. */
  readonly askedAt: Date;
}

/** Seconds a mount may take: the journal of a large filesystem is replayed first. */
const mountSeconds = 600;
/** Seconds one view may take: it may join anything with anything. */
const viewSeconds = 600;
/** The share of read-timeout that views and thorough checks have together, beyond it: an hour of five. */
const thoroughShare = 5;
/** Seconds a command may run at most (executionTimeout of AWS-RunShellScript). */
const longestCommandSeconds = 172_800;
/** Seconds the checks may need to end by themselves when their time is over. */
const checksGraceSeconds = 120;
/** Seconds the service may take to answer: a database recovers first. */
const startSeconds = 900;

export async function examineCopy(
  copy: Copy,
  settings: Settings,
  ports: Pick<Ports, 'hosts'>,
  context: Context,
): Promise<CopyFindings> {
  const examination = new Examination(copy, settings, ports, context);
  if (!(await examination.mount())) return examination.findings;
  if (await examination.startService()) {
    await examination.compare();
    await examination.compareDefinitions();
    await examination.checkTables();
  }
  await examination.readEverything();
  await examination.runIcm();
  await examination.checkPages();
  return examination.findings;
}

class Examination {
  readonly #copy: Copy;
  readonly #settings: Settings;
  readonly #ports: Pick<Ports, 'hosts'>;
  readonly #context: Context;
  readonly #checks: CheckResult[] = [];
  /** Where InnoDB's files are, once a server worked on them and may be stopped in good order. */
  #files: Pick<HostAnswer<'check-tables'>, 'dataDir' | 'pageSize'> | undefined;
  #findings: Omit<CopyFindings, 'checks'> = {};

  constructor(copy: Copy, settings: Settings, ports: Pick<Ports, 'hosts'>, context: Context) {
    this.#copy = copy;
    this.#settings = settings;
    this.#ports = ports;
    this.#context = context;
  }

  get findings(): CopyFindings {
    return { checks: this.#checks, ...this.#findings };
  }

  #run<S extends HostScript>(
    script: S,
    parameters: HostParameters<S>,
    timeoutSeconds: number,
    pace: NonNullable<HostCommand['pace']> = 'normal',
  ): Promise<HostAnswer<S>> {
    const command = { script, parameters, timeoutSeconds, pace };
    return this.#ports.hosts.run(this.#copy.instance.id, command, this.#context.signal);
  }

  /** Runs one step. @returns false when the copy is damaged, which is then a failed check */
  #step(name: string, work: (note: (text: string) => void) => Promise<void>): Promise<boolean> {
    return this.#context.timeline.step(name, async (note) => {
      try {
        await work(note);
        return true;
      } catch (error) {
        this.#checks.push(failedCheck(error));
        return false;
      }
    });
  }

  /** Runs a check without which the others are worth something, too. @param check what it is called where it cannot be made */
  #check(name: string, check: string, work: (note: (text: string) => void) => Promise<void>): Promise<boolean> {
    return this.#step(name, async (note) => {
      try {
        await work(note);
      } catch (error) {
        if (!(error instanceof HostError)) throw error;
        this.#record([{ name: check, outcome: 'unproven', detail: explainInLine(error), output: error.detail }]);
        note('could not be made');
      }
    });
  }

  get #volumeParameters(): HostParameters<'read-data'> {
    return { VolumeId: this.#copy.volume.id, MountPoint: this.#settings.mountPoint };
  }

  mount(): Promise<boolean> {
    return this.#step('Mount the copy', async () => {
      const { host } = this.#copy.receipt;
      const parameters = {
        ...this.#volumeParameters,
        WaitSeconds: '60',
        Device: this.#copy.disk,
        Partition: partitionOf(host),
        Filesystem: host.filesystem,
      };
      const { filesystem, device, selinux } = await this.#run('mount-copy', parameters, mountSeconds);
      const label = selinux ? `; SELinux is ${selinux}` : '';
      this.#checks.push({ name: 'filesystem mounts', outcome: 'passed', detail: `${filesystem} on ${device}${label}` });
    });
  }

  startService(): Promise<boolean> {
    const { mountPoint, service, socket, defaultsFile } = this.#settings;
    return this.#step('Start the service on the copy', async (note) => {
      const parameters = {
        MountPoint: mountPoint,
        Service: service,
        Socket: socket,
        DefaultsFile: defaultsFile,
        WaitSeconds: String(startSeconds),
      };
      const { serverVersion } = await this.#run('start-copy', parameters, startSeconds + 60);
      const recoverySeconds = (this.#context.clock.now().getTime() - this.#copy.askedAt.getTime()) / 1000;
      note(`the first query was served ${recoverySeconds.toFixed(1)} s after the volume was asked for`);
      this.#checks.push({
        name: 'service starts',
        outcome: 'passed',
        detail: `${service} answers; ${serverVersion}`,
      });
      this.#findings = { ...this.#findings, recoverySeconds, serverVersion };
    });
  }

  compare(): Promise<boolean> {
    const { receipt } = this.#copy;
    const { socket, defaultsFile, readTimeout } = this.#settings;
    const { method, checks } = receipt.fingerprint;
    return this.#step('Run the checks', async (note) => {
      const parameters = { Socket: socket, DefaultsFile: defaultsFile, Method: method, Checks: checks, Saved: '' };
      const print = await this.#run('fingerprint', parameters, readTimeout, 'long');
      const results = compareFingerprints(
        expectations(receipt.fingerprint, receipt.quiesce.mode),
        print,
        receipt.versions.server,
      );
      const share = judgeShare(results, this.#settings.compareAtLeast);
      this.#record([...results, ...(share ? [share] : [])]);
      const passed = `${results.filter((one) => one.outcome === 'passed').length} of ${results.length} passed`;
      note(share ? `${passed}; ${share.detail}` : passed);
    });
  }

  compareDefinitions(): Promise<boolean> {
    const { fingerprint, quiesce } = this.#copy.receipt;
    const [before, after] = [fingerprint.before.definitions, fingerprint.after?.definitions];
    const missing = withoutDefinitions(fingerprint);
    if (missing !== undefined) {
      this.#record([missing]);
      return Promise.resolve(true);
    }
    const { socket, defaultsFile, readTimeout } = this.#settings;
    return this.#check('Compare the definitions', 'definitions', async (note) => {
      const parameters = { Socket: socket, DefaultsFile: defaultsFile };
      const copy = readDefinitions(await this.#run('definitions', parameters, readTimeout, 'long'));
      const results = compareDefinitions({ before, after, mode: quiesce.mode }, copy);
      this.#record(results);
      const failed = results.filter((one) => one.outcome === 'failed').length;
      note(failed > 0 ? `${failed} differ` : (results[0]?.detail ?? 'nothing to compare'));
    });
  }

  checkTables(): Promise<boolean> {
    const { instance, volume, receipt } = this.#copy;
    const { mountPoint, service, socket, defaultsFile, readTimeout } = this.#settings;
    const thoroughSeconds = Math.ceil(readTimeout / thoroughShare);
    const totalSeconds = Math.min(readTimeout + thoroughSeconds, longestCommandSeconds - checksGraceSeconds);
    return this.#check('Check the tables and read the views', 'tables checked', async (note) => {
      const parameters = {
        ...{
          Service: service,
          MountPoint: mountPoint,
          Socket: socket,
          DefaultsFile: defaultsFile,
          VolumeId: volume.id,
        },
        ...{ Seconds: String(readTimeout), ViewSeconds: String(viewSeconds) },
        ...{ ThoroughSeconds: String(thoroughSeconds), TotalSeconds: String(totalSeconds) },
      };
      const answer = await withProgress(volume.id, instance.id, this.#ports.hosts, this.#context.logger, () =>
        this.#run('check-tables', parameters, totalSeconds + checksGraceSeconds, 'long'),
      );
      // A server that died may have left pages that its next start would mend.
      if (answer.died === null) this.#files = answer;
      const results = judgeTables(answer, readOnSource(receipt), parameters.Seconds);
      this.#record(results);
      note(results.find((one) => one.outcome !== 'not-compared')?.detail ?? 'nothing to check');
    });
  }

  #record(results: readonly CheckResult[]): void {
    this.#checks.push(...results);
    for (const { name, outcome, detail } of results)
      if (outcome !== 'passed') this.#context.logger.warning(`${name}: ${outcome}: ${detail}`);
  }

  readEverything(): Promise<boolean> {
    const { instance, volume } = this.#copy;
    return this.#step('Read every file', async (note) => {
      const answer = await withProgress(volume.id, instance.id, this.#ports.hosts, this.#context.logger, () =>
        this.#run('read-data', this.#volumeParameters, this.#settings.readTimeout, 'long'),
      );
      const result = judgeRead(answer);
      this.#checks.push(result);
      note(result.detail);
      const { bytes, files, seconds } = answer;
      this.#findings = { ...this.#findings, read: { bytes, files, seconds } };
    });
  }

  /** Infobright's own checker, where the verification host has it. */
  runIcm(): Promise<boolean> {
    const { mountPoint, service, readTimeout } = this.#settings;
    return this.#step('Run icm where it is installed', async (note) => {
      const answer = await this.#run('check-icm', { DataDir: mountPoint, Service: service }, readTimeout, 'long');
      const result = judgeIcm(answer);
      if (result) this.#checks.push(result);
      note(result?.detail ?? 'not installed on this host');
    });
  }

  /** Only after the server recovered the files and was stopped in good order are their pages as they must be. */
  async checkPages(): Promise<boolean> {
    const { service, socket, mountPoint, readTimeout } = this.#settings;
    const { serverVersion = '' } = this.#findings;
    const files = this.#files;
    if (files === undefined) return true;
    return this.#check('Check the pages of InnoDB', 'page checksums', async (note) => {
      const { volume, instance } = this.#copy;
      const dataDir = files.dataDir.replace(/\/+$/, '');
      const parameters = {
        DataDir: new RegExp(hostPathPattern).test(dataDir) ? dataDir : mountPoint,
        ...{ Service: service, Socket: socket, VolumeId: volume.id, ServerVersion: serverVersion },
        ...{ PageSize: files.pageSize, TotalSeconds: String(readTimeout) },
      };
      const answer = await withProgress(volume.id, instance.id, this.#ports.hosts, this.#context.logger, () =>
        this.#run('check-pages', parameters, readTimeout + checksGraceSeconds, 'long'),
      );
      const result = judgePages(answer, serverVersion);
      this.#record([result]);
      note(result.detail);
    });
  }
}
