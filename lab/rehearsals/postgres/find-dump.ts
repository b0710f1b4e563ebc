/** Finds a running pg_dump among the processes of this computer. */
import { readdirSync, readFileSync } from 'node:fs';

/** The process id of the pg_dump that writes an archive of the server at this port, which its environment names. */
export function findDump(port: number): number | undefined {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .find(
      (pid) =>
        /\/pg_dump\0.*--format=custom/s.test(read(`/proc/${pid}/cmdline`)) &&
        read(`/proc/${pid}/environ`).split('\0').includes(`PGPORT=${port}`),
    );
}

/** Empty for a process that has ended. */
function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
