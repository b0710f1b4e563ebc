/** A dump of MongoDB on a host: what the runner makes of its inspection. */
import { describe, expect, test } from '@jest/globals';
import { MongodbOnHost } from '../../../../src/adapters/databases/mongodb/on-host/engine.ts';
import { FakeClock } from '../../../fakes/clock.ts';
import { FakeCompute } from '../../../fakes/compute.ts';
import { fakeContext, fakeRun } from '../../../fakes/context.ts';
import { FakeEngine } from '../../../fakes/dump-engine.ts';
import { FakeGitHub } from '../../../fakes/github.ts';
import { FakeHosts } from '../../../fakes/hosts.ts';
import { FakeObjects } from '../../../fakes/objects.ts';

describe('the engine', () => {
  const inspection = (server: unknown) => ({ freeBytes: 1e9, tool: 'mongodump version: 100.12.2', server });
  const listed = ['admin', 'crm', 'shop', 'test_a'].map((name) => ({ name, bytes: 10 }));
  const about = { version: '7.0.1', databases: listed, user: 'holdfast', denied: ['test_a'] };
  const known = { ...about, extent: 'all', sharded: false, inServers: {} };

  function onHost(mongodb: unknown, more: { databases?: readonly string[]; exclude?: readonly string[] } = {}) {
    const clock = new FakeClock();
    const hosts = new FakeHosts(clock, 'i-1');
    hosts.script = ({ script }) =>
      script === 'mongodb-inspect' ? inspection(mongodb) : { takenAt: '2026-11-21T02:23:00.000Z' };
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
      ...{
        source: 'shop',
        timeoutSeconds: 3600,
        bucket: 'dumps',
        format: 'tarball' as const,
        port: 27_017,
        configFile: '/etc/m.conf',
      },
      ...{ databases: [], exclude: [], level: 5, ...more },
    } as const;
    return { engine: new MongodbOnHost(ports, options, fakeContext(clock, fakeRun(7))), hosts };
  }
  const sentTo = async (mongodb: unknown, more = {}) => {
    const { engine, hosts } = onHost(mongodb, more);
    const facts = await engine.inspect();
    await engine.begin('/nowhere');
    return { facts, start: hosts.sent.find(({ script }) => script === 'mongodb-start')?.parameters };
  };

  test.each([
    ['all', { readable: true }, '', []],
    ['those that are not excluded', { exclude: ['test_*'] }, 'crm shop', []],
    ['those that are chosen', { databases: ['shop'] }, 'shop', ['crm', 'test_a']],
  ])('dumps %s', async (_which, more, databases, uncovered) => {
    const { facts, start } = await sentTo('readable' in more ? { ...known, denied: [] } : known, more);
    expect(start).toMatchObject({
      Databases: databases,
      ConfigFile: '/etc/m.conf',
      Port: '27017',
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
    const odd = { ...known, denied: [], databases: [{ name: 'a b', bytes: 1 }, ...listed] };
    await expect(onHost(odd, { exclude: ['crm'] }).engine.inspect()).rejects.toThrow(
      /cannot be chosen there by name: a b/,
    );
    await expect(onHost(known, { databases: ['gone'] }).engine.inspect()).rejects.toThrow(/has no database gone/);
  });

  test('names the role that is missing, and refuses databases of the server itself', async () => {
    await expect(onHost(known).engine.inspect()).rejects.toMatchObject({
      what: 'the user holdfast may not read test_a',
      fix: expect.stringContaining('db.grantRolesToUser("holdfast", [{ role: "read", db: "test_a" }])'),
    });
    const { engine, hosts } = onHost(known, { databases: ['admin'] });
    await expect(engine.inspect()).rejects.toMatchObject({
      what: expect.stringContaining('admin belongs to the server'),
    });
    expect(hosts.sent).toEqual([]);
  });

  test('tells of a mongos, of collections in databases of the server, and of what the user may not list', async () => {
    const inServers = { admin: ['payments', 'temproles'], config: ['chunks'] };
    const { facts } = await sentTo({ ...known, sharded: true, inServers }, { databases: ['shop'] });
    expect(facts.notes).toEqual(
      expect.arrayContaining([
        expect.stringContaining('the server is a sharded cluster'),
        expect.stringMatching(/^admin.payments lies in a database of the server itself/),
      ]),
    );
    const partly = { ...known, extent: 'some', denied: [] };
    await expect(onHost(partly).engine.inspect()).rejects.toMatchObject({
      code: 'rights',
      fix: expect.stringContaining('clusterMonitor'),
    });
    const chosen = await sentTo(partly, { databases: ['shop'] });
    expect(chosen.facts.notes.join()).toContain('may not list all databases');
    const blind = await sentTo({ ...partly, extent: 'none', databases: [] }, { databases: ['shop'] });
    expect(blind.start?.Databases).toBe('shop');
  });

  test('refuses tools that take no file with the URL', async () => {
    const { engine, hosts } = onHost(known);
    hosts.script = () => ({ freeBytes: 1e9, tool: 'mongodump version: 4.2.1', server: known });
    await expect(engine.inspect()).rejects.toMatchObject({ code: 'tool-too-old' });
  });

  test('asks the host again whether the scratch server is another', async () => {
    const { engine } = onHost({ ...known, denied: [] });
    await engine.inspect();
    expect((await engine.identity()).databases).toEqual(['admin', 'crm', 'shop', 'test_a']);
    const without = onHost({ lacks: 'no mongosh' }).engine;
    await without.inspect();
    await expect(without.identity()).rejects.toThrow(/cannot be seen whether scratch-url is another server/);
  });
});
