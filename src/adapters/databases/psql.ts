/** A session with a PostgreSQL server, held open by psql: the only client that every place with dump tools has. */
import { randomBytes } from 'node:crypto';
import { BackupError } from '../../runtime/errors.ts';
import { Program, type ProgramOptions } from './child.ts';

/** psql reads no start-up file, prints bare rows and stops at the first error. */
export const quietly = ['-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1'];

/** A string of SQL; of `standard_conforming_strings`, which is on. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A name of SQL, as it is. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export class PsqlSession {
  readonly #program: Program;
  readonly #what: string;
  readonly #lines: AsyncIterator<string>;

  constructor(options: Omit<ProgramOptions, 'parameters'>) {
    this.#what = options.what;
    this.#program = new Program({ ...options, parameters: quietly });
    this.#lines = linesOf(this.#program.stdout);
  }

  /**
   * Runs statements, or psql's own commands, and gives the lines they print.
   * @throws BackupError with the server's words; the signal's reason when it is aborted
   */
  async query(sql: string): Promise<string[]> {
    const mark = `done-${randomBytes(9).toString('hex')}`;
    await this.#program.write(Buffer.from(`${sql}\n\\echo ${mark}\n`));
    const lines: string[] = [];
    for (;;) {
      const next = await this.#lines.next();
      if (next.done) {
        // Of a cancelled run this throws the cancellation, and not how psql was ended for it.
        await this.#program.done();
        throw new BackupError({ what: `${this.#what}: the session ended by itself` });
      }
      if (next.value === mark) return lines;
      lines.push(next.value);
    }
  }

  /** Ends the session, whatever it was in. */
  async end(): Promise<void> {
    await this.#program.write(Buffer.from('\\q\n'));
    this.#program.end();
    await this.#program.status().catch(() => {});
  }

  stop(): void {
    this.#program.stop();
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
