/** Sessions and questions through psql, the one client that is wherever the dump tools are. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { type Connection, clientEnvironment } from '../../../dump/engines/postgres/connection.ts';
import type { ClientTools } from '../../../dump/engines/postgres/tools.ts';
import { BackupError } from '../../../runtime/errors.ts';
import { PipedProgram, type PipedProgramOptions } from '../piped-program.ts';
import { runProgram, runWithMessages, type ShortProgram, type Written } from '../programs.ts';
import { postgresCauses } from './causes.ts';

/** psql reads no start-up file, prints bare rows, and stops at the first error. */
export const quietly = ['-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1'];

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

/** A session that stays open between its statements. */
export class PsqlSession {
  readonly #program: PipedProgram;
  readonly #what: string;
  readonly #lines: AsyncIterator<string>;

  constructor(options: Omit<PipedProgramOptions, 'parameters' | 'causes'>) {
    this.#what = options.what;
    this.#program = new PipedProgram({ ...options, parameters: quietly, causes: postgresCauses });
    this.#lines = linesOf(this.#program.stdout);
  }

  /**
   * Runs statements, or psql's own commands.
   * @returns the lines they print
   * @throws BackupError with the server's message; the signal's reason when it is aborted
   */
  async query(sql: string): Promise<string[]> {
    const endMarker = `done-${randomBytes(9).toString('hex')}`;
    await this.#program.write(Buffer.from(`${sql}\n\\echo ${endMarker}\n`));
    const lines: string[] = [];
    for (;;) {
      const next = await this.#lines.next();
      if (next.done) {
        // After a cancellation this throws the signal's reason, not how psql was ended.
        await this.#program.done();
        throw new BackupError({ what: `${this.#what}: the session ended by itself` });
      }
      if (next.value === endMarker) return lines;
      lines.push(next.value);
    }
  }

  /** Ends the session, whatever it is doing. */
  async end(): Promise<void> {
    await this.#program.write(Buffer.from('\\q\n'));
    this.#program.end();
    await this.#program.status().catch(() => {});
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
