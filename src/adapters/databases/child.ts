/** Programs started by an action: their output streamed, their end never overlooked. */
import { type ChildProcess, spawn } from 'node:child_process';
import { BackupError } from '../../runtime/errors.ts';

export interface ProgramOptions {
  /** Absolute path, or a name to be looked for. */
  readonly program: string;
  readonly parameters: readonly string[];
  /** The whole environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** For errors: "pg_dump of shop". */
  readonly what: string;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds after SIGTERM until SIGKILL, when the run is cancelled. */
  readonly graceMilliseconds?: number;
}

/** Characters of standard error that are kept, from its end. */
const keptOutput = 8_000;

/** A program at work. */
export class Program {
  readonly #options: ProgramOptions;
  readonly #child: ChildProcess;
  /** Resolves with the exit status, or the signal's name. */
  readonly #ended: Promise<number | string>;
  /** Resolves as soon as the program itself is gone, whatever it may have left behind that still holds its output. */
  readonly #gone: Promise<void>;
  #errors = '';

  constructor(options: ProgramOptions) {
    this.#options = options;
    this.#child = spawn(options.program, options.parameters, {
      env: options.environment,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#errors = (this.#errors + text).slice(-keptOutput);
    });
    // A program that has stopped reading says why with its exit status.
    this.#child.stdin?.on('error', () => {});
    this.#ended = new Promise((resolve, reject) => {
      this.#child.on('error', (error) => reject(this.#missing(error)));
      this.#child.on('close', (status, signal) => resolve(status ?? signal ?? 'nothing'));
    });
    // It is heard where it is waited for.
    this.#ended.catch(() => {});
    this.#gone = new Promise((resolve) => {
      this.#child.on('exit', () => resolve()).on('error', () => resolve());
    });
    const stop = (): void => this.stop();
    options.signal?.addEventListener('abort', stop, { once: true });
    this.#ended.finally(() => options.signal?.removeEventListener('abort', stop)).catch(() => {});
  }

  get stdout(): AsyncIterable<Buffer> {
    return this.#child.stdout as AsyncIterable<Buffer>;
  }

  /** Writes to its standard input, and waits until it has room for more. */
  async write(bytes: Uint8Array): Promise<void> {
    const input = this.#child.stdin;
    if (!input || input.destroyed || input.writableEnded) return;
    if (input.write(bytes)) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        input.off('drain', done).off('close', done).off('error', done);
        resolve();
      };
      input.on('drain', done).on('close', done).on('error', done);
    });
  }

  end(): void {
    this.#child.stdin?.end();
  }

  /** What it has said on standard error, its last 8,000 characters. */
  get errors(): string {
    return this.#errors.trim();
  }

  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Ends it, politely first. */
  stop(): void {
    if (!this.running) return;
    this.#child.kill('SIGTERM');
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), this.#options.graceMilliseconds ?? 2000);
    timer.unref();
    this.#ended.finally(() => clearTimeout(timer)).catch(() => {});
  }

  /** Waits for its end. @throws BackupError unless it ended with status 0 */
  async done(): Promise<void> {
    const status = await this.#ended;
    this.#options.signal?.throwIfAborted();
    if (status === 0) return;
    throw this.#failed(status);
  }

  /** Waits for its end without a word of its output. @throws BackupError unless it ended with status 0 */
  async finished(): Promise<void> {
    for await (const _ of checked(this));
  }

  /**
   * Gives it what it reads, until it has no more use for it, and waits for its end. Its output is thrown away.
   * @throws BackupError unless it ended with status 0; what the source throws, once the program has been ended
   */
  async feed(source: AsyncIterable<Uint8Array>): Promise<void> {
    // From the start: a program whose output nobody takes would stop reading, too.
    const ended = this.finished();
    // It is heard where it is waited for.
    ended.catch(() => {});
    try {
      for await (const chunk of source) {
        if (!this.running) break;
        await this.write(chunk);
      }
    } catch (error) {
      this.stop();
      // Until then it writes to places that whoever called would clear away.
      await this.#gone;
      throw error;
    }
    this.end();
    await ended;
  }

  /** Waits for its end, whatever it is. */
  async status(): Promise<number | string> {
    return this.#ended;
  }

  #failed(status: number | string): BackupError {
    const { what } = this.#options;
    const end = typeof status === 'number' ? `ended with status ${status}` : `was ended by ${status}`;
    const lines = this.errors.split('\n');
    const last = lines.find((line) => /\berror:/i.test(line)) ?? lines.at(-1) ?? '';
    return new BackupError({
      what: `${what} ${end}${last === '' ? '' : `: ${last}`}`,
      detail: this.errors,
      ...explain(this.errors, status),
    });
  }

  #missing(error: Error): BackupError {
    return new BackupError({
      what: `${this.#options.what} could not be started: ${error.message}`,
      code: 'tool-missing',
    });
  }
}

interface Advice {
  readonly likelyCause?: string;
  readonly fix?: string;
  readonly code?: string;
}

/** What the usual words of PostgreSQL's programs mean. */
export function explain(errors: string, status: number | string): Advice {
  if (/No space left on device/i.test(errors))
    return {
      likelyCause: 'the disk is full',
      fix: 'make room in the work directory (input work-directory)',
      code: 'disk-full',
    };
  if (/server version mismatch/i.test(errors))
    return {
      likelyCause: 'pg_dump is older than the server',
      fix: "install the client of the server's series",
      code: 'version-mismatch',
    };
  if (/due to lock timeout|could not obtain lock|statement timeout[\s\S]*LOCK TABLE/i.test(errors))
    return {
      likelyCause: 'something held a lock on a table for longer than lock-timeout, such as a migration',
      fix: 'dump at another time, or raise lock-timeout',
      code: 'locked',
    };
  if (/row-level security/i.test(errors))
    return {
      likelyCause: 'the role sees only some rows of a table, which would make an incomplete dump',
      fix: 'dump with the owner of the tables, or a role with BYPASSRLS',
    };
  if (/permission denied for large object/i.test(errors))
    return {
      likelyCause: 'the role may not read large objects, for which pg_read_all_data is not enough',
      fix: 'dump with their owner or a superuser, or grant SELECT ON LARGE OBJECT',
    };
  if (/permission denied/i.test(errors))
    return {
      likelyCause: 'the role may not read everything',
      fix: 'grant it pg_read_all_data, or dump with the owner',
    };
  if (/password authentication failed|no password supplied/i.test(errors))
    return { likelyCause: 'the user or the password is wrong', fix: 'correct the secret that database-url comes from' };
  if (/out of memory|cannot allocate memory/i.test(errors))
    return { likelyCause: 'the machine, or the server, had no memory left', code: 'no-memory' };
  if (
    /could not connect|connection to server|server closed the connection|terminating connection|the database system is (starting|shutting)/i.test(
      errors,
    )
  )
    return {
      likelyCause: 'the server cannot be reached from here, or went away',
      fix: 'check host, port and firewall of database-url',
      code: 'unreachable',
    };
  if (typeof status === 'string' && status !== 'SIGKILL') return { likelyCause: 'somebody ended it', code: 'killed' };
  if (status === 'SIGKILL')
    return { likelyCause: 'the machine had no memory left, or somebody killed it', code: 'killed' };
  return {};
}

/** A program's output; its end is an error unless its exit status is 0. */
export async function* checked(program: Program): AsyncGenerator<Buffer> {
  let whole = false;
  try {
    for await (const chunk of program.stdout) yield chunk;
    whole = true;
  } finally {
    // Whoever stops reading does not want the rest.
    if (!whole) program.stop();
  }
  await program.done();
}

/** Runs a program to its end. @returns its output @throws BackupError unless it ended with status 0 */
export async function runProgram(options: ProgramOptions, input = ''): Promise<string> {
  const program = new Program(options);
  if (input !== '') await program.write(Buffer.from(input));
  program.end();
  const parts: Buffer[] = [];
  for await (const chunk of program.stdout) parts.push(chunk);
  await program.done();
  return Buffer.concat(parts).toString('utf8');
}
