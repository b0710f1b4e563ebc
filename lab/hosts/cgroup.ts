/**
 * A control group for each host. Containers that share one would share the groups of their services too, since those
 * are named after the units, and one host's systemd would remove a group from under another's.
 */
import { existsSync, mkdirSync, readdirSync, rmdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pause } from './command.ts';

/** Hierarchies in which systemd keeps its units: version 1's own, or version 2's, mounted alone or beside version 1. */
function hierarchies(): string[] {
  const version1 = '/sys/fs/cgroup/systemd';
  const version2 = ['/sys/fs/cgroup/unified', '/sys/fs/cgroup'].find((folder) =>
    existsSync(join(folder, 'cgroup.controllers')),
  );
  return [...(existsSync(join(version1, 'cgroup.procs')) ? [version1] : []), ...(version2 ? [version2] : [])];
}

function name(runtime: string, host: string): string {
  return `holdfast-lab-${basename(runtime)}-${host}`;
}

/** Makes the groups of a host; gives back the files into which a process writes itself to be in them. */
export function makeGroups(runtime: string, host: string): string[] {
  return hierarchies().map((folder) => {
    const group = join(folder, name(runtime, host));
    mkdirSync(group, { recursive: true });
    return join(group, 'cgroup.procs');
  });
}

/** Removes the groups of a lab's hosts, or of one host, once the last process in them is gone. */
export async function removeGroups(runtime: string, host = ''): Promise<void> {
  for (let tries = 0; tries < 60; tries += 1) {
    const left = hierarchies().flatMap((folder) =>
      readdirSync(folder)
        .filter((entry) => entry.startsWith(name(runtime, host)))
        .map((entry) => join(folder, entry)),
    );
    if (left.length === 0) return;
    for (const group of left) remove(group);
    await pause(50);
  }
}

function remove(group: string): void {
  for (const entry of readdirSync(group, { withFileTypes: true }))
    if (entry.isDirectory()) remove(join(group, entry.name));
  try {
    rmdirSync(group);
  } catch {
    // A process is still on its way out.
  }
}
