/** Whole commands, timed with the memory they take. */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

export const engineNames = ['postgres', 'mysql', 'mongodb'] as const;
export type EngineName = (typeof engineNames)[number];

export interface Measured {
  readonly seconds: number;
  /** Highest sum of the resident memory of all its processes, looked at every 50 ms, in MiB. */
  readonly memory: number;
  /** Seconds of processors that its processes took, without servers: other work on the computer lengthens these hardly. */
  readonly cpu: number;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** Resident MiB of the process group. */
function resident(group: number): number {
  let sum = 0;
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const fields = read(`/proc/${pid}/stat`).split(') ')[1]?.split(' ');
    if (Number(fields?.[2]) === group) sum += Number(/^VmRSS:\s+(\d+)/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0);
  }
  return sum / 1024;
}

const cpuMark = 'seconds of processors:';

/** What bash's `time` wrote last (Bash manual, "Pipelines"). */
function cpuOf(errors: string): number {
  const [, user, system] = new RegExp(`${cpuMark} ([\\d.]+) ([\\d.]+)\\s*$`).exec(errors) ?? [];
  return Number(user) + Number(system);
}

/** Runs a line of shell with pipefail. @param onErrors gets what it writes to standard error @throws Error when it fails */
export function measure(
  line: string,
  environment: Readonly<Record<string, string>> = {},
  onErrors: (text: string) => void = () => {},
): Promise<Measured> {
  return new Promise((resolve, reject) => {
    const began = performance.now();
    const child = spawn('bash', ['-c', `set -euo pipefail; TIMEFORMAT='${cpuMark} %U %S'; time { ${line}; }`], {
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, LC_ALL: 'C.UTF-8', ...environment },
    });
    let errors = '';
    let memory = 0;
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      onErrors(text);
      errors = (errors + text).slice(-2000);
    });
    const timer = setInterval(() => {
      memory = Math.max(memory, resident(child.pid ?? 0));
    }, 50);
    child.on('error', reject);
    child.on('close', (status) => {
      clearInterval(timer);
      if (status === 0) resolve({ seconds: (performance.now() - began) / 1000, memory, cpu: cpuOf(errors) });
      else reject(new Error(`"${line}" ended with ${status}: ${errors}`));
    });
  });
}

export interface Contender {
  readonly name: string;
  readonly line: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** The file it writes, whose size is shown. */
  readonly output?: string;
}
