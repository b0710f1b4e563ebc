/** Finds and kills the processes that a job has started, whatever group or session they have moved to. */
import { readdirSync, readFileSync } from 'node:fs';

/** Processes with this `RUNNER_TRACKING_ID` in their environment, by which GitHub's runner finds them too. */
export function tracked(trackingId: string): number[] {
  return withEnvironment(`RUNNER_TRACKING_ID=${trackingId}\0`);
}

/** Processes of jobs whose files lie below this folder, such as a killed lab may have left. */
export function runningUnder(directory: string): number[] {
  return withEnvironment(`RUNNER_TEMP=${directory}/`);
}

function withEnvironment(wanted: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return `${readFileSync(`/proc/${pid}/environ`, 'latin1')}\0`.includes(wanted);
      } catch {
        return false;
      }
    });
}

/** Sends SIGKILL to all processes of a job. */
export function killTracked(trackingId: string): void {
  killAll(() => tracked(trackingId));
}

/** Sends SIGKILL until no process is found: one may fork in between. */
export function killAll(find: () => number[]): void {
  for (let round = 0; round < 20; round += 1) {
    const pids = find();
    if (pids.length === 0) return;
    for (const pid of pids) signal(pid, 'SIGKILL');
  }
}

/** Sends a signal; a process that is gone already is not an error. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
