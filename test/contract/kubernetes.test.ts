/** Programs in a pod, through the real kubectl and an API server of the lab. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { kubectlFolder } from '../../lab/hosts/kubectl.ts';
import { ensurePrerequisites } from '../../lab/hosts/prerequisites.ts';
import { type Cluster, startCluster } from '../../lab/services/kubernetes/cluster.ts';
import { documentedRules } from '../../lab/services/kubernetes/documented-role.ts';
import type { Account, Rule } from '../../lab/services/kubernetes/model.ts';
import { podPlace } from '../../src/adapters/kubernetes/pod.ts';
import { type RemotePlace, remoteConfigPath } from '../../src/ports/remote.ts';
import { ask, bytesOf, failureOf, isGone, pieces } from '../fakes/remote.ts';

ensurePrerequisites();
const programs = await kubectlFolder();

const namespace = 'shop';
/** The role in the documentation is what the tests use: each of its rights is needed, and no other. */
const whole = documentedRules();
const account = (name: string, rules: readonly Rule[]): Account => ({
  name,
  token: `token-${name}`,
  rules: { shop: rules },
});
const backup = account('backup', whole);
/** Each lacks one right. */
const lacking = whole.flatMap(({ resources, verbs, apiGroups }, index) =>
  verbs.map((verb) => {
    const left = whole.flatMap((one, other) =>
      other === index ? [{ ...one, verbs: verbs.filter((each) => each !== verb) }] : [one],
    );
    return { verb, resource: resources[0] ?? '', group: apiGroups[0], account: account(`no-${verb}-${index}`, left) };
  }),
);

let cluster: Cluster;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-kube-'));
  const empty = join(folder, 'empty');
  mkdirSync(empty);
  cluster = await startCluster({
    pods: [
      { name: 'db-0', namespace, ready: false },
      { name: 'db-1', namespace, containers: [{ name: 'db' }, { name: 'bare', path: empty }] },
      { name: 'other-0', namespace },
    ],
    services: [
      { name: 'db', namespace, pods: ['db-0', 'db-1'] },
      { name: 'starting', namespace, pods: ['db-0'] },
    ],
    accounts: [backup, ...lacking.map((one) => one.account)],
  });
});
afterAll(async () => {
  await cluster?.stop();
  rmSync(folder, { recursive: true, force: true });
});

function environmentOf(who: Account): Record<string, string> {
  const config = join(folder, `${who.name}.json`);
  cluster.writeKubeconfig(config, who, namespace);
  return { PATH: `${programs}:/usr/bin:/bin`, HOME: folder, KUBECONFIG: config };
}

const pod = (options: { pod?: string; service?: string; container?: string } = { service: 'db' }, who = backup) =>
  podPlace({ ...options, namespace, environment: environmentOf(who) });

const noise = Buffer.from(Array.from({ length: 3_000_000 }, (_, index) => (index * 7919) % 256));

test('a service leads to its ready pod, in which a program takes and gives every byte', async () => {
  const place = await pod();
  expect(place.shown).toBe('the pod db-1 (namespace shop)');
  const config = 'password: "ü\n"';
  const words = ['sh', '-c', `cat ${remoteConfigPath} -`] as const;
  const copy = await bytesOf(place.through({ words, what: 'copy', config }, pieces(noise)));
  expect(copy.equals(Buffer.concat([Buffer.from(config), noise]))).toBe(true);
  // What runs there is on no command line of the API server's log either.
  expect(JSON.stringify(cluster.calls)).not.toContain('password');
});

test('an exit status and the words of a program arrive', async () => {
  const error = await failureOf(
    (await pod()).read({ words: ['sh', '-c', 'echo "Failed: no" >&2; exit 9'], what: 'dump' }),
  );
  expect(error.what).toBe('dump in the pod db-1 (namespace shop) ended with status 9: Failed: no');
});

describe('a stream that is broken', () => {
  const noiseFile = (): string => {
    const path = join(folder, 'noise');
    if (!existsSync(path)) writeFileSync(path, noise);
    return path;
  };

  /** What the real kubectl makes of it by itself. */
  function bareKubectl(): Promise<{ status: number; bytes: number }> {
    const kubectl = spawn(join(programs, 'kubectl'), ['exec', '-i', 'db-1', '-c', 'db', '--', 'cat', noiseFile()], {
      env: environmentOf(backup),
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let bytes = 0;
    kubectl.stdout.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
    });
    return new Promise((resolve) => kubectl.on('close', (status) => resolve({ status: status ?? -1, bytes })));
  }

  test.each([
    ['cut', { status: 0, bytes: 100_000 }, /3000000 bytes were sent, 100000 arrived/],
    ['end', { status: 0, bytes: 100_000 }, /ended before dump did/],
    ['change', { status: 0, bytes: 3_000_000 }, /3000000 bytes arrived, but other ones/],
    ['break', { status: 1, bytes: expect.any(Number) }, /ended before dump did/],
  ] as const)('by %s is an error, whatever kubectl says', async (kind, bare, what) => {
    cluster.disturb({ kind, after: 100_000 }, noiseFile(), 2);
    expect(await bareKubectl()).toEqual(bare);
    const pidFile = join(folder, `pid-${kind}`);
    const words = ['sh', '-c', `echo $$ >${pidFile}; exec cat ${noiseFile()}`] as const;
    const error = await failureOf(bytesOf((await pod()).output({ words, what: 'dump' })));
    expect(error).toMatchObject({ what: expect.stringMatching(what), code: 'exec-cut' });
    expect(await isGone(pidFile)).toBe(true);
    cluster.disturb(undefined);
  });
});

describe('says what is wrong', () => {
  test('when kubectl is missing', async () => {
    const environment = { ...environmentOf(backup), PATH: '/nowhere' };
    const error = await failureOf(podPlace({ service: 'db', namespace, environment }));
    expect(error).toMatchObject({
      code: 'tool-missing',
      likelyCause: expect.stringContaining('kubectl is not installed'),
    });
    const later = await podPlace({ pod: 'db-1', namespace, environment });
    expect(await failureOf(later.read({ words: ['true'], what: 'dump' }))).toMatchObject({ code: 'tool-missing' });
  });

  // Without `get`, kubectl falls back to the older protocol, which begins with POST and so needs `create` alone.
  test('when the role lacks get on pods/exec, by the older protocol', async () => {
    const who = lacking.find(({ verb, resource }) => verb === 'get' && resource === 'pods/exec')?.account ?? backup;
    const error = await failureOf((await pod({ service: 'db' }, who)).read({ words: ['true'], what: 'dump' }));
    expect(error.what).toContain('this server speaks WebSocket alone');
    const calls = cluster.calls.filter((call) => call.account === who.name && call.resource === 'pods/exec');
    expect(calls.map(({ verb, allowed }) => [verb, allowed])).toEqual([
      ['get', false],
      ['create', true],
    ]);
  });

  const needed = lacking.filter(({ verb, resource }) => !(verb === 'get' && resource === 'pods/exec'));
  test.each(needed)('when the role lacks $verb on $resource', async ({ account: who, verb, resource }) => {
    const error = await failureOf(
      (async () => (await pod({ service: 'db' }, who)).read({ words: ['true'], what: 'dump' }))(),
    );
    expect(error).toMatchObject({ code: 'kube-forbidden', what: expect.stringContaining(who.name) });
    expect(error.fix).toContain(`the verb ${verb} on ${resource}`);
    expect(error.fix).toContain('in the namespace shop');
  });

  test('when no pod of the service is ready', async () => {
    const error = await failureOf(pod({ service: 'starting' }));
    expect(error).toMatchObject({
      what: 'the service starting (namespace shop) has no ready pod',
      likelyCause: 'none of its pods is ready: db-0',
      code: 'no-pod',
    });
  });

  test('when there is no such service, pod or container', async () => {
    expect(await failureOf(pod({ service: 'nobody' }))).toMatchObject({
      code: 'no-pod',
      likelyCause: expect.stringContaining('there is no such service'),
    });
    const read = async (place: Promise<RemotePlace>) => (await place).read({ words: ['true'], what: 'dump' });
    expect(await failureOf(read(pod({ pod: 'nobody-0' })))).toMatchObject({ code: 'no-pod' });
    expect(await failureOf(read(pod({ pod: 'db-1', container: 'nobody' })))).toMatchObject({ code: 'no-pod' });
  });

  test('when the image has no shell', async () => {
    const place = await pod({ pod: 'db-1', container: 'bare' });
    expect(await failureOf(place.read({ words: ['true'], what: 'dump' }))).toMatchObject({ code: 'no-shell' });
  });

  test('when the token is not known', async () => {
    const error = await failureOf(pod({ service: 'db' }, account('stranger', whole)));
    expect(error).toMatchObject({ code: 'kube-credentials' });
  });

  test('when the API server cannot be reached, or the kubeconfig is missing', async () => {
    const config = join(folder, 'dead.json');
    writeFileSync(
      config,
      readFileSync(environmentOf(backup).KUBECONFIG ?? '', 'utf8').replace(cluster.url, 'https://127.0.0.1:9'),
    );
    const dead = { ...environmentOf(backup), KUBECONFIG: config };
    expect(await failureOf(podPlace({ service: 'db', environment: dead }))).toMatchObject({ code: 'kube-unreachable' });
    const none = { ...environmentOf(backup), KUBECONFIG: '/nowhere' };
    expect(await failureOf(podPlace({ service: 'db', environment: none }))).toMatchObject({ code: 'kube-config' });
    const context = podPlace({ service: 'db', context: 'prod', environment: environmentOf(backup) });
    expect(await failureOf(context)).toMatchObject({ code: 'kube-config' });
  });
});

test('a cancelled run ends the program in the pod', async () => {
  const path = join(folder, 'pid');
  const controller = new AbortController();
  const words = ['sh', '-c', `echo $$ >${path}; echo begun; while :; do sleep 1; done`] as const;
  const source = (await pod()).output({ words, what: 'dump', signal: controller.signal });
  await source.next();
  controller.abort(new Error('cancelled'));
  await expect(bytesOf(source)).rejects.toThrow('cancelled');
  expect(await isGone(path)).toBe(true);
});

test('a driver reaches a server through the pod', async () => {
  const server = createServer((socket) => socket.on('data', (data) => socket.end(`got ${data}`)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const relay = await (await pod()).relay((server.address() as { port: number }).port);
  try {
    expect(await Promise.all(['one', 'two'].map((text) => ask(relay.port, text)))).toEqual(['got one', 'got two']);
  } finally {
    await relay.close();
    server.close();
  }
});
