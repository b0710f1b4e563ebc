/** PostgreSQL's own tools as the engine of a dump: pg_dump, pg_restore and psql, started here. */
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { DumpFingerprint } from '../../domain/dump.ts';
import { type Connection, clientEnvironment } from '../../dump/engines/postgres/connection.ts';
import {
  fingerprintScript,
  noTimeouts,
  parseFingerprint,
  sequencesScript,
} from '../../dump/engines/postgres/fingerprint.ts';
import {
  chooseTools,
  parseVersion,
  serverVersion,
  showVersion,
  type Tools,
  type Version,
} from '../../dump/engines/postgres/tools.ts';
import type { ArchiveFormat } from '../../dump/files.ts';
import type { DatabaseFacts, DumpEngine, DumpInProgress, Scratch } from '../../ports/dump-engine.ts';
import type { Clock } from '../../runtime/clock.ts';
import { BackupError } from '../../runtime/errors.ts';
import { packed, save } from './archive.ts';
import { checked, Program, runProgram } from './child.ts';
import { PsqlSession } from './psql.ts';
import { createScratch, sweepScratch } from './scratch.ts';

export interface PostgresOptions {
  /** Undefined when the database is dumped elsewhere, and only archives are read here. */
  readonly connection: Connection | undefined;
  /** Where scratch databases are made; undefined when nothing is to be proven. */
  readonly scratch: Connection | undefined;
  /** Seconds a lock may be waited for. */
  readonly lockTimeoutSeconds: number;
  /** pg_dump's level of compression inside the archive, 0 to 9. */
  readonly archiveLevel: number;
  readonly format: ArchiveFormat;
  /** Tables that are dumped side by side, where the format allows. */
  readonly jobs: number;
  /** Where archives are unpacked. */
  readonly workDirectory: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Where Debian, Red Hat and people put the tools of each series; on GitHub's runners /usr/bin has a wrapper that chooses the newest. */
function toolFolders(): string[] {
  const debian = '/usr/lib/postgresql';
  const series = existsSync(debian) ? readdirSync(debian).map((name) => join(debian, name, 'bin')) : [];
  const redHat = existsSync('/usr')
    ? readdirSync('/usr')
        .filter((name) => /^pgsql-\d+$/.test(name))
        .map((name) => join('/usr', name, 'bin'))
    : [];
  const path = (process.env.PATH ?? '').split(':').filter((folder) => folder !== '');
  return [...series, ...redHat, ...path].filter((folder) =>
    ['pg_dump', 'pg_restore', 'psql'].every((name) => existsSync(join(folder, name))),
  );
}

/** Folders with all three tools, with the version that their pg_dump says it has. */
export async function findTools(environment: Readonly<Record<string, string>>): Promise<Tools[]> {
  const found: Tools[] = [];
  for (const folder of new Set(toolFolders())) {
    const what = `${folder}/pg_dump`;
    const text = await runProgram({ program: what, parameters: ['--version'], environment, what }).catch(() => '');
    const version = parseVersion(text);
    if (version) found.push({ folder, version });
  }
  return found;
}

export class PostgresEngine implements DumpEngine {
  readonly #options: PostgresOptions;
  #tools: Tools | undefined;
  #server = '';

  constructor(options: PostgresOptions) {
    this.#options = options;
  }

  #program(name: string, tools: Tools, parameters: readonly string[]): Program {
    const { connection } = this.#options;
    return new Program({
      program: join(tools.folder, name),
      parameters,
      environment: clientEnvironment(connection),
      what: connection ? `${name} of ${connection.shown}` : name,
      signal: this.#options.signal,
    });
  }

  get #source(): Connection {
    if (this.#options.connection === undefined) throw new Error('nothing was said of a server');
    return this.#options.connection;
  }

  /** Takes the tools here that read what tools of this version have written. @throws BackupError when there are none */
  async use(version: Version): Promise<Version> {
    this.#tools = chooseTools(await findTools(clientEnvironment(undefined)), version);
    return this.#tools.version;
  }

  async inspect(): Promise<DatabaseFacts> {
    const { signal } = this.#options;
    const connection = this.#source;
    const environment = clientEnvironment(connection);
    const found = await findTools(environment);
    const newest = found.toSorted((a, b) => b.version.major - a.version.major)[0];
    if (newest === undefined)
      throw new BackupError({
        what: 'pg_dump, pg_restore and psql are not installed here',
        fix: "install postgresql-client of the server's series before this step",
        code: 'tool-missing',
      });
    const lines = await runProgram(
      {
        program: join(newest.folder, 'psql'),
        parameters: ['-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1'],
        environment,
        what: `psql of ${connection.shown}`,
        signal,
      },
      `SELECT current_setting('server_version_num'); SELECT pg_database_size(current_database()); SELECT pg_is_in_recovery();\n`,
    );
    const [number = '', bytes = '', standby = ''] = lines.trim().split('\n');
    const server = serverVersion(Number(number));
    this.#server = showVersion(server);
    this.#tools = chooseTools(found, server);
    const notes: string[] = [];
    if (standby === 't') notes.push('the server is a standby: a long dump may be cancelled by what it replays');
    if (this.#tools.version.major !== server.major)
      notes.push(
        `the tools are of series ${this.#tools.version.major}: the dump may need a server of that series to be restored`,
      );
    return {
      serverVersion: this.#server,
      toolsVersion: showVersion(this.#tools.version),
      shown: connection.shown,
      database: connection.database,
      bytes: Number(bytes),
      place: 'runner',
      notes,
    };
  }

  get #chosen(): Tools {
    if (this.#tools === undefined) throw new Error('inspect() comes first');
    return this.#tools;
  }

  async begin(): Promise<DumpInProgress> {
    const { signal, lockTimeoutSeconds, archiveLevel, format, jobs, clock } = this.#options;
    const connection = this.#source;
    const tools = this.#chosen;
    const session = new PsqlSession({
      program: join(tools.folder, 'psql'),
      environment: clientEnvironment(connection),
      what: `the session that holds the snapshot of ${connection.shown}`,
      signal,
    });
    const [snapshot = '', takenAt = ''] = await session.query(
      `${noTimeouts} SET lock_timeout = '${lockTimeoutSeconds}s';
BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
SELECT pg_export_snapshot();
SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"');`,
    );
    const early = await session.query(sequencesScript);
    return {
      takenAt,
      fingerprint: async (written) => {
        const began = clock.now().getTime();
        const lines = await session.query(fingerprintScript);
        const seconds = (clock.now().getTime() - began) / 1000;
        await written.catch(() => {});
        const late = await session.query(sequencesScript);
        return parseFingerprint([...early, ...lines, ...late], { takenAt, seconds, serverVersion: this.#server });
      },
      archive: async (folder, upload, tell) => {
        const parameters = [
          `--compress=${archiveLevel}`,
          `--snapshot=${snapshot}`,
          `--lock-wait-timeout=${lockTimeoutSeconds}s`,
          '--no-password',
        ];
        const path = join(folder, 'archive');
        if (format === 'custom') {
          const program = this.#program('pg_dump', tools, ['--format=custom', ...parameters]);
          return { path, bytes: await save(checked(program), { path, upload, tell, signal }) };
        }
        const side = [`--format=directory`, `--jobs=${jobs}`, `--file=${path}`];
        await this.#program('pg_dump', tools, [...side, ...parameters]).finished();
        return { path, bytes: await save(packed(path, signal), { path: undefined, upload, tell, signal }) };
      },
      end: () => session.end(),
    };
  }

  /** The runner's disk is not where anything is kept. */
  async putAway(): Promise<undefined> {}

  readThrough(archive: string): Promise<void> {
    return this.#program('pg_restore', this.#chosen, ['--file=/dev/null', archive]).finished();
  }

  /** Nothing is started before somebody reads. */
  async *sql(archive: string, definitionsOnly: boolean): AsyncGenerator<Buffer> {
    const parameters = ['--no-owner', '--no-acl', '--file=-', ...(definitionsOnly ? ['--schema-only'] : []), archive];
    yield* checked(this.#program('pg_restore', this.#chosen, parameters));
  }

  async sweep(isOver: (owner: string) => Promise<boolean>): Promise<readonly string[]> {
    const { scratch, signal } = this.#options;
    return scratch ? sweepScratch({ folder: this.#chosen.folder, connection: scratch, signal }, isOver) : [];
  }

  async scratch(owner: string, fingerprint: DumpFingerprint): Promise<Scratch> {
    const { scratch, signal, clock } = this.#options;
    if (scratch === undefined) throw new Error('nothing was said of a scratch server');
    const extensions = Object.keys(fingerprint.extensions);
    const name = `holdfast_scratch_${randomBytes(6).toString('hex')}`;
    const { format, jobs, workDirectory } = this.#options;
    return createScratch({
      tools: this.#chosen,
      connection: scratch,
      signal,
      clock,
      name,
      owner,
      extensions,
      format,
      jobs,
      workDirectory,
    });
  }
}
