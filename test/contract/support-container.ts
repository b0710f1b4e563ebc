/** Builds and runs container images with what this computer has, in a storage of the test's own. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cacheFolder } from '../../lab/hosts/cached.ts';
import { makeDebian } from '../../lab/hosts/debian.ts';
import { installPackages } from '../../scripts/lib/debian.ts';

export interface Ended {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

/** One way to build and to run. */
interface Way {
  readonly name: string;
  readonly command: readonly string[];
  readonly build: readonly string[];
  readonly run: readonly string[];
}

/**
 * Podman as root as it usually works; in a mount namespace without the second version's control groups, where the computer has both
 * and crun refuses them, within the limits that this process has; and docker, where a daemon runs.
 */
function waysOf(storage: string): Way[] {
  const podman = ['podman', '--root', join(storage, 'images'), '--runroot', join(storage, 'run')];
  const own = [...podman, '--cgroup-manager=cgroupfs', '--events-backend=none'];
  const apart = 'umount --lazy /sys/fs/cgroup/unified 2>/dev/null; exec "$@"';
  const limits = ['--ulimit=nofile=1024:1024', '--ulimit=nproc=4096:4096'];
  return [
    { name: 'podman', command: own, build: [], run: [] },
    {
      name: 'podman without control groups',
      command: ['unshare', '--mount', 'sh', '-c', apart, 'sh', ...own],
      build: ['--isolation=chroot'],
      run: ['--cgroups=disabled', ...limits],
    },
    { name: 'docker', command: ['docker'], build: [], run: [] },
  ];
}

/** A Debian of this suite as an archive, made once. @throws Error with the program's words */
export async function debianArchive(suite: string): Promise<string> {
  const path = join(cacheFolder, `debian-minbase-${suite}.tar`);
  if (existsSync(path) && statSync(path).isFile()) return path;
  rmSync(path, { recursive: true, force: true });
  mkdirSync(cacheFolder, { recursive: true });
  const unfinished = `${path}.${process.pid}`;
  await makeDebian(unfinished, { suite, format: 'tar' });
  renameSync(unfinished, path);
  return path;
}

function execute(words: readonly string[]): Ended {
  const [program = '', ...parameters] = words;
  const { status, stdout, stderr } = spawnSync(program, parameters, { encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 });
  return { status: status ?? 1, out: stdout ?? '', err: stderr ?? '' };
}

/** Podman mounts a folder of its storage upon itself. */
function removeStorage(storage: string): void {
  spawnSync('umount', [join(storage, 'images', 'overlay')]);
  rmSync(storage, { recursive: true, force: true });
}

export class Containers {
  readonly #way: Way;
  readonly #storage: string;

  private constructor(way: Way, storage: string) {
    this.#way = way;
    this.#storage = storage;
  }

  /**
   * Finds a way by running something in an image.
   * @param archive of the image's files, imported under the name
   * @returns why there is none: what each way said
   */
  static open(archive: string, name: string): Containers | string {
    if (spawnSync('docker', ['info']).status !== 0) installPackages(['podman'], 'the build of the ops image');
    const storage = mkdtempSync(join(tmpdir(), 'holdfast-images-'));
    const refusals: string[] = [];
    for (const way of waysOf(storage)) {
      const imported = execute([...way.command, 'import', archive, name]);
      const tried = imported.status === 0 ? new Containers(way, storage).run(name, [], ['true']) : imported;
      if (tried.status === 0) return new Containers(way, storage);
      refusals.push(`${way.name}: ${tried.err.trim().split('\n').at(-1)}`);
    }
    removeStorage(storage);
    return refusals.join('; ');
  }

  get name(): string {
    return this.#way.name;
  }

  build(context: string, tag: string, values: Readonly<Record<string, string>>): Ended {
    const { command, build } = this.#way;
    const args = Object.entries(values).map(([name, value]) => `--build-arg=${name}=${value}`);
    return execute([...command, 'build', '--network=host', ...build, ...args, '--tag', tag, context]);
  }

  /** @param options of the engine, before the image */
  run(image: string, options: readonly string[], words: readonly string[]): Ended {
    return execute(this.#runWords(image, options, words));
  }

  /** The same while this process goes on: servers of the test in it answer. */
  async runBeside(image: string, options: readonly string[], words: readonly string[]): Promise<Ended> {
    const [program = '', ...parameters] = this.#runWords(image, options, words);
    const child = spawn(program, parameters, { stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    let err = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      err += text;
    });
    const status = await new Promise<number>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => resolve(code ?? 1));
    });
    return { status, out, err };
  }

  #runWords(image: string, options: readonly string[], words: readonly string[]): string[] {
    const { command, run } = this.#way;
    return [...command, 'run', '--rm', '--network=host', ...run, ...options, image, ...words];
  }

  /** What the image says of itself. */
  inspect(image: string): { readonly Config: Readonly<Record<string, unknown>> } {
    const { out } = execute([...this.#way.command, 'image', 'inspect', image]);
    return (JSON.parse(out) as { Config: Record<string, unknown> }[])[0] ?? { Config: {} };
  }

  /** Removes the images with these names, and the storage. */
  remove(images: readonly string[]): void {
    execute([...this.#way.command, 'rmi', '--force', ...images]);
    removeStorage(this.#storage);
  }
}
