/**
 * A host: the machine's own systemd, booted in a container over a copy-on-write view of the machine. Volumes are loop
 * devices that appear under NVMe names with their serials, as on Nitro instances; scripts run as the SSM agent runs them.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeGroups, removeGroups } from './cgroup.ts';
import { attempt, command, grouped, pause, unmount } from './command.ts';
import type { Host, StoredImage } from './host.ts';
import { dataFolder, serverOptions } from './mariadb.ts';
import { killContainers } from './sweep.ts';

export interface ContainerOptions {
  readonly instanceId: string;
  readonly name: string;
  /** Folder below /run for the container's mounts. */
  readonly runtime: string;
  /** The lab's own folder, hidden from the host; logs go there. */
  readonly labDirectory: string;
  /** Where the database's volume is mounted, by the unit's configuration. */
  readonly mountPoint: string;
  /** Folder of sockets that the host has in /run/postgresql: the host itself has no network. */
  readonly sockets?: string | undefined;
}

interface Attached {
  readonly loop: string;
  readonly device: string;
  readonly number: string;
}

const path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const byId = '/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_';
/** Milliseconds a machine may take to boot or to shut down. */
const patience = 60_000;

/** Units of the machine that a host of the lab has no use for. */
const masked = [
  'mariadb.service',
  'postgresql.service',
  'getty.target',
  'systemd-logind.service',
  'systemd-networkd.service',
  'systemd-resolved.service',
  'systemd-timesyncd.service',
  'cron.service',
  'ssh.service',
  'docker.service',
  'containerd.service',
];

export class Container implements Host {
  readonly instanceId: string;
  readonly #options: ContainerOptions;
  readonly #root: string;
  readonly #layers: string;
  readonly #attached = new Map<string, Attached>();
  #leader: number | undefined;
  #script = 0;

  constructor(options: ContainerOptions) {
    this.instanceId = options.instanceId;
    this.#options = options;
    this.#root = join(options.runtime, options.name, 'root');
    this.#layers = join(options.runtime, options.name, 'layers');
  }

  get running(): boolean {
    return this.#leader !== undefined;
  }

  /** Makes the file system: the machine below, a memory layer above. */
  async prepare(): Promise<void> {
    mkdirSync(this.#root, { recursive: true });
    mkdirSync(this.#layers, { recursive: true });
    await command('mount', '-t', 'tmpfs', '-o', 'size=2G,mode=755', 'holdfast-lab', this.#layers);
    const [upper, work] = [join(this.#layers, 'upper'), join(this.#layers, 'work')];
    mkdirSync(upper);
    mkdirSync(work);
    this.#furnish(upper);
    await command(
      'mount',
      '-t',
      'overlay',
      '-o',
      `lowerdir=/,upperdir=${upper},workdir=${work}`,
      'holdfast-lab',
      this.#root,
    );
  }

  /** What makes a copy of this machine a database host. */
  #furnish(upper: string): void {
    const { name, mountPoint } = this.#options;
    const put = (file: string, text: string): void => {
      const target = join(upper, file);
      mkdirSync(join(target, '..'), { recursive: true });
      writeFileSync(target, text);
    };
    put('etc/hostname', `${name}\n`);
    put('etc/machine-id', '');
    put(
      'etc/systemd/system/holdfast.target',
      '[Unit]\nDescription=A host of the lab\nRequires=basic.target\nAfter=basic.target\nAllowIsolate=yes\n',
    );
    put(
      'etc/systemd/system/mysqld-ib.service',
      `[Unit]
Description=Database on the Infobright port (MariaDB stands in for Infobright)
ConditionPathIsDirectory=${mountPoint}/${dataFolder}

[Service]
Type=notify
User=mysql
ExecStart=/usr/sbin/mariadbd --defaults-file=/etc/my-ib.cnf
KillSignal=SIGTERM
TimeoutStartSec=900
TimeoutStopSec=900
Restart=no
`,
    );
    put(
      'etc/my-ib.cnf',
      `[mysqld]\nport=5029\nbind-address=127.0.0.1\nsocket=/tmp/mysql-ib.sock\npid-file=/run/mysqld-ib.pid\ndatadir=${mountPoint}/${dataFolder}\n${serverOptions.join('\n')}\n`,
    );
    put('etc/tmpfiles.d/mysqld-ib.conf', 'f /run/mysqld-ib.pid 0644 mysql mysql -\n');
    mkdirSync(join(upper, mountPoint), { recursive: true });
    for (const unit of masked)
      put(`etc/systemd/system/${unit}.d/lab.conf`, '[Unit]\nConditionPathExists=/no/such/path\n');
  }

  async boot(): Promise<void> {
    if (this.running) return;
    const { name, labDirectory, sockets } = this.#options;
    const log = openSync(join(labDirectory, `${name}.log`), 'a');
    const parameters = [
      '--directory',
      this.#root,
      '--boot',
      '--register=no',
      '--keep-unit',
      '--private-network',
      '--quiet',
      `--machine=${name}-${process.pid}`,
      '--console=pipe',
      '--link-journal=no',
      '--resolv-conf=off',
      '--timezone=off',
      '--tmpfs=/root',
      `--tmpfs=${labDirectory}`,
      ...(sockets === undefined ? [] : [`--bind=${sockets}:/run/postgresql`]),
      '--',
      '--unit=holdfast.target',
    ];
    // It must be in its group before it starts anything.
    const enter = makeGroups(this.#options.runtime, name).map((file) => `echo $$ > '${file}'`);
    const child = spawn('sh', ['-c', `${[...enter, 'exec systemd-nspawn "$@"'].join(' && ')}`, 'sh', ...parameters], {
      stdio: ['ignore', log, log],
      detached: true,
      env: { PATH: path },
    });
    child.on('exit', () => {
      this.#leader = undefined;
    });
    child.unref();
    const until = Date.now() + patience;
    for (;;) {
      if (child.exitCode !== null || Date.now() > until)
        throw new Error(`${name} does not boot: see ${join(labDirectory, `${name}.log`)}`);
      const leader = firstChild(child.pid);
      if (
        leader &&
        (await attempt('nsenter', '-t', String(leader), '-a', 'systemctl', 'is-active', '--quiet', 'holdfast.target'))
      ) {
        this.#leader = leader;
        break;
      }
      await pause(100);
    }
    await this.#inside('mkdir', '-p', '/dev/disk/by-id');
    // Volumes attached while the machine was off are there when it is on.
    for (const [volumeId, one] of this.#attached) await this.#appear(volumeId, one);
  }

  async shutdown(): Promise<void> {
    if (!this.running) return;
    await attempt(
      'nsenter',
      '-t',
      String(this.#leader),
      '-a',
      'systemctl',
      'start',
      '--no-block',
      '--job-mode=replace-irreversibly',
      'poweroff.target',
    );
    const until = Date.now() + patience / 2;
    while (this.running && Date.now() < until) await pause(50);
    if (this.running) await killContainers(join(this.#options.runtime, this.#options.name));
    while (this.running) await pause(20);
  }

  #inside(...parameters: string[]): Promise<string> {
    return command('nsenter', '-t', String(this.#leader), '-a', ...parameters);
  }

  async run(
    script: string,
    environment: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<{ stdout: string; stderr: string; exitCode: number }> {
    if (!this.running) throw new Error(`${this.#options.name} is not running`);
    this.#script += 1;
    // As the agent does: the text lies in a file, and `sh` starts it, so that its first line decides who reads it.
    const file = `/var/lib/amazon/ssm/script-${this.#script}.sh`;
    mkdirSync(join(this.#root, 'var/lib/amazon/ssm'), { recursive: true });
    writeFileSync(join(this.#root, file), script.endsWith('\n') ? script : `${script}\n`, { mode: 0o700 });
    const own = { PATH: path, HOME: '/root', LANG: 'C.UTF-8' };
    try {
      return await grouped(
        'nsenter',
        ['-t', String(this.#leader), '-a', 'sh', '-c', file],
        { ...own, ...environment },
        signal,
      );
    } finally {
      rmSync(join(this.#root, file), { force: true });
    }
  }

  async attach(volumeId: string, image: StoredImage): Promise<void> {
    const loop = await command('losetup', '--find', '--show', image.path);
    const used = new Set([...this.#attached.values()].map((one) => one.device));
    const device =
      Array.from({ length: 26 }, (_one, index) => `/dev/nvme${index + 1}n1`).find((name) => !used.has(name)) ?? '';
    const number = await command('cat', `/sys/block/${loop.replace('/dev/', '')}/dev`);
    const one = { loop, device, number };
    this.#attached.set(volumeId, one);
    if (this.running) await this.#appear(volumeId, one);
  }

  async #appear(volumeId: string, { device, number }: Attached): Promise<void> {
    const [major = '', minor = ''] = number.split(':');
    await this.#inside('rm', '-f', device);
    await this.#inside('mknod', '-m', '660', device, 'b', major, minor);
    await this.#inside('ln', '-sf', device, `${byId}${volumeId.replace('vol-', 'vol')}`);
  }

  async detach(volumeId: string, options: { force: boolean }): Promise<boolean> {
    const one = this.#attached.get(volumeId);
    if (!one) return true;
    if (this.running) {
      const mounts = await this.#inside('cat', '/proc/self/mountinfo');
      if (mounts.split('\n').some((line) => line.split(' ')[2] === one.number)) {
        if (!options.force) return false;
        await attempt('nsenter', '-t', String(this.#leader), '-a', 'umount', '-l', one.device);
      }
      await this.#inside('rm', '-f', one.device, `${byId}${volumeId.replace('vol-', 'vol')}`);
    }
    await command('losetup', '--detach', one.loop);
    this.#attached.delete(volumeId);
    return true;
  }

  /** Ends the machine without ceremony, and everything it had. */
  async destroy(): Promise<void> {
    await killContainers(join(this.#options.runtime, this.#options.name));
    const until = Date.now() + patience;
    while (this.running && Date.now() < until) await pause(20);
    for (const one of this.#attached.values()) await attempt('losetup', '--detach', one.loop);
    this.#attached.clear();
    for (const folder of [this.#root, this.#layers]) await unmount(folder);
    await removeGroups(this.#options.runtime, this.#options.name);
  }
}

/** The process that systemd-nspawn started: the container's first. */
function firstChild(pid: number | undefined): number | undefined {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
    return children === '' ? undefined : Number(children.split(' ')[0]);
  } catch {
    return undefined;
  }
}
