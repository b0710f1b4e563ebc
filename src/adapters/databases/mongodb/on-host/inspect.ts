/** Inspects a server of MongoDB on a host, and chooses its databases. */
import {
  chosenOfServer,
  collectionsOfUsers,
  type Selection,
  selectDatabases,
} from '../../../../dump/engines/mongodb/selection.ts';
import type { HostAnswer, HostParameters } from '../../../../host/catalogue/catalogue.ts';
import type { Compute } from '../../../../ports/compute.ts';
import type { DatabaseFacts } from '../../../../ports/dump-engine.ts';
import type { Hosts } from '../../../../ports/hosts.ts';
import { BackupError } from '../../../../runtime/errors.ts';
import { HostCommands, type HostDumpContext, type HostDumpOptions } from '../../on-host/commands.ts';
import { findHost, spaceNotes } from '../../on-host/host.ts';
import { mongoCauses } from '../causes.ts';
import { misplacedNotes, selectionNotes, topologyNotes } from '../inspect.ts';
import { deniedDatabases, missingDatabases, ownDatabases, partlyListed, partlyListedNote } from '../refusals.ts';
import { usableVersion } from '../tools.ts';

export interface MongoHostOptions extends HostDumpOptions {
  readonly format: 'tarball';
  readonly port: number;
  /** File on the host with the URI; a server without passwords needs none. */
  readonly configFile: string;
  /** Names; empty for all. */
  readonly databases: readonly string[];
  /** Names or patterns. */
  readonly exclude: readonly string[];
  /** gzip, 1 to 9. */
  readonly level: number;
}

export interface InspectedHost {
  readonly commands: HostCommands;
  readonly place: HostParameters<'mongodb-inspect'>;
  readonly facts: DatabaseFacts;
  /** As dump-start gets them; empty for all, in one run of mongodump. */
  readonly databases: string;
}

export interface InspectPorts {
  readonly hosts: Hosts;
  readonly compute: Compute;
}

/** @throws ConfigurationError for a wrong instance; BackupError when it cannot be reached, or has no usable tools */
export async function inspectHost(
  { hosts, compute }: InspectPorts,
  options: MongoHostOptions,
  context: HostDumpContext,
): Promise<InspectedHost> {
  const own = chosenOfServer({ ...options, database: undefined });
  if (own.length > 0) throw ownDatabases(own);
  const instanceId = await findHost(options.instance, compute, hosts);
  const { port, configFile, container, folder } = options;
  const commands = new HostCommands(hosts, instanceId, mongoCauses, options, context);
  const where = { ConfigFile: configFile, Port: String(port), Container: container, Folder: folder };
  const answer = await commands.run('mongodb-inspect', where);
  const place = container === '' ? instanceId : `the container ${container} of ${instanceId}`;
  const toolsVersion = usableVersion('mongodump', answer.tool, place);
  const { selection, bytes, note } = selected(answer, options, place);
  const whole = selection.whole && selection.excluded.length === 0;
  const facts: DatabaseFacts = {
    product: 'MongoDB',
    serverVersion: 'lacks' in answer.server ? 'unknown' : answer.server.version,
    tool: 'mongodump',
    toolsVersion,
    shown: `${selection.whole ? 'all databases' : selection.databases.join(', ')} on ${place}`,
    database: selection.databases.join(' '),
    bytes,
    place,
    uploadsItself: true,
    uncovered: selection.forgotten,
    notes: [
      'the dump is not of one moment: on a host it has no oplog; documents that change meanwhile are told and not compared',
      ...note,
      ...selectionNotes(selection),
      ...spaceNotes(answer, bytes, folder, instanceId),
    ],
  };
  return { commands, place: where, facts, databases: whole ? '' : parameterOf(selection.databases, place) };
}

interface Selected {
  readonly selection: Selection;
  readonly bytes: number;
  readonly note: readonly string[];
}

function selected({ server }: HostAnswer<'mongodb-inspect'>, options: MongoHostOptions, place: string): Selected {
  const { databases, exclude } = options;
  const wanted = { database: undefined, databases, exclude };
  if ('lacks' in server) {
    const { lacks } = server;
    if (exclude.length > 0)
      throw new BackupError({
        what: `the databases of ${place} cannot be listed: ${lacks}`,
        fix: 'install mongosh there, or name the databases in the input databases in place of exclude-databases',
        code: 'shell-missing',
      });
    const selection = { ...selectDatabases(wanted, databases), whole: databases.length === 0 };
    return { selection, bytes: 0, note: [`the dump cannot be proven: ${lacks}`] };
  }
  const { extent, user, sharded, inServers } = server;
  if (extent !== 'all' && databases.length === 0) throw partlyListed(user);
  const listed = extent === 'none' ? databases.map((name) => ({ name, bytes: 0 })) : server.databases;
  const sizes = new Map(listed.map(({ name, bytes }) => [name, bytes]));
  const selection = selectDatabases(wanted, [...sizes.keys()]);
  if (selection.missing.length > 0) throw missingDatabases(selection.missing, { hosts: place });
  const denied = selection.databases.filter((name) => server.denied.includes(name));
  if (denied.length > 0) throw deniedDatabases(denied, user);
  return {
    selection,
    bytes: selection.databases.reduce((sum, name) => sum + (sizes.get(name) ?? 0), 0),
    note: [
      ...(sharded ? topologyNotes('sharded cluster') : []),
      ...(extent === 'all' ? [] : [partlyListedNote(user)]),
      ...misplacedNotes(Object.entries(inServers).flatMap(([name, names]) => collectionsOfUsers(name, names))),
    ],
  };
}

/** @throws BackupError for names that the documents of the stack refuse */
function parameterOf(databases: readonly string[], place: string): string {
  const odd = databases.filter((name) => !/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,62}$/.test(name));
  if (odd.length > 0)
    throw new BackupError({
      what: `${place} has databases that cannot be chosen there by name: ${odd.join(', ')}`,
      likelyCause: 'only letters, digits, _ and - travel to a host',
      fix: 'dump all databases of the server, without databases and exclude-databases',
    });
  if (databases.length === 0)
    throw new BackupError({
      what: `${place} has no database that is not excluded`,
      fix: 'check the input exclude-databases',
      code: 'database-missing',
    });
  return databases.join(' ');
}
