/** Programs in a pod or a container, through the client that carries their streams: kubectl, docker, podman. */
import { randomBytes } from 'node:crypto';
import type { Relay, RemoteCommand, RemotePlace } from '../../ports/remote.ts';
import { BackupError } from '../../runtime/errors.ts';
import { checkedOutput, PipedProgram } from '../databases/piped-program.ts';
import { programFailed } from '../databases/tool-output.ts';
import type { Carrier } from './carrier.ts';
import { openRelay } from './relay.ts';
import { Counter, configLine, killer, Sayings, type Sum, wrapper } from './wrapper.ts';

/** Code of an error: what arrived is not what was sent, or the program's end was not told. */
export const execCut = 'exec-cut';

/** Characters of standard error that are kept, from its end. */
const keptOutput = 8_000;
/** Characters of a config: what a pipe holds, so that nothing waits for a program that does not read it. */
const configLimit = 32 * 1024;

export class ExecPlace implements RemotePlace {
  readonly shown: string;
  readonly #carrier: Carrier;

  constructor(carrier: Carrier) {
    this.#carrier = carrier;
    this.shown = carrier.shown;
  }

  output(command: RemoteCommand): AsyncGenerator<Buffer> {
    return new Execution(this.#carrier, command, 'none').output();
  }

  through(command: RemoteCommand, source: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
    return new Execution(this.#carrier, command, 'data').through(source);
  }

  async read(command: RemoteCommand): Promise<string> {
    const chunks: Buffer[] = [];
    for await (const chunk of this.output(command)) chunks.push(chunk);
    return Buffer.concat(chunks).toString('utf8').trim();
  }

  relay(port: number, host = '127.0.0.1'): Promise<Relay> {
    return openRelay(this.#carrier, this, { host, port });
  }
}

/** One program, from its start to its end. */
class Execution {
  readonly #carrier: Carrier;
  readonly #command: RemoteCommand;
  readonly #input: 'none' | 'data';
  readonly #nonce = randomBytes(12).toString('hex');
  readonly #sayings = new Sayings(this.#nonce);
  readonly #sent = new Counter();
  readonly #got = new Counter();
  readonly #program: PipedProgram;
  #errors = '';
  #whole = false;

  constructor(carrier: Carrier, command: RemoteCommand, input: 'none' | 'data') {
    this.#carrier = carrier;
    this.#command = command;
    this.#input = input;
    const { config, signal, what, words } = command;
    if (config !== undefined && config.length > configLimit) throw new Error(`the config of ${what} is too long`);
    signal?.throwIfAborted();
    const own = ['sh', '-c', wrapper, 'holdfast', this.#nonce, input, config === undefined ? 'none' : 'config'];
    this.#program = new PipedProgram({
      program: carrier.program,
      parameters: [...carrier.parameters, ...own, ...words],
      environment: carrier.environment,
      what: `${what} in ${carrier.shown}`,
      signal,
      onErrors: (text) => this.#keep(this.#sayings.take(text)),
      failure: (status) => this.#failure(status),
    });
  }

  #keep(text: string): void {
    if (text === '') return;
    this.#errors = (this.#errors + text).slice(-keptOutput);
    this.#command.onErrors?.(text);
  }

  async *output(): AsyncGenerator<Buffer> {
    const { config } = this.#command;
    // Its standard input stays open: the end of it ends the program.
    if (config !== undefined) await this.#program.write(Buffer.from(configLine(config)));
    yield* this.#checked(checkedOutput(this.#program));
  }

  async *through(source: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
    yield* this.#checked(this.#program.through(this.#counted(source)));
  }

  async *#counted(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    const { config } = this.#command;
    if (config !== undefined) yield Buffer.from(configLine(config));
    for await (const chunk of source) {
      this.#sent.add(chunk);
      yield chunk;
    }
  }

  async *#checked(output: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    try {
      for await (const chunk of output) {
        this.#got.add(chunk);
        yield chunk;
      }
      this.#whole = true;
    } finally {
      // Cancelled, failed here, or read no further: the program there is not to go on.
      if (!this.#whole) await this.#end();
    }
    this.#keep(this.#sayings.end());
    const failed = this.#failure(0);
    if (!failed) return;
    // It goes on there if only the connection ended.
    await this.#end();
    throw failed;
  }

  /** Undefined when all went well. @param status of the client */
  #failure(status: number | string): BackupError | undefined {
    const { what, causes } = this.#command;
    const { status: own, lacks, pid } = this.#sayings;
    const where = `${what} in ${this.#carrier.shown}`;
    if (lacks !== undefined) return imageLacks(where, lacks, 'what is sent is hashed there, so that a cut is noticed');
    if (own === 127 && /not found|No such file/i.test(this.#errors))
      return imageLacks(where, this.#command.words[0], 'it has to be in the image of the server');
    // With the status of SIGPIPE, nobody read what it wrote: the connection was cut.
    const unread = own === 141 && difference(this.#sayings.sum('out'), this.#got.sum()) !== undefined;
    if (own !== undefined && own !== 0 && !unread)
      return programFailed({ what: where, status: own, errors: this.#errors.trim(), causes });
    // The client failed before anything ran there.
    if (pid === undefined && status !== 0) return this.#carrier.failure(where, status, this.#errors.trim());
    return this.#cut(where, status);
  }

  /** Compares what was sent with what arrived, both ways. */
  #cut(where: string, status: number | string): BackupError | undefined {
    const { status: own } = this.#sayings;
    if (own === undefined)
      return cut(
        `the connection to ${this.#carrier.shown} ended before ${this.#command.what} did`,
        status,
        this.#errors,
      );
    const out = difference(this.#sayings.sum('out'), this.#got.sum());
    if (out) return cut(`what ${where} wrote did not arrive as it was sent: ${out}`, status, this.#errors);
    if (this.#input === 'none') return undefined;
    const into = difference(this.#sent.sum(), this.#sayings.sum('in'));
    return into === undefined
      ? undefined
      : cut(`what ${where} was given did not arrive as it was sent: ${into}`, status, this.#errors);
  }

  /** Ends the program there. The client's end does not: it is asked to be ended through a second client. */
  async #end(): Promise<void> {
    const { pid, status } = this.#sayings;
    // What it wrote may arrive before what the wrapper says.
    if (status === undefined && (pid !== undefined || this.#got.sum().bytes > 0)) {
      const { program, parameters, environment } = this.#carrier;
      const second = new PipedProgram({
        program,
        parameters: [...parameters, 'sh', '-c', killer, 'holdfast', this.#nonce],
        environment,
        what: 'the end of a program',
        failure: () => undefined,
      });
      second.end();
      await second.finished().catch(() => {});
    }
    await this.#program.discard();
  }
}

function imageLacks(where: string, program: string, why: string): BackupError {
  return new BackupError({
    what: `${where}: there is no ${program}`,
    likelyCause: `${program} is not in the image of that container: ${why}`,
    fix: `use an image that has ${program}, or reach the server from the runner (input database-url)`,
    code: 'tool-missing',
  });
}

function difference(sent: Sum | undefined, got: Sum | undefined): string | undefined {
  if (!sent || !got) return 'its length was not told';
  if (sent.bytes !== got.bytes) return `${sent.bytes} bytes were sent, ${got.bytes} arrived`;
  return sent.sha256 === got.sha256 ? undefined : `${sent.bytes} bytes arrived, but other ones (SHA-256 differs)`;
}

function cut(what: string, status: number | string, errors: string): BackupError {
  return new BackupError({
    what,
    likelyCause: `the connection was cut${status === 0 ? ', which its client did not notice (kubernetes/kubernetes 124571)' : ''}: a load balancer or the API server closed it, the node was too busy, or the pod ended`,
    fix: 'run it again; if it happens again, look for the end of the pod, and for a limit of idle or total time between the runner and the cluster',
    detail: errors.trim(),
    code: execCut,
  });
}
