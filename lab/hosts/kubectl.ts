/** The real kubectl, out of a newer Debian than this computer's: Debian 12 has 1.20, which speaks the old protocol (SPDY) alone. */
import { join } from 'node:path';
import { newerPrograms } from './unpacked.ts';

/** The folder of kubectl (1.32, which prefers WebSocket, as kubectl does since 1.31). @throws Error with apt's message */
export async function kubectlFolder(): Promise<string> {
  return join(await newerPrograms(['kubectl']), 'usr/bin');
}
