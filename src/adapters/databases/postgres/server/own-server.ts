/** A PostgreSQL server of our own: started for one restore, and gone with everything in it afterwards. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { mkdtemp, realpath, writeFile } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import type { Connection } from '../../../../dump/engines/postgres/connection.ts';
import { showVersion } from '../../../../dump/engines/postgres/tools.ts';
import type { ServerPrograms } from './binaries.ts';
import { confinedServer } from './confinement.ts';
import { asRoot, noServer, rootEnvironment } from './privileges.ts';
import { port, serverParameters } from './settings.ts';
import { folderPrefix, ownerFile, removeFolder } from './sweep.ts';

export interface OwnServerOptions {
  readonly programs: ServerPrograms;
  /** Where its folder is made, on a disk with room for the copy. */
  readonly workDirectory: string;
  /** Key of the run and name of the source, by which a later run can tell whether it is over. */
  readonly owner: string;
  /** Database that is going to be made. */
  readonly database: string;
  readonly preload: readonly string[];
  readonly jobs: number;
  readonly signal: AbortSignal;
}

export interface OwnServer {
  /** The bootstrap superuser, in the database postgres. */
  readonly connection: Connection;
  /** Ends it, and removes its folder. Works after a cancelled run, too. Safe to call twice. */
  readonly stop: () => Promise<void>;
}

/** Bytes of the longest path of a socket (sun_path in unix(7), with its final zero). */
const longestSocket = 107;
/** Characters of its log that are kept, from its end. */
const keptOutput = 4_000;

/**
 * User ids that systemd's assignment leaves to nobody (systemd.io/UIDS-GIDS: above those of containers, below 2^31). A random
 * one owns nothing on this machine, and shares no limit with another server.
 */
const uids = { from: 1_879_048_192, to: 2_147_483_646 } as const;

/**
 * Starts a server.
 * @throws BackupError (`no-own-server`) with the reason when this machine cannot have one; the signal's reason
 */
export async function startOwnServer(options: OwnServerOptions): Promise<OwnServer> {
  const { programs, owner, database, preload, jobs, signal } = options;
  const root = await asRoot(signal);
  const folder = await mkdtemp(join(await realpath(resolve(options.workDirectory)), folderPrefix));
  const remove = (): Promise<void> => removeFolder(root, folder);
  try {
    await writeFile(join(folder, ownerFile), owner, { mode: 0o600 });
    const sockets = join(folder, 'socket');
    if (Buffer.byteLength(`${sockets}/.s.PGSQL.${port}`) > longestSocket)
      throw noServer(
        `the path ${sockets} is too long for a socket`,
        'set work-directory to a folder with a shorter path',
      );
    const uid = randomInt(uids.from, uids.to);
    const parameters = serverParameters({ memory: totalmem(), jobs, preload, database });
    const command = [...root, ...confinedServer({ folder, programs: programs.folder, uid, parameters })];
    const running = new ServerProcess(command, signal);
    await running.ready();
    const stop = async (): Promise<void> => {
      await running.end();
      await remove();
    };
    return { connection: connectionTo(sockets, showVersion(programs.version)), stop };
  } catch (error) {
    await remove().catch(() => {});
    throw error;
  }
}

function connectionTo(sockets: string, version: string): Connection {
  const environment = { PGHOST: sockets, PGPORT: String(port), PGUSER: 'postgres', PGDATABASE: 'postgres' };
  return {
    environment,
    database: 'postgres',
    shown: `postgres on a PostgreSQL ${version} server of its own`,
    password: '',
  };
}

/** The process that keeps the server while our end of its standard input is open. */
class ServerProcess {
  readonly #child: ChildProcess;
  /** Resolves when it is gone, and with it all processes of the server. */
  readonly #gone: Promise<void>;
  readonly #signal: AbortSignal;
  #output = '';

  constructor([program = '', ...parameters]: readonly string[], signal: AbortSignal) {
    this.#signal = signal;
    // A session of its own: neither the terminal nor its signals reach it.
    this.#child = spawn(program, parameters, { env: rootEnvironment, stdio: 'pipe', detached: true, cwd: '/' });
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#output = (this.#output + text).slice(-keptOutput);
    });
    this.#child.stdin?.on('error', () => {});
    this.#gone = new Promise((done) => {
      this.#child
        .on('close', () => done())
        .on('error', (error) => {
          this.#output += error.message;
          done();
        });
    });
    const stop = (): void => void this.end();
    signal.addEventListener('abort', stop, { once: true });
    void this.#gone.then(() => signal.removeEventListener('abort', stop));
    if (signal.aborted) stop();
  }

  /** @throws BackupError with the last lines of its log when it ends instead; the signal's reason */
  async ready(): Promise<void> {
    let said = '';
    const announced = new Promise<boolean>((done) => {
      this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
        if (said.length > 100) return;
        said += text;
        if (said.includes('ready\n')) done(true);
      });
      void this.#gone.then(() => done(false));
    });
    if (await announced) return;
    this.#signal.throwIfAborted();
    throw noServer(reasonIn(this.#output), 'see the log of this step, or give scratch-url');
  }

  async end(): Promise<void> {
    this.#child.stdin?.end();
    await this.#gone;
  }
}

/** Why it did not start, from what its programs printed. */
export function reasonIn(output: string): string {
  const lines = output.split('\n').filter((line) => line.trim() !== '');
  if (/(unshare|mount|pivot_root|setpriv).*(not permitted|denied)/i.test(output))
    return `this machine does not allow namespaces, as in a container without CAP_SYS_ADMIN (${lines.at(-1)})`;
  return lines.slice(-3).join('; ') || 'it ended without a word';
}
