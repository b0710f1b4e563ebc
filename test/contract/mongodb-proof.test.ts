/** What proofs of MongoDB's dumps say of damaged dumps and copies, of servers that are not right and of a pod. */
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Code, Decimal128, type ObjectId } from 'mongodb';
import { kubectlFolder } from '../../lab/hosts/kubectl.ts';
import { ensureMongo } from '../../lab/hosts/mongodb/programs.ts';
import { ensurePrerequisites } from '../../lab/hosts/prerequisites.ts';
import { type Cluster, startCluster } from '../../lab/services/kubernetes/cluster.ts';
import type { MongoEngine } from '../../src/adapters/databases/mongodb/engine.ts';
import { reachedThere } from '../../src/adapters/databases/mongodb/remote.ts';
import { podPlace } from '../../src/adapters/kubernetes/pod.ts';
import { parseMongoConnection } from '../../src/dump/engines/mongodb/connection.ts';
import { failureOf } from '../fakes/remote.ts';
import { MongoDatabases, owner } from './support-mongo.ts';

ensurePrerequisites();
await ensureMongo();
const kubectl = await kubectlFolder();

const it = new MongoDatabases();
beforeAll(() => it.start('java', 'java'), 60_000);
afterAll(() => it.stop());
beforeEach(() => it.clear());

const id = (n: number): ObjectId => n as unknown as ObjectId;

async function fill(count = 50): Promise<void> {
  const shop = it.source.client.db('shop');
  await shop
    .collection('people')
    .insertMany(Array.from({ length: count }, (_, n) => ({ _id: id(n), name: `person ${n}` })));
  await shop.collection('people').createIndex({ name: -1 }, { name: 'by_name' });
  await shop.collection('orders').insertOne({ _id: id(1), of: 'person 1' });
}

describe('a proof', () => {
  test('is good with types that FerretDB does not know', async () => {
    await it.source.client
      .db('shop')
      .collection('types')
      .insertOne({ decimal: Decimal128.fromString('-1.10E+6111'), code: new Code('x'), text: 'a\0b' });
    for (const format of ['tarball', 'archive'] as const)
      expect(await it.prove(await it.dump(it.engine({ format })))).toMatchObject({ verdict: 'good', findings: [] });
  });

  test('is bad when the copy lost documents, one differs, or a collection or an index is missing', async () => {
    await fill();
    const dumped = await it.dump();
    const findings = async (change: (database: string) => Promise<unknown>): Promise<unknown> => {
      const row = await it.prove(dumped, { restored: async (copies) => void (await change(copies.get('shop') ?? '')) });
      return [row.verdict, row.findings];
    };
    const { client } = it.scratch;
    expect(
      await findings((name) =>
        client
          .db(name)
          .collection('people')
          .deleteOne({ _id: id(7) }),
      ),
    ).toEqual(['bad', ['rows of shop.people: expected 50, found 49']]);
    const set = { $set: { name: 'nobody' } };
    expect(
      await findings((name) =>
        client
          .db(name)
          .collection('people')
          .updateOne({ _id: id(7) }, set),
      ),
    ).toEqual(['bad', [expect.stringMatching(/^checksum of shop\.people: /)]]);
    expect(await findings((name) => client.db(name).collection('people').dropIndex('by_name'))).toEqual([
      'bad',
      ['INDEX shop.people "by_name": expected its definition, found nothing'],
    ]);
  });

  test('is bad when the file lacks a collection', async () => {
    await fill();
    const dumped = await it.dump();
    const lacking = it.repacked(dumped, (folder) => {
      for (const name of ['orders.bson', 'orders.metadata.json']) rmSync(join(folder, 'shop', name));
    });
    const { verdict, findings } = await it.prove(lacking);
    expect([verdict, findings]).toEqual([
      'bad',
      [
        'rows of shop.orders: expected 1, found nothing',
        'COLLECTION shop.orders: expected its definition, found nothing',
      ],
    ]);
  });

  test.each(['tarball', 'archive'] as const)('is bad when the %s is truncated', async (format) => {
    await fill(2000);
    const dumped = await it.dump(it.engine({ format }));
    const half = dumped.bytes.subarray(0, dumped.bytes.length / 2);
    expect((await it.prove({ ...dumped, bytes: half })).verdict).toBe('bad');
    // The compressed stream is whole, what it holds is not.
    const content = gunzipSync(dumped.bytes);
    const row = await it.prove({ ...dumped, bytes: gzipSync(content.subarray(0, content.length / 2)) });
    expect(row.verdict).toBe('bad');
    expect(await it.copies(['shop'])).toEqual(new Map());
  });

  test('is unproven, with the reason, when the server refuses documents', async () => {
    await fill();
    const dumped = await it.dump();
    const doubled = it.repacked(dumped, (folder) => {
      const path = join(folder, 'shop/people.bson');
      const documents = readFileSync(path);
      writeFileSync(path, Buffer.concat([documents, documents]));
    });
    const row = await it.prove(doubled);
    expect(row).toMatchObject({ verdict: 'unproven', refused: 1 });
    expect(row.findings[0]).toMatch(/^the server refused documents of shop\.people: 50 documents: .*E11000/);
    expect(JSON.stringify(row)).not.toContain('person 1');
  });
});

describe('a scratch server', () => {
  test('that is the source is refused, and stays as it was', async () => {
    await fill();
    const before = await it.source.client.db('admin').admin().listDatabases({ nameOnly: true });
    const engine = it.engine({ scratch: parseMongoConnection(it.source.url(), 'scratch-url') });
    const { source } = await it.dump(engine);
    const error = await failureOf(engine.scratch(owner, source));
    expect(error).toMatchObject({
      code: 'scratch-is-source',
      what: expect.stringContaining('is the server that was dumped'),
    });
    expect(await it.source.client.db('admin').admin().listDatabases({ nameOnly: true })).toEqual(before);
  });

  test('loses what a dead run left, and nothing else', async () => {
    await fill();
    const dumped = await it.dump();
    await it.scratch.client.db('others').collection('x').insertOne({ a: 1 });
    const [dead, alive] = [
      await dumped.engine.scratch('o/r/actions/runs/7:db', dumped.source),
      await dumped.engine.scratch('o/r/actions/runs/8:db', dumped.source),
    ];
    for (const one of [dead, alive])
      await one.restore('archive', async function* () {
        yield dumped.bytes;
      });
    const removed = await dumped.engine.sweep(async (of) => of.includes('/7:'));
    expect(removed).toEqual([expect.stringMatching(/^holdfast_scratch_[0-9a-f]{12}$/)]);
    const { databases } = await it.scratch.client.db('admin').admin().listDatabases({ nameOnly: true });
    const left = databases.map(({ name }) => name).filter((name) => name !== 'admin');
    expect(left.toSorted()).toEqual([
      expect.stringMatching(/^holdfast_scratch_[0-9a-f]{12}$/),
      expect.stringMatching(/^holdfast_scratch_[0-9a-f]{12}_1$/),
      'others',
    ]);
    expect(left.join(' ')).not.toContain(removed[0]);
    await alive.drop();
    await dead.drop();
  });
});

describe('in a pod', () => {
  const namespace = 'shop';
  const account = {
    name: 'backup',
    token: 'token',
    rules: {
      shop: [
        { apiGroups: [''], resources: ['pods', 'services'], verbs: ['get', 'list'] },
        { apiGroups: [''], resources: ['pods/exec'], verbs: ['get', 'create'] },
        { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['get', 'list'] },
      ],
    },
  };
  let cluster: Cluster;
  beforeAll(async () => {
    const path = `${it.source.binaries}:/usr/bin:/bin`;
    cluster = await startCluster({
      pods: [{ name: 'mongo-0', namespace, containers: [{ name: 'mongo', path }] }],
      services: [{ name: 'mongo-service', namespace, pods: ['mongo-0'] }],
      accounts: [account],
    });
  });
  afterAll(() => cluster?.stop());

  const podEngine = (url?: string, format: 'tarball' | 'archive' = 'archive'): MongoEngine => {
    const config = join(it.folder, 'kubeconfig');
    cluster.writeKubeconfig(config, account, namespace);
    const environment = { PATH: `${kubectl}:/usr/bin:/bin`, HOME: it.folder, KUBECONFIG: config };
    return it.engine({ format }, url, undefined, (connection) =>
      reachedThere(connection, () => podPlace({ service: 'mongo-service', namespace, environment })),
    );
  };

  test('behind a service the tools run there, and the proof is good', async () => {
    await fill();
    const dumped = await it.dump(podEngine());
    expect(dumped.facts.place).toBe('the pod mongo-0 (namespace shop)');
    expect(await it.prove(dumped)).toMatchObject({ verdict: 'good', findings: [] });
    const commands = cluster.calls.flatMap(({ command = [] }) => command).join(' ');
    expect(commands).toContain('mongodump');
    expect(commands).not.toContain('mongodb://');
  });

  test('a port at which nothing listens there is named', async () => {
    const error = await failureOf(podEngine('mongodb://localhost:1/?serverSelectionTimeoutMS=10000').inspect());
    expect(error).toMatchObject({
      code: 'unreachable',
      what: expect.stringMatching(/^no connection to localhost:1 in the pod mongo-0 .*: .*refused/i),
    });
  });

  test.each(['tarball', 'archive'] as const)(
    'a byte of a %s that changes on its way is told as such',
    async (format) => {
      await fill(5000);
      const engine = podEngine(undefined, format);
      await engine.inspect();
      cluster.disturb({ kind: 'change', after: 100_000 }, '--archive', 1);
      try {
        const error = await failureOf(it.dump(engine));
        expect(error).toMatchObject({ code: 'exec-cut', what: expect.stringMatching(/SHA-256 differs/) });
      } finally {
        cluster.disturb(undefined);
      }
    },
  );

  test('TLS is that of the server there: its name, and the authority in a file of its', async () => {
    await fill();
    const [key, authority] = [join(it.folder, 'server.key'), join(it.folder, 'ca.pem')];
    const subject = ['-subj', '/CN=lab', '-addext', 'subjectAltName=DNS:localhost', '-days', '2'];
    const made = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', ...subject];
    execFileSync('openssl', [...made, '-keyout', key, '-out', authority], { stdio: 'ignore' });
    const { port } = new URL(it.source.url());
    const open = new Set<Socket>();
    const server = createServer({ key: readFileSync(key), cert: readFileSync(authority) }, (socket) => {
      const inner = connect(Number(port), '127.0.0.1');
      for (const one of [socket, inner]) open.add(one.on('error', () => inner.destroy()));
      socket.pipe(inner).pipe(socket);
    });
    await new Promise<void>((go) => server.listen(0, '127.0.0.1', go));
    try {
      const url = `mongodb://localhost:${(server.address() as AddressInfo).port}/?tls=true`;
      const dumped = await it.dump(podEngine(`${url}&tlsCAFile=${authority}`));
      expect(dumped.source.tables.map(({ name, rows }) => [name, rows])).toContainEqual(['shop.people', '50']);
      expect(cluster.calls.map(({ command = [] }) => command.join(' ')).join()).toContain(`cat ${authority}`);
      const error = await failureOf(podEngine(`${url}&serverSelectionTimeoutMS=10000`).inspect());
      expect(error).toMatchObject({ code: 'tls' });
    } finally {
      for (const one of open) one.destroy();
      server.close();
    }
  });

  test('a stream that Kubernetes cuts without an error is one', async () => {
    await fill(5000);
    const engine = podEngine();
    await engine.inspect();
    cluster.disturb({ kind: 'cut', after: 10_000 }, '--archive', 2);
    try {
      const error = await failureOf(it.dump(engine));
      expect(error).toMatchObject({ code: 'exec-cut', what: expect.stringMatching(/were sent, 10000 arrived/) });
    } finally {
      cluster.disturb(undefined);
    }
  });
});
