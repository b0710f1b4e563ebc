/** Folders of a lab outside its own: the users of its containers and servers must be able to enter them. */
import { createHash } from 'node:crypto';
import { basename, join } from 'node:path';

/** Folder for everything that is mounted or running for a lab. It follows from the lab's own folder, so `down` finds it. */
export function runtimeFolder(labDirectory: string): string {
  const digest = createHash('sha256').update(labDirectory).digest('hex').slice(0, 8);
  return join('/run/holdfast-lab', `${basename(labDirectory)}-${digest}`);
}

export const serverKinds = ['postgres', 'mysql', 'mongodb'] as const;

const shortNames = { postgres: 'pg', mysql: 'my', mongodb: 'mo' } as const;

/**
 * Folder of the lab's servers of one kind. On disk, since a dump may be larger than memory; short, since sockets lie in it, whose
 * paths have 107 bytes at most (man 7 unix).
 */
export function serversFolder(labDirectory: string, kind: (typeof serverKinds)[number]): string {
  return join('/var/tmp', `holdfast-${basename(runtimeFolder(labDirectory))}-${shortNames[kind]}`);
}
