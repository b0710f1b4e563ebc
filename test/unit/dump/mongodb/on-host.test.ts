/** MongoDB on a host: what mongosh reads there, and what the runner makes of what the host tells. */
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import vm from 'node:vm';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { BSONRegExp, Double, deserialize, Int32, Long, serialize } from 'bson';
import { pack } from 'tar-stream';
import { hostScriptText } from '../../../../scripts/host-scripts.ts';
import { tableOf } from '../../../../src/adapters/databases/mongodb/fingerprint.ts';
import { fingerprintOnHost } from '../../../../src/adapters/databases/mongodb/on-host/fingerprint.ts';
import type { DumpFingerprint, UnreadFact } from '../../../../src/domain/dump.ts';
import { compareMongo } from '../../../../src/dump/engines/mongodb/compare/compare.ts';
import { collectionWords } from '../../../../src/dump/engines/mongodb/fingerprint/definitions.ts';
import { DocumentSums } from '../../../../src/dump/engines/mongodb/fingerprint/document-sums.ts';
import {
  type HostReading,
  type HostTable,
  inspectOnHost,
  readOnHost,
  type ShellConnection,
} from '../../../../src/dump/engines/mongodb/fingerprint/host-reading.ts';

type Document = Readonly<Record<string, unknown>>;

interface Shell {
  /** Documents by collection of the database `shop`. */
  readonly collections: Readonly<Record<string, readonly Document[]>>;
  /** Collections in the first batch of their list. */
  readonly batch?: number;
  readonly indexes?: readonly Document[];
  readonly options?: Document;
  /** Error codes by command. */
  readonly refuses?: Readonly<Record<string, number>>;
  /** Whether it hands on how types are to be read, as mongosh does since 2.0. */
  readonly exact?: boolean;
}

const usualIndexes = [
  { name: '_id_', key: { _id: 1 } },
  { name: 'a_1', key: { a: 1 } },
];

/** mongosh's connection to a server with one database. */
function shell({ collections, batch = 1, indexes = usualIndexes, options = {}, refuses = {}, exact = true }: Shell) {
  const infos = Object.keys(collections).map((name) => ({ name, type: 'collection', options }));
  const cursor = (id: number, name: string, documents: readonly Document[]): Document => ({
    ok: 1,
    cursor: { id, [name]: documents },
  });
  const answer = (command: Document): Document => {
    const [name = ''] = Object.keys(command);
    if (refuses[name] !== undefined) throw Object.assign(new Error(`refused: ${name}`), { code: refuses[name] });
    if (name === 'buildInfo') return { version: '7.0.1' };
    if (name === 'connectionStatus') return { authInfo: { authenticatedUsers: [{ user: 'holdfast' }] } };
    if (name === 'isMaster') return { localTime: new Date(since * 1000) };
    if (name === 'listDatabases') return { databases: ['admin', 'shop', 'local'].map((one) => ({ name: one })) };
    if (name === 'count') return { n: collections[String(command.count)]?.length };
    if (name === 'listCollections') return cursor(7, 'firstBatch', infos.slice(0, batch));
    if (name === 'getMore') return cursor(0, 'nextBatch', infos.slice(batch));
    if (name === 'listIndexes') return cursor(0, 'firstBatch', indexes);
    if (name === 'find') return cursor(0, 'firstBatch', []);
    throw new Error(`no such command: ${name}`);
  };
  // As the driver does it, with the options that it gets, if it gets any.
  const asRead = (document: Document, how: Document = {}): Document =>
    deserialize(serialize(document), exact ? how : {});
  const connection: ShellConnection = {
    getDB: () => ({
      runCommand: async (command, how) => asRead(answer(command), how),
      getCollection: (name) => ({
        find: () => {
          const left = (collections[name] ?? []).map((one) => Buffer.from(serialize(one)));
          return { hasNext: async () => left.length > 0, next: async () => left.shift() };
        },
      }),
    }),
  };
  return connection;
}

const since = 1_700_000_000;
const told = (text: string) => JSON.parse(text.replace(/^holdfast:/, ''));
const read = async (server: Shell, before: HostReading | null = null) =>
  told(await readOnHost(shell(server), { databases: [], before }));

const people = Array.from({ length: 100 }, (_, n) => ({ _id: n, a: n % 7 }));

describe('a reading on the host', () => {
  test('has the sums of the runner, definitions, and all that a cursor lists', async () => {
    const reading: HostReading = await read({ collections: { empty: [], people } });
    const sums = new DocumentSums({ classes: 128, recentSince: 0 });
    for (const one of people) sums.add(Buffer.from(serialize(one)));
    expect(reading.databases).toEqual(['shop']);
    expect(reading.tables[1]).toMatchObject({ name: 'shop.people', rows: '100', checksum: String(sums.total.sum) });
    expect(reading.tables[1]?.classes).toEqual(sums.classes.map((one) => `${one.documents}:${one.sum}`));
    expect(reading.words['INDEX shop.people "a_1"']).toBe('{"a":1}');
    expect(reading.objects).toEqual({ databases: 1, collections: 2, views: 0, indexes: 2 });
    expect(reading.unread).toEqual([]);
  });

  test('keeps classes only of what moved, by the classes of the first reading; else all in one', async () => {
    const before: HostReading = await read({ collections: { empty: [], people } });
    const both = await read({ collections: { empty: [], people: people.slice(1) } }, before);
    expect(both.before.tables.map(({ classes }: HostTable) => classes.length)).toEqual([2, 129]);
    expect(both.after.tables.map(({ classes }: HostTable) => classes.length)).toEqual([2, 129]);
    const moved = both.before.tables[1].classes.filter(
      (sum: string, at: number) => sum !== both.after.tables[1].classes[at],
    );
    expect(moved).toHaveLength(1);
    const still = await read({ collections: { empty: [], people } }, before);
    const one = new DocumentSums({ classes: 1, recentSince: since });
    for (const person of people) one.add(Buffer.from(serialize(person)));
    expect(still.after.tables[1].classes).toEqual(one.classes.map(({ documents, sum }) => `${documents}:${sum}`));
  });

  test('has definitions in the words of the runner, which reads the copy', async () => {
    const options = { validator: { a: new BSONRegExp('^(?i)x/', 'x'), n: new Long(5), d: new Double(1) } };
    const key = { a: new Int32(1), b: new Double(-1) };
    const server: Shell = { collections: { people }, options, indexes: [{ name: 'k', key, unique: true }] };
    const { words, unread }: HostReading = await read(server);
    expect(words['COLLECTION shop.people']).toBe(collectionWords({ name: 'people', type: 'collection', options }));
    expect(words['INDEX shop.people "k"']).toBe('{"a":1,"b":-1} unique:true');
    expect(unread).toEqual([]);
  });

  test('says what JavaScript loses: the order of digits, and of an old mongosh a part of regular expressions', async () => {
    const options = { validator: { all: [{ a: /x/ }] } };
    const key = { 10: 1, 2: 1 };
    const old = await read({ collections: { people }, options, exact: false });
    expect(old.unread.map(({ what }: UnreadFact) => what)).toEqual(['definitions of shop.people']);
    expect(old.tables).toHaveLength(1);
    const digits = await read({ collections: { people }, indexes: [{ name: 'k', key }] });
    expect(digits.unread.map(({ what }: UnreadFact) => what)).toEqual(['definitions of shop.people']);
  });

  test('passes over a collection that is dropped meanwhile, and says what it may not read', async () => {
    const gone: HostReading = await read({ collections: { people }, refuses: { listIndexes: 26 } });
    expect([gone.words, gone.tables, gone.unread]).toEqual([{}, [], []]);
    const denied: HostReading = await read({ collections: { people }, refuses: { listCollections: 13 } });
    expect(denied.unread).toEqual([{ what: 'the collections of shop', why: 'refused: listCollections' }]);
  });
});

test('the script of the host has the same reader, which runs in older programs, too', async () => {
  const [, line = ''] = /^(var reader = .*)$/m.exec(hostScriptText('mongodb-start')) ?? [];
  const load = (name: string): unknown => (name === 'crypto' ? { createHash } : vm);
  const reader = new Function('require', `${line}\nreturn reader;`)(load) as {
    readonly readOnHost: typeof readOnHost;
    readonly inspectOnHost: typeof inspectOnHost;
  };
  const server = shell({ collections: { people } });
  expect(told(await reader.inspectOnHost(server))).toEqual(told(await inspectOnHost(server)));
  expect(told(await reader.readOnHost(server, { databases: [], before: null }))).toEqual(
    await read({ collections: { people } }),
  );
});

test('an inspection says who asks, and which databases he may not read', async () => {
  const collections = { people };
  const databases = ['admin', 'shop', 'local'].map((name) => ({ name, bytes: 0 }));
  const inServers = { admin: ['people'], local: ['people'] };
  const usual = { version: '7.0.1', user: 'holdfast', databases, extent: 'all', sharded: false, inServers };
  expect(told(await inspectOnHost(shell({ collections })))).toEqual({ ...usual, denied: [] });
  for (const command of ['listCollections', 'find']) {
    const server = shell({ collections, refuses: { [command]: 13, connectionStatus: 59 } });
    const seen = command === 'find' ? inServers : {};
    expect(told(await inspectOnHost(server))).toEqual({ ...usual, user: '', denied: ['shop'], inServers: seen });
  }
});

describe('the fingerprint of what a host tells', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'on-host-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** A tarball of the documents, as the host makes it; the metadata comes after them. */
  async function archiveOf(collections: Shell['collections']): Promise<{ path: string; bytes: number }> {
    const tar = pack();
    for (const [name, documents] of Object.entries(collections)) {
      const stem = `data/db/dump/2026-11-21T02_23/shop/${name}`;
      tar.entry({ name: `${stem}.bson` }, Buffer.concat(documents.map((one) => serialize(one))));
      const indexes = usualIndexes.map((one) => ({ ...one, v: 2 }));
      tar.entry({ name: `${stem}.metadata.json` }, JSON.stringify({ indexes, options: {}, collectionName: name }));
    }
    tar.finalize();
    const path = join(folder, 'archive');
    const bytes = gzipSync(await buffer(tar));
    writeFileSync(path, bytes);
    return { path, bytes: bytes.length };
  }

  const taken = { takenAt: '2026-11-21T02:23:00.000Z', seconds: 5 };
  const fingerprintOf = async (rows: readonly unknown[], dumped: Shell['collections']) =>
    fingerprintOnHost({ ...taken, rows, archive: archiveOf(dumped) }, '7.0.1', new AbortController().signal);
  const bothOf = async (collections: Shell['collections'], later = collections) =>
    read({ collections: later }, await read({ collections }));

  /** The copy of a dump, as the runner reads it: by the classes of the source. */
  const copyOf = (source: DumpFingerprint, collections: Shell['collections']): DumpFingerprint => {
    const tables = Object.entries(collections).map(([one, documents]) => {
      const name = `shop.${one}`;
      const classes = (source.tables.find((table) => table.name === name)?.classes?.length ?? 17) - 1;
      const sums = new DocumentSums({ classes, recentSince: Math.floor(Date.parse(source.takenAt) / 1000) });
      for (const document of documents) sums.add(Buffer.from(serialize(document)));
      return tableOf(name, sums);
    });
    return { ...source, tables, after: undefined, held: undefined };
  };

  test('has the moment by which classes were made, and the words of definitions', async () => {
    const { fingerprint, words } = await fingerprintOf([await bothOf({ people })], { people });
    expect(fingerprint.takenAt).toBe(new Date(since * 1000).toISOString());
    expect(fingerprint).toMatchObject({ databases: ['shop'], unread: [], serverVersion: '7.0.1' });
    expect(fingerprint.after?.tables).toHaveLength(1);
    expect(fingerprint.held).toMatchObject({ tables: [], only: [], lacks: [] });
    expect(words?.get('INDEX shop.people "a_1"')).toBe('{"a":1}');
    expect(compareMongo(fingerprint, copyOf(fingerprint, { people }))).toMatchObject({ differences: [], unread: [] });
  });

  test.each<[string, readonly Document[], readonly Document[], readonly Document[], string[]]>([
    ['moved while it was dumped', people, people.slice(1), people.slice(1), []],
    ['is dumped otherwise than both readings say', people, people, people.slice(1), ['in the dump']],
    ['lost documents in the restore', people, people, people, ['rows of shop.people']],
  ])('a collection that %s', async (what, first, second, dumped, expected) => {
    const { fingerprint } = await fingerprintOf([await bothOf({ people: first }, { people: second })], {
      people: dumped,
    });
    const restored = what.includes('restore') ? dumped.slice(1) : dumped;
    const { differences } = compareMongo(fingerprint, copyOf(fingerprint, { people: restored }));
    expect(differences).toHaveLength(expected.length);
    for (const [at, words] of expected.entries()) {
      expect(differences[at]?.what).toContain(words);
      // What the dump itself lacks may have been written meanwhile; what a restore loses may not.
      expect(differences[at]?.doubt !== undefined).toBe(words === 'in the dump');
    }
  });

  test('a collection that holds nothing, and is not in the dump, leaves a doubt as any other does', async () => {
    const { fingerprint } = await fingerprintOf([await bothOf({ empty: [], people })], { people });
    const { definitions = {}, ...copy } = copyOf(fingerprint, { people });
    const left = Object.fromEntries(Object.entries(definitions).filter(([id]) => !id.includes('shop.empty')));
    for (const anonymised of [undefined, { rowsLeftOut: new Set<string>() }]) {
      const { differences } = compareMongo(fingerprint, { ...copy, definitions: left }, anonymised);
      expect(differences.map(({ what, doubt }) => [what, doubt !== undefined])).toEqual([
        ['COLLECTION shop.empty', true],
        ['INDEX shop.empty "a_1"', true],
      ]);
    }
  });

  test('of a host without mongosh has the databases in the dump, and the reason', async () => {
    const lost = (await fingerprintOf([{ lost: 'mongosh is not installed' }], { people })).fingerprint;
    expect(lost.databases).toEqual(['shop']);
    expect(lost.unread?.map(({ why }) => why)).toEqual(['mongosh is not installed']);
  });

  test('of a damaged archive is an error', async () => {
    const archive = archiveOf({ people }).then((whole) => {
      writeFileSync(whole.path, readFileSync(whole.path).subarray(0, -40));
      return whole;
    });
    const rows = [await bothOf({ people })];
    await expect(
      fingerprintOnHost({ ...taken, rows, archive }, '7.0.1', new AbortController().signal),
    ).rejects.toThrow();
  });
});
