/**
 * A MongoDB connection string, taken apart and put together again for each program that gets it: the driver, and MongoDB's
 * tools, which get it in a file, so that no password appears on a command line (MongoDB manual, Connection Strings).
 */
import { urlInput } from '../../url-input.ts';

export interface MongoConnection {
  /** For the driver and the tools, without a database in its path. Holds the password. */
  readonly url: string;
  /** The database in the path; undefined for all databases of the server. */
  readonly database: string | undefined;
  /** `db.example.org:27017`, or all hosts of a replica set. */
  readonly hosts: string;
  /** For people: `shop on db.example.org:27017`. */
  readonly shown: string;
  readonly user: string;
  /** What no log may show: the password, and those of keys and proxies. */
  readonly secrets: readonly string[];
  /** Of a mongodb+srv URL: where the user logs in, unless the TXT record of the host says otherwise (`loginBy`). */
  readonly pathOfLogin?: string | undefined;
  /** Behind a tunnel: what the driver cannot find out there. */
  readonly tls?: TunnelledTls | undefined;
}

export interface TunnelledTls {
  /** Whose certificate the server has: not that of the tunnel's address. */
  readonly host: string;
  /** In PEM, as `tlsCAFile` has it. */
  readonly authority?: string | undefined;
  /** In PEM, as `tlsCertificateKeyFile` has it. */
  readonly certificateAndKey?: string | undefined;
}

const allowed = 'mongodb://USER:PASSWORD@HOST:PORT/DATABASE?authSource=admin, or mongodb+srv://…';

/** Options whose values are secret (Node driver's connection options). */
const secretOptions = /^(proxypassword|tlscertificatekeyfilepassword|sslpemkeypassword|authmechanismproperties)$/i;
/** What a database cannot be named on any system (MongoDB manual, Naming Restrictions); `*` and `?` are patterns to us. */
const notInNames = /[/\\. "$\0]/;
/** Bytes of a name (MongoDB manual, Limits: fewer than 64). */
const longestName = 63;

/** Azure Cosmos DB gives its strings an at sign in a name (Azure documentation, "Connect a MongoDB app to Azure Cosmos DB"). */
const nameOfCosmos = /([?&]appName)=@([\w-]+)@(?=&|$)/i;

/** What mongodb 6.9 does with modules that are not part of it (its package.json, peerDependencies), or with a helper of the system. */
const beyondUs: readonly (readonly [RegExp, string])[] = [
  [
    /^authMechanism=(MONGODB-AWS|GSSAPI|MONGODB-OIDC)$/i,
    'a user with a password (SCRAM) or a certificate (MONGODB-X509)',
  ],
  [/^proxy(Host|Port|Username|Password)=/i, 'a runner that reaches the server without a proxy'],
];

const shape = /^(mongodb(?:\+srv)?):\/\/(?:([^@/?#]*)@)?([^@/?#]*)(?:\/([^?#]*))?(?:\?(.*))?$/s;

/**
 * @param name the input, for errors
 * @throws ConfigurationError; its text does not contain the URL, which holds a password
 */
export function parseMongoConnection(url: string, name: string): MongoConnection {
  const { wrong, decode } = urlInput(name, allowed);
  if (!/^mongodb(\+srv)?:\/\//.test(url)) wrong('the value given (not shown) is not a MongoDB URL');
  const found = shape.exec(url.replace(nameOfCosmos, '$1=%40$2%40'));
  // An at sign behind the hosts is that of a user name or password which is taken for hosts: they would be shown.
  if (found === null || `${found[4] ?? ''}${found[5] ?? ''}`.includes('@'))
    return wrong(
      'it cannot be taken apart (in a user name, a password or an option write @ as %40, / as %2F, ? as %3F, # as %23)',
    );
  const [, scheme = '', credentials = '', hosts = '', path = '', query = ''] = found;
  if (hosts === '') wrong('it names no host');
  if (scheme === 'mongodb+srv' && /[,:]/.test(hosts)) wrong('with mongodb+srv:// it names one host, without a port');
  const database = decode(path);
  if (database !== '') checkName(database, wrong);
  const [user = '', ...rest] = credentials.split(':');
  if (rest.length > 1) wrong('its user name or password contains a colon (write it as %3A)');
  const parameters = query.split('&').filter((one) => one !== '');
  for (const one of parameters)
    for (const [pattern, instead] of beyondUs)
      if (pattern.test(one)) wrong(`it asks for ${shownOption(one)}, which is not supported here: use ${instead}`);
  const login = loginOf(parameters, credentials, path);
  const srv = scheme === 'mongodb+srv';
  const secrets = [decode(rest[0] ?? ''), ...parameters.filter(isSecret).map((one) => decode(textOf(one)))];
  const shownHosts = hosts
    .split(',')
    .map((one) => decode(one))
    .join(',');
  return {
    url: joined(scheme, credentials, hosts, srv ? parameters : withLogin(parameters, login)),
    pathOfLogin: srv ? login : undefined,
    database: database === '' ? undefined : database,
    hosts: shownHosts,
    shown: `${database === '' ? 'all databases' : database} on ${shownHosts}`,
    user: decode(user),
    secrets: secrets.filter((one) => one !== ''),
  };
}

function checkName(database: string, wrong: (what: string) => never): void {
  if (notInNames.test(database)) wrong('the name of the database contains one of / \\ . " $ or a space');
  if (Buffer.byteLength(database) > longestName) wrong(`the name of the database has more than ${longestName} bytes`);
}

const nameOf = (parameter: string): string => parameter.split('=', 1)[0] ?? '';
const textOf = (parameter: string): string => parameter.slice(nameOf(parameter).length + 1);
const isSecret = (parameter: string): boolean => secretOptions.test(nameOf(parameter));

/** Names its mechanism, but nothing that may be secret. */
const shownOption = (parameter: string): string => (/^authMechanism=/i.test(parameter) ? parameter : nameOf(parameter));

/** Without authSource, a database in the path is where the user logs in (MongoDB manual, Connection String Options). */
function loginOf(parameters: readonly string[], credentials: string, path: string): string | undefined {
  const given = parameters.some((one) => /^authsource=/i.test(one));
  // X.509 and the like log in at $external, whatever the path.
  const external = parameters.some((one) => /^authmechanism=(?!SCRAM|PLAIN|DEFAULT)/i.test(one));
  return given || external || credentials === '' || path === '' ? undefined : path;
}

function withLogin(parameters: readonly string[], login: string | undefined): readonly string[] {
  return login === undefined ? parameters : [...parameters, `authSource=${login}`];
}

/**
 * What a mongodb+srv URL leaves to its TXT record: that of Atlas says `authSource=admin`, which counts more than the path, and less
 * than an option of the URL (MongoDB specifications, Initial DNS Seedlist Discovery).
 * @param record the text of the host's TXT record; empty for none
 */
export function loginBy(connection: MongoConnection, record: string): MongoConnection {
  const { pathOfLogin: login, url } = connection;
  const [, scheme = '', credentials = '', hosts = '', , query = ''] = shape.exec(url) ?? [];
  const parameters = query.split('&').filter((one) => one !== '');
  const told = /(^|&)authSource=/i.test(record) ? undefined : login;
  return {
    ...connection,
    url: joined(scheme, credentials, hosts, withLogin(parameters, told)),
    pathOfLogin: undefined,
  };
}

/** For the driver: of the compressors that a URL asks for, it has zlib alone without further modules; the tools have all. */
export function driverUrl({ url }: Pick<MongoConnection, 'url'>): string {
  const [, scheme = '', credentials = '', hosts = '', , query = ''] = shape.exec(url) ?? [];
  const parameters = query.split('&').filter((one) => one !== '');
  const kept = parameters.flatMap((one) => {
    if (!/^compressors=/i.test(one)) return [one];
    return textOf(one).split(/,|%2C/i).includes('zlib') ? ['compressors=zlib'] : [];
  });
  return joined(scheme, credentials, hosts, kept);
}

function joined(scheme: string, credentials: string, hosts: string, parameters: readonly string[]): string {
  const query = parameters.length === 0 ? '' : `?${parameters.join('&')}`;
  return `${scheme}://${credentials === '' ? '' : `${credentials}@`}${hosts}/${query}`;
}

/**
 * The same server, reached at another address: through a tunnel to one of its hosts. That host must not send the client to the
 * others of its replica set, which the tunnel does not reach.
 */
export function throughTunnel(connection: MongoConnection, host: string, port: number): MongoConnection {
  const [, , credentials = '', , , query = ''] = shape.exec(connection.url) ?? [];
  const kept = query
    .split('&')
    .filter(
      (one) =>
        one !== '' && !/^(directConnection|replicaSet|srv\w+|loadBalanced|tlsCAFile|tlsCertificateKeyFile)=/i.test(one),
    );
  return { ...connection, url: joined('mongodb', credentials, `${host}:${port}`, [...kept, 'directConnection=true']) };
}

/** Files that the URL names. Undefined without TLS. */
export function tlsFilesOf({
  url,
}: Pick<MongoConnection, 'url'>):
  | { readonly authority: string | undefined; readonly certificateAndKey: string | undefined }
  | undefined {
  const options = new URLSearchParams(shape.exec(url)?.[5] ?? '');
  const option = (name: string): string | undefined =>
    [...options].find(([one]) => one.toLowerCase() === name.toLowerCase())?.[1];
  if (option('tls') !== 'true' && option('ssl') !== 'true') return undefined;
  return { authority: option('tlsCAFile'), certificateAndKey: option('tlsCertificateKeyFile') };
}

/** Content of a file for `--config` of MongoDB's tools, which read YAML; JSON is YAML. */
export function toolsConfig({ url }: Pick<MongoConnection, 'url'>): string {
  // Go's driver knows no other word for a certificate that is not checked (mongo-driver, connstring.go).
  const understood = url.replace(/([?&])tlsAllowInvalidCertificates=true(?=&|$)/i, '$1tlsInsecure=true');
  return `uri: ${JSON.stringify(understood)}\n`;
}
