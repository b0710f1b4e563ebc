/** Runs programs of this computer. */
import { execFile, spawn } from 'node:child_process';

export interface Output {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

/** Runs a program and gives its standard output. @throws Error with its message when it fails */
export function command(program: string, ...parameters: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(program, parameters, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      if (error) reject(new Error(`${program} ${parameters.join(' ')}: ${stderr.trim() || error.message}`));
      else resolve(stdout.trim());
    });
  });
}

/** Whether a program succeeds. */
export async function attempt(program: string, ...parameters: string[]): Promise<boolean> {
  return command(program, ...parameters).then(
    () => true,
    () => false,
  );
}

/** Runs a program in a process group of its own. An abort sends SIGKILL to the whole group. */
export function grouped(
  program: string,
  parameters: readonly string[],
  environment: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Output> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, parameters, {
      env: { ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    const kill = (): void => {
      try {
        if (child.pid) process.kill(-child.pid, 'SIGKILL');
      } catch {
        // It has ended meanwhile.
      }
    };
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    if (signal.aborted) kill();
    signal.addEventListener('abort', kill, { once: true });
    child.on('error', reject);
    child.on('close', (code, name) => {
      signal.removeEventListener('abort', kill);
      const exitCode = code ?? (name === 'SIGKILL' ? 137 : 143);
      resolve({ stdout: Buffer.concat(out).toString('utf8'), stderr: Buffer.concat(err).toString('utf8'), exitCode });
    });
  });
}

export const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Unmounts a folder. What a dying container still uses is waited for, three seconds; then the kernel unmounts it later. */
export async function unmount(folder: string): Promise<void> {
  for (let tries = 0; tries < 60; tries += 1) {
    if (await attempt('umount', folder)) return;
    if (!(await attempt('mountpoint', '--quiet', folder))) return;
    await pause(50);
  }
  await attempt('umount', '--lazy', folder);
}
