/** The way from the source host to a server of the lab. A host has no network, but finds the server at its usual address. */
import { chmodSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { realPrograms } from './old-host/stand-in.ts';
import type { HostPair } from './pair.ts';

/**
 * A unit on the host listens at the server's address, and passes every connection to a socket shared with us.
 * @param name of socket and unit: `aws`
 * @param portOnHost the server's own, if not given
 */
export async function bridgeToSource(
  pair: HostPair,
  name: string,
  url: string,
  portOnHost?: number,
): Promise<{ stop(): Promise<void> }> {
  const { hostname, port } = new URL(url);
  const open = new Set<Socket>();
  const server = createServer((inside) => couple(inside, connect(Number(port), hostname), open));
  await listen(server, join(pair.sockets, name));
  const started = await pair.runOnSource(`#!/bin/bash
# An old host has the real program behind its stand-in.
run=$(command -v ${realPrograms}/systemd-run || command -v systemd-run)
"$run" --quiet --unit=lab-${name} --socket-property=ListenStream=${hostname}:${portOnHost ?? port} /lib/systemd/systemd-socket-proxyd /run/postgresql/${name}
`);
  if (started.exitCode !== 0) server.close();
  if (started.exitCode !== 0) throw new Error(`the source host cannot reach ${url}: ${started.stderr}`);
  return {
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
  };
}

/** Passes bytes both ways; the end of one connection is the end of the other. */
function couple(inside: Socket, outside: Socket, open: Set<Socket>): void {
  for (const [one, other] of [
    [inside, outside],
    [outside, inside],
  ] as const) {
    open.add(one);
    one.on('error', () => other.destroy());
    one.on('close', () => {
      open.delete(one);
      other.destroy();
    });
  }
  inside.pipe(outside).pipe(inside);
}

async function listen(server: Server, path: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  // The proxy on the host does not run as root.
  chmodSync(path, 0o666);
}
