/** The two database servers of a lab: one with what is dumped, one where dumps are restored. */
import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { attempt } from './command.ts';

export interface ServerPair<T> {
  readonly source: T;
  readonly scratch: T;
  /** Where dumps are written before they are published. */
  readonly workDirectory: string;
  stop(): Promise<void>;
}

export interface ServerPairOptions<T> {
  /** Folder of these servers alone; it is removed when they stop. */
  readonly folder: string;
  /** `MariaDB`. */
  readonly product: string;
  readonly start: (directory: string, role: 'source' | 'scratch') => Promise<T>;
  readonly fill: (source: T, report: (text: string) => void) => Promise<void>;
  readonly report: (text: string) => void;
}

export async function startServerPair<T extends { stop(): Promise<void> }>({
  folder,
  product,
  start,
  fill,
  report,
}: ServerPairOptions<T>): Promise<ServerPair<T>> {
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o755);
  const workDirectory = join(folder, 'work');
  mkdirSync(workDirectory, { recursive: true });
  const servers: T[] = [];
  const stop = async (): Promise<void> => {
    for (const server of servers) await server.stop();
    await attempt('umount', workDirectory);
    rmSync(folder, { recursive: true, force: true });
  };
  const started = async (role: 'source' | 'scratch'): Promise<T> => {
    const server = await start(join(folder, role), role);
    servers.push(server);
    return server;
  };
  try {
    report(`starting ${product} for what is dumped`);
    const source = await started('source');
    await fill(source, report);
    report(`starting ${product} for restores`);
    return { source, scratch: await started('scratch'), workDirectory, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
