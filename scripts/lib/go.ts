/**
 * The Go that builds programs of others: this computer's, or else the pinned release, which Go's proxy has as a module and which any Go since
 * 1.21 fetches by itself (https://go.dev/doc/toolchain). Where there is none, Debian's package is unpacked for that.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { newerPrograms } from '../../lab/hosts/unpacked.ts';
import { atLeast, ToolMissing } from './missing.ts';

/** What the programs ask for at least. */
export const leastGo = [1, 25] as const;
/** Its hash is in Go's public database of checksums. */
export const pinnedGo = '1.25.12';
const fetchesItself = [1, 21] as const;

export interface Go {
  readonly program: string;
  /** Such as 1.25. */
  readonly version: string;
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * @param own version of this computer's Go, such as 1.19; empty: it has none
 * @param unpack gives the folder of Debian's Go
 * @throws ToolMissing
 */
export async function findGo(own = ownVersion(), unpack = debiansGo): Promise<Go> {
  // Nothing but what this computer has: a newer one is not fetched.
  if (atLeast(own, leastGo)) return { program: 'go', version: own, environment: { GOTOOLCHAIN: 'local' } };
  const version = pinnedGo.replace(/\.\d+$/, '');
  const environment = { GOTOOLCHAIN: `go${pinnedGo}` };
  if (atLeast(own, fetchesItself)) return { program: 'go', version, environment };
  const folder = await unpack().catch((error: Error) => {
    const [reason] = error.message.trim().split('\n').slice(-1);
    const found = own === '' ? 'none' : `Go ${own}`;
    throw new ToolMissing(
      `it is built with Go ${leastGo.join('.')} or newer, this computer has ${found}, and Debian's was not to be had: ${reason}`,
    );
  });
  return { program: join(folder, 'bin', 'go'), version, environment: { ...environment, GOROOT: folder } };
}

function ownVersion(): string {
  const { status, stdout } = spawnSync('go', ['version'], {
    encoding: 'utf8',
    env: { ...process.env, GOTOOLCHAIN: 'local' },
  });
  return (status === 0 && /go version go(\d+\.\d+)/.exec(stdout)?.[1]) || '';
}

async function debiansGo(): Promise<string> {
  return join(await newerPrograms(['golang-1.24-go', 'golang-1.24-src']), 'usr/lib/go-1.24');
}
