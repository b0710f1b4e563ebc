/** Copies of collections with a TTL index: a server deletes from them what has expired, unless it is kept from that. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Collection } from 'mongodb';
import { ensureMongo } from '../../lab/hosts/mongodb/programs.ts';
import { ensurePrerequisites } from '../../lab/hosts/prerequisites.ts';
import { deletesExpired } from '../../src/adapters/databases/mongodb/scratch/expiry.ts';
import { type CopyDatabases, type Dumped, MongoDatabases, owner } from './support-mongo.ts';

ensurePrerequisites();
await ensureMongo();

const it = new MongoDatabases();
beforeAll(() => it.start('java', 'java'), 180_000);
afterAll(() => it.stop());

interface Session {
  readonly _id: number;
  readonly at: Date;
}
type Change = (sessions: Collection<Session>) => Promise<unknown>;

const inCopy = (change: Change) => async (copies: CopyDatabases) =>
  void (await change(it.scratch.client.db(copies.get('shop')).collection<Session>('sessions')));
const hour = 3600;
const setMonitor = (ttlMonitorEnabled: boolean): Promise<unknown> =>
  it.scratch.client.db('admin').command({ setParameter: 1, ttlMonitorEnabled });
const monitor = (): Promise<boolean | undefined> => deletesExpired(it.scratch.client);
/** As the server's own does, once a minute. */
const expire: Change = (sessions) => sessions.deleteMany({ at: { $lt: new Date(Date.now() - hour * 1000) } });

let dumped: Dumped;
beforeEach(async () => {
  await it.clear();
  await setMonitor(true);
  const sessions = it.source.client.db('shop').collection<Session>('sessions');
  const at = (_id: number): Date => new Date(Date.now() - (_id < 5 ? 2 * hour * 1000 : 0));
  await sessions.insertMany(Array.from({ length: 100 }, (_, _id) => ({ _id, at: at(_id) })));
  await sessions.createIndex({ at: 1 }, { expireAfterSeconds: hour });
  dumped = await it.dump();
});

describe('the scratch server', () => {
  test('is kept from deleting what has expired while a copy is proven, and deletes it again afterwards', async () => {
    const seen: unknown[] = [];
    const restored = inCopy(async (sessions) => {
      seen.push(await monitor());
      if (await monitor()) await expire(sessions);
    });
    expect(await it.prove(dumped, { restored })).toMatchObject({ verdict: 'good', findings: [] });
    expect([...seen, await monitor()]).toEqual([false, true]);
  });
  test('that was started so stays so, and one without such collections is let be', async () => {
    await setMonitor(false);
    expect(await it.prove(dumped)).toMatchObject({ verdict: 'good' });
    expect(await monitor()).toBe(false);
    await setMonitor(true);
    await it.source.client.db('shop').collection('sessions').dropIndexes();
    const seen: unknown[] = [];
    await it.prove(await it.dump(), { restored: async () => void seen.push(await monitor()) });
    expect(seen).toEqual([true]);
  });
  test('deletes again when the last copy is removed, also that of a dead run', async () => {
    const [one, two] = [
      await dumped.engine.scratch(owner, dumped.source),
      await dumped.engine.scratch('o/r/actions/runs/7:db', dumped.source),
    ];
    await one.drop();
    expect(await monitor()).toBe(false);
    await dumped.engine.sweep(async (of) => of.includes('/7:'));
    expect(await monitor()).toBe(true);
    await two.drop();
  });
});

describe('where the server deletes all the same', () => {
  const proven = (change: Change): ReturnType<typeof it.prove> =>
    it.prove(dumped, {
      restored: inCopy(async (sessions) => {
        await setMonitor(true);
        await change(sessions);
      }),
    });
  test('fewer documents are unproven, with the reason', async () => {
    expect(await proven(expire)).toMatchObject({
      verdict: 'unproven',
      findings: [
        expect.stringMatching(/^rows of shop\.sessions: expected 100, found 95 \(the scratch server deletes/),
        expect.anything(),
      ],
      fix: expect.stringContaining('hostManager'),
    });
  });
  test.each<[string, Change]>([
    ['another document', (sessions) => sessions.updateOne({ _id: 50 }, { $set: { at: new Date(0) } })],
    ['more documents', (sessions) => sessions.insertOne({ _id: 500, at: new Date() })],
    [
      'fewer documents, and another one',
      async (sessions) => {
        await expire(sessions);
        await sessions.updateOne({ _id: 50 }, { $set: { at: new Date() } });
      },
    ],
  ])('%s is bad', async (_, change) => expect((await proven(change)).verdict).toBe('bad'));
});

test('fewer documents of a collection that expires are bad where nothing deletes them', async () => {
  const restored = inCopy((sessions) => sessions.deleteOne({ _id: 50 }));
  expect(await it.prove(dumped, { restored })).toMatchObject({
    verdict: 'bad',
    findings: ['rows of shop.sessions: expected 100, found 99'],
  });
});
