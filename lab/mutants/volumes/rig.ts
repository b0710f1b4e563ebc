/** Two hosts of the lab: a source whose database has every shape, and the host on which its copies are proven. */
import { mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { newLabDirectory } from '../../directory.ts';
import { command } from '../../hosts/command.ts';
import { dataFolder, installDatabase } from '../../hosts/mariadb.ts';
import { dataVolumeId, type HostPair, source, startHostPair, usualDisks, verification } from '../../hosts/pair.ts';
import { withMountedImage } from '../../hosts/storage.ts';
import { StorageCompute } from './compute.ts';
import { ScriptHosts } from './script-hosts.ts';

const volumeMiB = 640;
export const sourceSql = readFileSync(fileURLToPath(new URL('./source.sql', import.meta.url)), 'utf8');

/** Undo logs in files of their own, as newer servers have them. */
const moreOptions = 'innodb_undo_tablespaces=2';

export interface Rig {
  readonly hosts: ScriptHosts;
  readonly compute: StorageCompute;
  /** Runs statements on the database of an instance; each program of `run` is started there. */
  sql(instanceId: string, statements: string): Promise<string>;
  run(instanceId: string, script: string): Promise<string>;
  stop(): Promise<void>;
}

/** Starts both hosts. @param statements fill the database of the source */
export async function startRig(statements = sourceSql): Promise<Rig> {
  const directory = newLabDirectory();
  let pair: HostPair | undefined;
  const stop = async (): Promise<void> => {
    await pair?.stop();
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    mkdirSync(directory, { recursive: true });
    const image = join(directory, 'volume.img');
    await makeVolume(image);
    pair = await startHostPair({
      directory,
      sampleVolume: image,
      profile: 'current',
      disks: usualDisks,
      report: () => {},
    });
    rmSync(image);
    const rig = rigOf(pair, stop);
    await pair.host(verification.id)?.boot();
    for (const id of [source.id, verification.id]) await rig.run(id, `echo '${moreOptions}' >>/etc/my-ib.cnf`);
    await rig.run(source.id, 'systemctl restart mysqld-ib');
    await rig.sql(source.id, statements);
    return rig;
  } catch (error) {
    await stop();
    throw error;
  }
}

async function makeVolume(image: string): Promise<void> {
  writeFileSync(image, '');
  truncateSync(image, volumeMiB * 1024 ** 2);
  await command('mkfs.xfs', '-q', '-L', 'ibdata', image);
  await withMountedImage(image, (folder) => installDatabase(join(folder, dataFolder)));
}

function rigOf(pair: HostPair, stop: () => Promise<void>): Rig {
  const run = async (id: string, script: string): Promise<string> => {
    const host = pair.host(id);
    if (host === undefined) throw new Error(`there is no host ${id}`);
    const { stdout, stderr, exitCode } = await host.run(`#!/bin/bash\n${script}`, {}, AbortSignal.timeout(120_000));
    if (exitCode !== 0) throw new Error(`${stderr.trim() || stdout.trim()} (status ${exitCode})`);
    return stdout;
  };
  const client = 'mariadb --socket=/tmp/mysql-ib.sock --default-character-set=utf8mb4 --batch --skip-column-names';
  return {
    hosts: new ScriptHosts(pair),
    compute: new StorageCompute(pair, { id: dataVolumeId, image: pair.data, instanceId: source.id }),
    run,
    sql: (id, statements) => run(id, `${client} <<'END OF STATEMENTS'\n${statements}\nEND OF STATEMENTS`),
    stop,
  };
}
