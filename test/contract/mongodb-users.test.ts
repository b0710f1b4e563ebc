/** Users and roles of a dump. FerretDB keeps them as MongoDB does; mongo-java-server has no database admin to keep them in. */
import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { ObjectId } from 'mongodb';
import { ensureMongo } from '../../lab/hosts/mongodb/programs.ts';
import { ensurePrerequisites } from '../../lab/hosts/prerequisites.ts';
import { MongoDatabases } from './support-mongo.ts';

ensurePrerequisites();
await ensureMongo();

const it = new MongoDatabases();
beforeAll(async () => {
  chmodSync(it.folder, 0o755);
  await it.start('ferret', 'ferret');
}, 60_000);
afterAll(() => it.stop());
beforeEach(async () => {
  await it.clear();
  for (const name of ['system.users', 'system.roles'])
    for (const { client } of [it.source, it.scratch]) await client.db('admin').collection(name).deleteMany({});
});

describe('users and roles', () => {
  const user = (name: string, roles: readonly object[]) => ({
    _id: `admin.${name}` as unknown as ObjectId,
    user: name,
    db: 'admin',
    roles,
    credentials: { 'SCRAM-SHA-256': { storedKey: 'very secret', iterationCount: 15_000 } },
  });
  const fillUsers = async (): Promise<void> => {
    await it.source.client.db('shop').collection('orders').insertOne({ a: 1 });
    const admin = it.source.client.db('admin');
    await admin
      .collection<{ _id: unknown }>('system.users')
      .insertMany([user('dumper', [{ role: 'backup', db: 'admin' }]), user('reader', [{ role: 'read', db: 'shop' }])]);
    await admin.collection('system.roles').insertOne({
      _id: 'shop.clerk' as unknown as ObjectId,
      role: 'clerk',
      db: 'shop',
      privileges: [{ resource: { db: 'shop', collection: 'orders' }, actions: ['find'] }],
      roles: [],
    });
  };
  const names = ['ROLE shop.clerk', 'USER admin.dumper', 'USER admin.reader'];

  test.each(['tarball', 'archive'] as const)(
    'of a %s are those of the source, and the scratch server keeps its own',
    async (format) => {
      await fillUsers();
      const dumped = await it.dump(it.engine({ users: true, format }));
      const own = Object.keys(dumped.source.definitions ?? {}).filter((one) => /^(USER|ROLE) /.test(one));
      expect(own.toSorted()).toEqual(names);
      expect(dumped.source.objects).toMatchObject({ users: 2, roles: 1 });
      const words = JSON.stringify([...(dumped.source.sql ?? [])]);
      expect(words).toContain('SCRAM-SHA-256');
      expect(words).not.toContain('very secret');
      expect(await it.prove(dumped)).toMatchObject({ verdict: 'good', findings: [] });
      expect(await it.scratch.client.db('admin').collection('system.users').countDocuments()).toBe(0);
    },
  );

  test('that the file lacks, or has with another role, make it bad', async () => {
    await fillUsers();
    const dumped = await it.dump(it.engine({ users: true }));
    const lacking = it.repacked(dumped, (folder) => rmSync(join(folder, 'admin/system.roles.bson')));
    expect(await it.prove(lacking)).toMatchObject({
      verdict: 'bad',
      findings: ['ROLE shop.clerk: expected its definition, found nothing'],
    });
    const other = it.repacked(dumped, (folder) => {
      const path = join(folder, 'admin/system.users.bson');
      writeFileSync(path, readFileSync(path, 'latin1').replace('backup', 'nobody'), 'latin1');
    });
    const { verdict, findings } = await it.prove(other);
    expect([verdict, findings]).toEqual([
      'bad',
      [expect.stringMatching(/^definition of USER admin\.dumper: .*backup.*nobody/)],
    ]);
  });

  test('are not in a dump that was not asked for them', async () => {
    await fillUsers();
    const dumped = await it.dump();
    expect(Object.keys(dumped.source.definitions ?? {}).filter((one) => /^(USER|ROLE) /.test(one))).toEqual([]);
    expect(await it.prove(dumped)).toMatchObject({ verdict: 'good' });
  });
});
