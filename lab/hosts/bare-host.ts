/** A host without anything of Holdfast's, and without this computer's programs: a Debian as it is after its
 * installation, with AWS's command line. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Output } from './command.ts';
import { Container } from './container.ts';
import { aptCache, bareDebian } from './debian.ts';
import type { Host } from './host.ts';

export interface BareHostOptions {
  readonly instanceId: string;
  readonly name: string;
  /** Folder below /run for its mounts. */
  readonly runtime: string;
  /** For its log. */
  readonly directory: string;
  /** Folders of this computer by their paths on the host. */
  readonly folders?: Readonly<Record<string, string>>;
}

export interface BareHost extends Host {
  /**
   * Runs a text in Bash, as root typed it in a new session. @param environment added to what a session has
   * @throws Error when it has not ended in five minutes
   */
  type(text: string, environment?: Readonly<Record<string, string>>): Promise<Output>;
  destroy(): Promise<void>;
}

/** Boots it; apt has no list of packages, as on a new machine. */
export async function startBareHost(options: BareHostOptions): Promise<BareHost> {
  const { directory, folders = {}, ...own } = options;
  mkdirSync(join(own.runtime, own.name), { recursive: true });
  const host = new Container({
    ...own,
    labDirectory: directory,
    mountPoint: '/ibdata',
    profile: 'current',
    hypervisor: 'nitro',
    lower: await bareDebian(),
    network: true,
    folders: { ...aptCache(), ...folders },
  });
  const type: BareHost['type'] = (text, environment = {}) =>
    host.run(`#!/bin/bash\ncd\n${text}`, { HOME: '/root', ...environment }, AbortSignal.timeout(300_000));
  const bare = Object.assign(host, { type });
  try {
    await host.prepare();
    await host.boot();
    return bare;
  } catch (error) {
    await host.destroy();
    throw error;
  }
}
