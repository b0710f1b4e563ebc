/** MongoDB on a host: what mongosh reads there, and what the runner makes of what the host tells. */
import { describe, expect, test } from '@jest/globals';
import { serialize } from 'bson';
import { MongodbOnHost } from '../../../../src/adapters/databases/mongodb/on-host/engine.ts';
import { fingerprintOnHost } from '../../../../src/adapters/databases/mongodb/on-host/fingerprint.ts';
import { DocumentSums } from '../../../../src/dump/engines/mongodb/fingerprint/document-sums.ts';
import {
  type HostReading,
  readOnHost,
  type ShellConnection,
} from '../../../../src/dump/engines/mongodb/fingerprint/host-reading.ts';
import { FakeClock } from '../../../fakes/clock.ts';
import { FakeCompute } from '../../../fakes/compute.ts';
import { fakeContext, fakeRun } from '../../../fakes/context.ts';
import { FakeEngine } from '../../../fakes/dump-engine.ts';
import { FakeGitHub } from '../../../fakes/github.ts';
import { FakeHosts } from '../../../fakes/hosts.ts';
import { FakeObjects } from '../../../fakes/objects.ts';

type Document = Readonly<Record<string, unknown>>;

/** A server with one database: documents by collection. */
function shell(collections: Readonly<Record<string, readonly Document[]>>, lists = 1): ShellConnection {
  const infos = Object.keys(collections).map((name) => ({ name, type: 'collection', options: {} }));
  const answer = (command: Document): Document => {
    if ('isMaster' in command) return { localTime: new Date(1_700_000_000_000) };
    if ('listDatabases' in command) return { databases: ['admin', 'shop', 'local'].map((name) => ({ name })) };
    if ('count' in command) return { n: collections[String(command.count)]?.length };
    if ('listCollections' in command) return { ok: 1, cursor: { id: 7, firstBatch: infos.slice(0, lists) } };
    if ('getMore' in command) return { ok: 1, cursor: { id: 0, nextBatch: infos.slice(lists) } };
    if ('listIndexes' in command)
      return {
        ok: 1,
        cursor: {
          id: 0,
          firstBatch: [
            { name: '_id_', key: { _id: 1 } },
            { name: 'a_1', key: { a: 1 } },
          ],
        },
      };
    throw new Error(`no such command: ${Object.keys(command)[0]}`);
  };
  return {
    getDB: () => ({
      runCommand: async (command) => answer(command),
      getCollection: (name) => ({
        find: () => {
          const left = (collections[name] ?? []).map((one) => Buffer.from(serialize(one)));
          return { hasNext: async () => left.length > 0, next: async () => left.shift() };
        },
      }),
    }),
  };
}

const read = async (connection: ShellConnection, before: HostReading | null = null) =>
  JSON.parse((await readOnHost(connection, { databases: [], before })).replace(/^holdfast:/, ''));

const people = Array.from({ length: 100 }, (_, n) => ({ _id: n, a: n % 7 }));

describe('a reading on the host', () => {
  test('has the sums of the runner, definitions, and all that a cursor lists', async () => {
    const reading: HostReading = await read(shell({ empty: [], people }));
    const sums = new DocumentSums({ classes: 128, recentSince: 0 });
    for (const one of people) sums.add(Buffer.from(serialize(one)));
    expect(reading.databases).toEqual(['shop']);
    expect(reading.tables[1]).toMatchObject({ name: 'shop.people', rows: '100', checksum: String(sums.total.sum) });
    expect(reading.tables[1]?.classes).toEqual(sums.classes.map((one) => `${one.documents}:${one.sum}`));
    expect(reading.words['INDEX shop.people.a_1']).toBe('{"a":1}');
    expect(reading.objects).toEqual({ databases: 1, collections: 2, views: 0, indexes: 2 });
    expect(reading.unread).toEqual([]);
  });

  test('keeps classes only of what moved, by the classes of the first reading', async () => {
    const before: HostReading = await read(shell({ empty: [], people }));
    const both = await read(shell({ empty: [], people: people.slice(1) }), before);
    expect(both.before.tables.map(({ classes = [] }) => classes.length)).toEqual([0, 129]);
    expect(both.after.tables.map(({ classes = [] }) => classes.length)).toEqual([0, 129]);
    const moved = both.before.tables[1].classes.filter(
      (sum: string, at: number) => sum !== both.after.tables[1].classes[at],
    );
    expect(moved).toHaveLength(1);
  });
});

describe('the fingerprint of what a host tells', () => {
  const about = { takenAt: '2026-11-21T02:23:00.000Z', seconds: 5, serverVersion: '7.0.1' };
  const said = 'done dumping shop.people (100 documents)';

  test('has the moment by which classes were made, and the words of definitions', async () => {
    const before = await read(shell({ people }));
    const { fingerprint, words } = fingerprintOnHost([await read(shell({ people }), before), said], about);
    expect(fingerprint.takenAt).toBe(new Date(1_700_000_000_000).toISOString());
    expect(fingerprint).toMatchObject({ databases: ['shop'], unread: [], serverVersion: '7.0.1' });
    expect(fingerprint.after?.tables).toHaveLength(1);
    expect(words?.get('INDEX shop.people.a_1')).toBe('{"a":1}');
  });

  test('says what it cannot know: documents that came and went, and a host without mongosh', async () => {
    const before = await read(shell({ people }));
    const more = 'done dumping shop.people (101 documents)';
    const { fingerprint } = fingerprintOnHost([await read(shell({ people }), before), more], about);
    expect(fingerprint.unread?.map(({ what }) => what)).toEqual(['documents of shop.people']);
    const lost = fingerprintOnHost([{ lost: 'mongosh is not installed' }, said], about).fingerprint;
    expect(lost.databases).toEqual(['shop']);
    expect(lost.unread?.map(({ why }) => why)).toEqual(['mongosh is not installed']);
  });
});

describe('the engine', () => {
  const inspection = (mongodb: unknown) => ({
    serverVersionNumber: 0,
    bytes: 0,
    standby: false,
    freeBytes: 1e9,
    tools: [{ folder: '', version: 'mongodump version: 100.12.2' }],
    mongodb,
  });
  const listed = ['admin', 'crm', 'shop', 'test_a'].map((name) => ({ name, bytes: 10 }));

  function onHost(mongodb: unknown, more: { databases?: readonly string[]; exclude?: readonly string[] } = {}) {
    const clock = new FakeClock();
    const hosts = new FakeHosts(clock, 'i-1');
    hosts.script = ({ script }) =>
      script === 'dump-inspect' ? inspection(mongodb) : { takenAt: '2026-11-21T02:23:00.000Z' };
    const compute = new FakeCompute(clock);
    compute.addInstance({ id: 'i-1', name: 'db01', tags: { 'holdfast:host': 'source' } });
    const ports = {
      local: new FakeEngine(clock),
      hosts,
      compute,
      objects: new FakeObjects(clock),
      runs: new FakeGitHub(),
    };
    const options = {
      ...{ instance: 'db01', container: '', folder: '/var/backups/holdfast/shop', name: 'shop', keep: 10 },
      ...{ timeoutSeconds: 3600, bucket: 'dumps', format: 'tarball' as const, port: 27_017, configFile: '/etc/m.conf' },
      ...{ databases: [], exclude: [], level: 5, ...more },
    } as const;
    return { engine: new MongodbOnHost(ports, options, fakeContext(clock, fakeRun(7))), hosts };
  }
  const sentTo = async (mongodb: unknown, more = {}) => {
    const { engine, hosts } = onHost(mongodb, more);
    const facts = await engine.inspect();
    await engine.begin('/nowhere');
    return { facts, start: hosts.sent.find(({ script }) => script === 'dump-start')?.parameters };
  };

  test.each([
    ['all', {}, '', []],
    ['those that are not excluded', { exclude: ['test_*'] }, 'crm shop', []],
    ['those that are chosen', { databases: ['shop'] }, 'shop', ['crm', 'test_a']],
  ])('dumps %s', async (_which, more, databases, uncovered) => {
    const { facts, start } = await sentTo({ version: '7.0.1', databases: listed }, more);
    expect(start).toMatchObject({
      Engine: 'mongodb',
      Databases: databases,
      Format: 'tarball',
      ConfigFile: '/etc/m.conf',
    });
    expect(facts).toMatchObject({ serverVersion: '7.0.1', toolsVersion: '100.12.2', uncovered, uploadsItself: true });
  });

  test('dumps without mongosh, and says that nothing proves it; names that it must list are an error', async () => {
    const { facts, start } = await sentTo({ lacks: 'no mongosh' });
    expect(start?.Databases).toBe('');
    expect(facts.notes).toContain('the dump cannot be proven: no mongosh');
    await expect(onHost({ lacks: 'no mongosh' }, { exclude: ['a'] }).engine.inspect()).rejects.toThrow(
      /cannot be listed/,
    );
    const odd = { version: '7', databases: [{ name: 'a b', bytes: 1 }, ...listed] };
    await expect(onHost(odd, { exclude: ['crm'] }).engine.inspect()).rejects.toThrow(
      /cannot be chosen there by name: a b/,
    );
    await expect(onHost({ version: '7', databases: listed }, { databases: ['gone'] }).engine.inspect()).rejects.toThrow(
      /has no database gone/,
    );
  });

  test('asks the host again whether the scratch server is another', async () => {
    const { engine } = onHost({ version: '7', databases: listed });
    await engine.inspect();
    expect((await engine.identity()).databases).toEqual(['admin', 'crm', 'shop', 'test_a']);
    const without = onHost({ lacks: 'no mongosh' }).engine;
    await without.inspect();
    await expect(without.identity()).rejects.toThrow(/cannot be seen whether scratch-url is another server/);
  });
});
