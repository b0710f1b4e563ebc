/** MongoDB's tools where they run: on the runner, or where somebody else starts them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type MongoConnection, toolsConfig } from '../../../dump/engines/mongodb/connection.ts';
import { BackupError, explain } from '../../../runtime/errors.ts';
import { checkedOutput, PipedProgram, type PipedProgramOptions } from '../piped-program.ts';
import { runProgram } from '../programs.ts';
import { mongoCauses } from './causes.ts';
import { withLogin } from './login.ts';

export type MongoTool = 'mongodump' | 'mongorestore';

export interface ToolRun {
  readonly tool: MongoTool;
  readonly parameters: readonly string[];
  readonly connection: MongoConnection;
  /** For errors: "mongodump of shop". */
  readonly what: string;
  readonly signal?: AbortSignal | undefined;
  readonly onErrors?: ((text: string) => void) | undefined;
  readonly failure?: PipedProgramOptions['failure'];
}

/** Where tools run. */
export interface MongoTools {
  /** For people: `runner`, or the pod. */
  readonly place: string;
  /** `100.12.2`. @throws BackupError (`tool-missing`, `tool-too-old`) */
  readonly version: (tool: MongoTool) => Promise<string>;
  /** What the tool writes to standard output. @throws BackupError at its end, unless it ended well */
  readonly output: (run: ToolRun) => AsyncGenerator<Buffer>;
}

/** Seconds in which a program must print its version. */
const versionSeconds = 30;

const here = 'this machine';

const environment = (): Record<string, string> => ({
  PATH: process.env.PATH ?? '/usr/bin:/bin',
  HOME: process.env.HOME ?? '/',
  LC_ALL: 'C.UTF-8',
});

/** The version in what `--version` prints: `mongodump version: 100.12.2`, or `3.6.8` of tools that came with the server. */
export function toolVersion(printed: string): string | undefined {
  return /version:\s*r?v?(\d+(?:\.\d+)+\S*)/i.exec(printed)?.[1];
}

/** The first that reads the URL from a file (mongo-tools, CHANGELOG.md, 100.3.0: --config); before 100 they had the numbers of servers. */
const firstUsable = [100, 3] as const;

/**
 * @param printed what `--version` printed
 * @param place for people: the pod, or this machine
 * @returns the version
 * @throws BackupError (`tool-too-old`)
 */
export function usableVersion(tool: MongoTool, printed: string, place: string): string {
  const version = toolVersion(printed);
  if (version === undefined) return 'unknown';
  const [major = 0, minor = 0] = version.split('.').map((one) => Number.parseInt(one, 10));
  const [needed, least] = firstUsable;
  if (major > needed || (major === needed && minor >= least)) return version;
  throw new BackupError({
    what: `${tool} ${version} in ${place} cannot be used: Holdfast needs 100.3 or later`,
    likelyCause:
      'it came with an old server, as in the images mongo:3.6, mongo:4.0 and mongo:4.2: it takes a password on its command line alone, where others can read it',
    fix:
      place === here
        ? 'install a later package mongodb-database-tools (docs/mongodb.md)'
        : "install MongoDB's database tools 100.3 or later there; or, in a pod, name another container that has them (kube-container, such as a sidecar of the image mongo:8); or give a database-url that the runner reaches (docs/mongodb.md)",
    code: 'tool-too-old',
  });
}

export class LocalTools implements MongoTools {
  readonly place = 'runner';
  readonly #workDirectory: string;
  readonly #signal: AbortSignal | undefined;

  /** @param workDirectory where the file with the URL is while a tool runs */
  constructor(workDirectory: string, signal?: AbortSignal) {
    this.#workDirectory = workDirectory;
    this.#signal = signal;
  }

  async version(tool: MongoTool): Promise<string> {
    const printed = await runProgram({
      program: tool,
      parameters: ['--version'],
      environment: environment(),
      what: tool,
      timeoutSeconds: versionSeconds,
      signal: this.#signal,
    }).catch((error: unknown) => {
      this.#signal?.throwIfAborted();
      throw new BackupError({
        what: `${tool} does not run here: ${explain(error).what}`,
        likelyCause: "MongoDB's database tools are not installed",
        fix: 'install the package mongodb-database-tools before this step (docs/mongodb.md)',
        code: 'tool-missing',
      });
    });
    return usableVersion(tool, printed, here);
  }

  async *output(run: ToolRun): AsyncGenerator<Buffer> {
    const { program, end } = await this.start(run);
    try {
      yield* checkedOutput(program);
    } finally {
      await program.goneWithoutReading();
      end();
    }
  }

  /**
   * Starts a tool that reads its input from this process, or from the disk. The URL is in a file that only this account can read,
   * and not on the command line.
   * @returns the program, and what removes that file once it has ended
   */
  async start(run: ToolRun): Promise<{ readonly program: PipedProgram; readonly end: () => void }> {
    const { tool, parameters, connection: given, failure, ...more } = run;
    const connection = await withLogin(given);
    const folder = mkdtempSync(join(this.#workDirectory, 'holdfast-mongo-'));
    const end = (): void => rmSync(folder, { recursive: true, force: true });
    try {
      const config = join(folder, 'config.yaml');
      writeFileSync(config, toolsConfig(connection), { mode: 0o600 });
      const program = new PipedProgram({
        program: tool,
        parameters: [`--config=${config}`, ...parameters],
        environment: environment(),
        causes: mongoCauses,
        failure,
        ...more,
      });
      return { program, end };
    } catch (error) {
      end();
      throw error;
    }
  }
}
