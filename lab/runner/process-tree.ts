/** Finds and ends the processes a job has started, whatever group or session they moved to. */
import { readdirSync, readFileSync } from 'node:fs';

/** Processes whose environment carries this `RUNNER_TRACKING_ID`, the mark the real runner also cleans up by. */
export function tracked(trackingId: string): number[] {
  return withEnvironment(`RUNNER_TRACKING_ID=${trackingId}\0`);
}

/** Processes of any job whose files lie under this folder: what a killed lab may have left running. */
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

/** SIGKILL to all of them. */
export function killTracked(trackingId: string): void {
  killAll(() => tracked(trackingId));
}

/** SIGKILL, again until none is found (a process may fork while it is looked at). */
export function killAll(find: () => number[]): void {
  for (let round = 0; round < 20; round += 1) {
    const pids = find();
    if (pids.length === 0) return;
    for (const pid of pids) signal(pid, 'SIGKILL');
  }
}

/** Sends a signal; a process that is gone already is no error. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
