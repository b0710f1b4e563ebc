/** The one way out of a host, which has no network: AWS's endpoint, under the address that it has outside. */
import { chmodSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import type { Room } from './pair.ts';

/** What curl on the host sends to the endpoint's address arrives at the endpoint. */
export async function bridgeToHost(room: Room, instanceId: string, url: string): Promise<{ stop(): Promise<void> }> {
  const { hostname, port } = new URL(url);
  const path = join(room.sockets, 'aws');
  const open = new Set<{ destroy(): void }>();
  const server = createServer((inside) => {
    const outside = connect(Number(port), hostname);
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
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  chmodSync(path, 0o666);
  const started = await room
    .host(instanceId)
    ?.run(
      `#!/bin/bash\nsystemd-run --quiet --unit=lab-aws --socket-property=ListenStream=${hostname}:${port} /lib/systemd/systemd-socket-proxyd /run/postgresql/aws\n`,
      {},
      AbortSignal.timeout(30_000),
    );
  if (started?.exitCode !== 0) throw new Error(`the host has no way to AWS: ${started?.stderr}`);
  return {
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const one of open) one.destroy();
      }),
  };
}
