/** Host scripts that meet disks: run on this computer's kernel, with loop devices under the names that disks have on EC2. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { hostScriptText } from '../../scripts/host-scripts.ts';
import type { HostScript } from '../../src/host/catalogue/catalogue.ts';

export function sh(script: string): string {
  const { status, stdout, stderr } = spawnSync('bash', ['-euc', script], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${script}: ${stderr}`);
  return stdout.trim();
}

/** Devices of this computer by the names that they have on the host: `xvdf`, `nvme1n1p2`. */
export type Names = Readonly<Record<string, string>>;

interface Answer {
  readonly error?: { readonly code: string; readonly message: string; readonly detail: string };
  readonly [field: string]: unknown;
}

export class Disks {
  readonly #folder = mkdtempSync(join(tmpdir(), 'holdfast-disks-'));
  readonly #loops: string[] = [];
  #images = 0;

  /** An image of this size, which a command makes a filesystem of. */
  image(mebibytes: number, makeFilesystem = ''): string {
    this.#images += 1;
    const path = join(this.#folder, `disk-${this.#images}.img`);
    writeFileSync(path, '');
    truncateSync(path, mebibytes * 1024 ** 2);
    if (makeFilesystem !== '') sh(`${makeFilesystem} ${path} >/dev/null 2>&1`);
    return path;
  }

  /** Attaches an image. @returns the loop device */
  attach(path: string, ...options: string[]): string {
    const loop = sh(`losetup ${options.join(' ')} --find --show ${path}`);
    this.#loops.push(loop);
    return loop;
  }

  /** Puts another image under a device. */
  replace(loop: string, path: string): void {
    sh(`losetup --detach ${loop}; losetup ${loop} ${path}`);
  }

  /** Makes a partition known to the kernel, which need not be able to read partition tables itself. @returns its device */
  partition(loop: string, number: number, firstMebibyte: number, mebibytes: number): string {
    sh(`addpart ${loop} ${number} ${firstMebibyte * 2048} ${mebibytes * 2048}`);
    return `${loop}p${number}`;
  }

  /** Runs scripts one after the other, in mounts and a /dev of their own, then a command. @returns the answers, then what it prints */
  run(
    names: Names,
    scripts: readonly { readonly script: HostScript; readonly values: Readonly<Record<string, string>> }[],
    more: {
      readonly volume?: Readonly<Record<string, string>>;
      readonly after?: string;
      readonly before?: string;
      /** Changes the text of the scripts: what this computer does not have is elsewhere. */
      readonly edit?: (text: string) => string;
    } = {},
  ): { answers: Answer[]; printed: string } {
    const nodes = Object.entries(names).map(([name, device]) => {
      const number = readFileSync(`/sys/class/block/${basename(device)}/dev`, 'utf8').trim();
      return `mknod -m 660 /dev/${name} b ${number.replace(':', ' ')}`;
    });
    // The names are given by udev, from the serial numbers.
    const links = Object.entries(more.volume ?? {}).map(
      ([id, name]) => `ln -s /dev/${name} /dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_${id.replace('vol-', 'vol')}`,
    );
    const runs = scripts.map(({ script, values }, index) => {
      const file = join(this.#folder, `script-${index}.sh`);
      // This computer need not have booted with systemd.
      const text = hostScriptText(script).replace(/^need systemd /m, 'need ');
      writeFileSync(file, more.edit?.(text) ?? text);
      const given = Object.entries(values).map(([name, value]) => `SSM_${name}='${value}'`);
      return `env ${given.join(' ')} bash ${file} 2>/dev/null || true`;
    });
    const script = [
      'mount --make-rprivate /',
      'mount -t tmpfs tmpfs /run',
      'mount -t tmpfs tmpfs /dev',
      'mknod -m 666 /dev/null c 1 3',
      'mkdir -p /dev/disk/by-id && ln -s /proc/self/fd /dev/fd',
      ...nodes,
      ...links,
      more.before ?? 'true',
      ...runs,
      'echo ---',
      more.after ?? 'true',
    ].join('\n');
    const file = join(this.#folder, 'all.sh');
    writeFileSync(file, script);
    const output = sh(`unshare --mount bash -eu ${file}`);
    const [lines = '', printed = ''] = output.split('---\n');
    return {
      answers: lines
        .split('\n')
        .filter((line) => line.startsWith('{'))
        .map((line) => JSON.parse(line) as Answer),
      printed: printed.replace(/^---$/, '').trim(),
    };
  }

  get folder(): string {
    return this.#folder;
  }

  stop(): void {
    for (const loop of this.#loops) spawnSync('losetup', ['--detach', loop]);
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** The id of the volume whose copy is mounted. */
export const volumeId = 'vol-0123456789abcdef0';
export const xfs = 'mkfs.xfs -q -f';
export const ext4 = 'mkfs.ext4 -q -F';
export const btrfs = 'mkfs.btrfs -q -f';
/** Not every kernel has it. */
export const hasBtrfs = readFileSync('/proc/filesystems', 'utf8').includes('btrfs');
export const noise = Buffer.alloc(64, 0xa7);

/** An empty folder for the copy. */
export function mountPoint(disks: Disks): string {
  const folder = join(disks.folder, 'copy');
  sh(`mkdir -p ${folder}`);
  return folder;
}

/** Runs mount-copy on a disk. @param after what to run once it is mounted, and to print */
export function mountCopy(disks: Disks, loop: string, more: Record<string, string> = {}, after?: string) {
  const values = {
    VolumeId: volumeId,
    MountPoint: mountPoint(disks),
    WaitSeconds: '1',
    Device: '',
    Partition: '0',
    Filesystem: 'xfs',
    ...more,
  };
  const name = values.Device || 'nvme1n1';
  const volume: Record<string, string> = values.Device === '' ? { [volumeId]: name } : {};
  const { answers, printed } = disks.run({ [name]: loop }, [{ script: 'mount-copy', values }], {
    volume,
    ...(after === undefined ? {} : { after }),
  });
  return { answer: answers[0], printed };
}
