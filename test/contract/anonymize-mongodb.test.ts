/**
 * Dumps that mongodump made: anonymised, read by bsondump, restored by mongorestore, and compared with their source. The server does not
 * know every type; those that it lacks are tried in test/unit/anonymize/bson.
 */
import { execFile, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Decimal128, type Document, Double, Int32, Long, MaxKey, MinKey, ObjectId, Timestamp } from 'mongodb';
import { ensureMongo } from '../../lab/hosts/mongodb/programs.ts';
import { type MongoServer, startMongo } from '../../lab/hosts/mongodb/server.ts';
import { ensurePrerequisites } from '../../lab/hosts/prerequisites.ts';

const run = promisify(execFile);

ensurePrerequisites();
await ensureMongo();

const nobody = 'nobody@example.com';
const unlike = /^nobody-[a-z2-7]{16}@example\.com$/;

const people: readonly Document[] = [
  {
    _id: 1,
    mail: 'jo@real.com',
    login: 'jo@real.com',
    tags: ['x', { mail: 'al@real.com' }],
    n: new Int32(5),
    long: Long.fromNumber(2 ** 40),
  },
  {
    _id: 'al@real.com',
    mail: 'al@real.com',
    login: 'al@real.com',
    price: new Decimal128('1.10'),
    at: new Date(5),
    big: new Double(2.5),
  },
  {
    _id: new ObjectId(),
    login: 'none',
    ts: new Timestamp({ t: 1, i: 2 }),
  },
  {
    _id: 4,
    login: 'ends',
    ends: [new MinKey(), new MaxKey()],
    pattern: /^jo@real\.com$/i,
    bytes: Buffer.from('to jo@real.com'),
    'jo@real.com': 1,
  },
];

describe('a dump of the real tool', () => {
  let server: MongoServer;
  let folder: string;
  const file = (name: string): string => join(folder, name);
  const tool = (name: string, ...words: string[]): Promise<unknown> =>
    run(join(server.binaries, name), [...words], { maxBuffer: 64 * 1024 * 1024 });

  beforeAll(async () => {
    folder = mkdtempSync('/var/tmp/holdfast-anonymise-mongo-');
    await run('chmod', ['755', folder]);
    server = await startMongo({ directory: join(folder, 'server'), kind: 'java' });
    const source = server.client.db('shop');
    await source
      .collection<{ _id: unknown }>('people')
      .insertMany([...people] as { _id: unknown }[], { ignoreUndefined: true });
    await source.collection('people').createIndex({ login: 1 }, { unique: true });
    await source
      .collection('many')
      .insertMany(Array.from({ length: 5000 }, (_, index) => ({ index, by: `u${index}@real.com` })));
    await source.createCollection('empty');
    await tool('mongodump', `--uri=${server.url()}`, '--db=shop', '--gzip', `--archive=${file('dump.archive.gz')}`);
    mkdirSync(file('data/db/dump'), { recursive: true });
    await tool('mongodump', `--uri=${server.url()}`, '--db=shop', `--out=${file('data/db/dump/2018-04-04T11_37')}`);
    await run('tar', ['-C', folder, '-czf', file('dump.tar.gz'), 'data']);
  });
  afterAll(async () => {
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const anonymised = (from: string, to: string, ...words: string[]): string => {
    const { status, stderr } = spawnSync(resolve('scripts/anonymize'), [file(from), file(to), ...words], {
      encoding: 'utf8',
      env: { ...process.env, HOLDFAST_ANONYMIZE_KEY: 'a key of this test' },
    });
    if (status !== 0) throw new Error(stderr);
    return stderr;
  };

  const restored = async (database: string): Promise<{ people: Document[]; many: Document[] }> => {
    const copy = server.client.db(database);
    const of = (name: string): Promise<Document[]> =>
      copy.collection(name).find({}, { promoteValues: false }).sort({ $natural: 1 }).toArray();
    return { people: await of('people'), many: await of('many') };
  };

  const check = async (database: string): Promise<void> => {
    const { people: copy, many } = await restored(database);
    const [one, two, three, four] = copy as [Document, Document, Document, Document];
    expect(one).toMatchObject({
      _id: new Int32(1),
      mail: nobody,
      tags: ['x', { mail: nobody }],
      n: new Int32(5),
      long: Long.fromNumber(2 ** 40),
    });
    expect(one.login).toMatch(unlike);
    expect([two._id, two.login]).toEqual([expect.stringMatching(unlike), expect.stringMatching(unlike)]);
    expect(two).toMatchObject({ price: new Decimal128('1.10'), at: new Date(5), big: new Double(2.5) });
    expect(three).toMatchObject({ login: 'none', ts: new Timestamp({ t: 1, i: 2 }) });
    expect(four).toMatchObject({ ends: [new MinKey(), new MaxKey()] });
    expect(Object.keys(four).at(-1)).toMatch(unlike);
    expect(many).toHaveLength(5000);
    expect(new Set(many.map(({ by }) => by as string))).toEqual(new Set([nobody]));
    expect(await server.client.db(database).collection('people').indexExists('login_1')).toBe(true);
  };

  test('as an archive is restored, and nothing of the source is in it', async () => {
    anonymised('dump.archive.gz', 'anon.archive.gz');
    expect(gunzipSync(readFileSync(file('anon.archive.gz'))).includes('real.com')).toBe(false);
    await tool(
      'mongorestore',
      `--uri=${server.url()}`,
      '--gzip',
      `--archive=${file('anon.archive.gz')}`,
      '--nsFrom=shop.*',
      '--nsTo=archived.*',
      '--stopOnError',
    );
    await check('archived');
  });

  test('as a tarball unpacks to the same files, which bsondump reads and mongorestore restores', async () => {
    anonymised('dump.tar.gz', 'anon.tar.gz');
    mkdirSync(file('unpacked'));
    await run('tar', ['-C', file('unpacked'), '-xzf', file('anon.tar.gz')]);
    const listed = async (name: string): Promise<string[]> =>
      (await run('tar', ['-tzf', file(name)])).stdout.trim().split('\n');
    expect(await listed('anon.tar.gz')).toEqual(await listed('dump.tar.gz'));
    const dump = file('unpacked/data/db/dump/2018-04-04T11_37');
    await tool('bsondump', '--objcheck', '--quiet', `--outFile=${file('people.json')}`, join(dump, 'shop/people.bson'));
    expect(readFileSync(file('people.json'), 'utf8').trim().split('\n')).toHaveLength(people.length);
    expect(spawnSync('grep', ['-rq', 'real.com', dump]).status).toBe(1);
    await tool('mongorestore', `--uri=${server.url()}`, '--nsFrom=shop.*', '--nsTo=unpacked.*', '--stopOnError', dump);
    await check('unpacked');
  });

  test('through a pipe, with rules by field', async () => {
    writeFileSync(
      file('rules.yml'),
      "version: 1\ntables: { shop.many: { rows: { sample: 20% } }, shop.people: { columns: { login: pseudonym, n: { noise: 40% }, 'tags[]': mask } } }\nleak-check: { replaced-values: 'off' }\n",
    );
    const { status, stdout, stderr } = spawnSync(
      resolve('scripts/anonymize'),
      ['-', '-', '--gzip', '--rules', file('rules.yml')],
      { input: readFileSync(file('dump.archive.gz')), maxBuffer: 64 * 1024 * 1024 },
    );
    expect([status, String(stderr)]).toEqual([0, expect.stringContaining('shop.many')]);
    writeFileSync(file('piped.gz'), stdout);
    await tool(
      'mongorestore',
      `--uri=${server.url()}`,
      '--gzip',
      `--archive=${file('piped.gz')}`,
      '--nsFrom=shop.*',
      '--nsTo=piped.*',
      '--stopOnError',
    );
    const { people: copy, many } = await restored('piped');
    expect(copy[0]).toMatchObject({ tags: ['x', { mail: 'xx@xxxx.xxx' }], n: { _bsontype: 'Int32' } });
    expect(many.length).toBeGreaterThan(500);
    expect(many.length).toBeLessThan(1500);
  });
});
