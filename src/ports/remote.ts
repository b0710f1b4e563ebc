/**
 * Programs that run in another place than the runner: in a pod, or in a container. Their input and output are streams, and what arrives
 * is compared with what was sent: a connection that was cut is an error, also when the client that carried it ended with status 0.
 */

/** A message that a program prints, and what it means. */
export interface RemoteCause {
  readonly pattern: RegExp;
  readonly likelyCause: string;
  readonly fix?: string;
  readonly code?: string;
}

/** Where a program finds its `config`: a file that is read once, from its start. */
export const remoteConfigPath = '/dev/fd/9';

export interface RemoteCommand {
  /** The program and its parameters. Others there can read them: no password may be among them. */
  readonly words: readonly [string, ...string[]];
  /** For errors: "mongodump of shop". */
  readonly what: string;
  /** Content of the file `remoteConfigPath`, such as one with a password. It travels on standard input. 32 KB at most. */
  readonly config?: string | undefined;
  /** Ends the program there, too. */
  readonly signal?: AbortSignal | undefined;
  /** Messages of this program, for errors. */
  readonly causes?: readonly RemoteCause[] | undefined;
  /** Gets everything it writes to standard error, of which only the end is kept here. */
  readonly onErrors?: ((text: string) => void) | undefined;
}

/** Opens a connection to a server as programs of that place see it. */
export interface Relay {
  /** 127.0.0.1 */
  readonly host: string;
  readonly port: number;
  /** Why the last connection failed, in words: the client of the server only sees that it was closed. */
  problem(): string | undefined;
  /** Breaks every connection. */
  close(): Promise<void>;
}

export interface RemotePlace {
  /** For people: `the pod mongo-0 (namespace shop)`. */
  readonly shown: string;
  /**
   * A program's output, which is whole when it ends without an error. The program reads nothing.
   * @throws BackupError at its end, unless it ended with status 0; with the code `exec-cut` when the output is not what was sent
   */
  output(command: RemoteCommand): AsyncGenerator<Buffer>;
  /** Feeds a program a stream, and gives its output meanwhile. Otherwise like output(). @throws the error of the source */
  through(command: RemoteCommand, source: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer>;
  /** A short answer, without the spaces around it. Otherwise like output(). */
  read(command: RemoteCommand): Promise<string>;
  /**
   * @param port of a server, as programs of that place reach it
   * @param host default: 127.0.0.1 there
   * @throws BackupError when nothing there can relay a connection
   */
  relay(port: number, host?: string): Promise<Relay>;
}
