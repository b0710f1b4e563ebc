/** A real container (podman) on the source host, with what the host has: for dumps that run in one. */
import type { HostPair } from './pair.ts';

/** It has the host's network, and the folder of its sockets. @throws Error when podman cannot start it */
export async function startContainer(pair: Pick<HostPair, 'runOnSource'>, name: string): Promise<void> {
  // On the lab's own overlay, only the vfs driver works.
  const { exitCode, stderr } = await pair.runOnSource(`#!/bin/bash
set -e
mkdir -p /etc/containers
printf '[storage]\\ndriver = "vfs"\\nrunroot = "/run/containers/storage"\\ngraphroot = "/var/lib/containers/storage"\\n' >/etc/containers/storage.conf
podman run --quiet --detach --name ${name} --cgroups=disabled --network=host --volume /run/postgresql:/run/postgresql --rootfs /:O sleep 3600
`);
  if (exitCode !== 0) throw new Error(`the container ${name} cannot be started: ${stderr}`);
}
