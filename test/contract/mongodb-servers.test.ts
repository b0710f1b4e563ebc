/** MongoDB's own tools, built from the module proxy, and the two servers of the lab that speak its protocol. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Decimal128, Long, ObjectId } from 'mongodb';
import { ensureMongo } from '../../lab/hosts/mongodb/programs.ts';
import { type MongoKind, type MongoServer, startMongo } from '../../lab/hosts/mongodb/server.ts';
import { ensurePrerequisites } from '../../lab/hosts/prerequisites.ts';

const run = promisify(execFile);

ensurePrerequisites();
await ensureMongo();

describe.each<MongoKind>(['ferret', 'java'])('%s', (kind) => {
  let server: MongoServer;
  let folder: string;

  beforeAll(async () => {
    // PostgreSQL's user must be able to enter it.
    folder = mkdtempSync('/var/tmp/holdfast-mongo-');
    await run('chmod', ['755', folder]);
    server = await startMongo({ directory: join(folder, 'server'), kind });
  });
  afterAll(async () => {
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test("a dump of the real tool, restored under another name, has the source's documents byte for byte", async () => {
    const documents = [
      { _id: new ObjectId(), name: 'Ada', tags: ['a', { b: 1 }], at: new Date(0), long: Long.fromNumber(2 ** 40) },
      { _id: 'two', nothing: null, text: 'ü€"\\', bytes: Buffer.from([0, 255]), real: -0.5 },
      ...(kind === 'java' ? [{ _id: 'three', price: new Decimal128('1.10'), text: 'a\u0000b' }] : []),
    ];
    const source = server.client.db('shop').collection<{ _id: unknown }>('people');
    await source.insertMany(documents);
    await source.createIndex({ name: 1, at: -1 });
    const out = join(folder, 'dump');
    await run(join(server.binaries, 'mongodump'), [`--uri=${server.url()}`, '--db=shop', `--out=${out}`]);
    expect(readdirSync(join(out, 'shop'))).toEqual(expect.arrayContaining(['people.bson', 'people.metadata.json']));
    await run(join(server.binaries, 'mongorestore'), [
      ...[`--uri=${server.url()}`, '--nsFrom=shop.*', '--nsTo=copy.*'],
      out,
    ]);
    const raw = (database: string) =>
      server.client.db(database).collection('people').find({}, { raw: true }).sort({ name: 1 }).toArray();
    expect(await raw('copy')).toEqual(await raw('shop'));
    expect(await raw('copy')).toHaveLength(documents.length);
    const keys = (await server.client.db('copy').collection('people').indexes()).map(({ key }) => key);
    expect(keys).toEqual([{ _id: 1 }, { name: 1, at: -1 }]);
    expect((await run(join(server.binaries, 'bsondump'), ['--version'])).stdout).toMatch(/version: 100\.\d+\.\d+/);
  });

  test('a killed server comes back on its port, with its data where it is stored', async () => {
    const { port } = server;
    await server.client.db('kept').collection('things').insertOne({ one: 1 });
    await server.kill();
    await server.start();
    expect(server.port).toBe(port);
    expect(await server.client.db('kept').collection('things').countDocuments()).toBe(kind === 'ferret' ? 1 : 0);
    expect(readFileSync(join(folder, 'server', 'server.log'), 'utf8')).not.toMatch(/panic|Exception in/);
  });
});
