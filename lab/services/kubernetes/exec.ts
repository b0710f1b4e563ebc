/**
 * An exec: a command in a container, its streams over WebSocket. Each message begins with the number of its channel: 0 standard input,
 * 1 standard output, 2 standard error, 3 the status at the end; with version 5 of the protocol, 255 closes the channel that follows
 * (apimachinery, pkg/util/remotecommand/constants.go).
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { WebSocket } from 'ws';
import type { ContainerDefinition, ExecFault } from './model.ts';

const channels = { input: 0, output: 1, errors: 2, status: 3, close: 255 } as const;
const usualPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

export interface Exec {
  /** Ends what it has started. */
  end(): void;
}

export interface ExecOptions {
  readonly socket: WebSocket;
  readonly container: ContainerDefinition;
  readonly command: readonly string[];
  readonly fault?: ExecFault | undefined;
  readonly onEnd: () => void;
}

export function startExec(options: ExecOptions): Exec {
  const { container, command, socket } = options;
  const { path = usualPath, environment = {} } = container;
  const [name = '', ...parameters] = command;
  const program = name.includes('/') ? name : find(path, name);
  if (program === undefined) {
    const reason = `exec: "${name}": executable file not found in $PATH: unknown`;
    sendStatus(socket, { reason: 'InternalError', message: `OCI runtime exec failed: exec failed: ${reason}` });
    socket.close(1000);
    return { end: options.onEnd };
  }
  const child = spawn(program, parameters, {
    env: { PATH: path, ...environment },
    cwd: '/',
    stdio: 'pipe',
    // The leader of a session, as runc starts it.
    detached: true,
  });
  const streams = new Streams(options, child);
  streams.join();
  return { end: () => streams.endProgram() };
}

function find(path: string, name: string): string | undefined {
  return path
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

class Streams {
  readonly #options: ExecOptions;
  readonly #child: ChildProcess;
  /** Bytes of standard output so far. */
  #sent = 0;
  #lost = false;

  constructor(options: ExecOptions, child: ChildProcess) {
    this.#options = options;
    this.#child = child;
  }

  join(): void {
    const { socket, onEnd } = this.#options;
    const { stdin, stdout, stderr } = this.#child;
    stdin?.on('error', () => {});
    stdout?.on('data', (chunk: Buffer) => this.#output(chunk));
    stderr?.on('data', (chunk: Buffer) => this.#send(channels.errors, chunk));
    socket.on('message', (data: Buffer) => this.#take(data));
    socket.on('error', () => {});
    // The program goes on when its client has gone; it only sees the end of its input (kubernetes/kubernetes 89031).
    socket.on('close', () => stdin?.end());
    this.#child.on('error', (error) => this.#finish({ reason: 'InternalError', message: error.message }));
    this.#child.on('close', (code, signal) => {
      onEnd();
      this.#finish(code === 0 ? undefined : exitStatus(code ?? (signal === 'SIGKILL' ? 137 : 143)));
    });
  }

  #take(data: Buffer): void {
    const [channel] = data;
    if (channel === channels.input) this.#child.stdin?.write(data.subarray(1));
    else if (channel === channels.close && data[1] === channels.input) this.#child.stdin?.end();
  }

  #output(chunk: Buffer): void {
    const { fault, socket } = this.#options;
    const from = this.#sent;
    this.#sent += chunk.length;
    if (this.#lost) return;
    if (fault === undefined || this.#sent <= fault.after) {
      this.#send(channels.output, chunk);
      return;
    }
    const before = Math.max(0, fault.after - from);
    if (fault.kind === 'change') {
      this.#send(channels.output, from <= fault.after ? withOther(chunk, before) : chunk);
      return;
    }
    this.#lost = true;
    if (before > 0) this.#send(channels.output, chunk.subarray(0, before));
    if (fault.kind === 'break') socket.terminate();
    if (fault.kind === 'end') this.#finish(undefined);
  }

  /** A client that is slow is waited for. */
  #send(channel: number, bytes: Buffer): void {
    const { socket } = this.#options;
    if (socket.readyState !== socket.OPEN) return;
    const { stdout } = this.#child;
    stdout?.pause();
    socket.send(Buffer.concat([Buffer.from([channel]), bytes]), () => stdout?.resume());
  }

  #finish(failure: Failure | undefined): void {
    const { socket } = this.#options;
    if (socket.readyState !== socket.OPEN) return;
    sendStatus(socket, failure);
    socket.close(1000);
  }

  endProgram(): void {
    try {
      if (this.#child.pid) process.kill(-this.#child.pid, 'SIGKILL');
    } catch {
      // It has ended meanwhile.
    }
  }
}

/** A copy with one byte changed. */
function withOther(chunk: Buffer, index: number): Buffer {
  const changed = Buffer.from(chunk);
  changed[index] = (changed[index] ?? 0) ^ 1;
  return changed;
}

interface Failure {
  readonly reason: string;
  readonly message: string;
  readonly details?: unknown;
}

function exitStatus(code: number): Failure {
  return {
    reason: 'NonZeroExitCode',
    message: `command terminated with non-zero exit code: exit status ${code}`,
    details: { causes: [{ reason: 'ExitCode', message: String(code) }] },
  };
}

function sendStatus(socket: WebSocket, failure: Failure | undefined): void {
  const own = failure === undefined ? { status: 'Success' } : { status: 'Failure', ...failure };
  const text = JSON.stringify({ metadata: {}, ...own });
  socket.send(Buffer.concat([Buffer.from([channels.status]), Buffer.from(text)]));
}
