/** Inspects a database on a host, and chooses the tools on both sides. */
import {
  type ClientTools,
  chooseTools,
  parseVersion,
  serverVersion,
  showVersion,
} from '../../../../dump/engines/postgres/tools.ts';
import type { HostParameters } from '../../../../host/catalogue/catalogue.ts';
import type { Compute } from '../../../../ports/compute.ts';
import type { DatabaseFacts, DumpEngine, SqlArchives } from '../../../../ports/dump-engine.ts';
import type { Hosts } from '../../../../ports/hosts.ts';
import { HostCommands, type HostDumpContext, type HostDumpOptions } from '../../on-host/commands.ts';
import { findHost, spaceNotes } from '../../on-host/host.ts';
import { postgresCauses } from '../causes.ts';
import type { DumpOptions } from '../dump/dump-options.ts';
import { type PostgresEngine, standbyNote } from '../engine.ts';

export interface PostgresHostOptions extends HostDumpOptions, DumpOptions {
  readonly format: DumpOptions['format'];
  readonly database: string;
  /** Account on the host, or in the container, and role of the database. */
  readonly user: string;
  readonly port: number;
}

export interface InspectedHost {
  readonly commands: HostCommands;
  readonly place: HostParameters<'dump-inspect'>;
  /** The tools on the host. */
  readonly tools: ClientTools;
  readonly facts: DatabaseFacts;
}

export interface InspectPorts {
  /** Reads the archives on the runner. */
  readonly local: DumpEngine & SqlArchives & Pick<PostgresEngine, 'useToolsFor'>;
  readonly hosts: Hosts;
  readonly compute: Compute;
}

/** @throws ConfigurationError for a wrong instance; BackupError when it cannot be reached, or has no usable tools */
export async function inspectHost(
  { local, hosts, compute }: InspectPorts,
  options: PostgresHostOptions,
  context: HostDumpContext,
): Promise<InspectedHost> {
  const instanceId = await findHost(options.instance, compute, hosts);
  const commands = new HostCommands(hosts, instanceId, postgresCauses, options, context);
  const { database, user, port, container, folder } = options;
  const where = { Database: database, User: user, Port: String(port), Container: container, Folder: folder };
  const answer = await commands.run('dump-inspect', where);
  const server = serverVersion(answer.serverVersionNumber);
  const installed = answer.tools.flatMap(({ folder, version: text }) => {
    const version = parseVersion(text);
    return version ? [{ folder, version }] : [];
  });
  const place = container === '' ? instanceId : `the container ${container} of ${instanceId}`;
  const tools = chooseTools(installed, server, `on ${place}`);
  // The runner reads the archive, so its tools must be no older than those that wrote it.
  const localVersion = await local.useToolsFor(tools.version);
  const facts: DatabaseFacts = {
    product: 'PostgreSQL',
    serverVersion: showVersion(server),
    tool: 'pg_dump',
    toolsVersion: showVersion(tools.version),
    shown: `${database} on ${place}`,
    database,
    bytes: answer.bytes,
    place,
    uploadsItself: true,
    notes: [
      ...(answer.standby ? [standbyNote] : []),
      ...spaceNotes(answer, answer.bytes, folder, instanceId),
      ...(localVersion.major === server.major
        ? []
        : [
            `the tools of the runner are of series ${localVersion.major}: the SQL files may need a server of that series to be restored`,
          ]),
    ],
  };
  return { commands, place: where, tools, facts };
}
