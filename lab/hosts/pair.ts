/** The machines behind the instances: their storage, the source with its database, and the verification host. */
import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Container } from './container.ts';
import { sampleImage } from './database.ts';
import type { Host, LabHosts, StoredImage } from './host.ts';
import { runtimeFolder } from './places.ts';
import { createPool } from './storage.ts';

export interface RoomOptions {
  readonly directory: string;
  /** Folder for what is made once for each machine. */
  readonly cache: string;
  readonly source: { readonly id: string; readonly name: string; readonly volumeId: string };
  readonly verification: { readonly id: string; readonly name: string };
  readonly say: (text: string) => void;
}

export interface Room extends LabHosts {
  readonly data: StoredImage;
  /** Folder of sockets that the source host has in /run/postgresql. */
  readonly sockets: string;
  stop(): Promise<void>;
}

export async function createMachineRoom(options: RoomOptions): Promise<Room> {
  const { directory, source, verification, say } = options;
  const runtime = runtimeFolder(directory);
  mkdirSync(runtime, { recursive: true, mode: 0o755 });
  const sockets = join(runtime, 'sockets');
  mkdirSync(sockets, { recursive: true });
  // The database server is not root.
  chmodSync(sockets, 0o777);
  const ending: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (const end of ending.splice(0).reverse()) await end();
    rmSync(runtime, { recursive: true, force: true });
  };
  try {
    const sample = await sampleImage(options.cache, say);
    const pool = await createPool(directory, runtime);
    ending.push(() => pool.stop());
    const data = await pool.bring(sample, source.volumeId, 1);
    const hosts = new Map<string, Host>();
    const machine = async (
      one: { id: string; name: string },
      mountPoint: string,
      shared?: string,
    ): Promise<Container> => {
      const container = new Container({
        instanceId: one.id,
        name: one.name,
        runtime,
        labDirectory: directory,
        mountPoint,
        sockets: shared,
      });
      ending.push(() => container.destroy());
      await container.prepare();
      hosts.set(one.id, container);
      return container;
    };
    await machine(verification, '/ibdata-backup');
    const host = await machine(source, '/ibdata', sockets);
    say(`booting ${source.name}`);
    await host.boot();
    await host.attach(source.volumeId, data);
    say('starting its database');
    // Other labs on this machine have the same sample mounted: one kernel, one UUID.
    const started = await host.run(
      '#!/bin/bash\nset -e\nmount -t xfs -o nouuid /dev/nvme1n1 /ibdata\nsystemctl start mysqld-ib\n',
      {},
      AbortSignal.timeout(60_000),
    );
    if (started.exitCode !== 0) throw new Error(`the database of ${source.name} does not start: ${started.stderr}`);
    return { storage: pool, host: (id) => hosts.get(id), data, sockets, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Where a repository keeps the lab's cache. */
export function cacheFolder(labs: string): string {
  return join(labs, 'cache');
}
