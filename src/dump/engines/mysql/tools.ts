/** The tools of MySQL and of MariaDB: which are installed, and which dump a server without known faults. */
import { BackupError } from '../../../runtime/errors.ts';
import type { Table } from './catalogue.ts';
import { atLeast, familyOf, parseVersion, type ServerIdentity, type Version } from './server.ts';

export type Family = 'mysql' | 'mariadb';

/** A program that is installed. */
export interface Tool {
  /** Absolute path. */
  readonly path: string;
  /** `mysqldump`, `mariadb-dump`, `mysql`, `mariadb`. */
  readonly name: string;
  readonly family: Family;
  readonly version: Version;
}

export const dumpPrograms: readonly string[] = ['mariadb-dump', 'mysqldump'];
export const clientPrograms: readonly string[] = ['mariadb', 'mysql'];

/**
 * @param output of `--version`: `mysqldump  Ver 8.4.3 for Linux on x86_64 (MySQL Community Server - GPL)`, `mysqldump  Ver 10.13
 *   Distrib 5.7.44, for Linux`, `mariadb-dump  Ver 10.19 Distrib 10.11.19-MariaDB`, `mariadb-dump from 11.8.2-MariaDB, client 10.19`
 */
export function parseTool(path: string, output: string): Tool | undefined {
  const [, version] = /(?:Distrib|from) (\d+\.\d+\.\d+)/.exec(output) ?? /Ver (\d+\.\d+\.\d+)/.exec(output) ?? [];
  if (version === undefined) return undefined;
  const name = path.slice(path.lastIndexOf('/') + 1);
  const family = /mariadb/i.test(output.replaceAll(path, '').replace(/^\S+/, '')) ? 'mariadb' : 'mysql';
  return { path, name, family, version: parseVersion(version) };
}

/** What a dump must be able to hold. */
export interface Needs {
  readonly generatedColumns: boolean;
  /** Sequences, system-versioned tables, packages. */
  readonly mariadbObjects: boolean;
}

export interface ChosenTool {
  readonly tool: Tool;
  readonly notes: readonly string[];
}

/** Of two of one version, the first found, whose name is the newer one. */
const newestFirst = (one: Tool, other: Tool): number =>
  Number(atLeast(other.version, ...one.version)) - Number(atLeast(one.version, ...other.version));

const installs = {
  mysql: 'install the client of MySQL (mysql-client, mysql-community-client) before this step',
  mariadb:
    'install the client of MariaDB before this step (on Debian and Ubuntu: sudo apt-get install -y mariadb-client)',
} as const;

export const shownTool = ({ name, version }: Tool): string => `${name} ${version.join('.')}`;

/**
 * The tool of the server's own family, the newest. The other's is used where nothing is known against it.
 * @throws BackupError (`tool-missing`) that names what to install
 */
export function chooseDumpTool(tools: readonly Tool[], server: ServerIdentity, needs: Needs): ChosenTool {
  const family = familyOf(server);
  const sorted = tools.toSorted(newestFirst);
  const own = sorted.find((tool) => tool.family === family);
  const tool = own ?? sorted[0];
  if (tool === undefined)
    throw new BackupError({
      what: 'neither mariadb-dump nor mysqldump is installed',
      fix: installs[family],
      code: 'tool-missing',
    });
  if (own) return { tool, notes: olderThan(tool, server) };
  const fault = faultOf(tool, server, needs);
  if (fault !== undefined)
    throw new BackupError({
      what: `${shownTool(tool)} cannot dump this ${server.product} server: ${fault}`,
      likelyCause: `the tools installed are ${tool.family === 'mysql' ? "MySQL's" : "MariaDB's"}`,
      fix: installs[family],
      code: 'tool-missing',
    });
  return { tool, notes: [`${shownTool(tool)} dumps ${server.product}, although it is not its own tool`] };
}

function olderThan(tool: Tool, { version }: ServerIdentity): readonly string[] {
  const [major, minor] = version;
  if (atLeast(tool.version, major, minor)) return [];
  return [`${shownTool(tool)} is older than the server, whose newer kinds of objects it may not know`];
}

/**
 * Faults that are known: MariaDB's tool writes values for generated columns, which MySQL refuses since 5.7 with error 3105 (client/
 * mysqldump.c of MariaDB has no list of columns for them); MySQL's tool takes a sequence for a table, and leaves out packages and
 * history.
 */
function faultOf(tool: Tool, server: ServerIdentity, needs: Needs): string | undefined {
  if (tool.family === 'mariadb' && needs.generatedColumns && atLeast(server.version, 5, 7))
    return 'it writes values for generated columns, which MySQL refuses when they are restored';
  if (tool.family === 'mysql' && needs.mariadbObjects)
    return 'it does not know sequences, packages and tables with system versioning';
  return undefined;
}

/** The client that restores: of the server's family where there is one. @throws BackupError (`tool-missing`) */
export function chooseClient(clients: readonly Tool[], server: ServerIdentity): Tool {
  const family = familyOf(server);
  const sorted = clients.toSorted(newestFirst);
  const client = sorted.find((one) => one.family === family) ?? sorted[0];
  if (client) return client;
  throw new BackupError({
    what: 'neither mariadb nor mysql is installed',
    fix: installs[family],
    code: 'tool-missing',
  });
}

export interface DumpCommand {
  readonly server: ServerIdentity;
  readonly tool: Tool;
  readonly charset: string;
  /** In the one database that is dumped without its name, or in all that are dumped with theirs. */
  readonly databases: readonly string[];
  readonly withNames: boolean;
  /** `db.name` of views and tables that cannot be dumped. */
  readonly ignored: readonly string[];
  readonly history: boolean;
  readonly comments: boolean;
}

/** Parameters of the dump tool after that of its option file. */
export function dumpParameters(command: DumpCommand): readonly string[] {
  const { server, tool, charset, databases, withNames, ignored, history, comments } = command;
  const mysql = tool.family === 'mysql';
  return [
    '--single-transaction',
    '--quick',
    '--routines',
    '--triggers',
    // Infobright, like MySQL before 5.1.6, has no events.
    ...(server.product === 'Infobright' ? [] : ['--events']),
    '--hex-blob',
    // Tablespaces need PROCESS (MySQL 8.0.21 release notes), and belong to the server.
    '--no-tablespaces',
    '--skip-add-drop-database',
    // Under its LOCK TABLES, a restore is refused the sequence that a default draws from: error 1100.
    '--skip-add-locks',
    // Of rows that are larger than the tool's default of 16 MB it has only "Got packet bigger than 'max_allowed_packet' bytes".
    '--max-allowed-packet=1G',
    `--default-character-set=${charset}`,
    ...(comments ? [] : ['--skip-comments']),
    ...(mysql && atLeast(tool.version, 5, 6) ? ['--set-gtid-purged=OFF'] : []),
    // Servers before 8.0, and MariaDB, have no such statistics: error 1109.
    ...(mysql && atLeast(tool.version, 8) ? ['--column-statistics=0'] : []),
    ...(history ? ['--dump-history'] : []),
    ...ignored.map((name) => `--ignore-table=${name}`),
    ...(withNames ? ['--databases'] : []),
    '--',
    ...databases,
  ];
}

/**
 * History of tables with system versioning is dumped since MariaDB 10.11 (its manual, "mariadb-dump", --dump-history). Of one table
 * with transaction-precise history, the tool gives up with status 6 (client/mysqldump.c of MariaDB), so then none has its history
 * in the dump.
 */
export function dumpsHistory(tool: Tool, server: ServerIdentity, tables: readonly Pick<Table, 'period'>[]): boolean {
  return (
    !tables.some(({ period }) => period?.ofTransactions) &&
    tool.family === 'mariadb' &&
    server.product === 'MariaDB' &&
    atLeast(tool.version, 10, 11) &&
    atLeast(server.version, 10, 11)
  );
}
