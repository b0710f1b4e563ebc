/** SQL through the real psql. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';

export interface Connection {
  /** Folder of psql. */
  readonly binaries: string;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

/** The environment of a client: nothing of this process's own is passed on. */
export function clientEnvironment(connection: Connection): Record<string, string> {
  return {
    PATH: '/usr/bin:/bin',
    LC_ALL: 'C.UTF-8',
    PGHOST: connection.host,
    PGPORT: String(connection.port),
    PGUSER: connection.user,
    PGPASSWORD: connection.password,
    PGDATABASE: connection.database,
    PGCLIENTENCODING: 'UTF8',
    PGCONNECT_TIMEOUT: '10',
  };
}

/** Runs a script, up to its first error. @throws Error with psql's message */
export function runSql(connection: Connection, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const psql = spawn(join(connection.binaries, 'psql'), ['-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1'], {
      env: clientEnvironment(connection),
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    psql.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    psql.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    psql.on('error', reject);
    psql.on('close', (code) => {
      if (code === 0) resolve(Buffer.concat(out).toString('utf8').trimEnd());
      else reject(new Error(`psql: ${Buffer.concat(err).toString('utf8').trim() || `ended with ${code}`}`));
    });
    // After an error psql no longer reads: its message and exit code say why.
    psql.stdin.on('error', () => {});
    psql.stdin.end(text);
  });
}

/** A name as SQL quotes it. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
