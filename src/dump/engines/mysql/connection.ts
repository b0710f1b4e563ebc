/** A connection to a server, as a URL says it; and as the tools read it, from a file that nobody else can read. */
import { urlInput } from '../../url-input.ts';

export const tlsModes = ['DISABLED', 'PREFERRED', 'REQUIRED', 'VERIFY_CA', 'VERIFY_IDENTITY'] as const;
export type TlsMode = (typeof tlsModes)[number];

export interface Connection {
  /** Name or address; IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
  /** Path of a socket, instead of host and port. */
  readonly socket?: string | undefined;
  readonly user: string;
  readonly password: string;
  /** Undefined for the whole server. */
  readonly database: string | undefined;
  readonly tls: { readonly mode: TlsMode; readonly ca?: string; readonly cert?: string; readonly key?: string };
  /** Seconds. */
  readonly connectTimeout: number;
  /** For people: `shop on db.example.org:3306`. */
  readonly shown: string;
}

const allowed = 'mysql://USER:PASSWORD@HOST:PORT/DATABASE?ssl-mode=REQUIRED, or without /DATABASE for all of them';
/** MySQL's options of the same names (its manual, "Command Options for Connecting to the Server"). */
const parameters = ['ssl-mode', 'ssl-ca', 'ssl-cert', 'ssl-key', 'socket', 'connect-timeout'];

/** Who wants what of a server, for people. */
const shownAs = (database: string | undefined, server: string): string => `${database ?? 'all databases'} on ${server}`;

/**
 * @param name the input, for errors
 * @throws ConfigurationError; its text does not contain the URL, which holds a password
 */
export function parseConnection(url: string, name: string): Connection {
  const { wrong, decode } = urlInput(name, allowed);
  if (!/^(mysql|mariadb):\/\//.test(url)) wrong('the value given (not shown) is not a URL of MySQL or MariaDB');
  const parsed = URL.canParse(url) ? new URL(url) : wrong('the value given (not shown) is not a URL');
  const { searchParams } = parsed;
  const unknown = [...searchParams.keys()].filter((key) => !parameters.includes(key));
  if (unknown.length > 0)
    wrong(`it has unknown parameters: ${unknown.join(', ')}; allowed parameters: ${parameters.join(', ')}`);
  const mode = (searchParams.get('ssl-mode') ?? (searchParams.has('ssl-ca') ? 'VERIFY_CA' : 'PREFERRED')).toUpperCase();
  if (!tlsModes.includes(mode as TlsMode)) wrong(`ssl-mode must be one of ${tlsModes.join(', ')}`);
  const seconds = Number(searchParams.get('connect-timeout') ?? '15');
  if (!Number.isInteger(seconds) || seconds < 1) wrong('connect-timeout must be a number of seconds');
  const database = decode(parsed.pathname.slice(1));
  const host = decode(parsed.hostname).replace(/^\[|\]$/g, '');
  const port = Number(parsed.port || '3306');
  const socket = searchParams.get('socket') ?? undefined;
  if (host === '' && socket === undefined) wrong('it names neither a host nor a socket');
  const files = Object.fromEntries(
    (['ca', 'cert', 'key'] as const).flatMap((file) => {
      const path = searchParams.get(`ssl-${file}`);
      return path === null ? [] : [[file, path]];
    }),
  );
  return {
    host,
    port,
    socket,
    user: decode(parsed.username),
    password: decode(parsed.password),
    database: database === '' ? undefined : database,
    tls: { mode: mode as TlsMode, ...files },
    connectTimeout: seconds,
    shown: shownAs(database || undefined, socket ?? `${host.includes(':') ? `[${host}]` : host}:${port}`),
  };
}

/** The same server with another database. */
export function elsewhere(connection: Connection, database: string | undefined): Connection {
  const server = connection.shown.slice(connection.shown.indexOf(' on ') + 4);
  return { ...connection, database, shown: shownAs(database, server) };
}

/** The same server through a port of the runner; people read where it is. */
export function throughRelay(
  connection: Connection,
  { host, port }: { readonly host: string; readonly port: number },
): Connection {
  return { ...connection, host, port };
}

/** A value of an option file, whatever it holds (MySQL manual, "Using Option Files"; mysys/my_default.c). */
function optionValue(value: string): string {
  const escapes: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\b': '\\b' };
  return `"${value.replace(/[\\"']/g, '\\$&').replace(/[\n\r\t\b]/g, (character) => escapes[character] as string)}"`;
}

/**
 * The option file of the tools, which must be the only one that they read.
 * @param family whose tools: MariaDB's know no ssl-mode
 */
export function optionFile(connection: Connection, family: 'mysql' | 'mariadb', charset: string): string {
  const { host, port, socket, user, password, tls, connectTimeout } = connection;
  const value = (option: string, text: string | undefined): string[] =>
    text === undefined || text === '' ? [] : [`${option}=${optionValue(text)}`];
  const place =
    socket === undefined
      ? // The tools take the name localhost for a socket, unless they are told.
        ['protocol=tcp', ...value('host', host), `port=${port}`]
      : ['protocol=socket', ...value('socket', socket)];
  const lines = [
    '[client]',
    ...place,
    ...value('user', user),
    ...value('password', password),
    ...(family === 'mysql' ? [`ssl-mode=${tls.mode}`] : mariadbTls(tls.mode)),
    ...value('ssl-ca', tls.ca),
    ...value('ssl-cert', tls.cert),
    ...value('ssl-key', tls.key),
    `default-character-set=${charset}`,
    '[mysql]',
    `connect-timeout=${connectTimeout}`,
  ];
  return `${lines.join('\n')}\n`;
}

/**
 * MariaDB's tools verify a certificate with the host's name or not at all (MariaDB manual, "Secure Connections Overview"); since
 * 11.4 they do unless they are told.
 */
function mariadbTls(mode: TlsMode): readonly string[] {
  if (mode === 'DISABLED') return ['skip-ssl'];
  if (mode === 'PREFERRED') return ['skip-ssl-verify-server-cert'];
  return ['ssl', mode === 'REQUIRED' ? 'skip-ssl-verify-server-cert' : 'ssl-verify-server-cert'];
}
