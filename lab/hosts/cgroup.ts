/**
 * Control groups, one for each host. systemd names the groups of its services after the units: two containers in one
 * group would share them, and the systemd of one host would remove a group that another host uses.
 */
import { existsSync, mkdirSync, readdirSync, rmdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pause } from './command.ts';

/** The hierarchies in which systemd keeps its units: that of version 1, and that of version 2, alone or beside version 1. */
function hierarchies(): string[] {
  const version1 = '/sys/fs/cgroup/systemd';
  const version2 = ['/sys/fs/cgroup/unified', '/sys/fs/cgroup'].find((folder) =>
    existsSync(join(folder, 'cgroup.controllers')),
  );
  return [...(existsSync(join(version1, 'cgroup.procs')) ? [version1] : []), ...(version2 ? [version2] : [])];
}

function groupName(runtime: string, host: string): string {
  return `holdfast-lab-${basename(runtime)}-${host}`;
}

/** Makes the groups of a host. A process joins them by writing its number to the files that are returned. */
export function makeGroups(runtime: string, host: string): string[] {
  return hierarchies().map((folder) => {
    const group = join(folder, groupName(runtime, host));
    mkdirSync(group, { recursive: true });
    return join(group, 'cgroup.procs');
  });
}

/** Removes the groups of one host, or of all hosts of a lab, as soon as no process is in them. */
export async function removeGroups(runtime: string, host = ''): Promise<void> {
  for (let tries = 0; tries < 60; tries += 1) {
    const left = hierarchies().flatMap((folder) =>
      readdirSync(folder)
        .filter((entry) => entry.startsWith(groupName(runtime, host)))
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
    // A process in it has not ended yet.
  }
}
