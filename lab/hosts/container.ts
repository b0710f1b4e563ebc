/** A host: the systemd of this computer, booted in a container over a copy-on-write view of its files. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AttachedVolumes, type RunInside } from './attached-volumes.ts';
import { makeGroups, removeGroups } from './cgroup.ts';
import { attempt, command, grouped, type Output, pause, unmount } from './command.ts';
import type { Host, Hypervisor, StoredImage } from './host.ts';
import { optionFile } from './old-host/userland.ts';
import { type HostProfile, mountRoot, target } from './root-filesystem.ts';
import { killContainers } from './sweep.ts';

export interface ContainerOptions {
  readonly instanceId: string;
  readonly name: string;
  /** Folder below /run for the container's mounts. */
  readonly runtime: string;
  /** The lab's own folder, hidden from the host; logs go there. */
  readonly labDirectory: string;
  /** Where the volume of the database is mounted. */
  readonly mountPoint: string;
  readonly profile: HostProfile;
  readonly hypervisor: Hypervisor;
  /** Folder of sockets that the host has as /run/postgresql: the host itself has no network. */
  readonly sockets?: string | undefined;
  /** The files below the host's own, instead of this computer's. */
  readonly lower?: string | undefined;
  /** Whether it has this computer's network, and so finds the lab's services where they are. Default: none at all. */
  readonly network?: boolean;
  /** Folders of this computer by their paths on the host. */
  readonly folders?: Readonly<Record<string, string>>;
}

const path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
/** Where the SSM agent keeps the scripts that it runs. */
const scriptFolder = '/var/lib/amazon/ssm';
/** Milliseconds that a host may take to boot on a busy computer, and to shut down before it is killed. */
const patience = 180_000;
const shutdownMs = 30_000;

export class Container implements Host {
  readonly instanceId: string;
  readonly #options: ContainerOptions;
  readonly #folder: string;
  readonly #root: string;
  readonly #layers: string;
  readonly #volumes: AttachedVolumes;
  /** The first process inside the container. */
  #leader: number | undefined;
  #scripts = 0;

  constructor(options: ContainerOptions) {
    this.instanceId = options.instanceId;
    this.#options = options;
    this.#volumes = new AttachedVolumes(options.hypervisor);
    this.#folder = join(options.runtime, options.name);
    this.#root = join(this.#folder, 'root');
    this.#layers = join(this.#folder, 'layers');
  }

  get running(): boolean {
    return this.#leader !== undefined;
  }

  /** Makes the host's files. */
  async prepare(): Promise<void> {
    const { name, mountPoint, profile, lower } = this.#options;
    await mountRoot({ root: this.#root, layers: this.#layers, hostname: name, mountPoint, profile, lower });
    writeFileSync(this.#optionFile, optionFile, { mode: 0o600 });
  }

  async boot(): Promise<void> {
    if (this.running) return;
    const container = this.#start();
    container.on('exit', () => {
      this.#leader = undefined;
    });
    this.#leader = await this.#untilBooted(container);
    await this.#volumes.appearAll(this.#inside);
  }

  #start(): ChildProcess {
    const { name, labDirectory, runtime, sockets, profile, network = false, folders = {} } = this.#options;
    const parameters = [
      '--directory',
      this.#root,
      '--boot',
      '--register=no',
      '--keep-unit',
      ...(network ? ['--resolv-conf=copy-host'] : ['--private-network', '--resolv-conf=off']),
      '--quiet',
      `--machine=${name}-${process.pid}`,
      '--console=pipe',
      '--link-journal=no',
      // As on a host of its own, root reads the log of the kernel.
      '--capability=CAP_SYSLOG',
      '--timezone=off',
      '--tmpfs=/root',
      `--tmpfs=${labDirectory}`,
      ...(profile === 'old-host' ? [`--bind-ro=${this.#optionFile}:/root/.my.cnf`] : []),
      ...(sockets === undefined ? [] : [`--bind=${sockets}:/run/postgresql`]),
      ...Object.entries(folders).map(([inside, outside]) => `--bind=${outside}:${inside}`),
      '--',
      `--unit=${target}`,
    ];
    // It must be in its control group before it starts anything.
    const enter = makeGroups(runtime, name).map((file) => `echo $$ > '${file}'`);
    const script = [...enter, 'exec systemd-nspawn "$@"'].join(' && ');
    const log = openSync(this.#logPath, 'a');
    const container = spawn('sh', ['-c', script, 'sh', ...parameters], {
      stdio: ['ignore', log, log],
      detached: true,
      env: { PATH: path },
    });
    container.unref();
    return container;
  }

  get #optionFile(): string {
    return join(this.#folder, 'my.cnf');
  }

  get #logPath(): string {
    return join(this.#options.labDirectory, `${this.#options.name}.log`);
  }

  /** Gives the first process inside. @throws Error when the host does not boot in time */
  async #untilBooted(container: ChildProcess): Promise<number> {
    const until = Date.now() + patience;
    while (container.exitCode === null && Date.now() <= until) {
      const leader = firstChild(container.pid);
      if (leader && (await attempt(...enter(leader), 'systemctl', 'is-active', '--quiet', target))) return leader;
      await pause(100);
    }
    throw new Error(`${this.#options.name} does not boot: see ${this.#logPath}`);
  }

  async shutdown(): Promise<void> {
    if (this.#leader === undefined) return;
    const powerOff = ['systemctl', 'start', '--no-block', '--job-mode=replace-irreversibly', 'poweroff.target'];
    await attempt(...enter(this.#leader), ...powerOff);
    const until = Date.now() + shutdownMs;
    while (this.running && Date.now() < until) await pause(50);
    if (this.running) await killContainers(this.#folder);
    while (this.running) await pause(20);
  }

  readonly #inside: RunInside = (...words) => {
    if (this.#leader === undefined) throw new Error(`${this.#options.name} is not running`);
    return command(...enter(this.#leader), ...words);
  };

  async run(script: string, environment: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Output> {
    if (this.#leader === undefined) throw new Error(`${this.#options.name} is not running`);
    this.#scripts += 1;
    // As the agent does: the script is a file that `sh` starts, so its first line chooses the interpreter.
    const file = join(scriptFolder, `script-${this.#scripts}.sh`);
    mkdirSync(join(this.#root, scriptFolder), { recursive: true });
    writeFileSync(join(this.#root, file), script.endsWith('\n') ? script : `${script}\n`, { mode: 0o700 });
    const [program, ...parameters] = enter(this.#leader);
    // systemd gives the agent no HOME, and the agent gives none to its scripts.
    const agentEnvironment = { PATH: path, LANG: 'C.UTF-8' };
    try {
      return await grouped(program, [...parameters, 'sh', '-c', file], { ...agentEnvironment, ...environment }, signal);
    } finally {
      rmSync(join(this.#root, file), { force: true });
    }
  }

  attach(volumeId: string, image: StoredImage, device: string): Promise<void> {
    return this.#volumes.attach(volumeId, image, device, this.running ? this.#inside : undefined);
  }

  detach(volumeId: string, { force }: { force: boolean }): Promise<boolean> {
    return this.#volumes.detach(volumeId, force, this.running ? this.#inside : undefined);
  }

  /** Kills the host and removes everything it had. */
  async destroy(): Promise<void> {
    await killContainers(this.#folder);
    const until = Date.now() + patience;
    while (this.running && Date.now() < until) await pause(20);
    await this.#volumes.release();
    for (const folder of [this.#root, this.#layers]) await unmount(folder);
    await removeGroups(this.#options.runtime, this.#options.name);
  }
}

/** The command that runs what follows it in all namespaces of a process. */
function enter(pid: number): [program: string, ...parameters: string[]] {
  return ['nsenter', '-t', String(pid), '-a'];
}

/** The process that systemd-nspawn has started: the first one inside the container. */
function firstChild(pid: number | undefined): number | undefined {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
    return children === '' ? undefined : Number(children.split(' ')[0]);
  } catch {
    return undefined;
  }
}
