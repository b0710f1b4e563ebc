/** Sessions and questions through psql, the one client that is wherever the dump tools are. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { type Connection, clientEnvironment } from '../../../dump/engines/postgres/connection.ts';
import { messagesIn } from '../../../dump/engines/postgres/snapshot/disturbance.ts';
import type { ClientTools } from '../../../dump/engines/postgres/tools.ts';
import { BackupError, explain } from '../../../runtime/errors.ts';
import { PipedProgram, type PipedProgramOptions } from '../piped-program.ts';
import { runProgram, runWithMessages, type ShortProgram, type Written } from '../programs.ts';
import { programFailed } from '../tool-output.ts';
import { postgresCauses } from './causes.ts';

/** psql reads no start-up file, and prints bare rows. */
const bare = ['-X', '-q', '-A', '-t'];

/** The same, and it stops at the first error. */
export const quietly = [...bare, '-v', 'ON_ERROR_STOP=1'];

/** A string literal of SQL, with standard_conforming_strings, which is the default. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A quoted identifier of SQL. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export interface Question {
  readonly tools: Pick<ClientTools, 'folder'>;
  readonly connection: Connection;
  /** Statements, each with its semicolon. They go through standard input, where no other account can read them. */
  readonly sql: string;
  /** For errors. Default: "psql of shop on db.example.org:5432". */
  readonly what?: string;
  readonly timeoutSeconds?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Runs statements. @returns what psql prints @throws BackupError with the server's message */
export function askPsql(question: Question): Promise<string> {
  return runProgram(programOf(question));
}

/** Runs a script that goes on after errors. @returns also the server's messages */
export function runScript(question: Question): Promise<Written> {
  return runWithMessages(programOf(question));
}

function programOf({ tools, connection, sql, what, timeoutSeconds, signal }: Question): ShortProgram {
  return {
    program: join(tools.folder, 'psql'),
    parameters: quietly,
    environment: clientEnvironment(connection),
    what: what ?? `psql of ${connection.shown}`,
    input: `${sql}\n`,
    timeoutSeconds,
    signal,
    causes: postgresCauses,
  };
}

/** A session has ended, whoever ended it. */
export class SessionEnded extends BackupError {
  /** What the statements had printed by then. */
  readonly lines: readonly string[];

  constructor(what: string, status: number | string, lines: readonly string[]) {
    const errors = messagesIn(lines).join('\n');
    super(
      status === 0
        ? { what: `${what}: the session ended by itself`, detail: errors }
        : explain(programFailed({ what, status, errors, causes: postgresCauses })),
    );
    this.lines = lines;
  }
}

/**
 * A session that stays open between its statements. psql prints its messages among the rows, in order: it flushes what it
 * has printed before each message (pg_log_generic_v in src/common/logging.c).
 */
export class PsqlSession {
  readonly #program: PipedProgram;
  readonly #what: string;
  readonly #signal: AbortSignal | undefined;
  readonly #lines: AsyncIterator<string>;
  /** Whether statements are running. */
  #busy = false;

  constructor(options: Omit<PipedProgramOptions, 'parameters' | 'causes' | 'interruptible'>) {
    this.#what = options.what;
    this.#signal = options.signal;
    const parameters = ['-c', 'exec "$0" "$@" 2>&1', options.program, ...bare, '--no-password'];
    this.#program = new PipedProgram({ ...options, program: '/bin/sh', parameters, interruptible: true });
    this.#lines = linesOf(this.#program.stdout);
  }

  /**
   * Runs statements, or psql's own commands.
   * @returns the lines they print, the server's messages among them
   * @throws SessionEnded with the server's message; the signal's reason when it is aborted
   */
  async query(sql: string): Promise<string[]> {
    const endMarker = `done-${randomBytes(9).toString('hex')}`;
    const lines: string[] = [];
    this.#busy = true;
    await this.#program.write(Buffer.from(`${sql}\n\\echo ${endMarker}\n`));
    for (;;) {
      const next = await this.#lines.next();
      if (next.done) throw await this.#ended(lines);
      if (next.value === endMarker) break;
      lines.push(next.value);
    }
    this.#busy = false;
    return lines;
  }

  async #ended(lines: readonly string[]): Promise<unknown> {
    const status = await this.#program.status();
    if (this.#signal?.aborted) return this.#signal.reason;
    return new SessionEnded(this.#what, status, lines);
  }

  /** Ends the session, whatever it is doing. */
  async end(): Promise<void> {
    if (this.#busy) this.#program.stop();
    await this.#program.write(Buffer.from('\\q\n'));
    this.#program.end();
    await this.#program.goneWithoutReading();
  }
}

async function* linesOf(source: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let rest = '';
  const decoder = new TextDecoder();
  for await (const chunk of source) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = parts.pop() ?? '';
    yield* parts;
  }
  if (rest !== '') yield rest;
}
