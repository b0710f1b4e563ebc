/** The hosts behind the instances, with their disks: the source and its database, and the verification host of each region. */
import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Output } from './command.ts';
import { Container } from './container.ts';
import type { Host, Hypervisor, LabHosts, StoredImage } from './host.ts';
import { rootPassword } from './old-host/userland.ts';
import { runtimeFolder } from './places.ts';
import type { HostProfile } from './root-filesystem.ts';
import { createPool, type Pool } from './storage.ts';

/** A host, as EC2 names its instance. */
export interface HostName {
  readonly id: string;
  readonly name: string;
}

/** The instance that is backed up. */
export const source = { id: 'i-0a5be1d9c3f2e7a01', name: 'ib01.prod' } as const;
/** The instance on which backups are restored. */
export const verification = { id: 'i-0f84c6b27d1e93a02', name: 'ib02.dev' } as const;
/** The data volume of the source. */
export const dataVolumeId = 'vol-0d47f2a9e61b8c302';

/** How the hosts see their disks, and how the source's data lie on theirs. */
export interface DiskOptions {
  readonly hypervisor: Hypervisor;
  readonly filesystem: 'xfs' | 'ext4';
  /** Number of the partition with the data; 0 for the whole disk. */
  readonly partition: number;
}

export const usualDisks: DiskOptions = { hypervisor: 'nitro', filesystem: 'xfs', partition: 0 };

/** The device name of the source's data volume in EC2. */
export const dataDevice = '/dev/sdf';

export interface PairOptions {
  /** The lab's folder. */
  readonly directory: string;
  /** Image file with the database of the source. */
  readonly sampleVolume: string;
  readonly profile: HostProfile;
  readonly disks: DiskOptions;
  /** Further verification hosts, in other regions. */
  readonly further?: readonly HostName[] | undefined;
  readonly report: (text: string) => void;
}

export interface HostPair extends LabHosts {
  /** The source's data volume. */
  readonly data: StoredImage;
  /** Folder that the source host has as /run/postgresql: sockets in it are the only way into a host without network. */
  readonly sockets: string;
  /** Runs a script on the source, past SSM: for tests and benchmarks. */
  runOnSource(script: string): Promise<Output>;
  /** Whether the database of the source answers a query. */
  sourceAnswers(): Promise<boolean>;
  stop(): Promise<void>;
}

// nouuid: labs that run at the same time mount copies of the same filesystem, which have the same UUID.
const startDatabase = ({ hypervisor, filesystem, partition }: DiskOptions): string => {
  const disk = { nitro: '/dev/nvme1n1', xen: '/dev/xvdf', 'xen-rhel6': '/dev/xvdj' }[hypervisor];
  const number = `${hypervisor === 'nitro' ? 'p' : ''}${partition}`;
  return `#!/bin/bash
set -e
mount -t ${filesystem} ${filesystem === 'xfs' ? '-o nouuid ' : ''}${disk}${partition === 0 ? '' : number} /ibdata
systemctl start mysqld-ib
`;
};
// The server of an old host asks root for the password in root's option file.
const askForPassword = `#!/bin/sh
mariadb --no-defaults --socket=/tmp/mysql-ib.sock <<'SQL'
ALTER USER root@localhost IDENTIFIED BY '${rootPassword}';
SQL
`;
/** Milliseconds after which a script hangs, however busy the computer is. */
const hangs = 300_000;

const queryDatabase = `#!/bin/sh
export HOME=/root
exec mariadb --socket=/tmp/mysql-ib.sock --connect-timeout=20 --batch --skip-column-names --execute 'SELECT 1'
`;

/** Boots the source and starts its database; what verifies is prepared and stays off. */
export async function startHostPair(options: PairOptions): Promise<HostPair> {
  const { directory, profile } = options;
  const { hypervisor, partition } = options.disks;
  const runtime = runtimeFolder(directory);
  const sockets = makeFolders(runtime);
  const stops: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (const one of stops.splice(0).reverse()) await one();
    rmSync(runtime, { recursive: true, force: true });
  };
  const prepare = async (instance: HostName, more: { mountPoint: string; sockets?: string }) => {
    const host = new Container({
      instanceId: instance.id,
      name: instance.name,
      runtime,
      labDirectory: directory,
      profile,
      hypervisor,
      ...more,
    });
    stops.push(() => host.destroy());
    await host.prepare();
    return host;
  };
  try {
    const pool = await createPool(directory, runtime);
    stops.push(() => pool.stop());
    const data = await pool.add(options.sampleVolume, dataVolumeId, 1, partition);
    const verifying: Container[] = [];
    for (const one of [verification, ...(options.further ?? [])])
      verifying.push(await prepare(one, { mountPoint: '/ibdata-backup' }));
    const sourceHost = await prepare(source, { mountPoint: '/ibdata', sockets });
    // A host on Xen is told which disk is which by its root's name.
    if (hypervisor !== 'nitro')
      for (const host of [sourceHost, ...verifying])
        await host.attach(`root-${host.instanceId}`, pool.blank(`root-${host.instanceId}`, 8), '/dev/xvda');
    await bootSource(sourceHost, data, options);
    return { ...pairOf(pool, sourceHost, verifying), data, sockets, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function makeFolders(runtime: string): string {
  const sockets = join(runtime, 'sockets');
  mkdirSync(sockets, { recursive: true, mode: 0o755 });
  // The database server, which makes its socket there, is not root.
  chmodSync(sockets, 0o777);
  return sockets;
}

async function bootSource(host: Container, data: StoredImage, { report, profile, disks }: PairOptions): Promise<void> {
  report(`booting ${source.name}`);
  await host.boot();
  await host.attach(dataVolumeId, data, dataDevice);
  report(`starting the database of ${source.name}`);
  for (const script of [startDatabase(disks), ...(profile === 'old-host' ? [askForPassword] : [])]) {
    const started = await host.run(script, {}, AbortSignal.timeout(hangs));
    if (started.exitCode !== 0) throw new Error(`the database of ${source.name} does not start: ${started.stderr}`);
  }
}

function pairOf(storage: Pool, sourceHost: Host, verifying: readonly Host[]) {
  const hosts = new Map([sourceHost, ...verifying].map((host) => [host.instanceId, host]));
  return {
    storage,
    host: (id: string) => hosts.get(id),
    runOnSource: (script: string) => sourceHost.run(script, {}, AbortSignal.timeout(hangs)),
    sourceAnswers: async () => (await sourceHost.run(queryDatabase, {}, AbortSignal.timeout(30_000))).exitCode === 0,
  };
}
