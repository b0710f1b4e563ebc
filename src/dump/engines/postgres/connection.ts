/** Where a database is, as libpq's environment says it: a password never stands on a command line. */
import { ConfigurationError } from '../../../runtime/errors.ts';

export interface Connection {
  /** libpq's variables (PostgreSQL manual, 34.15). */
  readonly environment: Readonly<Record<string, string>>;
  readonly database: string;
  /** For people: `shop on db.example.org:5432`. */
  readonly shown: string;
  readonly password: string;
}

const parameters: Readonly<Record<string, string>> = {
  sslmode: 'PGSSLMODE',
  sslrootcert: 'PGSSLROOTCERT',
  sslcert: 'PGSSLCERT',
  sslkey: 'PGSSLKEY',
  sslnegotiation: 'PGSSLNEGOTIATION',
  channel_binding: 'PGCHANNELBINDING',
  connect_timeout: 'PGCONNECT_TIMEOUT',
  options: 'PGOPTIONS',
  target_session_attrs: 'PGTARGETSESSIONATTRS',
  application_name: 'PGAPPNAME',
};

/**
 * @param name the input, for errors
 * @throws ConfigurationError that does not show the URL, which holds a password
 */
export function parseConnection(url: string, name: string): Connection {
  const problems: string[] = [];
  const wrong = (what: string): never => {
    throw new ConfigurationError({
      what: 'one input is wrong; nothing was done',
      problems: [`${name}: ${what}; allowed: postgresql://USER:PASSWORD@HOST:PORT/DATABASE?sslmode=require`],
    });
  };
  if (!/^postgres(ql)?:\/\//.test(url)) wrong('the value given (not shown) is no URL of PostgreSQL');
  const parsed = URL.canParse(url) ? new URL(url) : wrong('the value given (not shown) is no URL');
  const decode = (text: string): string => {
    try {
      return decodeURIComponent(text);
    } catch {
      return wrong('a % in it begins no code of a character (in a password it is written %25)');
    }
  };
  const database = decode(parsed.pathname.slice(1));
  if (database === '') wrong('it names no database');
  const host = parsed.searchParams.get('host') ?? decode(parsed.hostname).replace(/^\[|\]$/g, '');
  const environment: Record<string, string> = {
    PGHOST: host,
    PGPORT: parsed.port || '5432',
    PGDATABASE: database,
    ...(parsed.username === '' ? {} : { PGUSER: decode(parsed.username) }),
    ...(parsed.password === '' ? {} : { PGPASSWORD: decode(parsed.password) }),
  };
  for (const [key, value] of parsed.searchParams) {
    const variable = parameters[key];
    if (variable !== undefined) environment[variable] = value;
    else if (key !== 'host') problems.push(key);
  }
  if (problems.length > 0)
    wrong(
      `it has the parameters ${problems.join(', ')}, of which nothing is known; allowed parameters: ${Object.keys(parameters).join(', ')}`,
    );
  return {
    environment,
    database,
    shown: `${database} on ${host}:${environment.PGPORT}`,
    password: decode(parsed.password),
  };
}

/** The same server, another database, and another role where one is given. */
export function elsewhere(
  connection: Connection,
  database: string,
  role?: { user: string; password: string },
): Connection {
  return {
    database,
    shown: connection.shown.replace(connection.database, database),
    password: role?.password ?? connection.password,
    environment: {
      ...connection.environment,
      PGDATABASE: database,
      ...(role ? { PGUSER: role.user, PGPASSWORD: role.password } : {}),
    },
  };
}

/** A database as a parameter of a program, which would read a bare name with = or :// in it as a whole connection string. */
export function databaseParameter(name: string): string {
  return /^[\w.-]+$/.test(name) ? name : `dbname='${name.replace(/[\\']/g, '\\$&')}'`;
}

/** The environment in which PostgreSQL's programs are started: nothing of the runner's own but where programs are. */
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
