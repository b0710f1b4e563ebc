/** A session with a server, through the driver: questions with answers as text, bounded in time. */
import { readFileSync } from 'node:fs';
import { type ConnectionOptions, createConnection, type Connection as Driver } from 'mysql2';
import type { Connection } from '../../../dump/engines/mysql/connection.ts';
import { BackupError } from '../../../runtime/errors.ts';
import { adviceOn } from '../tool-output.ts';
import { mysqlCauses } from './causes.ts';

/** A row, its values as the server writes them. */
export type Row = readonly (string | null)[];

/** An error of the server, or of the way to it. */
export interface ServerError extends Error {
  readonly errno?: number;
  readonly code?: string;
  readonly sqlState?: string;
  readonly fatal?: boolean;
}

export interface SessionOptions {
  readonly connection: Connection;
  readonly signal?: AbortSignal | undefined;
  /** For errors: `the fingerprint`. */
  readonly what: string;
}

export class Session {
  readonly #driver: Driver;
  readonly #options: SessionOptions;
  readonly #stop: () => void;

  private constructor(driver: Driver, options: SessionOptions) {
    this.#driver = driver;
    this.#options = options;
    // What happens to an idle connection is told by the next question.
    driver.on('error', () => {});
    this.#stop = () => driver.destroy();
    options.signal?.addEventListener('abort', this.#stop, { once: true });
  }

  /** @throws BackupError with likely cause and fix */
  static async open(options: SessionOptions): Promise<Session> {
    options.signal?.throwIfAborted();
    const { mode } = options.connection.tls;
    try {
      return await connect(options, mode !== 'DISABLED');
    } catch (error) {
      options.signal?.throwIfAborted();
      // The client's default: encrypted where the server can.
      if (mode !== 'PREFERRED' || (error as ServerError).code !== 'HANDSHAKE_NO_SSL_SUPPORT')
        throw explained(error as ServerError, options);
      return connect(options, false).catch((other: ServerError) => {
        throw explained(other, options);
      });
    }
  }

  /** @internal */
  static of(driver: Driver, options: SessionOptions): Session {
    return new Session(driver, options);
  }

  /** The server's number of this session. */
  get id(): number {
    return this.#driver.threadId ?? 0;
  }

  /** @throws the server's own error, whose `errno` says what it is; the signal's reason */
  async ask(sql: string): Promise<readonly Row[]> {
    this.#options.signal?.throwIfAborted();
    return new Promise((resolve, reject) => {
      this.#driver.query({ sql, rowsAsArray: true, typeCast: (field) => field.string('utf8') }, (error, rows) => {
        if (this.#options.signal?.aborted) reject(this.#options.signal.reason as Error);
        else if (error) reject(error);
        else resolve(Array.isArray(rows) ? (rows as unknown as readonly Row[]) : []);
      });
    });
  }

  /** Like `ask`. @throws BackupError with likely cause and fix instead of the server's own error */
  async mustAsk(sql: string): Promise<readonly Row[]> {
    try {
      return await this.ask(sql);
    } catch (error) {
      this.#options.signal?.throwIfAborted();
      throw explained(error as ServerError, this.#options);
    }
  }

  /** The first value of the answer; undefined when the server refuses the question. */
  async value(sql: string): Promise<string | undefined> {
    try {
      return (await this.ask(sql))[0]?.[0] ?? undefined;
    } catch {
      this.#options.signal?.throwIfAborted();
      return undefined;
    }
  }

  /** Ends the session. Never throws. */
  async end(): Promise<void> {
    this.#options.signal?.removeEventListener('abort', this.#stop);
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => {
        this.#driver.destroy();
        resolve();
      }, 2000);
      this.#driver.end(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  /** Cuts the connection, whatever it is doing. */
  destroy(): void {
    this.#driver.destroy();
  }
}

function connect(options: SessionOptions, encrypted: boolean): Promise<Session> {
  return new Promise((resolve, reject) => {
    const driver = createConnection(driverOptions(options.connection, encrypted));
    const stop = (): void => {
      driver.destroy();
      reject(options.signal?.reason as Error);
    };
    options.signal?.addEventListener('abort', stop, { once: true });
    driver.once('error', reject);
    driver.connect((error) => {
      options.signal?.removeEventListener('abort', stop);
      if (error) {
        driver.destroy();
        reject(error);
        return;
      }
      driver.off('error', reject);
      resolve(Session.of(driver, options));
    });
  });
}

function driverOptions({ tls, ...connection }: Connection, encrypted: boolean): ConnectionOptions {
  const { host, port, socket, user, password, database, connectTimeout } = connection;
  const file = (path: string | undefined): Buffer | undefined => (path === undefined ? undefined : readFileSync(path));
  const [ca, cert, key] = [file(tls.ca), file(tls.cert), file(tls.key)];
  const verifies = tls.mode === 'VERIFY_CA' || tls.mode === 'VERIFY_IDENTITY';
  return {
    ...(socket === undefined ? { host, port } : { socketPath: socket }),
    user,
    password,
    ...(database === undefined ? {} : { database }),
    connectTimeout: connectTimeout * 1000,
    multipleStatements: false,
    // Of LOAD DATA LOCAL, with which a server could ask for files of this computer.
    flags: ['-LOCAL_FILES'],
    ...(encrypted && socket === undefined
      ? {
          ssl: {
            rejectUnauthorized: verifies,
            verifyIdentity: tls.mode === 'VERIFY_IDENTITY',
            // Servers of old have nothing newer.
            minVersion: 'TLSv1',
            ...(ca ? { ca } : {}),
            ...(cert ? { cert } : {}),
            ...(key ? { key } : {}),
          },
        }
      : {}),
  };
}

function explained(error: ServerError, { connection, what }: SessionOptions): unknown {
  if (error instanceof BackupError) return error;
  const message = error.message === '' ? (error.code ?? 'no answer') : error.message;
  return new BackupError({
    what: `${what} (${connection.shown}): ${message}${error.errno && error.errno > 0 ? ` (error ${error.errno})` : ''}`,
    ...adviceOn(`${message} ${error.code ?? ''}`, 1, mysqlCauses),
  });
}
