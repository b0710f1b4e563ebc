/**
 * An HTTPS proxy that stands in for whole hosts, for unmodified programs: with `HTTPS_PROXY` and the proxy's certificate
 * authority, requests to api.github.com or s3.us-east-1.amazonaws.com reach the lab, and all others nobody.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse, request as send } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { createSecureContext, type SecureContext } from 'node:tls';

export interface ProxyOptions {
  /** Where keys and certificates are kept. */
  readonly directory: string;
  /** The lab's address for a host; undefined for a host that the lab does not stand in for. */
  readonly target: (host: string) => string | undefined;
}

export interface Proxy {
  /** The variables with which curl, gh, the AWS CLI, Node and Python trust and use the proxy. */
  readonly environment: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

export async function startProxy({ directory, target }: ProxyOptions): Promise<Proxy> {
  mkdirSync(directory, { recursive: true });
  const authority = new Authority(directory);
  const tls = createTlsServer(
    { SNICallback: (host, done) => done(null, authority.contextFor(host)) },
    (incoming, response) => forward(incoming, response, target),
  );
  const inner = await listen(tls);
  // Plain requests are for nobody: every host that the lab stands in for speaks HTTPS.
  const proxy = createServer((_incoming, response) => response.writeHead(502).end());
  const open = new Set<Socket>();
  proxy.on('connect', (incoming: IncomingMessage, socket: Socket, head: Buffer) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket)).on('error', () => socket.destroy());
    if (target(String(incoming.url).split(':')[0] ?? '') === undefined)
      return socket.end('HTTP/1.1 502 Host unknown in the lab\r\n\r\n');
    const upstream = connect(inner, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.write(head);
      upstream.pipe(socket).pipe(upstream);
    });
    upstream.on('error', () => socket.destroy());
    return undefined;
  });
  const url = `http://127.0.0.1:${await listen(proxy)}`;
  const certificate = authority.certificate;
  return {
    environment: {
      ...{ HTTPS_PROXY: url, https_proxy: url, NO_PROXY: '', no_proxy: '' },
      ...{ AWS_CA_BUNDLE: certificate, SSL_CERT_FILE: certificate, CURL_CA_BUNDLE: certificate },
      ...{ REQUESTS_CA_BUNDLE: certificate, NODE_EXTRA_CA_CERTS: certificate },
    },
    stop: async () => {
      for (const socket of open) socket.destroy();
      tls.closeAllConnections();
      proxy.closeAllConnections();
      await Promise.all([closed(tls), closed(proxy)]);
    },
  };
}

function forward(incoming: IncomingMessage, response: ServerResponse, target: ProxyOptions['target']): void {
  const base = target(String(incoming.headers.host).split(':')[0] ?? '');
  if (base === undefined) return void response.writeHead(502).end();
  const { hostname, port } = new URL(base);
  const { method, url, headers } = incoming;
  // The name of the host stays: signatures cover it.
  const outgoing = send({ hostname, port, method, path: url, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.on('error', () => response.destroy()).pipe(response);
  });
  outgoing.on('error', () => response.destroy());
  incoming.pipe(outgoing);
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return (server.address() as AddressInfo).port;
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}

/** Makes certificates with openssl, one for each host when it is first asked for. */
class Authority {
  readonly #directory: string;
  readonly #contexts = new Map<string, SecureContext>();
  readonly certificate: string;

  constructor(directory: string) {
    this.#directory = directory;
    this.certificate = this.#path('ca.pem');
    const key = [
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-keyout',
      this.#path('ca.key'),
    ];
    const usage = ['-addext', 'basicConstraints=critical,CA:TRUE', '-addext', 'keyUsage=critical,keyCertSign'];
    openssl('req', '-x509', ...key, '-days', '30', '-subj', '/CN=the lab', ...usage, '-out', this.certificate);
    const leaf = [
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-keyout',
      this.#path('leaf.key'),
    ];
    openssl('req', '-new', ...leaf, '-subj', '/CN=lab', '-out', this.#path('leaf.csr'));
  }

  contextFor(host: string): SecureContext {
    const known = this.#contexts.get(host);
    if (known) return known;
    const name = host.replaceAll(/[^a-z0-9.-]/gi, '');
    const [extensions, out] = [this.#path(`${name}.ext`), this.#path(`${name}.pem`)];
    writeFileSync(extensions, `subjectAltName=DNS:${name}\nextendedKeyUsage=serverAuth\n`);
    const issuer = ['-CA', this.certificate, '-CAkey', this.#path('ca.key'), '-CAcreateserial'];
    openssl(
      'x509',
      '-req',
      '-in',
      this.#path('leaf.csr'),
      ...issuer,
      '-days',
      '30',
      '-extfile',
      extensions,
      '-out',
      out,
    );
    const context = createSecureContext({ key: readFileSync(this.#path('leaf.key')), cert: readFileSync(out) });
    this.#contexts.set(host, context);
    return context;
  }

  #path(name: string): string {
    return join(this.#directory, name);
  }
}

function openssl(...parameters: string[]): void {
  const { status, stderr } = spawnSync('openssl', parameters, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`openssl ${parameters[0]} failed: ${stderr}`);
}
