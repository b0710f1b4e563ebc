/** Inspects a database on a host, and chooses the tools on both sides. */
import { instanceProblems } from '../../../../domain/instances.ts';
import {
  type ClientTools,
  chooseTools,
  parseVersion,
  serverVersion,
  showVersion,
} from '../../../../dump/engines/postgres/tools.ts';
import type { HostAnswer } from '../../../../host/catalogue/catalogue.ts';
import type { Compute } from '../../../../ports/compute.ts';
import type { DatabaseFacts, DumpEngine, SqlArchives } from '../../../../ports/dump-engine.ts';
import type { Hosts } from '../../../../ports/hosts.ts';
import { BackupError, ConfigurationError } from '../../../../runtime/errors.ts';
import { formatBytes } from '../../../../runtime/format.ts';
import { type PostgresEngine, standbyNote } from '../engine.ts';
import { HostCommands, type HostDumpContext, type HostDumpOptions } from './commands.ts';

export interface InspectedHost {
  readonly commands: HostCommands;
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
  options: HostDumpOptions,
  context: HostDumpContext,
): Promise<InspectedHost> {
  const instanceId = await findHost(options.instance, compute, hosts);
  const commands = new HostCommands(hosts, instanceId, options, context);
  const answer = await commands.run('dump-inspect', commands.place);
  const server = serverVersion(answer.serverVersionNumber);
  const installed = answer.tools.flatMap(({ folder, version: text }) => {
    const version = parseVersion(text);
    return version ? [{ folder, version }] : [];
  });
  const place = options.container === '' ? instanceId : `the container ${options.container} of ${instanceId}`;
  const tools = chooseTools(installed, server, `on ${place}`);
  // The runner reads the archive, so its tools must be no older than those that wrote it.
  const localVersion = await local.useToolsFor(tools.version);
  const facts: DatabaseFacts = {
    product: 'PostgreSQL',
    serverVersion: showVersion(server),
    tool: 'pg_dump',
    toolsVersion: showVersion(tools.version),
    shown: `${options.database} on ${place}`,
    database: options.database,
    bytes: answer.bytes,
    place,
    uploadsItself: true,
    notes: [
      ...hostNotes(answer, options.folder, instanceId),
      ...(localVersion.major === server.major
        ? []
        : [
            `the tools of the runner are of series ${localVersion.major}: the SQL files may need a server of that series to be restored`,
          ]),
    ],
  };
  return { commands, tools, facts };
}

/** @returns the id of the instance that the input names */
async function findHost(instance: string, compute: Compute, hosts: Hosts): Promise<string> {
  const instances = await compute.findInstances(instance);
  const [host] = instances;
  // Without its tag SSM would refuse each command, with less of a reason.
  const problems = instanceProblems(instances, instance, 'source');
  if (problems.length > 0 || host === undefined)
    throw new ConfigurationError({ what: 'the database cannot be dumped on its host', problems });
  const { online, detail } = await hosts.reachable(host.id, host.launchedAt);
  if (!online)
    throw new BackupError({
      what: `${host.id} cannot be reached through SSM: ${detail}`,
      fix: 'start the instance and its SSM agent; it needs an instance profile that allows SSM',
      code: 'unreachable',
    });
  return host.id;
}

function hostNotes(
  { standby, freeBytes, bytes }: HostAnswer<'dump-inspect'>,
  folder: string,
  instanceId: string,
): readonly string[] {
  const notes: string[] = [];
  if (standby) notes.push(standbyNote);
  if (freeBytes < bytes / 2)
    notes.push(
      `${folder} on ${instanceId} has ${formatBytes(freeBytes)} left for the archive of a database of ${formatBytes(bytes)}`,
    );
  return notes;
}
