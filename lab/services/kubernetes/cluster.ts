/**
 * An API server that the real kubectl takes: discovery, pods, services, endpoint slices, and exec over WebSocket, whose commands really
 * run on this computer. What it does not speak is the older protocol for streams (SPDY), and so no port-forward.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { command as run } from '../../hosts/command.ts';
import { type Answer, json, send } from '../http/answer.ts';
import { type Attempt, accountOf, forbidden, isAllowed, status, unauthorized } from './access.ts';
import { type Exec, startExec } from './exec.ts';
import type { Account, ClusterCall, ClusterOptions, ContainerDefinition, ExecFault } from './model.ts';
import { containersOf, discovery, namespaceOf, podObject, serviceObject, sliceObject } from './objects.ts';

export interface Cluster {
  readonly url: string;
  readonly calls: readonly ClusterCall[];
  /** The kubeconfig for an account, with a context of its name, which is the current one. @param namespace of the context */
  kubeconfig(account: Account, namespace?: string): string;
  /** Writes it into a file. */
  writeKubeconfig(path: string, account: Account, namespace?: string): void;
  /** What the next execs suffer whose command has the word; undefined: nothing any more. @param times default: 1 */
  disturb(fault: ExecFault | undefined, word?: string, times?: number): void;
  /** Breaks every connection, and ends every command. */
  stop(): Promise<void>;
}

/** Where a request leads; the resource with its subresource. */
const objectPath = /^\/(?:api\/v1|apis\/([^/]+)\/[^/]+)\/namespaces\/([^/]+)\/([^/]+)(?:\/([^/]+)(?:\/(exec))?)?$/;

export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const server = new ApiServer(options, await makeIdentity());
  await server.listen();
  return server;
}

interface Identity {
  readonly key: string;
  readonly cert: string;
}

/** kubectl sends a token over TLS alone. */
async function makeIdentity(): Promise<Identity> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-cluster-'));
  const [key, cert] = [join(folder, 'key'), join(folder, 'cert')];
  try {
    await run(
      ...(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'] as const),
      ...['-keyout', key, '-out', cert, '-subj', '/CN=lab', '-addext', 'subjectAltName=IP:127.0.0.1', '-days', '2'],
    );
    return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

class ApiServer implements Cluster {
  readonly calls: ClusterCall[] = [];
  readonly #options: ClusterOptions;
  readonly #identity: Identity;
  readonly #http: Server;
  readonly #sockets = new WebSocketServer({
    noServer: true,
    handleProtocols: (offered) =>
      ['v5.channel.k8s.io', 'v4.channel.k8s.io'].find((protocol) => offered.has(protocol)) ?? false,
  });
  readonly #execs = new Set<Exec>();
  #fault: { readonly fault: ExecFault; readonly word: string; times: number } | undefined;

  constructor(options: ClusterOptions, identity: Identity) {
    this.#options = options;
    this.#identity = identity;
    this.#http = createServer(identity, (request, response) => send(response, this.#answer(request)));
    this.#http.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#http.once('error', reject);
      this.#http.listen(0, '127.0.0.1', resolve);
    });
  }

  get url(): string {
    return `https://127.0.0.1:${(this.#http.address() as AddressInfo).port}`;
  }

  kubeconfig({ name, token }: Account, namespace = 'default'): string {
    const authority = Buffer.from(this.#identity.cert).toString('base64');
    return JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': name,
      clusters: [{ name: 'lab', cluster: { server: this.url, 'certificate-authority-data': authority } }],
      users: [{ name, user: { token } }],
      contexts: [{ name, context: { cluster: 'lab', user: name, namespace } }],
    });
  }

  writeKubeconfig(path: string, account: Account, namespace?: string): void {
    writeFileSync(path, this.kubeconfig(account, namespace), { mode: 0o600 });
  }

  disturb(fault: ExecFault | undefined, word = '', times = 1): void {
    this.#fault = fault && { fault, word, times };
  }

  async stop(): Promise<void> {
    for (const exec of this.#execs) exec.end();
    for (const socket of this.#sockets.clients) socket.terminate();
    await new Promise<void>((resolve) => {
      this.#http.close(() => resolve());
      this.#http.closeAllConnections();
    });
  }

  #answer(request: IncomingMessage): Answer {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://lab');
    const account = accountOf(request.headers, this.#options.accounts);
    if (!account) return unauthorized();
    const document = discovery(pathname, this.#options.minor ?? 35);
    if (document !== undefined) return json(200, document);
    const attempt = attemptOf(request.method ?? 'GET', pathname);
    if (!attempt) return status(404, 'NotFound', 'the server could not find the requested resource');
    if (!this.#decide(account, attempt)) return forbidden(account, attempt);
    if (attempt.resource === 'pods/exec')
      return status(400, 'BadRequest', 'Upgrade request required: this server speaks WebSocket alone');
    return attempt.name === '' ? this.#list(attempt, searchParams.get('labelSelector') ?? '') : this.#get(attempt);
  }

  #decide(account: Account, attempt: Attempt, command?: readonly string[]): boolean {
    const allowed = isAllowed(account, attempt);
    const { verb, resource, namespace, name } = attempt;
    this.calls.push({
      ...{ account: account.name, verb, resource, namespace, name, allowed },
      ...(command === undefined ? {} : { command }),
    });
    return allowed;
  }

  #get({ resource, namespace, name }: Attempt): Answer {
    const isIt = (one: { readonly name: string; readonly namespace?: string }): boolean =>
      one.name === name && namespaceOf(one) === namespace;
    const pod = resource === 'pods' ? this.#options.pods.find(isIt) : undefined;
    if (pod) return json(200, podObject(pod));
    const service = resource === 'services' ? this.#options.services?.find(isIt) : undefined;
    if (service) return json(200, serviceObject(service));
    return status(404, 'NotFound', `${resource} "${name}" not found`);
  }

  #list({ resource, namespace, group }: Attempt, selector: string): Answer {
    const { pods, services = [] } = this.#options;
    const isHere = (one: { readonly namespace?: string }): boolean => namespaceOf(one) === namespace;
    const lists: Readonly<Record<string, () => readonly unknown[]>> = {
      pods: () => pods.filter(isHere).map(podObject),
      services: () => services.filter(isHere).map(serviceObject),
      endpointslices: () =>
        services
          .filter((service) => isHere(service) && selector === `kubernetes.io/service-name=${service.name}`)
          .map((service) => sliceObject(service, this.#options)),
    };
    const items = lists[resource]?.();
    if (!items) return status(404, 'NotFound', 'the server could not find the requested resource');
    const kinds: Readonly<Record<string, string>> = { pods: 'PodList', services: 'ServiceList' };
    const kind = kinds[resource] ?? 'EndpointSliceList';
    return json(200, { kind, apiVersion: group === '' ? 'v1' : `${group}/v1`, metadata: {}, items });
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const admitted = this.#admit(request);
    if ('status' in admitted) {
      refuse(socket, admitted);
      return;
    }
    const { command, container } = admitted;
    const fault = this.#faultOf(command);
    this.#sockets.handleUpgrade(request, socket, head, (client) => {
      let exec: Exec | undefined;
      const onEnd = (): void => {
        if (exec) this.#execs.delete(exec);
      };
      exec = startExec({ socket: client, container, command, fault, onEnd });
      this.#execs.add(exec);
    });
  }

  /** The container in which a command may run, or why it may not. */
  #admit(request: IncomingMessage): Admitted | Answer {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://lab');
    const account = accountOf(request.headers, this.#options.accounts);
    if (!account) return unauthorized();
    // The verb follows from the method: a WebSocket begins with GET, the older protocol with POST.
    const attempt = attemptOf(request.method ?? 'GET', pathname);
    if (attempt?.resource !== 'pods/exec') return status(404, 'NotFound', 'not found');
    const command = searchParams.getAll('command');
    const also = attempt.verb === 'get' && (this.#options.minor ?? 35) >= 35 ? ['create'] : [];
    for (const verb of [attempt.verb, ...also]) {
      const one = { ...attempt, verb };
      if (!this.#decide(account, one, command)) return forbidden(account, one);
    }
    const { name, namespace } = attempt;
    const pod = this.#options.pods.find((one) => one.name === name && namespaceOf(one) === namespace);
    if (!pod) return status(404, 'NotFound', `pods "${name}" not found`);
    const wanted = searchParams.get('container') ?? '';
    const container = containersOf(pod).find((one) => wanted === '' || one.name === wanted);
    if (!container) return status(400, 'BadRequest', `container ${wanted} is not valid for pod ${name}`);
    if (attempt.verb !== 'get') return status(400, 'BadRequest', 'this server speaks WebSocket alone');
    return { container, command };
  }

  #faultOf(command: readonly string[]): ExecFault | undefined {
    const armed = this.#fault;
    if (!armed || armed.times === 0 || !command.some((word) => word.includes(armed.word))) return undefined;
    armed.times -= 1;
    return armed.fault;
  }
}

interface Admitted {
  readonly container: ContainerDefinition;
  readonly command: readonly string[];
}

function attemptOf(method: string, path: string): Attempt | undefined {
  const found = objectPath.exec(path);
  if (!found) return undefined;
  const [, group = '', namespace = '', kind = '', name = '', subresource] = found;
  const resource = subresource === undefined ? kind : `${kind}/${subresource}`;
  const reading = name === '' ? 'list' : 'get';
  return { verb: method === 'POST' ? 'create' : reading, group, resource, namespace, name };
}

/** An answer instead of the upgrade. */
function refuse(socket: Duplex, { status: code, body }: Answer): void {
  const text = String(body);
  const head = `HTTP/1.1 ${code} Refused\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(text)}`;
  socket.end(`${head}\r\nconnection: close\r\n\r\n${text}`);
}
