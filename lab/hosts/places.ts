/** Where a lab keeps what must not lie in its own folder: mounts, which the users of its containers must reach. */
import { createHash } from 'node:crypto';
import { basename, join } from 'node:path';

/** Folder of the lab's PostgreSQL servers: their user must be able to enter it, and a dump may be large. */
export function postgresFolder(labDirectory: string): string {
  return join('/var/tmp', `holdfast-lab-${basename(runtimeFolder(labDirectory))}`);
}

/** Everything mounted or running for a lab stands below this folder, so that it can be found by the lab's own. */
export function runtimeFolder(labDirectory: string): string {
  const digest = createHash('sha256').update(labDirectory).digest('hex').slice(0, 8);
  return join('/run/holdfast-lab', `${basename(labDirectory)}-${digest}`);
}
