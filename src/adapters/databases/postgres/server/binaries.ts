/** Finds the installed PostgreSQL servers. */
import { existsSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseVersion, type Version } from '../../../../dump/engines/postgres/tools.ts';
import { runProgram } from '../../programs.ts';
import { toolFolders } from '../installed-tools.ts';
import { rootEnvironment } from './privileges.ts';

export interface ServerPrograms {
  /** Folder of initdb and postgres, without links in its path. */
  readonly folder: string;
  readonly version: Version;
}

/** Seconds in which a program must print its version. */
const versionSeconds = 30;

/** Lists the folders with initdb and postgres. Servers that do not run are left out. */
export async function findServers(signal?: AbortSignal): Promise<readonly ServerPrograms[]> {
  const found = new Map<string, ServerPrograms>();
  for (const folder of toolFolders(['initdb', 'postgres'])) {
    const real = dirname(realpathSync(join(folder, 'postgres')));
    if (found.has(real) || !existsSync(join(real, 'initdb'))) continue;
    const program = join(real, 'postgres');
    const text = await runProgram({
      program,
      parameters: ['--version'],
      environment: rootEnvironment,
      what: program,
      timeoutSeconds: versionSeconds,
      signal,
    }).catch(() => '');
    signal?.throwIfAborted();
    const version = parseVersion(text);
    if (version) found.set(real, { folder: real, version });
  }
  return [...found.values()];
}

/** The smallest series that can hold a dump of the source, in its newest release. */
export function chooseServer(servers: readonly ServerPrograms[], major: number): ServerPrograms | undefined {
  return servers
    .filter(({ version }) => version.major >= major)
    .toSorted((a, b) => a.version.major - b.version.major || b.version.minor - a.version.minor)[0];
}

/** Where builds keep their loadable libraries, beside the folder of the programs. */
const libraryFolders = ['../lib', '../lib/postgresql', '../lib/pgsql', '../lib64/pgsql', '../lib64/postgresql'];

/** Whether the server has a loadable library. */
export function hasLibrary({ folder }: ServerPrograms, name: string): boolean {
  return libraryFolders.some((beside) => existsSync(join(folder, beside, `${name}.so`)));
}
