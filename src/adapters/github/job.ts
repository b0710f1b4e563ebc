/** A name for the job that this process belongs to. */
import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * The jobs of a matrix share all that GitHub says of them to a process, but the name of a runner, which "may not be unique in a workflow
 * run". `RUNNER_TEMP` "is emptied at the beginning and end of each job" (both GitHub Docs, "Variables reference"), so a file there names the
 * job, and all of its steps find it. Without that folder each call gives another name.
 */
export function currentJob(folder = process.env.RUNNER_TEMP ?? ''): string {
  const made = randomUUID();
  if (folder === '') return made;
  const file = join(folder, 'holdfast-job');
  try {
    writeFileSync(file, made, { flag: 'wx' });
    return made;
  } catch {
    return nameIn(file) ?? made;
  }
}

function nameIn(file: string): string | undefined {
  try {
    const text = readFileSync(file, 'utf8');
    return uuid.test(text) ? text : undefined;
  } catch {
    return undefined;
  }
}
