/** Connection parameters in libpq's environment variables, so that no password appears on a command line. */
import { urlInput } from '../../url-input.ts';

export interface Connection {
  /** libpq's environment variables (PostgreSQL manual, 34.15). */
  readonly environment: Readonly<Record<string, string>>;
  readonly database: string;
  /** For people: `shop on db.example.org:5432`. */
  readonly shown: string;
  readonly password: string;
}

const allowed = 'postgresql://USER:PASSWORD@HOST:PORT/DATABASE?sslmode=require';

/** Parameters that a URL may have, and their variables. */
const parameters: ReadonlyMap<string, string> = new Map([
  ['sslmode', 'PGSSLMODE'],
  ['sslrootcert', 'PGSSLROOTCERT'],
  ['sslcert', 'PGSSLCERT'],
  ['sslkey', 'PGSSLKEY'],
  ['sslnegotiation', 'PGSSLNEGOTIATION'],
  ['channel_binding', 'PGCHANNELBINDING'],
  ['connect_timeout', 'PGCONNECT_TIMEOUT'],
  ['options', 'PGOPTIONS'],
  ['target_session_attrs', 'PGTARGETSESSIONATTRS'],
  ['application_name', 'PGAPPNAME'],
]);

/**
 * @param name the input, for errors
 * @throws ConfigurationError; its text does not contain the URL, which holds a password
 */
export function parseConnection(url: string, name: string): Connection {
  const { wrong, decode } = urlInput(name, allowed);
  if (!/^postgres(ql)?:\/\//.test(url)) wrong('the value given (not shown) is not a PostgreSQL URL');
  const parsed = URL.canParse(url) ? new URL(url) : wrong('the value given (not shown) is not a URL');
  const database = decode(parsed.pathname.slice(1));
  if (database === '') wrong('it names no database');
  const unknown = [...parsed.searchParams.keys()].filter((key) => key !== 'host' && !parameters.has(key));
  if (unknown.length > 0)
    wrong(`it has unknown parameters: ${unknown.join(', ')}; allowed parameters: ${[...parameters.keys()].join(', ')}`);
  const host = parsed.searchParams.get('host') ?? decode(parsed.hostname).replace(/^\[|\]$/g, '');
  const password = decode(parsed.password);
  const given = [...parsed.searchParams].filter(([key]) => parameters.has(key));
  const environment: Record<string, string> = {
    PGHOST: host,
    PGPORT: parsed.port || '5432',
    PGDATABASE: database,
    ...(parsed.username === '' ? {} : { PGUSER: decode(parsed.username) }),
    ...(password === '' ? {} : { PGPASSWORD: password }),
    ...Object.fromEntries(given.map(([key, value]) => [parameters.get(key), value])),
  };
  return { environment, database, shown: `${database} on ${host}:${environment.PGPORT}`, password };
}

/** The same server with another database, and with another role if one is given. */
export function elsewhere(
  connection: Connection,
  database: string,
  role?: { user: string; password: string },
): Connection {
  return {
    database,
    shown: connection.shown.replace(connection.database, () => database),
    password: role?.password ?? connection.password,
    environment: {
      ...connection.environment,
      PGDATABASE: database,
      ...(role ? { PGUSER: role.user, PGPASSWORD: role.password } : {}),
    },
  };
}

/** A database name as a parameter; the tools read a bare name that contains = or :// as a connection string. */
export function databaseParameter(name: string): string {
  return /^[\w.-]+$/.test(name) ? name : `dbname='${name.replace(/[\\']/g, '\\$&')}'`;
}

/** The whole environment of PostgreSQL's client programs; of the runner's own, only what they need to start. */
export function clientEnvironment(connection: Connection | undefined): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '/usr/bin:/bin',
    HOME: process.env.HOME ?? '/',
    LC_ALL: 'C.UTF-8',
    PGCLIENTENCODING: 'UTF8',
    PGCONNECT_TIMEOUT: '15',
    PGAPPNAME: 'holdfast',
    ...connection?.environment,
  };
}
