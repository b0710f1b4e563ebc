/** Users who may not do all: what a dump of theirs would leave out unseen, and what a restore needs. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { MongoClient } from 'mongodb';
import { inspectServer } from '../../../../src/adapters/databases/mongodb/inspect.ts';
import { reachedThere } from '../../../../src/adapters/databases/mongodb/remote.ts';
import { restoreFailed } from '../../../../src/adapters/databases/mongodb/restoring.ts';
import { keepExpired } from '../../../../src/adapters/databases/mongodb/scratch/expiry.ts';
import { identityOf, isSame } from '../../../../src/adapters/databases/mongodb/scratch/identity.ts';
import { marksIn } from '../../../../src/adapters/databases/mongodb/scratch/marks.ts';
import { LocalTools, usableVersion } from '../../../../src/adapters/databases/mongodb/tools.ts';
import { parseMongoConnection } from '../../../../src/dump/engines/mongodb/connection.ts';
import { listingOf } from '../../../../src/dump/engines/mongodb/fingerprint/listing.ts';
import { scratchName } from '../../../../src/dump/engines/mongodb/restore/names.ts';
import type { RemotePlace } from '../../../../src/ports/remote.ts';
import { BackupError } from '../../../../src/runtime/errors.ts';

type Document = Readonly<Record<string, unknown>>;

const failed = (code: number, words: string): Error => Object.assign(new Error(words), { code });
const refusal = failed(13, 'Insufficient permissions to list all databases');
const shop = { databases: [{ name: 'shop', sizeOnDisk: 7 }] };

interface Answers {
  /** Of listDatabases with authorizedDatabases: false. */
  readonly all: Document | Error;
  /** Of listDatabases by itself. */
  readonly plain?: Document | Error;
  readonly privileges?: readonly Document[] | undefined;
  readonly hello?: Document;
}

const server =
  ({ all, plain = shop, privileges, hello = {} }: Answers) =>
  async (command: Document): Promise<Document> => {
    const given = (answer: Document | Error): Document => {
      if (answer instanceof Error) throw answer;
      return answer;
    };
    if (command.connectionStatus === 1)
      return { authInfo: { authenticatedUsers: [{ user: 'u' }], authenticatedUserPrivileges: privileges } };
    if (command.buildInfo === 1) return { version: '4.0.1' };
    if (command.listDatabases === 1) return given(command.authorizedDatabases === false ? all : plain);
    return hello;
  };

describe('the databases of a server', () => {
  const unknown = failed(40_415, "BSON field 'listDatabases.authorizedDatabases' is an unknown field.");
  const cluster = (action: string): readonly Document[] => [{ resource: { cluster: true }, actions: [action] }];
  test.each<[string, Answers, string]>([
    ['the user may list them', { all: shop }, 'all'],
    ['the user sees his alone', { all: refusal }, 'some'],
    ['a server between says it in words', { all: failed(8000, 'user is not authorized on admin') }, 'some'],
    ['the server is old, and the user may', { all: unknown, privileges: cluster('listDatabases') }, 'all'],
    ['the server is old, and the user may not', { all: unknown, privileges: cluster('hostInfo') }, 'some'],
    ['the server does not say privileges', { all: unknown }, 'all'],
    ['the server is none of MongoDB', { all: failed(303, 'not supported'), privileges: cluster('hostInfo') }, 'all'],
  ])('are all of them or not: %s', async (_why, answers, extent) =>
    expect(await listingOf(server(answers))).toEqual({ databases: [{ name: 'shop', bytes: 7 }], extent }),
  );
  test('are none when it refuses', async () => {
    expect(await listingOf(server({ all: refusal, plain: refusal }))).toEqual({ databases: [], extent: 'none' });
    const lost = failed(6, 'socket closed');
    await expect(listingOf(server({ all: lost, plain: lost }))).rejects.toBe(lost);
  });
});

describe('a dump', () => {
  const inspected = (answers: Answers, databases: readonly string[] = []) => {
    const found = { findOne: async () => null };
    async function* collections(): AsyncGenerator<Buffer> {}
    const db = () => ({ command: server(answers), collection: () => found, listCollections: collections });
    return inspectServer({ db } as unknown as MongoClient, parseMongoConnection('mongodb://ada:p@h/', 'x'), {
      ...{ database: undefined, databases, exclude: [], oplog: 'auto', users: false },
      ...{ format: 'archive', workDirectory: tmpdir() },
    });
  };
  test('of all databases is refused to a user who does not see them all', async () => {
    await expect(inspected({ all: refusal })).rejects.toMatchObject({
      code: 'rights',
      what: expect.stringContaining('the user ada may not list all databases'),
      fix: expect.stringMatching(
        /grantRolesToUser\("ada", \[\{ role: "clusterMonitor", db: "admin" \}.*readAnyDatabase.*Atlas/,
      ),
    });
    expect(await inspected({ all: shop })).toMatchObject({ selection: { databases: ['shop'] } });
  });
  test('of chosen databases tells that there may be others', async () => {
    const note = expect.stringContaining('may be others that nobody chose');
    expect((await inspected({ all: refusal }, ['shop'])).notes).toContainEqual(note);
    expect((await inspected({ all: refusal, plain: refusal }, ['shop'])).notes).toContainEqual(note);
    expect((await inspected({ all: shop }, ['shop'])).notes).not.toContainEqual(note);
  });
});

describe('a scratch server', () => {
  const one = (process: string | undefined, complete = true, databases: readonly string[] = []) => ({
    ...{ process, complete, databases },
  });
  test.each([
    [one('a'), one('a'), true],
    [one('a'), one('b'), false],
    [one('a', false), one('b'), false],
    [one(undefined), one('b'), false],
    [one(undefined, false), one('b'), undefined],
    [one(undefined, false, ['mark']), one('b'), true],
  ])('is the source or not: %j, %j', (source, here, same) => expect(isSame(source, here, 'mark')).toBe(same));
  test('is told from a source that lists nothing', async () => {
    const db = () => ({
      command: server({ all: refusal, plain: refusal, hello: { topologyVersion: { processId: 'a' } } }),
    });
    expect(await identityOf({ db } as unknown as MongoClient)).toEqual(one('a', false));
  });

  /** A server whose user has the role restore: he may insert, and not update. */
  function scratch({ parameter = true, insert = true }) {
    const [id, documents] = ['0123456789ab', [{ owner: 'o', databases: [] }] as Document[]];
    const refused = failed(13, 'not authorized');
    const collection = () => ({
      insertOne: async (one: Document) => {
        if (!insert) throw refused;
        documents.push(one);
      },
      updateOne: async () => Promise.reject(refused),
      find: () => ({ toArray: async () => documents }),
    });
    const command = async (asked: Document): Promise<Document> => {
      if (asked.setParameter === 1 && !parameter) throw refused;
      return { ttlMonitorEnabled: true };
    };
    const admin = () => ({ listDatabases: async () => ({ databases: [{ name: scratchName(id) }] }) });
    return { client: { db: () => ({ admin, command, collection }) } as unknown as MongoClient, id };
  }
  test.each([
    [{}, true],
    [{ parameter: false }, false],
    [{ insert: false }, false],
  ])('notes what it keeps, without an update: %j', async (may, keepsExpired) => {
    const { client, id } = scratch(may);
    await keepExpired(client, id);
    expect(await marksIn(client)).toEqual([{ id, owner: 'o', databases: [], keepsExpired }]);
  });
  test('that refuses is advised for a restore, and not for a dump', () => {
    const refused = failed(13, 'not authorized on admin to execute command applyOps');
    expect(restoreFailed('x', refused, false).fix).toContain('["restore", "readAnyDatabase", "dbAdminAnyDatabase"]');
    expect(restoreFailed('x', refused, true).fix).toContain('actions: ["anyAction"]');
    expect(restoreFailed('x', new Error('connection refused'), true).code).toBe('unreachable');
    const own = new BackupError({ what: 'not authorized', code: 'own' });
    expect(restoreFailed('x', own, true)).toBe(own);
  });
});

test.each([
  ['mongodump version: 100.3.0\ngit version: x', '100.3.0'],
  ['mongodump version: 101.0.0', '101.0.0'],
  ['mongodump version: built-without-version-string', 'unknown'],
  ['mongodump version: 100.2.1', undefined],
  ['mongodump version: r4.2.24', undefined],
  ['mongodump version: 3.6.23', undefined],
])('tools can be used since they read the URL from a file: %j', (printed, version) => {
  if (version !== undefined) return expect(usableVersion('mongodump', printed, 'the pod db-0')).toBe(version);
  const used = (): string => usableVersion('mongodump', printed, 'the pod db-0');
  expect(used).toThrow(/in the pod db-0 cannot be used: Holdfast needs 100.3 or later/);
});

test('tools in a pod, and here, are asked for their version before they are used', async () => {
  const old = 'mongodump version: 4.2.24';
  const place = { shown: 'the pod db-0', read: async () => old } as unknown as RemotePlace;
  const { tools } = reachedThere(parseMongoConnection('mongodb://h/', 'x'), async () => place);
  await expect(tools.version('mongodump')).rejects.toMatchObject({
    code: 'tool-too-old',
    fix: expect.stringContaining('kube-container'),
  });
  const [folder, { PATH }] = [mkdtempSync(join(tmpdir(), 'holdfast-tools-')), process.env];
  try {
    writeFileSync(join(folder, 'mongorestore'), `#!/bin/sh\necho '${old}'\n`, { mode: 0o755 });
    process.env.PATH = `${folder}:${PATH}`;
    await expect(new LocalTools(folder).version('mongorestore')).rejects.toMatchObject({
      code: 'tool-too-old',
      fix: expect.stringContaining('mongodb-database-tools'),
    });
  } finally {
    process.env.PATH = PATH;
    rmSync(folder, { recursive: true, force: true });
  }
});
