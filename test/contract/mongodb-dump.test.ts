/** Dumps of MongoDB: by the real tools, from servers that speak its protocol, restored and compared. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { ensureMongo } from '../../lab/hosts/mongodb/programs.ts';
import { ensurePrerequisites } from '../../lab/hosts/prerequisites.ts';
import { type CopyDatabases, MongoDatabases } from './support-mongo.ts';

ensurePrerequisites();
await ensureMongo();

const it = new MongoDatabases();
beforeAll(() => it.start('java', 'java'), 60_000);
afterAll(() => it.stop());
beforeEach(() => it.clear());

/** With the PATH of this test. */
const run = (program: string, parameters: readonly string[], cwd: string): void =>
  void execFileSync(program, parameters, { cwd, env: { ...process.env } });

/** Files below a folder, each with its content. */
function filesIn(folder: string, below = ''): Map<string, string> {
  const found = new Map<string, string>();
  for (const name of readdirSync(join(folder, below))) {
    const path = join(below, name);
    if (statSync(join(folder, path)).isDirectory()) for (const one of filesIn(folder, path)) found.set(...one);
    else found.set(path, readFileSync(join(folder, path), 'base64'));
  }
  return found;
}

const odd = [
  'sp ace',
  'ünï',
  'a/b',
  'per%cent',
  'dot.ted.x',
  'Case',
  'case',
  'q?x*',
  "it's(me)!",
  '~-_',
  'ü'.repeat(50),
  '+plus&and=so',
];

async function fill(): Promise<void> {
  const { client } = it.source;
  const shop = client.db('shop');
  await shop
    .collection('people')
    .insertMany(Array.from({ length: 500 }, (_, n) => ({ n, name: `person ${n}`, tags: [n, `${n}`] })));
  await shop.collection('people').createIndex({ n: 1, name: -1 }, { unique: true, name: 'n_name' });
  for (const name of odd) await shop.collection(name).insertOne({ name });
  await shop.createCollection('empty');
  await client.db('Ünïcode-db').collection('x').insertOne({ a: 1 });
}

describe('a dump', () => {
  test('of all databases is the tarball that mongodump --out and tar make, and proven by a restore', async () => {
    await fill();
    const dumped = await it.dump();
    const { source, bytes } = dumped;
    expect(source.databases).toEqual(['shop', 'Ünïcode-db']);
    const folder = mkdtempSync(join(it.folder, 'compare-'));
    writeFileSync(join(folder, 'x.tar.gz'), bytes);
    run('tar', ['-xzf', 'x.tar.gz'], folder);
    const [time = ''] = readdirSync(join(folder, 'data/db/dump'));
    expect(time).toMatch(/^\d{4}-\d\d-\d\dT\d\d_\d\d$/);
    const ours = filesIn(join(folder, 'data/db/dump', time));
    run('mongodump', [`--uri=${it.source.url()}`, '--out=theirs', '--quiet'], folder);
    const theirs = filesIn(join(folder, 'theirs'));
    // The server's own database, with users, was not asked for.
    for (const path of theirs.keys()) if (path.startsWith('admin/')) theirs.delete(path);
    expect([...ours.keys()].toSorted()).toEqual([...theirs.keys()].toSorted());
    for (const [path, content] of ours) expect([path, content]).toEqual([path, theirs.get(path)]);
    expect(await it.prove(dumped)).toMatchObject({ verdict: 'good', findings: [] });
    // tar and mongorestore alone bring it back.
    run('mongorestore', [`--uri=${it.scratch.url()}`, '--quiet', time], join(folder, 'data/db/dump'));
    expect(await it.scratch.client.db('shop').collection('people').countDocuments()).toBe(500);
  }, 60_000);

  test('that fails ends with its error, and reads the source no second time', async () => {
    await fill();
    const engine = it.engine();
    await engine.inspect();
    const dump = await engine.begin(mkdtempSync(join(it.folder, 'fails-')));
    try {
      const failed = Promise.reject(new Error('no space is left'));
      await expect(dump.fingerprint(failed)).rejects.toThrow('no space is left');
    } finally {
      await dump.end();
    }
  }, 60_000);
});

describe('what is left out, or looks as if it were', () => {
  test('collections in databases of the server itself are named, and such a database cannot be chosen', async () => {
    await fill();
    const config = it.source.client.db('config');
    await config.collection('mine').insertOne({ a: 1 });
    try {
      const { notes } = await it.engine().inspect();
      expect(notes).toContainEqual(expect.stringMatching(/^config\.mine lies in a database of the server itself/));
      await expect(it.engine({ databases: ['admin'] }).inspect()).rejects.toMatchObject({ code: 'input' });
    } finally {
      await config.dropDatabase();
    }
    const { notes } = await it.engine().inspect();
    expect(notes.join()).not.toContain('of the server itself');
  });

  test('a copy without a collection that is called as the mark of a copy is bad', async () => {
    const name = 'holdfast_scratch_0123456789ab';
    await it.source.client.db('shop').collection(name).insertOne({ a: 1 });
    const dumped = await it.dump();
    expect(await it.prove(dumped)).toMatchObject({ verdict: 'good', findings: [] });
    const restored = async (copies: CopyDatabases): Promise<void> =>
      void (await it.scratch.client.db(copies.get('shop')).dropCollection(name));
    const finding = expect.stringContaining(`rows of shop.${name}`);
    expect(await it.prove(dumped, { restored })).toMatchObject({
      verdict: 'bad',
      findings: [finding, expect.anything()],
    });
  });
});
