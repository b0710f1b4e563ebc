/** The commands fetchdb, populatedb and restore for MongoDB, on a server that speaks its protocol. */
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Document } from 'mongodb';
import { type MongoServer, startMongo } from '../../lab/hosts/mongodb/server.ts';
import { ensurePrerequisites } from '../../lab/hosts/prerequisites.ts';
import { failureOf, type Publisher, startPublisher } from './support-published.ts';

let directory: string;
let server: MongoServer;
let it: Publisher;

const fill = async (database: string, extra: Document = {}): Promise<void> => {
  const db = server.client.db(database);
  await db.collection<Document & { _id: number }>('people').insertMany(
    Array.from({ length: 250 }, (_, at) => ({
      _id: at,
      email: `p${at}@acme.test`,
      tags: ['a', { b: at }],
      ...extra,
    })),
  );
  await db.collection('people').createIndex({ email: 1 }, { unique: true, name: 'by email' });
  await db.collection<Document & { _id: number }>('odd name with/slash').insertOne({ _id: 1, a: 1 });
  await db.createCollection('empty');
};
const contentOf = async (database: string, at = server): Promise<Record<string, unknown>> => {
  const db = at.client.db(database);
  const content: Record<string, unknown> = {};
  const names = (await db.listCollections({}, { nameOnly: true }).toArray()).map(({ name }) => name).sort();
  for (const name of names.filter((one) => one !== 'holdfast_note'))
    content[name] = {
      documents: await db.collection(name).find({}).sort({ _id: 1 }).toArray(),
      indexes: (await db.collection(name).listIndexes().toArray()).map(({ name: index, key, unique }) => ({
        index,
        key,
        unique,
      })),
    };
  return content;
};
const tool = (name: string, ...parameters: string[]): void =>
  void execFileSync(join(server.binaries, name), ['--quiet', `--uri=${server.url()}`, ...parameters]);
const time = '2026-11-26T01_00';
const tarball = (...databases: string[]): Buffer => {
  const folder = mkdtempSync(join(directory, 'dump-'));
  const root = join(folder, 'data/db/dump', time);
  mkdirSync(root, { recursive: true });
  for (const database of databases) tool('mongodump', `--db=${database}`, `--out=${root}`);
  execFileSync('tar', ['-C', folder, '-czf', join(folder, 'dump.tar.gz'), 'data']);
  return readFileSync(join(folder, 'dump.tar.gz'));
};
const archive = (...parameters: string[]): Buffer => {
  const file = join(mkdtempSync(join(directory, 'dump-')), 'archive');
  tool('mongodump', ...parameters, `--archive=${file}`, '--gzip');
  return readFileSync(file);
};
const publish = (source: string, ending: string, bytes: Buffer, database: string): Promise<void> =>
  it.publish({
    source,
    engine: 'mongodb',
    database,
    takenAt: '2026-11-26T01:00:00.000Z',
    files: [
      { kind: 'archive', key: `mongo/${source}/${time}${ending}`, bytes },
      { kind: 'anonymised', key: `mongo/${source}/${time}.anon${ending}`, bytes },
    ],
  });

let shop: Record<string, unknown>;

beforeAll(async () => {
  ensurePrerequisites();
  directory = mkdtempSync(join(tmpdir(), 'holdfast-restore-mongo-'));
  chmodSync(directory, 0o755);
  server = await startMongo({ directory: join(directory, 'mongo'), kind: 'ferret' });
  it = await startPublisher({ PATH: `${server.binaries}:${process.env.PATH}` });
  await fill('shop');
  await fill('other', { other: true });
  shop = await contentOf('shop');
  await publish('shop.prod', '.tar.gz', tarball('shop'), 'shop');
  await publish('stream.prod', '.archive.gz', archive('--db=shop'), 'shop');
  await publish('all.prod', '.tar.gz', tarball('shop', 'other'), 'all databases');
}, 600_000);
afterAll(async () => {
  await it.stop();
  await server.stop();
  rmSync(directory, { recursive: true, force: true });
});

describe('restore', () => {
  test.each([
    ['shop.prod', `tar -xzf ${time}.tar.gz\n  mongorestore --uri=mongodb://`],
    ['stream.prod', `--gzip --archive=${time}.archive.gz --nsInclude='shop.*'`],
  ])(
    'restores %s into an empty database, under the name in the URL',
    async (source, words) => {
      const target = `empty_${source.split('.')[0]}`;
      const ended = await it.run('restore', source, '--to', server.url(target));
      expect(failureOf(ended)).toBe('');
      expect(ended.err).toContain(words);
      expect(ended.err).toContain(`--nsFrom='shop.*' --nsTo='${target}.*'`);
      expect(await contentOf(target)).toEqual(shop);
      const again = await it.run('restore', source, '--to', server.url(target));
      expect(again).toMatchObject({ status: 1, err: expect.stringContaining('is not empty; nothing was changed') });
    },
    60_000,
  );

  test('replaces a database with everything in it, and leaves nothing beside it', async () => {
    const db = server.client.db('live');
    await db.collection('people').insertOne({ old: true });
    await db.collection('gone').insertOne({ old: true });
    // Of a run that died: no process has this number.
    await db
      .collection<Document & { _id: string }>('holdfast_note')
      .insertOne({ _id: 'holdfast_new_0123456789ab_', text: '', process: 2 ** 22 + 1, at: new Date(0) });
    await db.collection('holdfast_new_0123456789ab_people').insertOne({ old: true });
    for (const source of ['shop.prod', 'stream.prod']) {
      const ended = await it.run('restore', source, '--to', server.url('live'), '--replace');
      expect(failureOf(ended)).toBe('');
      // FerretDB cannot replace a collection at once.
      expect(ended.err).toContain('each was missing for a moment');
      expect(await contentOf('live')).toEqual(shop);
      await db.collection('people').deleteMany({});
    }
  }, 90_000);

  test('replaces each collection at once where the server can', async () => {
    const java = await startMongo({ directory: join(directory, 'java'), kind: 'java' });
    try {
      await java.client.db('live').collection('people').insertOne({ old: true });
      const ended = await it.run('restore', 'shop.prod', '--to', java.url('live'), '--replace');
      expect(failureOf(ended)).toBe('');
      expect(ended.err).not.toContain('was missing for a moment');
      expect(await contentOf('live', java)).toEqual(shop);
    } finally {
      await java.stop();
    }
  }, 90_000);

  test('of a dump of the whole server chooses one database, or restores all, never over one that is not empty', async () => {
    const several = await it.run('restore', 'all.prod', '--to', server.url('chosen'));
    expect(several).toMatchObject({
      status: 1,
      err: expect.stringContaining('several databases: other, shop; nothing was changed'),
    });
    expect(failureOf(await it.run('restore', 'all.prod', '--to', server.url('chosen'), '--only', 'shop'))).toBe('');
    expect(await contentOf('chosen')).toEqual(shop);
    const absent = await it.run('restore', 'all.prod', '--to', server.url('chosen'), '--only', 'none', '--replace');
    expect(absent).toMatchObject({
      status: 1,
      err: expect.stringContaining('the dump has no database none; nothing was changed'),
    });
    expect((await it.run('restore', 'all.prod', '--to', server.url())).err).toContain(
      'is not empty; nothing was changed',
    );
    await server.client.db('shop').collection('people').deleteMany({});
    await server.client.db('other').dropDatabase();
    expect(failureOf(await it.run('restore', 'all.prod', '--to', server.url(), '--replace'))).toBe('');
    expect(await contentOf('shop')).toEqual(shop);
    expect(Object.keys(await contentOf('other'))).toEqual(Object.keys(shop));
  }, 120_000);

  test('leaves a database as it is when the dump is damaged, or is not the one of the receipt', async () => {
    const bytes = archive('--db=shop');
    bytes[bytes.length - 40] = (bytes[bytes.length - 40] as number) ^ 0xff;
    await publish('bad.prod', '.archive.gz', bytes, 'shop');
    await fill('kept');
    expect(await it.run('restore', 'bad.prod', '--to', server.url('kept'), '--replace')).toMatchObject({ status: 1 });
    expect(await contentOf('kept')).toEqual(shop);
    const wrong = await it.run('restore', 'shop.prod', '--to', 'mysql://root@127.0.0.1/shop', '--replace');
    expect(wrong.err).toContain('the dump is of MongoDB, and --to is a URL of MySQL');
  }, 60_000);
});

test('fetchdb fetches the anonymised file, and populatedb loads it as often as it is run', async () => {
  for (const [source, ending] of [
    ['shop.prod', '.anon.tar.gz'],
    ['stream.prod', '.anon.archive.gz'],
  ] as const) {
    const file = join(directory, `shop${ending}`);
    expect(failureOf(await it.run('fetchdb', source, '--to', file))).toBe('');
    expect(existsSync(file)).toBe(true);
    const app = server.url('app');
    expect(failureOf(await it.run('populatedb', source, '--from', file, '--to', app))).toBe('');
    expect(await contentOf('app')).toEqual(shop);
    await server.client.db('app').collection('people').deleteMany({});
    const refused = await it.run('populatedb', source, '--from', file, '--to', server.url('shop'));
    expect(refused).toMatchObject({
      status: 1,
      err: expect.stringContaining('is not empty, and this command did not make it'),
    });
  }
  const remote = await it.run(
    'populatedb',
    'shop.prod',
    '--from',
    'package.json',
    '--to',
    'mongodb://127.0.0.1,db.example.org/app',
  );
  expect(remote.err).toContain('is not on this computer');
}, 120_000);
