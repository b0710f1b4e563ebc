/**
 * Connections to a server in a pod or a container, for clients on the runner: a port of this computer, each connection to which is one
 * program there that passes bytes on.
 */
import { createServer, type Server, type Socket } from 'node:net';
import type { Relay, RemotePlace } from '../../ports/remote.ts';
import { BackupError } from '../../runtime/errors.ts';
import { PipedProgram } from '../databases/piped-program.ts';
import type { Carrier, Target } from './carrier.ts';

/**
 * Arguments: host and port, or nothing to ask what there is. With bash, the end of one direction is the end of both. Bash may be built
 * without /dev/tcp; then it looks for a file.
 */
export const relayScript = `
if command -v socat >/dev/null 2>&1; then way=socat
elif command -v bash >/dev/null 2>&1 && bash -c ': <>/dev/tcp/127.0.0.1/0' 2>&1 | grep -qv 'No such file'; then way=bash
elif command -v nc >/dev/null 2>&1; then way=nc
elif command -v busybox >/dev/null 2>&1 && busybox nc --help >/dev/null 2>&1; then way='busybox nc'
else way=none
fi
[ $# = 0 ] && { echo "$way"; exit 0; }
case $way in
socat) exec socat - "TCP:$1:$2" ;;
bash) exec bash -c '
  exec 3<>"/dev/tcp/$0/$1" 4<&0 || exit 1
  cat <&3 & down=$!
  { cat <&4 >&3; kill "$down"; } >/dev/null 2>&1 &
  wait "$down"
  exit 0' "$1" "$2" ;;
none) echo 'nothing here relays a connection' >&2; exit 1 ;;
*) exec $way "$1" "$2" ;;
esac
`;

/** Milliseconds between the end of a client and that of its program. */
const graceMilliseconds = 2000;

export async function openRelay(carrier: Carrier, place: RemotePlace, target: Target): Promise<Relay> {
  const way = await place.read({ words: ['sh', '-c', relayScript, 'relay'], what: 'the search for a relay' });
  if (way !== 'none') return await listen(carrier, target);
  if (carrier.fallback) return await carrier.fallback(target);
  throw new BackupError({
    what: `nothing in ${carrier.shown} relays a connection to ${target.host}:${target.port}`,
    likelyCause: 'the image has neither socat nor bash nor nc',
    fix: 'use an image that has one of them, or publish the port of the server and give database-url',
    code: 'no-relay',
  });
}

async function listen(carrier: Carrier, target: Target): Promise<Relay> {
  const connections = new Set<Connection>();
  let problem: string | undefined;
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    const connection = new Connection(carrier, target, socket);
    connections.add(connection);
    void connection.ended.then((reason) => {
      connections.delete(connection);
      if (reason !== undefined) problem = reason;
    });
  });
  const port = await boundPort(server);
  return {
    host: '127.0.0.1',
    port,
    problem: () => problem,
    close: async () => {
      server.close();
      const open = [...connections];
      await Promise.all(open.map((connection) => connection.break()));
      await Promise.all(open.map(({ ended }) => ended));
    },
  };
}

function boundPort(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      if (address !== null && typeof address === 'object') resolve(address.port);
      else reject(new Error('no port is free'));
    });
  });
}

/** One connection: a socket of this computer, and the program there. */
class Connection {
  /** Resolves at its end: with a reason when the program failed. */
  readonly ended: Promise<string | undefined>;
  readonly #socket: Socket;
  readonly #program: PipedProgram;
  #errors = '';
  /** Whether the end began here. */
  #isLeft = false;

  constructor(carrier: Carrier, { host, port }: Target, socket: Socket) {
    this.#socket = socket;
    socket.on('error', () => {});
    this.#program = new PipedProgram({
      program: carrier.program,
      parameters: [...carrier.parameters, 'sh', '-c', relayScript, 'relay', host, String(port)],
      environment: carrier.environment,
      what: `the connection to ${host}:${port} in ${carrier.shown}`,
      onErrors: (text) => {
        this.#errors = (this.#errors + text).slice(-2000);
      },
      failure: () => undefined,
    });
    this.ended = this.#pass();
  }

  async #pass(): Promise<string | undefined> {
    const upwards = this.#upwards();
    let passed = 0;
    try {
      for await (const chunk of this.#program.stdout) {
        passed += chunk.length;
        if (this.#socket.destroyed) break;
        if (!this.#socket.write(chunk)) await drained(this.#socket);
      }
    } catch {
      // It was destroyed with its program.
    }
    const left = this.#isLeft || this.#socket.destroyed;
    this.#socket.end();
    await this.break();
    await upwards;
    if (passed > 0) return undefined;
    // The last line may be kubectl's own, of the status of its program. Some kinds of nc say nothing.
    const said = this.#errors
      .split('\n')
      .filter((line) => line.trim() !== '' && !/^command terminated with/.test(line));
    return said.at(-1)?.trim() ?? (left ? undefined : 'the connection was closed there before the server answered');
  }

  async #upwards(): Promise<void> {
    try {
      for await (const chunk of this.#socket as AsyncIterable<Buffer>) await this.#program.write(chunk);
    } catch {
      // The client broke it off.
    }
    this.#isLeft = true;
    this.#program.end();
    // Some kinds of nc wait for the server, which does not know that its client has gone.
    const timer = setTimeout(() => this.#program.stop(), graceMilliseconds);
    timer.unref();
    void this.#program.status().then(
      () => clearTimeout(timer),
      () => clearTimeout(timer),
    );
  }

  async break(): Promise<void> {
    this.#isLeft = true;
    await this.#program.discard();
    this.#socket.destroy();
  }
}

function drained(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      socket.off('drain', done).off('close', done);
      resolve();
    };
    socket.on('drain', done).on('close', done);
  });
}
