/**
 * Where a dump is restored: on the server in scratch-url as a role without rights, if one is given; on a server of our own,
 * if none is given, or if that one refuses something. docs/decisions/where-a-dump-is-restored.md
 */
import type { DumpFileKind, DumpFingerprint } from '../../../../domain/dump.ts';
import type { Connection } from '../../../../dump/engines/postgres/connection.ts';
import { librariesToPreload } from '../../../../dump/engines/postgres/extensions.ts';
import { type ClientTools, chooseTools, parseVersion, showVersion } from '../../../../dump/engines/postgres/tools.ts';
import type { Refusal, Scratch } from '../../../../ports/dump-engine.ts';
import type { WorkContext } from '../../../../runtime/context.ts';
import { BackupError, explain, explainInLine } from '../../../../runtime/errors.ts';
import { findTools } from '../installed-tools.ts';
import { chooseServer, findServers, hasLibrary, type ServerPrograms } from '../server/binaries.ts';
import { startOwnServer } from '../server/own-server.ts';
import { noServer } from '../server/privileges.ts';
import { createScratch, newScratchName, type ScratchOptions } from './scratch.ts';

export interface ChoiceOptions extends Pick<ScratchOptions, 'format' | 'jobs' | 'workDirectory' | 'owner' | 'source'> {
  /** Tools that read the archive. */
  readonly tools: ClientTools;
  /** The server in scratch-url. */
  readonly scratch: Connection | undefined;
  /** Whether that one holds nothing but the copy. */
  readonly disposable: boolean;
}

/** Makes a scratch database where the dump can be restored. @throws BackupError with the reason when there is no such place */
export async function chooseScratch(options: ChoiceOptions, context: WorkContext): Promise<Scratch> {
  const { scratch, disposable } = options;
  if (scratch === undefined) return createOnOwnServer(options, context);
  const server = { connection: scratch, disposable, shown: 'the scratch server' };
  let given: Scratch;
  try {
    given = await createScratch({ ...options, server, name: newScratchName() }, context);
  } catch (error) {
    context.signal.throwIfAborted();
    return insteadOf(error, options, context);
  }
  if (disposable) return given;
  return new ScratchWithFallback(given, () => createOnOwnServer(options, context), context);
}

/** The server given cannot be used. @throws its error, with the reason why there is no other */
async function insteadOf(error: unknown, options: ChoiceOptions, context: WorkContext): Promise<Scratch> {
  try {
    const own = await createOnOwnServer(options, context);
    return {
      ...own,
      notes: () => [`not on the server in scratch-url: ${explain(error).what}`, ...(own.notes?.() ?? [])],
    };
  } catch (reason) {
    context.signal.throwIfAborted();
    const { what, ...more } = explain(error);
    throw new BackupError({ ...more, what: `${what} (${explain(reason).what})` });
  }
}

/** A scratch database on the server given, and another on our own once that one has refused something. */
class ScratchWithFallback implements Scratch {
  #used: Scratch;
  readonly #createOther: () => Promise<Scratch>;
  readonly #context: WorkContext;
  readonly #notes: string[] = [];

  constructor(given: Scratch, createOther: () => Promise<Scratch>, context: WorkContext) {
    this.#used = given;
    this.#createOther = createOther;
    this.#context = context;
  }

  readonly restore = async (kind: DumpFileKind, open: () => AsyncIterable<Buffer>): Promise<readonly Refusal[]> => {
    const refusals = await this.#used.restore(kind, open);
    const [first] = refusals;
    if (first === undefined) return refusals;
    const { logger, signal } = this.#context;
    logger.info(`the server in scratch-url refused something (${first.message}); restoring on a server of our own`);
    let other: Scratch;
    try {
      other = await this.#createOther();
    } catch (error) {
      signal.throwIfAborted();
      this.#notes.push(`restored as a role without rights only: ${explainInLine(error)}`);
      return refusals;
    }
    const refusing = this.#used;
    this.#used = other;
    this.#notes.push(`not on the server in scratch-url, which refused: ${first.message}`);
    await refusing.drop().catch((error: unknown) => {
      logger.warning(`a scratch database could not be dropped (${explainInLine(error)}); the next run drops it`);
    });
    return other.restore(kind, open);
  };

  readonly fingerprint: Scratch['fingerprint'] = (...request) => this.#used.fingerprint(...request);
  readonly notes = (): readonly string[] => [...this.#notes, ...(this.#used.notes?.() ?? [])];
  readonly drop = (): Promise<void> => this.#used.drop();
}

async function createOnOwnServer(options: ChoiceOptions, context: WorkContext): Promise<Scratch> {
  const { source, tools, owner, jobs, workDirectory } = options;
  const { signal, logger } = context;
  const programs = await programsFor(source, tools, signal);
  const name = newScratchName();
  const preload = librariesToPreload(Object.keys(source.extensions)).filter((library) => hasLibrary(programs, library));
  const server = await startOwnServer({ programs, workDirectory, owner, database: name, preload, jobs, signal });
  const shown = `PostgreSQL ${showVersion(programs.version)} server of its own`;
  try {
    const scratch = await createScratch(
      {
        ...options,
        name,
        tools: tools.version.major >= programs.version.major ? tools : await toolsOf(programs, signal),
        server: { connection: server.connection, disposable: true, shown: `the ${shown}` },
      },
      context,
    );
    logger.info(`restoring on a ${shown}`);
    return {
      ...scratch,
      notes: () => [`restored on a ${shown}`, ...(scratch.notes?.() ?? [])],
      // With the server goes all that is on it.
      drop: () => server.stop(),
    };
  } catch (error) {
    await server.stop().catch(() => {});
    throw error;
  }
}

/** @throws BackupError that names the package to install */
async function programsFor(source: DumpFingerprint, tools: ClientTools, signal: AbortSignal): Promise<ServerPrograms> {
  const servers = await findServers(signal);
  // Fingerprints of copies lack it: then the tools are of a series that can hold the dump.
  const { major } = parseVersion(source.serverVersion) ?? tools.version;
  const chosen = chooseServer(servers, major);
  if (chosen) return chosen;
  const there = servers.map(({ version }) => showVersion(version)).join(', ');
  const reason =
    there === ''
      ? 'the server is not installed'
      : `the server installed is ${there}, the source ${source.serverVersion}`;
  throw noServer(
    reason,
    `install postgresql-${major} before this step (on Debian and Ubuntu: sudo apt-get install -y postgresql-${major}), or give scratch-url`,
  );
}

/** pg_dump refuses a server newer than itself. */
async function toolsOf({ version }: ServerPrograms, signal: AbortSignal): Promise<ClientTools> {
  return chooseTools(await findTools(signal), version);
}
